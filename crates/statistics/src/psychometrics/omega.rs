use super::alpha::{to_correlation, total};
use crate::NotEstimable;
use crate::matrix::Matrix;

/// Sweeps after which the loadings must have settled.
const MAX_SWEEPS: usize = 10_000;

/// McDonald's ω of a scale with one common factor, and the loadings, from the items'
/// covariances (or correlations).
///
/// # Method
/// McDonald (1999): ω = (Σλ)²/ΣR, with the loadings λ that leave the least squares of residual
/// correlations (minres, Harman and Jones 1966; each loading in turn). R: `psych::fa(R, 1)`,
/// whose `omega(nfactors = 1)` gives ω. With several group factors ask a factor analysis.
///
/// ```
/// use statistics::matrix::Matrix;
/// use statistics::psychometrics::omega_total;
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// // Loadings 0.8, 0.6, 0.5 give exactly these correlations.
/// let r = Matrix::from_rows(&[&[1.0, 0.48, 0.4], &[0.48, 1.0, 0.3], &[0.4, 0.3, 1.0]]);
/// let (omega, loadings) = omega_total(&r)?;
/// assert!((loadings[0] - 0.8).abs() < 1e-10);
/// assert!((omega - 1.9 * 1.9 / 5.36).abs() < 1e-10);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// Fewer than three items (the loadings are not determined), a covariance matrix that is not
/// finite, or a constant item.
pub fn omega_total(covariance: &Matrix) -> Result<(f64, Vec<f64>), NotEstimable> {
    let k = covariance.rows();
    if k < 3 {
        return Err(NotEstimable::Empty {
            what: "three items",
        });
    }
    let correlation = to_correlation(covariance);
    NotEstimable::unless_finite("the correlation of items", correlation.values())?;
    let mut loadings = vec![0.5; k];
    for _ in 0..MAX_SWEEPS {
        let mut largest = 0.0f64;
        for item in 0..k {
            let others = (0..k).filter(|&other| other != item);
            let (product, squares) = others.fold((0.0, 0.0), |(product, squares), other| {
                let loading = loadings[other];
                (
                    product + correlation[(item, other)] * loading,
                    squares + loading * loading,
                )
            });
            if squares == 0.0 {
                return Err(NotEstimable::OneLevel {
                    what: "the common factor",
                });
            }
            // A loading above 1 would leave a negative variance (a Heywood case).
            let next = (product / squares).clamp(-1.0, 1.0);
            largest = largest.max((next - loadings[item]).abs());
            loadings[item] = next;
        }
        if largest < 1e-14 {
            let sum: f64 = loadings.iter().sum();
            return Ok((sum * sum / total(&correlation), loadings));
        }
    }
    Err(NotEstimable::NotConverged {
        what: "the factor loadings",
        iterations: MAX_SWEEPS,
    })
}
