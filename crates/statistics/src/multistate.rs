//! Persons who move between states.
//!
//! | estimator | module | R |
//! |---|---|---|
//! | state occupation for any graph of states, with infinitesimal-jackknife errors | [`aalen_johansen`] | `survfit(Surv(.., factor), id, istate)` |
//! | expected time in states, influences, pseudo-values | [`sojourn`] | `summary(rmean)`, `residuals`, `pseudo` |
//! | transition matrix with Greenwood's covariance | [`transition_matrix`] | `etm::etm` |
//! | change in length of stay | [`length_of_stay`] | `etm::clos` |
//! | cumulative transition hazards, also for given covariates | [`CumulativeHazards`] | `mstate::msfit` |
//! | transition probabilities from them | [`TransitionProbabilities`] | `mstate::probtrans` |
//! | expected length of stay | [`ExpectedStay`] | `mstate::ELOS` |
//! | probabilities after a landmark, Markov or not | [`LandmarkProbabilities`] | `mstate::LMAJ` |
//! | is it Markov? | [`MarkovTest`] | `mstate::MarkovTest` |
//! | Cox models of all transitions, common effects, shared baselines | [`MultistateCox`] | `coxph(list(…), id, istate)` |
//! | occupation probabilities under them | [`StateOccupation`] | `survfit` of that |
//! | long data from wide, transitions counted | [`LongData`], [`EventCounts`] | `mstate::msprep`, `events` |
//!
//! Formulas: `docs/methods/multistate.md` (occupation, transition matrix, length of stay) and
//! `docs/methods/multistate-models.md` (hazards and all that rests on them).

pub mod aalen_johansen;
mod baseline;
mod by_time;
mod cox;
mod cox_rows;
mod cumulative_hazards;
mod expected_stay;
mod hazard_covariance;
mod histories;
mod landmark;
mod markov_test;
mod occupation;
mod prepare;
mod probtrans;
mod propagation;
mod rows;
mod transitions;

pub use by_time::ByTime;
pub use cox::{Effects, MultistateCox, StateRows};
pub use cumulative_hazards::{CumulativeHazards, HazardOptions, HazardVariance};
pub use expected_stay::ExpectedStay;
pub use hazard_covariance::{Entry, Gradient, HazardCovariance};
pub use histories::{EventCounts, Histories};
pub use landmark::{LandmarkOptions, LandmarkProbabilities};
pub use markov_test::{MarkovTest, MarkovTestOptions, Multipliers, Summary};
pub use occupation::StateOccupation;
pub use prepare::{LongData, LongRow, WideRows};
pub use probtrans::{
    CoefficientNoise, ProbabilityErrors, ProbabilityOptions, TransitionProbabilities,
};
pub use propagation::{CovarianceForm, Direction};
pub use rows::{Prediction, TransitionRows};
pub use transitions::Transitions;
mod influence;
pub mod length_of_stay;
pub mod sojourn;
pub mod transition_matrix;

pub use influence::Influence;
