//! A network of some 150 places, simulated for five years; prints a line of JSON.
//!
//!     cargo run --release -p statistics --example chains -- CHAINS full|empty
//!
//! `empty` starts with nobody in it, as some peers must. `cargo xtask bench chains` holds the
//! time beside theirs, which simulate the same network (`xtask/bench/chains/peers.py`).

use statistics::NotEstimable;
use statistics::flow::{
    Destination, FlowModel, Measure, Present, Scenario, Simulation, SimulationOptions, Stationary,
    Summary, TimeLaw,
};
use std::time::Instant;

/// Places where they are limited.
const PLACES: [(usize, u32); 2] = [(0, 78), (1, 42)];
/// Days of five years, month by month.
const MONTHS: usize = 60;
const MONTH: f64 = 365.25 / 12.0;

fn main() -> Result<(), String> {
    let mut words = std::env::args().skip(1);
    let chains = words.next().and_then(|word| word.parse().ok());
    let chains: usize = chains.ok_or("how many chains?")?;
    let from_empty = words.next().as_deref() == Some("empty");
    report(chains, from_empty).map_err(|reason| reason.to_string())
}

fn report(chains: usize, from_empty: bool) -> Result<(), NotEstimable> {
    let model = match from_empty {
        true => network()?,
        false => filled(network()?)?,
    };
    let grid: Vec<f64> = (1..=MONTHS).map(|month| MONTH * month as f64).collect();
    let options = SimulationOptions {
        grid: &grid,
        chains,
        seed: 1,
    };
    let start = Instant::now();
    let simulation = Simulation::run(&[model], &Scenario::default(), options)?;
    let [occupancy, queue] = [Measure::Occupancy, Measure::Queue].map(|measure| {
        let of_states = simulation.summaries(measure).into_iter();
        let at_end: Vec<Summary> = of_states.filter_map(|of| of[MONTHS - 1]).collect();
        at_end
    });
    let seconds = start.elapsed().as_secs_f64();
    // With those in line from outside and from home; the others are still in a ward.
    let line = |state: usize| if state == 0 { queue[state].mean } else { 0.0 };
    let numbers = occupancy.iter().enumerate();
    let numbers = list(numbers.map(|(state, found)| found.mean + line(state)));
    let errors = list(occupancy.iter().map(|found| found.std_err));
    println!(
        r#"{{"seconds": {seconds}, "chains": {chains}, "occupancy": [{numbers}], "error": [{errors}]}}"#
    );
    Ok(())
}

fn list(values: impl Iterator<Item = f64>) -> String {
    let numbers: Vec<String> = values.map(|value| format!("{value:.5}")).collect();
    numbers.join(", ")
}

/// A closed ward, an open one, assisted living, and home; who is home may come back. 70 come per
/// year. The open ward has no line in front of it: who is ready keeps the place in the closed one.
fn network() -> Result<FlowModel, NotEstimable> {
    let closed = TimeLaw::weibull(1.2, 360.0)?;
    let open = TimeLaw::gamma(2.0, 0.008)?;
    let assisted = TimeLaw::log_normal(5.0, 0.7)?;
    let home = TimeLaw::exponential(0.001)?;
    let to = Destination::State;
    let mut model = FlowModel::new(4)?
        .with_transition(0, to(1), closed.clone().times(0.6)?)?
        .with_transition(0, to(2), closed.clone().times(0.2)?)?
        .with_transition(0, to(3), closed.times(0.2)?)?
        .with_transition(1, to(2), open.clone().times(0.5)?)?
        .with_transition(1, to(3), open.times(0.5)?)?
        .with_transition(2, to(3), assisted)?
        .with_transition(3, to(0), home.clone().times(0.15)?)?
        .with_transition(3, Destination::Outside, home.times(0.85)?)?
        .with_arrivals(0, &[(0.0, 70.0 / 365.25)])?;
    for (state, places) in PLACES {
        model = model.with_places(state, places)?;
    }
    Ok(model)
}

/// With as many in each state as in the long run (or as there are places), at all stages.
fn filled(model: FlowModel) -> Result<FlowModel, NotEstimable> {
    let long_run = Stationary::of(&model, &Scenario::default())?;
    let mut present = Vec::new();
    for state in 0..4 {
        let places = PLACES.iter().find(|(limited, _)| *limited == state);
        let most = places.map_or(f64::INFINITY, |(_, places)| f64::from(*places));
        let number = long_run.occupancy[state].min(most) as usize;
        let stay = long_run.mean_stay[state];
        present.extend((0..number).map(|at| Present {
            state,
            elapsed: stay * at as f64 / number as f64,
        }));
    }
    model.with_present(&present)
}
