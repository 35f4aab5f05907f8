//! Who is at risk when: rows in the order of strata and times, and the moments of events.

use super::CoxData;
use crate::NotEstimable;
use crate::time_index::TimeIndex;
use std::ops::Range;

/// A moment in a stratum at which something happens.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moment {
    /// The time.
    pub time: f64,
    /// The stratum, a code of [`CoxData::strata`].
    pub stratum: u32,
    /// Rows with an event then.
    pub events: u32,
    /// The sum of their weights.
    pub event_weight: f64,
}

/// The risk sets of a partial likelihood. R: `coxph.detail(fit)$nrisk`.
///
/// A *moment* is a time at which something happens in a stratum; moments are in the order of
/// strata and, in each, of time. A row is at risk at consecutive moments only, so two numbers
/// hold all that a likelihood wants to know of its times. Rows that are at risk at no moment
/// take no part and are left out. The others are in the order of the moment they leave at, so
/// that a risk set is a sum over segments of rows.
#[derive(Clone, Debug)]
pub struct RiskSets {
    /// The caller's row of each row that takes part.
    pub(super) rows: Vec<u32>,
    /// The first moment at which a row is at risk; empty when that is the first of the stratum
    /// for all.
    pub(super) first: Vec<u32>,
    /// Rows `segments[k]..segments[k + 1]` are last at risk at moment `k`, events before others.
    pub(super) segments: Vec<u32>,
    /// All moments.
    pub(super) moments: Vec<Moment>,
    /// The moments of each stratum code.
    pub(super) strata: Vec<Range<usize>>,
    /// Rows of the caller, at risk or not.
    pub(super) total_rows: usize,
}

impl RiskSets {
    /// Puts rows in their order.
    ///
    /// O(n) for whole days, O(n log n) for other times.
    ///
    /// # Errors
    /// Columns of unequal length, values that are not finite, intervals that end before they
    /// start, weights that are not positive.
    ///
    /// ```
    /// use statistics::cox::{CoxData, RiskSets};
    /// use statistics::matrix::Matrix;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let x = Matrix::from_columns(&[[1.0, 0.0, 1.0]]);
    /// let data = CoxData::new(&[1.0, 2.0, 3.0], &[true, true, false], &x);
    /// let sets = RiskSets::new(&data)?;
    /// assert_eq!(sets.moments().len(), 2);
    /// # Ok(())
    /// # }
    /// ```
    pub fn new(data: &CoxData<'_>) -> Result<Self, NotEstimable> {
        data.check()?;
        let index = TimeIndex::new(&[data.exit]);
        let order = sorted_rows(data, &index);
        let strata_count = data.strata_count();
        let mut sets = Self {
            rows: Vec::with_capacity(order.rows.len()),
            first: Vec::new(),
            segments: vec![0],
            moments: Vec::new(),
            strata: vec![0..0; strata_count],
            total_rows: data.exit.len(),
        };
        let entries = data.entry.map(|entry| index.count_not_after(entry));
        let mut left = 0;
        for (stratum, length) in stratum_lengths(data).into_iter().enumerate() {
            let part = StratumRows {
                stratum: stratum as u32,
                rows: &order.rows[left..left + length],
                keys: &order.keys[left..left + length],
                times: index.times(),
                entries: entries.as_deref(),
            };
            sets.add_stratum(data, &part);
            left += length;
        }
        // Nobody enters after the first moment of the stratum: then entries say nothing.
        let is_from_start = |(position, &first): (usize, &u32)| {
            let stratum = data.stratum(sets.rows[position] as usize) as usize;
            first as usize == sets.strata[stratum].start
        };
        if sets.first.iter().enumerate().all(is_from_start) {
            sets.first = Vec::new();
        }
        Ok(sets)
    }

    /// Adds the rows of a stratum, in the order of their exits, events first.
    fn add_stratum(&mut self, data: &CoxData<'_>, part: &StratumRows<'_>) {
        let start = self.moments.len();
        let places = self.add_moments(data, part);
        let finder = Finder::new(&places, part.rows.len());
        let mut segment = start;
        for (&row, &key) in part.rows.iter().zip(part.keys) {
            // Moments at or before the exit; the last of them is the segment of this row.
            let last = start + finder.count_before(key / 2 + 1);
            let first = match part.entries {
                Some(entries) => start + finder.count_before(entries[row as usize]),
                None => start,
            };
            if first >= last {
                continue;
            }
            while segment + 1 < last {
                self.segments.push(self.rows.len() as u32);
                segment += 1;
            }
            self.rows.push(row);
            if part.entries.is_some() {
                self.first.push(first as u32);
            }
        }
        // A moment has an event, whose row is at risk then: every segment has been reached.
        if self.moments.len() > start {
            self.segments.push(self.rows.len() as u32);
        }
        self.strata[part.stratum as usize] = start..self.moments.len();
    }

