//! What it does: compares the age at the first offence with the age that the client has by now.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "A105",
    severity: Warning,
    title: "Eerste delict op een leeftijd die nog moet komen",
    why: "Wie nu jonger is dan de leeftijd bij het eerste delict, heeft een fout geboortejaar of een foute leeftijd.",
    example: "Geboren in 2000, leeftijd bij het eerste delict 40.",
    mend: "Verbeter het geboortejaar of de leeftijd bij het eerste delict.",
    check,
    sentence: |place, tables| {
        format!(
            "De leeftijd in kolom {} heeft de cliënt volgens het geboortejaar nog niet bereikt.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    report_beyond(context, reporter, "leeftijd_1e_delict", |context, _| {
        Some(context.horizon())
    });
}

/// Reports each client whose number of years in `field` is more than the age reached in the
/// year of the day that `day` gives for the client's key.
pub(super) fn report_beyond(
    context: &Context<'_>,
    reporter: &mut Reporter,
    field: &'static str,
    day: fn(&Context<'_>, i32) -> Option<i32>,
) {
    let table = context.tables.table("client");
    let (keys, births) = (table.packed("client_id"), table.packed("geboortejaar"));
    for (row, years) in table.packed(field).iter().enumerate() {
        let day = value(keys, row).and_then(|key| day(context, key));
        let Some((day, birth)) = day.zip(value(births, row)) else {
            continue;
        };
        let reached = calendar::Day::from_number(day).year() - birth;
        if years.get().is_some_and(|years| years > reached) {
            reporter.report(Place::table("client").row(row).field(field));
        }
    }
}
