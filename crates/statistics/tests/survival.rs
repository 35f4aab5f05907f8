//! Survival curves on real clocks: by hand, against slow plain versions, and by their laws.
#![allow(clippy::unwrap_used, reason = "a test may fail by a panic")]

use proptest::prelude::*;
use statistics::imputation::Draws;
use statistics::matrix::Matrix;
use statistics::survival::{
    AdjustedMeans, CurveOptions, HazardKind, Influence, IntervalCurve, IntervalOptions, LowerLimit,
    MeanModel, Observations, Quantity, RestrictedMeans, SurvivalCurve, SurvivalKind, Variance,
};
use statistics::{NotEstimable, Transform};

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * (1.0 + b.abs()) || a == b
}

fn assert_all_close(a: &[f64], b: &[f64]) {
    assert_eq!(a.len(), b.len());
    for (place, (a, b)) in a.iter().zip(b).enumerate() {
        assert!(close(*a, *b), "{place}: {a} and {b}");
    }
}

fn robust(clusters: Option<&[u32]>) -> CurveOptions<'_> {
    CurveOptions {
        variance: Variance::Robust(clusters),
        ..CurveOptions::default()
    }
}

#[test]
fn by_hand() {
    // Time 1: Y = 5, one event, one censored. Time 2: Y = 3, two events. Time 4: Y = 1.
    let exit = [1.0, 1.0, 2.0, 2.0, 4.0];
    let event = [true, false, true, true, false];
    let rows = Observations::right_censored(&exit, &event);
    let curve = SurvivalCurve::estimate(rows, CurveOptions::default()).unwrap();
    assert_eq!(curve.counts.n_risk, [5.0, 3.0, 1.0]);
    assert_eq!(curve.counts.n_censor, [1.0, 0.0, 1.0]);
    // S: 4/5, 4/5 · 1/3.
    assert_all_close(&curve.survival, &[0.8, 0.8 / 3.0, 0.8 / 3.0]);
    // Greenwood: 1/(5·4), + 2/(3·1).
    let greenwood = [0.05, 0.05 + 2.0 / 3.0];
    assert_all_close(&curve.std_err[..2], &greenwood.map(f64::sqrt));
    // Nelson–Aalen: 1/5, + 2/3; variance 1/25, + 2/9.
    assert_all_close(&curve.hazard[..2], &[0.2, 0.2 + 2.0 / 3.0]);
    assert_all_close(
        &curve.hazard_std_err[..2],
        &[0.2, (0.04_f64 + 2.0 / 9.0).sqrt()],
    );
    // Area to 3: 1 + 0.8 + 0.8/3. Areas from 1: 0.8 + 0.8/3; from 2: 0.8/3.
    let mean = curve.restricted_mean(3.0);
    assert!(close(mean.mean, 1.8 + 0.8 / 3.0));
    let variance = (0.8_f64 + 0.8 / 3.0).powi(2) * 0.05 + (0.8_f64 / 3.0).powi(2) * 2.0 / 3.0;
    assert!(close(mean.std_err, variance.sqrt()));
}

#[test]
fn tied_events_one_after_the_other() {
    // Fleming–Harrington at Y = 3 with two events of weights 1 and 2, mean 1.5, at risk 6:
    // 1.5/6 + 1.5/4.5.
    let rows = Observations {
        exit: &[2.0, 2.0, 3.0],
        event: &[true, true, false],
        weights: Some(&[1.0, 2.0, 3.0]),
        ..Observations::default()
    };
    let options = CurveOptions {
        survival: SurvivalKind::ExpHazard,
        hazard: HazardKind::FlemingHarrington,
        ..CurveOptions::default()
    };
    let curve = SurvivalCurve::estimate(rows, options).unwrap();
    let hazard: f64 = 0.25 + 1.0 / 3.0;
    assert!(close(curve.hazard[0], hazard));
    assert!(close(curve.survival[0], (-hazard).exp()));
    assert!(close(
        curve.std_err[0],
        (1.5_f64 / 36.0 + 1.5 / 20.25).sqrt()
    ));
}

