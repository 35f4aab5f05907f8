//! What it does: looks for nine digits that pass the eleven-test of the BSN, everywhere but in
//! the fields meant for it. Keys have a rule of their own.

use super::prelude::*;
use crate::{Packed, Suspicion};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "P101",
    severity: Blocking,
    title: "BSN buiten de tabel persoon",
    why: "Een BSN mag alleen in de tabel persoon staan; overal elders zou het meereizen met gegevens over zorg.",
    example: "In de kolom met opmerkingen bij een incident staat een BSN.",
    mend: "Haal het nummer weg uit de bron van deze export.",
    check,
    sentence: |place, tables| {
        format!(
            "In kolom {} van tabel ‘{}’ staat een getal dat een BSN kan zijn.",
            column(place, tables),
            table(place)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    for_each_suspicion(context, Suspicion::Bsn, |place| {
        if !is_key(&place) {
            reporter.report(place);
        }
    });
    report_numbers(context, reporter);
}

/// Reports nine digits in fields of numbers: reading takes them as the number that they are.
fn report_numbers(context: &Context<'_>, reporter: &mut Reporter) {
    for (position, table) in context.tables.tables.iter().enumerate() {
        for (field, column) in table.columns.iter().enumerate() {
            let mut report =
                |row| reporter.report(Place::table_at(position).row(row).field_at(field));
            match (table.spec.fields[field].kind, column) {
                (FieldKind::Integer { .. }, Column::Packed(cells)) => {
                    let is_bsn = |cell: &Packed| cell.get().is_some_and(|n| is_bsn(f64::from(n)));
                    let rows = cells.iter().enumerate();
                    rows.filter(|(_, cell)| is_bsn(cell))
                        .for_each(|(row, _)| report(row));
                }
                (FieldKind::Decimal { .. }, Column::Decimal { numbers, cells }) => {
                    let rows = numbers.iter().zip(cells).enumerate();
                    rows.filter(|(_, (number, cell))| cell.is_value() && is_bsn(**number))
                        .for_each(|(row, _)| report(row));
                }
                _ => {}
            }
        }
    }
}

fn is_bsn(number: f64) -> bool {
    let nine_digits = (1e8..1e9).contains(&number) && number.fract() == 0.0;
    nine_digits && super::text_forms::bsn(&number.to_string()).is_some()
}

/// Calls `then` with the place of each suspicious cell of this kind; the identifier fields are
/// meant for what would be suspicious elsewhere.
pub(super) fn for_each_suspicion(
    context: &Context<'_>,
    what: Suspicion,
    mut then: impl FnMut(Place),
) {
    for (position, table) in context.tables.tables.iter().enumerate() {
        for (row, column, found) in table
            .suspicions
            .iter()
            .filter(|(_, _, found)| *found == what)
        {
            let row = *row as usize;
            let field = table.place(row).and_then(|(origin, _)| {
                origin
                    .headers
                    .iter()
                    .position(|header| header.as_deref() == Some(column))
            });
            let kind = field.map(|field| table.spec.fields[field].kind);
            if is_meant(table, kind, *found) {
                continue;
            }
            let place = Place::table_at(position).row(row).column(column);
            then(match field {
                Some(field) => place.field_at(field),
                None => place,
            });
        }
    }
}

/// Whether the finding points at the key of a row.
pub(super) fn is_key(place: &Place) -> bool {
    let kind = place.field_spec().map(|field| field.kind);
    matches!(
        kind,
        Some(FieldKind::PrimaryKey(_) | FieldKind::ForeignKey(_))
    )
}

fn is_meant(table: &Table, kind: Option<FieldKind>, what: Suspicion) -> bool {
    use crate::schema::IdentifierForm::{Bsn, Skn};
    let identifiers = table.spec.kind == TableKind::Identifiers;
    match (what, kind) {
        (Suspicion::Bsn, Some(FieldKind::Identifier(Bsn | Skn))) => true,
        (Suspicion::Bsn, _) => false,
        // Names and addresses are what this table is for, and it never leaves the institution.
        (Suspicion::Name | Suspicion::Address, _) => identifiers,
    }
}
