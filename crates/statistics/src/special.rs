//! Special functions, to a relative error of about 1e-13, also far in the tails.
//!
//! Where a value leaves the range of doubles its logarithm is there too. Outside the domain
//! named with a function the answer is NaN, as with the functions of the standard library; the
//! checked way in is [`distribution`](crate::distribution).
//!
//! | function | here | R |
//! |---|---|---|
//! | error function | [`erf`], [`erfc`], [`erfcx`] | `2 * pnorm(x * sqrt(2)) - 1` … |
//! | ln Γ, its derivatives | [`ln_gamma`], [`digamma`], [`trigamma`] | `lgamma`, `digamma`, `trigamma` |
//! | ln B, ln of a binomial coefficient | [`ln_beta`], [`ln_choose`] | `lbeta`, `lchoose` |
//! | incomplete gamma | [`incomplete_gamma`] | `pgamma` |
//! | incomplete beta | [`incomplete_beta`] | `pbeta` |
//! | their inverses | [`inverse_gamma`], [`inverse_beta`] | `qgamma`, `qbeta` |
//!
//! How: `docs/methods/numerics.md`.

mod beta;
mod elementary;
mod error_function;
mod exponential;
mod gamma;
mod incomplete_beta;
mod incomplete_gamma;
mod inverse;

pub use beta::{ln_beta, ln_choose};
pub use elementary::{ln_1m_exp, log1p_minus};
pub use error_function::{erf, erfc, erfcx};
pub(crate) use exponential::exponentials;
pub use gamma::{digamma, ln_gamma, stirling_error, trigamma};
pub use incomplete_beta::{incomplete_beta, ln_beta_power};
pub use incomplete_gamma::{incomplete_gamma, ln_poisson};
pub use inverse::{Point, inverse_beta, inverse_gamma};

/// Both tails of a distribution at one point, with their logarithms.
///
/// Each is computed by itself where it is small: `lower + upper` is 1, but neither is made by
/// subtracting a number near 1 from 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tails {
    /// P(X ≤ x).
    pub lower: f64,
    /// P(X > x).
    pub upper: f64,
    /// ln P(X ≤ x).
    pub ln_lower: f64,
    /// ln P(X > x).
    pub ln_upper: f64,
}

impl Tails {
    /// All below.
    pub(crate) const BELOW: Self = Self {
        lower: 0.0,
        upper: 1.0,
        ln_lower: f64::NEG_INFINITY,
        ln_upper: 0.0,
    };

    /// Tails of which the lower one is known precisely.
    pub(crate) fn from_ln_lower(ln_lower: f64) -> Self {
        // NaN stays what it is, which `min` would lose; 0 − x never is −0.
        let ln_lower = if ln_lower > 0.0 { 0.0 } else { ln_lower };
        Self {
            lower: ln_lower.exp(),
            upper: 0.0 - ln_lower.exp_m1(),
            ln_lower,
            ln_upper: ln_1m_exp(ln_lower),
        }
    }

    /// The tails seen from the other side.
    pub(crate) fn swapped(self) -> Self {
        Self {
            lower: self.upper,
            upper: self.lower,
            ln_lower: self.ln_upper,
            ln_upper: self.ln_lower,
        }
    }
}
