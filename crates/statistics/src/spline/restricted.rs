//! Restricted cubic splines by truncated powers.

use super::{check_knots, quantile};
use crate::NotEstimable;
use crate::matrix::Matrix;

/// Quantiles at which knots stand by default (Harrell 2015, *Regression Modeling Strategies*,
/// table 2.3), for 3 to 7 knots.
const PLACES: [&[f64]; 5] = [
    &[0.1, 0.5, 0.9],
    &[0.05, 0.35, 0.65, 0.95],
    &[0.05, 0.275, 0.5, 0.725, 0.95],
    &[0.05, 0.23, 0.41, 0.59, 0.77, 0.95],
    &[0.025, 0.1833, 0.3417, 0.5, 0.6583, 0.8167, 0.975],
];

/// Below this many values the outer knots stand at the fifth smallest and largest value.
const FEW: usize = 100;

/// Knots for [`restricted_cubic`]: 3 to 7 at fixed quantiles.
/// R: `Hmisc::rcspline.eval(x, knots.only = TRUE)`.
///
/// # Errors
/// Another number of knots, and too few distinct values for them.
///
/// ```
/// let x: Vec<f64> = (0..=200).map(f64::from).collect();
/// let knots = statistics::spline::restricted_knots(&x, 3).unwrap();
/// assert_eq!(knots, [20.0, 100.0, 180.0]);
/// ```
pub fn restricted_knots(x: &[f64], count: usize) -> Result<Vec<f64>, NotEstimable> {
    let places = count.checked_sub(3).and_then(|place| PLACES.get(place));
    let Some(places) = places else {
        return Err(NotEstimable::Domain {
            what: "the number of knots",
            value: count as f64,
        });
    };
    let mut sorted: Vec<f64> = x.iter().copied().filter(|x| !x.is_nan()).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    if sorted.is_empty() {
        return Err(NotEstimable::Empty { what: "values" });
    }
    let mut knots: Vec<f64> = places.iter().map(|&p| quantile(&sorted, p)).collect();
    if (5..FEW).contains(&sorted.len()) {
        knots[0] = sorted[4];
        knots[count - 1] = sorted[sorted.len() - 5];
    }
    match knots.windows(2).all(|pair| pair[0] < pair[1]) {
        true => Ok(knots),
        false => Err(NotEstimable::OneLevel { what: "x" }),
    }
}

/// The value itself and `knots − 2` terms that are cubic between the knots and linear outside.
/// R: `Hmisc::rcspline.eval(x, knots, inclx = TRUE)`.
///
/// # Method
/// Harrell (2015, § 2.4.5): `((x−t_j)₊³ − (x−t_{k−1})₊³ (t_k−t_j)/(t_k−t_{k−1}) +
/// (x−t_k)₊³ (t_{k−1}−t_j)/(t_k−t_{k−1})) / (t_k−t_1)²`.
///
/// # Errors
/// Fewer than three knots, or knots that do not rise.
///
/// ```
/// let basis = statistics::spline::restricted_cubic(&[4.0], &[1.0, 2.0, 3.0]).unwrap();
/// // (3³ − 2·2³ + 1³) / 2² = 3
/// assert_eq!((basis[(0, 0)], basis[(0, 1)]), (4.0, 3.0));
/// ```
pub fn restricted_cubic(x: &[f64], knots: &[f64]) -> Result<Matrix, NotEstimable> {
    check_knots(knots)?;
    let k = knots.len();
    if k < 3 || knots.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(NotEstimable::Domain {
            what: "the number of knots",
            value: k as f64,
        });
    }
    let (first, before, last) = (knots[0], knots[k - 2], knots[k - 1]);
    // NaN stays NaN.
    let cube = |x: f64| if x <= 0.0 { 0.0 } else { x * x * x };
    let scale = (last - first).powi(2);
    let mut values = x.to_vec();
    for &knot in &knots[..k - 2] {
        let term = |&x: &f64| {
            let tail = cube(x - before) * (last - knot) / (last - before);
            let end = cube(x - last) * (before - knot) / (last - before);
            (cube(x - knot) - tail + end) / scale
        };
        values.extend(x.iter().map(term));
    }
    Ok(Matrix::from_values(x.len(), k - 1, values))
}
