//! Multiple imputation: making completed data, and pooling what they give.
//!
//! | question | here | R |
//! |---|---|---|
//! | one estimate over imputations | [`Pooled`] | `mice::pool`, `pool.scalar` |
//! | several coefficients tested together | [`PooledWald`] | `mice::D1` |
//! | which values are missing together | [`MissingPatterns`] | `mice::md.pattern` |
//! | completed data by chained equations | [`ChainedEquations`], [`Imputation`] | `mice::mice` |
//!
//! Formulas: `docs/methods/imputation.md`.

mod chained;
mod draw;
mod patterns;
mod pool;

pub use chained::{ChainedEquations, Imputation, Method};
pub use draw::Draws;
pub use patterns::{MissingPattern, MissingPatterns};
pub use pool::{Pooled, PooledWald};
