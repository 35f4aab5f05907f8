//! What it does: looks for measurements on days when the client was in no stay.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "D112",
    severity: Note,
    title: "Meting buiten elk verblijf",
    why: "Zo'n meting telt niet mee bij een verblijf; misschien ontbreekt een opname.",
    example: "Een vragenlijst van twee maanden na het ontslag.",
    mend: "Controleer de meetdatum en de opnames; klopt het, dan hoeft u niets te doen.",
    check,
    sentence: |place, tables| {
        format!(
            "Op de datum in kolom {} was de cliënt niet opgenomen.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    super::outside::report(context, reporter, "meting", "meetdatum");
}
