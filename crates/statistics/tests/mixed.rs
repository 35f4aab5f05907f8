//! Mixed models against closed forms, against each other and against simulated truth.

use proptest::prelude::*;
use statistics::NotEstimable;
use statistics::glm::{Family, Link};
use statistics::imputation::Draws;
use statistics::matrix::Matrix;
use statistics::mixed::{
    Criterion, GeneralisedMixed, LinearMixed, Marginal, MarginalFit, MixedData, RandomTerm,
    ResidualCorrelation, ResidualSpread, Residuals,
};

/// Repeated measurements with an intercept and a slope per group.
struct Sample {
    x: Matrix,
    y: Vec<f64>,
    groups: Vec<usize>,
    levels: usize,
}

impl Sample {
    /// y = 1 + 2 t + b₀ + b₁ t + ε with standard deviations of 1.5, 0.5 and 1.
    fn new(seed: u64, levels: usize, size: usize) -> Self {
        let mut draws = Draws::new(seed);
        let (mut times, mut y, mut groups) = (Vec::new(), Vec::new(), Vec::new());
        for group in 0..levels {
            let (b0, b1) = (1.5 * draws.normal(), 0.5 * draws.normal());
            for time in 0..size {
                let t = time as f64;
                times.push(t);
                y.push(1.0 + 2.0 * t + b0 + b1 * t + draws.normal());
                groups.push(group);
            }
        }
        Self {
            x: Matrix::from_columns(&[vec![1.0; times.len()], times]),
            y,
            groups,
            levels,
        }
    }

    fn intercepts(&self) -> Matrix {
        self.x.gather_columns(&[0])
    }

    fn term<'a>(&'a self, effects: &'a Matrix) -> RandomTerm<'a> {
        RandomTerm {
            effects,
            groups: &self.groups,
            levels: self.levels,
        }
    }

    fn data<'a>(&'a self, random: &'a [RandomTerm<'a>]) -> MixedData<'a> {
        MixedData::new(&self.x, &self.y, random)
    }
}

fn close(a: f64, b: f64, tolerance: f64) -> bool {
    (a - b).abs() <= tolerance * (1.0 + b.abs())
}

/// One way, balanced, m groups of n: with the mean squares between (B) and within (W),
/// REML gives σ² = W and σ²_b = (B − W)/n; ML has B(m−1)/m for B; negative becomes 0.
#[test]
fn balanced_one_way_layouts_have_a_closed_form() {
    for seed in 0..5 {
        let sample = Sample::new(seed, 8, 4);
        let (m, n) = (8.0, 4.0);
        // Without the time: it would be part of the residual.
        let y: Vec<f64> = sample
            .y
            .iter()
            .zip(sample.x.column(1))
            .map(|(y, t)| y - 2.0 * t)
            .collect();
        let means: Vec<f64> = y
            .chunks(4)
            .map(|part| part.iter().sum::<f64>() / n)
            .collect();
        let mean = means.iter().sum::<f64>() / m;
        let between = n * means.iter().map(|g| (g - mean).powi(2)).sum::<f64>();
        let within: f64 = y
            .chunks(4)
            .zip(&means)
            .flat_map(|(part, g)| part.iter().map(move |y| (y - g).powi(2)))
            .sum();
        let mean_square = within / (m * (n - 1.0));
        let ones = sample.intercepts();
        let random = [sample.term(&ones)];
        let data = MixedData {
            x: &ones,
            y: &y,
            ..sample.data(&random)
        };
        for (criterion, degrees) in [(Criterion::Reml, m - 1.0), (Criterion::Ml, m)] {
            let variance = (between / degrees - mean_square) / n;
            assert!(variance > 0.0, "a sample with differences between groups");
            let fit = LinearMixed::new(data, criterion).unwrap().fit().unwrap();
            assert!(close(fit.sigma.powi(2), mean_square, 1e-8));
            assert!(close(fit.covariances[0][(0, 0)], variance, 1e-7));
            assert!(close(fit.coefficients[0], mean, 1e-12));
            // var(mean) = (σ²_b + σ²/n)/m.
            let expected = (variance + mean_square / n) / m;
            assert!(close(fit.covariance[(0, 0)], expected, 1e-7));
            // Shrinkage by σ²_b/(σ²_b + σ²/n).
            let shrink = variance / (variance + mean_square / n);
            assert!(close(
                fit.modes[0][(0, 0)],
                shrink * (means[0] - mean),
                1e-7
            ));
        }
        let model = LinearMixed::new(data, Criterion::Reml).unwrap();
        let tests = model.satterthwaite(&model.fit().unwrap()).unwrap();
        assert!(close(tests.degrees(&[1.0]), m - 1.0, 1e-5));
    }
}

