//! Properties of agreement, reliability, rates, tests, models and pooling: what must hold
//! whatever the data are.

use proptest::prelude::*;
use statistics::agreement::{
    AgreementWeights, CohenKappa, FleissKappa, KrippendorffAlpha, Metric, Ratings,
};
use statistics::distribution::{Binomial, Distribution, Hypergeometric, Poisson};
use statistics::glm::{Family, Glm, GlmData, Link};
use statistics::imputation::Pooled;
use statistics::matrix::Matrix;
use statistics::psychometrics::{
    CronbachAlpha, IccForm, IccUnit, IntraclassCorrelation, RatingAnova,
};
use statistics::rates::{binomial_p_value, proportion_exact, proportion_wilson, rate_exact};
use statistics::table_one::{
    CountTable, OddsRatio, QuantileType, chi_squared, fisher_exact, kruskal_wallis, quantile,
    smd_categorical, t_test, wilcoxon,
};

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * b.abs().max(1.0)
}

fn codes(subjects: usize) -> impl Strategy<Value = Vec<Option<usize>>> {
    proptest::collection::vec((0usize..3).prop_map(Some), subjects)
}

proptest! {
    #[test]
    fn names_of_categories_do_not_matter(first in codes(30), second in codes(30)) {
        let swap = |codes: &[Option<usize>]| -> Vec<Option<usize>> {
            codes.iter().map(|code| code.map(|code| [2, 0, 1][code])).collect()
        };
        let ratings = Ratings::new(&[&first, &second], 3).expect("valid");
        let renamed = Ratings::new(&[swap(&first), swap(&second)], 3).expect("valid");
        let kappa = |ratings| CohenKappa::estimate(ratings, &AgreementWeights::Unweighted);
        if let (Ok(a), Ok(b)) = (kappa(&ratings), kappa(&renamed)) {
            prop_assert!(near(a.value, b.value) && near(a.variance, b.variance));
            prop_assert!((-1.0..=1.0).contains(&a.value) && a.variance >= -1e-12);
        }
        if let (Ok(a), Ok(b)) = (FleissKappa::estimate(&ratings), FleissKappa::estimate(&renamed)) {
            prop_assert!(near(a.value, b.value));
        }
    }

    #[test]
    fn two_raters_without_gaps_tie_fleiss_to_krippendorff(first in codes(40), second in codes(40)) {
        // α corrects Scott's π (Fleiss' κ of two raters) for a finite sample: 1 − α = (1 − π)(2n − 1)/2n.
        let ratings = Ratings::new(&[&first, &second], 3).expect("valid");
        if let Ok(fleiss) = FleissKappa::estimate(&ratings) {
            let alpha = KrippendorffAlpha::estimate(&ratings, &[1.0, 2.0, 3.0], Metric::Nominal).expect("two values");
            prop_assert!(near(1.0 - alpha.value, (1.0 - fleiss.value) * 79.0 / 80.0));
        }
    }

    #[test]
    fn alpha_is_the_consistency_of_the_mean(values in proptest::collection::vec(-3.0f64..3.0, 40)) {
        let items: Vec<&[f64]> = values.chunks(10).collect();
        let alpha = CronbachAlpha::estimate(&items).expect("random");
        let anova = RatingAnova::of(&items).expect("random");
        let icc = |form, unit| IntraclassCorrelation::new(&anova, form, unit, 0.0, 0.95).expect("regular");
        let mean = icc(IccForm::Consistency, IccUnit::Average);
        prop_assert!((alpha.scale.raw - mean.value).abs() < 1e-9 * mean.value.abs().max(1.0));
        // The limits of a mean are those of a single rating, stepped up.
        for form in [IccForm::OneWay, IccForm::Consistency, IccForm::Agreement] {
            let single = icc(form, IccUnit::Single);
            let (lower, upper) = single.stepped_up_limits(anova.raters);
            let mean = icc(form, IccUnit::Average);
            prop_assert!((mean.lower - lower).abs() < 1e-8 * lower.abs().max(1.0), "{form:?}");
            prop_assert!((mean.upper - upper).abs() < 1e-8 * upper.abs().max(1.0), "{form:?}");
        }
    }

    #[test]
    fn exact_intervals_invert_exact_tests(x in 0u64..40, rest in 0u64..40) {
        let n = x + rest;
        prop_assume!(n > 0);
        let (lower, upper) = proportion_exact(x, n, 0.9).expect("valid");
        let share = x as f64 / n as f64;
        prop_assert!(lower <= share && share <= upper);
        if x > 0 {
            let at = Binomial::new(n, lower).expect("valid").upper(x as f64 - 1.0);
            prop_assert!((at - 0.05).abs() < 1e-10);
        }
        if rest > 0 {
            let at = Binomial::new(n, upper).expect("valid").lower(x as f64);
            prop_assert!((at - 0.05).abs() < 1e-10);
        }
        let (lower, upper) = proportion_wilson(x, n, 0.9, false).expect("valid");
        prop_assert!(0.0 <= lower && lower <= share && share <= upper && upper <= 1.0);
        let (_, upper) = rate_exact(x, 2.0, 0.9).expect("valid");
        let at = Poisson::new(2.0 * upper).expect("positive").lower(x as f64);
        prop_assert!((at - 0.05).abs() < 1e-10);
    }

    #[test]
    fn exact_p_values_are_sums_of_what_is_no_more_likely(x in 0u64..25, rest in 0u64..25, p in 0.05f64..0.95) {
        let n = x + rest;
        prop_assume!(n > 0);
        let distribution = Binomial::new(n, p).expect("valid");
        let own = distribution.density(x as f64) * (1.0 + 1e-7);
        let plain: f64 =
            (0..=n).map(|k| distribution.density(k as f64)).filter(|&density| density <= own).sum();
        let found = binomial_p_value(x, n, p).expect("valid");
        prop_assert!((found - plain.min(1.0)).abs() < 1e-10, "{found} {plain}");
    }

    #[test]
    fn fisher_equals_the_hypergeometric_sum(a in 0u64..15, b in 0u64..15, c in 0u64..15, d in 0u64..15) {
        let cell = Hypergeometric::new(a + b, c + d, a + c).expect("valid");
        let probabilities = cell.probabilities(1.0);
        let own = cell.probability(a, 1.0) * (1.0 + 1e-7);
        let plain: f64 = probabilities.iter().filter(|&&p| p <= own).sum();
        let table = CountTable::new(&[[a as f64, b as f64], [c as f64, d as f64]]).expect("valid");
        prop_assert!((fisher_exact(&table).expect("small") - plain.min(1.0)).abs() < 1e-10);
        if let Ok(ratio) = OddsRatio::estimate(&table, 0.95) {
            prop_assert!(ratio.lower <= ratio.value && ratio.value <= ratio.upper);
            let turned = CountTable::new(&[[c as f64, d as f64], [a as f64, b as f64]]).expect("valid");
            let turned = OddsRatio::estimate(&turned, 0.95).expect("as before");
            if ratio.value > 0.0 && ratio.value.is_finite() {
                prop_assert!(near(turned.value * ratio.value, 1.0));
            }
        }
    }

    #[test]
    fn two_groups_agree_with_the_tests_for_many(
        first in proptest::collection::vec(-5.0f64..5.0, 3..20),
        second in proptest::collection::vec(-5.0f64..5.0, 3..20),
    ) {
        let pooled = t_test(&first, &second, true, 0.95).expect("random").test;
        let anova = statistics::table_one::anova_one_way(&[&first, &second]).expect("random");
        prop_assert!(near(anova.statistic, pooled.statistic * pooled.statistic));
        prop_assert!((anova.p_value - pooled.p_value).abs() < 1e-9);
        let exact = wilcoxon(&first, &second, Some(true)).expect("random");
        let turned = wilcoxon(&second, &first, Some(true)).expect("random");
        prop_assert!(near(exact.p_value, turned.p_value));
        prop_assert!(near(exact.statistic + turned.statistic, (first.len() * second.len()) as f64));
        prop_assert!(kruskal_wallis(&[&first, &second]).expect("random").p_value <= 1.0);
    }

    #[test]
    fn quantiles_rise_and_keep_to_the_range(
        values in proptest::collection::vec(-5.0f64..5.0, 1..30),
        p in 0.0f64..1.0,
        q in 0.0f64..1.0,
    ) {
        let least = values.iter().copied().fold(f64::INFINITY, f64::min);
        let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        for number in 1..=9 {
            let kind = QuantileType::numbered(number).expect("nine of them");
            let at = |p| quantile(&values, p, kind).expect("valid");
            let (low, high) = (at(p.min(q)), at(p.max(q)));
            prop_assert!(least <= low && low <= high + 1e-12 && high <= most);
        }
    }

    #[test]
    fn differences_of_shares_do_not_depend_on_the_first_category(
        a in proptest::collection::vec(1u32..50, 3),
        b in proptest::collection::vec(1u32..50, 3),
    ) {
        let numbers = |counts: &[u32]| -> Vec<f64> { counts.iter().map(|&n| f64::from(n)).collect() };
        let (a, b) = (numbers(&a), numbers(&b));
        let turn = |counts: &[f64]| vec![counts[2], counts[0], counts[1]];
        let smd = smd_categorical(&a, &b).expect("filled");
        prop_assert!((smd - smd_categorical(&turn(&a), &turn(&b)).expect("filled")).abs() < 1e-9);
        prop_assert!((smd - smd_categorical(&b, &a).expect("filled")).abs() < 1e-12);
        let table = CountTable::new(&[a, b]).expect("valid");
        prop_assert!((0.0..=1.0).contains(&chi_squared(&table, true).expect("filled").p_value));
    }

    #[test]
    fn grouped_and_single_trials_give_one_model(
        successes in proptest::collection::vec(1u32..9, 6),
        x in proptest::collection::vec(-2.0f64..2.0, 6),
    ) {
        let trials = 10u32;
        let design = Matrix::from_columns(&[vec![1.0; 6], x.clone()]);
        let shares: Vec<f64> = successes.iter().map(|&s| f64::from(s) / f64::from(trials)).collect();
        let weights = vec![f64::from(trials); 6];
        let grouped = GlmData { x: &design, y: &shares, weights: Some(&weights), offset: None };
        let grouped = Glm::fit(grouped, Family::Binomial, Link::Logit).expect("regular");
        let (mut long_x, mut long_y) = (Vec::new(), Vec::new());
        for (row, &s) in successes.iter().enumerate() {
            for trial in 0..trials {
                long_x.push(x[row]);
                long_y.push(f64::from(u8::from(trial < s)));
            }
        }
        let design = Matrix::from_columns(&[vec![1.0; 60], long_x]);
        let single = GlmData { x: &design, y: &long_y, weights: None, offset: None };
        let single = Glm::fit(single, Family::Binomial, Link::Logit).expect("regular");
        for (a, b) in grouped.coefficients.iter().zip(&single.coefficients) {
            prop_assert!((a - b).abs() < 1e-9);
        }
        for (a, b) in grouped.covariance.values().iter().zip(single.covariance.values()) {
            prop_assert!((a - b).abs() < 1e-9 * b.abs().max(1e-3));
        }
        let change = |fit: &Glm| fit.null_deviance - fit.deviance;
        prop_assert!((change(&grouped) - change(&single)).abs() < 1e-8);
    }

    #[test]
    fn equal_imputations_add_nothing(estimate in -5.0f64..5.0, variance in 0.01f64..5.0) {
        let pooled = Pooled::of(&[estimate; 5], &[variance; 5], Some(30.0)).expect("valid");
        prop_assert!(near(pooled.total, variance) && pooled.lambda < 1e-12);
        prop_assert!((pooled.df - 31.0 / 33.0 * 30.0).abs() < 1e-9);
    }
}

