//! Maxima, minima and roots of smooth functions of few variables.
//!
//! | problem | here | R |
//! |---|---|---|
//! | likelihood with gradient and information | [`Newton`] | the loop inside `coxph`, `glm` |
//! | gradient only | [`Bfgs`] | `optim(method = "BFGS")`, `nlminb` |
//! | gradient and Hessian, not concave everywhere | [`TrustRegion`] | `nlminb` |
//! | one variable | [`brent_minimum`], [`brent_root`] | `optimize`, `uniroot` |
//! | derivatives by differences | [`numerical_gradient`], [`numerical_hessian`] | `numDeriv` |
//!
//! How: `docs/methods/numerics.md`.

mod bfgs;
mod brent;
mod differences;
mod newton;
mod trust_region;

pub use bfgs::Bfgs;
pub use brent::{brent_minimum, brent_root};
pub use differences::{numerical_gradient, numerical_hessian};
pub use newton::{Evaluation, Maximum, Newton};
pub use trust_region::{Curvature, TrustRegion};

/// Where a minimisation ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Minimum {
    /// The place.
    pub point: Vec<f64>,
    /// The function there.
    pub value: f64,
    /// The gradient there.
    pub gradient: Vec<f64>,
    /// How many steps were made.
    pub iterations: usize,
}
