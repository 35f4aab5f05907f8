//! What it does: looks for a setting of the care-performance model on funding by the long-term
//! care act.

use super::prelude::*;
use codes::Funding;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "L107",
    severity: Warning,
    title: "ZPM-setting bij de Wlz",
    why: "Het zorgprestatiemodel geldt voor de Zvw en de forensische zorg, niet voor de Wlz.",
    example: "Een financiering uit de Wlz met zpm_setting 5.",
    mend: "Verbeter de financiering, of laat de setting leeg.",
    check,
    sentence: |place, tables| {
        format!(
            "In kolom {} staat een ZPM-setting, maar de financiering is de Wlz.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    super::l104_sglvg_without_wlz::report_fundings(
        context,
        reporter,
        "zpm_setting",
        |funding, _| funding == Funding::Wlz,
    );
}
