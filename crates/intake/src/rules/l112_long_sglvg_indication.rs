//! What it does: measures how long an indication for the profile SGLVG is valid.

use super::prelude::*;
use codes::CareProfile;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "L112",
    severity: Note,
    title: "Indicatie SGLVG langer dan drie jaar",
    why: "Een indicatie voor het profiel SGLVG gold ten hoogste drie jaar (Regeling langdurige zorg, tekst 2015).",
    example: "Een indicatie met zorgprofiel 790 die tien jaar geldt.",
    mend: "Controleer geldig_tot; klopt het, dan hoeft u niets te doen.",
    check,
    sentence: |place, tables| {
        format!(
            "De indicatie geldt volgens kolom {} langer dan drie jaar.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    // Three years hold at most 1,096 days.
    const THREE_YEARS: i32 = 1_096;
    let table = context.tables.table("indicatie");
    let (profiles, decided) = (table.packed("zorgprofiel"), table.packed("besluitdatum"));
    for (row, until) in table.packed("geldig_tot").iter().enumerate() {
        let days = until
            .get()
            .zip(value(decided, row))
            .map(|(until, from)| until - from);
        let is_long = days.is_some_and(|days| days > THREE_YEARS);
        if is_long && code(profiles, row) == Some(CareProfile::C790) {
            reporter.report(Place::table("indicatie").row(row).field("geldig_tot"));
        }
    }
}