#[test]
fn separated_outcomes_are_named() {
    let x = Matrix::from_columns(&[[1.0; 4], [1.0, 2.0, 3.0, 4.0]]);
    let data = GlmData {
        x: &x,
        y: &[0.0, 0.0, 1.0, 1.0],
        weights: None,
        offset: None,
    };
    for link in [Link::Logit, Link::Probit, Link::ComplementaryLogLog] {
        let fit = Glm::fit(data, Family::Binomial, link).expect("the deviance converges");
        assert_eq!(fit.infinite, [0, 1], "{link:?}");
        assert!(fit.deviance < 1e-8);
    }
}

#[test]
fn a_line_through_all_points_has_its_least_squares() {
    // R: glm(c(1, 3, 2, 5) ~ c(0, 1, 2, 3)): slope 1.1, intercept 1.1, σ² = 2.7/2.
    let x = Matrix::from_columns(&[[1.0; 4], [0.0, 1.0, 2.0, 3.0]]);
    let data = GlmData {
        x: &x,
        y: &[1.0, 3.0, 2.0, 5.0],
        weights: None,
        offset: None,
    };
    let fit = Glm::fit(data, Family::Gaussian, Link::Identity).expect("regular");
    assert!((fit.coefficients[0] - 1.1).abs() < 1e-12 && (fit.coefficients[1] - 1.1).abs() < 1e-12);
    // Residuals −0.1, 0.8, −1.3, 0.6: squares 2.7. var(slope) = 1.35/5.
    assert!((fit.deviance - 2.7).abs() < 1e-12);
    assert!((fit.covariance[(1, 1)] - 0.27).abs() < 1e-12);
}
