//! Comparing survival between groups by ranks: the log-rank family.
//!
//! | test | here | R |
//! |---|---|---|
//! | log-rank, Fleming–Harrington, Gehan, Tarone–Ware, Peto; stratified; left-truncated | [`KSample::test`] | `survdiff`; `coxph(...)$score` |
//! | trend over ordered groups | [`KSample::trend`] | `coxph(... ~ score)$score`, `survMisc::comp` |
//! | a sample against a known curve | [`OneSample::test`] | `survdiff(... ~ offset(S))` |
//! | all pairs of groups | [`pairwise`] | `survminer::pairwise_survdiff` |
//! | p-values of many tests | [`Adjustment::apply`] | `p.adjust` |
//!
//! Formulas: `docs/methods/rank-tests.md`.

mod adjustment;
mod data;
mod k_sample;
mod one_sample;
mod pairwise;
mod weight;

pub use adjustment::Adjustment;
pub use data::RankData;
pub use k_sample::{KSample, TieVariance, Trend};
pub use one_sample::OneSample;
pub use pairwise::{Pair, pairwise};
pub use weight::RankWeight;
