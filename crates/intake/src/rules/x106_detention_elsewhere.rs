//! What it does: looks for exits because of detention to a place that is no detention.

use super::prelude::*;
use super::x101_destination_died::report_exits;
use codes::{ExitReason, Facility, FacilityGroup};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "X106",
    severity: Warning,
    title: "Ontslag wegens detentie, bestemming anders",
    why: "Detentie is in de analyses een concurrerende gebeurtenis en moet eenduidig zijn.",
    example: "De reden is DETENTIE, de bestemming THUIS_ZELFST.",
    mend: "Verbeter de reden of de bestemming.",
    check,
    sentence: |place, tables| {
        format!(
            "De bestemming in kolom {} is geen detentie, terwijl de reden dat wel zegt.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    report_exits(
        context,
        reporter,
        "bestemming_voorziening",
        |reason, destination| {
            let known = destination != Facility::Onb;
            reason == ExitReason::Detention
                && known
                && destination.group() != FacilityGroup::Detention
        },
    );
}
