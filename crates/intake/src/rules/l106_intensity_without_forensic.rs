//! What it does: looks for a stay intensity on funding that is not forensic.

use super::prelude::*;
use codes::Funding;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "L106",
    severity: Warning,
    title: "Verblijfsintensiteit zonder forensische financiering",
    why: "De verblijfsintensiteit A tot en met G hoort bij de forensische verblijfsdag.",
    example: "Een financiering uit de Wlz met verblijfsintensiteit D.",
    mend: "Verbeter de financiering, of laat de verblijfsintensiteit leeg.",
    check,
    sentence: |place, tables| {
        format!(
            "In kolom {} staat een verblijfsintensiteit, maar de financiering is niet forensisch.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    super::l104_sglvg_without_wlz::report_fundings(
        context,
        reporter,
        "verblijfsintensiteit",
        |funding, _| !matches!(funding, Funding::Fz | Funding::Overbr),
    );
}
