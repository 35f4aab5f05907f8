//! What it does: looks for numbers that do not fit in a field of whole numbers.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "T108",
    severity: Blocking,
    title: "Getal is te groot",
    why: "Zo'n getal is meestal een verschoven kolom of een verkeerd gelezen exponent.",
    example: "Een leeftijd van tien cijfers.",
    mend: "Kijk of de kolommen zijn verschoven en verbeter het getal.",
    check,
    sentence: |place, tables| {
        format!(
            "Het getal in kolom {} is te groot om te kunnen kloppen.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    context.report_marks(reporter, Invalid::TooLarge, |_| true);
}
