//! Residuals and measures of local influence.

use super::accelerated::Problem;
use super::contribution::{Contribution, ln_between};
use super::{Accelerated, AcceleratedData, AcceleratedOptions};
use crate::NotEstimable;
use crate::matrix::Matrix;

/// Which residual.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResidualKind {
    /// Time minus predicted time; of an interval the time that fits it best.
    Response,
    /// ±√(2(best − own log-likelihood)).
    Deviance,
    /// −g'/g'': the step of the location that the row asks for.
    Working,
    /// Change of the likelihood displacement when the row's weight changes
    /// (Escobar & Meeker 1992).
    LdCase,
    /// The same when its response changes.
    LdResp,
    /// The same when its scale changes.
    LdShape,
}

/// Residuals of one fit, from one pass over the rows. R: `residuals(survreg(…))`.
#[derive(Clone, Debug)]
pub struct Residuals {
    /// Per row the log-likelihood and its derivatives.
    pub rows: Vec<Contribution>,
    fit: Accelerated,
    influence: Matrix,
}

impl Accelerated {
    /// What residuals are made from.
    ///
    /// # Errors
    /// Data that are not those of the fit.
    ///
    /// ```
    /// use statistics::matrix::Matrix;
    /// use statistics::parametric::{Accelerated, AcceleratedData, AcceleratedOptions, Family};
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
    /// let residuals = fit.residuals(data)?;
    /// // Of an exact time ln f = ln ¼ + ln t − t/4, with t on the logarithmic scale.
    /// assert!((residuals.rows[0].dg - (0.25 - 1.0)).abs() < 1e-12);
    /// # Ok(())
    /// # }
    /// ```
    pub fn residuals(&self, data: AcceleratedData<'_>) -> Result<Residuals, NotEstimable> {
        Ok(Residuals {
            rows: self.rows(data)?,
            fit: self.clone(),
            influence: self.influence(data, false)?,
        })
    }

    /// Each row's contribution at the estimate.
    fn rows(&self, data: AcceleratedData<'_>) -> Result<Vec<Contribution>, NotEstimable> {
        let options = AcceleratedOptions {
            scale: None,
            ..AcceleratedOptions::new(self.family)
        };
        let problem = Problem::new(data, options)?;
        Ok(problem.contributions(&self.linear_predictor, &self.scales, self.family.standard))
    }

    /// The rows' influence on β, ln σ … (R: `residuals(type = "dfbeta")`), times their weights
    /// if asked.
    pub(super) fn influence(
        &self,
        data: AcceleratedData<'_>,
        weighted: bool,
    ) -> Result<Matrix, NotEstimable> {
        let rows = self.rows(data)?;
        let mut scores = self.scores(data, &rows, |c| (c.dg, c.ds));
        if self.family.has_shape() {
            self.set_shape_scores(data, &mut scores)?;
        }
        if let (true, Some(weights)) = (weighted, data.weights) {
            for column in 0..scores.columns() {
                let values = scores.column_mut(column).iter_mut();
                values
                    .zip(weights)
                    .for_each(|(value, weight)| *value *= weight);
            }
        }
        Ok(scores.multiply(&self.covariance))
    }

    /// A row per row: `x` times the first of a pair, the second in the column of its scale.
    fn scores(
        &self,
        data: AcceleratedData<'_>,
        rows: &[Contribution],
        pair: impl Fn(&Contribution) -> (f64, f64),
    ) -> Matrix {
        let (n, p) = (data.x.rows(), data.x.columns());
        let mut scores = Matrix::zeros(n, self.covariance.rows());
        for column in 0..p {
            let target = scores.column_mut(column).iter_mut();
            for ((target, x), row) in target.zip(data.x.column(column)).zip(rows) {
                *target = x * pair(row).0;
            }
        }
        if self.scale_estimated {
            for (row, part) in rows.iter().enumerate() {
                let stratum = data.strata.map_or(0, |strata| strata[row]);
                scores[(row, p + stratum)] = pair(part).1;
            }
        }
        scores
    }

    fn set_shape_scores(
        &self,
        data: AcceleratedData<'_>,
        scores: &mut Matrix,
    ) -> Result<(), NotEstimable> {
        let super::Standard::GeneralisedGamma(q) = self.family.standard else {
            return Ok(());
        };
        let step = 2e-3;
        let at = |q: f64| {
            let family = self.family.with_shape(q);
            let fit = Self {
                family,
                ..self.clone()
            };
            fit.rows(data)
        };
        let (a, b, c, d) = (
            at(q - 2.0 * step)?,
            at(q - step)?,
            at(q + step)?,
            at(q + 2.0 * step)?,
        );
        let last = scores.columns() - 1;
        for (row, target) in scores.column_mut(last).iter_mut().enumerate() {
            *target = (a[row].g - 8.0 * b[row].g + 8.0 * c[row].g - d[row].g) / (12.0 * step);
        }
        Ok(())
    }
}

