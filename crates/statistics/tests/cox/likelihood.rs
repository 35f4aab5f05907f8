//! Cox's partial likelihood against its definition, written out row by row.

use super::rows::{close, rows};
use proptest::prelude::*;
use statistics::NotEstimable;
use statistics::cox::{CoxControl, CoxData, CoxFit, PartialLikelihood, Ties};
use statistics::matrix::Matrix;

/// Log-likelihood and score, event by event and row by row.
fn plain(data: &CoxData<'_>, ties: Ties, b: &[f64]) -> (f64, Vec<f64>) {
    let rows = 0..data.rows();
    let eta = |i: usize| {
        data.offset(i)
            + (0..b.len())
                .map(|j| b[j] * data.design[(i, j)])
                .sum::<f64>()
    };
    let mut log_likelihood = 0.0;
    let mut score = vec![0.0; b.len()];
    let mut moments: Vec<(u32, f64)> = rows
        .clone()
        .filter(|&i| data.event[i])
        .map(|i| (data.stratum(i), data.exit[i]))
        .collect();
    moments.sort_by(|a, b| a.partial_cmp(b).expect("finite"));
    moments.dedup();
    for (stratum, time) in moments {
        let at_risk: Vec<usize> = rows
            .clone()
            .filter(|&i| data.stratum(i) == stratum && data.entry(i) < time && time <= data.exit[i])
            .collect();
        let dead: Vec<usize> = at_risk
            .iter()
            .copied()
            .filter(|&i| data.event[i] && data.exit[i] == time)
            .collect();
        let weight: f64 = dead.iter().map(|&i| data.weight(i)).sum::<f64>() / dead.len() as f64;
        for &i in &dead {
            log_likelihood += data.weight(i) * eta(i);
            (0..b.len()).for_each(|j| score[j] += data.weight(i) * data.design[(i, j)]);
        }
        for gone in 0..dead.len() {
            let share = match ties {
                Ties::Efron => gone as f64 / dead.len() as f64,
                _ => 0.0,
            };
            let part = |i: usize| {
                let left = if dead.contains(&i) { 1.0 - share } else { 1.0 };
                left * data.weight(i) * eta(i).exp()
            };
            let total: f64 = at_risk.iter().map(|&i| part(i)).sum();
            log_likelihood -= weight * total.ln();
            for (j, score) in score.iter_mut().enumerate() {
                let sum: f64 = at_risk.iter().map(|&i| part(i) * data.design[(i, j)]).sum();
                *score -= weight * sum / total;
            }
        }
    }
    (log_likelihood, score)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn the_fast_likelihood_is_the_plain_one(rows in rows(3, 100.0), late in any::<bool>(), efron in any::<bool>()) {
        let ties = if efron { Ties::Efron } else { Ties::Breslow };
        let data = rows.data(late);
        let likelihood = PartialLikelihood::new(&data, ties).expect("fit to be evaluated");
        let b = [0.7, -0.4];
        let fast = likelihood.evaluate(&b).expect("finite");
        let (log_likelihood, score) = plain(&data, ties, &b);
        prop_assert!(close(fast.log_likelihood, log_likelihood, 1e-11));
        for j in 0..2 {
            prop_assert!(close(fast.score[j], score[j], 1e-9), "{} {}", fast.score[j], score[j]);
            let step = 1e-5;
            let mut moved = [b, b];
            moved[0][j] -= step;
            moved[1][j] += step;
            let [down, up] = moved.map(|b| plain(&data, ties, &b).1);
            for k in 0..2 {
                let second = (down[k] - up[k]) / (2.0 * step);
                prop_assert!(close(fast.information[(j, k)], second, 1e-6));
            }
        }
    }

    /// The exact likelihood of untied events is Efron's; of tied ones, the sum over subsets.
    #[test]
    fn the_exact_likelihood_is_the_sum_over_subsets(rows in rows(3, 100.0), late in any::<bool>()) {
        let unit = vec![1.0; rows.exit.len()];
        let mut data = rows.data(late);
        data.weights = Some(&unit);
        data.offset = None;
        let likelihood = PartialLikelihood::new(&data, Ties::Exact).expect("fit to be evaluated");
        let b = [0.3, 0.2];
        let fast = likelihood.evaluate(&b).expect("finite");
        let at = |b: &[f64]| subsets(&data, b);
        prop_assert!(close(fast.log_likelihood, at(&b), 1e-10));
        for j in 0..2 {
            let step = 1e-5;
            let (mut down, mut up) = (b, b);
            down[j] -= step;
            up[j] += step;
            prop_assert!(close(fast.score[j], (at(&up) - at(&down)) / (2.0 * step), 1e-6));
            let scores = [down, up].map(|b| likelihood.evaluate(&b).expect("finite").score);
            for (k, (down, up)) in scores[0].iter().zip(&scores[1]).enumerate() {
                let second = (down - up) / (2.0 * step);
                prop_assert!(close(fast.information[(j, k)], second, 1e-6));
            }
        }
    }
}

