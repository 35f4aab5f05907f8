//! What it does: looks for a reason of refusal with another decision than refused.

use super::prelude::*;
use codes::ReferralDecision;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "C106",
    severity: Warning,
    title: "Afwijsreden zonder afwijzing",
    why: "De redenen van afwijzing worden geteld bij afgewezen aanmeldingen.",
    example: "Het besluit is GEACCEPTEERD, maar er staat een afwijsreden.",
    mend: "Verbeter het besluit, of laat de afwijsreden leeg.",
    check,
    sentence: |place, tables| {
        format!(
            "In kolom {} staat een reden, terwijl het besluit geen afwijzing is.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    let table = context.tables.table("aanmelding");
    let decisions = table.packed("aanmeld_besluit");
    for (row, reason) in table.packed("afwijsreden").iter().enumerate() {
        let decision = code::<ReferralDecision>(decisions, row);
        if reason.is_value()
            && decision.is_some_and(|decision| decision != ReferralDecision::Refused)
        {
            reporter.report(Place::table("aanmelding").row(row).field("afwijsreden"));
        }
    }
}
