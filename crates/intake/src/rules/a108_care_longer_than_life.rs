//! What it does: compares the years of care before admission with the age at first admission.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "A108",
    severity: Warning,
    title: "Meer jaren hulpverlening dan levensjaren",
    why: "De hulpverlening van vóór de opname kan niet langer hebben geduurd dan het leven tot dan.",
    example: "Opgenomen op 20-jarige leeftijd, 30 jaar hulpverlening.",
    mend: "Verbeter het aantal jaren of het geboortejaar.",
    check,
    sentence: |place, tables| {
        format!(
            "Het aantal jaren in kolom {} is meer dan de leeftijd bij de eerste opname.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    super::a105_first_offence_to_come::report_beyond(
        context,
        reporter,
        "hulpverl_gesch_jaren",
        |context, client| {
            context
                .index
                .stays()
                .of(client)
                .first()
                .map(|stay| stay.start)
        },
    );
}
