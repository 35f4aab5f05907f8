//! What it does: compares each admission with the acceptance of its referral.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "D110",
    severity: Warning,
    title: "Opname vóór acceptatie",
    why: "De wachttijd tussen acceptatie en opname klopt dan niet.",
    example: "Geaccepteerd op 1 maart, opgenomen op 20 februari.",
    mend: "Verbeter één van de datums.",
    check,
    sentence: |place, tables| {
        format!(
            "De datum in kolom {} ligt vóór de acceptatie van de aanmelding.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    report_before(context, reporter, "acceptatiedatum");
}

/// Reports each admission before the day in this field of its referral.
pub(super) fn report_before(context: &Context<'_>, reporter: &mut Reporter, field: &'static str) {
    let (admissions, referrals) = (
        context.tables.table("opname"),
        context.tables.table("aanmelding"),
    );
    let admitted = admissions.packed("opnamedatum");
    let days = referrals.packed(field);
    for (row, key) in admissions.packed("aanmelding_id").iter().enumerate() {
        let day = key
            .get()
            .and_then(|key| context.index.row_of(KeyDomain::Referral, key))
            .and_then(|row| value(days, row));
        if value(admitted, row)
            .zip(day)
            .is_some_and(|(admitted, day)| admitted < day)
        {
            reporter.report(Place::table("opname").row(row).field("opnamedatum"));
        }
    }
}
