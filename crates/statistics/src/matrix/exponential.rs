use super::{Lu, Matrix};
use crate::NotEstimable;

/// Coefficients of the [13/13] Padé approximant of exp (Higham 2005).
const PADE: [f64; 14] = [
    64_764_752_532_480_000.0,
    32_382_376_266_240_000.0,
    7_771_770_303_897_600.0,
    1_187_353_796_428_800.0,
    129_060_195_264_000.0,
    10_559_470_521_600.0,
    670_442_572_800.0,
    33_522_128_640.0,
    1_323_241_920.0,
    40_840_800.0,
    960_960.0,
    16_380.0,
    182.0,
    1.0,
];

/// The largest norm for which the approximant has full precision.
const LARGEST_NORM: f64 = 5.371_920_351_148_152;

/// exp(A), by scaling and squaring with the [13/13] Padé approximant.
///
/// For an intensity matrix Q, exp(Q t) holds the transition probabilities over a time t.
/// R: `expm::expm`, `msm::MatrixExp`.
///
/// # Method
/// N. J. Higham, "The scaling and squaring method for the matrix exponential revisited",
/// *SIAM Journal on Matrix Analysis and Applications* 26 (2005).
///
/// ```
/// use statistics::matrix::{Matrix, exponential};
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// let p = exponential(&Matrix::from_rows(&[&[-0.5, 0.5], &[0.0, 0.0]]))?;
/// assert!((p[(0, 0)] - (-0.5f64).exp()).abs() < 1e-15);
/// assert!((p[(1, 1)] - 1.0).abs() < 1e-15);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// [`NotEstimable::NotFinite`] for a NaN or an infinite value.
///
/// # Panics
/// If the matrix is not square.
pub fn exponential(matrix: &Matrix) -> Result<Matrix, NotEstimable> {
    assert_eq!(matrix.rows(), matrix.columns(), "square");
    NotEstimable::unless_finite("a matrix", matrix.values())?;
    let norm = matrix.one_norm();
    let squarings = if norm > LARGEST_NORM {
        (norm / LARGEST_NORM).log2().ceil() as i32
    } else {
        0
    };
    let mut result = approximant(&matrix.scaled(0.5f64.powi(squarings)))?;
    for _ in 0..squarings {
        result = result.multiply(&result);
    }
    Ok(result)
}

/// exp(A) and its derivative in the direction E: exp(A + hE) ≈ exp(A) + h·D.
/// R: `expm::expmFrechet`.
///
/// # Method
/// exp of the block matrix [[A, E], [0, A]] is [[exp A, D], [0, exp A]] (Van Loan 1978).
///
/// ```
/// use statistics::matrix::{Matrix, exponential_derivative};
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// // In one dimension: d/dh exp(2 + 3h) = 3 exp(2).
/// let one = |value| Matrix::from_values(1, 1, vec![value]);
/// let (value, derivative) = exponential_derivative(&one(2.0), &one(3.0))?;
/// assert!((derivative[(0, 0)] - 3.0 * value[(0, 0)]).abs() < 1e-13);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// [`NotEstimable::NotFinite`] for a NaN or an infinite value.
///
/// # Panics
/// If the matrices are not square and of the same order.
pub fn exponential_derivative(
    matrix: &Matrix,
    direction: &Matrix,
) -> Result<(Matrix, Matrix), NotEstimable> {
    let n = matrix.rows();
    assert_eq!(
        (n, n),
        (direction.rows(), direction.columns()),
        "same order"
    );
    let mut block = Matrix::zeros(2 * n, 2 * n);
    for i in 0..n {
        for j in 0..n {
            block[(i, j)] = matrix[(i, j)];
            block[(n + i, n + j)] = matrix[(i, j)];
            block[(i, n + j)] = direction[(i, j)];
        }
    }
    let whole = exponential(&block)?;
    let top: Vec<usize> = (0..n).collect();
    let right: Vec<usize> = (n..2 * n).collect();
    let upper = whole.gather_rows(&top);
    Ok((upper.gather_columns(&top), upper.gather_columns(&right)))
}

/// The Padé approximant: (V − U)⁻¹ (V + U), with U the odd and V the even powers.
fn approximant(a: &Matrix) -> Result<Matrix, NotEstimable> {
    let identity = Matrix::identity(a.rows());
    let a2 = a.multiply(a);
    let a4 = a2.multiply(&a2);
    let a6 = a4.multiply(&a2);
    let powers = [&identity, &a2, &a4, &a6];
    let sum = |low: [f64; 4], high: [f64; 3]| {
        let mut upper = Matrix::zeros(a.rows(), a.rows());
        for (factor, power) in high.iter().zip(&powers[1..]) {
            upper.add_scaled(*factor, power);
        }
        let mut total = a6.multiply(&upper);
        for (factor, power) in low.iter().zip(powers) {
            total.add_scaled(*factor, power);
        }
        total
    };
    let odd = sum(
        [PADE[1], PADE[3], PADE[5], PADE[7]],
        [PADE[9], PADE[11], PADE[13]],
    );
    let even = sum(
        [PADE[0], PADE[2], PADE[4], PADE[6]],
        [PADE[8], PADE[10], PADE[12]],
    );
    let odd = a.multiply(&odd);
    let mut numerator = even.clone();
    numerator.add_scaled(1.0, &odd);
    let mut denominator = even;
    denominator.add_scaled(-1.0, &odd);
    Ok(Lu::new(&denominator)?.solve_matrix(&numerator))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rotation_by_hand() {
        // exp of [[0, −θ], [θ, 0]] turns by θ, for small and large angles.
        for angle in [0.0f64, 0.3, 2.0, 40.0] {
            let turn = exponential(&Matrix::from_rows(&[&[0.0, -angle], &[angle, 0.0]]));
            let turn = turn.expect("finite");
            assert!((turn[(0, 0)] - angle.cos()).abs() < 1e-13, "{angle}");
            assert!((turn[(1, 0)] - angle.sin()).abs() < 1e-13, "{angle}");
        }
    }

    #[test]
    fn the_derivative_equals_a_difference() {
        let q = Matrix::from_rows(&[&[-0.5, 0.3, 0.2], &[0.1, -0.4, 0.3], &[0.0, 0.0, 0.0]]);
        let e = Matrix::from_rows(&[&[-1.0, 1.0, 0.0], &[0.0, 0.0, 0.0], &[0.0, 0.0, 0.0]]);
        let (_, derivative) = exponential_derivative(&q, &e).expect("finite");
        let step = 1e-5;
        let moved = |h: f64| {
            let mut moved = q.clone();
            moved.add_scaled(h, &e);
            exponential(&moved).expect("finite")
        };
        let (above, below) = (moved(step), moved(-step));
        for ((a, b), d) in above
            .values()
            .iter()
            .zip(below.values())
            .zip(derivative.values())
        {
            assert!(((a - b) / (2.0 * step) - d).abs() < 1e-9);
        }
    }
}
