//! What it does: looks for text in optional date fields that is no date.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "T102",
    severity: Warning,
    title: "Datum is niet te lezen",
    why: "De datum telt nu als ontbrekend.",
    example: "Bij een indicatie staat als einddatum ‘n.t.b.’.",
    mend: "Schrijf de datum als jjjj-mm-dd of dd-mm-jjjj, of laat de cel leeg.",
    check,
    sentence: |place, tables| {
        format!(
            "Wat in kolom {} staat, is niet als datum te lezen en telt als ontbrekend.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    context.report_marks(reporter, Invalid::Form, |field| {
        !field.required && matches!(field.kind, FieldKind::Date)
    });
}
