//! What it does: looks for incidents on days when the client was in no stay.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "D113",
    severity: Warning,
    title: "Incident buiten elk verblijf",
    why: "Incidenten worden per verblijfsdag geteld; dit incident valt erbuiten.",
    example: "Een incident van een week na het ontslag.",
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
    super::outside::report(context, reporter, "incident", "incident_datum");
}
