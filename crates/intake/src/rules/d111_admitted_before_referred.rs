//! What it does: compares each admission with the day of its referral.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "D111",
    severity: Warning,
    title: "Opname vóór aanmelding",
    why: "De wachttijd tussen aanmelding en opname klopt dan niet.",
    example: "Aangemeld op 1 maart, opgenomen op 20 februari.",
    mend: "Verbeter één van de datums.",
    check,
    sentence: |place, tables| {
        format!(
            "De datum in kolom {} ligt vóór de aanmelddatum.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    super::d110_admitted_before_accepted::report_before(context, reporter, "aanmelddatum");
}