#[test]
fn robust_errors_without_censoring_are_binomial() {
    let exit: Vec<f64> = (0..20).map(|row| f64::from(row % 7)).collect();
    let rows = Observations::right_censored(&exit, &[true; 20]);
    let curve = SurvivalCurve::estimate(rows, robust(None)).unwrap();
    for (survival, error) in curve.survival.iter().zip(&curve.std_err) {
        assert!(close(*error, (survival * (1.0 - survival) / 20.0).sqrt()));
    }
}

#[test]
fn an_emptied_risk_set_is_named() {
    let rows = Observations {
        entry: Some(&[0.0, 5.0]),
        exit: &[3.0, 8.0],
        event: &[true, true],
        ..Observations::default()
    };
    let curve = SurvivalCurve::estimate(rows, CurveOptions::default()).unwrap();
    assert_eq!(curve.emptied_at(), Some(3.0));
    assert_eq!(curve.std_err, [f64::INFINITY; 2]);
    assert_eq!(curve.plain_std_err(1), None);
    let limits = curve.limits(IntervalOptions::default()).unwrap();
    assert_eq!((limits.lower[1], limits.upper[1]), (None, None));
    assert_eq!(curve.hazard, [1.0, 2.0]);
}

#[test]
fn faults_have_names() {
    let estimate = |rows: Observations<'_>| SurvivalCurve::estimate(rows, CurveOptions::default());
    let one = |exit: f64| estimate(Observations::right_censored(&[exit], &[true]));
    assert!(matches!(
        estimate(Observations::default()),
        Err(NotEstimable::Empty { .. })
    ));
    assert!(matches!(one(f64::NAN), Err(NotEstimable::NotFinite { .. })));
    assert!(matches!(
        one(f64::INFINITY),
        Err(NotEstimable::NotFinite { .. })
    ));
    let rows = |entry: [f64; 1], weight: [f64; 1]| {
        let rows = Observations {
            entry: Some(&entry),
            weights: Some(&weight),
            ..Observations::right_censored(&[1.0], &[true])
        };
        SurvivalCurve::estimate(rows, CurveOptions::default())
    };
    assert_eq!(
        rows([1.0], [1.0]),
        Err(NotEstimable::EmptyInterval { row: 0 })
    );
    assert!(matches!(
        rows([0.0], [-1.0]),
        Err(NotEstimable::WeightNotPositive { .. })
    ));
    let nobody = rows([0.0], [0.0]).unwrap();
    assert_eq!((nobody.survival, nobody.hazard), (vec![1.0], vec![0.0]));
    let later = CurveOptions {
        start_time: Some(9.0),
        ..CurveOptions::default()
    };
    let rows = Observations::right_censored(&[1.0], &[true]);
    assert!(matches!(
        SurvivalCurve::estimate(rows, later),
        Err(NotEstimable::Empty { .. })
    ));
    let level = IntervalOptions {
        level: 1.0,
        ..IntervalOptions::default()
    };
    assert!(
        SurvivalCurve::estimate(rows, CurveOptions::default())
            .unwrap()
            .limits(level)
            .is_err()
    );
}

#[test]
fn follow_up_lets_events_leave_first() {
    // At 2 one event and one censoring: for follow-up the event is no longer at risk.
    let rows = Observations::right_censored(&[1.0, 2.0, 2.0, 3.0], &[false, true, false, false]);
    let options = CurveOptions {
        reverse: true,
        ..CurveOptions::default()
    };
    let curve = SurvivalCurve::estimate(rows, options).unwrap();
    assert_eq!(curve.counts.n_risk, [4.0, 2.0, 1.0]);
    assert_eq!(curve.counts.n_event, [1.0, 1.0, 1.0]);
    assert_eq!(curve.counts.n_censor, [0.0, 1.0, 0.0]);
    assert_all_close(&curve.survival, &[0.75, 0.375, 0.0]);
}

