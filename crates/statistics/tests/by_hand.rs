//! Small examples worked by hand, steps shown.

use statistics::{
    AalenJohansen, Confidence, Error, FROM_START, FollowUp, KaplanMeier, NelsonAalen, Quantile,
    RiskTable, Transform,
};

const PLAIN: Confidence = Confidence::p95(Transform::Plain);

fn table(rows: &[(i32, i32, u8)], causes: usize) -> Result<RiskTable, Error> {
    with(rows, |rows| RiskTable::count(rows, causes))
}

fn with<T>(rows: &[(i32, i32, u8)], use_rows: impl FnOnce(FollowUp<'_>) -> T) -> T {
    let entry: Vec<i32> = rows.iter().map(|row| row.0).collect();
    let exit: Vec<i32> = rows.iter().map(|row| row.1).collect();
    let event: Vec<u8> = rows.iter().map(|row| row.2).collect();
    use_rows(FollowUp {
        entry: &entry,
        exit: &exit,
        event: &event,
    })
}

fn assert_close(found: f64, expected: f64) {
    assert!(
        (found - expected).abs() < 1e-12,
        "{found} is not {expected}"
    );
}

/// Five followed from the start: events on days 1, 3 and 3, censored on days 2 and 3.
///
/// | day | at risk | events | S |
/// |---|---|---|---|
/// | 1 | 5 | 1 | 4/5 |
/// | 2 | 4 | 0 | 4/5 |
/// | 3 | 3 | 2 | 4/5 · 1/3 = 4/15 |
///
/// The one censored on day 3 is at risk on it: events come first.
const FIVE: [(i32, i32, u8); 5] = [
    (FROM_START, 1, 1),
    (FROM_START, 2, 0),
    (FROM_START, 3, 1),
    (FROM_START, 3, 1),
    (FROM_START, 3, 0),
];

#[test]
fn survival_with_ties() {
    let curve = KaplanMeier::estimate(&table(&FIVE, 1).unwrap(), PLAIN);
    assert_eq!(curve.times, [1, 2, 3]);
    assert_eq!(curve.n_risk, [5, 4, 3]);
    assert_close(curve.survival[0], 4.0 / 5.0);
    assert_close(curve.survival[2], 4.0 / 15.0);
    // Greenwood: 1/(5·4) + 2/(3·1).
    let greenwood: f64 = 1.0 / 20.0 + 2.0 / 3.0;
    assert_close(curve.std_err_log[2].unwrap(), greenwood.sqrt());
    assert_close(curve.std_err(2), greenwood.sqrt() * 4.0 / 15.0);
    assert_eq!(curve.emptied_on, None);
}

#[test]
fn cumulative_hazard() {
    let hazard = NelsonAalen::estimate(&table(&FIVE, 1).unwrap());
    assert_close(hazard.hazard[2], 1.0 / 5.0 + 2.0 / 3.0);
    assert_close(hazard.std_err[2], (1.0_f64 / 25.0 + 2.0 / 9.0).sqrt());
}

/// The area under the curve until day 3 is 1·1 + 2·4/5 = 2.6; of it 2·4/5 lies after day 1.
#[test]
fn restricted_mean() {
    let curve = KaplanMeier::estimate(&table(&FIVE, 1).unwrap(), PLAIN);
    let mean = curve.restricted_mean(3).unwrap();
    assert_close(mean.mean, 2.6);
    assert_close(mean.std_err, (1.6_f64 * 1.6 / 20.0).sqrt());
    assert_eq!(
        curve.restricted_mean(4),
        Err(Error::BeyondFollowUp { until: 4, last: 3 })
    );
}

/// Censoring is the event; on day 3 the two events leave before the censoring, so one of one
/// is censored. Day 1: no censoring. Day 2: 1 of 4. Day 3: 1 of 1.
#[test]
fn reverse_curve_lets_events_leave_first() {
    let curve = KaplanMeier::reverse(&table(&FIVE, 1).unwrap(), PLAIN);
    assert_eq!(curve.n_risk, [4, 4, 1]);
    assert_close(curve.survival[1], 3.0 / 4.0);
    assert_close(curve.survival[2], 0.0);
}

/// A second subject comes in after day 2, so on day 2 only one is at risk:
/// S(2) = 0/1. The curve is at 0 while somebody is still at risk: it says nothing any more.
#[test]
fn an_empty_risk_set_is_reported() {
    let curve = KaplanMeier::estimate(&table(&[(FROM_START, 2, 1), (2, 5, 1)], 1).unwrap(), PLAIN);
    assert_eq!(curve.n_risk, [1, 1]);
    assert_eq!(curve.survival, [0.0, 0.0]);
    assert_eq!(curve.emptied_on, Some(2));
    assert_eq!(curve.limits, [None, None]);
}

/// Four subjects; cause 1 on day 1, cause 2 on day 2, censored on day 2, cause 1 on day 4.
///
/// | day | at risk | S before | step of cause 1 | step of cause 2 |
/// |---|---|---|---|---|
/// | 1 | 4 | 1 | 1/4 | |
/// | 2 | 3 | 3/4 | | 3/4 · 1/3 = 1/4 |
/// | 4 | 1 | 1/2 | 1/2 · 1/1 = 1/2 | |
#[test]
fn competing_events() {
    let rows = [
        (FROM_START, 1, 1),
        (FROM_START, 2, 2),
        (FROM_START, 2, 0),
        (FROM_START, 4, 1),
    ];
    let curve = with(&rows, |rows| AalenJohansen::estimate(rows, 2, PLAIN)).unwrap();
    assert_eq!(curve.event_free, [0.75, 0.5, 0.0]);
    assert_eq!(curve.causes[0].incidence, [0.25, 0.25, 0.75]);
    assert_eq!(curve.causes[1].incidence, [0.0, 0.25, 0.25]);
    // Day 1 is a proportion: √(¼ · ¾ / 4).
    assert_close(curve.causes[0].std_err[0], (0.25_f64 * 0.75 / 4.0).sqrt());
    // Day 2, cause 2. Influences on S(1) = 3/4: −3/16 for the first (−1/4 + 1/16), +1/16 for the
    // others. On the cause: influence · 1/3 + 3/4 · (own event − 1/3)/3, so −1/16 for the first,
    // 1/48 + 1/6 for the second, 1/48 − 1/12 for the third and fourth.
    let influences: [f64; 4] = [
        -1.0 / 16.0,
        1.0 / 48.0 + 1.0 / 6.0,
        1.0 / 48.0 - 1.0 / 12.0,
        1.0 / 48.0 - 1.0 / 12.0,
    ];
    let variance: f64 = influences
        .iter()
        .map(|influence| influence * influence)
        .sum();
    assert_close(curve.causes[1].std_err[1], variance.sqrt());
}

/// S is exactly 1/2 from day 2 until the step on day 6: the median is the midpoint, day 4.
#[test]
fn a_median_on_a_flat_stretch_is_its_midpoint() {
    let rows = [
        (FROM_START, 1, 1),
        (FROM_START, 2, 1),
        (FROM_START, 6, 1),
        (FROM_START, 7, 1),
    ];
    let curve = KaplanMeier::estimate(&table(&rows, 1).unwrap(), PLAIN);
    let Quantile::At { days, .. } = curve.quantile(0.5) else {
        panic!("the median is reached");
    };
    assert_close(days, 4.0);
}

#[test]
fn a_median_that_is_not_reached_is_no_number() {
    let rows = [(FROM_START, 1, 1), (FROM_START, 9, 0), (FROM_START, 9, 0)];
    let curve = KaplanMeier::estimate(&table(&rows, 1).unwrap(), PLAIN);
    assert_eq!(curve.quantile(0.5), Quantile::NotReached);
}

/// On the scale itself: p ± 1.96·se, cut at 0 and 1. With se 0 the interval is the point.
#[test]
fn plain_limits() {
    let limits = PLAIN.limits(0.5, 0.1);
    assert_close(limits.lower, 0.5 - 0.195_996_398_454_005_4);
    assert_close(limits.upper, 0.5 + 0.195_996_398_454_005_4);
    assert_eq!(PLAIN.limits(0.95, 0.1).upper, 1.0);
    let point = Confidence::p95(Transform::LogLog).limits(1.0, 0.0);
    assert_eq!((point.lower, point.upper), (1.0, 1.0));
}

#[test]
fn numbers_at_risk_are_exact_on_any_day() {
    let table = table(&[(FROM_START, 10, 1), (3, 8, 0), (5, 12, 0)], 1).unwrap();
    let at: Vec<u64> = [0, 3, 4, 6, 8, 9, 11, 13]
        .map(|day| table.at_risk_on(day))
        .to_vec();
    assert_eq!(at, [1, 1, 2, 3, 3, 2, 1, 0]);
}

#[test]
fn rows_that_make_no_sense_are_refused() {
    assert_eq!(table(&[], 1), Err(Error::Empty));
    assert_eq!(
        table(&[(2, 2, 1)], 1),
        Err(Error::ExitNotAfterEntry { row: 0 })
    );
    assert_eq!(table(&[(-2, 2, 1)], 1), Err(Error::NegativeTime { row: 0 }));
    assert_eq!(
        table(&[(FROM_START, 1, 0), (FROM_START, 2, 3)], 2),
        Err(Error::UnknownCause {
            row: 1,
            code: 3,
            causes: 2
        })
    );
    let unequal = FollowUp {
        entry: &[0],
        exit: &[1, 2],
        event: &[0],
    };
    assert_eq!(RiskTable::count(unequal, 1), Err(Error::UnequalLengths));
}
