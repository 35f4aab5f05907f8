//! What it does: counts the clients who object.

use super::prelude::*;
use codes::LegalGround;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "G103",
    severity: Note,
    title: "Cliënt maakt bezwaar",
    why: "Gegevens van deze cliënt gaan niet mee; dat is zo bedoeld.",
    example: "De grondslag is BEZWAAR.",
    mend: "U hoeft niets te doen.",
    check,
    sentence: |place, tables| {
        format!(
            "Volgens kolom {} maakt de cliënt bezwaar; de rijen van deze cliënt gaan niet mee.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    super::g102_ground_unknown::report_ground(context, reporter, LegalGround::Objection);
}
