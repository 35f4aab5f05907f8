//! Reliability of scales and of raters, and change beyond measurement error.
//!
//! | question | here | R |
//! |---|---|---|
//! | internal consistency, item statistics | [`CronbachAlpha`] | `psych::alpha` |
//! | ω of a one-factor scale | [`omega_total`] | `psych::omega(nfactors = 1)` |
//! | intraclass correlations | [`RatingAnova`], [`IntraclassCorrelation`] | `irr::icc`, `psych::ICC` |
//! | reliable and clinically significant change | [`ReliableChange`] | formulas of Jacobson and Truax |
//!
//! Formulas: `docs/methods/psychometrics.md`.

mod alpha;
mod change;
mod icc;
mod omega;

pub use alpha::{CronbachAlpha, ItemStatistics, Scale};
pub use change::{Change, ReliableChange, Scores};
pub use icc::{IccForm, IccUnit, IntraclassCorrelation, RatingAnova};
pub use omega::omega_total;
