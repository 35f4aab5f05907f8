//! Two or more groups.

use super::weight::Progress;
use super::{RankData, RankWeight};
use crate::NotEstimable;
use crate::distribution::{ChiSquared, Distribution, Normal};
use crate::matrix::{Cholesky, Matrix};
use crate::time_order::{Clock, runs};

/// The variance of tied events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TieVariance {
    /// Of the hypergeometric distribution: the score test of the exact Cox likelihood, and
    /// `survdiff`.
    #[default]
    Hypergeometric,
    /// As if tied events came one by one out of the same risk set: the score test of Breslow's
    /// likelihood.
    Breslow,
}

/// A test of equal hazards in several groups. R: `survdiff`.
///
/// ```
/// use statistics::rank_test::{KSample, RankData, RankWeight, TieVariance};
/// let data = RankData {
///     entry: None,
///     time: &[1.0, 2.0, 3.0, 4.0],
///     event: &[true, true, true, true],
///     group: &[0, 0, 1, 1],
///     groups: 2,
///     strata: None,
///     counts: None,
/// };
/// let test = KSample::test(&data, RankWeight::LogRank, TieVariance::Hypergeometric)?;
/// // Expected in the first group: 2/4 at time 1 and 1/3 at time 2; variance 1/4 + 2/9.
/// assert!((test.expected[(0, 0)] - 5.0 / 6.0).abs() < 1e-15);
/// assert!((test.differences()[0] - 7.0 / 6.0).abs() < 1e-15);
/// assert!((test.chi_squared - (7.0_f64 / 6.0).powi(2) / (17.0 / 36.0)).abs() < 1e-12);
/// # Ok::<(), statistics::NotEstimable>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct KSample {
    /// Rows (or people, with counts) per group.
    pub n: Vec<f64>,
    /// Weighted events: groups × strata.
    pub observed: Matrix,
    /// Weighted events expected under equal hazards: groups × strata.
    pub expected: Matrix,
    /// The variance of observed − expected, over all strata.
    pub variance: Matrix,
    /// χ² of equal hazards.
    pub chi_squared: f64,
    /// Its degrees of freedom.
    pub df: usize,
    /// The p-value.
    pub p: f64,
}

/// A test of a trend over ordered groups.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trend {
    /// Σ score (observed − expected).
    pub statistic: f64,
    /// Its variance.
    pub variance: f64,
    /// Statistic / √variance: positive if higher scores have more events.
    pub z: f64,
    /// z².
    pub chi_squared: f64,
    /// Two-sided.
    pub p: f64,
}

impl KSample {
    /// Compares groups within strata. O(n + T g²) for T times with events and g groups.
    ///
    /// # Method
    /// At each time with events, in each stratum, the events of a group are compared with their
    /// hypergeometric expectation given all events; differences are weighted and summed
    /// (Fleming and Harrington 1991, ch. 7). Rows that enter late count from then on. R:
    /// `survdiff(Surv(time, event) ~ group + strata(s), rho)`; with entries, which `survdiff`
    /// refuses, the score test of `coxph`.
    ///
    /// # Errors
    /// Unequal lengths, values that are no numbers, intervals that end before they start, counts
    /// that are not whole, no events, or groups that are never at risk together.
    pub fn test(
        data: &RankData<'_>,
        weight: RankWeight,
        ties: TieVariance,
    ) -> Result<Self, NotEstimable> {
        let clock = data.clock()?;
        weight.check()?;
        let strata = clock.by_stop.strata();
        let mut sums = Sums {
            observed: Matrix::zeros(data.groups, strata),
            expected: Matrix::zeros(data.groups, strata),
            variance: Matrix::zeros(data.groups, data.groups),
        };
        for stratum in 0..strata {
            sums.add_stratum(data, &clock, stratum, (weight, ties));
        }
        sums.test(data)
    }

    /// Observed − expected per group.
    #[must_use]
    pub fn differences(&self) -> Vec<f64> {
        let total = |matrix: &Matrix, group| -> f64 {
            (0..matrix.columns()).map(|s| matrix[(group, s)]).sum()
        };
        (0..self.n.len())
            .map(|group| total(&self.observed, group) - total(&self.expected, group))
            .collect()
    }

    /// The test of a trend, with a score for each group (Tarone 1975).
    ///
    /// With the log-rank weight this is the score test of a Cox model with the scores as its
    /// covariate.
    ///
    /// # Errors
    /// Not one finite score per group, or scores that do not differ between groups at risk.
    ///
    /// ```
    /// use statistics::rank_test::{KSample, RankData, RankWeight, TieVariance};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let data = RankData {
    ///     entry: None,
    ///     time: &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
    ///     event: &[true; 6],
    ///     group: &[2, 2, 1, 1, 0, 0],
    ///     groups: 3,
    ///     strata: None,
    ///     counts: None,
    /// };
    /// let test = KSample::test(&data, RankWeight::LogRank, TieVariance::Hypergeometric)?;
    /// assert!(test.trend(&[0.0, 1.0, 2.0])?.z > 2.0);
    /// # Ok(())
    /// # }
    /// ```
    pub fn trend(&self, scores: &[f64]) -> Result<Trend, NotEstimable> {
        NotEstimable::unless_length("scores", self.n.len(), scores.len())?;
        NotEstimable::unless_finite("scores", scores)?;
        let statistic: f64 = scores
            .iter()
            .zip(self.differences())
            .map(|(score, difference)| score * difference)
            .sum();
        let variance = self.variance.quadratic_form(scores);
        let scale = scores.iter().fold(0.0_f64, |a, b| a.max(b.abs())).powi(2);
        if variance <= 1e-12 * scale * self.variance.trace() {
            return Err(NotEstimable::OneLevel { what: "scores" });
        }
        let z = statistic / variance.sqrt();
        Ok(Trend {
            statistic,
            variance,
            z,
            chi_squared: z * z,
            p: Normal::two_sided(z),
        })
    }
}

