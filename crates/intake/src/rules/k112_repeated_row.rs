//! What it does: looks, within a file, for rows of tables without an own key that say the same
//! as a row before them. Two incidents of one kind on one day can both have happened.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "K112",
    severity: Warning,
    title: "Rij staat twee keer in hetzelfde bestand",
    why: "Een dubbele rij telt dubbel.",
    example: "Twee keer dezelfde titelperiode van dezelfde cliënt.",
    mend: "Haal de dubbele rij weg.",
    check,
    sentence: |place, _| {
        format!(
            "Deze rij van tabel ‘{}’ zegt precies hetzelfde als een eerdere rij.",
            table(place)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    super::duplicates::report(context, reporter, false);
}
