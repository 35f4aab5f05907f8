use crate::NotEstimable;
use crate::distribution::Normal;
use crate::survival::{CurveOptions, Observations, SurvivalCurve, Variance};

/// Where standard errors of a mean count come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CountVariance {
    /// Lawless and Nadeau: events of one subject may depend on each other.
    #[default]
    LawlessNadeau,
    /// Events come as a Poisson process.
    Poisson,
}

/// The mean number of events per subject by each time at which one happens or somebody leaves.
///
/// # Method
/// `Σ dN/Y`; the variance of Lawless and Nadeau (1995) sums the squares of
/// `Σ (dN_i − Y_i dN/Y) / Y` over subjects, that of a Poisson process is `Σ dN/Y²`. R:
/// `reda::mcf`, and `cumhaz`, `std.chaz` of `survfit(id = )`.
///
/// ```
/// use statistics::recurrent::{CountVariance, MeanCount};
/// use statistics::survival::Observations;
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// // One subject has events at 1 and 3, another none; both are followed until 4.
/// let (entry, exit) = ([0.0, 1.0, 3.0, 0.0], [1.0, 3.0, 4.0, 4.0]);
/// let rows = Observations {
///     entry: Some(&entry),
///     exit: &exit,
///     event: &[true, true, false, false],
///     id: Some(&[0, 0, 0, 1]),
///     weights: None,
/// };
/// let count = MeanCount::estimate(rows, CountVariance::LawlessNadeau)?;
/// assert_eq!(count.times, [1.0, 3.0, 4.0]);
/// assert_eq!(count.mean, [0.5, 1.0, 1.0]);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct MeanCount {
    /// The times, rising.
    pub times: Vec<f64>,
    /// Subjects at risk just before each.
    pub at_risk: Vec<f64>,
    /// The rate at each: events over subjects at risk.
    pub rate: Vec<f64>,
    /// The mean count after each.
    pub mean: Vec<f64>,
    /// Its standard error.
    pub std_err: Vec<f64>,
}

impl MeanCount {
    /// Estimates a mean count. Without `id` each row is a subject.
    ///
    /// # Errors
    /// As [`SurvivalCurve::estimate`].
    pub fn estimate(rows: Observations<'_>, variance: CountVariance) -> Result<Self, NotEstimable> {
        let options = CurveOptions {
            variance: match variance {
                CountVariance::LawlessNadeau => Variance::Robust(None),
                CountVariance::Poisson => Variance::Model,
            },
            ..CurveOptions::default()
        };
        let curve = SurvivalCurve::estimate(rows, options)?;
        let rates = curve.counts.n_event.iter().zip(&curve.counts.n_risk);
        let rate = |(&events, &at_risk): (&f64, &f64)| match events > 0.0 {
            true => events / at_risk,
            false => 0.0,
        };
        Ok(Self {
            rate: rates.map(rate).collect(),
            times: curve.counts.times,
            at_risk: curve.counts.n_risk,
            mean: curve.hazard,
            std_err: curve.hazard_std_err,
        })
    }

    /// Limits after each time: symmetric around the mean, or (`log`) around its logarithm; with
    /// `log`, a mean of 0 has itself as limits.
    ///
    /// # Errors
    /// A level outside (0, 1).
    ///
    /// ```
    /// use statistics::recurrent::{CountVariance, MeanCount};
    /// use statistics::survival::Observations;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let rows = Observations::right_censored(&[1.0, 2.0], &[true, false]);
    /// let count = MeanCount::estimate(rows, CountVariance::Poisson)?;
    /// let limits = count.limits(0.95, true)?;
    /// assert!(limits[0].0 > 0.0 && limits[0].1 > 0.5);
    /// # Ok(())
    /// # }
    /// ```
    pub fn limits(&self, level: f64, log: bool) -> Result<Vec<(f64, f64)>, NotEstimable> {
        let z = Normal::critical(level)?;
        let around = |(&mean, &std_err): (&f64, &f64)| match log {
            false => (mean - z * std_err, mean + z * std_err),
            true if mean > 0.0 => {
                let factor = (z * std_err / mean).exp();
                (mean / factor, mean * factor)
            }
            true => (mean, mean),
        };
        Ok(self.mean.iter().zip(&self.std_err).map(around).collect())
    }
}
