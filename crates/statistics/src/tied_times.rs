//! Real-valued times that are one time but for rounding.
//!
//! A time in years made of days, or a sum of tenths, may come out as two doubles where one
//! moment is meant; then a tie is missed, and an estimator that counts who is at risk gives
//! other answers. Whole days have no such trouble.
//!
//! Formula: `docs/methods/splines.md`.

use crate::NotEstimable;
use crate::whole_days::{DayRange, is_whole};

/// Times this close, or this close relative to the mean time, are one: √ε.
pub const TOLERANCE: f64 = 1.490_116_119_384_765_6e-8;

/// Merges times that differ by rounding, over all columns together (entries and exits are the
/// same clock): each becomes the smallest of its chain. Infinite and NaN times stay as they
/// are. Returns how many values changed.
///
/// # Method
/// Therneau, *Roundoff error and tied times* (vignette of R's `survival`): of the sorted distinct
/// times those whose distance to the one before is at most [`TOLERANCE`], absolutely or divided
/// by the mean absolute time, belong to it; chains are followed. R: `aeqSurv`, the argument
/// `timefix`.
///
/// ```
/// use statistics::tied_times::merge;
/// let mut times = [0.3, 0.1 + 0.2, 0.7];
/// assert_eq!(merge(&mut [&mut times]), 1);
/// assert_eq!(times, [0.3, 0.3, 0.7]);
/// ```
pub fn merge(columns: &mut [&mut [f64]]) -> usize {
    if are_well_apart(columns) {
        return 0;
    }
    let distinct = distinct_times(columns);
    let firsts = first_of_chains(&distinct);
    if firsts.len() == distinct.len() {
        return 0;
    }
    let mut changed = 0;
    for time in columns.iter_mut().flat_map(|column| column.iter_mut()) {
        if time.is_finite() {
            let chain = firsts.partition_point(|first| first <= time);
            let first = firsts[chain - 1];
            changed += usize::from(first != *time);
            *time = first;
        }
    }
    changed
}

/// Merges entries and exits, and refuses an interval that vanishes by it. R: `aeqSurv`.
///
/// # Errors
/// An interval whose ends are one time.
///
/// ```
/// use statistics::tied_times::merge_intervals;
/// let (mut entry, mut exit) = ([0.0, 0.3], [0.3, 0.1 + 0.2]);
/// assert!(merge_intervals(&mut entry, &mut exit).is_err());
/// ```
pub fn merge_intervals(entry: &mut [f64], exit: &mut [f64]) -> Result<usize, NotEstimable> {
    NotEstimable::unless_length("entry", exit.len(), entry.len())?;
    let changed = merge(&mut [&mut *entry, &mut *exit]);
    match entry
        .iter()
        .zip(exit.iter())
        .position(|(entry, exit)| entry >= exit)
    {
        Some(row) => Err(NotEstimable::EmptyInterval { row }),
        None => Ok(changed),
    }
}

/// Whether all times are whole numbers so small that a difference of 1 is far above the
/// tolerance: no need to sort.
fn are_well_apart(columns: &[&mut [f64]]) -> bool {
    let largest = 0.5 / TOLERANCE;
    let is_small = |range: DayRange| range.first > -largest && range.last < largest;
    // Infinite times (entries before all others) are looked at one by one.
    let is_apart = |time: &f64| !time.is_finite() || (is_whole(*time) && time.abs() < largest);
    columns
        .iter()
        .all(|column| DayRange::of(column).is_some_and(is_small) || column.iter().all(is_apart))
}

fn distinct_times(columns: &[&mut [f64]]) -> Vec<f64> {
    let all = columns.iter().flat_map(|column| column.iter().copied());
    let mut times: Vec<f64> = all.filter(|time| time.is_finite()).collect();
    times.sort_unstable_by(f64::total_cmp);
    times.dedup();
    times
}

/// The first time of each chain of times that are one.
fn first_of_chains(distinct: &[f64]) -> Vec<f64> {
    let mean = distinct.iter().map(|time| time.abs()).sum::<f64>() / distinct.len() as f64;
    let mut firsts = Vec::with_capacity(distinct.len());
    let mut before = f64::NEG_INFINITY;
    for &time in distinct {
        let distance = time - before;
        let is_one = distance <= TOLERANCE || distance / mean <= TOLERANCE;
        if !is_one {
            firsts.push(time);
        }
        before = time;
    }
    firsts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chains_go_to_their_first() {
        let mut times = [1.0 + 2e-8, 1.0 + 1e-8, 1.0, 2.0];
        assert_eq!(merge(&mut [&mut times]), 2);
        assert_eq!(times, [1.0, 1.0, 1.0, 2.0]);
    }

    #[test]
    fn the_tolerance_is_also_relative_to_the_mean() {
        // A second counted from 1970 is less than the tolerance of its mean: R merges too.
        let mut times = [1.7e9, 1.7e9 + 1.0, 1.7e9 + 60.0];
        assert_eq!(merge(&mut [&mut times]), 1);
        let mut days = [1.0, 2.0, 20_000.0];
        assert_eq!(merge(&mut [&mut days]), 0);
    }

    #[test]
    fn entries_and_exits_are_one_clock() {
        let (mut entry, mut exit) = ([0.0, 0.1 + 0.2], [0.3, 0.9]);
        assert_eq!(merge_intervals(&mut entry, &mut exit), Ok(1));
        assert_eq!(entry, [0.0, 0.3]);
    }

    #[test]
    fn what_is_no_time_stays() {
        let mut times = [f64::NAN, f64::INFINITY, 0.5, f64::NEG_INFINITY, 0.5 + 1e-12];
        assert_eq!(merge(&mut [&mut times]), 1);
        assert!(times[0].is_nan() && times[1] == f64::INFINITY && times[4] == 0.5);
        assert_eq!(merge(&mut []), 0);
    }
}
