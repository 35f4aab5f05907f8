//! Flows through states: simulations against closed forms, and against courses worked by hand.

mod by_hand;
mod closed_forms;
mod refusals;
mod scenarios;

use statistics::NotEstimable;
use statistics::flow::{
    Destination, FlowModel, Measure, Scenario, Simulation, SimulationOptions, Summary, TimeLaw,
};

type Tested = Result<(), NotEstimable>;

const OUT: Destination = Destination::Outside;

fn to(state: usize) -> Destination {
    Destination::State(state)
}

/// One who stays in a state for exactly so long.
fn exactly(time: f64) -> Result<TimeLaw, NotEstimable> {
    TimeLaw::observed(&[time])
}

/// Simulates without a scenario.
fn simulate(model: FlowModel, grid: &[f64], chains: usize) -> Result<Simulation, NotEstimable> {
    let options = SimulationOptions {
        grid,
        chains,
        seed: 20,
    };
    Simulation::run(&[model], &Scenario::default(), options)
}

/// What must have a value.
fn known(summary: Option<Summary>) -> Summary {
    summary.expect("a chain has a value")
}

/// Means of a measure in a state over the grid; −1 where there is none.
fn means(simulation: &Simulation, measure: Measure, state: usize) -> Vec<f64> {
    let summaries = &simulation.summaries(measure)[state];
    let mean = |summary: &Option<Summary>| summary.map_or(-1.0, |summary| summary.mean);
    summaries.iter().map(mean).collect()
}

/// Fails where a mean is more than five Monte Carlo errors from what it should be.
#[track_caller]
fn within_error(summary: Option<Summary>, expected: f64) {
    let Summary { mean, std_err, .. } = known(summary);
    let distance = (mean - expected).abs();
    assert!(
        distance < 5.0 * std_err && std_err > 0.0,
        "{mean} ± {std_err} is not {expected}"
    );
}

#[track_caller]
fn close(value: f64, expected: f64) {
    assert!(
        (value - expected).abs() < 1e-8 * expected.abs().max(1.0),
        "{value} is not {expected}"
    );
}
