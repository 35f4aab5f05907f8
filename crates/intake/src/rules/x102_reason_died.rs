//! What it does: looks for exits with the reason died and another destination.

use super::prelude::*;
use super::x101_destination_died::report_exits;
use codes::{ExitReason, Facility};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "X102",
    severity: Warning,
    title: "Reden overleden, bestemming anders",
    why: "Overlijden is in de analyses een concurrerende gebeurtenis en moet eenduidig zijn.",
    example: "De reden is OVERLEDEN, de bestemming RIBW.",
    mend: "Verbeter de reden of de bestemming.",
    check,
    sentence: |place, tables| {
        format!(
            "De bestemming in kolom {} is niet overleden, terwijl de reden dat wel zegt.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    report_exits(
        context,
        reporter,
        "bestemming_voorziening",
        |reason, destination| reason == ExitReason::Died && destination != Facility::Overleden,
    );
}
