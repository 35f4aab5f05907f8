//! What it does: looks for columns with the same name as a column before them.

use super::prelude::*;
use crate::RemarkKind;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "S106",
    severity: Warning,
    title: "Kolomnaam komt twee keer voor",
    why: "Alleen de eerste kolom met deze naam wordt gelezen.",
    example: "Het blad heeft twee kolommen ‘Opnamedatum’.",
    mend: "Geef de kolommen verschillende namen of haal er één weg.",
    check,
    sentence: |place, tables| {
        format!(
            "De kolomnaam {} komt meer dan één keer voor.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    for remark in &context.tables.remarks {
        if let RemarkKind::DuplicateHeader(name) = &remark.kind {
            reporter.report(Place::delivery().source(remark.source).column(name));
        }
    }
}
