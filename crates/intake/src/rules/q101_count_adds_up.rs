//! What it does: adds up each row of `telling`: stock, inflow and outflow.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "Q101",
    severity: Warning,
    title: "Telling klopt niet met zichzelf",
    why: "Stand aan het begin plus instroom min uitstroom is de stand aan het einde.",
    example: "Begin 80, instroom 10, uitstroom 12, einde 80.",
    mend: "Verbeter de telling.",
    check,
    sentence: |_, _| {
        "De stand aan het begin, plus de instroom, min de uitstroom is niet de stand aan het einde."
            .into()
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    let table = context.tables.table("telling");
    let fields = ["stand_begin", "instroom", "uitstroom", "stand_eind"];
    for row in 0..table.rows {
        let numbers = fields.map(|field| table.number(field, row).map(i64::from));
        if let [Some(start), Some(inflow), Some(outflow), Some(end)] = numbers
            && start + inflow - outflow != end
        {
            reporter.report(Place::table("telling").row(row).field("stand_eind"));
        }
    }
}
