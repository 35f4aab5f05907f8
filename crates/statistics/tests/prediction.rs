//! Predictions with censored outcomes, worked by hand.

use statistics::NotEstimable;
use statistics::prediction::{CensoredOutcomes, CompetingOutcomes, WeightError};

/// Events at 1, 2 and 4; one is censored at 2, one at 3.
const FIVE: CensoredOutcomes<'static> = CensoredOutcomes {
    time: &[1.0, 2.0, 2.0, 3.0, 4.0],
    event: &[true, false, true, false, true],
    weights: None,
};

#[track_caller]
fn assert_all_close(found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() < 1e-14, "{found} {expected}");
    }
}

#[test]
fn weight_goes_to_the_right_from_who_is_censored() {
    // At 2 the event leaves first; of the 3 who are left 1 is censored: G = 2/3. At 3 one of 2:
    // G = 2/3 · 1/2 = 1/3.
    let weights = FIVE.redistributed(&[2.0, 2.5, 4.0]).unwrap();
    // Up to 2 nobody is censored before.
    assert_all_close(&weights[0], &[1.0; 5]);
    // Events keep 1/G(T−), G before 1 and before 2 is 1; who goes on has 1/G(2.5−) = 3/2: the
    // weight of who was censored, halved between two.
    assert_all_close(&weights[1], &[1.0, 0.0, 1.0, 1.5, 1.5]);
    // At 3 the 3/2 of who is censored goes to the last: 1/G(4−) = 3.
    assert_all_close(&weights[2], &[1.0, 0.0, 1.0, 0.0, 3.0]);
}

#[test]
fn case_weights_are_redistributed_by_weight() {
    let outcomes = CensoredOutcomes {
        weights: Some(&[1.0, 2.0, 1.0, 1.0, 2.0]),
        ..FIVE
    };
    let weights = outcomes.redistributed(&[2.5, 4.0]).unwrap();
    // The 2 of who is censored at 2 goes to weights 1 and 2: two thirds and four thirds.
    assert_all_close(
        &weights[0],
        &[1.0, 0.0, 1.0, 1.0 + 2.0 / 3.0, 2.0 + 4.0 / 3.0],
    );
    // Then 5/3 follows it.
    assert_all_close(&weights[1], &[1.0, 0.0, 1.0, 0.0, 5.0]);
}

#[test]
fn weight_without_anybody_to_the_right_is_lost() {
    let outcomes = CensoredOutcomes {
        time: &[1.0, 2.0],
        event: &[true, false],
        weights: None,
    };
    let weights = outcomes.redistributed(&[2.0, 5.0]).unwrap();
    assert_eq!(weights, [[1.0, 1.0], [1.0, 0.0]]);
}

#[test]
fn a_brier_score_takes_the_squares_of_who_is_still_known() {
    let risk = [0.8, 0.5, 0.6, 0.4, 0.1];
    // At 2.5, weights 1, 0, 1, 3/2, 3/2: (0.2² + 0.4² + 3/2 · 0.4² + 3/2 · 0.1²)/5 = 0.455/5.
    let score = FIVE.brier_score(2.5, &risk).unwrap();
    assert!((score - 0.091).abs() < 1e-15);
    // At 2 who is censored then counts as without the event:
    // (0.2² + 0.5² + 0.4² + 0.4² + 0.1²)/5 = 0.62/5.
    assert!((FIVE.brier_score(2.0, &risk).unwrap() - 0.124).abs() < 1e-15);
    // Without a predictor: 1 − 4/5 · 3/4 = 0.4 for everybody, and
    // (0.6² + 0.6² + 3/2 · 0.4² + 3/2 · 0.4²)/5 = 1.2/5.
    let constant = FIVE.event_probability(2.5).unwrap();
    assert!((constant - 0.4).abs() < 1e-15);
    let without = FIVE.brier_score(2.5, &[constant; 5]).unwrap();
    assert!((without - 0.24).abs() < 1e-15);
}

#[test]
fn a_brier_score_of_weighted_rows_is_that_of_repeated_rows() {
    let weighted = CensoredOutcomes {
        weights: Some(&[1.0, 2.0, 1.0, 1.0, 2.0]),
        ..FIVE
    };
    let repeated = CensoredOutcomes {
        time: &[1.0, 2.0, 2.0, 2.0, 3.0, 4.0, 4.0],
        event: &[true, false, false, true, false, true, true],
        weights: None,
    };
    let one = weighted.brier_score(2.5, &[0.8, 0.5, 0.6, 0.4, 0.1]);
    let other = repeated.brier_score(2.5, &[0.8, 0.5, 0.5, 0.6, 0.4, 0.1, 0.1]);
    assert!((one.unwrap() - other.unwrap()).abs() < 1e-15);
}

#[test]
fn predictions_that_make_no_sense_have_a_name() {
    let short = FIVE.brier_score(2.5, &[0.5; 4]);
    assert!(matches!(short, Err(NotEstimable::Length { .. })));
    let unknown = FIVE.brier_score(2.5, &[f64::NAN; 5]);
    assert!(matches!(unknown, Err(NotEstimable::NotFinite { .. })));
    let at_no_time = FIVE.redistributed(&[f64::NAN]);
    assert!(matches!(at_no_time, Err(NotEstimable::Domain { .. })));
}

/// G falls to 2/3 at 2, so who goes on counts for 3/2.
#[test]
fn scores_of_predicted_risks_by_hand() {
    let outcomes = CompetingOutcomes {
        time: &[1.0, 2.0, 3.0, 4.0],
        status: &[1, 0, 2, 1],
        cause: 1,
    };
    let by_three = outcomes.at(3.0, WeightError::Counted).unwrap();
    let brier = by_three.brier(&[0.9, 0.5, 0.2, 0.6]).unwrap();
    // (1 · 0.1² + 3/2 · 0.2² + 3/2 · 0.6²)/4
    assert!((brier.value - 0.1525).abs() < 1e-15);
    // Later squares are 0.6, a fifth for each of the three at risk of censoring: the one who is
    // censored has 0.2 − 0.2/3, the others −0.2/3.
    let third = 0.2 / 3.0;
    let expected = [0.01, 0.2 - third, 0.06 - third, 0.54 - third];
    for (found, expected) in brier.influence.iter().zip(expected) {
        assert!((found - (expected - 0.1525)).abs() < 1e-15);
    }
    let known = outcomes.at(3.0, WeightError::Ignored).unwrap();
    let influence = known.brier(&[0.9, 0.5, 0.2, 0.6]).unwrap().influence;
    assert!((influence[1] + 0.1525).abs() < 1e-15);
    // The case is tied with one of two controls that weigh the same.
    let auc = by_three.auc(&[0.6, 0.5, 0.2, 0.6]).unwrap();
    assert!((auc.value - 0.75).abs() < 1e-15);
    assert!(auc.influence.iter().sum::<f64>().abs() < 1e-15);
    assert!(by_three.auc(&[0.5; 4]).unwrap().std_error() < 1e-15);
    // Nobody has the cause by 0.5; nobody is observed at 5.
    let early = outcomes.at(0.5, WeightError::Counted).unwrap();
    assert!(early.auc(&[0.5; 4]).is_err());
    assert!(outcomes.at(5.0, WeightError::Counted).is_err());
}
