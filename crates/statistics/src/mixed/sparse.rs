use crate::NotEstimable;

/// The factors A = L D L' of a sparse symmetric positive definite matrix, row by row.
///
/// # Method
/// The elimination tree and up-looking factorisation of Davis, *Direct Methods for Sparse
/// Linear Systems* (2006), chapter 4; the inverse on the pattern of L by Takahashi, Fagan and
/// Chin (1973).
pub(super) struct SparseFactor {
    order: usize,
    /// Where the columns of A's upper triangle start, and their rows.
    starts: Vec<usize>,
    rows: Vec<usize>,
    /// The parent in the elimination tree; `order` for a root.
    parent: Vec<usize>,
    /// Where the columns of L start, and their rows, rising.
    lower_starts: Vec<usize>,
    lower_rows: Vec<usize>,
    pub(super) lower: Vec<f64>,
    pub(super) pivots: Vec<f64>,
}

impl SparseFactor {
    /// Finds the pattern of L. Columns of the upper triangle hold rows up to their own; each
    /// has its diagonal.
    pub(super) fn new(starts: Vec<usize>, rows: Vec<usize>) -> Self {
        let order = starts.len() - 1;
        let mut parent = vec![order; order];
        let mut counts = vec![0usize; order];
        let mut flag = vec![usize::MAX; order];
        for column in 0..order {
            flag[column] = column;
            for &row in &rows[starts[column]..starts[column + 1]] {
                let mut node = row;
                while flag[node] != column {
                    if parent[node] == order {
                        parent[node] = column;
                    }
                    counts[node] += 1;
                    flag[node] = column;
                    node = parent[node];
                }
            }
        }
        let mut lower_starts = vec![0; order + 1];
        for column in 0..order {
            lower_starts[column + 1] = lower_starts[column] + counts[column];
        }
        let size = lower_starts[order];
        let mut factor = Self {
            order,
            starts,
            rows,
            parent,
            lower_starts,
            lower_rows: vec![0; size],
            lower: vec![0.0; size],
            pivots: vec![0.0; order],
        };
        factor.fill_pattern();
        factor
    }

    fn fill_pattern(&mut self) {
        let mut next = self.lower_starts.clone();
        let mut flag = vec![usize::MAX; self.order];
        for column in 0..self.order {
            flag[column] = column;
            for &row in &self.rows[self.starts[column]..self.starts[column + 1]] {
                let mut node = row;
                while flag[node] != column {
                    flag[node] = column;
                    self.lower_rows[next[node]] = column;
                    next[node] += 1;
                    node = self.parent[node];
                }
            }
        }
    }

    fn column(&self, column: usize) -> std::ops::Range<usize> {
        self.lower_starts[column]..self.lower_starts[column + 1]
    }

    /// Where an element (row > column) of L is; `None` outside its pattern.
    pub(super) fn place(&self, row: usize, column: usize) -> Option<usize> {
        let range = self.column(column);
        let found = self.lower_rows[range.clone()].binary_search(&row).ok()?;
        Some(range.start + found)
    }

    /// Adds 1 to the diagonal of values in the order of the pattern.
    pub(super) fn add_identity(&self, values: &mut [f64]) {
        for column in 0..self.order {
            let range = self.starts[column]..self.starts[column + 1];
            let found = self.rows[range.clone()]
                .iter()
                .position(|&row| row == column);
            values[range.start + found.expect("each column has its diagonal")] += 1.0;
        }
    }

    /// Factors the values of the upper triangle, in the order of the pattern.
    pub(super) fn factor(&mut self, values: &[f64]) -> Result<(), NotEstimable> {
        let n = self.order;
        let mut work = vec![0.0; n];
        let mut flag = vec![usize::MAX; n];
        let mut reached = Vec::new();
        let mut next = self.lower_starts.clone();
        for column in 0..n {
            reached.clear();
            flag[column] = column;
            let range = self.starts[column]..self.starts[column + 1];
            for (&row, value) in self.rows[range.clone()].iter().zip(&values[range]) {
                let mut node = row;
                work[node] += value;
                while flag[node] != column {
                    reached.push(node);
                    flag[node] = column;
                    node = self.parent[node];
                }
            }
            let mut pivot = std::mem::take(&mut work[column]);
            // Parents have higher numbers: in rising order each is complete when it is used.
            reached.sort_unstable();
            for &node in &reached {
                let value = std::mem::take(&mut work[node]);
                for place in self.lower_starts[node]..next[node] {
                    work[self.lower_rows[place]] -= self.lower[place] * value;
                }
                let share = value / self.pivots[node];
                pivot -= share * value;
                self.lower[next[node]] = share;
                next[node] += 1;
            }
            if pivot.is_nan() || pivot <= 0.0 {
                return Err(NotEstimable::NotPositiveDefinite { column });
            }
            self.pivots[column] = pivot;
        }
        Ok(())
    }

