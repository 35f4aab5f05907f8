//! Generalised linear models.
//!
//! | question | here | R |
//! |---|---|---|
//! | coefficients, covariance, deviance, AIC | [`Glm::fit`] | `glm` |
//! | covariance that holds under misspecification or within clusters | [`Glm::sandwich`] | `sandwich::sandwich`, `vcovCL` |
//! | predictions with errors | [`Glm::predict`] | `predict(se.fit = TRUE)` |
//! | residuals | [`Glm::residuals`] | `residuals` |
//! | distributions and links | [`Family`], [`Link`] | `binomial`, `poisson`, `gaussian`, `Gamma` |
//!
//! Formulas: `docs/methods/glm.md`.

mod family;
mod fit;
mod rows;

pub use family::{Family, Link};
pub use fit::{Glm, GlmData};
pub use rows::{GlmPrediction, GlmResidual};
