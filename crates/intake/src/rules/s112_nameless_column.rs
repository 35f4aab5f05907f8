//! What it does: looks for columns with content and without a name.

use super::prelude::*;
use crate::RemarkKind;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "S112",
    severity: Warning,
    title: "Kolom zonder naam",
    why: "Zonder naam is niet te zeggen waar de inhoud bij hoort; misschien is de kopregel verschoven.",
    example: "De vierde kolom heeft waarden, maar geen kop.",
    mend: "Geef de kolom een naam, of haal hem uit de export.",
    check,
    sentence: |place, _| {
        format!(
            "Kolom {} heeft inhoud, maar geen naam, en is niet gebruikt.",
            place.numbers[0]
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    for remark in &context.tables.remarks {
        if let RemarkKind::NamelessColumn(column) = remark.kind {
            let place = Place::delivery().source(remark.source);
            reporter.report(place.numbers(column as i64, 0));
        }
    }
}
