//! Rank tests, competing risks and concordance: by hand, and properties.

use proptest::prelude::*;
use statistics::competing::{
    CensoringEffect, CensoringTies, CompetingData, EventTies, FineGray, FineGrayControl,
    FineGrayData, GrayTest, IncidenceCurve, expand,
};
use statistics::concordance::{Concordance, ConcordanceData, ConcordanceOptions, TimeWeight};
use statistics::cox::{CoxControl, CoxData, CoxFit, Ties};
use statistics::matrix::Matrix;
use statistics::rank_test::{KSample, RankData, RankWeight, TieVariance};

fn close(a: f64, b: f64, tolerance: f64) -> bool {
    (a - b).abs() <= tolerance * (1.0 + b.abs())
}

#[test]
fn one_cause_without_competitors_is_the_empirical_distribution() {
    // Of 4 people one leaves at each time: F is 1/4, 2/4, 3/4, 1. At time 1 the variance is
    // S(0)² d/Y² = 1/16; at time 4 everybody had the event, and what happens last counts 1/16.
    let data = CompetingData {
        time: &[1.0, 2.0, 3.0, 4.0],
        cause: &[1; 4],
        causes: 1,
        group: &[0; 4],
        groups: 1,
    };
    let curve = IncidenceCurve::estimate(&data).unwrap().remove(0);
    assert_eq!(curve.estimate, [0.25, 0.5, 0.75, 1.0]);
    assert!(close(curve.variance[0], 1.0 / 16.0, 1e-12));
    assert!(close(curve.variance[3], 1.0 / 16.0, 1e-12));
    assert!(curve.variance.iter().all(|v| *v >= 0.0));
}

