//! Bases for smooth effects: B-splines, natural cubic splines, restricted cubic splines and
//! orthogonal polynomials.
//!
//! | basis | here | R |
//! |---|---|---|
//! | B-splines | [`BSpline`] | `splines::bs` |
//! | natural cubic splines | [`NaturalSpline`] | `splines::ns` |
//! | restricted cubic splines (truncated powers) | [`restricted_cubic`] | `Hmisc::rcspline.eval`, `rms::rcs` |
//! | orthogonal polynomials | [`OrthogonalPolynomials`] | `poly`, `contr.poly` |
//!
//! Each keeps what it took from the data (knots, recurrences), so that new data get the same
//! columns. Formulas: `docs/methods/splines.md`.

mod bspline;
mod natural;
mod polynomial;
mod restricted;

pub use bspline::BSpline;
pub use natural::NaturalSpline;
pub use polynomial::OrthogonalPolynomials;
pub use restricted::{restricted_cubic, restricted_knots};

use crate::NotEstimable;

/// Inner knots at quantiles that cut the values inside the boundary into equal parts.
/// R: the knots of `splines::bs(x, df)`.
///
/// # Errors
/// No values, or boundary knots that are not in order.
///
/// ```
/// let knots = statistics::spline::quantile_knots(&[1.0, 2.0, 3.0, 4.0, 5.0], (1.0, 5.0), 1);
/// assert_eq!(knots.unwrap(), [3.0]);
/// ```
pub fn quantile_knots(
    x: &[f64],
    boundary: (f64, f64),
    count: usize,
) -> Result<Vec<f64>, NotEstimable> {
    let mut inside: Vec<f64> = x
        .iter()
        .copied()
        .filter(|x| (boundary.0..=boundary.1).contains(x))
        .collect();
    if inside.is_empty() {
        return Err(NotEstimable::Empty {
            what: "values between the boundary knots",
        });
    }
    inside.sort_unstable_by(f64::total_cmp);
    let at = |k: usize| quantile(&inside, k as f64 / (count + 1) as f64);
    Ok((1..=count).map(at).collect())
}

/// The smallest and the largest value. R: `range(x)`.
///
/// # Errors
/// No values, values that are not finite, or a single distinct value.
///
/// ```
/// use statistics::spline::boundary;
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// assert_eq!(boundary(&[3.0, 1.0, 2.0])?, (1.0, 3.0));
/// # Ok(())
/// # }
/// ```
pub fn boundary(x: &[f64]) -> Result<(f64, f64), NotEstimable> {
    NotEstimable::unless_finite("x", x)?;
    let low = x.iter().copied().fold(f64::INFINITY, f64::min);
    let high = x.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    match low < high {
        true => Ok((low, high)),
        false if x.is_empty() => Err(NotEstimable::Empty { what: "values" }),
        false => Err(NotEstimable::OneLevel { what: "x" }),
    }
}

/// Linear between order statistics (type 7 of Hyndman and Fan 1996).
pub(crate) fn quantile(sorted: &[f64], probability: f64) -> f64 {
    let last = sorted.len() - 1;
    let place = probability * last as f64;
    // A place that is whole but for rounding is whole.
    let below = (place + 4.0 * f64::EPSILON).floor();
    let fraction = place - below;
    let low = sorted[below as usize];
    if fraction.abs() < 4.0 * f64::EPSILON {
        return low;
    }
    let high = sorted[(below as usize + 1).min(last)];
    low + fraction * (high - low)
}

/// Rising knots, all finite.
pub(crate) fn check_knots(knots: &[f64]) -> Result<(), NotEstimable> {
    NotEstimable::unless_finite("knots", knots)?;
    match knots.windows(2).find(|pair| pair[0] > pair[1]) {
        None => Ok(()),
        Some(pair) => Err(NotEstimable::Domain {
            what: "a knot",
            value: pair[1],
        }),
    }
}