/// The same model by sums per group, by sparse factors (a second grouping that only renames the
/// levels takes that way) and by covariance matrices of the outcomes.
#[test]
fn three_ways_give_one_criterion() {
    let sample = Sample::new(3, 12, 5);
    let ones = sample.intercepts();
    let slopes = sample.x.gather_columns(&[1]);
    let renamed: Vec<usize> = sample.groups.iter().map(|group| 11 - group).collect();
    let grouped = [sample.term(&ones), sample.term(&slopes)];
    let crossed = [
        sample.term(&ones),
        RandomTerm {
            groups: &renamed,
            ..sample.term(&slopes)
        },
    ];
    for criterion in [Criterion::Reml, Criterion::Ml] {
        let a = LinearMixed::new(sample.data(&grouped), criterion).unwrap();
        let b = LinearMixed::new(sample.data(&crossed), criterion).unwrap();
        for theta in [[1.0, 0.3], [0.0, 2.0], [4.0, 0.0]] {
            let (a, b) = (a.deviance(&theta).unwrap(), b.deviance(&theta).unwrap());
            assert!(close(a, b, 1e-12));
        }
        let (a, b) = (a.fit().unwrap(), b.fit().unwrap());
        let marginal = Marginal::new(sample.data(&grouped), Residuals::PLAIN, criterion).unwrap();
        let c = marginal.fit().unwrap();
        for place in 0..2 {
            assert!(close(a.theta[place], b.theta[place], 1e-7));
            assert!(close(a.theta[place], c.theta[place], 1e-6));
            assert!(close(a.coefficients[place], c.coefficients[place], 1e-8));
        }
        assert!(close(a.deviance, b.deviance, 1e-12));
        assert!(close(a.deviance, c.deviance, 1e-11));
        for level in 0..12 {
            assert!(close(
                a.modes[1][(0, level)],
                b.modes[1][(0, 11 - level)],
                1e-6
            ));
            assert!(close(a.modes[0][(0, level)], c.modes[0][(0, level)], 1e-5));
        }
    }
}

#[test]
fn conditional_variances_agree_between_the_ways() {
    let sample = Sample::new(4, 6, 4);
    let ones = sample.intercepts();
    let renamed: Vec<usize> = sample.groups.iter().map(|group| 5 - group).collect();
    let grouped = [sample.term(&ones), sample.term(&sample.x)];
    let crossed = [
        sample.term(&ones),
        RandomTerm {
            groups: &renamed,
            ..sample.term(&sample.x)
        },
    ];
    let theta = [0.7, 1.0, 0.2, 0.5];
    let of = |random: &[RandomTerm<'_>]| {
        let model = LinearMixed::new(sample.data(random), Criterion::Reml).unwrap();
        let fit = model.fit_at(&theta).unwrap();
        model.conditional_covariances(&fit).unwrap()
    };
    let (a, b) = (of(&grouped), of(&crossed));
    for level in 0..6 {
        let (a, b) = (&a[1][level], &b[1][5 - level]);
        assert!(
            a.values()
                .iter()
                .zip(b.values())
                .all(|(a, b)| close(*a, *b, 1e-12))
        );
    }
}