impl Residuals {
    /// A residual per row.
    ///
    /// # Errors
    /// Data that are not those of the fit.
    ///
    /// ```
    /// use statistics::matrix::Matrix;
    /// use statistics::parametric::{
    ///     Accelerated, AcceleratedData, AcceleratedOptions, Family, ResidualKind,
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
    /// let residuals = fit.residuals(data)?;
    /// // Time less expected time.
    /// let found = residuals.of(data, ResidualKind::Response)?;
    /// assert!((found[0] + 3.0).abs() < 1e-12);
    /// # Ok(())
    /// # }
    /// ```
    pub fn of(
        &self,
        data: AcceleratedData<'_>,
        kind: ResidualKind,
    ) -> Result<Vec<f64>, NotEstimable> {
        let n = self.rows.len();
        Ok(match kind {
            ResidualKind::Response => (0..n).map(|row| self.response(data, row)).collect(),
            ResidualKind::Deviance => (0..n).map(|row| self.deviance(data, row)).collect(),
            ResidualKind::Working => self.rows.iter().map(|c| -c.dg / c.ddg).collect(),
            ResidualKind::LdCase => {
                self.displacement(&self.fit.scores(data, &self.rows, |c| (c.dg, c.ds)))
            }
            ResidualKind::LdShape => {
                self.displacement(&self.fit.scores(data, &self.rows, |c| (c.dsg, c.dds)))
            }
            ResidualKind::LdResp => {
                let values =
                    self.displacement(&self.fit.scores(data, &self.rows, |c| (c.ddg, c.dsg)));
                let scaled = values.iter().enumerate();
                scaled
                    .map(|(row, value)| value * self.scale(data, row).powi(2))
                    .collect()
            }
        })
    }

    /// The change of the coefficients when a row is left out (R: `type = "dfbeta"`): a column per
    /// parameter.
    ///
    /// ```
    /// use statistics::matrix::Matrix;
    /// use statistics::parametric::{Accelerated, AcceleratedData, AcceleratedOptions, Family};
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
    /// let residuals = fit.residuals(data)?;
    /// // The score of −3/4 over 3 events.
    /// assert!((residuals.dfbeta()[(0, 0)] + 0.25).abs() < 1e-12);
    /// # Ok(())
    /// # }
    /// ```
    pub fn dfbeta(&self) -> &Matrix {
        &self.influence
    }

    /// The same in standard errors (R: `type = "dfbetas"`).
    ///
    /// ```
    /// use statistics::matrix::Matrix;
    /// use statistics::parametric::{Accelerated, AcceleratedData, AcceleratedOptions, Family};
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
    /// let residuals = fit.residuals(data)?;
    /// assert!((residuals.dfbetas()[(0, 0)] + 0.25 * 3f64.sqrt()).abs() < 1e-12);
    /// # Ok(())
    /// # }
    /// ```
    pub fn dfbetas(&self) -> Matrix {
        let mut scaled = self.influence.clone();
        for (column, variance) in self.fit.covariance.diagonal_values().iter().enumerate() {
            let error = variance.sqrt();
            scaled
                .column_mut(column)
                .iter_mut()
                .for_each(|value| *value /= error);
        }
        scaled
    }

    /// Per row d' V d.
    fn displacement(&self, scores: &Matrix) -> Vec<f64> {
        let product = scores.multiply(&self.fit.covariance);
        let mut sums = vec![0.0; scores.rows()];
        for column in 0..scores.columns() {
            let pairs = product.column(column).iter().zip(scores.column(column));
            sums.iter_mut()
                .zip(pairs)
                .for_each(|(sum, (a, b))| *sum += a * b);
        }
        sums
    }

    fn scale(&self, data: AcceleratedData<'_>, row: usize) -> f64 {
        self.fit.scales[data.strata.map_or(0, |strata| strata[row])]
    }

    /// Limits on the scale of the error.
    fn limits(&self, data: AcceleratedData<'_>, row: usize) -> (f64, f64) {
        let scaled = |time: f64| match self.fit.family.log && time <= 0.0 {
            true => f64::NEG_INFINITY,
            false => self.fit.family.of_time(time),
        };
        (scaled(data.lower[row]), scaled(data.upper[row]))
    }

    fn response(&self, data: AcceleratedData<'_>, row: usize) -> f64 {
        let (lower, upper) = self.limits(data, row);
        let y = match (lower.is_finite(), upper.is_finite()) {
            (true, true) if lower < upper => {
                let scale = self.scale(data, row);
                let end = self
                    .fit
                    .family
                    .standard
                    .best_lower_end((upper - lower) / scale);
                lower - scale * end
            }
            (true, _) => lower,
            _ => upper,
        };
        self.fit.family.to_time(y) - self.fit.family.to_time(self.fit.linear_predictor[row])
    }

    fn deviance(&self, data: AcceleratedData<'_>, row: usize) -> f64 {
        let (lower, upper) = self.limits(data, row);
        let (standard, scale) = (self.fit.family.standard, self.scale(data, row));
        let best = match (lower.is_finite(), upper.is_finite()) {
            (true, true) if lower == upper => standard.density(0.0).ln - scale.ln(),
            (true, true) => {
                let width = (upper - lower) / scale;
                let end = standard.best_lower_end(width);
                ln_between(standard, end, end + width)
            }
            _ => 0.0,
        };
        let own = self.rows[row];
        own.dg.signum() * (2.0 * (best - own.g)).max(0.0).sqrt()
    }
}
