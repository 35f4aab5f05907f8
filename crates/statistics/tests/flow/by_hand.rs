//! Courses without chance, followed with paper and pencil.

use super::*;
use statistics::flow::{Present, Waiting};

fn present(state: usize, elapsed: f64) -> Present {
    Present { state, elapsed }
}

#[test]
fn a_line_in_front_of_one_place() -> Tested {
    // One there since 2, of 10: leaves at 8. Two wait, for 5 and 3 days: they enter at 8 and 18,
    // after waits of 13 and 21.
    let waiting = [3.0, 5.0].map(|waited| Waiting { state: 0, waited });
    let model = FlowModel::new(1)?
        .with_transition(0, OUT, exactly(10.0)?)?
        .with_places(0, 1)?
        .with_present(&[present(0, 2.0)])?
        .with_waiting(&waiting)?;
    let simulation = simulate(model, &[0.0, 7.0, 8.0, 17.0, 18.0, 28.0], 1)?;
    let of = |measure| means(&simulation, measure, 0);
    assert_eq!(of(Measure::Occupancy), [1.0, 1.0, 1.0, 1.0, 1.0, 0.0]);
    assert_eq!(of(Measure::Queue), [2.0, 2.0, 1.0, 1.0, 0.0, 0.0]);
    assert_eq!(of(Measure::Inflow), [0.0, 0.0, 1.0, 0.0, 1.0, 0.0]);
    assert_eq!(of(Measure::Outflow), [0.0, 0.0, 1.0, 0.0, 1.0, 1.0]);
    assert_eq!(of(Measure::Wait), [-1.0, -1.0, 13.0, -1.0, 21.0, -1.0]);
    Ok(())
}

#[test]
fn who_is_ready_keeps_the_place_until_there_is_another() -> Tested {
    // State 1 has one place, taken until 20. The first of state 0 is ready at 5 and waits for it;
    // the one who waits for state 0 can come only at 20, too.
    let model = FlowModel::new(2)?
        .with_transition(0, to(1), exactly(10.0)?)?
        .with_transition(1, OUT, exactly(30.0)?)?
        .with_places(0, 1)?
        .with_places(1, 1)?
        .with_present(&[present(0, 5.0), present(1, 10.0)])?
        .with_waiting(&[Waiting {
            state: 0,
            waited: 0.0,
        }])?;
    let simulation = simulate(model, &[4.0, 5.0, 19.0, 20.0, 30.0, 50.0], 1)?;
    let of = |measure, state| means(&simulation, measure, state);
    assert_eq!(of(Measure::Occupancy, 0), [1.0, 1.0, 1.0, 1.0, 1.0, 0.0]);
    assert_eq!(of(Measure::Blocked, 0), [0.0, 1.0, 1.0, 0.0, 1.0, 0.0]);
    assert_eq!(of(Measure::Queue, 0), [1.0, 1.0, 1.0, 0.0, 0.0, 0.0]);
    assert_eq!(of(Measure::Queue, 1), [0.0, 1.0, 1.0, 0.0, 1.0, 0.0]);
    assert_eq!(of(Measure::Wait, 1), [-1.0, -1.0, -1.0, 15.0, -1.0, 20.0]);
    assert_eq!(of(Measure::Wait, 0), [-1.0, -1.0, -1.0, 20.0, -1.0, -1.0]);
    Ok(())
}

#[test]
fn who_wait_for_each_others_places_exchange_them() -> Tested {
    // 0 → 1 → 2 → 0, a place in each, all taken: ready at 10, 20 and 30. Until then nobody can
    // move; at 30 all three do.
    let model = FlowModel::new(3)?
        .with_transition(0, to(1), exactly(100.0)?)?
        .with_transition(1, to(2), exactly(100.0)?)?
        .with_transition(2, to(0), exactly(100.0)?)?
        .with_places(0, 1)?
        .with_places(1, 1)?
        .with_places(2, 1)?
        .with_present(&[present(0, 90.0), present(1, 80.0), present(2, 70.0)])?;
    let simulation = simulate(model, &[10.0, 20.0, 29.0, 30.0, 129.0, 130.0], 1)?;
    let of = |measure, state| means(&simulation, measure, state);
    for state in 0..3 {
        assert_eq!(of(Measure::Occupancy, state), [1.0; 6]);
        // At 130 all are ready at one time, and go on at once.
        let moves = [0.0, 0.0, 0.0, 1.0, 0.0, 1.0];
        assert_eq!(of(Measure::Inflow, state), moves);
        assert_eq!(of(Measure::Outflow, state), moves);
    }
    assert_eq!(of(Measure::Blocked, 0), [1.0, 1.0, 1.0, 0.0, 0.0, 0.0]);
    assert_eq!(of(Measure::Blocked, 1), [0.0, 1.0, 1.0, 0.0, 0.0, 0.0]);
    // The first to be ready waited 20, for state 1; the last not at all.
    assert_eq!(of(Measure::Wait, 1)[3], 20.0);
    assert_eq!(of(Measure::Wait, 2)[3], 10.0);
    assert_eq!(of(Measure::Wait, 0)[3], 0.0);
    Ok(())
}