#[test]
fn lower_limits_know_how_few_are_left() {
    let rows = Observations::right_censored(&[1.0, 2.0, 3.0, 4.0], &[true, false, false, true]);
    let curve = SurvivalCurve::estimate(rows, CurveOptions::default()).unwrap();
    let lower = |lower| {
        let options = IntervalOptions {
            lower,
            ..IntervalOptions::default()
        };
        curve.limits(options).unwrap().lower
    };
    let z = 1.959_963_984_540_054;
    // At 3 two are at risk; four were at the last event. S = 3/4, variance of log S 1/12.
    let modified = lower(LowerLimit::Modified)[2].unwrap();
    assert!(close(
        modified,
        0.75 * (-z * (1.0_f64 / 12.0 * 4.0 / 2.0).sqrt()).exp()
    ));
    let peto = lower(LowerLimit::Peto)[2].unwrap();
    assert!(close(peto, 0.75 * (-z * (0.25_f64 / 2.0).sqrt()).exp()));
}

#[test]
fn two_arms() {
    let control = Observations::right_censored(&[1.0, 2.0, 3.0, 4.0], &[true; 4]);
    let treated = Observations::right_censored(&[2.0, 4.0, 6.0, 8.0], &[true; 4]);
    let means = RestrictedMeans::of([control, treated], None).unwrap();
    assert_eq!(means.until, 4.0);
    // Without censoring the variance is that of a mean with divisor n: of 1, 2, 3, 4 5/4/4.
    assert!(close(means.arms[0].std_err.powi(2), 1.25 / 4.0));
    let difference = means.difference(0.95).unwrap();
    assert!(close(difference.estimate, 1.0));
    assert!(close(means.ratio(0.95).unwrap().estimate, 3.5 / 2.5));
    assert!(close(means.loss_ratio(0.95).unwrap().estimate, 0.5 / 1.5));
    let censored = Observations::right_censored(&[1.0, 2.0], &[true, false]);
    assert!(RestrictedMeans::of([control, censored], Some(3.0)).is_err());
    assert!(RestrictedMeans::of([control, treated], Some(100.0)).is_ok());
}

#[test]
fn adjusted_means_without_censoring_are_least_squares() {
    let exit = [1.0, 3.0, 2.0, 5.0, 4.0, 9.0];
    let rows = Observations::right_censored(&exit, &[true; 6]);
    let age = [0.5, 1.0, -1.0, 2.0, 0.0, 1.5];
    let arm = [0.0, 0.0, 0.0, 1.0, 1.0, 1.0];
    let x = Matrix::from_columns(&[[1.0; 6], arm, age]);
    let arms = [0, 0, 0, 1, 1, 1];
    let fit = AdjustedMeans::fit(rows, &arms, &x, (MeanModel::Difference, 6.0)).unwrap();
    let y: Vec<f64> = exit.iter().map(|exit| exit.min(6.0)).collect();
    let normal = statistics::matrix::gram(&x, None);
    let plain = statistics::matrix::Cholesky::full_rank(&normal)
        .unwrap()
        .solve(&statistics::matrix::cross(&x, None, &y));
    assert_all_close(&fit.coefficients, &plain);
    // A ratio of two arms alone is the ratio of their means.
    let x = Matrix::from_columns(&[[1.0; 6], arm]);
    let fit = AdjustedMeans::fit(rows, &arms, &x, (MeanModel::Ratio, 6.0)).unwrap();
    assert!(close(fit.coefficients[1].exp(), 5.0 / 2.0));
}

#[test]
fn exact_and_right_censored_intervals_give_kaplan_meier() {
    let exit = [1.0, 1.0, 2.0, 3.0, 3.0, 4.0];
    let event = [true, false, true, true, false, true];
    let upper: Vec<f64> = exit
        .iter()
        .zip(event)
        .map(|(&exit, event)| if event { exit } else { f64::INFINITY })
        .collect();
    let intervals = IntervalCurve::estimate(&exit, &upper, None).unwrap().curve;
    let rows = Observations::right_censored(&exit, &event);
    let curve = SurvivalCurve::estimate(rows, CurveOptions::default()).unwrap();
    assert_eq!(intervals.counts.times, curve.counts.times);
    assert_all_close(&intervals.survival, &curve.survival);
    assert_all_close(&intervals.counts.n_risk, &curve.counts.n_risk);
    let greenwood: Vec<f64> = (0..4)
        .map(|place| curve.plain_std_err(place).unwrap_or(0.0))
        .collect();
    assert_all_close(&intervals.std_err, &greenwood);
}

