//! What it does: compares the class of intellectual functioning with the total IQ.

use super::prelude::*;
use codes::IqClass;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "R103",
    severity: Warning,
    title: "IQ-klasse en IQ passen niet bij elkaar",
    why: "De klasse volgt uit het IQ; verschillen ze, dan is één van beide fout.",
    example: "IQ-klasse LVB (50–69) bij een IQ van 78.",
    mend: "Verbeter de klasse of het IQ; is de klasse met opzet anders bepaald, laat het IQ dan leeg.",
    check,
    sentence: |place, tables| {
        format!(
            "De klasse in kolom {} past niet bij het IQ dat is ingevuld.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    let table = context.tables.table("client");
    let classes = table.packed("iq_klasse");
    for (row, iq) in table.packed("iq_totaal").iter().enumerate() {
        let fits = |(iq, class): (i32, IqClass)| match class {
            IqClass::Below => iq < 50,
            IqClass::Mild => (50..70).contains(&iq),
            IqClass::Borderline => (70..=85).contains(&iq),
            IqClass::Above => iq > 85,
            IqClass::Unknown => true,
        };
        if iq
            .get()
            .zip(code(classes, row))
            .is_some_and(|pair| !fits(pair))
        {
            reporter.report(Place::table("client").row(row).field("iq_klasse"));
        }
    }
}
