//! Covariances at the solution, from the influence of each cluster.

use super::association::{Association, Derivatives};
use super::correlation::Solver;
use super::equations::{Equations, State, inverse};
use super::fit::{AssociationVariance, Gee, ScaleEstimate};
use crate::NotEstimable;
use crate::matrix::{Matrix, dot};
use rayon::prelude::*;
use std::ops::Range;

/// What a chunk of clusters gives at the estimate.
struct Chunk {
    /// D'R⁻¹D, the upper triangle.
    information: Matrix,
    /// The clusters' scores, one after the other.
    scores: Vec<f64>,
    association: Association,
    /// Σ (r² − scale) per cluster.
    excess: Vec<f64>,
    /// The derivative of Σ r² by the coefficients.
    squares: Vec<f64>,
}

/// Pearson residuals of some rows, and what they depend on.
struct Moments {
    residuals: Vec<f64>,
    /// Derivatives of the means over the standard deviations: one column per coefficient.
    slopes: Vec<Vec<f64>>,
    derivatives: Derivatives,
    /// √V.
    roots: Vec<f64>,
}

impl Equations<'_> {
    /// The same with everything that the covariances need.
    fn moments(&self, rows: Range<usize>, coefficients: &[f64]) -> Moments {
        let (residuals, scaled) = self.residuals(rows.clone(), coefficients);
        let predictor = self.predictor(rows.clone(), coefficients);
        let (mut roots, mut spread) = (Vec::with_capacity(rows.len()), Vec::new());
        for ((row, &eta), residual) in rows.clone().zip(&predictor).zip(&residuals) {
            let (mean, slope) = self.options.link.mean_and_slope(eta);
            let variance = self.options.family.variance(mean);
            roots.push((variance / self.data.weight(row)).sqrt());
            let own = 0.5 * slope * self.options.family.variance_slope(mean) / variance;
            spread.push(-own * residual);
        }
        let times = |column: usize, factors: &[f64], sign: f64| -> Vec<f64> {
            let values = self.data.x.column(column)[rows.clone()].iter();
            values
                .zip(factors)
                .map(|(x, factor)| sign * x * factor)
                .collect()
        };
        let columns = 0..coefficients.len();
        Moments {
            slopes: columns
                .clone()
                .map(|column| times(column, &scaled, 1.0))
                .collect(),
            derivatives: Derivatives {
                by_mean: columns
                    .clone()
                    .map(|column| times(column, &scaled, -1.0))
                    .collect(),
                by_variance: columns.map(|column| times(column, &spread, 1.0)).collect(),
            },
            residuals,
            roots,
        }
    }

    /// One chunk's part of the covariances.
    fn chunk(&self, chunk: Range<usize>, state: &State, solver: &Solver) -> Chunk {
        let starts = &self.clusters.starts[chunk.start..=chunk.end];
        let rows = starts[0]..starts[starts.len() - 1];
        let inside = |cluster: &[usize]| cluster[0] - rows.start..cluster[1] - rows.start;
        let moments = self.moments(rows.clone(), &state.coefficients);
        let columns = state.coefficients.len();
        let as_geepack = self.options.association == AssociationVariance::Geepack;
        let form = (self.options.correlation, self.largest);
        let mut result = Chunk {
            information: Matrix::zeros(columns, columns),
            scores: vec![0.0; chunk.len() * columns],
            association: Association::new(form, (&state.alpha, state.scale), columns, as_geepack),
            excess: Vec::with_capacity(chunk.len()),
            squares: Vec::with_capacity(columns),
        };
        for column in 0..columns {
            let mut solved = moments.slopes[column].clone();
            for (place, cluster) in starts.windows(2).enumerate() {
                let range = inside(cluster);
                solver.solve(&mut solved[range.clone()]);
                result.scores[place * columns + column] =
                    dot(&solved[range.clone()], &moments.residuals[range]);
            }
            for (other, slopes) in moments.slopes.iter().enumerate().take(column + 1) {
                let product = dot(slopes, &solved);
                result.information[(other, column)] = product;
                result.information[(column, other)] = product;
            }
            result
                .squares
                .push(moments.squares_slope(column, as_geepack));
        }
        for cluster in starts.windows(2) {
            let residuals = &moments.residuals[inside(cluster)];
            let excess = dot(residuals, residuals) - residuals.len() as f64 * state.scale;
            result.excess.push(excess);
            let by = &moments.derivatives;
            result
                .association
                .add(inside(cluster), &moments.residuals, by);
        }
        result
    }

    /// The fit at a solution, with its covariances.
    pub(super) fn finish(&self, state: State) -> Result<Gee, NotEstimable> {
        let columns = state.coefficients.len();
        let solver = Solver::new(
            self.options.correlation,
            &state.alpha,
            &self.sizes,
            self.largest,
        )?;
        let chunks: Vec<Chunk> = self
            .chunks
            .par_iter()
            .map(|chunk| self.chunk(chunk.clone(), &state, &solver))
            .collect();
        let mut information = Matrix::zeros(columns, columns);
        for chunk in &chunks {
            information.add_scaled(1.0, &chunk.information);
        }
        NotEstimable::unless_finite("the residuals", information.values())?;
        let (inverse, aliased) = inverse(&information)?;
        let (robust, alpha_covariance) = self.covariances(&chunks, &inverse, state.alpha.len());
        let correlation = self.options.correlation;
        Ok(Gee {
            aliased,
            robust,
            naive: inverse.scaled(state.scale),
            alpha_covariance,
            is_positive_definite: correlation.is_possible(&state.alpha, self.largest),
            coefficients: state.coefficients,
            alpha: state.alpha,
            scale: state.scale,
            cluster_sizes: self.sizes.clone(),
            iterations: state.iterations,
        })
    }

    /// The covariances of the coefficients and of the correlation, from the influence of each
    /// cluster: the stacked equations of coefficients, scale and correlation (Yan and Fine 2004).
    fn covariances(&self, chunks: &[Chunk], inverse: &Matrix, q: usize) -> (Matrix, Matrix) {
        let columns = inverse.columns();
        let n = self.data.y.len() as f64;
        let total = |of: &dyn Fn(&Chunk) -> &[f64], length: usize| -> Vec<f64> {
            let mut sum = vec![0.0; length];
            for chunk in chunks {
                sum.iter_mut()
                    .zip(of(chunk))
                    .for_each(|(sum, value)| *sum += value);
            }
            sum
        };
        let information = total(&|chunk| &chunk.association.information, q);
        let by_scale = total(&|chunk| &chunk.association.by_scale, q);
        let squares = total(&|chunk| &chunk.squares, columns);
        let by_coefficients: Vec<Vec<f64>> = (0..columns)
            .map(|column| total(&|chunk| &chunk.association.by_coefficients[column], q))
            .collect();
        let is_estimated = self.options.scale == ScaleEstimate::Estimated;
        let of = |chunk: &Chunk| {
            let (mut robust, mut association) =
                (Matrix::zeros(columns, columns), Matrix::zeros(q, q));
            for (cluster, &excess) in chunk.excess.iter().enumerate() {
                let scores = &chunk.scores[cluster * columns..(cluster + 1) * columns];
                let influence = inverse.times(scores);
                robust.add_outer(1.0, &influence, &influence);
                if q == 0 {
                    continue;
                }
                let mut own = chunk.association.own[cluster * q..(cluster + 1) * q].to_vec();
                for (by, influence) in by_coefficients.iter().zip(&influence) {
                    own.iter_mut()
                        .zip(by)
                        .for_each(|(own, by)| *own += by * influence);
                }
                if is_estimated {
                    let scale = (excess + dot(&squares, &influence)) / n;
                    own.iter_mut()
                        .zip(&by_scale)
                        .for_each(|(own, by)| *own += by * scale);
                }
                association.add_outer(1.0, &own, &own);
            }
            (robust, association)
        };
        let parts: Vec<(Matrix, Matrix)> = chunks.par_iter().map(of).collect();
        let mut robust = Matrix::zeros(columns, columns);
        let mut association = Matrix::zeros(q, q);
        for (first, second) in parts {
            robust.add_scaled(1.0, &first);
            association.add_scaled(1.0, &second);
        }
        for i in 0..q {
            for j in 0..q {
                association[(i, j)] /= information[i] * information[j];
            }
        }
        (robust, association)
    }
}

impl Moments {
    /// The derivative of Σ r² by a coefficient; geepack divides it by √V of each row.
    fn squares_slope(&self, column: usize, as_geepack: bool) -> f64 {
        let by_mean = self.derivatives.by_mean[column].iter();
        let by = by_mean.zip(&self.derivatives.by_variance[column]);
        let rows = self.residuals.iter().zip(&self.roots).zip(by);
        rows.map(|((residual, root), (mean, variance))| {
            let divisor = if as_geepack { *root } else { 1.0 };
            2.0 * residual * (mean + variance) / divisor
        })
        .sum()
    }
}
