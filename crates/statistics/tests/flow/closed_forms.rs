//! Against formulas that don't come from this crate.

use super::*;
use statistics::flow::Stationary;
use statistics::special::ln_gamma;

/// Five states as in a chain of care: an entry state, a long stay, a step down, home, and back.
/// Every kind of law is there.
fn network() -> Result<FlowModel, NotEstimable> {
    let stay = TimeLaw::gamma(2.0, 0.01)?;
    let long = TimeLaw::log_normal(5.5, 0.8)?;
    FlowModel::new(5)?
        .with_transition(0, to(1), stay.clone().times(0.6)?)?
        .with_transition(0, to(2), stay.times(0.4)?)?
        .with_transition(1, to(2), long)?
        .with_transition(1, to(3), TimeLaw::exponential(0.0005)?)?
        .with_transition(2, to(3), TimeLaw::weibull(1.5, 120.0)?)?
        .with_transition(2, to(4), TimeLaw::piecewise(&[50.0], &[0.0, 0.002])?)?
        .with_transition(
            3,
            to(0),
            TimeLaw::steps(&[90.0, 180.0], &[0.1, 0.2], 0.0002)?,
        )?
        .with_transition(3, OUT, TimeLaw::exponential(0.001)?)?
        .with_transition(4, OUT, TimeLaw::observed(&[20.0, 40.0, 60.0, 60.0])?)?
        .with_arrivals(0, &[(0.0, 0.15)])?
        .with_arrivals(1, &[(0.0, 0.05)])
}

#[test]
fn the_long_run_is_the_closed_form_of_the_same_system() -> Tested {
    let model = network()?;
    let long_run = Stationary::of(&model, &Scenario::default())?;
    let simulation = simulate(model, &[7000.0, 8000.0], 500)?;
    let occupancy = simulation.summaries(Measure::Occupancy);
    let inflow = simulation.summaries(Measure::Inflow);
    let outflow = simulation.summaries(Measure::Outflow);
    for state in 0..5 {
        within_error(occupancy[state][1], long_run.occupancy[state]);
        within_error(inflow[state][1], 1000.0 * long_run.inflow[state]);
        within_error(outflow[state][1], 1000.0 * long_run.inflow[state]);
    }
    // Infinite servers: the number in a state is Poisson, so its variance is its mean.
    let Summary {
        mean,
        std_err,
        chains,
        ..
    } = known(occupancy[2][1]);
    let variance = std_err * std_err * chains as f64;
    assert!((variance / mean - 1.0).abs() < 0.35, "{variance} {mean}");
    Ok(())
}

#[test]
fn mean_stays_are_those_of_the_textbook() -> Tested {
    let gamma = |x: f64| ln_gamma(x).exp();
    let laws = [
        (TimeLaw::exponential(0.02)?, 50.0),
        (TimeLaw::weibull(0.6, 80.0)?, 80.0 * gamma(1.0 + 1.0 / 0.6)),
        (TimeLaw::weibull(3.0, 80.0)?, 80.0 * gamma(1.0 + 1.0 / 3.0)),
        (
            TimeLaw::log_normal(4.0, 1.5)?,
            (4.0 + 1.5 * 1.5 / 2.0f64).exp(),
        ),
        (TimeLaw::gamma(0.3, 0.01)?, 30.0),
        (TimeLaw::gamma(7.0, 0.01)?, 700.0),
        // (1 − e^−1)/0.1 before 10, and e^−1/0.2 after.
        (
            TimeLaw::piecewise(&[10.0], &[0.1, 0.2])?,
            10.0 * (1.0 - (-1f64).exp()) + 5.0 * (-1f64).exp(),
        ),
        (TimeLaw::observed(&[3.0, 5.0, 5.0, 11.0])?, 6.0),
        // All until 4, e^−1 from then on at a rate of 0.5.
        (
            TimeLaw::steps(&[4.0], &[1.0], 0.5)?,
            4.0 + (-1f64).exp() / 0.5,
        ),
    ];
    for (law, mean) in laws {
        let model = FlowModel::new(1)?
            .with_transition(0, OUT, law)?
            .with_arrivals(0, &[(0.0, 3.0)])?;
        let long_run = Stationary::of(&model, &Scenario::default())?;
        close(long_run.mean_stay[0], mean);
        close(long_run.occupancy[0], 3.0 * mean);
    }
    Ok(())
}

#[test]
fn competing_transitions_share_as_their_hazards() -> Tested {
    // Weibulls of one shape have proportional hazards: 1/100² to 2/100² is 1 to 2.
    let model = FlowModel::new(3)?
        .with_transition(0, to(1), TimeLaw::weibull(2.0, 100.0)?)?
        .with_transition(0, to(2), TimeLaw::weibull(2.0, 100.0 / 2f64.sqrt())?)?
        .with_transition(1, OUT, exactly(1.0)?)?
        .with_transition(2, OUT, exactly(1.0)?)?;
    let long_run = Stationary::of(&model, &Scenario::default())?;
    close(long_run.next[(0, 1)], 1.0 / 3.0);
    close(long_run.next[(0, 2)], 2.0 / 3.0);
    Ok(())
}

