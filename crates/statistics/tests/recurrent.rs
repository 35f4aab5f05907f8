//! Mean numbers of recurring events: by hand, against slow plain versions, and by their laws.
#![allow(clippy::unwrap_used, reason = "a test may fail by a panic")]

use proptest::prelude::*;
use statistics::recurrent::{CountVariance, MarginalMean, MeanCount, RecurrentRows, SurvivalPart};
use statistics::survival::Observations;

/// Subjects in rows of one follow-up each.
#[derive(Clone, Debug)]
struct Lives {
    entry: Vec<f64>,
    exit: Vec<f64>,
    event: Vec<bool>,
    death: Vec<bool>,
    id: Vec<u32>,
}

impl Lives {
    fn rows(&self) -> RecurrentRows<'_> {
        RecurrentRows {
            entry: Some(&self.entry),
            exit: &self.exit,
            event: &self.event,
            death: &self.death,
            weights: None,
            id: Some(&self.id),
        }
    }
}

fn lives(deaths: bool) -> impl Strategy<Value = Lives> {
    let subject = (
        proptest::collection::vec(1_u8..5, 0..4),
        1_u8..5,
        any::<bool>(),
    );
    proptest::collection::vec(subject, 1..12).prop_map(move |subjects| {
        let mut lives = Lives {
            entry: vec![],
            exit: vec![],
            event: vec![],
            death: vec![],
            id: vec![],
        };
        for (id, (gaps, last, dies)) in subjects.into_iter().enumerate() {
            let mut now = 0.0;
            let rows = gaps.len();
            for (place, gap) in gaps.into_iter().chain([last]).enumerate() {
                lives.entry.push(now);
                now += f64::from(gap) / 2.0;
                lives.exit.push(now);
                lives.event.push(place < rows);
                lives.death.push(place == rows && dies && deaths);
                lives.id.push(id as u32);
            }
        }
        lives
    })
}

/// Mean and variance by definition: each subject's own sum of martingale increments.
fn slowly(lives: &Lives, time: f64) -> (f64, f64) {
    let mut times = lives.exit.clone();
    times.sort_by(f64::total_cmp);
    times.dedup();
    let subjects = lives.id.iter().max().map_or(0, |id| *id as usize + 1);
    let (mut survival, mut mean) = (1.0, 0.0);
    let mut parts = vec![[0.0_f64; 3]; subjects];
    for &now in times.iter().filter(|&&now| now <= time) {
        let at_risk = |row: usize| lives.entry[row] < now && now <= lives.exit[row];
        let rows = 0..lives.exit.len();
        let total = rows.clone().filter(|&row| at_risk(row)).count() as f64;
        let here =
            |flags: &[bool], row: usize| f64::from(u8::from(flags[row] && lives.exit[row] == now));
        let events: f64 = rows.clone().map(|row| here(&lives.event, row)).sum();
        let deaths: f64 = rows.clone().map(|row| here(&lives.death, row)).sum();
        mean += survival * events / total;
        for row in rows.filter(|&row| at_risk(row)) {
            let part = &mut parts[lives.id[row] as usize];
            let death = (here(&lives.death, row) - deaths / total) / total;
            part[0] += survival * (here(&lives.event, row) - events / total) / total;
            part[1] += death;
            part[2] += mean * death;
        }
        survival *= 1.0 - deaths / total;
    }
    let influence = |part: &[f64; 3]| part[0] - mean * part[1] + part[2];
    (mean, parts.iter().map(|part| influence(part).powi(2)).sum())
}

#[test]
fn by_hand() {
    // Two subjects; one has events at 1 and 2. Each adds (1 − 1/2)/2 and −(1/2)/2 per event.
    let rows = Observations {
        entry: Some(&[0.0, 1.0, 2.0, 0.0]),
        exit: &[1.0, 2.0, 3.0, 3.0],
        event: &[true, true, false, false],
        weights: None,
        id: Some(&[0, 0, 0, 1]),
    };
    let count = MeanCount::estimate(rows, CountVariance::LawlessNadeau).unwrap();
    assert_eq!(count.mean, [0.5, 1.0, 1.0]);
    assert!((count.std_err[1] - (2.0 * 0.5_f64.powi(2)).sqrt()).abs() < 1e-12);
    let poisson = MeanCount::estimate(rows, CountVariance::Poisson).unwrap();
    assert!((poisson.std_err[1] - 0.5_f64.sqrt()).abs() < 1e-12);
    assert_eq!(count.limits(0.95, true).unwrap().len(), 3);
    assert!(count.limits(2.0, true).is_err());
}

#[test]
fn faults_have_names() {
    let rows = RecurrentRows {
        exit: &[1.0],
        event: &[true],
        death: &[],
        ..RecurrentRows::default()
    };
    assert!(MarginalMean::estimate(rows, SurvivalPart::ProductLimit).is_err());
    let rows = RecurrentRows::default();
    assert!(MarginalMean::estimate(rows, SurvivalPart::ProductLimit).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(80))]

    #[test]
    fn fast_sums_equal_the_definition(lives in lives(true)) {
        let fast = MarginalMean::estimate(lives.rows(), SurvivalPart::ProductLimit).unwrap();
        for place in 0..fast.times.len() {
            let (mean, variance) = slowly(&lives, fast.times[place]);
            prop_assert!((fast.mean[place] - mean).abs() < 1e-12);
            prop_assert!((fast.std_err[place].powi(2) - variance).abs() < 1e-10);
        }
    }

    #[test]
    fn without_deaths_it_is_the_mean_count(lives in lives(false)) {
        let marginal = MarginalMean::estimate(lives.rows(), SurvivalPart::ExpHazard).unwrap();
        let rows = Observations {
            entry: Some(&lives.entry),
            exit: &lives.exit,
            event: &lives.event,
            weights: None,
            id: Some(&lives.id),
        };
        let count = MeanCount::estimate(rows, CountVariance::LawlessNadeau).unwrap();
        for (place, time) in marginal.times.iter().enumerate() {
            let other = count.times.iter().position(|known| known == time).unwrap();
            prop_assert!((marginal.mean[place] - count.mean[other]).abs() < 1e-12);
            prop_assert!((marginal.std_err[place] - count.std_err[other]).abs() < 1e-7);
        }
    }
}
