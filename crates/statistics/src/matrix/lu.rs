#![expect(
    clippy::needless_range_loop,
    reason = "indices are the notation of linear algebra"
)]

use super::Matrix;
use crate::NotEstimable;

/// The factors P A = L U of a square matrix, with partial pivoting. R: `solve`, `Matrix::lu`.
///
/// ```
/// use statistics::matrix::{Lu, Matrix};
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// let a = Matrix::from_rows(&[&[0.0, 2.0], &[1.0, 3.0]]);
/// let factor = Lu::new(&a)?;
/// assert_eq!(factor.solve(&[2.0, 4.0]), [1.0, 1.0]);
/// assert_eq!(factor.determinant(), -2.0);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Lu {
    /// L below the diagonal (its own diagonal is 1), U on and above it.
    factors: Matrix,
    /// Row of A that stands in each row of L U.
    order: Vec<usize>,
    sign: f64,
}

impl Lu {
    /// Factors a square matrix.
    ///
    /// # Errors
    /// [`NotEstimable::NotFinite`], or [`NotEstimable::Singular`] with the first column that
    /// follows from earlier ones.
    ///
    /// # Panics
    /// If the matrix is not square.
    pub fn new(matrix: &Matrix) -> Result<Self, NotEstimable> {
        let n = matrix.rows();
        assert_eq!(n, matrix.columns(), "square");
        NotEstimable::unless_finite("a matrix", matrix.values())?;
        let mut a = matrix.clone();
        let mut order: Vec<usize> = (0..n).collect();
        let mut sign = 1.0;
        for k in 0..n {
            let best = largest_from(a.column(k), k);
            let scale = largest(matrix.column(k));
            if a[(best, k)].abs() <= f64::EPSILON * n as f64 * scale {
                return Err(NotEstimable::Singular { columns: vec![k] });
            }
            if best != k {
                order.swap(best, k);
                sign = -sign;
                for column in 0..n {
                    let values = a.column_mut(column);
                    values.swap(best, k);
                }
            }
            eliminate(&mut a, k);
        }
        Ok(Self {
            factors: a,
            order,
            sign,
        })
    }

    /// Solves A x = b. R: `solve(a, b)`.
    ///
    /// # Panics
    /// If `b` does not have the order of the matrix.
    ///
    /// ```
    /// use statistics::matrix::{Lu, Matrix};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let factor = Lu::new(&Matrix::from_rows(&[[0.0, 2.0], [1.0, 1.0]]))?;
    /// assert_eq!(factor.solve(&[4.0, 3.0]), [1.0, 2.0]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn solve(&self, b: &[f64]) -> Vec<f64> {
        let n = self.order.len();
        assert_eq!(b.len(), n, "order of the matrix");
        let mut x: Vec<f64> = self.order.iter().map(|&row| b[row]).collect();
        for j in 0..n {
            let value = x[j];
            for i in j + 1..n {
                x[i] -= self.factors[(i, j)] * value;
            }
        }
        for j in (0..n).rev() {
            x[j] /= self.factors[(j, j)];
            let value = x[j];
            for i in 0..j {
                x[i] -= self.factors[(i, j)] * value;
            }
        }
        x
    }

    /// Solves A X = B column by column. R: `solve(a, b)`.
    ///
    /// ```
    /// use statistics::matrix::{Lu, Matrix};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let factor = Lu::new(&Matrix::from_rows(&[[0.0, 2.0], [1.0, 1.0]]))?;
    /// let b = Matrix::from_columns(&[[4.0, 3.0]]);
    /// assert_eq!(factor.solve_matrix(&b).values(), [1.0, 2.0]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn solve_matrix(&self, b: &Matrix) -> Matrix {
        let mut values = Vec::with_capacity(b.values().len());
        for column in 0..b.columns() {
            values.extend(self.solve(b.column(column)));
        }
        Matrix::from_values(b.rows(), b.columns(), values)
    }

    /// The inverse. R: `solve(a)`.
    ///
    /// ```
    /// use statistics::matrix::{Lu, Matrix};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let factor = Lu::new(&Matrix::from_rows(&[[0.0, 2.0], [1.0, 1.0]]))?;
    /// assert_eq!(factor.inverse().to_rows(), [[-0.5, 1.0], [0.5, 0.0]]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn inverse(&self) -> Matrix {
        self.solve_matrix(&Matrix::identity(self.order.len()))
    }

    /// The determinant. R: `det(a)`.
    ///
    /// ```
    /// use statistics::matrix::{Lu, Matrix};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let factor = Lu::new(&Matrix::from_rows(&[[0.0, 2.0], [1.0, 1.0]]))?;
    /// assert_eq!(factor.determinant(), -2.0);
    /// # Ok(())
    /// # }
    /// ```
    pub fn determinant(&self) -> f64 {
        self.sign * self.factors.diagonal_values().iter().product::<f64>()
    }
}

fn largest(values: &[f64]) -> f64 {
    values
        .iter()
        .fold(0.0, |largest, value| value.abs().max(largest))
}

fn largest_from(values: &[f64], start: usize) -> usize {
    let mut best = start;
    for row in start + 1..values.len() {
        if values[row].abs() > values[best].abs() {
            best = row;
        }
    }
    best
}

fn eliminate(a: &mut Matrix, k: usize) {
    let n = a.rows();
    let pivot = a[(k, k)];
    for value in &mut a.column_mut(k)[k + 1..] {
        *value /= pivot;
    }
    let factors: Vec<f64> = a.column(k)[k + 1..].to_vec();
    for column in k + 1..n {
        let top = a[(k, column)];
        for (value, factor) in a.column_mut(column)[k + 1..].iter_mut().zip(&factors) {
            *value -= factor * top;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_inverse_by_hand() {
        // [[1, 2], [3, 4]]: determinant −2, inverse [[−2, 1], [1.5, −0.5]].
        let a = Matrix::from_rows(&[&[1.0, 2.0], &[3.0, 4.0]]);
        let factor = Lu::new(&a).expect("regular");
        let expected = [-2.0, 1.5, 1.0, -0.5];
        let inverse = factor.inverse();
        for (value, expected) in inverse.values().iter().zip(expected) {
            assert!((value - expected).abs() < 1e-14);
        }
        assert!((factor.determinant() + 2.0).abs() < 1e-15);
    }

    #[test]
    fn a_singular_matrix_is_named() {
        let a = Matrix::from_rows(&[&[1.0, 2.0], &[2.0, 4.0]]);
        let result = Lu::new(&a).map(|_| ());
        assert_eq!(result, Err(NotEstimable::Singular { columns: vec![1] }));
    }
}
