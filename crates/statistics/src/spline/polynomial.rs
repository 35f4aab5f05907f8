//! Orthogonal polynomials over given points.

use crate::NotEstimable;
use crate::matrix::Matrix;

/// Polynomials of degree 1, 2, … that are orthogonal over the points they were made for. R: `poly`.
///
/// # Method
/// The three-term recurrence `p_{k+1} = (x − α_k) p_k − (‖p_k‖²/‖p_{k−1}‖²) p_{k−1}` of Forsythe
/// (1957), each polynomial divided by its length.
///
/// ```
/// use statistics::spline::OrthogonalPolynomials;
/// // Over −1, 0 and 1: x/√2 and (x² − 2/3)/√(2/3).
/// let x = [-1.0, 0.0, 1.0];
/// let matrix = OrthogonalPolynomials::over(&x, 2)?.matrix(&x);
/// assert!((matrix[(2, 0)] - 0.5f64.sqrt()).abs() < 1e-15);
/// assert!((matrix[(1, 1)] + (2f64 / 3.0).sqrt()).abs() < 1e-15);
/// # Ok::<(), statistics::NotEstimable>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct OrthogonalPolynomials {
    /// The centres α of the recurrence.
    pub alpha: Vec<f64>,
    /// Squared lengths of the polynomials of degree 0, 1, …, after a first 1.
    pub norm2: Vec<f64>,
}

impl OrthogonalPolynomials {
    /// Polynomials over `x` up to `degree`.
    ///
    /// # Errors
    /// Values that are not finite, and fewer distinct values than the degree asks for.
    pub fn over(x: &[f64], degree: usize) -> Result<Self, NotEstimable> {
        NotEstimable::unless_finite("x", x)?;
        let mut sorted = x.to_vec();
        sorted.sort_unstable_by(f64::total_cmp);
        sorted.dedup();
        if degree == 0 || sorted.len() <= degree {
            return Err(NotEstimable::Domain {
                what: "the degree of the polynomial",
                value: degree as f64,
            });
        }
        let mean = x.iter().sum::<f64>() / x.len() as f64;
        let mut basis = Self {
            alpha: vec![mean],
            norm2: vec![1.0, x.len() as f64],
        };
        let mut recurrence = Recurrence::start(x.len());
        for k in 0..degree {
            recurrence.step(x, &basis, k);
            let square: f64 = recurrence.last.iter().map(|p| p * p).sum();
            let moment: f64 = recurrence.last.iter().zip(x).map(|(p, x)| p * p * x).sum();
            basis.norm2.push(square);
            basis.alpha.push(moment / square);
        }
        basis.alpha.truncate(degree);
        Ok(basis)
    }

    /// The polynomials at points, one row each.
    pub fn matrix(&self, x: &[f64]) -> Matrix {
        let mut recurrence = Recurrence::start(x.len());
        let mut values = Vec::with_capacity(x.len() * self.alpha.len());
        for k in 0..self.alpha.len() {
            recurrence.step(x, self, k);
            let length = self.norm2[k + 2].sqrt();
            values.extend(recurrence.last.iter().map(|p| p / length));
        }
        Matrix::from_values(x.len(), self.alpha.len(), values)
    }
}

/// The last two polynomials at all points.
struct Recurrence {
    before: Vec<f64>,
    last: Vec<f64>,
}

impl Recurrence {
    fn start(points: usize) -> Self {
        Self {
            before: vec![0.0; points],
            last: vec![1.0; points],
        }
    }

    fn step(&mut self, x: &[f64], basis: &OrthogonalPolynomials, k: usize) {
        let ratio = match k {
            0 => 0.0,
            _ => basis.norm2[k + 1] / basis.norm2[k],
        };
        let centre = basis.alpha[k];
        let value = |row: usize| (x[row] - centre) * self.last[row] - ratio * self.before[row];
        let next = (0..x.len()).map(value).collect();
        self.before = std::mem::replace(&mut self.last, next);
    }
}
