//! Times as places in the ascending list of distinct times.
//!
//! Estimators of time-to-event sweep over distinct times; a row takes part by place, not by
//! time. Whole numbers in a range not much wider than there are rows (days) are counted into
//! place in one pass; other times are sorted once and found back through buckets.
//!
//! How: `docs/methods/numerics.md`.

use crate::whole_days::{DayRange, cell, is_whole};
use std::cmp::Ordering;

/// A place that no time has.
const ABSENT: u32 = u32::MAX;

/// The distinct finite times of some columns, ascending, and how to find a time among them.
/// R: `sort(unique(x))`, `match`, `findInterval`.
///
/// A clock is half-open: who is followed over `(start, stop]` is at risk at the places
/// `count_not_after(start) ..= place(stop)`.
///
/// ```
/// use statistics::time_index::TimeIndex;
/// let stop = [5.0, 2.0, 5.0, 9.0];
/// let index = TimeIndex::new(&[&stop]);
/// assert_eq!(index.times(), [2.0, 5.0, 9.0]);
/// assert_eq!(index.places(&stop), [1, 0, 1, 2]);
/// // Who enters at 2 is first at risk at 5; who was always there, at 2.
/// assert_eq!(index.count_not_after(&[2.0, f64::NEG_INFINITY, 4.5]), [1, 0, 1]);
/// ```
#[derive(Clone, Debug)]
pub struct TimeIndex {
    times: Vec<f64>,
    lookup: Lookup,
}

/// How a time finds its place.
#[derive(Clone, Debug)]
enum Lookup {
    /// `not_after[t − first]`: how many times are ≤ the whole number `t`.
    Days { first: f64, not_after: Vec<u32> },
    /// `starts[b]`: the first place in bucket `b` of equal width, closed by the number of times.
    Buckets {
        first: f64,
        per_unit: f64,
        starts: Vec<u32>,
    },
}

impl TimeIndex {
    /// Takes the distinct finite times of all columns; NaN and infinite values are passed over.
    /// R: `sort(unique(c(...)))`.
    ///
    /// Linear in the rows for days, n log n otherwise. Times that are one but for rounding are
    /// to be merged before ([`crate::tied_times::merge`]).
    ///
    /// ```
    /// use statistics::time_index::TimeIndex;
    /// let index = TimeIndex::new(&[&[3.0, 1.0, 3.0], &[f64::NAN, 8.0]]);
    /// assert_eq!(index.times(), [1.0, 3.0, 8.0]);
    /// ```
    #[must_use]
    pub fn new(columns: &[&[f64]]) -> Self {
        match days(columns) {
            Some((first, cells)) => Self::of_days(columns, first, cells),
            None => Self::of_reals(columns),
        }
    }

    fn of_days(columns: &[&[f64]], first: f64, cells: usize) -> Self {
        let mut not_after = vec![0u32; cells];
        for column in columns {
            for &time in *column {
                if time.is_finite() {
                    not_after[cell(time, first)] = 1;
                }
            }
        }
        let mut times = Vec::new();
        for (cell, count) in not_after.iter_mut().enumerate() {
            if *count == 1 {
                times.push(first + cell as f64);
            }
            *count = times.len() as u32;
        }
        Self {
            times,
            lookup: Lookup::Days { first, not_after },
        }
    }

    fn of_reals(columns: &[&[f64]]) -> Self {
        let all = columns.iter().copied().flatten().copied();
        // Adding 0 makes −0 the 0 that it is equal to.
        let mut times: Vec<f64> = all
            .filter(|time| time.is_finite())
            .map(|time| time + 0.0)
            .collect();
        times.sort_unstable_by(f64::total_cmp);
        times.dedup();
        let lookup = match times.is_empty() {
            true => Lookup::Days {
                first: 0.0,
                not_after: Vec::new(),
            },
            false => buckets(&times),
        };
        Self { times, lookup }
    }

    /// The distinct times, ascending.
    ///
    /// ```
    /// use statistics::time_index::TimeIndex;
    /// let index = TimeIndex::new(&[&[3.0, 1.0, 3.0], &[f64::NAN, 8.0]]);
    /// assert_eq!(index.times(), [1.0, 3.0, 8.0]);
    /// ```
    #[must_use]
    pub fn times(&self) -> &[f64] {
        &self.times
    }

