use super::Matrix;
use crate::NotEstimable;

/// Sweeps after which the off-diagonal must be gone; seven are usual.
const MAX_SWEEPS: usize = 60;

/// Eigenvalues (largest first) and eigenvectors (columns) of a symmetric matrix.
/// R: `eigen(x, symmetric = TRUE)`.
///
/// By cyclic Jacobi rotations (Golub and Van Loan, *Matrix Computations*, 8.5): slower than a
/// tridiagonal method on large matrices, but precise for small eigenvalues too.
///
/// ```
/// use statistics::matrix::{Matrix, SymmetricEigen};
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// let eigen = SymmetricEigen::new(&Matrix::from_rows(&[&[2.0, 1.0], &[1.0, 2.0]]))?;
/// assert!((eigen.values[0] - 3.0).abs() < 1e-15);
/// assert!((eigen.values[1] - 1.0).abs() < 1e-15);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct SymmetricEigen {
    /// From large to small.
    pub values: Vec<f64>,
    /// Orthonormal; the j-th column belongs to the j-th value.
    pub vectors: Matrix,
}

impl SymmetricEigen {
    /// Decomposes a symmetric matrix.
    ///
    /// # Errors
    /// [`NotEstimable::NotFinite`] for a NaN or an infinite value.
    ///
    /// # Panics
    /// If the matrix is not square.
    pub fn new(matrix: &Matrix) -> Result<Self, NotEstimable> {
        let n = matrix.rows();
        assert_eq!(n, matrix.columns(), "square");
        NotEstimable::unless_finite("a symmetric matrix", matrix.values())?;
        let mut a = matrix.clone();
        let mut vectors = Matrix::identity(n);
        for _ in 0..MAX_SWEEPS {
            if sweep(&mut a, &mut vectors) == 0 {
                return Ok(Self::sorted(&a, &vectors));
            }
        }
        Err(NotEstimable::NotConverged {
            what: "the eigenvalues",
            iterations: MAX_SWEEPS,
        })
    }

    /// V f(λ) V': a function of the matrix. R: `v %*% diag(f(lambda)) %*% t(v)`.
    ///
    /// ```
    /// use statistics::matrix::{Matrix, SymmetricEigen};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let eigen = SymmetricEigen::new(&Matrix::from_rows(&[[5.0, 4.0], [4.0, 5.0]]))?;
    /// // Eigenvalues 9 and 1: the square root is that of 3 and 1.
    /// let root = eigen.apply(f64::sqrt);
    /// assert!((root[(0, 0)] - 2.0).abs() < 1e-14 && (root[(0, 1)] - 1.0).abs() < 1e-14);
    /// # Ok(())
    /// # }
    /// ```
    pub fn apply(&self, f: impl Fn(f64) -> f64) -> Matrix {
        let values: Vec<f64> = self.values.iter().map(|&value| f(value)).collect();
        self.vectors.sandwich(&Matrix::diagonal(&values))
    }

    fn sorted(a: &Matrix, vectors: &Matrix) -> Self {
        let values = a.diagonal_values();
        let mut order: Vec<usize> = (0..values.len()).collect();
        order.sort_by(|&i, &j| values[j].total_cmp(&values[i]));
        Self {
            values: order.iter().map(|&place| values[place]).collect(),
            vectors: vectors.gather_columns(&order),
        }
    }
}

/// Rotates every pair of axes once; returns how many rotations were needed.
fn sweep(a: &mut Matrix, vectors: &mut Matrix) -> usize {
    let n = a.rows();
    let mut rotations = 0;
    for p in 0..n {
        for q in p + 1..n {
            let off = a[(p, q)];
            let scale = (a[(p, p)].abs() * a[(q, q)].abs()).sqrt();
            if off == 0.0
                || off.abs() <= f64::EPSILON * 0.5 * scale
                || off.abs() < f64::MIN_POSITIVE
            {
                continue;
            }
            rotations += 1;
            let half = (a[(q, q)] - a[(p, p)]) / (2.0 * off);
            let tangent = half.signum() / (half.abs() + half.hypot(1.0));
            let cosine = 1.0 / tangent.hypot(1.0);
            rotate(a, vectors, (p, q), (cosine, tangent * cosine));
        }
    }
    rotations
}

fn rotate(
    a: &mut Matrix,
    vectors: &mut Matrix,
    (p, q): (usize, usize),
    (cosine, sine): (f64, f64),
) {
    let turn = |x: f64, y: f64| (cosine * x - sine * y, sine * x + cosine * y);
    for k in 0..a.rows() {
        (a[(k, p)], a[(k, q)]) = turn(a[(k, p)], a[(k, q)]);
        (vectors[(k, p)], vectors[(k, q)]) = turn(vectors[(k, p)], vectors[(k, q)]);
    }
    for k in 0..a.rows() {
        (a[(p, k)], a[(q, k)]) = turn(a[(p, k)], a[(q, k)]);
    }
    a[(p, q)] = 0.0;
    a[(q, p)] = 0.0;
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_singular_matrix_has_a_zero() {
        let eigen = SymmetricEigen::new(&Matrix::from_rows(&[&[1.0, 1.0], &[1.0, 1.0]]));
        let eigen = eigen.expect("finite");
        assert!((eigen.values[0] - 2.0).abs() < 1e-15);
        assert!(eigen.values[1].abs() < 1e-15);
    }

    proptest! {
        #[test]
        fn the_parts_make_the_whole(values in proptest::collection::vec(-5.0f64..5.0, 25)) {
            let mut a = Matrix::from_values(5, 5, values);
            a.symmetrise();
            let eigen = SymmetricEigen::new(&a).expect("finite");
            let again = eigen.apply(|value| value);
            for (x, y) in a.values().iter().zip(again.values()) {
                prop_assert!((x - y).abs() < 1e-12);
            }
            prop_assert!(eigen.values.windows(2).all(|pair| pair[0] >= pair[1]));
        }
    }
}