    /// Adds the moments of a stratum; returns their places among all exit times.
    fn add_moments(&mut self, data: &CoxData<'_>, part: &StratumRows<'_>) -> Vec<u32> {
        let mut places: Vec<u32> = Vec::new();
        for (&row, &key) in part.rows.iter().zip(part.keys) {
            if !has_event(key) {
                continue;
            }
            let place = key / 2;
            if places.last() != Some(&place) {
                places.push(place);
                self.moments.push(Moment {
                    time: part.times[place as usize],
                    stratum: part.stratum,
                    events: 0,
                    event_weight: 0.0,
                });
            }
            let moment = self.moments.last_mut().expect("just pushed");
            moment.events += 1;
            moment.event_weight += data.weight(row as usize);
        }
        places
    }

    /// The moments at which something happens, by stratum, then time.
    /// R: `unique(time[status == 1])`.
    ///
    /// ```
    /// use statistics::cox::{CoxData, RiskSets};
    /// use statistics::matrix::Matrix;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let x = Matrix::from_columns(&[[1.0, 0.0, 1.0]]);
    /// let data = CoxData::new(&[1.0, 2.0, 3.0], &[true, true, false], &x);
    /// let sets = RiskSets::new(&data)?;
    /// let times: Vec<f64> = sets.moments().iter().map(|moment| moment.time).collect();
    /// assert_eq!(times, [1.0, 2.0]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn moments(&self) -> &[Moment] {
        &self.moments
    }

    /// The moments of a stratum.
    ///
    /// ```
    /// use statistics::cox::{CoxData, RiskSets};
    /// use statistics::matrix::Matrix;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let x = Matrix::from_columns(&[[1.0, 0.0, 1.0]]);
    /// let data = CoxData::new(&[1.0, 2.0, 3.0], &[true, true, false], &x);
    /// let sets = RiskSets::new(&data)?;
    /// assert_eq!(sets.moments_of(0), 0..2);
    /// # Ok(())
    /// # }
    /// ```
    pub fn moments_of(&self, stratum: usize) -> Range<usize> {
        self.strata.get(stratum).cloned().unwrap_or(0..0)
    }

    /// How many strata there are.
    ///
    /// ```
    /// use statistics::cox::{CoxData, RiskSets};
    /// use statistics::matrix::Matrix;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let x = Matrix::from_columns(&[[1.0, 0.0, 1.0]]);
    /// let data = CoxData::new(&[1.0, 2.0, 3.0], &[true, true, false], &x);
    /// let sets = RiskSets::new(&data)?;
    /// assert_eq!(sets.strata(), 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn strata(&self) -> usize {
        self.strata.len()
    }

    /// The caller's rows that are at risk at some moment, in the order of the moment at which
    /// they are last at risk.
    ///
    /// ```
    /// use statistics::cox::{CoxData, RiskSets};
    /// use statistics::matrix::Matrix;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let x = Matrix::from_columns(&[[1.0, 0.0, 1.0]]);
    /// let data = CoxData::new(&[1.0, 2.0, 3.0], &[true, true, false], &x);
    /// let sets = RiskSets::new(&data)?;
    /// assert_eq!(sets.rows(), [0, 1, 2]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn rows(&self) -> &[u32] {
        &self.rows
    }

    /// The positions in [`Self::rows`] that are last at risk at a moment; the first
    /// [`Moment::events`] of them have the event.
    ///
    /// ```
    /// use statistics::cox::{CoxData, RiskSets};
    /// use statistics::matrix::Matrix;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let x = Matrix::from_columns(&[[1.0, 0.0, 1.0]]);
    /// let data = CoxData::new(&[1.0, 2.0, 3.0], &[true, true, false], &x);
    /// let sets = RiskSets::new(&data)?;
    /// // The first row is last at risk at time 1, the others at time 2.
    /// assert_eq!((sets.segment(0), sets.segment(1)), (0..1, 1..3));
    /// # Ok(())
    /// # }
    /// ```
    pub fn segment(&self, moment: usize) -> Range<usize> {
        self.segments[moment] as usize..self.segments[moment + 1] as usize
    }

    /// The moments at which the row at a position of a segment is at risk.
    ///
    /// ```
    /// use statistics::cox::{CoxData, RiskSets};
    /// use statistics::matrix::Matrix;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let x = Matrix::from_columns(&[[1.0, 0.0, 1.0]]);
    /// let data = CoxData::new(&[1.0, 2.0, 3.0], &[true, true, false], &x);
    /// let sets = RiskSets::new(&data)?;
    /// assert_eq!(sets.at_risk(2, 1), 0..2);
    /// # Ok(())
    /// # }
    /// ```
    pub fn at_risk(&self, position: usize, segment: usize) -> Range<usize> {
        self.first_of(position, segment)..segment + 1
    }

    /// The first moment at which a row is at risk.
    pub(super) fn first_of(&self, position: usize, segment: usize) -> usize {
        match self.first.is_empty() {
            true => self.strata[self.moments[segment].stratum as usize].start,
            false => self.first[position] as usize,
        }
    }

    /// All segments with their moments.
    pub(super) fn segments(&self) -> impl Iterator<Item = (usize, Range<usize>)> {
        (0..self.moments.len()).map(|moment| (moment, self.segment(moment)))
    }

    /// Rows of the caller.
    ///
    /// ```
    /// use statistics::cox::{CoxData, RiskSets};
    /// use statistics::matrix::Matrix;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let x = Matrix::from_columns(&[[1.0, 0.0, 1.0]]);
    /// let data = CoxData::new(&[1.0, 2.0, 3.0], &[true, true, false], &x);
    /// let sets = RiskSets::new(&data)?;
    /// assert_eq!(sets.total_rows(), 3);
    /// # Ok(())
    /// # }
    /// ```
    pub fn total_rows(&self) -> usize {
        self.total_rows
    }
}

