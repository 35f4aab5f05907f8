//! What it does: looks for "none" or "unknown" among other codes of one cell.

use super::prelude::*;
use codes::Substance;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "C104",
    severity: Warning,
    title: "Codes die elkaar tegenspreken",
    why: "‘Geen’ of ‘onbekend’ naast een ander middel kan niet allebei waar zijn.",
    example: "Bij middelen staat zowel GEEN als ALCOHOL.",
    mend: "Haal ‘geen’ of ‘onbekend’ weg, of de andere codes.",
    check,
    sentence: |place, tables| {
        format!(
            "In kolom {} staat ‘geen’ of ‘onbekend’ naast een andere code.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    let alone = (1 << Substance::None.position()) | (1 << Substance::Unknown.position());
    for (row, cell) in context
        .tables
        .table("client")
        .packed("middelen")
        .iter()
        .enumerate()
    {
        if cell
            .get()
            .is_some_and(|bits| bits & alone != 0 && bits.count_ones() > 1)
        {
            reporter.report(Place::table("client").row(row).field("middelen"));
        }
    }
}
