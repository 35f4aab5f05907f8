//! The correlation parameters of the estimating equations, and their covariance.

use super::correlation::WorkingCorrelation;
use crate::NotEstimable;
use crate::matrix::dot;
use std::ops::Range;

/// Steps for the parameter of the autoregressive form.
const MAX_STEPS: usize = 100;

/// Sums of products of two residuals, by the parameter of their correlation; for the
/// autoregressive form by their distance.
#[derive(Clone, Debug)]
pub(super) struct PairSums {
    structure: WorkingCorrelation,
    largest: usize,
    sums: Vec<f64>,
    pairs: Vec<f64>,
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
                    let start = first * (2 * self.largest - first - 1) / 2;
                    let places = start..start + (n - first - 1);
                    let later = &residuals[first + 1..];
                    for (sum, second) in self.sums[places.clone()].iter_mut().zip(later) {
                        *sum += residuals[first] * second;
                    }
                    for pairs in &mut self.pairs[places] {
                        *pairs += 1.0;
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

/// Derivatives of the Pearson residuals of some rows by the coefficients, column after column:
/// through their means and through the variances of those.
pub(super) struct Derivatives {
    pub(super) by_mean: Vec<Vec<f64>>,
    pub(super) by_variance: Vec<Vec<f64>>,
}

/// What the clusters of a chunk say of the correlation parameters.
///
/// The estimating equations are Σ ∂ρ/∂α (s − ρ) = 0 over pairs, with s the product of two
/// residuals over the scale. Each pair has one parameter, so their information is a diagonal.
pub(super) struct Association {
    structure: WorkingCorrelation,
    /// Rows of the largest cluster.
    largest: usize,
    scale: f64,
    /// Whether the derivatives are those of geepack 1.3.9.
    as_geepack: bool,
    /// For the autoregressive form α^d and its slope, by distance.
    powers: Vec<(f64, f64)>,
    /// Parameters.
    alpha: Vec<f64>,
    /// The information, by parameter.
    pub(super) information: Vec<f64>,
    /// The clusters' parts of the equations, one after the other.
    pub(super) own: Vec<f64>,
    /// The equations' derivatives by the coefficients: per coefficient one per parameter.
    pub(super) by_coefficients: Vec<Vec<f64>>,
    /// And by the scale.
    pub(super) by_scale: Vec<f64>,
}

impl Association {
    pub(super) fn new(
        (structure, largest): (WorkingCorrelation, usize),
        (alpha, scale): (&[f64], f64),
        columns: usize,
        as_geepack: bool,
    ) -> Self {
        let q = alpha.len();
        let powers = match structure {
            WorkingCorrelation::Autoregressive => (0..largest)
                .map(|distance| {
                    let d = distance as i32;
                    (alpha[0].powi(d), f64::from(d) * alpha[0].powi(d - 1))
                })
                .collect(),
            _ => Vec::new(),
        };
        Self {
            structure,
            largest,
            scale,
            as_geepack,
            powers,
            alpha: alpha.to_vec(),
            information: vec![0.0; q],
            own: Vec::new(),
            by_coefficients: vec![vec![0.0; q]; columns],
            by_scale: vec![0.0; q],
        }
    }

    /// Adds a cluster: the places of its rows, and all residuals of the chunk.
    pub(super) fn add(&mut self, rows: Range<usize>, residuals: &[f64], by: &Derivatives) {
        let residuals = &residuals[rows.clone()];
        let start = self.own.len();
        self.own.resize(start + self.alpha.len(), 0.0);
        match self.structure {
            WorkingCorrelation::Independence => {}
            WorkingCorrelation::Exchangeable => self.add_exchangeable(rows, residuals, by),
            WorkingCorrelation::Autoregressive => self.add_autoregressive(rows, residuals, by),
            WorkingCorrelation::Unstructured => self.add_unstructured(rows, residuals, by),
        }
    }

    /// Sums over pairs from the sums over rows.
    fn add_exchangeable(&mut self, rows: Range<usize>, residuals: &[f64], by: &Derivatives) {
        let n = residuals.len() as f64;
        let pairs = n * (n - 1.0) / 2.0;
        let total: f64 = residuals.iter().sum();
        let products = (total * total - dot(residuals, residuals)) / 2.0;
        let place = self.own.len() - 1;
        self.information[0] += pairs;
        self.own[place] += products / self.scale - pairs * self.alpha[0];
        self.by_scale[0] -= products / (self.scale * self.scale);
        // Of each row the sum of the others' residuals.
        let others = |values: &[f64]| -> f64 {
            let sum: f64 = values.iter().sum();
            sum * total - dot(values, residuals)
        };
        let columns = by.by_mean.iter().zip(&by.by_variance);
        for (sums, (mean, variance)) in self.by_coefficients.iter_mut().zip(columns) {
            let (mean, variance) = (&mean[rows.clone()], &variance[rows.clone()]);
            let through_mean = match self.as_geepack {
                false => others(mean),
                // geepack multiplies by the residual of the same row.
                true => (n - 1.0) * dot(mean, residuals),
            };
            sums[0] += (through_mean + others(variance)) / self.scale;
        }
    }

    fn add_autoregressive(&mut self, rows: Range<usize>, residuals: &[f64], by: &Derivatives) {
        let n = residuals.len();
        let place = self.own.len() - 1;
        for distance in 1..n {
            let (rho, slope) = self.powers[distance];
            let pairs = (n - distance) as f64;
            let products = dot(&residuals[..n - distance], &residuals[distance..]) / self.scale;
            self.information[0] += pairs * slope * slope;
            self.own[place] += slope * (products - pairs * rho);
            self.by_scale[0] -= slope * products / self.scale;
        }
        // Of each row the others' residuals, and the number of others, by the slopes.
        let (mut others, mut slopes) = (vec![0.0; n], vec![0.0; n]);
        for row in 0..n {
            for other in 0..n {
                let slope = match row == other {
                    true => 0.0,
                    false => self.powers[row.abs_diff(other)].1,
                };
                others[row] += slope * residuals[other];
                slopes[row] += slope * residuals[row];
            }
        }
        let for_mean = if self.as_geepack { &slopes } else { &others };
        let columns = by.by_mean.iter().zip(&by.by_variance);
        for (sums, (mean, variance)) in self.by_coefficients.iter_mut().zip(columns) {
            let sum = dot(&mean[rows.clone()], for_mean) + dot(&variance[rows.clone()], &others);
            sums[0] += sum / self.scale;
        }
    }

    fn add_unstructured(&mut self, rows: Range<usize>, residuals: &[f64], by: &Derivatives) {
        let n = residuals.len();
        let start = self.own.len() - self.alpha.len();
        for first in 0..n {
            let places = self.places(first, n);
            let later = &residuals[first + 1..];
            for (place, second) in places.clone().zip(later) {
                let product = residuals[first] * second / self.scale;
                self.information[place] += 1.0;
                self.own[start + place] = product - self.alpha[place];
                self.by_scale[place] -= product / self.scale;
            }
        }
        let scale = 1.0 / self.scale;
        for column in 0..by.by_mean.len() {
            let mean = &by.by_mean[column][rows.clone()];
            let variance = &by.by_variance[column][rows.clone()];
            for first in 0..n {
                let places = self.places(first, n);
                let sums = &mut self.by_coefficients[column][places];
                let (r, m, v) = (residuals[first], mean[first], variance[first]);
                let later = residuals[first + 1..].iter();
                let pairs = later.zip(&mean[first + 1..]).zip(&variance[first + 1..]);
                for (sum, ((s, mean), variance)) in sums.iter_mut().zip(pairs) {
                    let through_mean = match self.as_geepack {
                        false => m * s + mean * r,
                        true => m * r + mean * s,
                    };
                    *sum += scale * (through_mean + v * s + variance * r);
                }
            }
        }
    }

    /// The parameters of the pairs of a position with the later ones of a cluster of `n` rows.
    fn places(&self, first: usize, n: usize) -> Range<usize> {
        let before = first * (2 * self.largest - first - 1) / 2;
        before..before + (n - first - 1)
    }
}