/// A random intercept is compound symmetry with ρ = σ²_b/(σ²_b + σ²).
#[test]
fn a_random_intercept_is_compound_symmetry() {
    let sample = Sample::new(5, 15, 4);
    let ones = sample.intercepts();
    let random = [sample.term(&ones)];
    let mixed = LinearMixed::new(sample.data(&random), Criterion::Reml)
        .unwrap()
        .fit()
        .unwrap();
    let residuals = Residuals {
        correlation: ResidualCorrelation::CompoundSymmetry,
        groups: Some(&sample.groups),
        ..Residuals::PLAIN
    };
    let marginal = Marginal::new(sample.data(&[]), residuals, Criterion::Reml).unwrap();
    let fit = marginal.fit().unwrap();
    let between = mixed.covariances[0][(0, 0)];
    let total = between + mixed.sigma.powi(2);
    assert!(close(fit.correlations[0], between / total, 1e-7));
    assert!(close(fit.sigma.powi(2), total, 1e-7));
    assert!(close(fit.deviance, mixed.deviance, 1e-12));
}

/// Unstructured correlation with a spread per time is the saturated multivariate normal: with a
/// mean per time its ML estimates are the sample's moments.
#[test]
fn an_unstructured_covariance_is_the_samples_own() {
    let sample = Sample::new(6, 30, 3);
    let time = |t: usize| -> Vec<f64> {
        let is = |row: usize| f64::from(u8::from(row % 3 == t));
        (0..90).map(is).collect()
    };
    let x = Matrix::from_columns(&[time(0), time(1), time(2)]);
    let strata: Vec<usize> = (0..90).map(|row| row % 3).collect();
    let residuals = Residuals {
        correlation: ResidualCorrelation::Unstructured,
        groups: Some(&sample.groups),
        positions: None,
        spread: ResidualSpread::Strata(&strata, 3),
    };
    let data = MixedData {
        x: &x,
        ..sample.data(&[])
    };
    let fit = Marginal::new(data, residuals, Criterion::Ml)
        .unwrap()
        .fit()
        .unwrap();
    let column = |t: usize| -> Vec<f64> { sample.y.iter().skip(t).step_by(3).copied().collect() };
    let covariance = |a: usize, b: usize| {
        let (a, b) = (column(a), column(b));
        let mean = |v: &[f64]| v.iter().sum::<f64>() / 30.0;
        let (ma, mb) = (mean(&a), mean(&b));
        a.iter()
            .zip(&b)
            .map(|(a, b)| (a - ma) * (b - mb))
            .sum::<f64>()
            / 30.0
    };
    assert!(close(fit.sigma.powi(2), covariance(0, 0), 1e-6));
    for (place, (a, b)) in [(0, 1), (0, 2), (1, 2)].into_iter().enumerate() {
        let correlation = covariance(a, b) / (covariance(a, a) * covariance(b, b)).sqrt();
        assert!(close(fit.correlations[place], correlation, 1e-6));
    }
    assert!(close(
        fit.spread[1],
        (covariance(2, 2) / covariance(0, 0)).sqrt(),
        1e-6
    ));
}

/// Confidence intervals from t with Satterthwaite's degrees of freedom hold what they promise,
/// and estimates of variances are right on average.
#[test]
fn simulated_truth_is_recovered() {
    let samples = 300;
    let (mut covered, mut variance) = (0, 0.0);
    for seed in 0..samples {
        let sample = Sample::new(1000 + seed, 10, 5);
        let random = [sample.term(&sample.x)];
        let model = LinearMixed::new(sample.data(&random), Criterion::Reml).unwrap();
        let fit = model.fit().unwrap();
        let tests = model.satterthwaite(&fit).unwrap();
        let test = tests.t_test(&[0.0, 1.0]).unwrap();
        let critical = statistics::distribution::StudentT::new(test.df)
            .unwrap()
            .critical(0.95)
            .unwrap();
        covered += usize::from((test.estimate - 2.0).abs() <= critical * test.std_err);
        variance += fit.sigma.powi(2) / samples as f64;
    }
    let coverage = covered as f64 / samples as f64;
    // 0.95 ± 3 √(0.95 · 0.05/300) = 0.91 … 0.99.
    assert!((0.91..=0.99).contains(&coverage), "{coverage}");
    assert!((variance - 1.0).abs() < 0.05, "{variance}");
}

