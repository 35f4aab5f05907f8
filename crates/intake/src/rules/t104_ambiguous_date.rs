//! What it does: looks for dates of which day and month cannot be told apart, or with a year
//! of two digits.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "T104",
    severity: Blocking,
    title: "Datum is op meer manieren te lezen",
    why: "Dag en maand raden geeft stille fouten van maanden.",
    example: "04/05/2024, terwijl niet vaststaat of de dag of de maand voorop staat.",
    mend: "Schrijf het jaar met vier cijfers, en leg de datumvorm vast in het mappingprofiel.",
    check,
    sentence: |place, tables| {
        format!(
            "De datum in kolom {} is op meer dan één manier te lezen.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    context.report_marks(reporter, Invalid::Ambiguous, |_| true);
}
