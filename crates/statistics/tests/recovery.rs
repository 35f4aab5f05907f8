//! Known truths are found again: invented lives with two competing constant hazards.

use statistics::imputation::Draws;
use statistics::{AalenJohansen, Confidence, FROM_START, FollowUp, KaplanMeier, Transform};

/// Daily probabilities of the two events.
const DAILY: [f64; 2] = [0.002, 0.001];
const HORIZON: i32 = 365;

/// F(t) of the first event with constant daily probabilities.
fn true_incidence() -> f64 {
    let any = DAILY[0] + DAILY[1];
    DAILY[0] / any * (1.0 - (1.0 - any).powi(HORIZON + 1))
}

/// Lives from day 0 on, each event a daily draw; a third enters late, and all are censored at
/// some day. Who is gone before entering is not in the data (left truncation).
fn invent(subjects: usize, draws: &mut Draws) -> (Vec<i32>, Vec<i32>, Vec<u8>) {
    let (mut entry, mut exit, mut event) = (Vec::new(), Vec::new(), Vec::new());
    while exit.len() < subjects {
        let any = DAILY[0] + DAILY[1];
        let day = ((1.0 - draws.uniform()).ln() / (1.0 - any).ln()) as i32;
        let cause = if draws.uniform() < DAILY[0] / any {
            1
        } else {
            2
        };
        let late = draws.uniform() < 1.0 / 3.0;
        let from = if late {
            (draws.uniform() * 200.0) as i32
        } else {
            FROM_START
        };
        let until = from + 1 + (draws.uniform() * 800.0) as i32;
        if day <= from {
            continue;
        }
        entry.push(from);
        exit.push(day.min(until));
        event.push(if day <= until { cause } else { 0 });
    }
    (entry, exit, event)
}

/// Estimate and limits of the first event at the horizon, and the event-free probability.
fn at_horizon(subjects: usize, draws: &mut Draws) -> (f64, f64, f64, f64) {
    let (entry, exit, event) = invent(subjects, draws);
    let rows = FollowUp {
        entry: &entry,
        exit: &exit,
        event: &event,
    };
    let curve = AalenJohansen::estimate(rows, 2, Confidence::p95(Transform::Log))
        .expect("invented rows are sound");
    let day = curve
        .table
        .last_position_until(HORIZON)
        .expect("the horizon is observed");
    let free = KaplanMeier::estimate(&curve.table, Confidence::p95(Transform::LogLog));
    let cause = &curve.causes[0];
    let limits = cause.limits[day];
    (
        cause.incidence[day],
        limits.lower,
        limits.upper,
        free.survival_at(HORIZON),
    )
}

#[test]
fn large_data_give_the_truth() {
    let (incidence, _, _, free) = at_horizon(60_000, &mut Draws::new(1));
    let any = DAILY[0] + DAILY[1];
    assert!((incidence - true_incidence()).abs() < 0.01, "{incidence}");
    assert!(
        (free - (1.0 - any).powi(HORIZON + 1)).abs() < 0.01,
        "{free}"
    );
}

#[test]
fn limits_hold_the_truth_as_often_as_they_should() {
    let mut draws = Draws::new(2);
    let runs = 600;
    let held = (0..runs)
        .filter(|_| {
            let (_, lower, upper, _) = at_horizon(150, &mut draws);
            lower <= true_incidence() && true_incidence() <= upper
        })
        .count();
    let share = held as f64 / f64::from(runs);
    // 95 % give or take four standard errors of a share over 600 runs.
    assert!((0.915..=0.985).contains(&share), "{share}");
}
