//! What it does: looks for modules that start on a day when the client was in no stay.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "D116",
    severity: Note,
    title: "Module buiten elk verblijf",
    why: "Een module kan ambulant doorlopen, maar misschien ontbreekt een opname.",
    example: "Een module die begint in de maand vóór de opname.",
    mend: "Controleer de datum en de opnames; klopt het, dan hoeft u niets te doen.",
    check,
    sentence: |place, tables| {
        format!(
            "Op de datum in kolom {} was de cliënt niet opgenomen.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    super::outside::report(context, reporter, "module_deelname", "module_start");
}
