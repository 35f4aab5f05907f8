//! What every rule's file starts with.

pub(super) use super::index::Mark;
pub(super) use super::spans::{self, NEVER, Periods, Span};
pub(super) use crate::Severity::{Blocking, Note, Warning};
pub(super) use crate::rule::{Context, Reporter, Rule};
pub(super) use crate::schema::{FieldKind, FieldSpec, TABLES, TableKind};
pub(super) use crate::{Cell, Column, Invalid, KeyDomain, Packed, ParsedTables, Place, Table};
pub(super) use codes::Coded;
use std::ops::RangeInclusive;

/// The whole number, day, code position or key in a cell of a column.
pub(super) fn value(cells: &[Packed], row: usize) -> Option<i32> {
    cells.get(row).and_then(|cell| cell.get())
}

/// The code in a cell of a column.
pub(super) fn code<C: Coded>(cells: &[Packed], row: usize) -> Option<C> {
    C::at(usize::try_from(value(cells, row)?).ok()?)
}

/// The column as the sender names it, between quotation marks.
pub(super) fn column(place: &Place, tables: &ParsedTables) -> String {
    format!("‘{}’", place.column_name(tables).unwrap_or("onbekend"))
}

/// The table's name in the dictionary.
pub(super) fn table(place: &Place) -> &'static str {
    place.spec().map_or("levering", |spec| spec.name)
}

impl Context<'_> {
    /// The first day that the delivery says nothing of.
    pub(super) fn horizon(&self) -> i32 {
        let day = self.tables.info.observed_until.unwrap_or(self.today);
        day.number().min(self.today.number() + 1)
    }

    /// The row of a client in `client`, by its key.
    pub(super) fn client_row(&self, client: i32) -> Option<usize> {
        self.index.row_of(KeyDomain::Client, client)
    }

    /// Reports every value outside `allowed` in a field, by the positions of table and field.
    pub(super) fn report_outside(
        &self,
        reporter: &mut Reporter,
        (table, field): (usize, usize),
        allowed: RangeInclusive<i32>,
        place: impl Fn(Place) -> Place,
    ) {
        if self.index.extent(table, field).is_within(&allowed) {
            return;
        }
        let name = TABLES[table].fields[field].name;
        let cells = self.tables.tables[table].packed(name).iter().enumerate();
        for (row, cell) in cells {
            if cell.get().is_some_and(|value| !allowed.contains(&value)) {
                reporter.report(place(Place::table_at(table).row(row).field_at(field)));
            }
        }
    }

    /// Reports every cell with this fault in the fields that `wanted` names.
    pub(super) fn report_marks(
        &self,
        reporter: &mut Reporter,
        why: Invalid,
        wanted: fn(&FieldSpec) -> bool,
    ) {
        for (position, spec) in TABLES.iter().enumerate() {
            let of_kind =
                |mark: &&Mark| mark.why == why && wanted(&spec.fields[usize::from(mark.field)]);
            for mark in self.index.marks(position).iter().filter(of_kind) {
                let place = Place::table_at(position).row(mark.row as usize);
                reporter.report(place.field_at(usize::from(mark.field)));
            }
        }
    }
}
