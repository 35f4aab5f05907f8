//! What it does: compares the two ends of the period that the delivery is about.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "D118",
    severity: Blocking,
    title: "Waarneming zonder dagen",
    why: "Zonder periode is niet te zeggen wanneer een verblijf nog liep.",
    example: "De waarneming loopt van 1 juli tot 1 januari van hetzelfde jaar.",
    mend: "Verbeter waarneming_vanaf of waarneming_tot.",
    check,
    sentence: |place, tables| {
        format!(
            "De datum in kolom {} ligt niet na waarneming_vanaf.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    let table = context.tables.table("levering");
    let starts = table.packed("waarneming_vanaf");
    for (row, until) in table.packed("waarneming_tot").iter().enumerate() {
        if until
            .get()
            .zip(value(starts, row))
            .is_some_and(|(until, from)| until <= from)
        {
            reporter.report(Place::table("levering").row(row).field("waarneming_tot"));
        }
    }
}
