//! What follows from a Cox model: residuals, robust variance, tests of proportionality, curves.

use super::rows::{Rows, close, rows};
use proptest::prelude::*;
use statistics::cox::{
    BaselineQuestion, CoxControl, CoxData, CoxFit, CurveType, HazardType, PartialLikelihood,
    PathPiece, Proportionality, RiskSums, SurvivalType, Ties, concordance,
};
use statistics::imputation::Draws;
use statistics::matrix::{ALIAS_TOLERANCE, Cholesky, Matrix, gram};

const B: [f64; 2] = [0.4, -0.3];

fn ready(rows: &Rows, ties: Ties) -> (PartialLikelihood, RiskSums) {
    let likelihood = PartialLikelihood::new(&rows.data(true), ties).expect("fit to be evaluated");
    let sums = likelihood.sums(&B).expect("finite");
    (likelihood, sums)
}

fn ties(efron: bool) -> Ties {
    if efron { Ties::Efron } else { Ties::Breslow }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn residuals_add_up(rows in rows(12, 0.0), efron in any::<bool>()) {
        let (likelihood, sums) = ready(&rows, ties(efron));
        let martingale = likelihood.martingale_residuals(&sums);
        let total: f64 = martingale.iter().zip(&rows.weights).map(|(m, w)| m * w).sum();
        prop_assert!(total.abs() < 1e-10);
        let score = likelihood.evaluate(&B).expect("finite").score;
        let residuals = likelihood.score_residuals(&sums).expect("not exact");
        let events = likelihood.schoenfeld_residuals(&sums).expect("not exact");
        for (j, &score) in score.iter().enumerate() {
            let pairs = residuals.column(j).iter().zip(&rows.weights);
            prop_assert!(close(pairs.map(|(u, w)| u * w).sum(), score, 1e-10));
            let at_events = events.values.column(j).iter().zip(&events.rows);
            prop_assert!(close(at_events.map(|(u, &row)| u * rows.weights[row]).sum(), score, 1e-10));
        }
        let clusters: Vec<u32> = (0..rows.exit.len() as u32).map(|row| row % 3).collect();
        let by_cluster = likelihood.cluster_scores(&sums, Some(&clusters)).expect("not exact");
        prop_assert!(close(by_cluster.column(0).iter().sum(), score[0], 1e-10));
        let own = likelihood.cluster_scores(&sums, None).expect("not exact");
        let all: Vec<u32> = (0..rows.exit.len() as u32).collect();
        let same = likelihood.cluster_scores(&sums, Some(&all)).expect("not exact");
        prop_assert!(close(gram(&own, None)[(0, 1)], gram(&same, None)[(0, 1)], 1e-12));
    }

    /// The score residual of a row is the derivative of the score to its weight.
    #[test]
    fn a_score_residual_is_an_influence(rows in rows(12, 0.0), efron in any::<bool>()) {
        let (likelihood, sums) = ready(&rows, ties(efron));
        let residuals = likelihood.score_residuals(&sums).expect("not exact");
        let step = 1e-5;
        for row in [0, rows.exit.len() / 2] {
            // Efron's mean weight of tied events moves for all of them: only rows without an
            // event have a plain derivative there.
            if rows.event[row] && efron {
                continue;
            }
            let at = |change: f64| {
                let mut moved = rows.clone();
                moved.weights[row] += change;
                ready(&moved, ties(efron)).0.evaluate(&B).expect("finite").score
            };
            let (up, down) = (at(step), at(-step));
            for j in 0..2 {
                let slope = (up[j] - down[j]) / (2.0 * step);
                prop_assert!(close(residuals[(row, j)], slope, 1e-7));
            }
        }
    }

    /// Cutting a row in two says nothing new.
    #[test]
    fn a_cut_changes_nothing(rows in rows(12, 0.0), efron in any::<bool>()) {
        let mut order: Vec<usize> = (0..rows.exit.len()).collect();
        order.extend(0..rows.exit.len());
        let mut cut = rows.gathered(&order);
        let n = rows.exit.len();
        for row in 0..n {
            let middle = 0.5 * (rows.entry[row] + rows.exit[row]);
            cut.exit[row] = middle;
            cut.event[row] = false;
            cut.entry[n + row] = middle;
        }
        let (whole, sums) = ready(&rows, ties(efron));
        let (parts, part_sums) = ready(&cut, ties(efron));
        let (a, b) = (whole.evaluate(&B).expect("finite"), parts.evaluate(&B).expect("finite"));
        prop_assert!(close(a.log_likelihood, b.log_likelihood, 1e-11));
        prop_assert!(close(a.information[(0, 1)], b.information[(0, 1)], 1e-9));
        let residuals = whole.score_residuals(&sums).expect("not exact");
        let pieces = parts.score_residuals(&part_sums).expect("not exact");
        let martingale = whole.martingale_residuals(&sums);
        let expected = parts.martingale_residuals(&part_sums);
        for row in 0..n {
            prop_assert!(close(residuals[(row, 1)], pieces[(row, 1)] + pieces[(n + row, 1)], 1e-9));
            prop_assert!(close(martingale[row], expected[row] + expected[n + row], 1e-10));
        }
    }

    /// The test of proportionality is the score test of x·g(t) in data written out over all
    /// risk sets.
    #[test]
    fn proportionality_is_a_score_test_of_written_out_rows(rows in rows(12, 0.0), efron in any::<bool>()) {
        let (likelihood, sums) = ready(&rows, ties(efron));
        let sets = likelihood.risk_sets();
        let moments = sets.moments();
        prop_assume!(moments.len() > 2);
        let g: Vec<f64> = moments.iter().map(|moment| moment.time.sqrt()).collect();
        let mut pairs: Vec<(usize, usize)> = Vec::new();
        for segment in 0..moments.len() {
            for position in sets.segment(segment) {
                let row = sets.rows()[position] as usize;
                pairs.extend(sets.at_risk(position, segment).map(|moment| (row, moment)));
            }
        }
        let written: Vec<usize> = pairs.iter().map(|&(row, _)| row).collect();
        let mut wide = rows.gathered(&written);
        let mut columns = wide.x.to_rows();
        // The centre of g is the mean over events, so that the score of β is not mixed in.
        let events: f64 = moments.iter().map(|moment| f64::from(moment.events)).sum();
        let centre = moments.iter().zip(&g).map(|(moment, g)| f64::from(moment.events) * g).sum::<f64>() / events;
        for (place, &(row, moment)) in pairs.iter().enumerate() {
            wide.entry[place] = 0.0;
            wide.exit[place] = 1.0;
            wide.strata[place] = moment as u32;
            wide.event[place] = rows.event[row] && rows.exit[row] == moments[moment].time;
            for j in 0..2 {
                let x = columns[place][j];
                columns[place].push(x * (g[moment] - centre));
            }
        }
        wide.x = Matrix::from_rows(&columns);
        let all = PartialLikelihood::new(&wide.data(true), ties(efron)).expect("fit to be evaluated");
        let mut at = all.evaluate(&[B[0], B[1], 0.0, 0.0]).expect("finite");
        at.score[0] = 0.0;
        at.score[1] = 0.0;
        let factor = Cholesky::new(&at.information, 1e-9).expect("semidefinite");
        prop_assume!(factor.rank() == 4);
        let statistic = factor.inverse_quadratic_form(&at.score);
        let tests = Proportionality::new(&likelihood, &sums, &g).expect("finite");
        let test = tests.test(&[0, 1], &Matrix::identity(2)).expect("definite");
        prop_assert!(close(test.chi_squared, statistic, 1e-6), "{} {statistic}", test.chi_squared);
        prop_assert_eq!(test.df, 2);
    }

    /// A path of pieces is the curve of the whole; an interval is a difference of curves.
    #[test]
    fn curves_and_intervals_agree(rows in rows(12, 0.0), efron in any::<bool>(), limit in any::<bool>()) {
        let (likelihood, sums) = ready(&rows, ties(efron));
        let data = rows.data(true);
        let kind = CurveType {
            survival: if limit { SurvivalType::ProductLimit } else { SurvivalType::Exponential },
            hazard: if efron { HazardType::Efron } else { HazardType::Breslow },
        };
        let covariance = Matrix::from_rows(&[[0.2, 0.05], [0.05, 0.1]]);
        for stratum in 0..likelihood.risk_sets().strata() {
            if !rows.strata.contains(&(stratum as u32)) {
                continue;
            }
            let question = BaselineQuestion { stratum, kind, origin: 0.0 };
            let baseline = likelihood.baseline(&data, &B, &sums, question).expect("a stratum");
            let piece = |start: f64, stop: f64| PathPiece { start, stop, x: &[0.5, -1.0], offset: 0.1 };
            let infinity = f64::INFINITY;
            let whole = baseline.curve(&[piece(-infinity, infinity)], &B, Some(&covariance)).expect("two covariates");
            let parts = baseline.curve(&[piece(0.0, 4.0), piece(4.0, infinity)], &B, Some(&covariance)).expect("two covariates");
            for (place, &hazard) in whole.cumulative_hazard.iter().enumerate() {
                prop_assert!(close(parts.cumulative_hazard[place], hazard, 1e-12));
                let survival = whole.survival[place];
                prop_assert!((0.0..=1.0).contains(&survival));
                if !limit {
                    prop_assert!(close(survival, (-hazard).exp(), 1e-12));
                    let until = baseline.expected(&piece(-infinity, whole.times[place]), &B, &covariance).expect("two covariates");
                    prop_assert!(close(until.events, hazard, 1e-12));
                    prop_assert!(close(until.std_error, whole.std_error[place], 1e-9));
                }
            }
        }
    }
}

