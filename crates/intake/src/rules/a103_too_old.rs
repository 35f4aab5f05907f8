//! What it does: looks for clients who, by their birth year, were older than 90 when admitted.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "A103",
    severity: Warning,
    title: "Ouder dan 90 bij opname",
    why: "Zo'n leeftijd is meestal een fout in het geboortejaar of de opnamedatum.",
    example: "Geboren in 1924, opgenomen in 2024.",
    mend: "Verbeter het geboortejaar of de opnamedatum.",
    check,
    sentence: |place, tables| {
        format!(
            "Op de datum in kolom {} was de cliënt volgens het geboortejaar ouder dan 90.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    super::a101_age_and_birth_year::for_each_age(context, |row, reached| {
        if reached - 1 > 90 {
            reporter.report(Place::table("opname").row(row).field("opnamedatum"));
        }
    });
}