#[test]
fn intervals_by_hand() {
    // (0, 2] and (1, 3] share (1, 2]; (2, 4] stands alone and meets (1, 3] in (2, 3]:
    // masses a on (1, 2], b on (2, 3]: likelihood a · (a + b) · b, so a = b = 1/2.
    let fit = IntervalCurve::estimate(&[0.0, 1.0, 2.0], &[2.0, 3.0, 4.0], None).unwrap();
    assert_eq!(fit.intervals, [(1.0, 2.0), (2.0, 3.0)]);
    assert_all_close(&fit.masses, &[0.5, 0.5]);
    assert!(close(fit.ln_likelihood, 2.0 * 0.5_f64.ln()));
    assert_eq!(fit.curve.counts.times, [1.5, 2.5]);
    // Before 3 and after 1.
    let inf = f64::INFINITY;
    let fit = IntervalCurve::estimate(&[-inf, 1.0], &[3.0, inf], None).unwrap();
    assert_eq!(fit.intervals, [(1.0, 3.0)]);
    assert!(IntervalCurve::estimate(&[2.0], &[1.0], None).is_err());
    assert!(IntervalCurve::estimate(&[f64::NAN], &[1.0], None).is_err());
    assert!(IntervalCurve::estimate(&[-inf], &[inf], None).is_ok());
}

/// Invented follow-up of some subjects, each in a few rows.
#[derive(Clone, Debug)]
struct Invented {
    entry: Vec<f64>,
    exit: Vec<f64>,
    event: Vec<bool>,
    weights: Vec<f64>,
    clusters: Vec<u32>,
}

impl Invented {
    fn rows(&self) -> Observations<'_> {
        Observations {
            entry: Some(&self.entry),
            exit: &self.exit,
            event: &self.event,
            weights: Some(&self.weights),
            id: None,
        }
    }

    fn ordered(&self, order: &[usize]) -> Self {
        Self {
            entry: order.iter().map(|&row| self.entry[row]).collect(),
            exit: order.iter().map(|&row| self.exit[row]).collect(),
            event: order.iter().map(|&row| self.event[row]).collect(),
            weights: order.iter().map(|&row| self.weights[row]).collect(),
            clusters: order.iter().map(|&row| self.clusters[row]).collect(),
        }
    }
}

fn invented() -> impl Strategy<Value = Invented> {
    let row = (0_u8..8, 1_u8..6, any::<bool>(), 1_u8..7, 0_u32..6);
    proptest::collection::vec(row, 2..25).prop_map(|rows| Invented {
        entry: rows.iter().map(|row| f64::from(row.0) / 2.0).collect(),
        exit: rows
            .iter()
            .map(|row| f64::from(row.0) / 2.0 + f64::from(row.1) / 2.0)
            .collect(),
        event: rows.iter().map(|row| row.2).collect(),
        weights: rows.iter().map(|row| f64::from(row.3) / 4.0).collect(),
        clusters: rows.iter().map(|row| row.4).collect(),
    })
}