#[test]
fn jumps_at_one_time_share_in_closed_form_and_simulated() -> Tested {
    // Both jump at 10, by 0.3 and 0.9; those left, e^−1.2, go to 2 later.
    let model = FlowModel::new(3)?
        .with_transition(0, to(1), TimeLaw::steps(&[10.0], &[0.3], 0.0)?)?
        .with_transition(0, to(2), TimeLaw::steps(&[10.0, 20.0], &[0.9, 50.0], 0.0)?)?
        .with_transition(1, OUT, exactly(1.0)?)?
        .with_transition(2, OUT, exactly(1.0)?)?
        .with_arrivals(0, &[(0.0, 1.0)])?;
    let share = 0.25 * (1.0 - (-1.2f64).exp());
    let long_run = Stationary::of(&model, &Scenario::default())?;
    close(long_run.next[(0, 1)], share);
    close(long_run.next[(0, 2)], 1.0 - share);
    close(long_run.mean_stay[0], 10.0 + 10.0 * (-1.2f64).exp());
    let simulation = simulate(model, &[100.0, 200.0], 2000)?;
    within_error(simulation.summaries(Measure::Inflow)[1][1], 100.0 * share);
    Ok(())
}

#[test]
fn an_empty_house_fills_as_the_infinite_server_queue_says() -> Tested {
    // E N(t) = λ ∫₀ᵗ S(u) du; Weibull with shape 2: scale · √π/2 · erf(t/scale).
    let (rate, scale) = (0.5, 100.0);
    let model = FlowModel::new(1)?
        .with_transition(0, OUT, TimeLaw::weibull(2.0, scale)?)?
        .with_arrivals(0, &[(0.0, rate)])?;
    let grid = [20.0, 60.0, 100.0, 200.0, 400.0];
    let simulation = simulate(model, &grid, 4000)?;
    let occupancy = &simulation.summaries(Measure::Occupancy)[0];
    for (summary, time) in occupancy.iter().zip(grid) {
        let erf = statistics::special::erf(time / scale);
        let mean = rate * scale * std::f64::consts::PI.sqrt() / 2.0 * erf;
        within_error(*summary, mean);
        // Poisson.
        let Summary {
            mean: found,
            std_err,
            ..
        } = known(*summary);
        assert!((std_err * std_err * 4000.0 / found - 1.0).abs() < 0.15);
    }
    Ok(())
}

/// Erlang's C: the probability that all of c servers are busy, for an offered load a.
fn erlang_c(servers: u32, load: f64) -> f64 {
    let term = |k: u32| (f64::from(k) * load.ln() - ln_gamma(f64::from(k) + 1.0)).exp();
    let full = term(servers) * f64::from(servers) / (f64::from(servers) - load);
    full / ((0..servers).map(term).sum::<f64>() + full)
}

#[test]
fn queue_and_waits_are_those_of_erlang() -> Tested {
    // Five places, four wanted on average: a wait of C/(c μ − λ).
    let (servers, arrivals, service) = (5, 4.0, 1.0);
    let model = FlowModel::new(1)?
        .with_transition(0, OUT, TimeLaw::exponential(service)?)?
        .with_arrivals(0, &[(0.0, arrivals)])?
        .with_places(0, servers)?;
    let simulation = simulate(model, &[100.0, 300.0], 1500)?;
    let wait = erlang_c(servers, arrivals / service) / (f64::from(servers) * service - arrivals);
    let of = |measure| simulation.summaries(measure)[0][1];
    within_error(of(Measure::Occupancy), arrivals / service);
    // Little's law for the line, and the waits themselves (a ratio: its mean over chains is
    // biased by much less than the error).
    within_error(of(Measure::Queue), arrivals * wait);
    within_error(of(Measure::Wait), wait);
    within_error(of(Measure::Inflow), 200.0 * arrivals);
    Ok(())
}

#[test]
fn who_is_there_already_leaves_by_what_is_left_of_the_law() -> Tested {
    // Weibull of shape 2 and scale 100, after 80: P(still there 40 later) = e^{0.64 − 1.44}.
    let present = statistics::flow::Present {
        state: 0,
        elapsed: 80.0,
    };
    let model = FlowModel::new(1)?
        .with_transition(0, OUT, TimeLaw::weibull(2.0, 100.0)?)?
        .with_present(&[present; 100])?;
    let simulation = simulate(model, &[40.0], 2000)?;
    let left = simulation.summaries(Measure::Occupancy)[0][0];
    within_error(left, 100.0 * (-0.8f64).exp());
    Ok(())
}
