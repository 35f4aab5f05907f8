//! Logistic regression with Firth's penalty.

use super::FirthLikelihood;
use crate::NotEstimable;
use crate::matrix::{Cholesky, Matrix, cross, gram};
use crate::optimise::Evaluation;

/// What is modelled.
#[derive(Clone, Copy, Debug)]
pub struct LogisticData<'a> {
    /// The design, with a column of ones for an intercept.
    pub x: &'a Matrix,
    /// 0 or 1.
    pub y: &'a [f64],
    /// Case weights, at least 0.
    pub weights: Option<&'a [f64]>,
    /// A known part of the linear predictor.
    pub offset: Option<&'a [f64]>,
}

/// The penalised likelihood of a logistic regression, to be given to
/// [`FirthFit`](super::FirthFit). R: `logistf`.
///
/// The modified score is X'[w(y − π) + 2τ h (½ − π)], with `h` the diagonal of the hat matrix.
#[derive(Clone, Copy, Debug)]
pub struct FirthLogistic<'a> {
    data: LogisticData<'a>,
    tau: f64,
}

impl<'a> FirthLogistic<'a> {
    /// A likelihood with the penalty τ ln|I|; τ = 0 is maximum likelihood.
    ///
    /// # Errors
    /// Lengths that differ, values that are not finite, outcomes other than 0 and 1, negative
    /// weights or τ, a singular design.
    ///
    /// ```
    /// use statistics::firth::{FirthLikelihood, FirthLogistic, LogisticData};
    /// use statistics::matrix::Matrix;
    /// let x = Matrix::from_columns(&[[1.0, 1.0]]);
    /// let data = LogisticData { x: &x, y: &[0.0, 1.0], weights: None, offset: None };
    /// assert!(FirthLogistic::new(data, 0.5).is_ok());
    /// assert!(FirthLogistic::new(data, -1.0).is_err());
    /// # Ok::<(), statistics::NotEstimable>(())
    /// ```
    pub fn new(data: LogisticData<'a>, tau: f64) -> Result<Self, NotEstimable> {
        let rows = data.x.rows();
        if rows == 0 {
            return Err(NotEstimable::Empty { what: "rows" });
        }
        NotEstimable::unless_length("the outcome", rows, data.y.len())?;
        NotEstimable::unless_finite("the design", data.x.values())?;
        if let Some(&value) = data.y.iter().find(|&&y| y != 0.0 && y != 1.0) {
            return Err(NotEstimable::Domain {
                what: "the outcome",
                value,
            });
        }
        if let Some(offset) = data.offset {
            NotEstimable::unless_offset(rows, offset)?;
        }
        if let Some(weights) = data.weights {
            NotEstimable::unless_weights("the weights", rows, weights)?;
        }
        if !(tau >= 0.0 && tau.is_finite()) {
            return Err(NotEstimable::Domain {
                what: "the penalty",
                value: tau,
            });
        }
        Cholesky::full_rank(&gram(data.x, data.weights))?;
        Ok(Self { data, tau })
    }

