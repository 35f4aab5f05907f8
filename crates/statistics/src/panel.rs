//! Panel data on a process that moves between states in continuous time: states are seen at
//! visits, moves between them are not.
//!
//! A homogeneous Markov model with intensities `q_rs(x) = exp(log q_rs + β_rs'x)`; the state is
//! `s` a time t after `r` with probability `P(t) = exp(tQ)`. Formulas: `docs/methods/panel.md`.
//! R: `msm::msm`.
//!
//! ```
//! use statistics::panel::{IntensityModel, Observation, PanelData, PanelLikelihood};
//! # fn main() -> Result<(), statistics::NotEstimable> {
//! // Alive (0) at two visits, dead (1) at the third.
//! let data = PanelData {
//!     time: &[0.0, 1.0, 2.0],
//!     state: &[0, 0, 1],
//!     subject: &[0, 0, 0],
//!     observation: &[Observation::Snapshot; 3],
//!     ..PanelData::default()
//! };
//! let model = IntensityModel::new(2, &[(0, 1)], 0)?;
//! let likelihood = PanelLikelihood::new(model, &data)?;
//! let fit = likelihood.maximise(&[0.5f64.ln()])?;
//! // One of two intervals ends in death: P(stay) = e^(−q) = 1/2.
//! assert!((fit.parameters[0].exp() - 2f64.ln()).abs() < 1e-7);
//! # Ok(())
//! # }
//! ```

mod fit;
mod likelihood;
mod model;
mod outputs;

pub use fit::PanelFit;
pub use likelihood::{Observation, PanelData, PanelLikelihood};
pub use model::IntensityModel;
pub use outputs::{Estimate, Intensities};