/// What is summed over times and strata.
struct Sums {
    observed: Matrix,
    expected: Matrix,
    variance: Matrix,
}

impl Sums {
    fn add_stratum(
        &mut self,
        data: &RankData<'_>,
        clock: &Clock,
        stratum: usize,
        (weight, ties): (RankWeight, TieVariance),
    ) {
        let rows = clock.by_stop.rows(stratum);
        let mut at_risk = AtRisk::new(data, clock, stratum);
        let mut progress = Progress::start();
        let mut events = vec![0.0; data.groups];
        for (place, run) in runs(rows, &clock.stop) {
            at_risk.enter(data, place);
            events.fill(0.0);
            let mut total = 0.0;
            for &row in &rows[run.clone()] {
                let row = row as usize;
                if data.event[row] {
                    events[data.group[row] as usize] += data.count(row);
                    total += data.count(row);
                }
            }
            if total > 0.0 {
                let weight = progress.weight(weight, at_risk.total, total);
                let time = Time {
                    weight,
                    total,
                    events: &events,
                };
                self.add_time(&time, &at_risk, stratum, ties);
            }
            for &row in &rows[run] {
                at_risk.add(data, row as usize, -1.0);
            }
        }
    }

    fn add_time(
        &mut self,
        time: &Time<'_>,
        at_risk: &AtRisk<'_>,
        stratum: usize,
        ties: TieVariance,
    ) {
        let (n, d) = (at_risk.total, time.total);
        for (group, (&events, &here)) in time.events.iter().zip(&at_risk.groups).enumerate() {
            self.observed[(group, stratum)] += time.weight * events;
            self.expected[(group, stratum)] += time.weight * d * here / n;
        }
        let spread = match ties {
            TieVariance::Breslow => d,
            TieVariance::Hypergeometric if n > 1.0 => d * (n - d) / (n - 1.0),
            TieVariance::Hypergeometric => 0.0,
        };
        let factor = time.weight * time.weight * spread / (n * n);
        if factor == 0.0 {
            return;
        }
        for (i, &a) in at_risk.groups.iter().enumerate() {
            if a == 0.0 {
                continue;
            }
            for (j, &b) in at_risk.groups.iter().enumerate() {
                let same = if i == j { n } else { 0.0 };
                self.variance[(i, j)] += factor * a * (same - b);
            }
        }
    }

    fn test(self, data: &RankData<'_>) -> Result<KSample, NotEstimable> {
        let mut n = vec![0.0; data.groups];
        for (row, &group) in data.group.iter().enumerate() {
            n[group as usize] += data.count(row);
        }
        let mut test = KSample {
            n,
            observed: self.observed,
            expected: self.expected,
            variance: self.variance,
            chi_squared: f64::NAN,
            df: 0,
            p: f64::NAN,
        };
        if test.observed.values().iter().all(|&events| events == 0.0) {
            return Err(NotEstimable::NoEvents);
        }
        // The first group carries nothing of its own: differences add up to 0.
        let others: Vec<usize> = (1..data.groups).collect();
        let differences = test.differences();
        let u: Vec<f64> = others.iter().map(|&group| differences[group]).collect();
        let factors = Cholesky::new(&test.variance.principal(&others), RANK_TOLERANCE)?;
        if factors.rank() == 0 {
            return Err(NotEstimable::OneLevel { what: "group" });
        }
        test.df = factors.rank();
        test.chi_squared = factors.inverse_quadratic_form(&u);
        test.p = ChiSquared::new(test.df as f64)?.upper(test.chi_squared);
        Ok(test)
    }
}

/// A group whose variance is this small a share of what it would be by itself is never compared.
const RANK_TOLERANCE: f64 = 1e-10;

/// A time with events.
struct Time<'a> {
    weight: f64,
    total: f64,
    events: &'a [f64],
}

/// How many of each group are at risk, along time.
struct AtRisk<'a> {
    groups: Vec<f64>,
    total: f64,
    /// Who still has to enter, the earliest first, with the first places at risk of all rows.
    entries: Option<(&'a [u32], &'a [u32])>,
}

impl<'a> AtRisk<'a> {
    fn new(data: &RankData<'_>, clock: &'a Clock, stratum: usize) -> Self {
        let entries = clock.by_entry.as_ref().zip(clock.first.as_ref());
        let mut at_risk = Self {
            groups: vec![0.0; data.groups],
            total: 0.0,
            entries: entries.map(|(order, first)| (order.rows(stratum), first.as_slice())),
        };
        if at_risk.entries.is_none() {
            for &row in clock.by_stop.rows(stratum) {
                at_risk.add(data, row as usize, 1.0);
            }
        }
        at_risk
    }

    fn add(&mut self, data: &RankData<'_>, row: usize, sign: f64) {
        let count = sign * data.count(row);
        self.groups[data.group[row] as usize] += count;
        self.total += count;
    }

    /// Everybody who is at risk at this place for the first time.
    fn enter(&mut self, data: &RankData<'_>, place: u32) {
        while let Some((waiting, first)) = self.entries {
            let Some((&row, rest)) = waiting.split_first() else {
                return;
            };
            if first[row as usize] > place {
                return;
            }
            self.entries = Some((rest, first));
            self.add(data, row as usize, 1.0);
        }
    }
}
