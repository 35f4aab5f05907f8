//! Known truths are found again: invented lives with two competing constant hazards.

use statistics::{AalenJohansen, Confidence, FROM_START, FollowUp, KaplanMeier, Transform};

/// SplitMix64 (Steele, Lea and Flood 2014): the same numbers everywhere.
struct Chance(u64);

impl Chance {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

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
fn invent(subjects: usize, chance: &mut Chance) -> (Vec<i32>, Vec<i32>, Vec<u8>) {
    let (mut entry, mut exit, mut event) = (Vec::new(), Vec::new(), Vec::new());
    while exit.len() < subjects {
        let any = DAILY[0] + DAILY[1];
        let day = ((1.0 - chance.uniform()).ln() / (1.0 - any).ln()) as i32;
        let cause = if chance.uniform() < DAILY[0] / any {
            1
        } else {
            2
        };
        let late = chance.uniform() < 1.0 / 3.0;
        let from = if late {
            (chance.uniform() * 200.0) as i32
        } else {
            FROM_START
        };
        let until = from + 1 + (chance.uniform() * 800.0) as i32;
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
fn at_horizon(subjects: usize, chance: &mut Chance) -> (f64, f64, f64, f64) {
    let (entry, exit, event) = invent(subjects, chance);
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
    let (incidence, _, _, free) = at_horizon(60_000, &mut Chance(1));
    let any = DAILY[0] + DAILY[1];
    assert!((incidence - true_incidence()).abs() < 0.01, "{incidence}");
    assert!(
        (free - (1.0 - any).powi(HORIZON + 1)).abs() < 0.01,
        "{free}"
    );
}

#[test]
fn limits_hold_the_truth_as_often_as_they_should() {
    let mut chance = Chance(2);
    let runs = 600;
    let held = (0..runs)
        .filter(|_| {
            let (_, lower, upper, _) = at_horizon(150, &mut chance);
            lower <= true_incidence() && true_incidence() <= upper
        })
        .count();
    let share = held as f64 / f64::from(runs);
    // 95 % give or take four standard errors of a share over 600 runs.
    assert!((0.915..=0.985).contains(&share), "{share}");
}
