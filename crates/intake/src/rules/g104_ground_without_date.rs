//! What it does: looks for consent without the day on which it was recorded.

use super::prelude::*;
use codes::LegalGround;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "G104",
    severity: Warning,
    title: "Toestemming zonder datum",
    why: "Toestemming moet zijn aan te tonen, met de dag waarop zij is gegeven (AVG, artikel 7).",
    example: "De grondslag is TOESTEMMING, grondslag_datum is leeg.",
    mend: "Vul de dag in waarop de toestemming is vastgelegd.",
    check,
    sentence: |place, tables| {
        format!(
            "De kolom {} is leeg, terwijl de grondslag toestemming is.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    let table = context.tables.table("client");
    let (grounds, days) = (table.packed("grondslag"), table.packed("grondslag_datum"));
    for row in (0..grounds.len()).filter(|row| code(grounds, *row) == Some(LegalGround::Consent)) {
        let has_day = days
            .get(row)
            .is_some_and(|cell| !matches!(cell.cell(), Cell::Missing(_)));
        if !has_day {
            reporter.report(Place::table("client").row(row).field("grondslag_datum"));
        }
    }
}