#[test]
fn without_covariates_the_product_limit_is_kaplan_meiers() {
    // Deaths at 1 (two of five) and 3 (one of two); one censored at 2.
    let exit = [1.0, 1.0, 2.0, 3.0, 4.0];
    let event = [true, true, false, true, false];
    let nothing = Matrix::zeros(5, 0);
    let data = CoxData::new(&exit, &event, &nothing);
    let likelihood = PartialLikelihood::new(&data, Ties::Efron).expect("fit to be evaluated");
    let sums = likelihood.sums(&[]).expect("finite");
    let curve = |kind| {
        let question = BaselineQuestion {
            stratum: 0,
            kind,
            origin: 0.0,
        };
        let baseline = likelihood
            .baseline(&data, &[], &sums, question)
            .expect("a stratum");
        assert_eq!(baseline.n_risk, [5.0, 3.0, 2.0, 1.0]);
        assert_eq!(baseline.n_event, [2.0, 0.0, 1.0, 0.0]);
        let piece = PathPiece {
            start: f64::NEG_INFINITY,
            stop: f64::INFINITY,
            x: &[],
            offset: 0.0,
        };
        baseline
            .curve(&[piece], &[], Some(&Matrix::zeros(0, 0)))
            .expect("no covariates")
    };
    let limit = curve(CurveType {
        survival: SurvivalType::ProductLimit,
        hazard: HazardType::Breslow,
    });
    for (found, expected) in limit.survival.iter().zip([0.6, 0.6, 0.3, 0.3]) {
        assert!((found - expected).abs() < 1e-14);
    }
    // Greenwood: 2/(5·3) + 1/(2·1).
    assert!((limit.std_error[3].powi(2) - (2.0 / 15.0 + 0.5)).abs() < 1e-14);
    // Efron: 1/5 + 1/4, then 1/2.
    let efron = curve(CurveType::of(Ties::Efron));
    assert!((efron.cumulative_hazard[3] - 0.95).abs() < 1e-15);
    assert!((efron.std_error[0].powi(2) - (1.0 / 25.0 + 1.0 / 16.0)).abs() < 1e-15);
}

