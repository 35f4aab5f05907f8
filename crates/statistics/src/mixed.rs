//! Mixed models: outcomes that share random effects.
//!
//! | model | function | R |
//! |---|---|---|
//! | linear, any nested or crossed groupings | [`LinearMixed`] | `lme4::lmer` |
//! | linear, with correlated residuals, with or without random effects | [`Marginal`] | `nlme::gls`, `nlme::lme` |
//! | generalised linear, by Laplace's method or quadrature | [`GeneralisedMixed`] | `lme4::glmer` |
//! | tests of its coefficients | [`Satterthwaite`] | `lmerTest` |
//!
//! Formulas: `docs/methods/mixed.md`.

mod as_lme4;
mod covariance;
mod criterion;
mod crossed;
mod data;
mod descent;
mod engine;
mod generalised;
mod grouped;
mod information;
mod linear;
mod marginal;
mod pattern;
mod quadrature;
mod residual;
mod satterthwaite;
mod sparse;

pub use data::{MixedData, RandomTerm};
pub use generalised::{GeneralisedMixed, GeneralisedMixedFit};
pub use information::InformationCriteria;
pub use linear::{Criterion, LinearMixed, LinearMixedFit};
pub use marginal::{Marginal, MarginalFit};
pub use residual::{ResidualCorrelation, ResidualSpread, Residuals};
pub use satterthwaite::{FTest, Satterthwaite, TTest};
