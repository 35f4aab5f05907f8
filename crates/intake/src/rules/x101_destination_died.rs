//! What it does: looks for exits to `OVERLEDEN` with another reason.

use super::prelude::*;
use codes::{ExitReason, Facility};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "X101",
    severity: Warning,
    title: "Bestemming overleden, reden anders",
    why: "Overlijden is in de analyses een concurrerende gebeurtenis en moet eenduidig zijn.",
    example: "De bestemming is OVERLEDEN, de reden VERHUIZING.",
    mend: "Verbeter de bestemming of de reden.",
    check,
    sentence: |place, tables| {
        format!(
            "De reden in kolom {} is niet overlijden, terwijl de bestemming dat wel zegt.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    report_exits(context, reporter, "ontslagreden", |reason, destination| {
        destination == Facility::Overleden && reason != ExitReason::Died
    });
}

/// Reports each exit whose reason and destination do not go together, at `field`.
pub(super) fn report_exits(
    context: &Context<'_>,
    reporter: &mut Reporter,
    field: &'static str,
    clashes: fn(ExitReason, Facility) -> bool,
) {
    let table = context.tables.table("ontslag");
    let reasons = table.packed("ontslagreden");
    let destinations = table.packed("bestemming_voorziening");
    for row in 0..table.rows {
        let pair = code(reasons, row).zip(code(destinations, row));
        if pair.is_some_and(|(reason, destination)| clashes(reason, destination)) {
            reporter.report(Place::table("ontslag").row(row).field(field));
        }
    }
}
