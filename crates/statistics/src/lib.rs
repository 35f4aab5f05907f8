//! Time-to-event estimators: plain arrays in, plain structs out.
//!
//! Times are whole days. A subject is followed over the interval `(entry, exit]`: it is at risk
//! on day `t` where `entry < t <= exit`. Somebody who is followed from day 0 on, day 0
//! included, has entry [`FROM_START`] (−1). Later entries are left truncation (delayed entry).
//!
//! | estimator | function | R `survival` |
//! |---|---|---|
//! | survival curve, Greenwood variance | [`KaplanMeier::estimate`] | `survfit(Surv(entry, exit, event))` |
//! | cumulative hazard | [`NelsonAalen::estimate`] | `survfit(...)$cumhaz` |
//! | cumulative incidence with competing events | [`AalenJohansen::estimate`] | `survfit(Surv(entry, exit, factor))` |
//! | follow-up (reverse Kaplan–Meier) | [`KaplanMeier::reverse`] | – |
//!
//! Invariants: no result holds a NaN; what cannot be said is an [`Error`], a `None` or a variant
//! of its own ([`Quantile::NotReached`]). Results do not depend on the order of the rows.
//! Everything takes time linear in the rows and the days between the first and the last.
//!
//! Around it: generalised linear models ([`glm`]) and estimating equations ([`gee`]), multiple
//! [`imputation`], [`agreement`] and [`psychometrics`], [`rates`], and the comparisons of a first
//! table ([`table_one`]).
//!
//! Underneath, each usable by itself: [`matrix`] (linear algebra), [`special`] functions,
//! probability [`distribution`]s and [`optimise`] (maxima, minima, roots). Why something cannot be
//! estimated is a named [`NotEstimable`].
//!
//! What this crate does not do: it knows no care words, reads nothing and draws nothing; it has
//! no weights, no covariates and no real-valued times (integer days avoid the rounding traps
//! of real ones). Formulas: `docs/methods/survival.md`.

mod aalen_johansen;
mod confidence;
mod error;
mod kaplan_meier;
mod nelson_aalen;
mod not_estimable;
mod quantile;
mod risk;
mod time_order;

pub mod agreement;
pub mod competing;
pub mod concordance;
pub mod cox;
pub mod distribution;
pub mod firth;
pub mod frailty;
pub mod gee;
pub mod glm;
pub mod imputation;
pub mod inverse_probability;
pub mod matrix;
pub mod mixed;
pub mod multistate;
pub mod optimise;
pub mod panel;
pub mod parametric;
pub mod penalised;
pub mod prediction;
pub mod psychometrics;
pub mod rank_test;
pub mod rates;
pub mod recurrent;
pub mod special;
pub mod spline;
pub mod survival;
pub mod table_one;
pub mod tied_times;
pub mod time_index;

pub use aalen_johansen::{AalenJohansen, CauseCurve};
pub use confidence::{Confidence, Level, Limits, Transform};
pub use error::Error;
pub use kaplan_meier::{KaplanMeier, RestrictedMean};
pub use nelson_aalen::NelsonAalen;
pub use not_estimable::NotEstimable;
pub use quantile::{Quantile, quantile_of_sorted};
pub use risk::{FROM_START, FollowUp, RiskTable};
