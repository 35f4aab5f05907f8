//! What it does: looks for rows with fewer cells than there are column names.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "S114",
    severity: Warning,
    title: "Rij met te weinig cellen",
    why: "Misschien is de rij afgebroken; de cellen die ontbreken tellen als leeg.",
    example: "De laatste rij van een afgebroken export.",
    mend: "Maak de export opnieuw, of vul de rij aan.",
    check,
    sentence: |place, _| {
        format!(
            "Deze rij van tabel ‘{}’ heeft minder cellen dan er kolommen zijn.",
            table(place)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    super::s113_too_many_cells::report_ragged(context, reporter, false);
}
