use std::ops::{Index, IndexMut};

/// A dense matrix of doubles, stored by column. R: `matrix`.
///
/// ```
/// use statistics::matrix::Matrix;
/// let a = Matrix::from_rows(&[&[1.0, 2.0], &[3.0, 4.0], &[5.0, 6.0]]);
/// assert_eq!((a.rows(), a.columns()), (3, 2));
/// assert_eq!(a[(2, 1)], 6.0);
/// assert_eq!(a.column(0), [1.0, 3.0, 5.0]);
/// assert_eq!(a.times(&[1.0, -1.0]), [-1.0, -1.0, -1.0]);
/// ```
#[derive(Debug, Default, PartialEq)]
pub struct Matrix {
    rows: usize,
    columns: usize,
    values: Vec<f64>,
}

impl Clone for Matrix {
    fn clone(&self) -> Self {
        Self {
            values: self.values.clone(),
            ..*self
        }
    }

    /// Into the memory that is there.
    fn clone_from(&mut self, source: &Self) {
        (self.rows, self.columns) = (source.rows, source.columns);
        self.values.clone_from(&source.values);
    }
}

impl Matrix {
    /// A matrix of zeros. R: `matrix(0, rows, columns)`.
    ///
    /// ```
    /// use statistics::matrix::Matrix;
    /// assert_eq!(Matrix::zeros(2, 3).values(), [0.0; 6]);
    /// ```
    pub fn zeros(rows: usize, columns: usize) -> Self {
        Self {
            rows,
            columns,
            values: vec![0.0; rows * columns],
        }
    }

    /// The identity of order `n`. R: `diag(n)`.
    ///
    /// ```
    /// use statistics::matrix::Matrix;
    /// assert_eq!(Matrix::identity(2).values(), [1.0, 0.0, 0.0, 1.0]);
    /// ```
    pub fn identity(n: usize) -> Self {
        Self::diagonal(&vec![1.0; n])
    }

    /// A square matrix with the given diagonal and zeros elsewhere. R: `diag(values)`.
    ///
    /// ```
    /// use statistics::matrix::Matrix;
    /// assert_eq!(Matrix::diagonal(&[2.0, 3.0]).values(), [2.0, 0.0, 0.0, 3.0]);
    /// ```
    pub fn diagonal(values: &[f64]) -> Self {
        let mut matrix = Self::zeros(values.len(), values.len());
        for (place, &value) in values.iter().enumerate() {
            matrix[(place, place)] = value;
        }
        matrix
    }

    /// Takes over values that stand column after column. R: `matrix(values, rows)`.
    ///
    /// # Panics
    /// If there are not `rows * columns` of them.
    ///
    /// ```
    /// use statistics::matrix::Matrix;
    /// let a = Matrix::from_values(2, 2, vec![1.0, 2.0, 3.0, 4.0]);
    /// assert_eq!(a.row(0), [1.0, 3.0]);
    /// ```
    pub fn from_values(rows: usize, columns: usize, values: Vec<f64>) -> Self {
        assert_eq!(values.len(), rows * columns, "values of a matrix");
        Self {
            rows,
            columns,
            values,
        }
    }

    /// Copies columns of equal length; no columns give a matrix without rows. R: `cbind`.
    ///
    /// # Panics
    /// If the columns differ in length.
    ///
    /// ```
    /// use statistics::matrix::Matrix;
    /// let a = Matrix::from_columns(&[[1.0, 2.0], [3.0, 4.0]]);
    /// assert_eq!(a.row(0), [1.0, 3.0]);
    /// ```
    pub fn from_columns<C: AsRef<[f64]>>(columns: &[C]) -> Self {
        let rows = columns.first().map_or(0, |column| column.as_ref().len());
        let mut values = Vec::with_capacity(rows * columns.len());
        for column in columns {
            assert_eq!(column.as_ref().len(), rows, "columns of a matrix");
            values.extend_from_slice(column.as_ref());
        }
        Self::from_values(rows, columns.len(), values)
    }