/// The exact log-likelihood by the recursion for plain sums.
fn subsets(data: &CoxData<'_>, b: &[f64]) -> f64 {
    let mut log_likelihood = 0.0;
    let eta = |i: usize| {
        (0..b.len())
            .map(|j| b[j] * (data.design[(i, j)] - if j == 1 { 100.0 } else { 0.0 }))
            .sum::<f64>()
    };
    let mut done: Vec<(u32, f64)> = Vec::new();
    for row in 0..data.rows() {
        let (stratum, time) = (data.stratum(row), data.exit[row]);
        if !data.event[row] || done.contains(&(stratum, time)) {
            continue;
        }
        done.push((stratum, time));
        let at_risk = (0..data.rows()).filter(|&i| {
            data.stratum(i) == stratum && data.entry(i) < time && time <= data.exit[i]
        });
        let mut sums = vec![1.0];
        let mut events = 0;
        for i in at_risk {
            if data.event[i] && data.exit[i] == time {
                events += 1;
                log_likelihood += eta(i);
            }
            sums.push(0.0);
            for size in (1..sums.len()).rev() {
                sums[size] += eta(i).exp() * sums[size - 1];
            }
        }
        log_likelihood -= sums[events].ln();
    }
    log_likelihood
}

#[test]
fn hostile_rows_are_named() {
    let x = Matrix::from_columns(&[[1.0, 2.0, 4.0]]);
    let exit = [1.0, 2.0, 3.0];
    let event = [true, true, false];
    let data = CoxData::new(&exit, &event, &x);
    let fit =
        |data: CoxData<'_>| CoxFit::fit(&data, Ties::Efron, &CoxControl::default()).map(|_| ());
    let zero = CoxData {
        weights: Some(&[1.0, 0.0, 1.0]),
        ..data
    };
    assert_eq!(
        fit(zero),
        Err(NotEstimable::WeightNotPositive {
            row: 1,
            weight: 0.0
        })
    );
    let empty = CoxData {
        entry: Some(&[0.0, 2.0, 0.0]),
        ..data
    };
    assert_eq!(fit(empty), Err(NotEstimable::EmptyInterval { row: 1 }));
    let nan = CoxData {
        exit: &[1.0, f64::NAN, 2.0],
        ..data
    };
    assert!(matches!(
        fit(nan),
        Err(NotEstimable::NotFinite {
            what: "exit",
            position: 1
        })
    ));
    let short = CoxData {
        event: &event[..2],
        ..data
    };
    assert!(matches!(
        fit(short),
        Err(NotEstimable::Length { what: "event", .. })
    ));
    let weighted = CoxData {
        weights: Some(&[1.0, 2.0, 1.0]),
        ..data
    };
    let exact = CoxFit::fit(&weighted, Ties::Exact, &CoxControl::default());
    assert!(matches!(exact, Err(NotEstimable::Domain { .. })));
}

#[test]
fn without_events_nothing_is_known() {
    let x = Matrix::from_columns(&[[1.0, 2.0, 4.0]]);
    let data = CoxData::new(&[1.0, 2.0, 3.0], &[false; 3], &x);
    let fit = CoxFit::fit(&data, Ties::Efron, &CoxControl::default()).expect("a fit of nothing");
    assert_eq!(
        (fit.aliased, fit.log_likelihood, fit.events),
        (vec![0], 0.0, 0)
    );
}

#[test]
fn a_constant_and_a_combination_are_aliased() {
    let z = [0.3, 1.7, 0.2, 0.9, 1.1, 0.4];
    let twice: Vec<f64> = z.iter().map(|z| 2.0 * z - 1.0).collect();
    let x = Matrix::from_columns(&[&[0.1; 6], &z[..], &twice]);
    let event = [true, true, false, true, true, true];
    let data = CoxData::new(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], &event, &x);
    let fit = CoxFit::fit(&data, Ties::Efron, &CoxControl::default()).expect("fits");
    assert_eq!(fit.aliased, [0, 2]);
    assert!(fit.coefficients[1] != 0.0 && fit.covariance[(2, 2)] == 0.0);
}

#[test]
fn a_separated_covariate_is_infinite() {
    // The first to go are those with x = 1.
    let x = Matrix::from_columns(&[[1.0, 1.0, 0.0, 0.0, 0.0], [3.0, 1.0, 4.0, 1.0, 5.0]]);
    let data = CoxData::new(&[1.0, 2.0, 3.0, 4.0, 5.0], &[true; 5], &x);
    let fit = CoxFit::fit(&data, Ties::Efron, &CoxControl::default()).expect("fits");
    assert_eq!(fit.infinite, [0]);
}
