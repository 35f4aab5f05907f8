//! What it does: looks for exits to `ONTTROKKEN` with a planned reason.

use super::prelude::*;
use super::x101_destination_died::report_exits;
use codes::{ExitKind, Facility};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "X109",
    severity: Warning,
    title: "Bestemming onttrokken, reden gepland",
    why: "Wie zich onttrekt, vertrekt niet volgens plan.",
    example: "De bestemming is ONTTROKKEN, de reden BEH_AFGEROND.",
    mend: "Verbeter de bestemming of de reden.",
    check,
    sentence: |place, tables| {
        format!(
            "De reden in kolom {} hoort bij een gepland ontslag, terwijl de bestemming ‘onttrokken’ is.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    report_exits(context, reporter, "ontslagreden", |reason, destination| {
        destination == Facility::Onttrokken && reason.kind() == ExitKind::Planned
    });
}
