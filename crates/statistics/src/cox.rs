//! Proportional hazards: Cox's partial likelihood and all that is made of it.
//!
//! | what | here | R `survival` |
//! |---|---|---|
//! | rows, times, weights | [`CoxData`] | the arguments of `coxph` |
//! | order of rows, moments of events | [`RiskSets`] | – |
//! | log-likelihood, score, information at given coefficients | [`PartialLikelihood`] | `coxph(init =, iter.max = 0)` |
//! | estimates and tests | [`CoxFit`] | `coxph` |
//!
//! The information is a Gram matrix minus one sum over moments (docs/methods/cox.md), so an
//! evaluation takes O(n p) sums and one O(n p²) matrix product, with left truncation, weights
//! and strata alike.

mod data;
mod exact;
mod fit;
mod partial_likelihood;
mod risk_sets;
mod risk_sums;

pub use data::{CoxData, Ties};
pub use fit::{CoxControl, CoxFit};
pub use partial_likelihood::{Evaluation, PartialLikelihood};
pub use risk_sets::{Moment, RiskSets};
pub use risk_sums::{MomentSums, RiskSums};
