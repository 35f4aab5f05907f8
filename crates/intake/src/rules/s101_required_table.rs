//! What it does: looks for required tables of the dictionary that no source delivers.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "S101",
    severity: Blocking,
    title: "Verplichte tabel ontbreekt",
    why: "Zonder deze tabel is een verblijf niet van begin tot eind te volgen.",
    example: "Er is geen bestand of blad dat de tabel ‘opname’ levert.",
    mend: "Voeg het bestand toe, of wijs het in het mappingprofiel toe aan deze tabel.",
    check,
    sentence: |place, _| format!("De verplichte tabel ‘{}’ ontbreekt.", table(place)),
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    for (position, table) in context.tables.tables.iter().enumerate() {
        if table.spec.required && table.rows == 0 && table.origins.is_empty() {
            reporter.report(Place::table_at(position));
        }
    }
}
