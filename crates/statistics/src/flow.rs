//! Flows of persons through states, with or without limited places: what if hazards, arrivals or
//! delays were others?
//!
//! An open semi-Markov system: persons arrive from outside, stay in a state for a time with a law
//! of its own, go on to another state or leave. A state may have a number of places; in front of a
//! full one persons wait in the order in which they came, and who is in a state meanwhile keeps the
//! place there (blocking).
//!
//! | task | here | R |
//! |---|---|---|
//! | time until a transition: parametric, piecewise, from a fitted curve, observed | [`TimeLaw`] | `rweibull`, `msm::rpexp`, `mstate::mssample` |
//! | states, transitions, arrivals, places, who is there at the start | [`FlowModel`] | `simmer::trajectory` |
//! | other hazards, arrivals or delays from a time on | [`Scenario`] | `simmer::schedule` |
//! | in the long run, where places never lack: inflow, time in state, occupancy | [`Stationary`] | none |
//! | simulated occupancy, queues, waiting and flows over time | [`Simulation`] | `simmer::run` |
//! | draws of estimates, so that their uncertainty is carried along | [`normal_draws`], [`PiecewiseEvidence`] | `MASS::mvrnorm`, `rgamma` |
//!
//! Formulas: `docs/methods/flow.md`.
//!
//! ```
//! use statistics::flow::{Destination, FlowModel, Measure, Scenario, Simulation, SimulationOptions};
//! use statistics::flow::{Stationary, TimeLaw};
//! # fn main() -> Result<(), statistics::NotEstimable> {
//! // Two come per day and stay for five days: ten are there in the long run (Little's law).
//! let model = FlowModel::new(1)?
//!     .with_transition(0, Destination::Outside, TimeLaw::exponential(0.2)?)?
//!     .with_arrivals(0, &[(0.0, 2.0)])?;
//! let unchanged = Scenario::default();
//! let long_run = Stationary::of(&model, &unchanged)?;
//! assert!((long_run.occupancy[0] - 10.0).abs() < 1e-9);
//!
//! let options = SimulationOptions { grid: &[100.0], chains: 2000, seed: 1 };
//! let simulation = Simulation::run(&[model], &unchanged, options)?;
//! let occupancy = simulation.summaries(Measure::Occupancy)[0][0];
//! let occupancy = occupancy.ok_or(statistics::NotEstimable::NoEvents)?;
//! assert!((occupancy.mean - 10.0).abs() < 5.0 * occupancy.std_err);
//! # Ok(())
//! # }
//! ```

mod agenda;
mod chain;
mod evidence;
mod hazard_table;
mod law;
mod model;
mod plan;
mod quadrature;
mod scenario;
mod simulation;
mod stationary;
mod steps;
mod stream;
mod summary;
mod ziggurat;

pub use evidence::{PiecewiseEvidence, normal_draws};
pub use law::TimeLaw;
pub use model::{Destination, FlowModel, Present, Waiting};
pub use scenario::{Lever, Scenario};
pub use simulation::{Measure, Simulation, SimulationOptions};
pub use stationary::Stationary;
pub use summary::Summary;

use crate::NotEstimable;

/// Fails unless the value is finite and above 0.
fn unless_positive(what: &'static str, value: f64) -> Result<(), NotEstimable> {
    match value.is_finite() && value > 0.0 {
        true => Ok(()),
        false => Err(NotEstimable::Domain { what, value }),
    }
}

/// Fails unless the value is finite and at least 0.
fn unless_nonnegative(what: &'static str, value: f64) -> Result<(), NotEstimable> {
    match value.is_finite() && value >= 0.0 {
        true => Ok(()),
        false => Err(NotEstimable::Domain { what, value }),
    }
}
