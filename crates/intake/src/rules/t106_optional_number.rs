//! What it does: looks for text in optional number fields that is no whole number.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "T106",
    severity: Warning,
    title: "Getal is niet te lezen",
    why: "Het getal telt nu als ontbrekend.",
    example: "Bij het IQ staat ‘ca. 70’.",
    mend: "Vul een geheel getal in, in cijfers, of laat de cel leeg.",
    check,
    sentence: |place, tables| {
        format!(
            "Wat in kolom {} staat, is niet als geheel getal te lezen en telt als ontbrekend.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    context.report_marks(reporter, Invalid::Form, |field| {
        !field.required && matches!(field.kind, FieldKind::Integer { .. })
    });
}
