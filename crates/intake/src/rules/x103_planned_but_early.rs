//! What it does: looks for exits that were planned with a reason that says they were not.

use super::prelude::*;
use codes::{ExitKind, ExitReason, YesNo};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "X103",
    severity: Warning,
    title: "Gepland ontslag met een voortijdige reden",
    why: "Of een ontslag volgens plan was, is een belangrijk kenmerk van de uitstroom.",
    example: "ontslag_gepland is J, de reden VROEG_CLIENT.",
    mend: "Verbeter de reden of ontslag_gepland.",
    check,
    sentence: |place, tables| {
        format!(
            "Volgens kolom {} was het ontslag gepland, maar de reden is voortijdig.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    report_plans(context, reporter, YesNo::Yes, ExitKind::Premature);
}

/// Reports each exit whose plan and kind of reason are both as given.
pub(super) fn report_plans(
    context: &Context<'_>,
    reporter: &mut Reporter,
    plan: YesNo,
    kind: ExitKind,
) {
    let table = context.tables.table("ontslag");
    let reasons = table.packed("ontslagreden");
    let plans = table.packed("ontslag_gepland");
    for row in (0..plans.len()).filter(|row| code(plans, *row) == Some(plan)) {
        if code(reasons, row).map(ExitReason::kind) == Some(kind) {
            reporter.report(Place::table("ontslag").row(row).field("ontslag_gepland"));
        }
    }
}
