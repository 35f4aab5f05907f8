//! What it does: measures the length of court orders under article 28a of the Wzd.

use super::prelude::*;
use codes::Title;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "L110",
    severity: Note,
    title: "Machtiging 28a langer dan zes maanden",
    why: "Een machtiging via artikel 2.3 Wfz geldt ten hoogste zes maanden (WODC 2024); een langere periode is waarschijnlijk een verlenging in dezelfde rij.",
    example: "Een titelperiode WFZ23_WZD28A van een jaar.",
    mend: "Lever zo mogelijk per machtiging een rij; anders hoeft u niets te doen.",
    check,
    sentence: |place, tables| {
        format!(
            "De titelperiode in kolom {} duurt langer dan {} dagen.",
            column(place, tables),
            place.numbers[0]
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    // Six months hold at most 184 days.
    super::l109_long_observation::report_longer(context, reporter, Title::Wfz23Wzd28a, 184);
}
