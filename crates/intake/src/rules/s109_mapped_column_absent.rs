//! What it does: looks for columns that the mapping profile names and the source does not have.

use super::prelude::*;
use crate::RemarkKind;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "S109",
    severity: Warning,
    title: "Kolom uit het mappingprofiel ontbreekt",
    why: "Het profiel past niet meer bij de export; het veld blijft leeg.",
    example: "Het profiel noemt ‘Datum opname’, in het bestand heet de kolom ‘Opnamedatum’.",
    mend: "Pas het mappingprofiel aan, of herstel de kolomnaam in de export.",
    check,
    sentence: |place, tables| {
        format!(
            "Het mappingprofiel noemt kolom {}, maar die is er niet.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    for remark in &context.tables.remarks {
        if let RemarkKind::MappedColumnAbsent(name) = &remark.kind {
            reporter.report(Place::delivery().source(remark.source).column(name));
        }
    }
}
