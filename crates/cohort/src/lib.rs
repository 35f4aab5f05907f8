//! Cohort definitions as data, the cohorts they select, and the attrition on the way.
//!
//! A [`StudyDefinition`] is read from the protocol (`study.toml`). [`select`] takes the stays
//! that a [`CohortDefinition`] asks for and keeps, for every candidate, the one step at which it
//! was left out: nobody disappears silently. [`CohortDefinition::follow`] says how long a
//! selected stay is observed and how it ended; [`ReturnDefinition::follow`] does so from exit to
//! return. [`Episodes`] makes out which stays are time-outs and which go on after one.
//!
//! Observation: an institution observes a person from `window.from` up to, not including,
//! `window.until`. Before that nobody is at risk (left truncation), after it everybody is
//! censored. An exit after the end of the window still counts in tables of counts (its
//! half-year is known), but not in a curve, because who did not leave is not known there.
//!
//! What this crate does not do: it computes no estimates and knows no figures.

mod definition;
mod episodes;
mod factor;
mod follow;
mod half_years;
mod returns;
mod select;

pub use definition::{
    CohortDefinition, CohortKind, Covariate, DefinitionError, OutlookRules, ReturnRules,
    StudyDefinition, TimeOuts,
};
pub use episodes::Episodes;
pub use factor::Factor;
pub use follow::{Observed, StayOutcome};
pub use returns::{ReturnDefinition, ReturnOutcome, Scope};
pub use select::{Attrition, Candidate, Cohort, Exclusion, Selected, institutions, select};
