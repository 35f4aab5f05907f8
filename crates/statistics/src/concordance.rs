//! How well a predictor orders outcomes: concordance (Harrell's C, Somers' d, the area under the
//! ROC curve), with its variance.
//!
//! | task | here | R |
//! |---|---|---|
//! | concordance with variance and influence | [`Concordance::of`] | `concordance` |
//! | several predictors of one outcome | [`covariance`] of their `dfbeta` | `concordance(fit1, fit2)` |
//!
//! Formulas: `docs/methods/concordance.md`.

mod carried;
mod data;
mod dominance;
mod estimate;
mod items;
mod pairs;
mod ranks;
mod sequence;
mod spread;
mod weights;

pub use data::{ConcordanceData, ConcordanceOptions, Details, TimeWeight};
pub use estimate::{Concordance, EventRank, covariance};
pub use pairs::PairCounts;