#[test]
fn limits_cover_the_truth() {
    let mut draws = Draws::new(20);
    let (mut naive, mut robust, repeats) = (0, 0, 300);
    let truth = 0.7;
    for _ in 0..repeats {
        let n = 150;
        let (mut exit, mut event, mut x) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..n {
            let covariate = 2.0 * draws.uniform() - 1.0;
            let time = draws.exponential((truth * covariate).exp());
            let censored = draws.exponential(0.5);
            exit.push((20.0 * time.min(censored)).ceil());
            event.push(time <= censored);
            x.push(covariate);
        }
        let x = Matrix::from_columns(&[x]);
        let data = CoxData::new(&exit, &event, &x);
        let likelihood = PartialLikelihood::new(&data, Ties::Efron).expect("fit to be evaluated");
        let fit = CoxFit::maximise(&likelihood, &CoxControl::default()).expect("fits");
        let sums = likelihood.sums(&fit.coefficients).expect("finite");
        let scores = likelihood.cluster_scores(&sums, None).expect("not exact");
        let sandwich = fit.covariance.sandwich(&gram(&scores, None));
        let error = (fit.coefficients[0] - truth).abs() / 1.96;
        naive += usize::from(error < fit.covariance[(0, 0)].sqrt());
        robust += usize::from(error < sandwich[(0, 0)].sqrt());
    }
    // 95% of 300 with three binomial standard errors: 274 to 296.
    assert!((274..=296).contains(&naive), "{naive}");
    assert!((270..=297).contains(&robust), "{robust}");
}

