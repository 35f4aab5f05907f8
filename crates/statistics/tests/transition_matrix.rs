//! Transition matrices and the change in length of stay.

use statistics::NotEstimable;
use statistics::matrix::Matrix;
use statistics::multistate::length_of_stay::LengthOfStay;
use statistics::multistate::transition_matrix::{Stays, TransitionMatrix};

const ALWAYS: (f64, f64) = (0.0, f64::INFINITY);

/// Three begin in 0: one goes to 1 at 1 and to 2 at 4, one goes to 2 at 2, one to 2 at 6.
fn small<'a>() -> Stays<'a> {
    Stays {
        entry: &[0.0, 1.0, 0.0, 0.0],
        exit: &[1.0, 4.0, 2.0, 6.0],
        from: &[0, 1, 0, 0],
        event: &[2, 3, 3, 3],
        states: 3,
    }
}

#[test]
fn the_recursion_equals_the_products_as_written() {
    let fit = TransitionMatrix::estimate(&small(), ALWAYS, true).expect("events");
    let states = 3;
    let size = states * states;
    let mut p = Matrix::identity(states);
    let mut covariance = Matrix::zeros(size, size);
    for place in 0..fit.time.len() {
        let mut h = Matrix::identity(states);
        for from in 0..states {
            for to in (0..states).filter(|&to| to != from) {
                let moved = fit.n_event[place][(from, to)];
                if moved > 0.0 {
                    h[(from, to)] = moved / fit.n_risk[(place, from)];
                    h[(from, from)] -= moved / fit.n_risk[(place, from)];
                }
            }
        }
        // vec(PH) = (Hᵀ⊗I) vec P: entry (a, b) takes P_ac H_cb.
        let mut kronecker = Matrix::zeros(size, size);
        let mut added = Matrix::zeros(size, size);
        for a in 0..states {
            for b in 0..states {
                for c in 0..states {
                    kronecker[(b * states + a, c * states + a)] = h[(c, b)];
                }
            }
        }
        for j in 0..states {
            let y = fit.n_risk[(place, j)];
            for b in 0..states {
                for b2 in 0..states {
                    let own = if b == b2 { h[(j, b)] } else { 0.0 };
                    let cov = if y > 0.0 {
                        (own - h[(j, b)] * h[(j, b2)]) / y
                    } else {
                        0.0
                    };
                    for a in 0..states {
                        for a2 in 0..states {
                            added[(b * states + a, b2 * states + a2)] +=
                                p[(a, j)] * p[(a2, j)] * cov;
                        }
                    }
                }
            }
        }
        covariance = kronecker
            .multiply(&covariance)
            .multiply(&kronecker.transpose());
        covariance.add_scaled(1.0, &added);
        p = p.multiply(&h);
        let equal = |a: &Matrix, b: &Matrix| {
            a.values()
                .iter()
                .zip(b.values())
                .all(|(a, b)| (a - b).abs() < 1e-14)
        };
        assert!(equal(&fit.probability[place], &p), "P at {place}");
        assert!(equal(&fit.covariance[place], &covariance), "cov at {place}");
        // Rows of P sum to 1, so their covariances sum to 0: R's etm, which sets negative
        // covariances to 0, breaks this.
        for a in 0..states {
            let sum: f64 = (0..states)
                .map(|b| fit.covariance[place][(a, b * states + a)])
                .sum();
            assert!(sum.abs() < 1e-14);
        }
    }
}

#[test]
fn length_of_stay_by_hand() {
    let fit = TransitionMatrix::estimate(&small(), ALWAYS, false).expect("events");
    assert_eq!(fit.time, [1.0, 2.0, 4.0, 6.0]);
    let stay = LengthOfStay::new(&fit).expect("three states");
    // After 1 in state 1: until 4. In state 0: half leave at 2, half at 6.
    assert_eq!((stay.case[0], stay.control[0]), (4.0, 4.0));
    // After 2: in state 1 until 4, in state 0 until 6.
    assert_eq!((stay.case[1], stay.control[1]), (4.0, 6.0));
    // State 0 is left at 1, 2 and 6, each with weight 1/3; at 6 both are at the end.
    let third = 1.0 / 3.0;
    assert!(
        stay.weights
            .iter()
            .all(|weight| (weight - third).abs() < 1e-15)
    );
    assert!((stay.change + 2.0 * third).abs() < 1e-15);
}

#[test]
fn a_stay_that_goes_on_ends_with_the_last_observation() {
    let censored = Stays {
        entry: &[0.0, 0.0, 0.0, 1.0, 0.0],
        exit: &[1.0, 2.0, 3.0, 4.0, 9.0],
        from: &[0, 0, 0, 1, 0],
        event: &[2, 3, 0, 3, 0],
        states: 3,
    };
    let fit = TransitionMatrix::estimate(&censored, ALWAYS, false).expect("events");
    let stay = LengthOfStay::new(&fit).expect("three states");
    assert_eq!(fit.last, 9.0);
    // In state 1 until 4; in state 0 a third leaves at 2, the others stay until 9.
    assert_eq!((stay.case[0], stay.case[2]), (4.0, 9.0));
    assert!((stay.control[0] - (2.0 / 3.0 + 6.0)).abs() < 1e-14);
    // State 0 is left at 1 by 1/4 and at 2 by another.
    assert!((stay.change - (0.25 * (4.0 - 20.0 / 3.0) + 0.25 * (4.0 - 9.0))).abs() < 1e-14);
}

#[test]
fn nothing_to_estimate_has_a_name() {
    let none = Stays {
        event: &[0; 4],
        ..small()
    };
    let failure = TransitionMatrix::estimate(&none, ALWAYS, true);
    assert_eq!(failure.expect_err("no events"), NotEstimable::NoEvents);
    let unknown = Stays {
        event: &[2, 9, 3, 3],
        ..small()
    };
    assert!(TransitionMatrix::estimate(&unknown, ALWAYS, true).is_err());
    let late = TransitionMatrix::estimate(&small(), (6.0, 9.0), true);
    assert_eq!(late.expect_err("no events"), NotEstimable::NoEvents);
}