#[test]
fn more_than_there_are_places_at_the_start_leave_first() -> Tested {
    // Three in two places, who leave at 1, 2 and 3; the one who waits enters at 2.
    let model = FlowModel::new(1)?
        .with_transition(0, OUT, exactly(10.0)?)?
        .with_places(0, 2)?
        .with_present(&[present(0, 9.0), present(0, 8.0), present(0, 7.0)])?
        .with_waiting(&[Waiting {
            state: 0,
            waited: 0.0,
        }])?;
    let simulation = simulate(model, &[0.5, 1.0, 2.0, 3.0, 12.0], 1)?;
    let of = |measure| means(&simulation, measure, 0);
    assert_eq!(of(Measure::Occupancy), [3.0, 2.0, 2.0, 1.0, 0.0]);
    assert_eq!(of(Measure::Queue), [1.0, 1.0, 0.0, 0.0, 0.0]);
    Ok(())
}

#[test]
fn arrivals_follow_their_rate() -> Tested {
    // 2 per day until 10, none until 20, 0.5 after.
    let model = FlowModel::new(1)?
        .with_transition(0, OUT, exactly(1.0)?)?
        .with_arrivals(0, &[(0.0, 2.0), (10.0, 0.0), (20.0, 0.5)])?;
    let simulation = simulate(model, &[10.0, 20.0, 40.0], 3000)?;
    let inflow = &simulation.summaries(Measure::Inflow)[0];
    within_error(inflow[0], 20.0);
    assert_eq!(known(inflow[1]).mean, 0.0);
    within_error(inflow[2], 10.0);
    Ok(())
}

#[test]
fn nobody_is_lost() -> Tested {
    // Inflow − outflow is the change of occupancy, in a crowded network with a circle.
    let model = FlowModel::new(3)?
        .with_transition(0, to(1), TimeLaw::weibull(1.5, 20.0)?)?
        .with_transition(1, to(2), TimeLaw::exponential(0.1)?)?
        .with_transition(1, OUT, TimeLaw::exponential(0.05)?)?
        .with_transition(2, to(0), TimeLaw::exponential(0.2)?)?
        .with_transition(2, OUT, TimeLaw::exponential(0.1)?)?
        .with_arrivals(0, &[(0.0, 0.5)])?
        .with_places(0, 8)?
        .with_places(1, 4)?
        .with_places(2, 2)?;
    let grid: Vec<f64> = (0..40).map(|at| f64::from(at) * 10.0).collect();
    let simulation = simulate(model, &grid, 200)?;
    for (state, places) in [(0, 8.0), (1, 4.0), (2, 2.0)] {
        let of = |measure| means(&simulation, measure, state);
        let (occupancy, inflow, outflow) = (
            of(Measure::Occupancy),
            of(Measure::Inflow),
            of(Measure::Outflow),
        );
        for at in 1..grid.len() {
            let change = occupancy[at] - occupancy[at - 1];
            assert!((inflow[at] - outflow[at] - change).abs() < 1e-9);
        }
        assert!(occupancy[39] > 0.5 && occupancy[39] <= places);
        let most = &simulation.summaries(Measure::Occupancy)[state];
        assert!(most.iter().all(|summary| known(*summary).upper <= places));
    }
    // Crowded it is: some wait, and some block.
    assert!(means(&simulation, Measure::Queue, 0)[39] > 1.0);
    assert!(means(&simulation, Measure::Blocked, 0)[39] > 0.1);
    Ok(())
}
