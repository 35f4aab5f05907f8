//! What it does: counts the clients who have not been asked yet.

use super::prelude::*;
use codes::LegalGround;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "G102",
    severity: Note,
    title: "Cliënt is nog niet gevraagd",
    why: "Gegevens van deze cliënt gaan niet mee zolang de grondslag onbekend is.",
    example: "De grondslag is ONB.",
    mend: "Vraag of informeer de cliënt en lever opnieuw; anders hoeft u niets te doen.",
    check,
    sentence: |place, tables| {
        format!(
            "Volgens kolom {} is de cliënt nog niet gevraagd; de rijen van deze cliënt gaan niet mee.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    report_ground(context, reporter, LegalGround::Unknown);
}

/// Reports each client with this ground.
pub(super) fn report_ground(context: &Context<'_>, reporter: &mut Reporter, ground: LegalGround) {
    let grounds = context.tables.table("client").packed("grondslag");
    for row in (0..grounds.len()).filter(|row| code(grounds, *row) == Some(ground)) {
        reporter.report(Place::table("client").row(row).field("grondslag"));
    }
}
