//! Proportional hazards: Cox's partial likelihood and all that is made of it.
//!
//! | what | here | R `survival` |
//! |---|---|---|
//! | rows, times, weights | [`CoxData`] | the arguments of `coxph` |
//! | order of rows, moments of events | [`RiskSets`] | – |
//! | log-likelihood, score, information at given coefficients | [`PartialLikelihood`] | `coxph(init =, iter.max = 0)` |
//! | estimates and tests | [`CoxFit`] | `coxph` |
//! | residuals, sandwich variance | [`PartialLikelihood::score_residuals`] and beside it | `residuals` |
//! | tests of proportional hazards | [`Proportionality`] | `cox.zph` |
//! | baseline hazards, curves, expected events | [`PartialLikelihood::baseline`], [`Baseline`] | `survfit`, `basehaz`, `predict` |
//! | concordance of the linear predictor | [`concordance`] | `coxph(...)$concordance` |
//!
//! The information is a Gram matrix minus one sum over moments (docs/methods/cox.md), so an
//! evaluation takes O(n p) sums and one O(n p²) matrix product, with left truncation, weights
//! and strata alike.

mod baseline;
mod centred;
mod concordance;
mod data;
mod exact;
mod fit;
mod information;
mod partial_likelihood;
mod proportionality;
mod residuals;
mod risk_sets;
mod risk_sums;
mod segment_sums;

pub use baseline::{
    Baseline, BaselineQuestion, CurveType, Expected, HazardType, PathPiece, PredictedCurve,
    SurvivalType,
};
pub use concordance::{PredictorConcordance, concordance};
pub use data::{CoxData, Ties};
pub use fit::{CoxControl, CoxFit};
pub use partial_likelihood::{Evaluation, PartialLikelihood};
pub use proportionality::{Proportionality, ProportionalityTest};
pub use residuals::{EventResiduals, deviance_residuals};
pub use risk_sets::{Moment, RiskSets};
pub use risk_sums::{MomentSums, RiskSums};