    /// How many distinct times there are.
    ///
    /// ```
    /// use statistics::time_index::TimeIndex;
    /// let index = TimeIndex::new(&[&[3.0, 1.0, 3.0], &[f64::NAN, 8.0]]);
    /// assert_eq!(index.len(), 3);
    /// ```
    #[must_use]
    pub fn len(&self) -> usize {
        self.times.len()
    }

    /// Whether there are no times.
    ///
    /// ```
    /// use statistics::time_index::TimeIndex;
    /// let index = TimeIndex::new(&[&[3.0, 1.0, 3.0], &[f64::NAN, 8.0]]);
    /// assert!(!index.is_empty());
    /// ```
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.times.is_empty()
    }

    /// The place of a time, `None` when it is not one of [`Self::times`]. R: `match(time, times)`.
    ///
    /// ```
    /// use statistics::time_index::TimeIndex;
    /// let index = TimeIndex::new(&[&[3.0, 1.0, 3.0], &[f64::NAN, 8.0]]);
    /// assert_eq!((index.place(3.0), index.place(4.0)), (Some(1), None));
    /// ```
    #[must_use]
    pub fn place(&self, time: f64) -> Option<u32> {
        let after = self.not_after(time);
        let place = after.checked_sub(1)?;
        (self.times[place as usize] == time).then_some(place)
    }

    /// The places of a column whose values are all among [`Self::times`].
    ///
    /// # Panics
    /// In debug builds, when a value is not among them; the place then means nothing.
    ///
    /// ```
    /// use statistics::time_index::TimeIndex;
    /// let index = TimeIndex::new(&[&[3.0, 1.0, 3.0], &[f64::NAN, 8.0]]);
    /// assert_eq!(index.places(&[8.0, 1.0]), [2, 0]);
    /// ```
    #[must_use]
    pub fn places(&self, column: &[f64]) -> Vec<u32> {
        let checked = |time: f64, place: u32| {
            debug_assert_eq!(self.place(time), Some(place), "a value that is not a time");
            place
        };
        match &self.lookup {
            Lookup::Days { first, not_after } => {
                let place = |&time: &f64| {
                    let count = not_after.get(cell(time, *first)).copied();
                    checked(time, count.unwrap_or(0).wrapping_sub(1))
                };
                column.iter().map(place).collect()
            }
            Lookup::Buckets { .. } => {
                let place = |&time: &f64| checked(time, self.place(time).unwrap_or(ABSENT));
                column.iter().map(place).collect()
            }
        }
    }

    /// How many of the times are at or before each value: the first place at which somebody who
    /// enters then is at risk. −∞ gives 0, +∞ all, NaN 0. R: `findInterval(x, times)`.
    ///
    /// ```
    /// use statistics::time_index::TimeIndex;
    /// let index = TimeIndex::new(&[&[3.0, 1.0, 3.0], &[f64::NAN, 8.0]]);
    /// assert_eq!(index.count_not_after(&[0.0, 3.0, f64::INFINITY]), [0, 2, 3]);
    /// ```
    #[must_use]
    pub fn count_not_after(&self, column: &[f64]) -> Vec<u32> {
        column.iter().map(|&time| self.not_after(time)).collect()
    }

    /// How many of the times are at or before this one.
    fn not_after(&self, time: f64) -> u32 {
        match &self.lookup {
            Lookup::Days { first, not_after } => {
                let cell = time - first;
                if cell >= 0.0 && !not_after.is_empty() {
                    // The last cell counts all times.
                    let last = (not_after.len() - 1) as f64;
                    not_after[cell.min(last) as u32 as usize]
                } else {
                    0
                }
            }
            Lookup::Buckets {
                first,
                per_unit,
                starts,
            } => {
                // NaN comes no further; no width (∞ · 0) is bucket 0, which then holds all times.
                if !matches!(
                    time.partial_cmp(first),
                    Some(Ordering::Greater | Ordering::Equal)
                ) {
                    return 0;
                }
                let bucket = (((time - first) * per_unit) as usize).min(starts.len() - 2);
                let (from, to) = (starts[bucket] as usize, starts[bucket + 1] as usize);
                from as u32 + self.times[from..to].partition_point(|&t| t <= time) as u32
            }
        }
    }
}

