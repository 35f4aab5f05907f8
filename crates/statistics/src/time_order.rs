//! Rows by stratum and, within it, by time: what every sweep over risk sets walks along.

use crate::NotEstimable;
use crate::time_index::TimeIndex;
use std::ops::Range;

/// Rows of one clock, grouped by stratum and sorted by time within it (two counting sorts).
///
/// Rows of equal stratum and time keep their own order, so that sums do not depend on how the
/// sort works.
#[derive(Clone, Debug)]
pub(crate) struct TimeOrder {
    /// Positions of rows.
    rows: Vec<u32>,
    /// Where each stratum starts, closed by the number of rows.
    starts: Vec<usize>,
}

impl TimeOrder {
    /// Sorts by `place`; without strata there is one.
    pub(crate) fn new(places: &[u32], strata: Option<&[u32]>) -> Self {
        let all: Vec<u32> = (0..places.len() as u32).collect();
        let rows = counting_sort(&all, |row| places[row as usize]);
        let Some(strata) = strata else {
            return Self {
                starts: vec![0, rows.len()],
                rows,
            };
        };
        let rows = counting_sort(&rows, |row| strata[row as usize]);
        let count = number_of_groups(strata);
        let mut starts = vec![0; count + 1];
        for &stratum in strata {
            starts[stratum as usize + 1] += 1;
        }
        for stratum in 0..count {
            starts[stratum + 1] += starts[stratum];
        }
        Self { rows, starts }
    }

    /// How many strata there are.
    pub(crate) fn strata(&self) -> usize {
        self.starts.len() - 1
    }

    /// The rows of a stratum, by time.
    pub(crate) fn rows(&self, stratum: usize) -> &[u32] {
        &self.rows[self.starts[stratum]..self.starts[stratum + 1]]
    }
}

/// Runs of sorted rows with the same place: `(place, range in rows)`.
pub(crate) fn runs<'a>(
    rows: &'a [u32],
    places: &'a [u32],
) -> impl Iterator<Item = (u32, Range<usize>)> + 'a {
    let mut from = 0;
    std::iter::from_fn(move || {
        let place = places[*rows.get(from)? as usize];
        let same = |&&row: &&u32| places[row as usize] == place;
        let to = from + rows[from..].iter().take_while(same).count();
        let run = from..to;
        from = to;
        Some((place, run))
    })
}

/// Codes from 0: how many there can be.
pub(crate) fn number_of_groups(codes: &[u32]) -> usize {
    codes
        .iter()
        .max()
        .map_or(0, |&largest| largest as usize + 1)
}

/// Stable, in time linear in rows and keys.
fn counting_sort(rows: &[u32], key: impl Fn(u32) -> u32) -> Vec<u32> {
    let keys = rows.iter().map(|&row| key(row)).max();
    let mut next = vec![0u32; keys.map_or(1, |largest| largest as usize + 2)];
    for &row in rows {
        next[key(row) as usize + 1] += 1;
    }
    for place in 1..next.len() {
        next[place] += next[place - 1];
    }
    let mut sorted = vec![0; rows.len()];
    for &row in rows {
        let place = &mut next[key(row) as usize];
        sorted[*place as usize] = row;
        *place += 1;
    }
    sorted
}

/// A clock: when each row starts and stops being at risk, as places among the distinct stops.
#[derive(Clone, Debug)]
pub(crate) struct Clock {
    /// The distinct stops.
    pub(crate) times: Vec<f64>,
    /// The place of each row's stop.
    pub(crate) stop: Vec<u32>,
    /// The first place at which each row is at risk; none where all are from the start.
    pub(crate) first: Option<Vec<u32>>,
    /// Rows by stop.
    pub(crate) by_stop: TimeOrder,
    /// Rows by entry, where there are entries.
    pub(crate) by_entry: Option<TimeOrder>,
}

impl Clock {
    /// Checks times and strata, and sorts.
    pub(crate) fn new(
        entry: Option<&[f64]>,
        stop: &[f64],
        strata: Option<&[u32]>,
    ) -> Result<Self, NotEstimable> {
        check_times(entry, stop)?;
        if let Some(strata) = strata {
            NotEstimable::unless_length("strata", stop.len(), strata.len())?;
            unless_dense("strata", strata)?;
        }
        let index = TimeIndex::new(&[stop]);
        let places = index.places(stop);
        let first = entry.map(|entry| index.count_not_after(entry));
        Ok(Self {
            by_stop: TimeOrder::new(&places, strata),
            by_entry: first.as_ref().map(|first| TimeOrder::new(first, strata)),
            times: index.times().to_vec(),
            stop: places,
            first,
        })
    }
}

/// Codes far beyond the number of rows are no codes from 0 (and would take all memory).
pub(crate) fn unless_dense(what: &'static str, codes: &[u32]) -> Result<(), NotEstimable> {
    let limit = 2 * codes.len() + 1024;
    match codes.iter().position(|&code| code as usize > limit) {
        Some(position) => Err(NotEstimable::UnknownCode {
            what,
            code: codes[position] as usize,
            position,
        }),
        None => Ok(()),
    }
}

/// Finite stops, entries before them (−∞ is allowed).
pub(crate) fn check_times(entry: Option<&[f64]>, stop: &[f64]) -> Result<(), NotEstimable> {
    if stop.is_empty() {
        return Err(NotEstimable::Empty { what: "rows" });
    }
    NotEstimable::unless_finite("time", stop)?;
    let Some(entry) = entry else {
        return Ok(());
    };
    NotEstimable::unless_length("entry", stop.len(), entry.len())?;
    if let Some(position) = entry
        .iter()
        .position(|entry| entry.is_nan() || *entry == f64::INFINITY)
    {
        return Err(NotEstimable::NotFinite {
            what: "entry",
            position,
        });
    }
    match entry
        .iter()
        .zip(stop)
        .position(|(entry, stop)| entry >= stop)
    {
        Some(row) => Err(NotEstimable::EmptyInterval { row }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Clock, TimeOrder, runs};

    #[test]
    fn sorts_within_strata() {
        let order = TimeOrder::new(&[2, 0, 1, 0], Some(&[0, 1, 0, 1]));
        assert_eq!(order.strata(), 2);
        assert_eq!(order.rows(0), [2, 0]);
        assert_eq!(order.rows(1), [1, 3]);
        let all: Vec<_> = runs(order.rows(1), &[2, 0, 1, 0]).collect();
        assert_eq!(all, [(0, 0..2)]);
    }

    #[test]
    fn refuses_what_is_no_interval() {
        assert!(Clock::new(Some(&[1.0]), &[1.0], None).is_err());
        assert!(Clock::new(Some(&[f64::NAN]), &[1.0], None).is_err());
        assert!(Clock::new(None, &[f64::NAN], None).is_err());
        assert!(Clock::new(None, &[], None).is_err());
        assert!(Clock::new(None, &[1.0], Some(&[u32::MAX])).is_err());
        assert!(Clock::new(Some(&[f64::NEG_INFINITY]), &[1.0], None).is_ok());
    }
}
