//! Products and sums of matrices.

use super::{Matrix, cross, dot};

/// Rows that are worked on together: a block of a few columns stays in the first-level cache.
const BLOCK: usize = 1024;

impl Matrix {
    /// `self * x`. R: `a %*% x`.
    ///
    /// # Panics
    /// If `x` has not one value per column.
    ///
    /// ```
    /// use statistics::matrix::Matrix;
    /// let a = Matrix::from_rows(&[[1.0, 2.0], [3.0, 4.0]]);
    /// assert_eq!(a.times(&[1.0, 10.0]), [21.0, 43.0]);
    /// ```
    pub fn times(&self, x: &[f64]) -> Vec<f64> {
        let mut result = vec![0.0; self.rows()];
        self.add_times(x, &mut result);
        result
    }

    /// Adds `self * x` to `result`; the kernel of linear predictors with an offset.
    ///
    /// # Panics
    /// If `x` has not one value per column, or `result` not one per row.
    ///
    /// ```
    /// use statistics::matrix::Matrix;
    /// let a = Matrix::from_rows(&[[1.0, 2.0], [3.0, 4.0]]);
    /// let mut predictor = [100.0, 100.0];
    /// a.add_times(&[1.0, 10.0], &mut predictor);
    /// assert_eq!(predictor, [121.0, 143.0]);
    /// ```
    pub fn add_times(&self, x: &[f64], result: &mut [f64]) {
        assert_eq!(x.len(), self.columns(), "one factor per column");
        assert_eq!(result.len(), self.rows(), "one result per row");
        for (block, part) in result.chunks_mut(BLOCK).enumerate() {
            let start = block * BLOCK;
            for (column, &factor) in x.iter().enumerate() {
                let source = &self.column(column)[start..start + part.len()];
                for (target, &value) in part.iter_mut().zip(source) {
                    *target += factor * value;
                }
            }
        }
    }

    /// `transpose(self) * y`. R: `crossprod(a, y)`.
    ///
    /// # Panics
    /// If `y` has not one value per row.
    ///
    /// ```
    /// use statistics::matrix::Matrix;
    /// let a = Matrix::from_rows(&[[1.0, 2.0], [3.0, 4.0]]);
    /// assert_eq!(a.transposed_times(&[1.0, 10.0]), [31.0, 42.0]);
    /// ```
    pub fn transposed_times(&self, y: &[f64]) -> Vec<f64> {
        cross(self, None, y)
    }

    /// The matrix product `self * other`. R: `a %*% b`.
    ///
    /// # Panics
    /// If the inner dimensions differ.
    ///
    /// ```
    /// use statistics::matrix::Matrix;
    /// let a = Matrix::from_rows(&[[1.0, 2.0], [3.0, 4.0]]);
    /// assert_eq!(a.multiply(&a).to_rows(), [[7.0, 10.0], [15.0, 22.0]]);
    /// ```
    pub fn multiply(&self, other: &Self) -> Self {
        assert_eq!(self.columns(), other.rows(), "inner dimension");
        let mut result = Self::zeros(self.rows(), other.columns());
        for column in 0..other.columns() {
            self.add_times(other.column(column), result.column_mut(column));
        }
        result
    }

    /// `self * middle * transpose(self)`: the delta method. R: `a %*% v %*% t(a)`.
    ///
    /// # Panics
    /// If `middle` is not square of the order of this matrix's columns.
    ///
    /// ```
    /// use statistics::matrix::Matrix;
    /// let difference = Matrix::from_rows(&[[1.0, -1.0]]);
    /// let covariance = Matrix::from_rows(&[[4.0, 1.0], [1.0, 9.0]]);
    /// // The variance of a difference: 4 + 9 − 2.
    /// assert_eq!(difference.sandwich(&covariance)[(0, 0)], 11.0);
    /// ```
    pub fn sandwich(&self, middle: &Self) -> Self {
        self.multiply(middle).multiply(&self.transpose())
    }

    /// `x' * self * x`. R: `t(x) %*% a %*% x`.
    ///
    /// # Panics
    /// If the matrix is not square of the order of `x`.
    ///
    /// ```
    /// use statistics::matrix::Matrix;
    /// let a = Matrix::from_rows(&[[1.0, 2.0], [3.0, 4.0]]);
    /// assert_eq!(a.quadratic_form(&[1.0, 1.0]), 10.0);
    /// ```
    pub fn quadratic_form(&self, x: &[f64]) -> f64 {
        dot(&self.times(x), x)
    }

