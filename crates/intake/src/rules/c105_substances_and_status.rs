//! What it does: compares the substances of a client with the status of use.

use super::prelude::*;
use codes::{Substance, SubstanceStatus};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "C105",
    severity: Warning,
    title: "Middelen en middelstatus spreken elkaar tegen",
    why: "Wie nooit middelen gebruikte, heeft geen middelen; wie ze misbruikt, wel.",
    example: "De middelstatus is NOOIT, maar bij middelen staat CANNABIS.",
    mend: "Verbeter de middelen of de middelstatus.",
    check,
    sentence: |place, tables| {
        format!(
            "De status in kolom {} past niet bij de middelen die zijn ingevuld.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    let table = context.tables.table("client");
    let sets = table.packed("middelen");
    let none = 1 << Substance::None.position();
    let unknown = 1 << Substance::Unknown.position();
    for (row, status) in table.packed("middelstatus").iter().enumerate() {
        let Some(bits) = value(sets, row).filter(|bits| status.is_value() && *bits != unknown)
        else {
            continue;
        };
        let clashes = match code(table.packed("middelstatus"), row) {
            Some(SubstanceStatus::Never) => bits & !none != 0,
            Some(SubstanceStatus::Misuse | SubstanceStatus::Current) => bits == none,
            _ => false,
        };
        if clashes {
            reporter.report(Place::table("client").row(row).field("middelstatus"));
        }
    }
}
