#![expect(
    clippy::needless_range_loop,
    reason = "indices are the notation of linear algebra"
)]

use super::Matrix;
use crate::NotEstimable;

/// The share of a column's own sum of squares below which it counts as a combination of the
/// columns before it: ε^¾, the default of R's `coxph.control(toler.chol)`.
pub const ALIAS_TOLERANCE: f64 = 1.818_989_403_545_856_5e-12;

/// A diagonal that falls this far below zero (as a share) is no rounding error.
const NEGATIVE_TOLERANCE: f64 = 1e-8;

/// The factors A = L D L' of a symmetric positive semidefinite matrix.
///
/// Columns are taken in their own order. A column whose pivot is at most `tolerance` times its
/// own diagonal follows from the earlier columns: it is *aliased*, as in R's `lm` and `coxph`,
/// where its coefficient is NA. Solutions are 0 there and the inverse has zero rows and columns.
/// The test is relative to the column itself, so that it does not depend on units.
///
/// ```
/// use statistics::matrix::{ALIAS_TOLERANCE, Cholesky, Matrix};
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// let a = Matrix::from_rows(&[&[4.0, 2.0], &[2.0, 3.0]]);
/// let factor = Cholesky::new(&a, ALIAS_TOLERANCE)?;
/// assert_eq!(factor.solve(&[8.0, 7.0]), [1.25, 1.5]);
/// assert!((factor.log_determinant() - 8f64.ln()).abs() < 1e-15);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Cholesky {
    /// Unit lower triangle.
    lower: Matrix,
    pivots: Vec<f64>,
}

