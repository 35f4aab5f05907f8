//! What it does: looks for consent from before the General Data Protection Regulation applied.

use super::prelude::*;
use calendar::Day;
use codes::LegalGround;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "G105",
    severity: Warning,
    title: "Toestemming van vóór de AVG",
    why: "De AVG geldt vanaf 25 mei 2018; oudere toestemming geldt alleen als zij aan de AVG voldoet.",
    example: "De toestemming is van 2015.",
    mend: "Controleer of de toestemming aan de AVG voldoet en vraag haar zo nodig opnieuw.",
    check,
    sentence: |place, tables| {
        format!(
            "De toestemming is volgens kolom {} van vóór 25 mei 2018.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    let applies = Day::from_ymd(2018, 5, 25).expect("the day exists").number();
    let table = context.tables.table("client");
    let grounds = table.packed("grondslag");
    for (row, day) in table.packed("grondslag_datum").iter().enumerate() {
        let is_old = day.get().is_some_and(|day| day < applies);
        if is_old && code(grounds, row) == Some(LegalGround::Consent) {
            reporter.report(Place::table("client").row(row).field("grondslag_datum"));
        }
    }
}