#[test]
fn singular_fits_are_named() {
    // All groups have the same mean: no variance between them.
    let ones = Matrix::from_columns(&[[1.0; 9]]);
    let y = [1.0, 2.0, 3.0, 3.0, 2.0, 1.0, 2.0, 1.0, 3.0];
    let groups = [0, 0, 0, 1, 1, 1, 2, 2, 2];
    let random = [RandomTerm {
        effects: &ones,
        groups: &groups,
        levels: 3,
    }];
    let data = MixedData::new(&ones, &y, &random);
    let fit = LinearMixed::new(data, Criterion::Reml)
        .unwrap()
        .fit()
        .unwrap();
    assert_eq!(fit.theta, [0.0]);
    assert_eq!(fit.singular, [0]);
    // Six of the nine deviations are 1: σ² = 6/8.
    assert!(close(fit.sigma.powi(2), 0.75, 1e-12));
}

#[test]
fn what_cannot_be_fitted_is_named() {
    let ones = Matrix::from_columns(&[[1.0; 4]]);
    let y = [1.0, 2.0, 3.0, 5.0];
    let with = |groups: &[usize], y: &[f64], weights: Option<&[f64]>| {
        let random = [RandomTerm {
            effects: &ones,
            groups,
            levels: 4,
        }];
        let data = MixedData {
            x: &ones,
            y,
            weights,
            offset: None,
            random: &random,
        };
        LinearMixed::new(data, Criterion::Reml)
            .and_then(|model| model.fit())
            .map(|fit| fit.sigma)
            .unwrap_err()
    };
    assert!(matches!(
        with(&[0, 0, 0, 0], &y, None),
        NotEstimable::OneLevel { .. }
    ));
    assert!(matches!(
        with(&[0, 1, 2, 3], &y, None),
        NotEstimable::Confounded { .. }
    ));
    assert!(matches!(
        with(&[0, 0, 1, 9], &y, None),
        NotEstimable::UnknownCode { .. }
    ));
    assert!(matches!(
        with(&[0, 0, 1, 1], &[1.0, f64::NAN, 2.0, 3.0], None),
        NotEstimable::NotFinite { .. }
    ));
    assert!(matches!(
        with(&[0, 0, 1, 1], &y, Some(&[1.0, 0.0, 1.0, 1.0])),
        NotEstimable::WeightNotPositive { .. }
    ));
    assert!(matches!(
        with(&[0, 0, 1, 1], &[2.0; 4], None),
        NotEstimable::OneLevel { .. }
    ));
}

/// Laplace's method and quadrature against the integral itself, for Poisson counts.
#[test]
fn quadrature_approaches_the_integral() {
    let ones = Matrix::from_columns(&[[1.0; 6]]);
    let y = [1.0, 0.0, 4.0, 6.0, 2.0, 2.0];
    let groups = [0, 0, 1, 1, 2, 2];
    let random = [RandomTerm {
        effects: &ones,
        groups: &groups,
        levels: 3,
    }];
    let data = MixedData::new(&ones, &y, &random);
    let (beta, theta) = (0.7, 0.8);
    let ln_factorial = |y: f64| (1..=y as u64).map(|k| (k as f64).ln()).sum::<f64>();
    let density = |group: usize, b: f64| -> f64 {
        let rows = (0..6).filter(|&row| groups[row] == group);
        let sum: f64 = rows
            .map(|row| {
                let eta = beta + theta * b;
                y[row] * eta - eta.exp() - ln_factorial(y[row])
            })
            .sum();
        (sum - 0.5 * b * b).exp() / std::f64::consts::TAU.sqrt()
    };
    // The trapezium rule converges beyond all powers for such integrands.
    let step = 0.01;
    let integral = |group| {
        (-1000..=1000)
            .map(|k| density(group, f64::from(k) * step))
            .sum::<f64>()
            * step
    };
    let exact: f64 = -2.0 * (0..3).map(|group| f64::ln(integral(group))).sum::<f64>();
    let at = |nodes| {
        let model = GeneralisedMixed::new(data, (Family::Poisson, Link::Log), nodes).unwrap();
        model.deviance(&[theta], &[beta]).unwrap()
    };
    assert!((at(25) - exact).abs() < 1e-9);
    assert!((at(1) - exact).abs() < 0.05);
    assert!((at(5) - exact).abs() < (at(1) - exact).abs());
}

