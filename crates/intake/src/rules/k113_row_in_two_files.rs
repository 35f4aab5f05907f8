//! What it does: looks, between files, for rows of tables without an own key that say the same.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "K113",
    severity: Warning,
    title: "Rij staat ook in een ander bestand",
    why: "Exports met overlappende periodes leveren rijen dubbel, en die tellen dubbel.",
    example: "Hetzelfde incident staat in de export van 2023 en in die van 2024.",
    mend: "Haal de rij uit één van de bestanden, of exporteer opnieuw zonder overlap.",
    check,
    sentence: |place, _| {
        format!(
            "Deze rij van tabel ‘{}’ staat ook in een ander bestand.",
            table(place)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    super::duplicates::report(context, reporter, true);
}
