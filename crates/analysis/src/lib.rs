//! The named analyses of the study: a definition and linked rows in, estimates out.
//!
//! [`analyse`] makes every result of the protocol, in the order of the story: who was selected,
//! who came in, what happened, who left and where to, who came back. Each analysis has a file of
//! its own and is nothing but a definition (who, what, from when to when), an estimator from
//! `statistics`, and the evidence by which the gate judges the result.
//!
//! A result that the data cannot carry is [`estimate::NotEstimable`], not a number.
//!
//! [`survival_export`] gives the rows behind each curve, for checking them in R. They are
//! individual data and stay on the restricted side.
//!
//! What this crate does not do: it formats, rounds and hides nothing.

mod attrition;
mod blocked;
mod characteristics;
mod context;
mod curves;
mod destination;
mod exit_kind;
mod factors;
mod flow;
mod length_of_stay;
mod outlook;
mod participation;
mod returns;
mod security_step;
mod study;
mod summary;
mod survival_rows;
mod tally;

pub use cohort::{
    CohortDefinition, CohortKind, Covariate, Factor, OutlookRules, ReturnDefinition, ReturnRules,
    Scope, StudyDefinition, TimeOuts,
};
pub use factors::factor_csv;
pub use study::{RESULT_IDS, Stage, analyse, analyse_with, survival_export};
pub use survival_rows::{SurvivalRows, survival_csv};