impl Cholesky {
    /// Factors a symmetric matrix, of which the lower triangle is read.
    /// R: `chol(a, pivot = TRUE)`, but for the order of columns.
    ///
    /// # Errors
    /// [`NotEstimable::NotFinite`] for a NaN or an infinite value,
    /// [`NotEstimable::NotPositiveDefinite`] for a clearly negative pivot.
    ///
    /// # Panics
    /// If the matrix is not square.
    ///
    /// ```
    /// use statistics::matrix::{ALIAS_TOLERANCE, Cholesky, Matrix};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // The second column is twice the first.
    /// let a = Matrix::from_rows(&[[1.0, 2.0], [2.0, 4.0]]);
    /// let factor = Cholesky::new(&a, ALIAS_TOLERANCE)?;
    /// assert_eq!(factor.rank(), 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn new(matrix: &Matrix, tolerance: f64) -> Result<Self, NotEstimable> {
        let n = matrix.rows();
        assert_eq!(n, matrix.columns(), "square");
        NotEstimable::unless_finite("a symmetric matrix", matrix.values())?;
        let mut lower = Matrix::identity(n);
        let mut pivots = vec![0.0; n];
        for j in 0..n {
            let own = matrix[(j, j)];
            let mut pivot = own;
            for k in 0..j {
                pivot -= lower[(j, k)] * lower[(j, k)] * pivots[k];
            }
            if pivot < -NEGATIVE_TOLERANCE * own.abs() {
                return Err(NotEstimable::NotPositiveDefinite { column: j });
            }
            if pivot <= tolerance * own {
                continue;
            }
            pivots[j] = pivot;
            for i in j + 1..n {
                let mut value = matrix[(i, j)];
                for k in 0..j {
                    value -= lower[(i, k)] * lower[(j, k)] * pivots[k];
                }
                lower[(i, j)] = value / pivot;
            }
        }
        Ok(Self { lower, pivots })
    }

    /// Factors a matrix that must have full rank. R: `chol(a)`.
    ///
    /// # Errors
    /// As [`Self::new`], and [`NotEstimable::Singular`] with the aliased columns.
    ///
    /// ```
    /// use statistics::matrix::{Cholesky, Matrix};
    /// use statistics::NotEstimable;
    /// let a = Matrix::from_rows(&[[1.0, 2.0], [2.0, 4.0]]);
    /// let refused = Cholesky::full_rank(&a).map(|_| ());
    /// assert_eq!(refused, Err(NotEstimable::Singular { columns: vec![1] }));
    /// ```
    pub fn full_rank(matrix: &Matrix) -> Result<Self, NotEstimable> {
        let factor = Self::new(matrix, ALIAS_TOLERANCE)?;
        if factor.rank() == factor.pivots.len() {
            return Ok(factor);
        }
        let columns = factor.aliased_columns();
        Err(NotEstimable::Singular { columns })
    }

    /// How many columns are not aliased. R: `qr(a)$rank`.
    ///
    /// ```
    /// use statistics::matrix::{ALIAS_TOLERANCE, Cholesky, Matrix};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // The second column is twice the first.
    /// let a = Matrix::from_rows(&[[1.0, 2.0], [2.0, 4.0]]);
    /// let factor = Cholesky::new(&a, ALIAS_TOLERANCE)?;
    /// assert_eq!(factor.rank(), 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn rank(&self) -> usize {
        self.pivots.iter().filter(|&&pivot| pivot != 0.0).count()
    }

    /// Whether a column follows from earlier ones.
    ///
    /// ```
    /// use statistics::matrix::{ALIAS_TOLERANCE, Cholesky, Matrix};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // The second column is twice the first.
    /// let a = Matrix::from_rows(&[[1.0, 2.0], [2.0, 4.0]]);
    /// let factor = Cholesky::new(&a, ALIAS_TOLERANCE)?;
    /// assert!(factor.is_aliased(1) && !factor.is_aliased(0));
    /// # Ok(())
    /// # }
    /// ```
    pub fn is_aliased(&self, column: usize) -> bool {
        self.pivots[column] == 0.0
    }

    /// The columns that follow from earlier ones. R: `which(is.na(coef(fit)))`.
    ///
    /// ```
    /// use statistics::matrix::{ALIAS_TOLERANCE, Cholesky, Matrix};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // The second column is twice the first.
    /// let a = Matrix::from_rows(&[[1.0, 2.0], [2.0, 4.0]]);
    /// let factor = Cholesky::new(&a, ALIAS_TOLERANCE)?;
    /// assert_eq!(factor.aliased_columns(), [1]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn aliased_columns(&self) -> Vec<usize> {
        (0..self.pivots.len())
            .filter(|&column| self.is_aliased(column))
            .collect()
    }

    /// The diagonal of D; 0 for aliased columns.
    ///
    /// ```
    /// use statistics::matrix::{Cholesky, Matrix};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let factor = Cholesky::full_rank(&Matrix::from_rows(&[[4.0, 2.0], [2.0, 5.0]]))?;
    /// // 4, and 5 − 2²/4.
    /// assert_eq!(factor.pivots(), [4.0, 4.0]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn pivots(&self) -> &[f64] {
        &self.pivots
    }

    /// The log of the determinant of the part that is not aliased. R: `determinant(a)$modulus`.
    ///
    /// ```
    /// use statistics::matrix::{Cholesky, Matrix};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let factor = Cholesky::full_rank(&Matrix::from_rows(&[[4.0, 2.0], [2.0, 5.0]]))?;
    /// assert!((factor.log_determinant() - 16f64.ln()).abs() < 1e-15);
    /// # Ok(())
    /// # }
    /// ```
    pub fn log_determinant(&self) -> f64 {
        self.pivots
            .iter()
            .filter(|&&pivot| pivot != 0.0)
            .map(|pivot| pivot.ln())
            .sum()
    }

    /// Solves A x = b; 0 for aliased columns. R: `solve(a, b)`.
    ///
    /// # Panics
    /// If `b` does not have the order of the matrix.
    ///
    /// ```
    /// use statistics::matrix::{Cholesky, Matrix};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let factor = Cholesky::full_rank(&Matrix::from_rows(&[[4.0, 2.0], [2.0, 5.0]]))?;
    /// assert_eq!(factor.solve(&[8.0, 12.0]), [1.0, 2.0]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn solve(&self, b: &[f64]) -> Vec<f64> {
        let mut x = b.to_vec();
        self.forward(&mut x);
        for (value, pivot) in x.iter_mut().zip(&self.pivots) {
            *value = if *pivot == 0.0 { 0.0 } else { *value / pivot };
        }
        self.backward(&mut x);
        x
    }

    /// Solves A X = B column by column. R: `solve(a, b)`.
    ///
    /// ```
    /// use statistics::matrix::{Cholesky, Matrix};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let factor = Cholesky::full_rank(&Matrix::from_rows(&[[4.0, 2.0], [2.0, 5.0]]))?;
    /// let b = Matrix::from_columns(&[[8.0, 12.0], [4.0, 2.0]]);
    /// assert_eq!(factor.solve_matrix(&b).values(), [1.0, 2.0, 1.0, 0.0]);
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

    /// b' A⁻¹ b over the columns that are not aliased: the statistic of a Wald or score test.
    /// R: `t(b) %*% solve(a, b)`.
    ///
    /// ```
    /// use statistics::matrix::{Cholesky, Matrix};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let factor = Cholesky::full_rank(&Matrix::from_rows(&[[4.0, 2.0], [2.0, 5.0]]))?;
    /// // b = A (1, 2): 8 · 1 + 12 · 2.
    /// assert_eq!(factor.inverse_quadratic_form(&[8.0, 12.0]), 32.0);
    /// # Ok(())
    /// # }
    /// ```
    pub fn inverse_quadratic_form(&self, b: &[f64]) -> f64 {
        let mut x = b.to_vec();
        self.forward(&mut x);
        let terms = x
            .iter()
            .zip(&self.pivots)
            .filter(|(_, pivot)| **pivot != 0.0);
        terms.map(|(value, pivot)| value * value / pivot).sum()
    }

    /// The inverse; zero rows and columns where aliased. R: `chol2inv(chol(a))`.
    ///
    /// ```
    /// use statistics::matrix::{Cholesky, Matrix};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let factor = Cholesky::full_rank(&Matrix::from_rows(&[[4.0, 2.0], [2.0, 5.0]]))?;
    /// assert_eq!(factor.inverse().values(), [0.3125, -0.125, -0.125, 0.25]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn inverse(&self) -> Matrix {
        let n = self.pivots.len();
        let mut inverse = Matrix::zeros(n, n);
        for j in 0..n {
            if self.is_aliased(j) {
                continue;
            }
            let mut unit = vec![0.0; n];
            unit[j] = 1.0;
            inverse.column_mut(j).copy_from_slice(&self.solve(&unit));
        }
        inverse.symmetrise();
        inverse
    }

    /// The lower triangle L·√D, whose product with its own transpose is A. R: `t(chol(a))`.
    ///
    /// ```
    /// use statistics::matrix::{Cholesky, Matrix};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let factor = Cholesky::full_rank(&Matrix::from_rows(&[[4.0, 2.0], [2.0, 5.0]]))?;
    /// assert_eq!(factor.root().to_rows(), [[2.0, 0.0], [1.0, 2.0]]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn root(&self) -> Matrix {
        let mut root = self.lower.clone();
        for (column, pivot) in self.pivots.iter().enumerate() {
            let scale = pivot.sqrt();
            for value in root.column_mut(column) {
                *value *= scale;
            }
        }
        root
    }

    /// Replaces x by (L·√D)⁻¹ x: makes correlated values independent. 0 for aliased columns.
    /// R: `forwardsolve(t(chol(a)), x)`.
    ///
    /// ```
    /// use statistics::matrix::{Cholesky, Matrix};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let factor = Cholesky::full_rank(&Matrix::from_rows(&[[4.0, 2.0], [2.0, 5.0]]))?;
    /// let mut x = [2.0, 5.0];
    /// factor.whiten(&mut x);
    /// assert_eq!(x, [1.0, 2.0]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn whiten(&self, x: &mut [f64]) {
        self.forward(x);
        for (value, pivot) in x.iter_mut().zip(&self.pivots) {
            *value = if *pivot == 0.0 {
                0.0
            } else {
                *value / pivot.sqrt()
            };
        }
    }

    fn forward(&self, x: &mut [f64]) {
        assert_eq!(x.len(), self.pivots.len(), "order of the matrix");
        for j in 0..x.len() {
            // An aliased column has no factor of its own: nothing flows from it.
            if self.is_aliased(j) {
                continue;
            }
            let value = x[j];
            for i in j + 1..x.len() {
                x[i] -= self.lower[(i, j)] * value;
            }
        }
    }

    fn backward(&self, x: &mut [f64]) {
        for j in (0..x.len()).rev() {
            if self.is_aliased(j) {
                continue;
            }
            for i in j + 1..x.len() {
                x[j] -= self.lower[(i, j)] * x[i];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_aliased_column_changes_nothing() {
        // Columns 1, x, 2x − 1, z: the third is a combination of the first two.
        let x = [1.0, 2.0, 4.0, 7.0, 9.0];
        let z = [1.0, 0.0, 0.0, 1.0, 5.0];
        let combination: Vec<f64> = x.iter().map(|x| 2.0 * x - 1.0).collect();
        let design = Matrix::from_columns(&[&[1.0; 5], &x[..], &combination, &z[..]]);
        let full = super::super::gram(&design, None);
        let factor = Cholesky::new(&full, ALIAS_TOLERANCE).expect("semidefinite");
        assert_eq!(factor.aliased_columns(), [2]);
        let kept = [0, 1, 3];
        let small = Cholesky::full_rank(&full.principal(&kept)).expect("full rank");
        let b = [3.0, 1.0, 99.0, -2.0];
        let solution = factor.solve(&b);
        let expected = small.solve(&[3.0, 1.0, -2.0]);
        for (place, &column) in kept.iter().enumerate() {
            assert!((solution[column] - expected[place]).abs() < 1e-12);
        }
        assert_eq!(solution[2], 0.0);
        assert_eq!(factor.inverse()[(2, 2)], 0.0);
        assert!((factor.log_determinant() - small.log_determinant()).abs() < 1e-12);
        let refused = Cholesky::full_rank(&full).map(|_| ());
        assert_eq!(refused, Err(NotEstimable::Singular { columns: vec![2] }));
    }

    #[test]
    fn a_negative_direction_is_named() {
        let a = Matrix::from_rows(&[&[1.0, 2.0], &[2.0, 1.0]]);
        let result = Cholesky::new(&a, ALIAS_TOLERANCE).map(|_| ());
        assert_eq!(result, Err(NotEstimable::NotPositiveDefinite { column: 1 }));
    }

    proptest! {
        #[test]
        fn the_inverse_times_the_matrix_is_the_identity(
            values in proptest::collection::vec(-3.0f64..3.0, 40)
        ) {
            let x = Matrix::from_values(10, 4, values);
            let mut a = super::super::gram(&x, None);
            a.add_scaled(0.5, &Matrix::identity(4));
            let factor = Cholesky::full_rank(&a).expect("ridge makes it definite");
            let product = factor.inverse().multiply(&a);
            let root = factor.root();
            let again = root.multiply(&root.transpose());
            for i in 0..4 {
                for j in 0..4 {
                    prop_assert!((product[(i, j)] - f64::from(u8::from(i == j))).abs() < 1e-10);
                    prop_assert!((again[(i, j)] - a[(i, j)]).abs() < 1e-12 * a.one_norm());
                }
            }
            let b = [1.0, -2.0, 0.5, 3.0];
            let mut white = b.to_vec();
            factor.whiten(&mut white);
            let form = factor.inverse_quadratic_form(&b);
            prop_assert!((super::super::dot(&white, &white) - form).abs() < 1e-10 * form);
        }
    }
}
