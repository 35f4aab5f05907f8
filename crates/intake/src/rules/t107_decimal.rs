//! What it does: looks for text in decimal fields that is no number.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "T107",
    severity: Warning,
    title: "Decimaal getal is niet te lezen",
    why: "Het getal telt nu als ontbrekend.",
    example: "Een totaalscore is geschreven als ‘12.3.4’.",
    mend: "Schrijf het getal met één decimaalteken, en leg dat zo nodig vast in het mappingprofiel.",
    check,
    sentence: |place, tables| {
        format!(
            "Wat in kolom {} staat, is niet als getal te lezen en telt als ontbrekend.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    context.report_marks(reporter, Invalid::Form, |field| {
        matches!(field.kind, FieldKind::Decimal { .. })
    });
}
