//! What a fitted model says of rows: predictions and residuals.

use super::{Glm, GlmData};
use crate::NotEstimable;
use crate::matrix::Matrix;

/// Predictions for some rows.
#[derive(Clone, Debug, PartialEq)]
pub struct GlmPrediction {
    /// Linear predictors, offset included.
    pub link: Vec<f64>,
    /// Their standard errors.
    pub link_errors: Vec<f64>,
    /// Means.
    pub response: Vec<f64>,
    /// Their standard errors, by the delta method.
    pub response_errors: Vec<f64>,
}

/// How far an outcome is from its mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GlmResidual {
    /// The root of the row's part of the deviance, with the sign of y − μ.
    Deviance,
    /// (y − μ) √(w/V(μ)).
    Pearson,
    /// (y − μ)/μ': on the scale of the linear predictor.
    Working,
    /// y − μ.
    Response,
}

impl Glm {
    /// Predictions for rows of a design with the columns of the fit; aliased columns do not
    /// count. R: `predict(fit, newdata, type = …, se.fit = TRUE)`.
    ///
    /// # Errors
    /// Another number of columns, not one offset per row.
    ///
    /// ```
    /// use statistics::glm::{Family, Glm, GlmData, Link};
    /// use statistics::matrix::Matrix;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // 1 of 4: odds of 1/3, whose logarithm has variance 1 + 1/3.
    /// let x = Matrix::from_columns(&[[1.0; 4]]);
    /// let data = GlmData { x: &x, y: &[1.0, 0.0, 0.0, 0.0], weights: None, offset: None };
    /// let fit = Glm::fit(data, Family::Binomial, Link::Logit)?;
    /// let found = fit.predict(&Matrix::from_columns(&[[1.0]]), None)?;
    /// assert!((found.link[0] + 3f64.ln()).abs() < 1e-12);
    /// assert!((found.link_errors[0] - (4.0f64 / 3.0).sqrt()).abs() < 1e-12);
    /// assert!((found.response[0] - 0.25).abs() < 1e-12);
    /// // √(p(1 − p)/4).
    /// assert!((found.response_errors[0] - (3.0f64 / 64.0).sqrt()).abs() < 1e-12);
    /// # Ok(())
    /// # }
    /// ```
    pub fn predict(
        &self,
        x: &Matrix,
        offset: Option<&[f64]>,
    ) -> Result<GlmPrediction, NotEstimable> {
        NotEstimable::unless_length("the columns", self.coefficients.len(), x.columns())?;
        let mut link = vec![0.0; x.rows()];
        if let Some(offset) = offset {
            NotEstimable::unless_length("the offset", x.rows(), offset.len())?;
            link.copy_from_slice(offset);
        }
        x.add_times(&self.coefficients, &mut link);
        let spread = x.multiply(&self.covariance);
        let mut variances = vec![0.0; x.rows()];
        for column in 0..x.columns() {
            let products = x.column(column).iter().zip(spread.column(column));
            for (variance, (x, spread)) in variances.iter_mut().zip(products) {
                *variance += x * spread;
            }
        }
        let link_errors: Vec<f64> = variances.iter().map(|v| v.max(0.0).sqrt()).collect();
        let means = link.iter().map(|&eta| self.link.mean_and_slope(eta));
        let (response, slopes): (Vec<f64>, Vec<f64>) = means.unzip();
        let errors = link_errors.iter().zip(&slopes);
        Ok(GlmPrediction {
            response_errors: errors.map(|(error, slope)| error * slope.abs()).collect(),
            link_errors,
            response,
            link,
        })
    }

    /// Residuals of the rows of the fit, which are to be the same. R:
    /// `residuals(fit, type = "deviance" | "pearson" | "working" | "response")`.
    ///
    /// # Errors
    /// Other rows.
    ///
    /// ```
    /// use statistics::glm::{Family, Glm, GlmData, GlmResidual, Link};
    /// use statistics::matrix::Matrix;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // A mean of 4, its logarithm fitted.
    /// let x = Matrix::from_columns(&[[1.0; 2]]);
    /// let data = GlmData { x: &x, y: &[2.0, 6.0], weights: None, offset: None };
    /// let fit = Glm::fit(data, Family::Poisson, Link::Log)?;
    /// let pearson = fit.residuals(data, GlmResidual::Pearson)?;
    /// assert!((pearson[1] - 1.0).abs() < 1e-12);
    /// let working = fit.residuals(data, GlmResidual::Working)?;
    /// assert!((working[1] - 0.5).abs() < 1e-12);
    /// # Ok(())
    /// # }
    /// ```
    pub fn residuals(
        &self,
        data: GlmData<'_>,
        kind: GlmResidual,
    ) -> Result<Vec<f64>, NotEstimable> {
        NotEstimable::unless_length("the outcome", self.fitted.len(), data.y.len())?;
        NotEstimable::unless_length("the rows", self.fitted.len(), data.x.rows())?;
        let predictor = data.predictor(&self.coefficients);
        let residual = |(row, eta): (usize, f64)| {
            let (y, weight) = (data.y[row], data.weight(row));
            let (mean, slope) = self.link.mean_and_slope(eta);
            let rest = y - mean;
            match kind {
                GlmResidual::Response => rest,
                GlmResidual::Working => rest / slope,
                // Where the mean is certain and right there is nothing left.
                _ if rest == 0.0 => 0.0,
                GlmResidual::Pearson => rest * (weight / self.family.variance(mean)).sqrt(),
                GlmResidual::Deviance => {
                    let part = weight * self.family.deviance(y, mean);
                    part.max(0.0).sqrt().copysign(rest)
                }
            }
        };
        Ok(predictor.into_iter().enumerate().map(residual).collect())
    }
}
