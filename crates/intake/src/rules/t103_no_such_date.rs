//! What it does: looks for dates that the calendar does not have.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "T103",
    severity: Blocking,
    title: "Datum bestaat niet",
    why: "Een dag die niet bestaat, is een tikfout of een omgewisselde dag en maand.",
    example: "30 februari 2024.",
    mend: "Verbeter de datum in de bron.",
    check,
    sentence: |place, tables| format!("De datum in kolom {} bestaat niet.", column(place, tables)),
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    context.report_marks(reporter, Invalid::NoSuchDate, |_| true);
}
