//! How well people hide among each other in rows: k-anonymity, l-diversity, uniqueness.
//!
//! Rows are given as columns of codes, the *quasi-identifiers*: what somebody may know of a
//! person from elsewhere. Two rows are alike if no column tells them apart; a missing code
//! tells nothing apart, as in sdcMicro (Templ, Kowarik and Meindl, *J. Stat. Softw.* 67, 2015).
//! This belongs to the restricted side: it looks at rows, and says only how many.
//!
//! ```
//! use record::anonymity::{Column, among};
//! let sex: Column = vec![Some(1), Some(1), Some(2)];
//! let age: Column = vec![Some(30), None, Some(30)];
//! assert_eq!(among(&[sex, age]).sizes(), [2, 2, 1]);
//! ```

use std::collections::{BTreeMap, BTreeSet};

/// One quasi-identifier: a code per row, nothing where it is missing.
pub type Column = Vec<Option<u32>>;

/// The codes of a row.
type Pattern = Vec<Option<u32>>;

/// Rows by what their columns say.
#[derive(Clone)]
pub struct Among {
    /// Per row, which pattern it has.
    pattern_of: Vec<usize>,
    patterns: Vec<Pattern>,
    /// The patterns by which of their columns are not missing.
    by_known: BTreeMap<Vec<usize>, Vec<usize>>,
}

/// How many people are how well hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Anonymity {
    /// Rows looked at.
    pub rows: usize,
    /// The k of k-anonymity: the fewest rows that are alike; 0 without rows.
    pub k: u64,
    /// Rows that are like no other.
    pub unique: usize,
    /// Rows with fewer than the wanted number of rows like them, themselves among these.
    pub below: usize,
}

/// Finds out which rows are alike.
///
/// # Panics
/// If the columns differ in length.
///
/// # Method
/// Rows of one pattern are one. Patterns with the same columns missing are compared with those of
/// each other such set by what both know; so the work grows with rows times the square of the
/// number of different sets, of which there are few in practice.
pub fn among(columns: &[Column]) -> Among {
    let rows = columns.first().map_or(0, Vec::len);
    assert!(
        columns.iter().all(|column| column.len() == rows),
        "columns differ in length"
    );
    let mut index: BTreeMap<Pattern, usize> = BTreeMap::new();
    let pattern_of = (0..rows)
        .map(|row| {
            let pattern: Pattern = columns.iter().map(|column| column[row]).collect();
            let next = index.len();
            *index.entry(pattern).or_insert(next)
        })
        .collect();
    let mut patterns = vec![Pattern::new(); index.len()];
    for (pattern, at) in index {
        patterns[at] = pattern;
    }
    let mut by_known: BTreeMap<Vec<usize>, Vec<usize>> = BTreeMap::new();
    for (at, pattern) in patterns.iter().enumerate() {
        let known = (0..pattern.len()).filter(|&column| pattern[column].is_some());
        by_known.entry(known.collect()).or_default().push(at);
    }
    Among {
        pattern_of,
        patterns,
        by_known,
    }
}

impl Among {
    /// Per row, how many rows are like it, itself among them.
    pub fn sizes(&self) -> Vec<u64> {
        self.gathered(&vec![1; self.pattern_of.len()], |sum: &mut u64, one| {
            *sum += one
        })
    }

    /// Per row, the sum of the weights of the rows like it: how many people in the population
    /// are estimated to be, where the rows are a sample.
    pub fn weights(&self, weights: &[f64]) -> Vec<f64> {
        self.gathered(weights, |sum, one| *sum += one)
    }

    /// Per row, how many different values something sensitive has among the rows like it
    /// (distinct l-diversity). Missing values do not count.
    pub fn diversity(&self, sensitive: &[Option<u32>]) -> Vec<usize> {
        let values: Vec<BTreeSet<u32>> = sensitive
            .iter()
            .map(|value| value.iter().copied().collect())
            .collect();
        let found = self.gathered(&values, |all: &mut BTreeSet<u32>, one| all.extend(one));
        found.iter().map(BTreeSet::len).collect()
    }

