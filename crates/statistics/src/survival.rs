//! One endpoint on real clocks: survival curves with delayed entry, weights and clusters.
//!
//! | question | here | R |
//! |---|---|---|
//! | survival and cumulative hazard with standard errors | [`SurvivalCurve::estimate`] | `survival::survfit` |
//! | limits around a curve | [`SurvivalCurve::limits`] | `conf.type`, `conf.lower`, `conf.int` |
//! | quantiles with limits | [`SurvivalCurve::quantile`], [`CurveLimits::quantile`] | `quantile.survfit` |
//! | mean time up to a horizon | [`SurvivalCurve::restricted_mean`] | `print(rmean = )` |
//! | the curve at chosen times | [`SurvivalCurve::at`] | `summary(times = )` |
//! | what one row adds to an estimate | [`Influence::of`] | `residuals.survfit` |
//! | outcomes for regression in spite of censoring | [`Influence::pseudo_values`] | `pseudo` |
//! | difference of restricted means of two arms | [`RestrictedMeans`], [`AdjustedMeans`] | `survRM2::rmst2` |
//! | times known up to an interval | [`IntervalCurve::estimate`] | `survfit(Surv(type = "interval2"))` |
//!
//! A row is followed over `(entry, exit]`; at one time events come before censorings, and who
//! enters then is not yet at risk. Rows of one curve only: several groups are several calls.
//!
//! Formulas: `docs/methods/survival.md`.

mod adjusted_means;
mod at_times;
pub(crate) mod clusters;
mod curve;
mod influence;
mod interval_curve;
mod interval_masses;
mod later;
mod limits;
mod observations;
mod quantile;
mod residuals;
mod restricted_mean;
mod risk_sets;
pub(crate) mod spans;
mod two_arms;

pub use adjusted_means::{AdjustedMeans, MeanModel};
pub use at_times::AtTime;
pub use curve::{CurveOptions, HazardKind, SurvivalCurve, SurvivalKind, Variance};
pub use interval_curve::IntervalCurve;
pub use limits::{CurveLimits, IntervalOptions, LowerLimit};
pub use observations::Observations;
pub use residuals::{Influence, Quantity};
pub use restricted_mean::RestrictedMean;
pub use risk_sets::RiskSets;
pub use two_arms::{Contrast, RestrictedMeans};
