//! What it does: looks for coercive measures on days when the client was in no stay.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "D114",
    severity: Warning,
    title: "Vrijheidsbeperking buiten elk verblijf",
    why: "Vrijheidsbeperking hoort bij een verblijf; hier ontbreekt een opname of klopt de datum niet.",
    example: "Een separatie die begint voordat de cliënt is opgenomen.",
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
    super::outside::report(context, reporter, "vrijheidsbeperking", "vbi_start");
}
