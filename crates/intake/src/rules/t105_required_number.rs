//! What it does: looks for text in required number fields that is no whole number.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "T105",
    severity: Blocking,
    title: "Verplicht getal is niet te lezen",
    why: "Zonder dit getal kan de rij niet worden gebruikt.",
    example: "Bij een item staat als score ‘vaak’.",
    mend: "Vul een geheel getal in, in cijfers.",
    check,
    sentence: |place, tables| {
        format!(
            "Wat in kolom {} staat, is niet als geheel getal te lezen.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    context.report_marks(reporter, Invalid::Form, |field| {
        field.required && matches!(field.kind, FieldKind::Integer { .. })
    });
}
