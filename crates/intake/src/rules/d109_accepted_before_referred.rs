//! What it does: compares the acceptance of a referral with the referral itself.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "D109",
    severity: Warning,
    title: "Acceptatie vóór aanmelding",
    why: "De doorlooptijd van aanmelding tot acceptatie klopt dan niet.",
    example: "Aangemeld op 1 maart, geaccepteerd op 1 februari.",
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
    let table = context.tables.table("aanmelding");
    let referred = table.packed("aanmelddatum");
    for (row, accepted) in table.packed("acceptatiedatum").iter().enumerate() {
        if accepted
            .get()
            .zip(value(referred, row))
            .is_some_and(|(accepted, referred)| accepted < referred)
        {
            reporter.report(Place::table("aanmelding").row(row).field("acceptatiedatum"));
        }
    }
}
