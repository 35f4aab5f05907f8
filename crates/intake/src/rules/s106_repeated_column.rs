//! What it does: looks for columns with the same name as a column before them.

use super::headers::is_repeated;
use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "S106",
    severity: Warning,
    title: "Kolomnaam komt twee keer voor",
    why: "Alleen de eerste kolom met deze naam wordt gelezen.",
    example: "Het blad heeft twee kolommen ‘Opnamedatum’.",
    mend: "Geef de kolommen verschillende namen of haal er één weg.",
    check,
    sentence: |place, tables| {
        format!(
            "De kolomnaam {} komt in dezelfde tabel meer dan één keer voor.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    for (position, table) in context.tables.tables.iter().enumerate() {
        for origin in &table.origins {
            for (at, name) in origin.unknown_columns.iter().enumerate() {
                if is_repeated(origin, at) {
                    let place = Place::table_at(position).source(origin.source);
                    reporter.report(place.column(name));
                }
            }
        }
    }
}
