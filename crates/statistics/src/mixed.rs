//! Mixed models: outcomes that share random effects.
//!
//! | model | function | R |
//! |---|---|---|
//! | linear, any nested or crossed groupings | [`LinearMixed`] | `lme4::lmer` |
//! | tests of its coefficients | [`Satterthwaite`] | `lmerTest` |
//!
//! Formulas: `docs/methods/mixed.md`.

mod covariance;
mod criterion;
mod crossed;
mod data;
mod descent;
mod engine;
mod grouped;
mod linear;
mod satterthwaite;
mod sparse;

pub use data::{MixedData, RandomTerm};
pub use linear::{Criterion, LinearMixed, LinearMixedFit};
pub use satterthwaite::{FTest, Satterthwaite, TTest};
