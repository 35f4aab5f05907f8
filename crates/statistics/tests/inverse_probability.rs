//! Inverse-probability weights: by hand, and against a confounded study of known effect.

use statistics::NotEstimable;
use statistics::glm::{Family, Glm, GlmData};
use statistics::imputation::Draws;
use statistics::inverse_probability::{
    Exposed, ExposureRows, WeightSummary, exposure_weights, truncated,
};
use statistics::matrix::Matrix;

#[test]
fn each_meaning_of_exposure_by_hand() {
    // One person of three rows, out of order: unexposed at 1, exposed at 2, at 3 still so.
    let rows = ExposureRows {
        person: &[0, 0, 0],
        time: &[2.0, 1.0, 3.0],
        exposed: &[true, false, true],
    };
    let p = [0.5, 0.2, 0.8];
    let of = |exposed| exposure_weights(rows, None, &p, exposed).expect("weights");
    // 1/0.8 at 1; 1/(0.8 · 0.5) at 2; nothing more at 3, or 1/0.8 more.
    assert_eq!(of(Exposed::First), [2.5, 1.25, 2.5]);
    assert_eq!(of(Exposed::EachTime), [2.5, 1.25, 3.125]);
    assert_eq!(of(Exposed::Once), [2.0, 1.25, 1.25]);
    let staying = of(Exposed::Censored);
    assert!((staying[2] - 1.0 / (0.8 * 0.5 * 0.2)).abs() < 1e-12);
}

#[test]
fn faults_have_names() {
    let rows = ExposureRows {
        person: &[0],
        time: &[1.0],
        exposed: &[true],
    };
    let of = |p: f64| exposure_weights(rows, None, &[p], Exposed::Once);
    assert!(matches!(
        of(0.0),
        Err(NotEstimable::Domain { value: 0.0, .. })
    ));
    assert!(of(1.5).is_err() && of(f64::NAN).is_err());
    assert!(truncated(&[1.0], 0.7).is_err());
    assert!(WeightSummary::of(&[]).is_err());
}

/// Treatment depends on x, and so does the outcome; its effect is 1.
#[test]
fn weights_undo_confounding() {
    let mut draws = Draws::new(3);
    let n = 20_000;
    let x: Vec<f64> = (0..n).map(|_| draws.normal()).collect();
    let treated: Vec<f64> = x
        .iter()
        .map(|x| f64::from(u8::from(draws.uniform() < 1.0 / (1.0 + (-x).exp()))))
        .collect();
    let outcome: Vec<f64> = (0..n)
        .map(|i| treated[i] + 2.0 * x[i] + draws.normal())
        .collect();
    let design = Matrix::from_columns(&[vec![1.0; n], x]);
    let data = GlmData {
        x: &design,
        y: &treated,
        weights: None,
        offset: None,
    };
    let family = Family::Binomial;
    let model = Glm::fit(data, family, family.default_link()).expect("a fit");
    let share = treated.iter().sum::<f64>() / n as f64;
    let rows = ExposureRows {
        person: &(0..n as u32).collect::<Vec<_>>(),
        time: &vec![0.0; n],
        exposed: &treated.iter().map(|&a| a == 1.0).collect::<Vec<_>>(),
    };
    let weights = exposure_weights(rows, Some(&vec![share; n]), &model.fitted, Exposed::Once);
    let weights = weights.expect("weights");
    let mean = |arm: f64| {
        let own = || (0..n).filter(|&i| treated[i] == arm);
        own().map(|i| weights[i] * outcome[i]).sum::<f64>() / own().map(|i| weights[i]).sum::<f64>()
    };
    assert!((mean(1.0) - mean(0.0) - 1.0).abs() < 0.1);
    let summary = WeightSummary::of(&weights).expect("a summary");
    assert!((summary.mean - 1.0).abs() < 0.02 && summary.effective_size < n as f64);
}
