//! The correlation parameters of the estimating equations, and their covariance.

use super::clusters::Clusters;
use super::correlation::WorkingCorrelation;
use crate::NotEstimable;
use crate::matrix::{Cholesky, Lu, Matrix, dot};

/// Steps for the parameter of the autoregressive form.
const MAX_STEPS: usize = 100;

/// Everything about pairs of residuals of one cluster.
pub(super) struct Pairs<'a> {
    pub(super) structure: WorkingCorrelation,
    pub(super) clusters: &'a Clusters,
    /// The size of the largest cluster.
    pub(super) largest: usize,
    /// Pearson residuals in the order of clusters.
    pub(super) residuals: &'a [f64],
    /// The scale.
    pub(super) scale: f64,
}

impl Pairs<'_> {
    fn each(&self, cluster: usize, mut visit: impl FnMut(usize, usize, (usize, usize))) {
        let range = self.clusters.range(cluster);
        for first in range.clone() {
            for second in first + 1..range.end {
                visit(first, second, (first - range.start, second - range.start));
            }
        }
    }
}

/// Sums of products of two residuals, by the parameter of their correlation; for the
/// autoregressive form by their distance.
#[derive(Clone, Debug)]
pub(super) struct PairSums {
    structure: WorkingCorrelation,
    largest: usize,
    sums: Vec<f64>,
    pairs: Vec<f64>,
    /// One zero per parameter, to ask for places only.
    zeros: Vec<f64>,
}

impl PairSums {
    pub(super) fn new(structure: WorkingCorrelation, largest: usize) -> Self {
        let parameters = structure.parameters(largest);
        let places = match structure {
            WorkingCorrelation::Autoregressive => largest,
            _ => parameters,
        };
        Self {
            structure,
            largest,
            sums: vec![0.0; places],
            pairs: vec![0.0; places],
            zeros: vec![0.0; parameters],
        }
    }

    /// Adds the pairs of one cluster.
    pub(super) fn add(&mut self, residuals: &[f64]) {
        let n = residuals.len();
        match self.structure {
            WorkingCorrelation::Independence => {}
            WorkingCorrelation::Exchangeable => {
                let total: f64 = residuals.iter().sum();
                let squares: f64 = residuals.iter().map(|r| r * r).sum();
                self.sums[0] += (total * total - squares) / 2.0;
                self.pairs[0] += (n * n.saturating_sub(1)) as f64 / 2.0;
            }
            WorkingCorrelation::Autoregressive => {
                for distance in 1..n {
                    self.sums[distance] += dot(&residuals[..n - distance], &residuals[distance..]);
                    self.pairs[distance] += (n - distance) as f64;
                }
            }
            WorkingCorrelation::Unstructured => {
                for first in 0..n {
                    for second in first + 1..n {
                        let at = (first, second);
                        let (_, place, _) = self.structure.pair(&self.zeros, at, self.largest);
                        self.sums[place] += residuals[first] * residuals[second];
                        self.pairs[place] += 1.0;
                    }
                }
            }
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        for (own, other) in self.sums.iter_mut().zip(&other.sums) {
            *own += other;
        }
        for (own, other) in self.pairs.iter_mut().zip(&other.pairs) {
            *own += other;
        }
    }

    /// Solves Σ ∂ρ/∂α (s − ρ) = 0 with s the products over the scale.
    pub(super) fn estimate(&self, scale: f64, start: &[f64]) -> Result<Vec<f64>, NotEstimable> {
        let empty = NotEstimable::Empty {
            what: "clusters of two rows",
        };
        match self.structure {
            WorkingCorrelation::Independence => Ok(Vec::new()),
            WorkingCorrelation::Autoregressive if self.pairs.iter().all(|&n| n == 0.0) => {
                Err(empty)
            }
            WorkingCorrelation::Autoregressive => self.autoregressive(scale, start[0]),
            _ if self.pairs.is_empty() || self.pairs.contains(&0.0) => Err(empty),
            _ => {
                let means = self.sums.iter().zip(&self.pairs);
                Ok(means.map(|(sum, pairs)| sum / (pairs * scale)).collect())
            }
        }
    }

    fn autoregressive(&self, scale: f64, start: f64) -> Result<Vec<f64>, NotEstimable> {
        let mut alpha = start;
        for _ in 0..MAX_STEPS {
            let (mut score, mut information) = (0.0, 0.0);
            let lags = self.sums.iter().zip(&self.pairs).enumerate().skip(1);
            for (distance, (sum, pairs)) in lags {
                let d = distance as i32;
                let slope = f64::from(d) * alpha.powi(d - 1);
                score += slope * (sum / scale - pairs * alpha.powi(d));
                information += slope * slope * pairs;
            }
            let step = score / information;
            alpha += step;
            if !alpha.is_finite() {
                break;
            }
            if step.abs() <= 1e-15 * alpha.abs().max(1e-3) {
                return Ok(vec![alpha]);
            }
        }
        Err(NotEstimable::NotConverged {
            what: "the autoregressive correlation",
            iterations: MAX_STEPS,
        })
    }
}

/// What the covariance of the correlation parameters needs besides the pairs.
pub(super) struct Influences<'a> {
    pub(super) alpha: &'a [f64],
    /// Derivatives of the residuals by the coefficients: (by the mean, by its variance).
    pub(super) slopes: (&'a Matrix, &'a Matrix),
    /// Influence of each cluster (row) on the coefficients.
    pub(super) coefficients: &'a Matrix,
    /// Whether the scale is estimated.
    pub(super) estimated_scale: bool,
    /// Divides the derivative of the scale as geepack does: √V of each row.
    pub(super) as_geepack: Option<&'a [f64]>,
}

