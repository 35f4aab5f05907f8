//! B-splines by the recurrence of Cox and de Boor.

use super::check_knots;
use crate::NotEstimable;
use crate::matrix::Matrix;

/// A basis of B-splines. R: `splines::bs`.
///
/// # Method
/// de Boor (1978), *A Practical Guide to Splines*, chapter X. Beyond the boundary knots each
/// polynomial piece goes on as it is at the boundary (its Taylor expansion there).
///
/// ```
/// use statistics::spline::BSpline;
/// // Degree 1 and a knot at 5: triangles over 0, 5 and 10.
/// let basis = BSpline::new(&[5.0], (0.0, 10.0), 1, true)?;
/// assert_eq!(basis.row(2.5), [0.5, 0.5, 0.0]);
/// // Degree 3: everywhere the B-splines sum to 1.
/// let cubic = BSpline::new(&[5.0], (0.0, 10.0), 3, true)?;
/// assert!((cubic.row(2.5).iter().sum::<f64>() - 1.0).abs() < 1e-15);
/// # Ok::<(), statistics::NotEstimable>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct BSpline {
    /// All knots, those of the boundary repeated `degree + 1` times.
    knots: Vec<f64>,
    degree: usize,
    intercept: bool,
}

impl BSpline {
    /// A basis of `degree` with these inner knots; without `intercept` the first column is left
    /// out.
    ///
    /// # Errors
    /// Knots that are not finite or not rising.
    pub fn new(
        inner: &[f64],
        boundary: (f64, f64),
        degree: usize,
        intercept: bool,
    ) -> Result<Self, NotEstimable> {
        let mut sorted = inner.to_vec();
        sorted.sort_unstable_by(f64::total_cmp);
        let mut knots = vec![boundary.0; degree + 1];
        knots.extend(sorted);
        knots.extend(vec![boundary.1; degree + 1]);
        check_knots(&knots)?;
        if boundary.0 >= boundary.1 {
            return Err(NotEstimable::OneLevel { what: "x" });
        }
        Ok(Self {
            knots,
            degree,
            intercept,
        })
    }

    /// Columns.
    ///
    /// ```
    /// use statistics::spline::BSpline;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let basis = BSpline::new(&[5.0], (0.0, 10.0), 3, true)?;
    /// // One inner knot, and degree + 1.
    /// assert_eq!(basis.columns(), 5);
    /// # Ok(())
    /// # }
    /// ```
    pub fn columns(&self) -> usize {
        self.all_columns() - usize::from(!self.intercept)
    }

    fn all_columns(&self) -> usize {
        self.knots.len() - self.degree - 1
    }

    fn boundary(&self) -> (f64, f64) {
        (self.knots[0], self.knots[self.knots.len() - 1])
    }

    /// The basis at a point; NaN at NaN.
    pub fn row(&self, x: f64) -> Vec<f64> {
        let (low, high) = self.boundary();
        let all = if x.is_nan() {
            vec![f64::NAN; self.all_columns()]
        } else if x < low {
            self.continued(low, x)
        } else if x > high {
            self.continued(high, x)
        } else {
            self.derivative(x, 0)
        };
        match self.intercept {
            true => all,
            false => all[1..].to_vec(),
        }
    }

    /// The basis at points, one row each. R: `splines::bs`.
    ///
    /// ```
    /// use statistics::spline::BSpline;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let basis = BSpline::new(&[5.0], (0.0, 10.0), 3, true)?;
    /// let matrix = basis.matrix(&[2.5, 7.5]);
    /// assert_eq!((matrix.rows(), matrix.columns()), (2, 5));
    /// # Ok(())
    /// # }
    /// ```
    pub fn matrix(&self, x: &[f64]) -> Matrix {
        rows(x, self.columns(), |x| self.row(x))
    }

    /// The Taylor expansion at a boundary.
    fn continued(&self, boundary: f64, x: f64) -> Vec<f64> {
        let mut row = self.derivative(boundary, 0);
        let mut factor = 1.0;
        for order in 1..=self.degree {
            factor *= (x - boundary) / order as f64;
            let derivative = self.derivative(boundary, order);
            for (value, change) in row.iter_mut().zip(derivative) {
                *value += factor * change;
            }
        }
        row
    }

    /// A derivative of every B-spline at a point between the boundary knots.
    pub(crate) fn derivative(&self, x: f64, order: usize) -> Vec<f64> {
        if order > self.degree {
            return vec![0.0; self.all_columns()];
        }
        let mut values = self.constants(x);
        for degree in 1..=self.degree - order {
            values = self.raised(&values, degree, x);
        }
        // d/dx B_{i,k} = k (B_{i,k-1} / (t_{i+k} - t_i) - B_{i+1,k-1} / (t_{i+k+1} - t_{i+1}))
        for degree in self.degree - order + 1..=self.degree {
            values = self.differenced(&values, degree);
        }
        values
    }

    /// Degree 0: 1 in the interval between knots that holds the point; the last interval
    /// includes its end.
    fn constants(&self, x: f64) -> Vec<f64> {
        let count = self.knots.len() - 1;
        let last = self.all_columns() - 1;
        let interval = self.knots.partition_point(|&knot| knot <= x);
        let interval = interval.saturating_sub(1).clamp(self.degree, last);
        let mut values = vec![0.0; count];
        values[interval] = 1.0;
        values
    }

    fn raised(&self, lower: &[f64], degree: usize, x: f64) -> Vec<f64> {
        let t = &self.knots;
        let value = |i: usize| {
            let rising = ratio(x - t[i], t[i + degree] - t[i]) * lower[i];
            let falling = ratio(t[i + degree + 1] - x, t[i + degree + 1] - t[i + 1]) * lower[i + 1];
            rising + falling
        };
        (0..lower.len() - 1).map(value).collect()
    }

    fn differenced(&self, lower: &[f64], degree: usize) -> Vec<f64> {
        let t = &self.knots;
        let value = |i: usize| {
            let rising = ratio(lower[i], t[i + degree] - t[i]);
            let falling = ratio(lower[i + 1], t[i + degree + 1] - t[i + 1]);
            degree as f64 * (rising - falling)
        };
        (0..lower.len() - 1).map(value).collect()
    }
}

/// A quotient that is 0 where knots coincide.
fn ratio(a: f64, b: f64) -> f64 {
    if b == 0.0 { 0.0 } else { a / b }
}

/// A matrix with one row per point.
pub(super) fn rows(x: &[f64], columns: usize, row: impl Fn(f64) -> Vec<f64>) -> Matrix {
    let mut values = vec![0.0; x.len() * columns];
    for (place, &x_at) in x.iter().enumerate() {
        for (column, value) in row(x_at).into_iter().enumerate() {
            values[column * x.len() + place] = value;
        }
    }
    Matrix::from_values(x.len(), columns, values)
}
