//! What it does: looks for leave that starts on a day when the client was in no stay.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "D115",
    severity: Warning,
    title: "Verlof buiten elk verblijf",
    why: "Verlof is er alleen tijdens een verblijf.",
    example: "Een verlof dat begint na het ontslag.",
    mend: "Verbeter de datum, of lever de opname mee die erbij hoort.",
    check,
    sentence: |place, tables| {
        format!(
            "Op de datum in kolom {} was de cliënt niet opgenomen.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    super::outside::report(context, reporter, "verlof", "verlof_start");
}
