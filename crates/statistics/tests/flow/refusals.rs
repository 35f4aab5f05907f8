//! What cannot be simulated is named.

use super::*;
use statistics::flow::{Lever, PiecewiseEvidence, Present, Stationary, Waiting, normal_draws};
use statistics::matrix::Matrix;

fn domain(what: &'static str, value: f64) -> NotEstimable {
    NotEstimable::Domain { what, value }
}

fn no_way_out(state: usize, elapsed: f64) -> NotEstimable {
    NotEstimable::NoWayOut { state, elapsed }
}

fn refusal<T>(result: Result<T, NotEstimable>) -> NotEstimable {
    result.err().expect("refused")
}

#[test]
fn laws_that_are_none() {
    let hazard = |value| domain("a hazard", value);
    assert_eq!(refusal(TimeLaw::exponential(-0.1)), hazard(-0.1));
    assert_eq!(
        refusal(TimeLaw::piecewise(&[1.0], &[0.1, -0.2])),
        hazard(-0.2)
    );
    assert!(TimeLaw::exponential(f64::NAN).is_err());
    assert!(TimeLaw::weibull(0.0, 1.0).is_err());
    assert!(TimeLaw::log_normal(f64::INFINITY, 1.0).is_err());
    assert!(TimeLaw::gamma(1.0, -1.0).is_err());
    assert!(TimeLaw::piecewise(&[2.0, 1.0], &[0.1; 3]).is_err());
    assert!(TimeLaw::piecewise(&[2.0], &[0.1]).is_err());
    let jump = TimeLaw::steps(&[1.0, 2.0], &[0.1, -0.1], 0.0);
    assert_eq!(refusal(jump), domain("a jump of a hazard", -0.1));
    assert!(TimeLaw::steps(&[], &[], 1.0).is_err());
    let observed = TimeLaw::observed(&[3.0, 0.0]);
    assert_eq!(refusal(observed), domain("a time since entry", 0.0));
    assert!(TimeLaw::observed(&[f64::NAN]).is_err());
    assert!(TimeLaw::observed(&[]).is_err());
}

#[test]
fn states_without_a_way_out() -> Tested {
    let none = FlowModel::new(1)?;
    assert_eq!(refusal(simulate(none, &[1.0], 1)), no_way_out(0, 0.0));
    // A fitted hazard that ends while two thirds are still there.
    let ends = TimeLaw::steps(&[5.0], &[0.4], 0.0)?;
    let model = FlowModel::new(1)?.with_transition(0, OUT, ends)?;
    let unchanged = Scenario::default();
    assert_eq!(
        refusal(Stationary::of(&model, &unchanged)),
        no_way_out(0, 0.0)
    );
    // Somebody who has been there for longer than anybody was observed.
    let model = FlowModel::new(1)?
        .with_transition(0, OUT, exactly(10.0)?)?
        .with_present(&[Present {
            state: 0,
            elapsed: 11.0,
        }])?;
    assert_eq!(refusal(simulate(model, &[1.0], 1)), no_way_out(0, 11.0));
    Ok(())
}

#[test]
fn states_that_nobody_leaves_for_good_have_no_long_run() -> Tested {
    let model = FlowModel::new(2)?
        .with_transition(0, to(1), TimeLaw::weibull(1.3, 1.0)?)?
        .with_transition(1, to(0), TimeLaw::gamma(0.3, 1.0)?)?
        .with_arrivals(0, &[(0.0, 1.0)])?;
    let refused = refusal(Stationary::of(&model, &Scenario::default()));
    assert!(matches!(refused, NotEstimable::NotDefined { .. }));
    // Returning for certain once nobody leaves any more is one as well.
    let closed = Scenario::default().with(Lever::Hazard { from: 1, to: to(0) }, 0.0, 0.0)?;
    let refused = refusal(Stationary::of(&model, &closed));
    assert_eq!(refused, no_way_out(1, 0.0));
    Ok(())
}

#[test]
fn models_that_are_none() -> Tested {
    let law = || TimeLaw::exponential(1.0);
    let model = || FlowModel::new(2);
    assert!(FlowModel::new(0).is_err());
    assert!(FlowModel::new(70_000).is_err());
    assert!(model()?.with_transition(0, to(2), law()?).is_err());
    assert!(model()?.with_transition(2, OUT, law()?).is_err());
    assert!(model()?.with_transition(1, to(1), law()?).is_err());
    let once = model()?.with_transition(0, OUT, law()?)?;
    assert!(once.with_transition(0, OUT, law()?).is_err());
    assert!(model()?.with_arrivals(0, &[]).is_err());
    assert!(model()?.with_arrivals(0, &[(1.0, 1.0)]).is_err());
    assert!(model()?.with_arrivals(0, &[(0.0, -1.0)]).is_err());
    assert!(
        model()?
            .with_arrivals(0, &[(0.0, 1.0), (0.0, 2.0)])
            .is_err()
    );
    assert!(model()?.with_arrivals(2, &[(0.0, 1.0)]).is_err());
    assert!(model()?.with_places(0, 0).is_err());
    let present = |state, elapsed| Present { state, elapsed };
    assert!(model()?.with_present(&[present(2, 0.0)]).is_err());
    assert!(model()?.with_present(&[present(0, -1.0)]).is_err());
    let waiting = |state, waited| Waiting { state, waited };
    assert!(model()?.with_waiting(&[waiting(0, f64::NAN)]).is_err());
    assert!(model()?.with_waiting(&[waiting(9, 0.0)]).is_err());
    Ok(())
}

#[test]
fn runs_that_are_none() -> Tested {
    let model = || FlowModel::new(1)?.with_transition(0, OUT, TimeLaw::exponential(1.0)?);
    let run = |grid: &[f64], chains| simulate(model()?, grid, chains);
    assert!(run(&[], 1).is_err());
    assert!(run(&[2.0, 1.0], 1).is_err());
    assert!(run(&[-1.0], 1).is_err());
    assert_eq!(refusal(run(&[1.0], 0)), domain("the number of chains", 0.0));
    let options = SimulationOptions {
        grid: &[1.0],
        chains: 3,
        seed: 1,
    };
    let unchanged = Scenario::default();
    assert!(Simulation::run(&[], &unchanged, options).is_err());
    let two = [model()?, model()?];
    assert!(Simulation::run(&two, &unchanged, options).is_err());
    let (one, other) = (run(&[1.0], 1)?, run(&[1.0], 2)?);
    assert!(one.minus(&other).is_err());
    // A scenario for a transition that is not there.
    let scenario = Scenario::default().with(Lever::Delay { from: 0, to: to(1) }, 0.0, 2.0)?;
    assert!(Simulation::run(&[model()?], &scenario, options).is_err());
    let lever = Lever::Arrivals { state: 0 };
    let scenario = Scenario::default().with(lever, 1.0, 2.0)?;
    assert!(scenario.clone().with(lever, 1.0, 3.0).is_err());
    assert!(scenario.with(lever, 2.0, -1.0).is_err());
    Ok(())
}

#[test]
fn evidence_that_is_none() {
    assert!(PiecewiseEvidence::new(&[1.0], &[1.0], &[1.0, 1.0]).is_err());
    assert!(PiecewiseEvidence::new(&[], &[-1.0], &[1.0]).is_err());
    assert!(PiecewiseEvidence::new(&[], &[1.0], &[0.0]).is_err());
    let negative = Matrix::from_rows(&[[1.0, 0.0], [0.0, -1.0]]);
    assert!(normal_draws(&[0.0, 0.0], &negative, 1, 1).is_err());
    assert!(normal_draws(&[0.0], &negative, 1, 1).is_err());
}