/// The analytic gradient of Laplace's criterion vanishes where the criterion is least.
#[test]
fn generalised_fits_are_minima_of_their_criterion() {
    let sample = Sample::new(7, 20, 6);
    let y: Vec<f64> = sample
        .y
        .iter()
        .zip(sample.x.column(1))
        .map(|(y, t)| f64::from(u8::from(y - 2.0 * t > 1.0)))
        .collect();
    let ones = sample.intercepts();
    let renamed: Vec<usize> = (0..120).map(|row| row % 6).collect();
    let random = [
        sample.term(&ones),
        RandomTerm {
            effects: &ones,
            groups: &renamed,
            levels: 6,
        },
    ];
    let data = MixedData {
        y: &y,
        ..sample.data(&random)
    };
    for link in [Link::Logit, Link::Probit, Link::ComplementaryLogLog] {
        let model = GeneralisedMixed::new(data, (Family::Binomial, link), 1).unwrap();
        let fit = model.fit().unwrap();
        let at = |theta: &[f64], beta: &[f64]| model.deviance(theta, beta).unwrap();
        let least = at(&fit.theta, &fit.coefficients);
        assert!(close(least, -2.0 * fit.ln_likelihood, 1e-12));
        for (place, shift) in [(0, 0.01), (0, -0.01), (1, 0.01), (1, -0.01)] {
            let mut theta = fit.theta.clone();
            theta[place] = (theta[place] + shift).max(0.0);
            assert!(at(&theta, &fit.coefficients) >= least - 1e-9, "{link:?}");
            let mut beta = fit.coefficients.clone();
            beta[place] += shift;
            assert!(at(&fit.theta, &beta) >= least - 1e-9, "{link:?}");
        }
    }
}

/// A half of the pairs agree where half are expected to: the derivative of the criterion by the
/// variance is 0 at variance 0, and the criterion is flat to the fourth power of θ.
#[test]
fn a_flat_minimum_at_variance_zero_is_zero() {
    for copies in [1, 3, 10] {
        let pattern = [0.0, 1.0, 0.0, 0.0, 1.0, 1.0, 1.0, 0.0];
        let y = pattern.repeat(copies);
        let groups: Vec<usize> = (0..y.len()).map(|row| row / 2).collect();
        let ones = Matrix::from_columns(&[vec![1.0; y.len()]]);
        let random = [RandomTerm {
            effects: &ones,
            groups: &groups,
            levels: y.len() / 2,
        }];
        let data = MixedData::new(&ones, &y, &random);
        let model = GeneralisedMixed::new(data, (Family::Binomial, Link::Logit), 1).unwrap();
        let fit = model.fit().unwrap();
        assert_eq!(fit.theta, [0.0], "{copies}");
        assert_eq!(fit.singular, [0]);
        // lme4 1.1-31 glmer(y ~ 1 + (1 | g), binomial) of one copy: logLik −5.545177444.
        let ln_likelihood = -(y.len() as f64) * 2f64.ln();
        assert!(close(fit.ln_likelihood, ln_likelihood, 1e-12));
    }
}

/// Numbers between −½ and ½ that R makes too: `((i*i*7919 + i*104729 + 12345) %% 10007)/10007 - 0.5`.
fn noise(i: u64) -> f64 {
    ((i * i * 7919 + i * 104_729 + 12_345) % 10_007) as f64 / 10_007.0 - 0.5
}

/// Series of which every seventh step is missed, with a level of their own and autoregressive
/// noise.
struct Series {
    x: Matrix,
    y: Vec<f64>,
    groups: Vec<usize>,
    positions: Vec<f64>,
    strata: Vec<usize>,
}

