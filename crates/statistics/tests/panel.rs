//! Panel models: closed forms, gradients, recovery.

use statistics::NotEstimable;
use statistics::imputation::Draws;
use statistics::optimise::numerical_gradient;
use statistics::panel::{Intensities, IntensityModel, Observation, PanelData, PanelLikelihood};

#[test]
fn the_likelihood_by_hand() {
    // Rate 0.3 from 0 to 1. Seen in 0 at 2: e^{−0.6}; entered 1 exactly at 3, seen in 0 at 2:
    // e^{−0.3}·0.3; seen in 1 at 5 (from 0 at 3): 1 − e^{−0.6}.
    let model = IntensityModel::new(2, &[(0, 1)], 0).expect("two states");
    let data = PanelData {
        time: &[0.0, 2.0, 3.0, 3.0, 5.0],
        state: &[0, 0, 1, 0, 1],
        subject: &[0, 0, 0, 1, 1],
        observation: &[
            Observation::Snapshot,
            Observation::Snapshot,
            Observation::ExactEntry,
            Observation::Snapshot,
            Observation::Snapshot,
        ],
        ..PanelData::default()
    };
    let likelihood = PanelLikelihood::new(model, &data).expect("consistent");
    let (found, _) = likelihood.evaluate(&[0.3f64.ln()]).expect("finite");
    let expected = -0.6 - 0.3 + 0.3f64.ln() + (1.0 - (-0.6f64).exp()).ln();
    assert!((found - expected).abs() < 1e-13);
}

#[test]
fn the_gradient_equals_differences() {
    let transitions = [(0, 1), (1, 0), (0, 2), (1, 2)];
    let model = IntensityModel::new(3, &transitions, 1).expect("three states");
    let kinds = [
        Observation::Snapshot,
        Observation::Snapshot,
        Observation::Exact,
        Observation::Snapshot,
        Observation::ExactEntry,
        Observation::Snapshot,
        Observation::Snapshot,
        Observation::Exact,
    ];
    let data = PanelData {
        time: &[0.0, 1.0, 1.7, 3.0, 4.2, 0.0, 2.0, 2.5],
        state: &[0, 1, 0, 3, 2, 1, 3, 2],
        subject: &[0, 0, 0, 0, 0, 1, 1, 1],
        observation: &kinds,
        covariates: &[0.0, 0.4, -1.0, 0.3, 0.0, 1.0, 1.0, 0.0],
        censored: &[vec![0, 1]],
    };
    let likelihood = PanelLikelihood::new(model, &data).expect("consistent");
    let at = [-1.0, -0.7, -1.5, -2.0, 0.3, -0.2, 0.1, 0.5];
    let (_, gradient) = likelihood.evaluate(&at).expect("finite");
    let value = |at: &[f64]| likelihood.evaluate(at).expect("finite").0;
    for (found, expected) in gradient.iter().zip(numerical_gradient(&at, value)) {
        assert!((found - expected).abs() < 1e-7, "{found} {expected}");
    }
}

#[test]
fn intensities_are_recovered_and_covered() {
    // Ill and well again, and death whose day is known; visits every 1.5.
    let (ill, well, dies) = (0.4, 0.6, 0.15);
    let mut draws = Draws::new(19_850_402);
    let mut covered = 0;
    let runs = 40;
    for _ in 0..runs {
        let (mut time, mut state, mut subject) = (Vec::new(), Vec::new(), Vec::new());
        let mut observation = Vec::new();
        for person in 0..80 {
            let (mut at, mut now, mut visit) = (0.0, 0u32, 0.0);
            while visit <= 6.0 && now < 2 {
                let rates = if now == 0 { [ill, 0.0] } else { [well, dies] };
                let next = at + draws.exponential(rates[0] + rates[1]);
                while visit <= 6.0 && visit < next {
                    time.push(visit);
                    state.push(now);
                    subject.push(person);
                    observation.push(Observation::Snapshot);
                    visit += 1.5;
                }
                now = match draws.uniform() * (rates[0] + rates[1]) < rates[0] {
                    true => 1 - now,
                    false => 2,
                };
                if now == 2 && next <= 6.0 {
                    time.push(next);
                    state.push(2);
                    subject.push(person);
                    observation.push(Observation::ExactEntry);
                }
                at = next;
            }
        }
        let model = IntensityModel::new(3, &[(0, 1), (1, 0), (1, 2)], 0).expect("three states");
        let data = PanelData {
            time: &time,
            state: &state,
            subject: &subject,
            observation: &observation,
            ..PanelData::default()
        };
        let likelihood = PanelLikelihood::new(model, &data).expect("consistent");
        let fit = likelihood
            .maximise(&likelihood.crude_start())
            .expect("regular");
        assert!(fit.gradient.iter().all(|slope| slope.abs() < 1e-6));
        let z = (fit.parameters[2] - f64::ln(dies)) / fit.covariance[(2, 2)].sqrt();
        covered += usize::from(z.abs() < 1.96);
    }
    assert!((34..=40).contains(&covered), "{covered}");
}