    /// x'β + offset.
    ///
    /// ```
    /// use statistics::firth::{FirthLogistic, LogisticData};
    /// use statistics::matrix::Matrix;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let x = Matrix::from_columns(&[vec![1.0; 2]]);
    /// let data = LogisticData { x: &x, y: &[0.0, 1.0], weights: None, offset: None };
    /// let likelihood = FirthLogistic::new(data, 0.5)?;
    /// assert_eq!(likelihood.predictors(&[0.3]), [0.3, 0.3]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn predictors(&self, coefficients: &[f64]) -> Vec<f64> {
        let rows = self.data.x.rows();
        let mut eta = self
            .data
            .offset
            .map_or_else(|| vec![0.0; rows], <[f64]>::to_vec);
        self.data.x.add_times(coefficients, &mut eta);
        eta
    }

    /// The diagonal of the hat matrix W^½ X I⁻¹ X' W^½. R: `hatvalues(fit)`.
    ///
    /// # Errors
    /// Coefficients at which the information is singular.
    ///
    /// ```
    /// use statistics::firth::{FirthLogistic, LogisticData};
    /// use statistics::matrix::Matrix;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let x = Matrix::from_columns(&[vec![1.0; 2]]);
    /// let data = LogisticData { x: &x, y: &[0.0, 1.0], weights: None, offset: None };
    /// let likelihood = FirthLogistic::new(data, 0.5)?;
    /// let leverages = likelihood.leverages(&[0.0])?;
    /// assert!(leverages.iter().all(|leverage| (leverage - 0.5).abs() < 1e-15));
    /// # Ok(())
    /// # }
    /// ```
    pub fn leverages(&self, coefficients: &[f64]) -> Result<Vec<f64>, NotEstimable> {
        let spread = self.spread(&self.predictors(coefficients));
        let factor = Cholesky::full_rank(&gram(self.data.x, Some(&spread)))?;
        Ok(leverages(self.data.x, &spread, &factor))
    }

    fn weight(&self, row: usize) -> f64 {
        self.data.weights.map_or(1.0, |weights| weights[row])
    }

    /// w π(1 − π).
    fn spread(&self, eta: &[f64]) -> Vec<f64> {
        let of_row = |(row, &eta): (usize, &f64)| {
            let small = (-eta.abs()).exp();
            self.weight(row) * small / ((1.0 + small) * (1.0 + small))
        };
        eta.iter().enumerate().map(of_row).collect()
    }
}

impl FirthLikelihood for FirthLogistic<'_> {
    fn columns(&self) -> usize {
        self.data.x.columns()
    }

    fn evaluate(&self, coefficients: &[f64]) -> Result<Evaluation, NotEstimable> {
        let (x, y) = (self.data.x, self.data.y);
        let eta = self.predictors(coefficients);
        NotEstimable::unless_finite("the linear predictor", &eta)?;
        let spread = self.spread(&eta);
        let information = gram(x, Some(&spread));
        let factor = Cholesky::full_rank(&information)?;
        let hat = leverages(x, &spread, &factor);
        let mut value = self.tau * factor.log_determinant();
        let mut residual = Vec::with_capacity(y.len());
        for (row, &eta) in eta.iter().enumerate() {
            let (weight, pi) = (self.weight(row), 1.0 / (1.0 + (-eta).exp()));
            let towards = if y[row] == 1.0 { -eta } else { eta };
            value -= weight * (towards.max(0.0) + (-towards.abs()).exp().ln_1p());
            residual.push(weight * (y[row] - pi) + 2.0 * self.tau * hat[row] * (0.5 - pi));
        }
        Ok(Evaluation {
            value,
            gradient: cross(x, None, &residual),
            information,
        })
    }

    /// That of the data that Firth's score belongs to, in which each row counts for w + 2τh
    /// (R: `logistf` 1.24 and later).
    fn covariance(&self, coefficients: &[f64], _here: &Evaluation) -> Result<Matrix, NotEstimable> {
        let spread = self.spread(&self.predictors(coefficients));
        let factor = Cholesky::full_rank(&gram(self.data.x, Some(&spread)))?;
        let hat = leverages(self.data.x, &spread, &factor);
        let augmented: Vec<f64> = (0..spread.len())
            .map(|row| match self.weight(row) {
                0.0 => 0.0,
                weight => spread[row] * (1.0 + 2.0 * self.tau * hat[row] / weight),
            })
            .collect();
        Ok(Cholesky::full_rank(&gram(self.data.x, Some(&augmented)))?.inverse())
    }
}

/// wᵢ xᵢ' I⁻¹ xᵢ.
fn leverages(x: &Matrix, spread: &[f64], factor: &Cholesky) -> Vec<f64> {
    let projected = x.multiply(&factor.inverse());
    let mut hat = vec![0.0; x.rows()];
    for column in 0..x.columns() {
        let pairs = x.column(column).iter().zip(projected.column(column));
        hat.iter_mut()
            .zip(pairs)
            .for_each(|(hat, (a, b))| *hat += a * b);
    }
    hat.iter_mut().zip(spread).for_each(|(hat, w)| *hat *= w);
    hat
}
