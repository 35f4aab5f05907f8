//! What it does: looks for the profile SGLVG on funding other than the long-term care act.

use super::prelude::*;
use codes::CareProfile;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "L104",
    severity: Warning,
    title: "Profiel SGLVG zonder Wlz",
    why: "Het zorgprofiel SGLVG is een aanspraak uit de Wet langdurige zorg.",
    example: "Een financiering uit de Zvw met zorgprofiel 790.",
    mend: "Verbeter de financiering, of laat het zorgprofiel leeg.",
    check,
    sentence: |place, tables| {
        format!(
            "Het zorgprofiel in kolom {} is SGLVG, maar de financiering is niet de Wlz.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    report_fundings(context, reporter, "zorgprofiel", |funding, profile| {
        profile == CareProfile::C790.position() && !pays_profile(funding)
    });
}

/// Whether care profiles go with this funding. The old subsidy scheme used them too.
pub(super) fn pays_profile(funding: codes::Funding) -> bool {
    matches!(
        funding,
        codes::Funding::Wlz | codes::Funding::Subs | codes::Funding::Onb
    )
}

/// Reports each row of `financieringsperiode` in which the funding and the code in `field` do
/// not go together.
pub(super) fn report_fundings(
    context: &Context<'_>,
    reporter: &mut Reporter,
    field: &'static str,
    clashes: fn(codes::Funding, usize) -> bool,
) {
    let table = context.tables.table("financieringsperiode");
    let fundings = table.packed("financiering");
    for (row, other) in table.packed(field).iter().enumerate() {
        let other = other
            .get()
            .and_then(|position| usize::try_from(position).ok());
        if code(fundings, row)
            .zip(other)
            .is_some_and(|(funding, other)| clashes(funding, other))
        {
            reporter.report(Place::table("financieringsperiode").row(row).field(field));
        }
    }
}
