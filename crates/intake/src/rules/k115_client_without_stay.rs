//! What it does: looks for clients without an admission or a referral.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "K115",
    severity: Warning,
    title: "Cliënt zonder opname of aanmelding",
    why: "Zo'n cliënt telt nergens mee; misschien ontbreekt een opname.",
    example: "Een cliënt staat in de tabel client, maar in geen enkele opname of aanmelding.",
    mend: "Lever de opname of aanmelding mee, of haal de cliënt uit de levering.",
    check,
    sentence: |_, _| "Deze cliënt heeft geen opname en geen aanmelding.".into(),
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    let (admissions, referrals) = (
        context.index.groups("opname"),
        context.index.groups("aanmelding"),
    );
    for (row, key) in context
        .tables
        .table("client")
        .packed("client_id")
        .iter()
        .enumerate()
    {
        let is_alone = |key: i32| {
            admissions.of(key as usize).is_empty() && referrals.of(key as usize).is_empty()
        };
        if key.get().is_some_and(is_alone) {
            reporter.report(Place::table("client").row(row).field("client_id"));
        }
    }
}
