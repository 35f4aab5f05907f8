//! What it does: compares the step in security at exit with a reason that names its direction.

use super::prelude::*;
use codes::{ExitReason, SecurityLevel};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "X107",
    severity: Warning,
    title: "Stap in beveiliging past niet bij de reden",
    why: "De stap omhoog of omlaag is een kernmaat van de doorstroom.",
    example: "De reden is DOORSTR_LAGER, maar het nieuwe niveau is hoger dan dat van de laatste plaatsing.",
    mend: "Verbeter de reden, bestemming_beveiliging of het niveau van de laatste plaatsing.",
    check,
    sentence: |place, tables| {
        format!(
            "Het niveau in kolom {} past niet bij de reden van ontslag en het niveau van de laatste plaatsing.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    let (exits, placements) = (
        context.tables.table("ontslag"),
        context.tables.table("plaatsing"),
    );
    let reasons = exits.packed("ontslagreden");
    let (old, new) = (
        placements.packed("beveiligingsniveau"),
        exits.packed("bestemming_beveiliging"),
    );
    for &(key, last) in context.index.last_placements() {
        let Some(exit) = context.index.exit(key) else {
            continue;
        };
        let rank = |cells, row| code::<SecurityLevel>(cells, row).map(SecurityLevel::rank);
        let ranks = rank(old, last.row as usize).zip(rank(new, exit.row));
        let clashes = ranks.is_some_and(|(from, to)| match code(reasons, exit.row) {
            Some(ExitReason::StepDown) => to > from,
            Some(ExitReason::StepUp) => to < from,
            _ => false,
        });
        if clashes {
            let place = Place::table("ontslag").row(exit.row);
            reporter.report(place.field("bestemming_beveiliging"));
        }
    }
}
