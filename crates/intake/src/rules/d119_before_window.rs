//! What it does: looks for exits before `waarneming_vanaf`.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "D119",
    severity: Note,
    title: "Verblijf van vóór de waarneming",
    why: "Van vóór deze dag is niet alles geleverd; losse verblijven van toen tellen niet mee.",
    example: "De waarneming begint op 1 januari 2020, een ontslag is van 2018.",
    mend: "Zijn alle verblijven van die tijd geleverd, zet waarneming_vanaf dan eerder; anders hoeft u niets te doen.",
    check,
    sentence: |place, tables| {
        format!(
            "De datum in kolom {} ligt vóór waarneming_vanaf.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    let Some(from) = context.tables.info.observed_from else {
        return;
    };
    for (row, day) in context
        .tables
        .table("ontslag")
        .packed("ontslagdatum")
        .iter()
        .enumerate()
    {
        if day.get().is_some_and(|day| day < from.number()) {
            reporter.report(Place::table("ontslag").row(row).field("ontslagdatum"));
        }
    }
}
