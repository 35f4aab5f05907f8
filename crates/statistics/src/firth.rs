//! Firth's penalised likelihood: estimates that stay finite when covariates separate the outcome,
//! with limits and tests by the profile of the penalised likelihood.
//!
//! | task | here | R |
//! |---|---|---|
//! | logistic regression | [`FirthLogistic`] | `logistf` |
//! | proportional hazards | [`FirthCox`] | `coxphf` |
//! | maximum, profile limits, tests | [`FirthFit`] | their `ci.lower`, `ci.upper`, `prob` |
//!
//! The penalty is τ ln|I(β)|, with τ = ½ Jeffreys' prior (Firth 1993, Heinze & Schemper 2001,
//! 2002).
//!
//! Formulas: `docs/methods/penalised.md`.

mod cox;
mod logistic;
mod profile;

pub use cox::FirthCox;
pub use logistic::{FirthLogistic, LogisticData};
pub use profile::{FirthFit, FirthLikelihood, Limit};