    /// Adds `factor * other`.
    ///
    /// # Panics
    /// If the shapes differ.
    ///
    /// ```
    /// use statistics::matrix::Matrix;
    /// let mut a = Matrix::identity(2);
    /// a.add_scaled(3.0, &Matrix::identity(2));
    /// assert_eq!(a.diagonal_values(), [4.0, 4.0]);
    /// ```
    pub fn add_scaled(&mut self, factor: f64, other: &Self) {
        assert_eq!(
            (self.rows(), self.columns()),
            (other.rows(), other.columns()),
            "shape"
        );
        for (target, &value) in self.values_mut().iter_mut().zip(other.values()) {
            *target += factor * value;
        }
    }

    /// Adds `factor * x * y'`. R: `a + factor * outer(x, y)`.
    ///
    /// # Panics
    /// If `x` and `y` don't have the shape's lengths.
    ///
    /// ```
    /// use statistics::matrix::Matrix;
    /// let mut a = Matrix::zeros(2, 2);
    /// a.add_outer(2.0, &[1.0, 3.0], &[1.0, 1.0]);
    /// assert_eq!(a.to_rows(), [[2.0, 2.0], [6.0, 6.0]]);
    /// ```
    pub fn add_outer(&mut self, factor: f64, x: &[f64], y: &[f64]) {
        assert_eq!((self.rows(), self.columns()), (x.len(), y.len()), "shape");
        for (column, &b) in y.iter().enumerate() {
            for (target, &a) in self.column_mut(column).iter_mut().zip(x) {
                *target += factor * a * b;
            }
        }
    }

    /// A copy with every value multiplied.
    ///
    /// ```
    /// use statistics::matrix::Matrix;
    /// let a = Matrix::from_rows(&[[1.0, 2.0], [3.0, 4.0]]);
    /// assert_eq!(a.scaled(10.0).row(0), [10.0, 20.0]);
    /// ```
    pub fn scaled(&self, factor: f64) -> Self {
        let values = self.values().iter().map(|value| factor * value).collect();
        Self::from_values(self.rows(), self.columns(), values)
    }

    /// Replaces the matrix by the mean of itself and its transpose. R: `(a + t(a)) / 2`.
    ///
    /// # Panics
    /// If it is not square.
    ///
    /// ```
    /// use statistics::matrix::Matrix;
    /// let mut a = Matrix::from_rows(&[[1.0, 2.0], [4.0, 1.0]]);
    /// a.symmetrise();
    /// assert_eq!(a.row(0), [1.0, 3.0]);
    /// ```
    pub fn symmetrise(&mut self) {
        assert_eq!(self.rows(), self.columns(), "square");
        for i in 0..self.rows() {
            for j in 0..i {
                let mean = 0.5 * (self[(i, j)] + self[(j, i)]);
                self[(i, j)] = mean;
                self[(j, i)] = mean;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{BLOCK, Matrix};

    #[test]
    fn products_by_hand() {
        let a = Matrix::from_rows(&[&[1.0, 2.0], &[3.0, 4.0]]);
        let b = Matrix::from_rows(&[&[0.0, 1.0], &[1.0, 0.0]]);
        // Multiplying by the swap exchanges the columns.
        assert_eq!(
            a.multiply(&b),
            Matrix::from_rows(&[&[2.0, 1.0], &[4.0, 3.0]])
        );
        // (1 1) A (1 1)' is the sum of all values.
        assert_eq!(a.quadratic_form(&[1.0, 1.0]), 10.0);
        assert_eq!(a.transposed_times(&[1.0, 1.0]), [4.0, 6.0]);
    }

    #[test]
    fn outer_products_by_hand() {
        let mut b = Matrix::zeros(2, 2);
        b.add_outer(2.0, &[1.0, 3.0], &[1.0, 1.0]);
        assert_eq!(b, Matrix::from_rows(&[&[2.0, 2.0], &[6.0, 6.0]]));
        b.symmetrise();
        assert_eq!(b[(0, 1)], 4.0);
    }

    #[test]
    fn long_columns_are_worked_on_in_blocks() {
        let n = 3 * BLOCK + 7;
        let column: Vec<f64> = (0..n).map(|row| row as f64).collect();
        let a = Matrix::from_columns(&[vec![1.0; n], column]);
        let fitted = a.times(&[2.0, 0.5]);
        assert!((0..n).all(|row| fitted[row] == 2.0 + 0.5 * row as f64));
    }
}
