#![expect(
    clippy::needless_range_loop,
    reason = "indices are the notation of linear algebra"
)]

use super::{Matrix, dot};
use crate::NotEstimable;

/// The share of a column's length below which it counts as a combination of the columns before
/// it, as in R's `lm`.
pub const QR_TOLERANCE: f64 = 1e-7;

/// A least-squares fit by Householder reflections.
///
/// Columns are taken in order; a column that is a combination of earlier ones is aliased: its
/// coefficient is 0 and `aliased` says so (R: `lm` shows NA). Use it where the design may be
/// badly conditioned; the normal equations ([`gram`](super::gram)) are faster on many rows.
///
/// ```
/// use statistics::matrix::{LeastSquares, Matrix};
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// let x = Matrix::from_columns(&[[1.0, 1.0, 1.0], [0.0, 1.0, 2.0]]);
/// let fit = LeastSquares::fit(&x, &[1.0, 3.0, 5.0], None)?;
/// assert!((fit.coefficients[0] - 1.0).abs() < 1e-14);
/// assert!((fit.coefficients[1] - 2.0).abs() < 1e-14);
/// assert_eq!(fit.rank, 2);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct LeastSquares {
    /// One per column; 0 where aliased.
    pub coefficients: Vec<f64>,
    /// Whether a column follows from earlier ones.
    pub aliased: Vec<bool>,
    /// How many columns are not aliased.
    pub rank: usize,
    /// y − Xβ.
    pub residuals: Vec<f64>,
    /// The (weighted) sum of squared residuals.
    pub residual_sum_of_squares: f64,
    /// (X'WX)⁻¹; zero rows and columns where aliased.
    pub unscaled_covariance: Matrix,
}

impl LeastSquares {
    /// Minimises Σ w (y − xβ)². Rows of weight 0 take no part but get a residual.
    ///
    /// R: `lm.wfit`.
    ///
    /// # Errors
    /// Lengths that differ, values that are not finite, negative weights.
    pub fn fit(x: &Matrix, y: &[f64], weights: Option<&[f64]>) -> Result<Self, NotEstimable> {
        NotEstimable::unless_length("the outcome", x.rows(), y.len())?;
        NotEstimable::unless_finite("the outcome", y)?;
        NotEstimable::unless_finite("the design", x.values())?;
        let roots = roots_of_weights(x.rows(), weights)?;
        let mut design = x.clone();
        let mut outcome = y.to_vec();
        if let Some(roots) = &roots {
            for column in 0..design.columns() {
                multiply(design.column_mut(column), roots);
            }
            multiply(&mut outcome, roots);
        }
        let kept = triangularise(&mut design, &mut outcome);
        let columns = x.columns();
        let mut coefficients = vec![0.0; columns];
        let mut aliased = vec![true; columns];
        for (&column, value) in kept.iter().zip(back_substitute(&design, &kept, &outcome)) {
            coefficients[column] = value;
            aliased[column] = false;
        }
        let fitted = x.times(&coefficients);
        let residuals: Vec<f64> = y.iter().zip(fitted).map(|(y, fitted)| y - fitted).collect();
        Ok(Self {
            coefficients,
            aliased,
            rank: kept.len(),
            residual_sum_of_squares: sum_of_squares(&residuals, weights),
            residuals,
            unscaled_covariance: covariance(&design, &kept, columns),
        })
    }
}

fn sum_of_squares(residuals: &[f64], weights: Option<&[f64]>) -> f64 {
    match weights {
        None => dot(residuals, residuals),
        Some(weights) => {
            let terms = residuals.iter().zip(weights);
            terms
                .map(|(residual, weight)| weight * residual * residual)
                .sum()
        }
    }
}

fn roots_of_weights(
    rows: usize,
    weights: Option<&[f64]>,
) -> Result<Option<Vec<f64>>, NotEstimable> {
    let Some(weights) = weights else {
        return Ok(None);
    };
    NotEstimable::unless_weights("the weights", rows, weights)?;
    Ok(Some(weights.iter().map(|weight| weight.sqrt()).collect()))
}

fn multiply(values: &mut [f64], factors: &[f64]) {
    for (value, factor) in values.iter_mut().zip(factors) {
        *value *= factor;
    }
}