    /// Copies rows of equal length; no rows give a matrix without columns. R: `rbind`.
    ///
    /// # Panics
    /// If the rows differ in length.
    ///
    /// ```
    /// use statistics::matrix::Matrix;
    /// let a = Matrix::from_rows(&[[1.0, 2.0], [3.0, 4.0]]);
    /// assert_eq!(a.row(0), [1.0, 2.0]);
    /// ```
    pub fn from_rows<R: AsRef<[f64]>>(rows: &[R]) -> Self {
        let columns = rows.first().map_or(0, |row| row.as_ref().len());
        let mut matrix = Self::zeros(rows.len(), columns);
        for (i, row) in rows.iter().enumerate() {
            assert_eq!(row.as_ref().len(), columns, "rows of a matrix");
            for (j, &value) in row.as_ref().iter().enumerate() {
                matrix[(i, j)] = value;
            }
        }
        matrix
    }

    /// The number of rows. R: `nrow`.
    ///
    /// ```
    /// use statistics::matrix::Matrix;
    /// assert_eq!(Matrix::zeros(2, 3).rows(), 2);
    /// ```
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The number of columns. R: `ncol`.
    ///
    /// ```
    /// use statistics::matrix::Matrix;
    /// assert_eq!(Matrix::zeros(2, 3).columns(), 3);
    /// ```
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// All values, column after column. R: `as.vector(a)`.
    ///
    /// ```
    /// use statistics::matrix::Matrix;
    /// let a = Matrix::from_rows(&[[1.0, 2.0], [3.0, 4.0]]);
    /// assert_eq!(a.values(), [1.0, 3.0, 2.0, 4.0]);
    /// ```
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// All values, column after column, to change.
    ///
    /// ```
    /// use statistics::matrix::Matrix;
    /// let mut a = Matrix::identity(2);
    /// a.values_mut().fill(7.0);
    /// assert_eq!(a[(0, 1)], 7.0);
    /// ```
    pub fn values_mut(&mut self) -> &mut [f64] {
        &mut self.values
    }

    /// One column. R: `a[, column]`.
    ///
    /// ```
    /// use statistics::matrix::Matrix;
    /// let a = Matrix::from_rows(&[[1.0, 2.0], [3.0, 4.0]]);
    /// assert_eq!(a.column(1), [2.0, 4.0]);
    /// ```
    pub fn column(&self, column: usize) -> &[f64] {
        &self.values[column * self.rows..(column + 1) * self.rows]
    }

    /// One column, to change.
    ///
    /// ```
    /// use statistics::matrix::Matrix;
    /// let mut a = Matrix::zeros(2, 2);
    /// a.column_mut(1).fill(7.0);
    /// assert_eq!(a.row(0), [0.0, 7.0]);
    /// ```
    pub fn column_mut(&mut self, column: usize) -> &mut [f64] {
        &mut self.values[column * self.rows..(column + 1) * self.rows]
    }

    /// A copy of one row. R: `a[row, ]`.
    ///
    /// ```
    /// use statistics::matrix::Matrix;
    /// let a = Matrix::from_rows(&[[1.0, 2.0], [3.0, 4.0]]);
    /// assert_eq!(a.row(1), [3.0, 4.0]);
    /// ```
    pub fn row(&self, row: usize) -> Vec<f64> {
        (0..self.columns)
            .map(|column| self[(row, column)])
            .collect()
    }

    /// A copy as a list of rows, as results show matrices.
    ///
    /// ```
    /// use statistics::matrix::Matrix;
    /// let a = Matrix::from_rows(&[[1.0, 2.0], [3.0, 4.0]]);
    /// assert_eq!(a.to_rows(), [[1.0, 2.0], [3.0, 4.0]]);
    /// ```
    pub fn to_rows(&self) -> Vec<Vec<f64>> {
        (0..self.rows).map(|row| self.row(row)).collect()
    }

    /// A copy of the diagonal. R: `diag(a)`.
    ///
    /// ```
    /// use statistics::matrix::Matrix;
    /// let a = Matrix::from_rows(&[[1.0, 2.0], [3.0, 4.0]]);
    /// assert_eq!(a.diagonal_values(), [1.0, 4.0]);
    /// ```
    pub fn diagonal_values(&self) -> Vec<f64> {
        (0..self.rows.min(self.columns))
            .map(|place| self[(place, place)])
            .collect()
    }

