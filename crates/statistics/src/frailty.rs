//! Cox models with penalised terms: ridge terms, frailties, and random effects.
//!
//! A frailty is a group's own log risk, drawn from a distribution with variance θ. Given θ the
//! coefficients maximise the partial likelihood less a penalty; θ is fixed, or chosen by one of
//! several criteria.
//!
//! | task | here | R |
//! |---|---|---|
//! | ridge terms, frailties | [`PenalisedCox`] | `coxph(… + ridge(x) + frailty(id))` |
//! | how θ is chosen | [`Choice`] | their `theta`, `df`, `method` |
//! | Gaussian random effects by Laplace's method | [`MixedCox`] | `coxme` |
//!
//! With many groups the information of the frailties is taken as diagonal, as R does (`sparse`);
//! it is eliminated from that of the covariates, so a step takes O(n p² + m p²) for m groups
//! (Therneau, Grambsch & Pankratz 2003).
//!
//! Formulas: `docs/methods/frailty.md`.

mod degrees;
mod earlier;
mod groups;
mod guess;
mod met;
mod mixed;
mod penalised_cox;
mod penalty;
mod search;
mod solution;
mod term_fit;
mod terms;

pub(crate) use met::Met;
pub use mixed::{MixedCox, MixedOptions, RandomTerm};
pub use penalised_cox::PenalisedCox;
pub use penalty::FrailtyKind;
pub use solution::Solution;
pub use term_fit::TermFit;
pub use terms::{Choice, PenalisedTerm, TermKind};
