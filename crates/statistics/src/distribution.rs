//! Probability distributions: both tails, their logarithms, densities and quantiles.
//!
//! A distribution is made by a checked constructor; after that nothing fails. Upper tails are
//! computed as such (a p-value of 1e-300 is not 0), and quantiles can be asked from either end.
//!
//! | distribution | here | R |
//! |---|---|---|
//! | normal | [`Normal`] | `pnorm`, `qnorm` |
//! | Student's t | [`StudentT`] | `pt`, `qt` |
//! | χ² | [`ChiSquared`] | `pchisq`, `qchisq` |
//! | Fisher's F | [`FisherF`] | `pf`, `qf` |
//! | gamma | [`Gamma`] | `pgamma`, `qgamma` |
//! | beta | [`Beta`] | `pbeta`, `qbeta` |
//! | binomial | [`Binomial`] | `pbinom`, `qbinom` |
//! | Poisson | [`Poisson`] | `ppois`, `qpois` |
//! | central and noncentral hypergeometric | [`Hypergeometric`] | `phyper`, `fisher.test` |
//!
//! How: `docs/methods/numerics.md`.

mod beta;
mod discrete;
mod gamma;
mod hypergeometric;
mod normal;
mod student;

pub use beta::{Beta, FisherF};
pub use discrete::{Binomial, Poisson};
pub use gamma::{ChiSquared, Gamma};
pub use hypergeometric::Hypergeometric;
pub use normal::Normal;
pub use student::StudentT;

use crate::NotEstimable;
use crate::special::Tails;

/// An end of a distribution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tail {
    /// P(X ≤ x).
    Lower,
    /// P(X > x).
    Upper,
}

impl Tail {
    /// The tail of at most one half, with its probability.
    pub(crate) fn smaller(self, probability: f64) -> (f64, Self) {
        match self {
            _ if probability <= 0.5 => (probability, self),
            Self::Lower => (1.0 - probability, Self::Upper),
            Self::Upper => (1.0 - probability, Self::Lower),
        }
    }

    /// How the tail's probability changes with x.
    pub(crate) fn sign(self) -> f64 {
        match self {
            Self::Lower => 1.0,
            Self::Upper => -1.0,
        }
    }
}

/// A distribution on the real line. R: `p…`, `q…` and `d…`, with `lower.tail` and `log.p`.
///
/// ```
/// use statistics::distribution::{ChiSquared, Distribution, Gamma, Tail};
/// let close = |a: f64, b: f64| (a - b).abs() < 1e-14;
/// // The 5% point of χ² with one degree of freedom.
/// let chi_squared = ChiSquared::new(1.0)?;
/// assert!(close(chi_squared.upper(3.841_458_820_694_124), 0.05));
/// assert!((chi_squared.quantile(0.95) - 3.841_458_820_694_124).abs() < 1e-13);
/// // The exponential distribution: P(X > x) = e^−x, and so is the density.
/// let exponential = Gamma::new(1.0, 1.0)?;
/// assert!(close(exponential.lower(2f64.ln()), 0.5));
/// assert!(close(exponential.tails(3.0).ln_upper, -3.0));
/// assert!(close(exponential.density(3.0), (-3f64).exp()));
/// assert!(close(exponential.ln_density(3.0), -3.0));
/// assert!(close(exponential.upper_quantile(0.25), 4f64.ln()));
/// assert!(close(exponential.quantile_of(Tail::Upper, 0.25), 4f64.ln()));
/// # Ok::<(), statistics::NotEstimable>(())
/// ```
pub trait Distribution {
    /// Both tails at `x`, with their logarithms.
    fn tails(&self, x: f64) -> Tails;

    /// The logarithm of the density, or of the probability of a whole number.
    fn ln_density(&self, x: f64) -> f64;

    /// The point at which a tail has the given probability; for whole numbers the smallest with
    /// at least (lower tail) or at most (upper tail) that probability. NaN outside [0, 1].
    fn quantile_of(&self, tail: Tail, probability: f64) -> f64;

    /// P(X ≤ x).
    fn lower(&self, x: f64) -> f64 {
        self.tails(x).lower
    }

    /// P(X > x).
    fn upper(&self, x: f64) -> f64 {
        self.tails(x).upper
    }

    /// The density, or the probability of a whole number.
    fn density(&self, x: f64) -> f64 {
        self.ln_density(x).exp()
    }

    /// The point below which the probability lies.
    fn quantile(&self, probability: f64) -> f64 {
        self.quantile_of(Tail::Lower, probability)
    }

    /// The point above which the probability lies.
    fn upper_quantile(&self, probability: f64) -> f64 {
        self.quantile_of(Tail::Upper, probability)
    }
}

fn finite(what: &'static str, value: f64) -> Result<(), NotEstimable> {
    allowed(what, value, value.is_finite())
}

fn positive(what: &'static str, value: f64) -> Result<(), NotEstimable> {
    allowed(what, value, value.is_finite() && value > 0.0)
}

fn probability(what: &'static str, value: f64) -> Result<(), NotEstimable> {
    allowed(what, value, (0.0..=1.0).contains(&value))
}

/// Fails unless 0 < level < 1.
pub(crate) fn confidence_level(level: f64) -> Result<(), NotEstimable> {
    allowed("the confidence level", level, level > 0.0 && level < 1.0)
}

fn allowed(what: &'static str, value: f64, is_allowed: bool) -> Result<(), NotEstimable> {
    if is_allowed {
        Ok(())
    } else {
        Err(NotEstimable::Domain { what, value })
    }
}
