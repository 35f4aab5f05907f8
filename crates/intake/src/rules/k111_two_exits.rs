//! What it does: looks for a second exit of one admission.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "K111",
    severity: Blocking,
    title: "Twee keer ontslag uit één opname",
    why: "Een opname eindigt één keer.",
    example: "Bij één opname_id staan twee ontslagen met verschillende datums.",
    mend: "Laat per opname één rij staan in de tabel ontslag; was er een nieuwe opname, lever die dan apart.",
    check,
    sentence: |_, _| "Voor deze opname staat al een eerdere rij in de tabel ‘ontslag’.".into(),
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    super::k110_two_persons::report_later(context, reporter, "ontslag");
}
