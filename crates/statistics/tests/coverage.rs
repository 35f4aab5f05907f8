//! Known truths are found again: intervals hold the truth, and tests err, as often as they should.

use statistics::competing::{CompetingData, FineGray, FineGrayControl, FineGrayData, GrayTest};
use statistics::concordance::{Concordance, ConcordanceData, ConcordanceOptions};
use statistics::distribution::{Distribution, Normal};
use statistics::gee::{AssociationVariance, Gee, GeeOptions, ScaleEstimate, WorkingCorrelation};
use statistics::glm::{Family as Outcome, GlmData, Link};
use statistics::matrix::Matrix;
use statistics::mixed::{GeneralisedMixed, MixedData, RandomTerm};
use statistics::parametric::{
    Accelerated, AcceleratedData, AcceleratedOptions, Family, FlexibleSpline, SplineScale,
};
use statistics::rank_test::{KSample, RankData, RankWeight, TieVariance};
use statistics::survival::{CurveOptions, Influence, Observations, Quantity};

/// SplitMix64 (Steele, Lea and Flood 2014): the same numbers everywhere.
struct Chance(u64);

impl Chance {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (((mixed ^ (mixed >> 31)) >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    fn normal(&mut self) -> f64 {
        Normal::STANDARD.quantile(self.uniform())
    }

    fn exponential(&mut self, rate: f64) -> f64 {
        -self.uniform().ln() / rate
    }

    fn below(&mut self, end: usize) -> usize {
        (self.uniform() * end as f64) as usize
    }
}

/// The share of runs in which `holds`, which must be within four standard errors of `level`.
fn share(level: f64, runs: u32, mut holds: impl FnMut(&mut Chance) -> bool) {
    let mut chance = Chance(20_240_229);
    let held = (0..runs).filter(|_| holds(&mut chance)).count();
    let share = held as f64 / f64::from(runs);
    let error = (level * (1.0 - level) / f64::from(runs)).sqrt();
    assert!((share - level).abs() <= 4.0 * error, "{share} of {level}");
}

/// Whether a 95% interval holds the truth.
fn holds(estimate: f64, variance: f64, truth: f64) -> bool {
    (estimate - truth).abs() <= 1.959_964 * variance.sqrt()
}

/// Follow-up that ends with an event or with censoring.
#[derive(Default)]
struct Lives {
    time: Vec<f64>,
    event: Vec<bool>,
    x: Vec<f64>,
}

impl Lives {
    fn push(&mut self, time: f64, censored: f64, x: f64) {
        self.time.push(time.min(censored));
        self.event.push(time <= censored);
        self.x.push(x);
    }

    /// Exponential times with rate exp(βx), x = 0 or 1, censored at uniform times up to `last`.
    fn exponential(count: usize, beta: f64, last: f64, chance: &mut Chance) -> Self {
        let mut lives = Self::default();
        for row in 0..count {
            let x = (row % 2) as f64;
            let time = chance.exponential((beta * x).exp());
            lives.push(time, last * chance.uniform(), x);
        }
        lives
    }

    /// Where each time ends at the latest.
    fn upper(&self) -> Vec<f64> {
        let rows = self.time.iter().zip(&self.event);
        rows.map(|(&time, &event)| if event { time } else { f64::INFINITY })
            .collect()
    }
}

#[test]
fn log_rank_tests_err_as_often_as_they_may() {
    for weight in [RankWeight::LogRank, RankWeight::Gehan] {
        share(0.05, 1000, |chance| {
            let lives = Lives::exponential(80, 0.0, 3.0, chance);
            let group: Vec<u32> = lives.x.iter().map(|&x| x as u32).collect();
            let data = RankData {
                entry: None,
                time: &lives.time,
                event: &lives.event,
                group: &group,
                groups: 2,
                strata: None,
                counts: None,
            };
            let test = KSample::test(&data, weight, TieVariance::Hypergeometric);
            test.expect("two groups at risk").chi_squared > 3.841_459
        });
    }
}

/// Causes 1 and 2 with F₁(t|x) = 1 − (1 − p(1 − e^−t))^exp(βx), censored up to 4 (Fine and Gray
/// 1999, § 4).
fn competing(count: usize, beta: f64, chance: &mut Chance) -> (Lives, Vec<u32>) {
    let (p, mut lives, mut cause) = (0.6_f64, Lives::default(), Vec::new());
    for row in 0..count {
        let x = (row % 2) as f64;
        let risk = (beta * x).exp();
        let first = 1.0 - (1.0 - p).powf(risk);
        let is_first = chance.uniform() < first;
        let time = match is_first {
            true => {
                let left = 1.0 - chance.uniform() * first;
                -(1.0 - (1.0 - left.powf(1.0 / risk)) / p).ln()
            }
            false => chance.exponential(1.0),
        };
        lives.push(time, 4.0 * chance.uniform(), x);
        let ended = lives.event[row];
        cause.push(if !ended { 0 } else { 2 - u32::from(is_first) });
    }
    (lives, cause)
}

#[test]
fn grays_test_errs_as_often_as_it_may() {
    share(0.05, 600, |chance| {
        let (lives, cause) = competing(100, 0.0, chance);
        let group: Vec<u32> = lives.x.iter().map(|&x| x as u32).collect();
        let data = CompetingData {
            time: &lives.time,
            cause: &cause,
            causes: 2,
            group: &group,
            groups: 2,
        };
        let tests = GrayTest::test(&data, None, 0.0).expect("two groups with events");
        tests[0]
            .as_ref()
            .is_ok_and(|test| test.chi_squared > 3.841_459)
    });
}

#[test]
fn fine_and_gray_cover_the_subdistribution_hazard_ratio() {
    share(0.95, 300, |chance| {
        let (lives, status) = competing(150, 0.5, chance);
        let x = Matrix::from_columns(std::slice::from_ref(&lives.x));
        let data = FineGrayData {
            entry: None,
            time: &lives.time,
            status: &status,
            cause: 1,
            x: &x,
            weights: None,
            offset: None,
            strata: None,
            censoring_groups: None,
            id: None,
        };
        let fit = FineGray::fit(&data, &FineGrayControl::default()).expect("regular");
        let covariance = fit.covariance(None).expect("one row per person");
        holds(fit.coefficients[0], covariance[(0, 0)], 0.5)
    });
}

/// The data of a parametric model.
fn parametric<'a>(lives: &'a Lives, upper: &'a [f64], x: &'a Matrix) -> AcceleratedData<'a> {
    AcceleratedData {
        x,
        lower: &lives.time,
        upper,
        entry: None,
        weights: None,
        offset: None,
        strata: None,
    }
}

