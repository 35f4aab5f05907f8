//! What it does: looks for admissions that name a referral that has no row in `aanmelding`.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "K106",
    severity: Blocking,
    title: "Aanmelding bestaat niet",
    why: "De wachttijd tussen aanmelding en opname is dan niet te bepalen.",
    example: "Een opname noemt een aanmelding_id dat niet in de tabel aanmelding staat.",
    mend: "Lever de aanmelding mee, verbeter het nummer of laat het leeg.",
    check,
    sentence: |place, tables| {
        format!(
            "Het aanmeldnummer in kolom {} staat niet in de tabel ‘aanmelding’.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    super::k104_unknown_client::report_orphans(context, reporter, KeyDomain::Referral);
}
