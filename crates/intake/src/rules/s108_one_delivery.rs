//! What it does: looks for a second row in `levering`.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "S108",
    severity: Blocking,
    title: "Meer dan één rij in de tabel levering",
    why: "Een levering komt van één instelling en gaat over één periode.",
    example: "De tabel ‘levering’ heeft twee rijen met verschillende periodes.",
    mend: "Laat in de tabel levering één rij staan, of maak er twee leveringen van.",
    check,
    sentence: |_, _| "De tabel ‘levering’ heeft meer dan één rij.".into(),
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    for row in 1..context.tables.table("levering").rows {
        reporter.report(Place::table("levering").row(row).other(0));
    }
}
