//! Generalised estimating equations for repeated outcomes of the same clusters.
//!
//! [`Gee::fit`] corresponds to R's `geepack::geeglm`, run to convergence. Formulas:
//! `docs/methods/gee.md`.

mod association;
mod clusters;
mod correlation;
mod equations;
mod fit;
mod sandwich;

pub use correlation::WorkingCorrelation;
pub use fit::{AssociationVariance, Gee, GeeOptions, ScaleEstimate};
