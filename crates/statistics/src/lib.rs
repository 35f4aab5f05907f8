//! Estimators of time-to-event, multi-state and longitudinal data: plain arrays in, plain structs
//! out.
//!
//! | what | module | R |
//! |---|---|---|
//! | survival curves, restricted means, pseudo-values | [`survival`] | `survfit`, `rmst2`, `pseudo` |
//! | mean number of recurrent events | [`recurrent`] | `survfit(id = )`, `mcf`, `recurrentMarginal` |
//! | comparing groups | [`rank_test`], [`competing`] | `survdiff`, `cuminc` |
//! | state occupation, transition matrices, multi-state models | [`multistate`] | `survfit`, `etm`, `mstate` |
//! | states seen now and then | [`panel`] | `msm` |
//! | proportional hazards | [`cox`], [`firth`], [`penalised`], [`frailty`] | `coxph`, `coxphf`, `glmnet`, `coxme` |
//! | parametric times | [`parametric`] | `survreg`, `flexsurv` |
//! | repeated measurements | [`mixed`], [`gee`] | `lmer`, `glmer`, `gls`, `geeglm` |
//! | one measurement | [`glm`], [`inverse_probability`] | `glm`, `ipw` |
//! | missing values | [`imputation`] | `mice` |
//! | raters, scales, rates, first tables | [`agreement`], [`psychometrics`], [`rates`], [`table_one`] | `irr`, `psych`, `binom.test`, `tableone` |
//!
//! Underneath, each usable by itself: [`matrix`] (linear algebra), [`special`] functions,
//! probability [`distribution`]s, [`optimise`] (maxima, minima, roots), [`spline`]s and the
//! [`time_index`] that every sweep over time goes by. Why something cannot be estimated is a named
//! [`NotEstimable`].
//!
//! For whole days there are also [`KaplanMeier`], [`NelsonAalen`] and [`AalenJohansen`] over one
//! [`RiskTable`]: counts by day, which the gate needs to judge every step of a curve.
//!
//! A clock is half-open: who is followed over `(start, stop]` is at risk at `t` where
//! `start < t <= stop`. Later starts are left truncation (delayed entry).
//!
//! Invariants: no result holds a silent NaN; results do not depend on the number of threads, nor,
//! but for rounding, on the order of the rows. Cost grows no faster than n log n.
//!
//! What this crate does not do: it knows no care words, no formulas and no files, and draws
//! nothing at random but what [`imputation`] is given a seed for. Formulas: `docs/methods/`.

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