impl Series {
    fn new(groups: u64, size: u64) -> Self {
        let (mut series, mut x, mut before) = (Self::empty(), Vec::new(), 0.0);
        for i in 0..groups * size {
            let (group, place) = (i / size, i % size);
            let time = (place + place / 7) as f64;
            before = noise(i) + if place == 0 { 0.0 } else { 0.6 * before };
            x.push(noise(i + 100_000));
            let mean = 2.0 + 0.5 * x[i as usize] + 0.01 * time;
            series.y.push(mean + 0.8 * noise(group + 500) + before);
            series.groups.push(group as usize);
            series.positions.push(time);
            series.strata.push((place % 3) as usize);
        }
        let ones = vec![1.0; x.len()];
        series.x = Matrix::from_columns(&[ones, x, series.positions.clone()]);
        series
    }

    fn empty() -> Self {
        Self {
            x: Matrix::zeros(0, 0),
            y: Vec::new(),
            groups: Vec::new(),
            positions: Vec::new(),
            strata: Vec::new(),
        }
    }

    fn residuals(&self, correlation: ResidualCorrelation) -> Residuals<'_> {
        Residuals {
            correlation,
            groups: Some(&self.groups),
            positions: Some(&self.positions),
            spread: ResidualSpread::Constant,
        }
    }
}

/// nlme 3.1-162 on R 4.2.2, with tolerances of 1e-14:
/// `gls(y ~ x + t, d, correlation = corAR1(form = ~ t | g))`, also with
/// `weights = varIdent(form = ~ 1 | v)`; `corCAR1(form = ~ s | g), method = "ML"` with s = t/3;
/// `lme(y ~ x + t, d, random = ~ 1 | g, correlation = …)`. nlme is right to about six digits.
#[test]
fn autoregressive_residuals_are_those_of_nlme() {
    let series = Series::new(6, 40);
    let thirds: Vec<f64> = series.positions.iter().map(|t| t / 3.0).collect();
    let ones = series.x.gather_columns(&[0]);
    let random = [RandomTerm {
        effects: &ones,
        groups: &series.groups,
        levels: 6,
    }];
    let (discrete, real) = (
        series.residuals(ResidualCorrelation::Autoregressive),
        Residuals {
            positions: Some(&thirds),
            ..series.residuals(ResidualCorrelation::ContinuousAutoregressive)
        },
    );
    let strata = Residuals {
        spread: ResidualSpread::Strata(&series.strata, 3),
        ..discrete
    };
    let fit = |random: &[RandomTerm<'_>], residuals, criterion| {
        let data = MixedData::new(&series.x, &series.y, random);
        let model = Marginal::new(data, residuals, criterion).unwrap();
        model.fit().unwrap()
    };
    let check = |found: &[f64], expected: &[f64], tolerance| {
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(expected) {
            assert!(close(*found, *expected, tolerance), "{found} {expected}");
        }
    };
    let (reml, ml) = (Criterion::Reml, Criterion::Ml);
    let cases = [
        (
            fit(&[], discrete, reml),
            -73.43094225322051,
            [1.7979293527947067, 0.5031623995040995, 0.0130198565886942],
            [0.419411791359251, 0.675172910574954],
        ),
        (
            fit(&[], real, ml),
            -64.90916203017804,
            [1.8002711235806528, 0.5034845049079009, 0.0129240325049716],
            [0.411_941_212_612_81, 0.293951655739443],
        ),
        (
            fit(&[], strata, reml),
            -73.20379561918327,
            [1.771076368676847, 0.502189840905913, 0.013890198602429],
            [0.407687578601913, 0.677184504143373],
        ),
        (
            fit(&random, discrete, reml),
            -68.83186274764233,
            [1.8193514780763214, 0.5066876351774819, 0.0121424339597595],
            [0.361400637953275, 0.557705665660448],
        ),
        (
            fit(&random, real, ml),
            -60.599288889965635,
            [1.8200744632482442, 0.5069039396365309, 0.0121128899118628],
            [0.358406738814659, 0.168726408574095],
        ),
    ];
    for (fit, ln_likelihood, coefficients, scale) in &cases {
        check(&[-0.5 * fit.deviance], &[*ln_likelihood], 1e-9);
        check(&fit.coefficients, coefficients, 1e-5);
        check(&[fit.sigma, fit.correlations[0]], scale, 2e-5);
    }
    let errors = |fit: &MarginalFit| -> Vec<f64> {
        let variances = fit.covariance.diagonal_values();
        variances.iter().map(|variance| variance.sqrt()).collect()
    };
    check(
        &errors(&cases[0].0),
        &[
            0.10265339468076173,
            0.05990524873841424,
            0.00392059303527471,
        ],
        2e-5,
    );
    check(
        &errors(&cases[3].0),
        &[0.1188089876340251, 0.06080552472797782, 0.00294507853527208],
        2e-5,
    );
    check(
        &cases[2].0.spread,
        &[1.056_857_617_826_89, 1.036_698_038_070_38],
        2e-5,
    );
    check(&[cases[3].0.covariances[0][(0, 0)]], &[0.049_685_42], 1e-5);
}

