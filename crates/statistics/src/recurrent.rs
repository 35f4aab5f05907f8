//! Events that may happen to a subject again and again: the mean number by each time.
//!
//! | question | here | R |
//! |---|---|---|
//! | mean cumulative count, robust or Poisson errors | [`MeanCount::estimate`] | `reda::mcf`, `survfit(id = )$cumhaz` |
//! | the same where death ends the counting | [`MarginalMean::estimate`] | `mets::recurrentMarginal` |
//!
//! A row is a stretch `(entry, exit]` of a subject's follow-up that may end with an event.
//! Formulas: `docs/methods/recurrent.md`.

mod marginal_mean;
mod mean_count;

pub use marginal_mean::{MarginalMean, RecurrentRows, SurvivalPart};
pub use mean_count::{CountVariance, MeanCount};
