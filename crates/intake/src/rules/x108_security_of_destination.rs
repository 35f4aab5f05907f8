//! What it does: compares the level of security at the destination with what is usual there;
//! one step up or down is let pass.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "X108",
    severity: Warning,
    title: "Beveiliging past niet bij de bestemming",
    why: "Een fout niveau verandert de stap omhoog of omlaag in de beveiliging.",
    example: "De bestemming is BEGL_ZELFST, met niveau 3.",
    mend: "Verbeter het niveau of de bestemming.",
    check,
    sentence: |place, tables| {
        format!(
            "Het niveau in kolom {} wijkt meer dan één stap af van wat bij de bestemming gebruikelijk is.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    let fields = ["bestemming_voorziening", "bestemming_beveiliging"];
    super::l108_security_of_facility::report_levels(
        reporter,
        context.tables.table("ontslag"),
        fields,
    );
}