#[test]
fn parametric_models_cover_acceleration_and_scale() {
    share(0.95, 300, |chance| {
        let mut lives = Lives::default();
        for _ in 0..150 {
            let x = chance.normal();
            let time = (1.0 + 0.5 * x + 0.7 * chance.normal()).exp();
            lives.push(time, 12.0 * chance.uniform(), x);
        }
        let x = Matrix::from_columns(&[vec![1.0; 150], lives.x.clone()]);
        let upper = lives.upper();
        let options = AcceleratedOptions::new(Family::LOG_NORMAL);
        let fit = Accelerated::fit(parametric(&lives, &upper, &x), options).expect("regular");
        let slope = holds(fit.coefficients[1], fit.covariance[(1, 1)], 0.5);
        // Each by itself would do; together the level of the slope is judged, the scale roughly.
        assert!((fit.scales[0].ln() - 0.7_f64.ln()).abs() < 5.0 * fit.covariance[(2, 2)].sqrt());
        slope
    });
}

#[test]
fn splines_cover_the_log_hazard_ratio() {
    share(0.95, 150, |chance| {
        let lives = Lives::exponential(150, 0.6, 4.0, chance);
        let events: Vec<f64> = (lives.time.iter().zip(&lives.event))
            .filter_map(|(&time, &event)| event.then_some(time))
            .collect();
        let knots = FlexibleSpline::default_knots(&events, 1).expect("many events");
        let x = Matrix::from_columns(std::slice::from_ref(&lives.x));
        let upper = lives.upper();
        let data = parametric(&lives, &upper, &x);
        let fit = FlexibleSpline::fit(data, SplineScale::Hazard, &knots).expect("regular");
        holds(fit.parameters[3], fit.covariance[(3, 3)], 0.6)
    });
}

