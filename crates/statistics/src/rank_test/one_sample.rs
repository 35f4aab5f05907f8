//! One sample against a known survival curve.

use crate::NotEstimable;
use crate::distribution::{ChiSquared, Distribution};

/// A test whether a sample has a given survival, such as that of a population table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OneSample {
    /// Rows.
    pub n: usize,
    /// Events.
    pub observed: f64,
    /// Events expected under the given survival.
    pub expected: f64,
    /// Weighted expected − observed events; without ρ simply their difference.
    pub score: f64,
    /// The variance of the score.
    pub variance: f64,
    /// score² / variance, on one degree of freedom.
    pub chi_squared: f64,
    /// The p-value.
    pub p: f64,
}

impl OneSample {
    /// `survival` is the chance, under the hypothesis, that each row goes on until its own time,
    /// given that it entered.
    ///
    /// # Method
    /// With weights S₀^ρ, observed is Σ δ S₀^ρ, expected Σ (1 − S₀^ρ)/ρ and the variance
    /// Σ (1 − S₀^2ρ)/2ρ; for ρ = 0 expected and variance are both Σ −ln S₀ (Harrington and
    /// Fleming 1982). R: `survdiff(Surv(time, event) ~ offset(survival), rho)`.
    ///
    /// # Errors
    /// Unequal lengths, a survival outside (0, 1], and no expected events.
    ///
    /// ```
    /// use statistics::rank_test::OneSample;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let test = OneSample::test(&[true, true, false], &[0.5, 0.5, 0.25], 0.0)?;
    /// assert!((test.expected - 4.0 * 2f64.ln()).abs() < 1e-15);
    /// assert_eq!(test.observed, 2.0);
    /// # Ok(())
    /// # }
    /// ```
    pub fn test(event: &[bool], survival: &[f64], rho: f64) -> Result<Self, NotEstimable> {
        NotEstimable::unless_length("survival", event.len(), survival.len())?;
        if event.is_empty() {
            return Err(NotEstimable::Empty { what: "rows" });
        }
        if !rho.is_finite() {
            return Err(NotEstimable::Domain {
                what: "rho",
                value: rho,
            });
        }
        if let Some(&value) = survival.iter().find(|&&s| !(s > 0.0 && s <= 1.0)) {
            return Err(NotEstimable::Domain {
                what: "survival",
                value,
            });
        }
        let hazard: f64 = survival.iter().map(|s| -s.ln()).sum();
        let observed = event.iter().filter(|&&event| event).count() as f64;
        let (score, variance) = match rho == 0.0 {
            true => (hazard - observed, hazard),
            false => weighted(event, survival, rho),
        };
        if variance <= 0.0 {
            return Err(NotEstimable::NoEvents);
        }
        let chi_squared = score * score / variance;
        Ok(Self {
            n: event.len(),
            observed,
            expected: hazard,
            score,
            variance,
            chi_squared,
            p: ChiSquared::new(1.0)?.upper(chi_squared),
        })
    }
}

/// Expected − observed events, weighted, and their variance.
fn weighted(event: &[bool], survival: &[f64], rho: f64) -> (f64, f64) {
    let mut score = 0.0;
    let mut variance = 0.0;
    for (&event, &survival) in event.iter().zip(survival) {
        let ln = survival.ln();
        // (1 − S^ρ)/ρ without cancellation for S near 1.
        score -= (rho * ln).exp_m1() / rho;
        variance -= (2.0 * rho * ln).exp_m1() / (2.0 * rho);
        if event {
            score -= (rho * ln).exp();
        }
    }
    (score, variance)
}
