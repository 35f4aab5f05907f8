//! What it does: looks, per source, for required fields that have neither a column nor a fixed
//! value.

use super::prelude::*;
use crate::Origin;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "S102",
    severity: Blocking,
    title: "Verplichte kolom ontbreekt",
    why: "Een rij zonder dit veld kan niet worden gebruikt.",
    example: "Het blad ‘Ontslagen’ heeft geen kolom voor ‘ontslagreden’.",
    mend: "Voeg de kolom toe, of wijs in het mappingprofiel een kolom of een vaste waarde aan.",
    check,
    sentence: |place, _| {
        format!(
            "Het verplichte veld ‘{}’ van tabel ‘{}’ heeft geen kolom.",
            place.field_spec().map_or("", |field| field.name),
            table(place)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    for (position, table) in context.tables.tables.iter().enumerate() {
        for (at, origin) in table.origins.iter().enumerate() {
            for (field, spec) in table.spec.fields.iter().enumerate() {
                if spec.required && is_missing(table, at, origin, field) {
                    let place = Place::table_at(position).field_at(field);
                    reporter.report(place.source(origin.source));
                }
            }
        }
    }
}

/// Whether a source has neither a column nor a fixed value for a field.
pub(super) fn is_missing(table: &Table, at: usize, origin: &Origin, field: usize) -> bool {
    if origin.headers.get(field).is_some_and(Option::is_some) {
        return false;
    }
    let end = table
        .origins
        .get(at + 1)
        .map_or(table.rows, |next| next.first_row);
    let rows = origin.first_row..end;
    match &table.columns[field] {
        Column::Absent => true,
        Column::Packed(cells) | Column::Decimal { cells, .. } => {
            cells[rows].iter().all(|cell| *cell == Packed::EMPTY)
        }
        Column::Text(texts) => rows.into_iter().all(|row| texts.get(row).is_empty()),
    }
}
