//! Proportions and rates with exact and score intervals.
//!
//! | question | here | R |
//! |---|---|---|
//! | interval for a proportion, exact | [`proportion_exact`] | `binom.test` |
//! | … by the score (Wilson) | [`proportion_wilson`] | `prop.test` |
//! | exact test of a proportion | [`binomial_p_value`] | `binom.test` |
//! | interval for a rate, exact | [`rate_exact`] | `poisson.test`, `survival::cipoisson` |
//! | … by the variance-stabilising root | [`rate_anscombe`] | `cipoisson(method = "anscombe")` |
//! | exact test of a rate | [`poisson_p_value`] | `poisson.test` |
//! | two rates | [`RateRatio`] | `poisson.test(c(x1, x2), c(t1, t2))` |
//! | person-time by group | [`PersonTime`] | `survival::pyears` |
//!
//! Formulas: `docs/methods/rates.md`.

mod person_time;
mod poisson;
mod proportion;

pub use person_time::PersonTime;
pub use poisson::{RateRatio, poisson_p_value, rate_anscombe, rate_exact};
pub(crate) use proportion::proportion_wilson_moved;
pub use proportion::{binomial_p_value, proportion_exact, proportion_wilson};

/// A probability that is larger by less than this share counts as equal, as in R's exact tests.
const EQUAL: f64 = 1.0 + 1e-7;