#[test]
fn the_tolerance_is_that_of_r() {
    assert!((ALIAS_TOLERANCE - f64::EPSILON.powf(0.75)).abs() < 1e-24);
}

/// Pairs one by one.
fn plain_concordance(data: &CoxData<'_>, predictor: &[f64]) -> [f64; 5] {
    let mut counts = [0.0; 5];
    for i in (0..data.rows()).filter(|&i| data.event[i]) {
        for j in (0..data.rows()).filter(|&j| j != i && data.stratum(i) == data.stratum(j)) {
            let time = data.exit[i];
            let weight = data.weight(i) * data.weight(j);
            let same = predictor[i] == predictor[j];
            if data.exit[j] == time && data.event[j] {
                counts[if same { 4 } else { 3 }] += weight / 2.0;
            } else if data.entry(j) < time && time <= data.exit[j] {
                let place = if same {
                    2
                } else {
                    usize::from(predictor[i] < predictor[j])
                };
                counts[place] += weight;
            }
        }
    }
    counts
}

/// survival 3.8-6: `coxph(Surv(c(2, 2, 2, 1), c(1, 1, 1, 0)) ~ x)$concordance` is 0, 0, 0, 2, 1, NaN, NaN.
#[test]
fn tied_events_are_counted_where_nothing_compares() {
    let x = Matrix::from_columns(&[vec![1.0, 3.0, 3.0, 9.0]]);
    let event = [true, true, true, false];
    let data = CoxData::new(&[2.0, 2.0, 2.0, 1.0], &event, &x);
    let found = concordance(&data, x.column(0), None).expect("sound data");
    assert_eq!(
        (found.concordant, found.discordant, found.tied_x),
        (0.0, 0.0, 0.0)
    );
    assert_eq!((found.tied_y, found.tied_xy), (2.0, 1.0));
    assert!(found.concordance.is_nan() && found.std_error.is_nan());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn concordance_counts_pairs(rows in rows(12, 0.0), clustered in any::<bool>()) {
        let data = rows.data(true);
        let predictor = rows.x.column(0);
        let clusters: Vec<u32> = (0..rows.exit.len() as u32).map(|row| row % 4).collect();
        let clusters = clustered.then_some(clusters.as_slice());
        let found = concordance(&data, predictor, clusters).expect("comparable");
        let counts = plain_concordance(&data, predictor);
        let all = [found.concordant, found.discordant, found.tied_x, found.tied_y, found.tied_xy];
        for (found, expected) in all.iter().zip(counts) {
            prop_assert!(close(*found, expected, 1e-12));
        }
        prop_assume!(counts[0] + counts[1] + counts[2] > 0.0);
        let value = |weights: &[f64]| {
            let [c, d, t, ..] = plain_concordance(&CoxData { weights: Some(weights), ..data }, predictor);
            (c + t / 2.0) / (c + d + t)
        };
        // The variance is the sum of squared derivatives to the weights, by cluster.
        let mut sums = vec![0.0; rows.exit.len()];
        for row in 0..rows.exit.len() {
            let step = 1e-5;
            let (mut up, mut down) = (rows.weights.clone(), rows.weights.clone());
            up[row] += step;
            down[row] -= step;
            let slope = (value(&up) - value(&down)) / (2.0 * step);
            let place = clusters.map_or(row, |clusters| clusters[row] as usize);
            sums[place] += rows.weights[row] * slope;
        }
        let variance: f64 = sums.iter().map(|sum| sum * sum).sum();
        prop_assert!((found.std_error - variance.sqrt()).abs() < 1e-7);
    }
}
