//! Parametric time-to-event models: location and scale (accelerated failure time), generalised
//! gamma, and flexible splines for the cumulative hazard.
//!
//! A row says that a time lies in `[lower, upper]`: exact where the two are equal, right
//! censored where `upper` is ∞, left censored where `lower` is −∞ (or 0 on a log scale), and
//! somewhere between otherwise. With an entry it is known only because the time lies beyond it.
//!
//! | task | here | R |
//! |---|---|---|
//! | fit | [`Accelerated::fit`] | `survreg`, `flexsurvreg(dist = "gengamma")` |
//! | residuals, local influence | [`Accelerated::residuals`] | `residuals.survreg` |
//! | predictions with standard errors | [`Accelerated::predict`] | `predict.survreg` |
//! | Royston–Parmar splines | [`FlexibleSpline::fit`] | `flexsurvspline` |
//!
//! Formulas: `docs/methods/parametric.md`.

mod accelerated;
mod contribution;
mod flexible;
mod maximise;
mod predict;
mod residuals;
mod standard;

pub use accelerated::{Accelerated, AcceleratedData, AcceleratedOptions};
pub use contribution::{Contribution, Observed};
pub use flexible::{FlexibleSpline, SplineScale};
pub use predict::{Predicted, Prediction, PredictionRows};
pub use residuals::{ResidualKind, Residuals};
pub use standard::{Family, Standard};
