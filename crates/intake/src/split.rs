//! From validated tables to identifiers and content: the one place where the delivery's Dutch
//! field names become `record`'s English ones.

mod identifiers;
mod rows;

pub use identifiers::{IdentifierRow, IdentifierRows, IdentifierTable};
pub(crate) use rows::content;

use crate::{Column, Packed, Table};
use calendar::Day;
use codes::{Coded, YesNo};

/// The cells of one field, to be looked up by row.
#[derive(Clone, Copy)]
struct Cells<'a>(&'a [Packed]);

impl<'a> Cells<'a> {
    fn of(table: &'a Table, field: &str) -> Self {
        debug_assert!(
            table.spec.field(field).is_some(),
            "{field} is not in the dictionary"
        );
        match table.column(field) {
            Column::Packed(cells) | Column::Decimal { cells, .. } => Self(cells),
            _ => Self(&[]),
        }
    }

    fn get(self, row: usize) -> Option<i32> {
        self.0.get(row).and_then(|cell| cell.get())
    }

    fn must(self, row: usize) -> i32 {
        self.get(row)
            .expect("validation let only rows through that have their required values")
    }

    fn day(self, row: usize) -> Option<Day> {
        self.get(row).map(Day::from_number)
    }

    fn must_day(self, row: usize) -> Day {
        Day::from_number(self.must(row))
    }

    /// The first day after a "last day".
    fn day_after(self, row: usize) -> Option<Day> {
        self.get(row).map(|day| Day::from_number(day + 1))
    }

    fn code<C: Coded>(self, row: usize) -> Option<C> {
        self.get(row).and_then(|position| C::at(position as usize))
    }

    fn must_code<C: Coded>(self, row: usize) -> C {
        C::at(self.must(row) as usize).expect("code cells hold positions of their list")
    }

    fn number<N: TryFrom<i32>>(self, row: usize) -> Option<N> {
        self.get(row).and_then(|number| N::try_from(number).ok())
    }

    fn yes(self, row: usize) -> Option<bool> {
        self.code::<YesNo>(row).map(|answer| answer == YesNo::Yes)
    }

    /// The position that a key cell points at.
    fn position(self, row: usize) -> u32 {
        self.must(row) as u32
    }
}