#[test]
fn outputs_of_a_two_state_model_by_hand() {
    // One of two intervals of length 1 ends in death: q = ln 2, with variance 1/(information of
    // log q) = (1 − p)/(n p (ln p)²) with p = 1/2 the share that stays.
    let data = PanelData {
        time: &[0.0, 1.0, 2.0],
        state: &[0, 0, 1],
        subject: &[0, 0, 0],
        observation: &[Observation::Snapshot; 3],
        ..PanelData::default()
    };
    let model = IntensityModel::new(2, &[(0, 1)], 0).expect("two states");
    let likelihood = PanelLikelihood::new(model.clone(), &data).expect("consistent");
    let fit = likelihood.maximise(&[-1.0]).expect("regular");
    let variance = 0.5 / (2.0 * 0.5 * 2f64.ln().powi(2));
    assert!((fit.covariance[(0, 0)] / variance - 1.0).abs() < 1e-8);
    let at = Intensities::new(&model, &fit, &[], 1.96).expect("no covariates");
    let (_, sojourn) = at.sojourns()[0];
    assert!((sojourn.value - 1.0 / 2f64.ln()).abs() < 1e-9);
    assert!((sojourn.std_err / sojourn.value - variance.sqrt()).abs() < 1e-8);
    let p = at.probabilities(2.0).expect("a time");
    assert!((p[0][0].value - 0.25).abs() < 1e-9);
    // Time alive until 2: (1 − e^{−2q})/q.
    let alive = at.lengths_of_stay(2.0).expect("a time")[(0, 0)];
    assert!((alive - 0.75 / 2f64.ln()).abs() < 1e-9);
    assert!((at.first_passage(1)[0] - 1.0 / 2f64.ln()).abs() < 1e-9);
    assert_eq!(at.first_passage(0)[1], f64::INFINITY);
}

#[test]
fn what_cannot_be_has_a_name() {
    let model = IntensityModel::new(2, &[(0, 1)], 0).expect("two states");
    let data = PanelData {
        time: &[0.0, 1.0],
        state: &[1, 0],
        subject: &[0, 0],
        observation: &[Observation::Snapshot; 2],
        ..PanelData::default()
    };
    let likelihood = PanelLikelihood::new(model.clone(), &data).expect("consistent");
    // Nobody comes back from 1.
    let (value, _) = likelihood.evaluate(&[0.0]).expect("finite parameters");
    assert_eq!(value, f64::NEG_INFINITY);
    assert!(likelihood.maximise(&[0.0]).is_err());
    let unordered = PanelData {
        time: &[1.0, 0.0],
        ..data
    };
    let failure = PanelLikelihood::new(model.clone(), &unordered).expect_err("goes back in time");
    assert!(matches!(
        failure,
        NotEstimable::InconsistentHistory { row: 1, .. }
    ));
    let unknown = PanelData {
        state: &[0, 7],
        ..data
    };
    assert!(PanelLikelihood::new(model, &unknown).is_err());
    assert!(IntensityModel::new(2, &[(0, 2)], 0).is_err());
}
