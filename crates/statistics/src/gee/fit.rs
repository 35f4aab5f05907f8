use super::clusters::Clusters;
use super::correlation::WorkingCorrelation;
use super::equations::{Equations, Gathered};
use crate::NotEstimable;
use crate::distribution::{ChiSquared, Distribution};
use crate::glm::{Family, Glm, GlmData, Link};
use crate::matrix::Matrix;

/// Where the scale of the variance comes from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ScaleEstimate {
    /// The mean squared Pearson residual.
    Estimated,
    /// That of the model with independence, kept (geepack's `scale.fix = TRUE`).
    Initial,
    /// A value of one's own.
    Fixed(f64),
}

/// How the covariance of the correlation parameters is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AssociationVariance {
    /// With the derivatives of the residuals.
    Exact,
    /// With those of geepack 1.3.9, which are wrong in two places (`docs/methods/gee.md`); for
    /// comparison only.
    Geepack,
}

/// Choices of a fit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GeeOptions {
    /// The outcome's distribution, which gives its variance.
    pub family: Family,
    /// What is linear in the covariates.
    pub link: Link,
    /// The working correlation.
    pub correlation: WorkingCorrelation,
    /// The scale.
    pub scale: ScaleEstimate,
    /// The covariance of the correlation parameters.
    pub association: AssociationVariance,
}

/// A marginal model of clustered outcomes. R: `geepack::geeglm`.
///
/// # Method
/// Liang and Zeger (1986); the equations for scale and correlation by Yan and Fine (2004). The
/// position of a row in its cluster is the order of the rows.
///
/// ```
/// use statistics::gee::{AssociationVariance, Gee, GeeOptions, ScaleEstimate, WorkingCorrelation};
/// use statistics::glm::{Family, GlmData, Link};
/// use statistics::matrix::Matrix;
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// let x = Matrix::from_columns(&[[1.0; 6]]);
/// let y = [1.0, 3.0, 4.0, 6.0, 0.0, 4.0];
/// let data = GlmData { x: &x, y: &y, weights: None, offset: None };
/// let options = GeeOptions {
///     family: Family::Gaussian,
///     link: Link::Identity,
///     correlation: WorkingCorrelation::Exchangeable,
///     scale: ScaleEstimate::Estimated,
///     association: AssociationVariance::Exact,
/// };
/// let fit = Gee::fit(data, &[0, 0, 1, 1, 2, 2], options)?;
/// // Residuals −2, 0 | 1, 3 | −3, 1: scale 4, products 0, 3, −3.
/// assert!((fit.coefficients[0] - 3.0).abs() < 1e-12);
/// assert!((fit.scale - 4.0).abs() < 1e-12);
/// assert!(fit.alpha[0].abs() < 1e-12);
/// // Sums of residuals −2, 4, −2 over 6: 24/36.
/// assert!((fit.robust[(0, 0)] - 24.0 / 36.0).abs() < 1e-12);
/// // 3²/(24/36).
/// assert!((fit.wald(0).map_or(0.0, |(statistic, _)| statistic) - 13.5).abs() < 1e-10);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Gee {
    /// One per column; 0 where aliased.
    pub coefficients: Vec<f64>,
    /// Columns that follow from earlier ones.
    pub aliased: Vec<usize>,
    /// The covariance that holds whatever the correlation is.
    pub robust: Matrix,
    /// The covariance if the working correlation is right.
    pub naive: Matrix,
    /// Parameters of the working correlation.
    pub alpha: Vec<f64>,
    /// Their covariance.
    pub alpha_covariance: Matrix,
    /// The scale.
    pub scale: f64,
    /// Rows of each cluster.
    pub cluster_sizes: Vec<usize>,
    /// Whether the working correlation matrix is positive definite. If not, the robust
    /// covariance still holds, but other estimates of the correlation would be wiser.
    pub is_positive_definite: bool,
    /// Rounds made.
    pub iterations: usize,
}

impl Gee {
    /// Fits the model; `clusters` gives each row's cluster as a code from 0.
    ///
    /// # Errors
    /// As [`Glm::fit`]; not one cluster per row; a working correlation that is not positive
    /// definite at its estimate; no convergence.
    pub fn fit(
        data: GlmData<'_>,
        clusters: &[usize],
        options: GeeOptions,
    ) -> Result<Self, NotEstimable> {
        NotEstimable::unless_length("the clusters", data.y.len(), clusters.len())?;
        // A rough start will do, unless the scale there is kept.
        let tolerance = match options.scale {
            ScaleEstimate::Initial => 1e-12,
            _ => 0.1,
        };
        let start = Glm::coefficients(data, (options.family, options.link), tolerance)?;
        let clusters = Clusters::new(clusters);
        let gathered = Gathered::new(data, &clusters);
        let equations = Equations::new(gathered.data(), clusters, options);
        let state = equations.solve(start)?;
        equations.finish(state)
    }

    /// The Wald statistic and p-value of one coefficient, by the robust covariance; `None` if
    /// it is aliased.
    pub fn wald(&self, column: usize) -> Option<(f64, f64)> {
        let variance = self.robust[(column, column)];
        let statistic = self.coefficients[column].powi(2) / variance;
        let chi_squared = ChiSquared::new(1.0).ok()?;
        (variance > 0.0).then(|| (statistic, chi_squared.upper(statistic)))
    }
}
