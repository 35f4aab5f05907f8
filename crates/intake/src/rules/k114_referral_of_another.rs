//! What it does: compares the client of an admission with the client of its referral.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "K114",
    severity: Blocking,
    title: "Aanmelding is van een andere cliënt",
    why: "Opname en aanmelding horen bij dezelfde cliënt; anders is een nummer verwisseld.",
    example: "De opname van de ene cliënt noemt de aanmelding van een andere.",
    mend: "Verbeter het aanmeldnummer of het cliëntnummer.",
    check,
    sentence: |place, tables| {
        format!(
            "De aanmelding in kolom {} hoort bij een andere cliënt dan de opname.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    let (admissions, referrals) = (
        context.tables.table("opname"),
        context.tables.table("aanmelding"),
    );
    let (keys, clients) = (
        admissions.packed("aanmelding_id"),
        admissions.packed("client_id"),
    );
    for (row, key) in keys.iter().enumerate() {
        let referred = key
            .get()
            .and_then(|key| context.index.row_of(KeyDomain::Referral, key))
            .and_then(|row| referrals.number("client_id", row));
        if referred
            .zip(value(clients, row))
            .is_some_and(|(a, b)| a != b)
        {
            reporter.report(Place::table("opname").row(row).field("aanmelding_id"));
        }
    }
}