    /// Per row, what the rows like it bring together.
    fn gathered<T: Clone + Default>(&self, of_row: &[T], add: impl Fn(&mut T, &T)) -> Vec<T> {
        let mut of_pattern = vec![T::default(); self.patterns.len()];
        for (&pattern, one) in self.pattern_of.iter().zip(of_row) {
            add(&mut of_pattern[pattern], one);
        }
        let mut all = vec![T::default(); self.patterns.len()];
        for (known, ones) in &self.by_known {
            for (other_known, others) in &self.by_known {
                let common = known
                    .iter()
                    .copied()
                    .filter(|column| other_known.contains(column));
                let common: Vec<usize> = common.collect();
                let seen = |at: usize| -> Pattern {
                    common
                        .iter()
                        .map(|&column| self.patterns[at][column])
                        .collect()
                };
                let mut groups: BTreeMap<Pattern, T> = BTreeMap::new();
                for &other in others {
                    add(groups.entry(seen(other)).or_default(), &of_pattern[other]);
                }
                for &one in ones {
                    if let Some(group) = groups.get(&seen(one)) {
                        add(&mut all[one], group);
                    }
                }
            }
        }
        self.pattern_of
            .iter()
            .map(|&pattern| all[pattern].clone())
            .collect()
    }

    /// The counts to report, with `wanted` as the k that is aimed at.
    pub fn anonymity(&self, wanted: u64) -> Anonymity {
        let sizes = self.sizes();
        Anonymity {
            rows: sizes.len(),
            k: sizes.iter().copied().min().unwrap_or(0),
            unique: sizes.iter().filter(|&&size| size == 1).count(),
            below: sizes.iter().filter(|&&size| size < wanted).count(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(codes: &[u32]) -> Column {
        codes.iter().map(|&code| Some(code)).collect()
    }

    /// sdcMicro's `francdat`: four keys and a weight.
    #[test]
    fn francdat() {
        let rows = among(&[
            column(&[1, 1, 1, 3, 4, 4, 6, 1]),
            column(&[2, 2, 2, 3, 3, 3, 2, 2]),
            column(&[5, 1, 1, 1, 1, 1, 1, 5]),
            column(&[1, 1, 1, 5, 4, 1, 5, 1]),
        ]);
        assert_eq!(rows.sizes(), [2, 2, 2, 1, 1, 1, 1, 2]);
        let weights = [18.0, 45.5, 39.0, 17.0, 541.0, 8.0, 5.0, 92.0];
        let expected = [110.0, 84.5, 84.5, 17.0, 541.0, 8.0, 5.0, 110.0];
        assert_eq!(rows.weights(&weights), expected);
        let found = rows.anonymity(2);
        assert_eq!(
            found,
            Anonymity {
                rows: 8,
                k: 1,
                unique: 4,
                below: 4
            }
        );
        assert_eq!(rows.anonymity(3).below, 8);
    }

    /// sdcMicro's test of `freqCalc`, without and with missing codes.
    #[test]
    fn freq_calc() {
        let a = column(&[2, 3, 2, 2, 3, 3, 1, 2]);
        let b = column(&[3, 3, 3, 3, 3, 3, 4, 3]);
        let mut c = column(&[1, 3, 1, 2, 1, 1, 1, 1]);
        let sizes = |c: &Column| among(&[a.clone(), b.clone(), c.clone()]).sizes();
        assert_eq!(sizes(&c), [3, 1, 3, 1, 2, 2, 1, 3]);
        (c[2], c[6]) = (None, None);
        assert_eq!(sizes(&c), [3, 1, 4, 2, 2, 2, 1, 3]);
    }

    /// sdcMicro's test of `ldiversity`: one key is missing everywhere.
    #[test]
    fn l_diversity() {
        let rows = among(&[
            column(&[1, 1, 1, 2, 2, 2, 2]),
            vec![None; 7],
            column(&[1, 1, 1, 1, 1, 2, 2]),
        ]);
        let sensitive = column(&[1, 0, 2, 1, 0, 0, 1]);
        assert_eq!(rows.diversity(&sensitive), [3, 3, 3, 2, 2, 2, 2]);
    }

    /// Against comparing every row with every other.
    #[test]
    fn as_comparing_all_pairs() {
        let mut state = 7_u64;
        let mut code = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            match (state >> 33) % 5 {
                0 => None,
                code => Some(code as u32 % 3),
            }
        };
        let columns: Vec<Column> = (0..3).map(|_| (0..60).map(|_| code()).collect()).collect();
        let like = |one: usize, other: usize| {
            columns
                .iter()
                .all(|column| match (column[one], column[other]) {
                    (Some(a), Some(b)) => a == b,
                    _ => true,
                })
        };
        let slow: Vec<u64> = (0..60)
            .map(|one| (0..60).filter(|&other| like(one, other)).count() as u64)
            .collect();
        assert_eq!(among(&columns).sizes(), slow);
    }

    #[test]
    fn nobody_is_nobody() {
        let found = among(&[]).anonymity(5);
        assert_eq!(
            found,
            Anonymity {
                rows: 0,
                k: 0,
                unique: 0,
                below: 0
            }
        );
    }
}
