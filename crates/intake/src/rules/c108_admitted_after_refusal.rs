//! What it does: looks for admissions whose referral was refused or withdrawn.

use super::prelude::*;
use codes::ReferralDecision;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "C108",
    severity: Warning,
    title: "Opname na een afwijzing",
    why: "Wie is afgewezen, wordt niet opgenomen op grond van die aanmelding.",
    example: "Een opname noemt een aanmelding met besluit AFGEWEZEN.",
    mend: "Verbeter het besluit, of noem bij de opname de aanmelding die wel leidde tot opname.",
    check,
    sentence: |place, tables| {
        format!(
            "De aanmelding in kolom {} is volgens het besluit afgewezen of ingetrokken.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    let decisions = context.tables.table("aanmelding").packed("aanmeld_besluit");
    for (row, key) in context
        .tables
        .table("opname")
        .packed("aanmelding_id")
        .iter()
        .enumerate()
    {
        let decision = key
            .get()
            .and_then(|key| context.index.row_of(KeyDomain::Referral, key))
            .and_then(|row| code(decisions, row));
        if matches!(
            decision,
            Some(ReferralDecision::Refused | ReferralDecision::Withdrawn)
        ) {
            reporter.report(Place::table("opname").row(row).field("aanmelding_id"));
        }
    }
}