/// Turns the design into an upper triangle by reflections, which the outcome shares. Returns
/// the columns that count; the k-th of them has its triangle in rows 0..=k.
fn triangularise(design: &mut Matrix, outcome: &mut [f64]) -> Vec<usize> {
    let (rows, columns) = (design.rows(), design.columns());
    let lengths: Vec<f64> = (0..columns)
        .map(|column| dot(design.column(column), design.column(column)).sqrt())
        .collect();
    let mut kept = Vec::new();
    for column in 0..columns {
        let k = kept.len();
        if k == rows {
            break;
        }
        let tail = &design.column(column)[k..];
        let length = dot(tail, tail).sqrt();
        if length <= QR_TOLERANCE * lengths[column] || length == 0.0 {
            continue;
        }
        let mut mirror = tail.to_vec();
        let signed = if mirror[0] < 0.0 { -length } else { length };
        mirror[0] += signed;
        let scale = 1.0 / (length * mirror[0].abs());
        for other in column + 1..columns {
            reflect(&mirror, scale, &mut design.column_mut(other)[k..]);
        }
        reflect(&mirror, scale, &mut outcome[k..]);
        let own = &mut design.column_mut(column)[k..];
        own.fill(0.0);
        own[0] = -signed;
        kept.push(column);
    }
    kept
}

fn reflect(mirror: &[f64], scale: f64, values: &mut [f64]) {
    let factor = scale * dot(mirror, values);
    for (value, mirror) in values.iter_mut().zip(mirror) {
        *value -= factor * mirror;
    }
}

fn back_substitute(triangle: &Matrix, kept: &[usize], right: &[f64]) -> Vec<f64> {
    let mut solution = right[..kept.len()].to_vec();
    for j in (0..kept.len()).rev() {
        solution[j] /= triangle[(j, kept[j])];
        let value = solution[j];
        for i in 0..j {
            solution[i] -= triangle[(i, kept[j])] * value;
        }
    }
    solution
}

/// R⁻¹ R⁻¹', put back into the places of the original columns.
fn covariance(triangle: &Matrix, kept: &[usize], columns: usize) -> Matrix {
    let rank = kept.len();
    let mut inverse = Matrix::zeros(rank, rank);
    for j in 0..rank {
        let mut unit = vec![0.0; rank];
        unit[j] = 1.0;
        inverse
            .column_mut(j)
            .copy_from_slice(&back_substitute(triangle, kept, &unit));
    }
    let small = inverse.multiply(&inverse.transpose());
    let mut result = Matrix::zeros(columns, columns);
    for (i, &row) in kept.iter().enumerate() {
        for (j, &column) in kept.iter().enumerate() {
            result[(row, column)] = small[(i, j)];
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_by_hand() {
        // x = 0, 1, 2; y = 1, 2, 4: slope Sxy/Sxx = 3/2, intercept 7/3 − 3/2 = 5/6.
        let x = Matrix::from_columns(&[[1.0, 1.0, 1.0], [0.0, 1.0, 2.0]]);
        let fit = LeastSquares::fit(&x, &[1.0, 2.0, 4.0], None).expect("regular");
        assert!((fit.coefficients[0] - 5.0 / 6.0).abs() < 1e-14);
        assert!((fit.coefficients[1] - 1.5).abs() < 1e-14);
        // Residuals 1/6, −1/3, 1/6: sum of squares 1/6. var(slope)/σ² = 1/Sxx = 1/2.
        assert!((fit.residual_sum_of_squares - 1.0 / 6.0).abs() < 1e-14);
        assert!((fit.unscaled_covariance[(1, 1)] - 0.5).abs() < 1e-14);
    }

    #[test]
    fn a_weight_of_two_is_a_row_twice_and_of_zero_no_row() {
        let x = Matrix::from_columns(&[[1.0, 1.0, 1.0, 1.0], [0.0, 1.0, 2.0, 5.0]]);
        let weighted = LeastSquares::fit(&x, &[1.0, 2.0, 4.0, 9.0], Some(&[1.0, 2.0, 1.0, 0.0]));
        let twice = Matrix::from_columns(&[[1.0, 1.0, 1.0, 1.0], [0.0, 1.0, 1.0, 2.0]]);
        let repeated = LeastSquares::fit(&twice, &[1.0, 2.0, 2.0, 4.0], None).expect("regular");
        let weighted = weighted.expect("regular");
        for (a, b) in weighted.coefficients.iter().zip(&repeated.coefficients) {
            assert!((a - b).abs() < 1e-14);
        }
    }

    #[test]
    fn a_repeated_column_is_aliased() {
        let column = [1.0, 2.0, 4.0];
        let x = Matrix::from_columns(&[[1.0; 3], column, column]);
        let fit = LeastSquares::fit(&x, &[2.0, 3.0, 5.0], None).expect("regular");
        assert_eq!(fit.aliased, [false, false, true]);
        assert_eq!(fit.coefficients[2], 0.0);
        assert!((fit.coefficients[1] - 1.0).abs() < 1e-14);
    }
}