/// The covariance of the correlation parameters from the stacked estimating equations of
/// coefficients, scale and correlation (Yan and Fine 2004).
pub(super) fn covariance(
    pairs: &Pairs<'_>,
    influences: &Influences<'_>,
) -> Result<Matrix, NotEstimable> {
    let q = influences.alpha.len();
    if q == 0 {
        return Ok(Matrix::zeros(0, 0));
    }
    let p = influences.coefficients.columns();
    let clusters = pairs.clusters.len();
    let mut information = Matrix::zeros(q, q);
    let mut own = Matrix::zeros(clusters, q);
    let mut by_coefficients = Matrix::zeros(q, p);
    let mut by_scale = vec![0.0; q];
    for cluster in 0..clusters {
        pairs.each(cluster, |first, second, at| {
            let (rho, place, slope) = pairs.structure.pair(influences.alpha, at, pairs.largest);
            let (r, s) = (pairs.residuals[first], pairs.residuals[second]);
            let product = r * s / pairs.scale;
            information[(place, place)] += slope * slope;
            own[(cluster, place)] += slope * (product - rho);
            by_scale[place] -= slope * product / pairs.scale;
            for column in 0..p {
                let derivative = influences.of_product((first, second), (r, s), column);
                by_coefficients[(place, column)] += slope * derivative / pairs.scale;
            }
        });
    }
    let scale = scale_influences(pairs, influences);
    for cluster in 0..clusters {
        for place in 0..q {
            let through: f64 = (0..p)
                .map(|column| {
                    by_coefficients[(place, column)] * influences.coefficients[(cluster, column)]
                })
                .sum();
            own[(cluster, place)] += through + by_scale[place] * scale[cluster];
        }
    }
    let inverse = Lu::new(&information)?.inverse();
    Ok(inverse.sandwich(&crate::matrix::gram(&own, None)))
}

impl Influences<'_> {
    /// The derivative of a product of two residuals by a coefficient.
    fn of_product(
        &self,
        (first, second): (usize, usize),
        (r, s): (f64, f64),
        column: usize,
    ) -> f64 {
        let (by_mean, by_variance) = self.slopes;
        let (a, b) = (by_mean[(first, column)], by_mean[(second, column)]);
        let spread = by_variance[(first, column)] * s + by_variance[(second, column)] * r;
        match self.as_geepack {
            None => a * s + b * r + spread,
            // geepack multiplies the derivative by the mean with the residual of the same row.
            Some(_) => a * r + b * s + spread,
        }
    }
}

/// The influence of each cluster on the scale; 0 where that is given.
fn scale_influences(pairs: &Pairs<'_>, influences: &Influences<'_>) -> Vec<f64> {
    let clusters = pairs.clusters.len();
    if !influences.estimated_scale {
        return vec![0.0; clusters];
    }
    let n = pairs.residuals.len() as f64;
    let (by_mean, by_variance) = influences.slopes;
    let slope = |column: usize| -> f64 {
        (0..pairs.residuals.len())
            .map(|row| {
                let divisor = influences.as_geepack.map_or(1.0, |roots| roots[row]);
                let slope = by_mean[(row, column)] + by_variance[(row, column)];
                2.0 * pairs.residuals[row] * slope / divisor
            })
            .sum()
    };
    let slopes: Vec<f64> = (0..by_mean.columns()).map(slope).collect();
    (0..clusters)
        .map(|cluster| {
            let residuals = &pairs.residuals[pairs.clusters.range(cluster)];
            let own: f64 = residuals.iter().map(|r| r * r - pairs.scale).sum();
            let through: f64 = slopes
                .iter()
                .enumerate()
                .map(|(column, slope)| slope * influences.coefficients[(cluster, column)])
                .sum();
            (own + through) / n
        })
        .collect()
}

/// Influence of each cluster on the coefficients: (D'V⁻¹D)⁻¹ times its score.
pub(super) fn coefficient_influences(factor: &Cholesky, scores: &Matrix) -> Matrix {
    let inverse = factor.inverse();
    scores.multiply(&inverse)
}
