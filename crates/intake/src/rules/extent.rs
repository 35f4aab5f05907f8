//! What the cells of a column hold between them: with one look at a whole column, most rules
//! know that none of its rows concerns them.

use crate::{Column, Packed};
use std::ops::RangeInclusive;

/// The values of a column from the least to the most, and what else stands in it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Extent {
    least: i32,
    most: i32,
    /// Whether any cell is empty, or says that there is no value.
    pub(crate) has_missing: bool,
    /// Whether any cell holds something that is no value.
    pub(crate) has_invalid: bool,
}

impl Extent {
    pub(crate) fn of(column: &Column) -> Self {
        match column {
            Column::Absent => Self::of_cells(&[Packed::EMPTY]),
            Column::Packed(cells) | Column::Decimal { cells, .. } => Self::of_cells(cells),
            Column::Text(texts) => Self {
                has_missing: texts.any_missing(),
                ..Self::of_cells(&[])
            },
        }
    }

    fn of_cells(cells: &[Packed]) -> Self {
        let mut extent = Self {
            least: i32::MAX,
            most: i32::MIN,
            has_missing: false,
            has_invalid: false,
        };
        // Most columns hold nothing but values, which is told fastest.
        if let (Some(least), Some(most)) = {
            let (least, most) = Packed::range(cells);
            (least.get(), most.get())
        } {
            return Self {
                least,
                most,
                ..extent
            };
        }
        for cell in cells {
            extent.least = extent.least.min(cell.get().unwrap_or(i32::MAX));
            extent.most = extent.most.max(cell.get().unwrap_or(i32::MIN));
            extent.has_missing |= cell.is_missing();
            extent.has_invalid |= cell.is_invalid();
        }
        extent
    }

    /// Whether any value may lie within; for sure not where it says no.
    pub(crate) fn meets(&self, values: &RangeInclusive<i32>) -> bool {
        self.least <= *values.end() && *values.start() <= self.most
    }

    /// Whether all values lie within.
    pub(crate) fn is_within(&self, values: &RangeInclusive<i32>) -> bool {
        self.least > self.most || values.contains(&self.least) && values.contains(&self.most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Invalid, Missing};

    #[test]
    fn an_extent_tells_values_from_marks() {
        let cells = [3, -7, 12].map(Packed::value);
        let extent = Extent::of_cells(&cells);
        assert!(extent.is_within(&(-7..=12)) && !extent.is_within(&(-6..=12)));
        assert!(extent.meets(&(12..=20)) && !extent.meets(&(13..=20)));
        assert!(!extent.has_missing && !extent.has_invalid);

        let missing = Extent::of_cells(&[Packed::missing(Missing::Unknown)]);
        assert!(missing.has_missing && !missing.has_invalid && missing.is_within(&(0..=0)));
        let invalid = Extent::of_cells(&[Packed::invalid(Invalid::TooLarge)]);
        assert!(!invalid.has_missing && invalid.has_invalid && !invalid.meets(&(0..=i32::MAX)));
    }

    #[test]
    fn what_is_not_there_is_missing() {
        assert!(Extent::of(&Column::Absent).has_missing);
        let mut texts = crate::TextColumn::default();
        assert!(!Extent::of(&Column::Text(texts.clone())).has_missing);
        texts.push("a");
        assert!(!Extent::of(&Column::Text(texts.clone())).has_missing);
        texts.push("");
        assert!(Extent::of(&Column::Text(texts)).has_missing);
    }
}