    /// ln |A|.
    pub(super) fn ln_determinant(&self) -> f64 {
        self.pivots.iter().map(|pivot| pivot.ln()).sum()
    }

    /// Replaces b by A⁻¹ b.
    pub(super) fn solve(&self, b: &mut [f64]) {
        for column in 0..self.order {
            let value = b[column];
            for place in self.column(column) {
                b[self.lower_rows[place]] -= self.lower[place] * value;
            }
        }
        for column in (0..self.order).rev() {
            let mut value = b[column] / self.pivots[column];
            for place in self.column(column) {
                value -= self.lower[place] * b[self.lower_rows[place]];
            }
            b[column] = value;
        }
    }

    /// The inverse on the pattern of L: (its elements below the diagonal, its diagonal).
    pub(super) fn selected_inverse(&self) -> (Vec<f64>, Vec<f64>) {
        let n = self.order;
        let mut below = vec![0.0; self.lower.len()];
        let mut diagonal = vec![0.0; n];
        // For the rows of the column at hand: L's element and the sum for the inverse's.
        let mut factor = vec![0.0; n];
        let mut sums = vec![0.0; n];
        for column in (0..n).rev() {
            let range = self.column(column);
            for place in range.clone() {
                factor[self.lower_rows[place]] = self.lower[place];
                sums[self.lower_rows[place]] = 0.0;
            }
            for place in range.clone() {
                let k = self.lower_rows[place];
                let own = self.lower[place];
                let mut sum = diagonal[k] * own;
                for other in self.column(k) {
                    let i = self.lower_rows[other];
                    // Rows outside the column's pattern have factor 0, and their sums are not read.
                    sum += below[other] * factor[i];
                    sums[i] += below[other] * own;
                }
                sums[k] += sum;
            }
            let mut value = 1.0 / self.pivots[column];
            for place in range.clone() {
                let row = self.lower_rows[place];
                below[place] = -sums[row];
                value -= self.lower[place] * below[place];
            }
            diagonal[column] = value;
            for place in range {
                factor[self.lower_rows[place]] = 0.0;
            }
        }
        (below, diagonal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matrix::{Cholesky, Matrix};

    #[test]
    fn equals_the_dense_factors() {
        let dense = Matrix::from_rows(&[
            &[4.0, 0.0, 1.0, 0.0, 2.0],
            &[0.0, 5.0, 0.0, 1.0, 0.0],
            &[1.0, 0.0, 6.0, 0.0, 1.0],
            &[0.0, 1.0, 0.0, 7.0, 1.0],
            &[2.0, 0.0, 1.0, 1.0, 8.0],
        ]);
        let (mut starts, mut rows, mut values) = (vec![0], Vec::new(), Vec::new());
        for column in 0..5 {
            for row in 0..=column {
                if dense[(row, column)] != 0.0 {
                    rows.push(row);
                    values.push(dense[(row, column)]);
                }
            }
            starts.push(rows.len());
        }
        let mut factor = SparseFactor::new(starts, rows);
        factor.factor(&values).expect("positive definite");
        let exact = Cholesky::full_rank(&dense).expect("positive definite");
        assert!((factor.ln_determinant() - exact.log_determinant()).abs() < 1e-13);
        let mut b = vec![1.0, -2.0, 3.0, 0.5, 4.0];
        let expected = exact.solve(&b);
        factor.solve(&mut b);
        assert!(b.iter().zip(&expected).all(|(a, b)| (a - b).abs() < 1e-14));
        let inverse = exact.inverse();
        let (below, diagonal) = factor.selected_inverse();
        for column in 0..5 {
            assert!((diagonal[column] - inverse[(column, column)]).abs() < 1e-14);
            for row in column + 1..5 {
                if let Some(place) = factor.place(row, column) {
                    assert!((below[place] - inverse[(row, column)]).abs() < 1e-14);
                }
            }
        }
    }
}