/// The first of the finite times and the cells of a dense table of them, where they are whole
/// and the table stays small.
fn days(columns: &[&[f64]]) -> Option<(f64, usize)> {
    let (range, count) = match range_of(columns) {
        Some(range) if range.is_known_whole() => {
            (range, columns.iter().map(|column| column.len()).sum())
        }
        // Something is not whole, or infinite.
        _ => range_of_finite(columns)?,
    };
    let cells = range.days(count)?;
    Some((range.first, cells))
}

fn range_of(columns: &[&[f64]]) -> Option<DayRange> {
    columns.iter().try_fold(DayRange::NONE, |all, column| {
        DayRange::of(column).map(|range| all.with(range))
    })
}

/// The same without what is infinite or NaN; and how many times are left.
fn range_of_finite(columns: &[&[f64]]) -> Option<(DayRange, usize)> {
    let all = columns.iter().copied().flatten();
    let mut finite = all.filter(|time| time.is_finite());
    finite.try_fold((DayRange::NONE, 0), |(range, count), &time| {
        let day = DayRange {
            first: time,
            last: time,
        };
        is_whole(time).then(|| (range.with(day), count + 1))
    })
}

/// As many buckets as times, of equal width, between the first time and the last.
fn buckets(times: &[f64]) -> Lookup {
    let (first, last) = (times[0], times[times.len() - 1]);
    let per_unit = match times.len() as f64 / (last - first) {
        finite if finite.is_finite() => finite,
        _ => 0.0,
    };
    let count = times.len();
    let mut starts = Vec::with_capacity(count + 1);
    for (place, &time) in times.iter().enumerate() {
        // The same arithmetic as in a search, so that a time falls in the bucket it is sought in.
        let bucket = (((time - first) * per_unit) as usize).min(count - 1);
        while starts.len() <= bucket {
            starts.push(place as u32);
        }
    }
    while starts.len() <= count {
        starts.push(count as u32);
    }
    Lookup::Buckets {
        first,
        per_unit,
        starts,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn by_search(times: &[f64], value: f64) -> u32 {
        times.iter().filter(|&&time| time <= value).count() as u32
    }

    #[test]
    fn no_times_have_no_places() {
        let index = TimeIndex::new(&[&[f64::NAN, f64::INFINITY]]);
        assert!(index.is_empty());
        assert_eq!(index.place(1.0), None);
        assert_eq!(index.count_not_after(&[1.0, f64::NAN]), [0, 0]);
    }

    #[test]
    fn one_time_and_far_apart_times() {
        let index = TimeIndex::new(&[&[0.5]]);
        assert_eq!(index.count_not_after(&[0.4, 0.5, 9.0]), [0, 1, 1]);
        let index = TimeIndex::new(&[&[-1e308, 1e308, 0.25]]);
        assert_eq!(index.places(&[-1e308, 0.25, 1e308]), [0, 1, 2]);
    }

    #[test]
    fn minus_zero_is_zero() {
        assert_eq!(TimeIndex::new(&[&[0.0, -0.0, 0.5]]).times(), [0.0, 0.5]);
    }

    proptest! {
        #[test]
        fn counts_are_those_of_a_plain_search(
            whole in any::<bool>(),
            times in prop::collection::vec(-50.0..50.0f64, 1..60),
            values in prop::collection::vec(-80.0..80.0f64, 0..30),
        ) {
            let round = |time: &f64| if whole { time.round() } else { *time };
            let times: Vec<f64> = times.iter().map(round).collect();
            let index = TimeIndex::new(&[&times]);
            prop_assert!(index.times().windows(2).all(|pair| pair[0] < pair[1]));
            for (&time, &place) in times.iter().zip(&index.places(&times)) {
                prop_assert_eq!(index.times()[place as usize], time);
            }
            for &value in values.iter().chain(&times) {
                prop_assert_eq!(index.not_after(value), by_search(index.times(), value));
            }
            let infinite = [f64::NEG_INFINITY, f64::INFINITY];
            prop_assert_eq!(index.count_not_after(&infinite), [0, index.len() as u32]);
        }
    }
}