/// One series of 700 rows as nlme has it (in 15 seconds: it factors whole matrices), in any
/// order of its rows; one of ten thousand in no time.
#[test]
fn long_series_take_linear_time() {
    let series = Series::new(1, 700);
    let ar1 = ResidualCorrelation::Autoregressive;
    let fit = |x: &Matrix, y: &[f64], residuals| {
        let model = Marginal::new(MixedData::new(x, y, &[]), residuals, Criterion::Reml);
        model.unwrap().fit().unwrap()
    };
    let found = fit(&series.x, &series.y, series.residuals(ar1));
    assert!(close(-0.5 * found.deviance, -157.9099148683258, 1e-9));
    assert!(close(found.correlations[0], 0.641969881117664, 1e-5));
    assert!(close(found.sigma, 0.379368385649093, 1e-5));
    let order: Vec<usize> = (0..700).map(|row| (row * 211) % 700).collect();
    let gather = |values: &[f64]| -> Vec<f64> { order.iter().map(|&row| values[row]).collect() };
    let positions = gather(&series.positions);
    let shuffled = Residuals {
        positions: Some(&positions),
        ..series.residuals(ar1)
    };
    let moved = fit(&series.x.gather_rows(&order), &gather(&series.y), shuffled);
    assert!(close(moved.deviance, found.deviance, 1e-12));
    let long = Series::new(1, 10_000);
    let fit = fit(&long.x, &long.y, long.residuals(ar1));
    // The noise repeats itself, so this is near the 0.6 of its making, not an estimate of it.
    assert!((fit.correlations[0] - 0.6).abs() < 0.1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Rows in another order, and weights in another unit, are the same model.
    #[test]
    fn order_and_units_do_not_matter(seed in 0u64..1000, unit in 0.1f64..10.0) {
        let sample = Sample::new(seed, 6, 4);
        let random = [sample.term(&sample.x)];
        let fit = LinearMixed::new(sample.data(&random), Criterion::Reml).unwrap().fit().unwrap();
        let order: Vec<usize> = (0..24).map(|row| (row * 7) % 24).collect();
        let x = sample.x.gather_rows(&order);
        let y: Vec<f64> = order.iter().map(|&row| sample.y[row]).collect();
        let groups: Vec<usize> = order.iter().map(|&row| sample.groups[row]).collect();
        let weights = vec![unit; 24];
        let random = [RandomTerm { effects: &x, groups: &groups, levels: 6 }];
        let data = MixedData { x: &x, y: &y, weights: Some(&weights), offset: None, random: &random };
        let moved = LinearMixed::new(data, Criterion::Reml).unwrap().fit().unwrap();
        prop_assert!(close(fit.deviance, moved.deviance, 1e-9));
        prop_assert!(close(fit.coefficients[1], moved.coefficients[1], 1e-6));
        prop_assert!(close(fit.sigma * unit.sqrt(), moved.sigma, 1e-6));
    }
}
