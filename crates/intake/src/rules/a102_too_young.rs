//! What it does: looks for clients who, by their birth year, were not yet 16 when admitted.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "A102",
    severity: Warning,
    title: "Jonger dan 16 bij opname",
    why: "SGLVG-behandeling is er vanaf 18 jaar, bij uitzondering vanaf 16 (behandelcriteria De Borg).",
    example: "Geboren in 2012, opgenomen in 2024.",
    mend: "Verbeter het geboortejaar of de opnamedatum.",
    check,
    sentence: |place, tables| {
        format!(
            "Op de datum in kolom {} was de cliënt volgens het geboortejaar jonger dan 16.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    super::a101_age_and_birth_year::for_each_age(context, |row, reached| {
        if reached < 16 {
            reporter.report(Place::table("opname").row(row).field("opnamedatum"));
        }
    });
}
