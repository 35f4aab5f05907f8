//! Estimators of time-to-event, multi-state and longitudinal data: plain arrays in, plain structs
//! out.
//!
//! | question | module | R |
//! |---|---|---|
//! | How many are still without the event, and for how long? | [`survival`] | `survfit`, `survRM2::rmst2`, `pseudo` |
//! | How many events has a subject had by a time? | [`recurrent`] | `survfit(id = )`, `reda::mcf`, `mets::recurrentMarginal` |
//! | How many had the event of interest, and not another before? What changes that? | [`competing`] | `cmprsk::cuminc`, `crr`, `finegray` |
//! | Do groups differ in their hazard? | [`rank_test`] | `survdiff` |
//! | Who is in which state when, for how long, and why? | [`multistate`] | `survfit`, `etm`, `mstate`, multi-state `coxph` |
//! | The same, of states that are seen at visits only | [`panel`] | `msm` |
//! | How many will be in each state and wait for it, if something changes? | [`flow`] | `simmer` |
//! | What multiplies the hazard? | [`cox`] | `coxph`, `cox.zph`, `basehaz` |
//! | … although a covariate tells events and others fully apart | [`firth`] | `coxphf`, `logistf` |
//! | … out of many covariates | [`penalised`] | `glmnet` |
//! | … in groups that each have a risk of their own | [`frailty`] | `coxph` with `frailty()`, `coxme` |
//! | What stretches the time to the event? Which shape has the hazard? | [`parametric`] | `survreg`, `flexsurv` |
//! | Does a predictor put subjects in the right order? | [`concordance`] | `concordance` |
//! | Does it foretell the right risks? | [`prediction`] | `brier`, `rttright`, `riskRegression::Score` |
//! | What changes an outcome that is measured once? | [`glm`] | `glm` |
//! | … one that is measured again and again, in each subject? | [`mixed`] | `lme4`, `lmerTest`, `nlme` |
//! | … on average over subjects? | [`gee`] | `geepack::geeglm` |
//! | What if those exposed were like the others? | [`inverse_probability`] | `ipw` |
//! | What if a value is missing? | [`imputation`] | `mice` |
//! | Do raters agree? | [`agreement`] | `irr`, `irrCAC` |
//! | Does a scale measure one thing, and did a subject change? | [`psychometrics`] | `psych` |
//! | How large is a proportion or a rate? | [`rates`] | `binom.test`, `poisson.test`, `pyears` |
//! | Who are the subjects, and do groups differ at the start? | [`table_one`] | `tableone`, `t.test`, `fisher.test` |
//!
//! The page of a module lists what it holds, task by task, and names the file in `docs/methods/`
//! that has its formulas and where R differs. Estimators are functions of plain columns:
//!
//! ```
//! use statistics::survival::{CurveOptions, Observations, SurvivalCurve};
//! # fn main() -> Result<(), statistics::NotEstimable> {
//! // Of four, one has the event at 1.5, one at 2 when another leaves, and the last at 3.25.
//! let rows = Observations::right_censored(&[1.5, 2.0, 2.0, 3.25], &[true, true, false, true]);
//! let curve = SurvivalCurve::estimate(rows, CurveOptions::default())?;
//! // (1 − 1/4), (1 − 1/4)(1 − 1/3), 0.
//! assert_eq!(curve.survival, [0.75, 0.5, 0.0]);
//! # Ok(())
//! # }
//! ```
//!
//! Underneath, each usable by itself: [`matrix`] (linear algebra), [`special`] functions,
//! probability [`distribution`]s, [`optimise`] (maxima, minima, roots), [`spline`]s,
//! [`tied_times`] (times that are one but for rounding) and the [`time_index`] that every sweep
//! over time goes by. Why something cannot be estimated is a named [`NotEstimable`].
//!
//! For whole days there are also [`KaplanMeier`], [`NelsonAalen`] and [`AalenJohansen`] over one
//! [`RiskTable`] (`docs/methods/survival.md`): counts by day, which the gate needs to judge every
//! step of a curve.
//!
//! A clock is half-open: who is followed over `(start, stop]` is at risk at `t` where
//! `start < t <= stop`. Later starts are left truncation (delayed entry).
//!
//! Invariants: no result holds a silent NaN; results do not depend on the number of threads, nor,
//! but for rounding, on the order of the rows. Cost grows no faster than n log n.
//!
//! What this crate does not do: it knows no care words, no formulas and no files, and draws
//! nothing at random but where it is given a seed.

mod aalen_johansen;
mod confidence;
mod error;
mod kaplan_meier;
mod nelson_aalen;
mod not_estimable;
mod quantile;
mod risk;
mod time_order;
mod whole_days;

pub mod agreement;
pub mod competing;
pub mod concordance;
pub mod cox;
pub mod distribution;
pub mod firth;
pub mod flow;
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
