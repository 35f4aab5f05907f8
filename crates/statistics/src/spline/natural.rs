//! Natural cubic splines.

use super::bspline::{BSpline, rows};
use crate::NotEstimable;
use crate::matrix::Matrix;

/// A basis of cubic splines that are linear beyond the boundary knots. R: `splines::ns`.
///
/// # Method
/// Of the cubic B-splines those combinations whose second derivative is 0 at both boundary
/// knots (de Boor 1978; Chambers and Hastie 1992, § 7.3.5). They span the null space of the two
/// constraints, and are its basis by Householder's QR decomposition.
///
/// ```
/// use statistics::spline::NaturalSpline;
/// let spline = NaturalSpline::new(&[3.0, 6.0], (0.0, 10.0), false)?;
/// assert_eq!(spline.columns(), 3);
/// // Linear beyond the boundary: equal steps give equal differences.
/// let (a, b, c) = (spline.row(11.0), spline.row(12.0), spline.row(13.0));
/// assert!(((c[0] - b[0]) - (b[0] - a[0])).abs() < 1e-12);
/// # Ok::<(), statistics::NotEstimable>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct NaturalSpline {
    basis: BSpline,
    boundary: (f64, f64),
    reflections: [Vec<f64>; 2],
}

impl NaturalSpline {
    /// A basis with these inner knots; without `intercept` the first B-spline is left out.
    ///
    /// # Errors
    /// Knots that are not finite or not rising.
    pub fn new(inner: &[f64], boundary: (f64, f64), intercept: bool) -> Result<Self, NotEstimable> {
        let basis = BSpline::new(inner, boundary, 3, true)?;
        let basis = if intercept {
            basis
        } else {
            BSpline::new(inner, boundary, 3, false)?
        };
        let constraint = |x: f64| -> Vec<f64> {
            let all = basis.derivative(x, 2);
            all[all.len() - basis.columns()..].to_vec()
        };
        let first = householder(constraint(boundary.0));
        let mut right = constraint(boundary.1);
        reflect(&mut right, &first);
        let mut second = householder(right[1..].to_vec());
        second.insert(0, 0.0);
        Ok(Self {
            basis,
            boundary,
            reflections: [first, second],
        })
    }

    /// Columns.
    pub fn columns(&self) -> usize {
        self.basis.columns() - 2
    }

    /// The basis at a point; NaN at NaN.
    pub fn row(&self, x: f64) -> Vec<f64> {
        if x.is_nan() {
            return vec![f64::NAN; self.columns()];
        }
        let edge = x.clamp(self.boundary.0, self.boundary.1);
        let mut row = self.kept(self.basis.derivative(edge, 0));
        if x != edge {
            let slope = self.kept(self.basis.derivative(edge, 1));
            row.iter_mut()
                .zip(slope)
                .for_each(|(value, slope)| *value += (x - edge) * slope);
        }
        for reflection in &self.reflections {
            reflect(&mut row, reflection);
        }
        row.drain(..2);
        row
    }

    /// The basis at points, one row each. R: `splines::ns`.
    ///
    /// ```
    /// use statistics::spline::NaturalSpline;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let matrix = NaturalSpline::new(&[5.0], (0.0, 10.0), false)?.matrix(&[2.5, 7.5]);
    /// assert_eq!((matrix.rows(), matrix.columns()), (2, 2));
    /// # Ok(())
    /// # }
    /// ```
    pub fn matrix(&self, x: &[f64]) -> Matrix {
        rows(x, self.columns(), |x| self.row(x))
    }

    fn kept(&self, mut all: Vec<f64>) -> Vec<f64> {
        all.drain(..all.len() - self.basis.columns());
        all
    }
}

/// The direction of the reflection that turns `x` onto the first axis, of length √2; zeros where
/// there is nothing to turn.
fn householder(mut x: Vec<f64>) -> Vec<f64> {
    let length = x.iter().map(|x| x * x).sum::<f64>().sqrt();
    if length == 0.0 {
        return x;
    }
    // The sign that avoids cancellation.
    x[0] += if x[0] < 0.0 { -length } else { length };
    let scale = (x.iter().map(|x| x * x).sum::<f64>() / 2.0).sqrt();
    x.iter_mut().for_each(|x| *x /= scale);
    x
}

fn reflect(row: &mut [f64], direction: &[f64]) {
    let along: f64 = row.iter().zip(direction).map(|(a, b)| a * b).sum();
    row.iter_mut()
        .zip(direction)
        .for_each(|(value, d)| *value -= along * d);
}