#[test]
fn estimating_equations_cover_marginal_effects() {
    // Wrong working correlations as well: the robust covariance holds.
    for correlation in [
        WorkingCorrelation::Exchangeable,
        WorkingCorrelation::Autoregressive,
    ] {
        let options = GeeOptions {
            family: Outcome::Gaussian,
            link: Link::Identity,
            correlation,
            scale: ScaleEstimate::Estimated,
            association: AssociationVariance::Exact,
        };
        share(0.95, 200, |chance| {
            let (mut x, mut y, mut clusters) = (Vec::new(), Vec::new(), Vec::new());
            for cluster in 0..80 {
                let shared = chance.normal();
                for _ in 0..2 + chance.below(3) {
                    let value = chance.normal() + 0.5 * f64::from(cluster % 2);
                    x.push(value);
                    y.push(1.0 + 0.4 * value + shared + (1.0 + value.abs()) * chance.normal());
                    clusters.push(cluster as usize);
                }
            }
            let design = Matrix::from_columns(&[vec![1.0; x.len()], x]);
            let data = GlmData {
                x: &design,
                y: &y,
                weights: None,
                offset: None,
            };
            let fit = Gee::fit(data, &clusters, options).expect("regular");
            holds(fit.coefficients[1], fit.robust[(1, 1)], 0.4)
        });
    }
}

#[test]
fn generalised_mixed_models_cover_conditional_effects() {
    share(0.95, 50, |chance| {
        let (mut x, mut y, mut groups) = (Vec::new(), Vec::new(), Vec::new());
        for group in 0..25 {
            let shared = 0.6 * chance.normal();
            for member in 0..4 {
                let value = f64::from(member) / 2.0;
                let mean = (0.5 + 0.4 * value + shared).exp();
                // Events of a Poisson process until time 1.
                let (mut clock, mut count) = (chance.exponential(mean), 0.0);
                while clock < 1.0 {
                    clock += chance.exponential(mean);
                    count += 1.0;
                }
                x.push(value);
                y.push(count);
                groups.push(group);
            }
        }
        let ones = Matrix::from_columns(&[vec![1.0; x.len()]]);
        let design = Matrix::from_columns(&[vec![1.0; x.len()], x]);
        let random = [RandomTerm {
            effects: &ones,
            groups: &groups,
            levels: 25,
        }];
        let data = MixedData {
            x: &design,
            y: &y,
            weights: None,
            offset: None,
            random: &random,
        };
        let model = GeneralisedMixed::new(data, (Outcome::Poisson, Link::Log), 1);
        let fit = model.expect("sound data").fit().expect("regular");
        holds(fit.coefficients[1], fit.covariance[(1, 1)], 0.4)
    });
}

/// P(the larger predictor lives longer) if rates are exp(−βx) and x is normal: the mean of
/// 1/(1 + exp(−β|d|)) over differences d with variance 2.
fn true_concordance(beta: f64) -> f64 {
    let steps = 4000;
    let at = |step: i32| {
        let z = (f64::from(step) + 0.5) * 8.0 / f64::from(steps);
        let density = (-z * z / 2.0).exp();
        (density / (1.0 + (-beta * z * 2f64.sqrt()).exp()), density)
    };
    let sums = (0..steps)
        .map(at)
        .fold((0.0, 0.0), |sum, cell| (sum.0 + cell.0, sum.1 + cell.1));
    sums.0 / sums.1
}

#[test]
fn intervals_of_the_concordance_hold_it() {
    let truth = true_concordance(0.8);
    share(0.95, 400, |chance| {
        let mut lives = Lives::default();
        for _ in 0..100 {
            let x = chance.normal();
            lives.push(chance.exponential((-0.8 * x).exp()), f64::INFINITY, x);
        }
        let data = ConcordanceData {
            entry: None,
            time: &lives.time,
            event: &lives.event,
            predictor: &lives.x,
            weights: None,
            strata: None,
        };
        let found = Concordance::of(&data, &ConcordanceOptions::default()).expect("pairs");
        let variance = found.dfbeta.iter().map(|value| value * value).sum();
        holds(found.concordance, variance, truth)
    });
}

#[test]
fn pseudo_values_cover_a_difference_in_survival() {
    let truth = (-0.8 * 0.5_f64.exp()).exp() - (-0.8_f64).exp();
    share(0.95, 400, |chance| {
        let lives = Lives::exponential(160, 0.5, 3.0, chance);
        let rows = Observations::right_censored(&lives.time, &lives.event);
        let influence = Influence::of(rows, CurveOptions::default(), Quantity::Survival, &[0.8]);
        let pseudo = influence.expect("sound rows").pseudo_values();
        // Rows alternate between the groups: means and their variances.
        let of = |group: usize| -> (f64, f64) {
            let values: Vec<f64> = pseudo.iter().skip(group).step_by(2).copied().collect();
            let n = values.len() as f64;
            let mean = values.iter().sum::<f64>() / n;
            let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
            (mean, squares / (n * (n - 1.0)))
        };
        let ((first, v1), (second, v2)) = (of(0), of(1));
        holds(second - first, v1 + v2, truth)
    });
}
