//! Each group against each other one.

use super::{KSample, RankData, RankWeight, TieVariance};
use crate::NotEstimable;

/// The comparison of two groups.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair {
    /// The first group.
    pub first: usize,
    /// The second.
    pub second: usize,
    /// Their test, among the rows of these two groups alone; or why there is none.
    pub test: Result<KSample, NotEstimable>,
}

/// Tests all pairs of groups, each on its own rows: (0, 1), (0, 2), …, (1, 2), ….
///
/// The p-values are not adjusted: see [`super::Adjustment`]. R: `survdiff` on subsets,
/// `survminer::pairwise_survdiff`.
///
/// # Errors
/// As [`KSample::test`] for the data as a whole; a pair that cannot be compared holds its own
/// reason.
///
/// ```
/// use statistics::rank_test::{RankData, RankWeight, TieVariance, pairwise};
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// let data = RankData {
///     entry: None,
///     time: &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
///     event: &[true; 6],
///     group: &[0, 0, 1, 1, 2, 2],
///     groups: 3,
///     strata: None,
///     counts: None,
/// };
/// let pairs = pairwise(&data, RankWeight::LogRank, TieVariance::Hypergeometric)?;
/// assert_eq!(pairs.len(), 3);
/// assert_eq!((pairs[1].first, pairs[1].second), (0, 2));
/// # Ok(())
/// # }
/// ```
pub fn pairwise(
    data: &RankData<'_>,
    weight: RankWeight,
    ties: TieVariance,
) -> Result<Vec<Pair>, NotEstimable> {
    data.clock()?;
    weight.check()?;
    let mut pairs = Vec::new();
    for first in 0..data.groups {
        for second in first + 1..data.groups {
            let rows = Rows::of(data, first, second);
            pairs.push(Pair {
                first,
                second,
                test: KSample::test(&rows.data(), weight, ties),
            });
        }
    }
    Ok(pairs)
}

/// The rows of two groups.
struct Rows {
    entry: Option<Vec<f64>>,
    time: Vec<f64>,
    event: Vec<bool>,
    group: Vec<u32>,
    strata: Option<Vec<u32>>,
    counts: Option<Vec<f64>>,
}

impl Rows {
    fn of(data: &RankData<'_>, first: usize, second: usize) -> Self {
        let chosen = |row: &usize| {
            let group = data.group[*row] as usize;
            group == first || group == second
        };
        let rows: Vec<usize> = (0..data.time.len()).filter(chosen).collect();
        Self {
            entry: data.entry.map(|entry| pick(entry, &rows)),
            time: pick(data.time, &rows),
            event: pick(data.event, &rows),
            group: rows
                .iter()
                .map(|&row| u32::from(data.group[row] as usize == second))
                .collect(),
            strata: data.strata.map(|strata| pick(strata, &rows)),
            counts: data.counts.map(|counts| pick(counts, &rows)),
        }
    }

    fn data(&self) -> RankData<'_> {
        RankData {
            entry: self.entry.as_deref(),
            time: &self.time,
            event: &self.event,
            group: &self.group,
            groups: 2,
            strata: self.strata.as_deref(),
            counts: self.counts.as_deref(),
        }
    }
}

fn pick<T: Copy>(values: &[T], rows: &[usize]) -> Vec<T> {
    rows.iter().map(|&row| values[row]).collect()
}