    /// The transpose. R: `t(a)`.
    ///
    /// ```
    /// use statistics::matrix::Matrix;
    /// let a = Matrix::from_rows(&[[1.0, 2.0], [3.0, 4.0]]);
    /// assert_eq!(a.transpose().row(0), [1.0, 3.0]);
    /// ```
    pub fn transpose(&self) -> Self {
        let mut result = Self::zeros(self.columns, self.rows);
        for column in 0..self.columns {
            for (row, &value) in self.column(column).iter().enumerate() {
                result[(column, row)] = value;
            }
        }
        result
    }

    /// The rows at the given positions, in that order (positions may repeat). R: `a[positions, ]`.
    ///
    /// ```
    /// use statistics::matrix::Matrix;
    /// let a = Matrix::from_rows(&[[1.0, 2.0], [3.0, 4.0]]);
    /// assert_eq!(a.gather_rows(&[1, 1]).to_rows(), [[3.0, 4.0], [3.0, 4.0]]);
    /// ```
    pub fn gather_rows(&self, positions: &[usize]) -> Self {
        let mut values = Vec::with_capacity(positions.len() * self.columns);
        for column in 0..self.columns {
            let source = self.column(column);
            values.extend(positions.iter().map(|&row| source[row]));
        }
        Self::from_values(positions.len(), self.columns, values)
    }

    /// The columns at the given positions, in that order. R: `a[, positions]`.
    ///
    /// ```
    /// use statistics::matrix::Matrix;
    /// let a = Matrix::from_rows(&[[1.0, 2.0], [3.0, 4.0]]);
    /// assert_eq!(a.gather_columns(&[1]).values(), [2.0, 4.0]);
    /// ```
    pub fn gather_columns(&self, positions: &[usize]) -> Self {
        let mut values = Vec::with_capacity(positions.len() * self.rows);
        for &column in positions {
            values.extend_from_slice(self.column(column));
        }
        Self::from_values(self.rows, positions.len(), values)
    }

    /// Rows and columns at the same positions: a block of a covariance matrix. R: `a[p, p]`.
    ///
    /// ```
    /// use statistics::matrix::Matrix;
    /// let a = Matrix::from_rows(&[[1.0, 2.0], [3.0, 4.0]]);
    /// assert_eq!(a.principal(&[1, 0]).to_rows(), [[4.0, 3.0], [2.0, 1.0]]);
    /// ```
    pub fn principal(&self, positions: &[usize]) -> Self {
        self.gather_columns(positions).gather_rows(positions)
    }

    /// The sum of the diagonal. R: `sum(diag(a))`.
    ///
    /// ```
    /// use statistics::matrix::Matrix;
    /// let a = Matrix::from_rows(&[[1.0, 2.0], [3.0, 4.0]]);
    /// assert_eq!(a.trace(), 5.0);
    /// ```
    pub fn trace(&self) -> f64 {
        self.diagonal_values().iter().sum()
    }

    /// The largest sum of absolute values in a column (the 1-norm). R: `norm(a, "1")`.
    ///
    /// ```
    /// use statistics::matrix::Matrix;
    /// let a = Matrix::from_rows(&[[1.0, 2.0], [3.0, 4.0]]);
    /// assert_eq!(a.one_norm(), 6.0);
    /// ```
    pub fn one_norm(&self) -> f64 {
        (0..self.columns)
            .map(|column| self.column(column).iter().map(|value| value.abs()).sum())
            .fold(0.0, f64::max)
    }
}

impl Index<(usize, usize)> for Matrix {
    type Output = f64;

    fn index(&self, (row, column): (usize, usize)) -> &f64 {
        debug_assert!(row < self.rows, "row of a matrix");
        &self.values[column * self.rows + row]
    }
}

impl IndexMut<(usize, usize)> for Matrix {
    fn index_mut(&mut self, (row, column): (usize, usize)) -> &mut f64 {
        debug_assert!(row < self.rows, "row of a matrix");
        &mut self.values[column * self.rows + row]
    }
}

#[cfg(test)]
mod tests {
    use super::Matrix;

    #[test]
    fn parts_by_hand() {
        let a = Matrix::from_rows(&[&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0], &[7.0, 8.0, 9.0]]);
        assert_eq!(
            a.principal(&[2, 0]),
            Matrix::from_rows(&[&[9.0, 7.0], &[3.0, 1.0]])
        );
        assert_eq!(a.transpose().row(0), [1.0, 4.0, 7.0]);
        assert_eq!(a.trace(), 15.0);
        assert_eq!(a.one_norm(), 18.0);
    }
}
