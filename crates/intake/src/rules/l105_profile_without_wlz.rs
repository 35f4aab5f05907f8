//! What it does: looks for care profiles other than SGLVG on funding other than the long-term
//! care act.

use super::l104_sglvg_without_wlz::{pays_profile, report_fundings};
use super::prelude::*;
use codes::CareProfile;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "L105",
    severity: Warning,
    title: "Zorgprofiel zonder Wlz",
    why: "Zorgprofielen horen bij de Wet langdurige zorg.",
    example: "Een forensische financiering met zorgprofiel 812.",
    mend: "Verbeter de financiering, of laat het zorgprofiel leeg.",
    check,
    sentence: |place, tables| {
        format!(
            "In kolom {} staat een zorgprofiel, maar de financiering is niet de Wlz.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    report_fundings(context, reporter, "zorgprofiel", |funding, profile| {
        profile != CareProfile::C790.position() && !pays_profile(funding)
    });
}
