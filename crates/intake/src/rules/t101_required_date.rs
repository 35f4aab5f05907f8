//! What it does: looks for text in required date fields that is no date.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "T101",
    severity: Blocking,
    title: "Verplichte datum is niet te lezen",
    why: "Zonder deze datum heeft de rij geen plaats in de tijd.",
    example: "Bij een opname staat als datum ‘voorjaar 2024’.",
    mend: "Schrijf de datum als jjjj-mm-dd of dd-mm-jjjj.",
    check,
    sentence: |place, tables| {
        format!(
            "Wat in kolom {} staat, is niet als datum te lezen.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    context.report_marks(reporter, Invalid::Form, |field| {
        field.required && matches!(field.kind, FieldKind::Date)
    });
}
