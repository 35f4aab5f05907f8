//! Location–scale models: y = x'β + offset + σ z.

mod derivatives;
mod problem;
mod rows;

use super::Family;
use crate::NotEstimable;
use crate::matrix::{Matrix, gram};
pub(super) use problem::Problem;
use problem::start_from;

/// What is modelled. Times are as observed; logarithms are taken where the family asks for them.
#[derive(Clone, Copy, Debug)]
pub struct AcceleratedData<'a> {
    /// The design, with a column of ones for an intercept.
    pub x: &'a Matrix,
    /// Each time is at least this (−∞ where left censored; on a log scale 0 says the same).
    pub lower: &'a [f64],
    /// Each time is at most this (∞ where right censored, `lower` where it is known).
    pub upper: &'a [f64],
    /// Where a row is only there because its time lies beyond this (left truncation).
    pub entry: Option<&'a [f64]>,
    /// Positive case weights.
    pub weights: Option<&'a [f64]>,
    /// A known part of the location.
    pub offset: Option<&'a [f64]>,
    /// Groups from 0 that have a scale of their own.
    pub strata: Option<&'a [usize]>,
}

/// How it is modelled. R: `dist` and `scale` of `survreg`.
#[derive(Clone, Copy, Debug)]
pub struct AcceleratedOptions {
    /// The family of the times.
    pub family: Family,
    /// A scale that is not estimated.
    pub scale: Option<f64>,
    /// Steps after which the search is given up.
    pub max_iterations: usize,
}

impl AcceleratedOptions {
    /// The family with all scales estimated that it leaves free.
    ///
    /// ```
    /// use statistics::parametric::{AcceleratedOptions, Family};
    /// assert_eq!(AcceleratedOptions::new(Family::WEIBULL).scale, None);
    /// ```
    pub fn new(family: Family) -> Self {
        Self {
            family,
            scale: None,
            max_iterations: 100,
        }
    }
}

/// A location–scale model that was fitted by maximum likelihood. R: `survreg`.
///
/// Parameters are ordered β, ln σ (one per stratum, none where the scale is fixed), and for a
/// generalised gamma the shape Q.
///
/// ```
/// use statistics::matrix::Matrix;
/// use statistics::parametric::{Accelerated, AcceleratedData, AcceleratedOptions, Family};
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// // 3 events in 1 + 2 + 4 + 5 = 12 units of time: the rate is 3/12, its logarithm −β.
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
/// assert!((fit.coefficients[0] - 4f64.ln()).abs() < 1e-12);
/// assert!((fit.covariance[(0, 0)] - 1.0 / 3.0).abs() < 1e-12);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Accelerated {
    /// β; 0 where aliased.
    pub coefficients: Vec<f64>,
    /// Columns that follow from earlier ones.
    pub aliased: Vec<usize>,
    /// Parameters that run off to infinity.
    pub infinite: Vec<usize>,
    /// σ per stratum (one without strata), also where it is fixed.
    pub scales: Vec<f64>,
    /// Whether the scales are estimated.
    pub scale_estimated: bool,
    /// The family, with the estimated shape where it has one.
    pub family: Family,
    /// The inverse of the observed information; 0 where aliased.
    pub covariance: Matrix,
    /// The score at the estimate.
    pub score: Vec<f64>,
    /// The log-likelihood with only an intercept (and the scales).
    pub ln_likelihood_null: f64,
    /// The log-likelihood at the estimate.
    pub ln_likelihood: f64,
    /// x'β + offset.
    pub linear_predictor: Vec<f64>,
    /// Parameters estimated by the model with only an intercept.
    pub df_null: usize,
    /// Parameters estimated.
    pub df: usize,
    /// Steps made.
    pub iterations: usize,
}

impl Accelerated {
    /// Fits by maximum likelihood.
    ///
    /// # Errors
    /// Lengths that differ, values that are not finite, weights that are not positive, an
    /// interval that ends before it begins, an entry at or beyond the time, a negative time on a
    /// log scale, no row that bounds its time from above ([`NotEstimable::NoEvents`]), or no
    /// convergence.
    pub fn fit(
        data: AcceleratedData<'_>,
        options: AcceleratedOptions,
    ) -> Result<Self, NotEstimable> {
        options.family.standard.check()?;
        let problem = Problem::new(data, options)?;
        let aliased = problem.aliased()?;
        let null = problem.intercept_only()?;
        let kept: Vec<usize> = (0..data.x.columns())
            .filter(|column| !aliased.contains(column))
            .collect();
        let x = data.x.gather_columns(&kept);
        let start = start_from(&x, &null.point);
        let fitted = problem.maximise(&x, &start)?;
        Ok(problem.finish((&kept, aliased), null, fitted))
    }

    /// The covariance of β, ln σ … from the rows' influence, summed per cluster first
    /// (R: `robust = TRUE`, `cluster`). With `weighted` a row counts for as many as it weighs;
    /// R leaves the weights out.
    ///
    /// # Errors
    /// Not one cluster per row.
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
    /// // Scores t/4 − d of −3/4, −1/2, 1 and 1/4, over the 3 events.
    /// let squares = (9.0 + 4.0 + 16.0 + 1.0) / 16.0;
    /// assert!((fit.robust_covariance(data, None, false)?[(0, 0)] - squares / 9.0).abs() < 1e-12);
    /// # Ok(())
    /// # }
    /// ```
    pub fn robust_covariance(
        &self,
        data: AcceleratedData<'_>,
        clusters: Option<&[usize]>,
        weighted: bool,
    ) -> Result<Matrix, NotEstimable> {
        let influence = self.influence(data, weighted)?;
        let Some(clusters) = clusters else {
            return Ok(gram(&influence, None));
        };
        NotEstimable::unless_length("the clusters", influence.rows(), clusters.len())?;
        let count = clusters.iter().max().map_or(0, |most| most + 1);
        let mut sums = Matrix::zeros(count, influence.columns());
        for column in 0..influence.columns() {
            let target = sums.column_mut(column);
            for (&cluster, value) in clusters.iter().zip(influence.column(column)) {
                target[cluster] += value;
            }
        }
        Ok(gram(&sums, None))
    }
}