/// Times 1 to 9, causes 0 to 2, a covariate and a group.
fn people() -> impl Strategy<Value = Vec<(f64, u32, f64, u32)>> {
    let person = (1u32..10, 0u32..3, -20i32..20, 0u32..2);
    prop::collection::vec(person, 12..60).prop_map(|people| {
        let scaled = |(time, cause, x, group): (u32, u32, i32, u32)| {
            (f64::from(time), cause, f64::from(x) / 10.0, group)
        };
        people.into_iter().map(scaled).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn log_rank_does_not_depend_on_order_or_units(people in people()) {
        let test = |people: &[(f64, u32, f64, u32)], scale: f64| {
            let time: Vec<f64> = people.iter().map(|p| p.0 * scale).collect();
            let event: Vec<bool> = people.iter().map(|p| p.1 > 0).collect();
            let group: Vec<u32> = people.iter().map(|p| p.3).collect();
            let data = RankData {
                entry: None, time: &time, event: &event, group: &group, groups: 2,
                strata: None, counts: None,
            };
            KSample::test(&data, RankWeight::Gehan, TieVariance::Hypergeometric)
                .map(|test| test.chi_squared)
        };
        let mut turned = people.clone();
        turned.reverse();
        if let (Ok(a), Ok(b)) = (test(&people, 1.0), test(&turned, 3.5)) {
            prop_assert!(close(a, b, 1e-10));
        }
    }

    #[test]
    fn concordance_equals_counting_all_pairs(people in people()) {
        let time: Vec<f64> = people.iter().map(|p| p.0).collect();
        let event: Vec<bool> = people.iter().map(|p| p.1 > 0).collect();
        let x: Vec<f64> = people.iter().map(|p| p.2).collect();
        let entry: Vec<f64> = people.iter().map(|p| (p.0 - 1.0) * f64::from(p.3)).collect();
        let data = ConcordanceData {
            entry: Some(&entry), time: &time, event: &event, predictor: &x,
            weights: None, strata: None,
        };
        let mut counts = [0.0; 3];
        for i in (0..time.len()).filter(|&i| event[i]) {
            for j in 0..time.len() {
                let later = time[j] > time[i] || (time[j] == time[i] && !event[j]);
                if later && entry[j] < time[i] {
                    let place = if x[j] > x[i] { 0 } else if x[j] < x[i] { 1 } else { 2 };
                    counts[place] += 1.0;
                }
            }
        }
        let found = Concordance::of(&data, &ConcordanceOptions::default());
        if let Ok(found) = found {
            prop_assert_eq!(found.count.to_array()[..3].to_vec(), counts.to_vec());
            prop_assert!(found.dfbeta.iter().sum::<f64>().abs() < 1e-10);
        } else {
            prop_assert_eq!(counts.iter().sum::<f64>(), 0.0);
        }
    }

    #[test]
    fn two_time_weights_are_one(people in people()) {
        let time: Vec<f64> = people.iter().map(|p| p.0).collect();
        let event: Vec<bool> = people.iter().map(|p| p.1 > 0).collect();
        let x: Vec<f64> = people.iter().map(|p| p.2).collect();
        let data = ConcordanceData {
            entry: None, time: &time, event: &event, predictor: &x, weights: None, strata: None,
        };
        let with = |time_weight| {
            Concordance::of(&data, &ConcordanceOptions { time_weight, ..Default::default() })
        };
        if let (Ok(a), Ok(b)) =
            (with(TimeWeight::SurvivalOverCensoring), with(TimeWeight::InverseCensoringSquared))
        {
            prop_assert!(close(a.concordance, b.concordance, 1e-10));
        }
    }

    #[test]
    fn fine_and_gray_equals_a_weighted_cox_model_of_expanded_rows(people in people()) {
        let time: Vec<f64> = people.iter().map(|p| p.0).collect();
        let status: Vec<u32> = people.iter().map(|p| p.1).collect();
        let x = Matrix::from_columns(&[people.iter().map(|p| p.2).collect::<Vec<_>>()]);
        let data = FineGrayData {
            entry: None, time: &time, status: &status, cause: 1, x: &x, weights: None,
            offset: None, strata: None, censoring_groups: None, id: None,
        };
        let control = FineGrayControl {
            event_ties: EventTies::Efron,
            censoring_ties: CensoringTies::EventsFirst,
            ..Default::default()
        };
        let Ok(fit) = FineGray::fit(&data, &control) else { return Ok(()) };
        if !fit.infinite.is_empty() || !fit.aliased.is_empty() {
            return Ok(());
        }
        let rows = expand(&data).unwrap();
        let wide = x.gather_rows(&rows.iter().map(|row| row.row).collect::<Vec<_>>());
        let entry: Vec<f64> = rows.iter().map(|row| row.start).collect();
        let exit: Vec<f64> = rows.iter().map(|row| row.stop).collect();
        let event: Vec<bool> = rows.iter().map(|row| row.event).collect();
        let weights: Vec<f64> = rows.iter().map(|row| row.weight).collect();
        let cox = CoxData {
            entry: Some(&entry), weights: Some(&weights),
            ..CoxData::new(&exit, &event, &wide)
        };
        let control = CoxControl { tolerance: 1e-13, ..Default::default() };
        let cox = CoxFit::fit(&cox, Ties::Efron, &control).unwrap();
        prop_assert!(close(fit.coefficients[0], cox.coefficients[0], 1e-6));
        prop_assert!(close(fit.log_likelihood, cox.log_likelihood, 1e-9));
    }

    #[test]
    fn what_one_censoring_group_does_is_what_censoring_does(people in people()) {
        let time: Vec<f64> = people.iter().map(|p| p.0).collect();
        let status: Vec<u32> = people.iter().map(|p| p.1).collect();
        let x = Matrix::from_columns(&[people.iter().map(|p| p.2).collect::<Vec<_>>()]);
        let data = FineGrayData {
            entry: None, time: &time, status: &status, cause: 1, x: &x, weights: None,
            offset: None, strata: None, censoring_groups: None, id: None,
        };
        let Ok(fit) = FineGray::fit(&data, &FineGrayControl::default()) else { return Ok(()) };
        let all = fit.influence(CensoringEffect::AllEvents);
        let own = fit.influence(CensoringEffect::OwnEvents);
        for (all, own) in all.values().iter().zip(own.values()) {
            prop_assert!((all - own).abs() <= 1e-12 * (1.0 + all.abs()));
        }
    }

    #[test]
    fn hostile_rows_have_names(time in prop::num::f64::ANY, cause in 0u32..5, group in 0u32..5) {
        let data = CompetingData {
            time: &[1.0, time, 3.0], cause: &[1, cause, 2], causes: 2,
            group: &[0, group, 1], groups: 2,
        };
        let _ = GrayTest::test(&data, None, 0.0);
        let _ = IncidenceCurve::estimate(&data);
    }
}
