use super::counts::upper_tail;
use super::{CountTable, Test};
use crate::NotEstimable;
use crate::distribution::Normal;

/// 2 × 2 tables in strata: the test of no association and the common odds ratio.
///
/// # Method
/// Mantel and Haenszel (1959); the variance of the log odds ratio by Robins, Breslow and
/// Greenland (1986). R: `mantelhaen.test`.
///
/// ```
/// use statistics::table_one::{CountTable, MantelHaenszel};
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// let table = CountTable::new(&[[10.0, 20.0], [20.0, 10.0]])?;
/// let result = MantelHaenszel::estimate(&[table], false, 0.95)?;
/// assert!((result.odds_ratio - 0.25).abs() < 1e-15);
/// // (10 − 15)² / (30⁴ / (60² · 59))
/// assert!((result.test.statistic - 25.0 * 59.0 / 225.0).abs() < 1e-13);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MantelHaenszel {
    /// The χ² test with one degree of freedom.
    pub test: Test,
    /// The common odds ratio.
    pub odds_ratio: f64,
    /// Its interval.
    pub limits: (f64, f64),
}

impl MantelHaenszel {
    /// Pools the strata; `continuity` takes ½ off the difference, as R does by default. Strata
    /// with fewer than two counts take no part.
    ///
    /// # Errors
    /// Tables that are not 2 × 2, or margins that leave no variation.
    pub fn estimate(
        strata: &[CountTable],
        continuity: bool,
        level: f64,
    ) -> Result<Self, NotEstimable> {
        let z = Normal::critical(level)?;
        let (mut difference, mut variance) = (0.0, 0.0);
        let (mut r, mut s) = (0.0, 0.0);
        let (mut pr, mut mixed, mut qs) = (0.0, 0.0, 0.0);
        for table in strata {
            let [[a, b], [c, d]] = table.demand_two_by_two()?;
            let n = a + b + c + d;
            if n < 2.0 {
                continue;
            }
            let (row, column) = (a + b, a + c);
            difference += a - row * column / n;
            variance += row * (c + d) * column * (b + d) / (n * n * (n - 1.0));
            let (concordant, discordant) = (a * d / n, b * c / n);
            let (p, q) = ((a + d) / n, (b + c) / n);
            r += concordant;
            s += discordant;
            pr += p * concordant;
            mixed += p * discordant + q * concordant;
            qs += q * discordant;
        }
        if variance == 0.0 {
            return Err(NotEstimable::OneLevel {
                what: "a margin in every stratum",
            });
        }
        let correction = if continuity {
            0.5f64.min(difference.abs())
        } else {
            0.0
        };
        let test = upper_tail((difference.abs() - correction).powi(2) / variance, 1.0)?;
        let log_variance = pr / (2.0 * r * r) + mixed / (2.0 * r * s) + qs / (2.0 * s * s);
        let odds_ratio = r / s;
        let half = if log_variance.is_finite() {
            z * log_variance.sqrt()
        } else {
            f64::INFINITY
        };
        Ok(Self {
            test,
            odds_ratio,
            // Without pairs for or against an association nothing bounds it.
            limits: if half.is_finite() {
                (odds_ratio * (-half).exp(), odds_ratio * half.exp())
            } else {
                (0.0, f64::INFINITY)
            },
        })
    }
}
