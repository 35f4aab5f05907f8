//! Scenarios, draws of the model, seeds and threads.

use super::*;
use statistics::flow::{Lever, PiecewiseEvidence, Present, Stationary};
use statistics::imputation::Draws;

fn options(grid: &[f64], chains: usize) -> SimulationOptions<'_> {
    SimulationOptions {
        grid,
        chains,
        seed: 5,
    }
}

/// Stays of about 100 days, with a return for a third.
fn house() -> Result<FlowModel, NotEstimable> {
    FlowModel::new(2)?
        .with_transition(0, to(1), TimeLaw::weibull(1.4, 110.0)?)?
        .with_transition(1, to(0), TimeLaw::exponential(0.001)?)?
        .with_transition(1, OUT, TimeLaw::exponential(0.002)?)?
        .with_arrivals(0, &[(0.0, 0.3)])
}

#[test]
fn a_delay_stretches_what_is_left_of_a_stay() -> Tested {
    // Ten days each; from 4 on twice as slow: six are left and take twelve.
    let model = FlowModel::new(1)?
        .with_transition(0, OUT, exactly(10.0)?)?
        .with_present(&[Present {
            state: 0,
            elapsed: 0.0,
        }])?;
    let scenario = Scenario::default().with(Lever::Delay { from: 0, to: OUT }, 4.0, 2.0)?;
    let simulation = Simulation::run(&[model], &scenario, options(&[15.9, 16.0], 1))?;
    assert_eq!(means(&simulation, Measure::Occupancy, 0), [1.0, 0.0]);
    Ok(())
}

#[test]
fn each_lever_moves_the_long_run_as_the_closed_form_says() -> Tested {
    let model = house()?;
    let levers = [
        (Lever::Arrivals { state: 0 }, 1.5),
        (Lever::Hazard { from: 1, to: to(0) }, 0.5),
        (Lever::Hazard { from: 0, to: to(1) }, 2.0),
        (Lever::Delay { from: 0, to: to(1) }, 0.7),
    ];
    let before = Stationary::of(&model, &Scenario::default())?;
    for (lever, factor) in levers {
        let scenario = Scenario::default().with(lever, 500.0, factor)?;
        let after = Stationary::of(&model, &scenario)?;
        assert!((after.occupancy[0] / before.occupancy[0] - 1.0).abs() > 0.1);
        let grid = [6000.0];
        let simulation =
            Simulation::run(std::slice::from_ref(&model), &scenario, options(&grid, 500))?;
        for state in 0..2 {
            let summary = simulation.summaries(Measure::Occupancy)[state][0];
            within_error(summary, after.occupancy[state]);
        }
    }
    // (Weibull hazards times two and time over 2^{1/1.4} are one thing.)
    let hazard = Scenario::default().with(levers[2].0, 0.0, 2.0)?;
    let delay = Scenario::default().with(levers[3].0, 0.0, 0.5f64.powf(1.0 / 1.4))?;
    let one = Stationary::of(&model, &hazard)?;
    close(
        Stationary::of(&model, &delay)?.occupancy[0],
        one.occupancy[0],
    );
    Ok(())
}

#[test]
fn nothing_differs_before_a_change() -> Tested {
    let model = [house()?];
    let grid = [300.0, 600.0, 900.0];
    let now = Simulation::run(&model, &Scenario::default(), options(&grid, 400))?;
    let scenario = Scenario::default().with(Lever::Arrivals { state: 0 }, 600.0, 2.0)?;
    let then = Simulation::run(&model, &scenario, options(&grid, 400))?;
    let more = then.minus(&now)?.summaries(Measure::Inflow);
    for summary in &more[0][..2] {
        let summary = known(*summary);
        assert_eq!((summary.lower, summary.upper), (0.0, 0.0));
    }
    // Twice as many in the last 300 days: 90 more, and some who return.
    assert!(known(more[0][2]).mean > 85.0);
    Ok(())
}

#[test]
fn threads_don_t_matter_and_seeds_do() -> Tested {
    let model = [house()?.with_places(0, 30)?];
    let grid = [100.0, 700.0];
    let scenario = Scenario::default().with(Lever::Arrivals { state: 0 }, 50.0, 1.2)?;
    let on = |threads: usize, seed: u64| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
        let pool = pool.build().expect("threads");
        let options = SimulationOptions {
            seed,
            ..options(&grid, 64)
        };
        pool.install(|| Simulation::run(&model, &scenario, options))
    };
    let one = on(1, 5)?;
    assert_eq!(on(3, 5)?, one);
    assert_eq!(
        on(3, 5)?.summaries(Measure::Wait),
        one.summaries(Measure::Wait)
    );
    assert_ne!(on(1, 6)?, one);
    Ok(())
}

#[test]
fn what_is_not_known_of_the_model_is_carried_along() -> Tested {
    // A stay known from 20 exits in 2000 days. With the law fixed the number is Poisson; with
    // draws its variance is the mean plus the variance of λ/hazard.
    let evidence = PiecewiseEvidence::new(&[], &[20.0], &[2000.0])?;
    let arrivals = 0.5;
    let model = |law| {
        FlowModel::new(1)?
            .with_transition(0, OUT, law)?
            .with_arrivals(0, &[(0.0, arrivals)])
    };
    let mut random = Draws::new(3);
    let drawn = (0..2000).map(|_| model(evidence.draw(&mut random)?));
    let drawn: Vec<FlowModel> = drawn.collect::<Result<_, NotEstimable>>()?;
    let grid = [3000.0];
    let unchanged = Scenario::default();
    let with = Simulation::run(&drawn, &unchanged, options(&grid, 4000))?;
    let without = Simulation::run(&[model(evidence.law()?)?], &unchanged, options(&grid, 4000))?;
    let [with, without] = [with, without].map(|run| known(run.summaries(Measure::Occupancy)[0][0]));
    // 1/hazard of a gamma(20.5, 2000): mean 2000/19.5, variance mean²/18.5.
    let mean = arrivals * 2000.0 / 19.5;
    assert!((with.mean - mean).abs() < 5.0 * with.std_err);
    let variance = mean + mean * mean / 18.5;
    let width = |summary: Summary| summary.upper - summary.lower;
    let expected = 2.0 * 1.96 * variance.sqrt();
    assert!((width(with) / expected - 1.0).abs() < 0.12, "{with:?}");
    assert!(width(with) > 1.5 * width(without));
    // Two chains to a draw: the error is that between draws, larger than by chains alone.
    let of_draws = ((mean / 2.0 + mean * mean / 18.5) / 2000.0).sqrt();
    assert!((with.std_err / of_draws - 1.0).abs() < 0.1, "{with:?}");
    Ok(())
}