/// The estimate at a time as a function of the weights.
fn estimate(data: &Invented, weights: &[f64], quantity: Quantity, time: f64) -> f64 {
    let rows = Observations {
        weights: Some(weights),
        ..data.rows()
    };
    let influence = Influence::of(rows, CurveOptions::default(), quantity, &[time]).unwrap();
    influence.estimates[0]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn influence_is_the_derivative_to_the_weights(data in invented(), time in 1.0_f64..8.0) {
        for quantity in [Quantity::Survival, Quantity::Hazard, Quantity::Area] {
            let options = CurveOptions::default();
            let influence = Influence::of(data.rows(), options, quantity, &[time]).unwrap();
            for row in 0..data.exit.len() {
                let moved = |by: f64| {
                    let mut weights = data.weights.clone();
                    weights[row] += by;
                    estimate(&data, &weights, quantity, time)
                };
                let slope = (moved(1e-5) - moved(-1e-5)) / 2e-5;
                prop_assert!((slope - influence.values[0][row]).abs() < 1e-5 * (1.0 + slope.abs()));
            }
        }
    }

    #[test]
    fn robust_errors_sum_the_influence_of_clusters(data in invented()) {
        let curve = SurvivalCurve::estimate(data.rows(), robust(Some(&data.clusters))).unwrap();
        let times = curve.counts.times.clone();
        for (quantity, errors) in [
            (Quantity::Survival, &curve.std_err),
            (Quantity::Hazard, &curve.hazard_std_err),
        ] {
            let influence = Influence::of(data.rows(), CurveOptions::default(), quantity, &times)
                .unwrap()
                .weighted(&data.weights)
                .collapsed(&data.clusters, 6)
                .unwrap();
            for (slow, fast) in influence.std_errs().iter().zip(errors) {
                prop_assert!((slow - fast).abs() < 1e-7, "{slow} {fast}");
            }
        }
    }

    #[test]
    fn curves_fall_and_keep_within_limits(data in invented()) {
        let curve = SurvivalCurve::estimate(data.rows(), CurveOptions::default()).unwrap();
        prop_assert!(curve.survival.windows(2).all(|pair| pair[0] >= pair[1]));
        prop_assert!(curve.survival.iter().all(|s| (0.0..=1.0).contains(s)));
        prop_assert!(curve.hazard.windows(2).all(|pair| pair[0] <= pair[1]));
        let transforms = [
            Transform::Plain,
            Transform::Log,
            Transform::LogLog,
            Transform::Logit,
            Transform::Arcsin,
        ];
        for transform in transforms {
            let limits = curve.limits(IntervalOptions { transform, ..IntervalOptions::default() }).unwrap();
            for (place, survival) in curve.survival.iter().enumerate() {
                if let (Some(lower), Some(upper)) = (limits.lower[place], limits.upper[place]) {
                    prop_assert!(lower <= survival + 1e-12 && *survival <= upper + 1e-12);
                    prop_assert!((0.0..=1.0).contains(&lower) && (0.0..=1.0).contains(&upper));
                }
            }
        }
    }

    #[test]
    fn order_of_rows_does_not_matter(data in invented(), shift in 0_usize..20) {
        let mut order: Vec<usize> = (0..data.exit.len()).rev().collect();
        order.rotate_left(shift % data.exit.len());
        let other = data.ordered(&order);
        let a = SurvivalCurve::estimate(data.rows(), robust(Some(&data.clusters))).unwrap();
        let b = SurvivalCurve::estimate(other.rows(), robust(Some(&other.clusters))).unwrap();
        assert_all_close(&a.survival, &b.survival);
        assert_all_close(&a.std_err, &b.std_err);
    }

    #[test]
    fn a_cut_in_a_row_changes_nothing(data in invented()) {
        // Each row cut in the middle, both halves of one subject.
        let middle: Vec<f64> = data.entry.iter().zip(&data.exit).map(|(a, b)| a + (b - a) / 2.0).collect();
        let rows = data.exit.len() as u32;
        let twice = |a: &[f64], b: &[f64]| [a, b].concat();
        let id: Vec<u32> = (0..rows).chain(0..rows).collect();
        let entry = twice(&data.entry, &middle);
        let exit = twice(&middle, &data.exit);
        let event = [vec![false; rows as usize], data.event.clone()].concat();
        let weights = twice(&data.weights, &data.weights);
        let cut = Observations {
            entry: Some(&entry),
            exit: &exit,
            event: &event,
            weights: Some(&weights),
            id: Some(&id),
        };
        let a = SurvivalCurve::estimate(data.rows(), robust(None)).unwrap();
        let b = SurvivalCurve::estimate(cut, robust(None)).unwrap();
        assert_eq!(a.counts.times, b.counts.times);
        assert_all_close(&a.counts.n_censor, &b.counts.n_censor);
        assert_all_close(&a.survival, &b.survival);
        for (a, b) in a.std_err.iter().zip(&b.std_err) {
            prop_assert!((a - b).abs() < 1e-7);
        }
    }

    #[test]
    fn whole_weights_are_copies(data in invented()) {
        let copies: Vec<usize> = (0..data.exit.len())
            .flat_map(|row| vec![row; (data.weights[row] * 4.0) as usize])
            .collect();
        let copied = Invented { weights: vec![1.0; copies.len()], ..data.ordered(&copies) };
        let weights: Vec<f64> = data.weights.iter().map(|weight| weight * 4.0).collect();
        let weighted = Observations { weights: Some(&weights), ..data.rows() };
        let a = SurvivalCurve::estimate(weighted, CurveOptions::default()).unwrap();
        let b = SurvivalCurve::estimate(copied.rows(), CurveOptions::default()).unwrap();
        assert_all_close(&a.survival, &b.survival);
        assert_all_close(&a.std_err, &b.std_err);
        assert_all_close(&a.counts.n_risk, &b.counts.n_risk);
    }

    #[test]
    fn no_mass_of_intervals_can_be_moved_to_gain(
        rows in proptest::collection::vec((0_u8..10, 0_u8..5, 0_u8..6), 1..20)
    ) {
        let lower: Vec<f64> = rows.iter().map(|row| if row.2 == 0 { f64::NEG_INFINITY } else { f64::from(row.0) }).collect();
        let upper: Vec<f64> = rows.iter().map(|row| if row.2 == 1 { f64::INFINITY } else { f64::from(row.0 + row.1) }).collect();
        let fit = IntervalCurve::estimate(&lower, &upper, None).unwrap();
        prop_assert!((fit.masses.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        // Kiefer and Wolfowitz: no interval has a score above the number of rows.
        let sees = |row: usize, place: usize| {
            let (a, b) = fit.intervals[place];
            let exact = lower[row] == upper[row];
            if exact { a == b && a == lower[row] } else if a == b { lower[row] < a && a <= upper[row] } else { lower[row] <= a && b <= upper[row] }
        };
        for place in 0..fit.masses.len() {
            let score: f64 = (0..lower.len())
                .filter(|&row| sees(row, place))
                .map(|row| 1.0 / (0..fit.masses.len()).filter(|&j| sees(row, j)).map(|j| fit.masses[j]).sum::<f64>())
                .sum();
            prop_assert!(score <= lower.len() as f64 * (1.0 + 1e-6), "{score}");
        }
    }
}

#[test]
fn limits_hold_the_truth_as_often_as_they_say() {
    // Exponential lives of mean 1, entered late, censored; S(1) and the area to 1.
    let mut draws = Draws::new(7);
    let (repeats, mut held, mut area_held) = (400, 0, 0);
    for _ in 0..repeats {
        let (mut entry, mut exit, mut event) = (Vec::new(), Vec::new(), Vec::new());
        while exit.len() < 120 {
            let late = if draws.uniform() < 0.3 {
                draws.uniform() * 0.5
            } else {
                0.0
            };
            let life = draws.exponential(1.0);
            let until = late + 3.0 * draws.uniform();
            if life > late && until > late {
                entry.push(late);
                exit.push(life.min(until));
                event.push(life <= until);
            }
        }
        let rows = Observations {
            entry: Some(&entry),
            ..Observations::right_censored(&exit, &event)
        };
        let curve = SurvivalCurve::estimate(rows, robust(None)).unwrap();
        let limits = curve
            .limits(IntervalOptions {
                transform: Transform::LogLog,
                ..IntervalOptions::default()
            })
            .unwrap();
        let at = curve.at(&[1.0], Some(&limits))[0];
        let truth = (-1.0_f64).exp();
        held += i32::from(at.lower.unwrap() <= truth && truth <= at.upper.unwrap());
        let area = Influence::of(rows, CurveOptions::default(), Quantity::Area, &[1.0]).unwrap();
        let half = 1.96 * area.std_errs()[0];
        area_held += i32::from((area.estimates[0] - (1.0 - truth)).abs() <= half);
    }
    // 95 % of 400 is 380, with a standard error of 4.4.
    assert!((363..=396).contains(&held), "{held}");
    assert!((363..=396).contains(&area_held), "{area_held}");
}
