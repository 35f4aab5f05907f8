//! What it does: looks for funding by the long-term care act without a care profile.

use super::prelude::*;
use codes::Funding;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "L111",
    severity: Note,
    title: "Wlz zonder zorgprofiel",
    why: "Bij de Wlz hoort een zorgprofiel; zonder profiel is de zorgzwaarte niet te beschrijven.",
    example: "Een financiering uit de Wlz waarbij zorgprofiel leeg is.",
    mend: "Vul het zorgprofiel in als het bekend is.",
    check,
    sentence: |place, tables| {
        format!(
            "De kolom {} is leeg, terwijl de financiering de Wlz is.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    let table = context.tables.table("financieringsperiode");
    let fundings = table.packed("financiering");
    for (row, profile) in table.packed("zorgprofiel").iter().enumerate() {
        let is_empty = matches!(profile.cell(), Cell::Missing(_));
        if is_empty && code(fundings, row) == Some(Funding::Wlz) {
            let place = Place::table("financieringsperiode").row(row);
            reporter.report(place.field("zorgprofiel"));
        }
    }
}