/// Counts the moments of a stratum before a place.
struct Finder<'a> {
    places: &'a [u32],
    /// Per place how many moments are before it; empty when the stratum is small.
    table: Vec<u32>,
}

impl<'a> Finder<'a> {
    fn new(places: &'a [u32], rows: usize) -> Self {
        let width = places.last().map_or(0, |last| *last as usize + 2);
        let mut table = Vec::new();
        if width <= 4 * rows {
            table.reserve_exact(width);
            for (before, &place) in places.iter().enumerate() {
                table.resize(place as usize + 1, before as u32);
            }
            table.resize(width, places.len() as u32);
        }
        Self { places, table }
    }

    /// How many moments have a place below this one.
    fn count_before(&self, place: u32) -> usize {
        match self.table.is_empty() {
            true => self.places.partition_point(|&known| known < place),
            false => self.table[(place as usize).min(self.table.len() - 1)] as usize,
        }
    }
}

struct Sorted {
    /// Rows by stratum, then exit, events first.
    rows: Vec<u32>,
    /// Of each of them twice the place of its exit among all exits, and 1 without an event.
    keys: Vec<u32>,
}

/// The rows of a stratum in their order.
struct StratumRows<'a> {
    stratum: u32,
    rows: &'a [u32],
    keys: &'a [u32],
    /// The distinct exits of all rows.
    times: &'a [f64],
    /// Per row of the caller how many of the times are not after its entry.
    entries: Option<&'a [u32]>,
}

fn has_event(key: u32) -> bool {
    key.is_multiple_of(2)
}

/// Two stable counting sorts: by exit and event, then by stratum.
fn sorted_rows(data: &CoxData<'_>, index: &TimeIndex) -> Sorted {
    let places = index.places(data.exit);
    let pairs = places.iter().zip(data.event);
    let keys: Vec<u32> = pairs
        .map(|(place, &event)| 2 * place + u32::from(!event))
        .collect();
    let rows: Vec<u32> = (0..data.exit.len() as u32).collect();
    let mut rows = counting_sort(&rows, 2 * index.len(), |row| keys[row] as usize);
    if let Some(strata) = data.strata {
        let count = data.strata_count();
        rows = counting_sort(&rows, count, |row| strata[row] as usize);
    }
    Sorted {
        keys: rows.iter().map(|&row| keys[row as usize]).collect(),
        rows,
    }
}

/// Rows per code of stratum.
fn stratum_lengths(data: &CoxData<'_>) -> Vec<usize> {
    let Some(strata) = data.strata else {
        return vec![data.rows()];
    };
    let mut lengths = vec![0; data.strata_count()];
    strata.iter().for_each(|&code| lengths[code as usize] += 1);
    lengths
}

/// Stable, O(rows + keys).
fn counting_sort(rows: &[u32], keys: usize, key: impl Fn(usize) -> usize) -> Vec<u32> {
    let mut starts = vec![0u32; keys + 1];
    for &row in rows {
        starts[key(row as usize) + 1] += 1;
    }
    for place in 0..keys {
        starts[place + 1] += starts[place];
    }
    let mut sorted = vec![0; rows.len()];
    for &row in rows {
        let start = &mut starts[key(row as usize)];
        sorted[*start as usize] = row;
        *start += 1;
    }
    sorted
}
