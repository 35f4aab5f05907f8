//! Splines: worked by hand, and what must hold of any.
#![allow(clippy::unwrap_used, reason = "a test may fail by a panic")]

use proptest::prelude::*;
use statistics::NotEstimable;
use statistics::spline::{
    BSpline, NaturalSpline, OrthogonalPolynomials, boundary, quantile_knots, restricted_cubic,
    restricted_knots,
};

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-12 * (1.0 + b.abs())
}

/// Degree 1 with knots 0, 1, 3: three hats. At 0.5 half of the first two; at 2 half of the last.
#[test]
fn linear_b_splines_are_hats() {
    let basis = BSpline::new(&[1.0], (0.0, 3.0), 1, true).unwrap();
    assert_eq!(basis.row(0.5), [0.5, 0.5, 0.0]);
    assert_eq!(basis.row(2.0), [0.0, 0.5, 0.5]);
    assert_eq!(basis.row(3.0), [0.0, 0.0, 1.0]);
    // Beyond the boundary the last lines go on: slope −1/2 and 1/2.
    assert_eq!(basis.row(5.0), [0.0, -1.0, 2.0]);
}

/// Without inner knots cubic B-splines are Bernstein's: (1−x)³, 3x(1−x)², 3x²(1−x), x³.
#[test]
fn cubic_b_splines_without_knots_are_those_of_bernstein() {
    let basis = BSpline::new(&[], (0.0, 1.0), 3, true).unwrap();
    let row = basis.row(0.25);
    let expected = [27.0 / 64.0, 27.0 / 64.0, 9.0 / 64.0, 1.0 / 64.0];
    assert!(
        row.iter().zip(expected).all(|(a, b)| close(*a, b)),
        "{row:?}"
    );
}

/// Knots 1, 2, 3 at x = 2.5: (1.5³ − 0.5³·(3−1)/(3−2) + 0)/(3−1)² = (3.375 − 0.25)/4.
#[test]
fn restricted_cubic_terms_are_those_of_the_formula() {
    let basis = restricted_cubic(&[2.5, 0.5], &[1.0, 2.0, 3.0]).unwrap();
    assert_eq!(basis.row(0), [2.5, 0.78125]);
    assert_eq!(basis.row(1), [0.5, 0.0]);
}

/// x = 1, 2, 3, 4: p1 = x − 2.5 of squared length 5; p2 = (x − 2.5)² − 1.25 of squared length 4.
#[test]
fn polynomials_are_those_of_the_recurrence() {
    let x = [1.0, 2.0, 3.0, 4.0];
    let basis = OrthogonalPolynomials::over(&x, 2).unwrap();
    assert_eq!(basis.norm2, [1.0, 4.0, 5.0, 4.0]);
    let matrix = basis.matrix(&x);
    assert!(close(matrix[(0, 0)], -1.5 / 5.0_f64.sqrt()));
    assert_eq!(matrix.column(1), [0.5, -0.5, -0.5, 0.5]);
}

#[test]
fn what_cannot_be_a_basis_has_a_name() {
    assert!(matches!(
        boundary(&[2.0, 2.0]),
        Err(NotEstimable::OneLevel { .. })
    ));
    assert!(matches!(boundary(&[]), Err(NotEstimable::Empty { .. })));
    assert!(matches!(
        boundary(&[f64::NAN]),
        Err(NotEstimable::NotFinite { .. })
    ));
    assert!(BSpline::new(&[f64::INFINITY], (0.0, 1.0), 3, true).is_err());
    assert!(BSpline::new(&[], (1.0, 1.0), 3, true).is_err());
    assert!(NaturalSpline::new(&[2.0], (0.0, 1.0), true).is_err());
    assert!(restricted_cubic(&[1.0], &[1.0, 2.0]).is_err());
    assert!(restricted_cubic(&[1.0], &[1.0, 1.0, 2.0]).is_err());
    assert!(restricted_knots(&[1.0; 50], 4).is_err());
    assert!(restricted_knots(&[1.0, 2.0], 12).is_err());
    assert!(OrthogonalPolynomials::over(&[1.0, 1.0, 2.0], 2).is_err());
    assert!(quantile_knots(&[5.0], (0.0, 1.0), 2).is_err());
}

fn knots() -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(0.05..0.95_f64, 0..5)
}

proptest! {
    #[test]
    fn b_splines_sum_to_one(knots in knots(), x in 0.0..=1.0_f64, degree in 0..5_usize) {
        let basis = BSpline::new(&knots, (0.0, 1.0), degree, true).unwrap();
        let row = basis.row(x);
        prop_assert!(row.iter().all(|value| *value >= -1e-12));
        prop_assert!(close(row.iter().sum(), 1.0));
        prop_assert_eq!(row.len(), knots.len() + degree + 1);
    }

    /// Straight beyond the boundary, and smooth everywhere.
    #[test]
    fn natural_splines_are_straight_outside(knots in knots(), x in -1.0..2.0_f64) {
        let spline = NaturalSpline::new(&knots, (0.0, 1.0), true).unwrap();
        prop_assert_eq!(spline.columns(), knots.len() + 2);
        // Equal steps far outside, where every function of the basis is a straight line.
        for far in [-9.0, 3.0] {
            let (a, b, c) = (spline.row(far), spline.row(far + 1.0), spline.row(far + 2.0));
            for k in 0..a.len() {
                prop_assert!(close(c[k] - b[k], b[k] - a[k]));
            }
        }
        // And smooth: no jump anywhere.
        let (near, here) = (spline.row(x + 1e-9), spline.row(x));
        prop_assert!(near.iter().zip(&here).all(|(a, b)| (a - b).abs() < 1e-5));
    }

    #[test]
    fn restricted_cubic_terms_are_straight_beyond_the_knots(x in 3.0..20.0_f64) {
        let knots = [0.0, 1.0, 1.5, 3.0];
        let basis = restricted_cubic(&[x, x + 1.0, x + 2.0, -x], &knots).unwrap();
        for column in 0..3 {
            let c = basis.column(column);
            prop_assert!(((c[2] - c[1]) - (c[1] - c[0])).abs() < 1e-9);
        }
        prop_assert_eq!(&basis.row(3)[1..], &[0.0, 0.0]);
    }

    #[test]
    fn polynomials_are_orthonormal(mut x in prop::collection::vec(-10.0..10.0_f64, 8..30), degree in 1..5_usize) {
        x.sort_by(f64::total_cmp);
        x.dedup_by(|a, b| (*a - *b).abs() < 0.1);
        prop_assume!(x.len() > degree + 2);
        let basis = OrthogonalPolynomials::over(&x, degree).unwrap().matrix(&x);
        for a in 0..degree {
            prop_assert!(basis.column(a).iter().sum::<f64>().abs() < 1e-8);
            for b in 0..degree {
                let product: f64 = basis.column(a).iter().zip(basis.column(b)).map(|(a, b)| a * b).sum();
                prop_assert!((product - f64::from(u8::from(a == b))).abs() < 1e-8);
            }
        }
    }
}
