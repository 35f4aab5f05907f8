//! Predictions with standard errors (delta method).

use super::Accelerated;
use crate::NotEstimable;
use crate::matrix::Matrix;

/// What is predicted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prediction {
    /// x'β + offset.
    Linear,
    /// That on the scale of the times.
    Response,
    /// Quantiles of the times.
    Quantile,
    /// Quantiles on the scale of the error.
    UntransformedQuantile,
}

/// For whom.
#[derive(Clone, Copy, Debug)]
pub struct PredictionRows<'a> {
    /// The design.
    pub x: &'a Matrix,
    /// The known part of the location.
    pub offset: Option<&'a [f64]>,
    /// The stratum of each row.
    pub strata: Option<&'a [usize]>,
}

/// Predictions: a row per row, a column per quantile (one otherwise).
#[derive(Clone, Debug)]
pub struct Predicted {
    /// The predictions.
    pub fit: Matrix,
    /// Their standard errors.
    pub error: Matrix,
}

impl Accelerated {
    /// Predicts. `probabilities` are those of the quantiles; `covariance` that of the parameters
    /// (ordinary or robust).
    ///
    /// A shape that was estimated counts as known in the standard errors of quantiles.
    ///
    /// # Errors
    /// Lengths that differ, an unknown stratum, a probability outside [0, 1].
    ///
    /// ```
    /// use statistics::matrix::Matrix;
    /// use statistics::parametric::{
    ///     Accelerated, AcceleratedData, AcceleratedOptions, Family, Prediction, PredictionRows,
    /// };
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // 3 events in 12 units of time: a mean of 4.
    /// let x = Matrix::from_columns(&[vec![1.0; 4]]);
    /// let data = AcceleratedData {
    ///     x: &x,
    ///     lower: &[1.0, 2.0, 4.0, 5.0],
    ///     upper: &[1.0, 2.0, f64::INFINITY, 5.0],
    ///     entry: None,
    ///     weights: None,
    ///     offset: None,
    ///     strata: None,
    /// };
    /// let fit = Accelerated::fit(data, AcceleratedOptions::new(Family::EXPONENTIAL))?;
    /// let rows = PredictionRows { x: &x, offset: None, strata: None };
    /// let median = fit.predict(rows, (Prediction::Quantile, &[0.5]), &fit.covariance)?;
    /// assert!((median.fit[(0, 0)] - 4.0 * 2f64.ln()).abs() < 1e-12);
    /// # Ok(())
    /// # }
    /// ```
    pub fn predict(
        &self,
        rows: PredictionRows<'_>,
        (kind, probabilities): (Prediction, &[f64]),
        covariance: &Matrix,
    ) -> Result<Predicted, NotEstimable> {
        NotEstimable::unless_length("the design", self.coefficients.len(), rows.x.columns())?;
        let quantiles = self.quantiles(kind, probabilities)?;
        let n = rows.x.rows();
        let mut predictor = rows.offset.map_or_else(|| vec![0.0; n], <[f64]>::to_vec);
        rows.x.add_times(&self.coefficients, &mut predictor);
        let mut fit = Matrix::zeros(n, quantiles.len());
        let mut error = Matrix::zeros(n, quantiles.len());
        for (row, &eta) in predictor.iter().enumerate() {
            let stratum = rows.strata.map_or(0, |strata| strata[row]);
            let Some(&scale) = self.scales.get(stratum) else {
                return Err(NotEstimable::UnknownCode {
                    what: "the stratum",
                    code: stratum,
                    position: row,
                });
            };
            let mut slopes = rows.x.row(row);
            slopes.resize(covariance.rows(), 0.0);
            for (column, &quantile) in quantiles.iter().enumerate() {
                if self.scale_estimated {
                    slopes[self.coefficients.len() + stratum] = quantile * scale;
                }
                let y = eta + quantile * scale;
                let variance = covariance.quadratic_form(&slopes).max(0.0);
                let by_time = self.family.log && !kind.is_untransformed();
                fit[(row, column)] = if by_time { y.exp() } else { y };
                let factor = if by_time { y.exp() } else { 1.0 };
                error[(row, column)] = factor * variance.sqrt();
            }
        }
        Ok(Predicted { fit, error })
    }

    fn quantiles(&self, kind: Prediction, probabilities: &[f64]) -> Result<Vec<f64>, NotEstimable> {
        if matches!(kind, Prediction::Linear | Prediction::Response) {
            return Ok(vec![0.0]);
        }
        let quantile = |&p: &f64| match p > 0.0 && p < 1.0 {
            true => Ok(self.family.standard.quantile(p)),
            false => Err(NotEstimable::Domain {
                what: "a probability",
                value: p,
            }),
        };
        probabilities.iter().map(quantile).collect()
    }
}

impl Prediction {
    fn is_untransformed(self) -> bool {
        matches!(self, Self::Linear | Self::UntransformedQuantile)
    }
}
