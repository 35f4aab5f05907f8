//! The (restricted) likelihood and its gradient, block by block of dependent rows.

use super::Marginal;
use super::chain::Chain;
use crate::NotEstimable;
use crate::matrix::{Cholesky, Matrix, dot};
use crate::mixed::Criterion;
use crate::mixed::covariance::{parameters, theta};
use crate::mixed::data::bordered;
use crate::mixed::residual::{At, Slopes};
use rayon::prelude::*;
use std::f64::consts::TAU;

/// What one block gives.
pub(super) struct Block {
    pub(super) ln_determinant: f64,
    pub(super) cross: Matrix,
}

/// The criterion at some parameters.
pub(super) struct Solution {
    pub(super) value: f64,
    pub(super) beta: Vec<f64>,
    pub(super) variance: f64,
    pub(super) information: Cholesky,
}

/// Blocks that one thread takes by itself.
const CHUNK: usize = 32;

impl Marginal<'_> {
    fn degrees(&self) -> f64 {
        let lost = match self.criterion {
            Criterion::Reml => self.prepared.kept.len(),
            Criterion::Ml => 0,
        };
        (self.data.rows() - lost) as f64
    }

    fn width(&self) -> usize {
        self.prepared.x.columns() + 1
    }

    /// The covariance of a block over σ².
    pub(super) fn covariance(&self, rows: &[u32], lambda: &[Matrix], at: &At) -> Matrix {
        let n = rows.len();
        let mut matrix = Matrix::zeros(n, n);
        for j in 0..n {
            let b = rows[j] as usize;
            for i in j..n {
                let a = rows[i] as usize;
                let weight = self.data.weights.map_or(1.0, |w| (w[a] * w[b]).sqrt());
                matrix[(i, j)] = self.structure.covariance(at, a, b) / weight;
            }
        }
        for (term, factor) in self.data.random.iter().zip(lambda) {
            let effects: Vec<Vec<f64>> = rows
                .iter()
                .map(|&row| factor.transposed_times(&term.effects.row(row as usize)))
                .collect();
            for j in 0..n {
                for i in j..n {
                    if term.groups[rows[i] as usize] == term.groups[rows[j] as usize] {
                        matrix[(i, j)] += dot(&effects[i], &effects[j]);
                    }
                }
            }
        }
        for j in 0..n {
            for i in 0..j {
                matrix[(i, j)] = matrix[(j, i)];
            }
        }
        matrix
    }

    /// The rows of [X y] of a block.
    pub(super) fn outcomes(&self, rows: &[u32]) -> Matrix {
        let mut values = Vec::with_capacity(rows.len() * self.width());
        for column in 0..self.width() - 1 {
            let source = self.prepared.x.column(column);
            values.extend(rows.iter().map(|&row| source[row as usize]));
        }
        values.extend(rows.iter().map(|&row| self.prepared.y[row as usize]));
        Matrix::from_values(rows.len(), self.width(), values)
    }

    /// The block as a chain, where it is one and that is cheaper.
    pub(super) fn chain<'b>(
        &self,
        rows: &'b [u32],
        parameters: (&[Matrix], &At),
    ) -> Result<Option<Chain<'b>>, NotEstimable> {
        Chain::new(
            rows,
            (&self.data, &self.prepared),
            &self.structure,
            parameters,
        )
    }

    fn block(&self, rows: &[u32], lambda: &[Matrix], at: &At) -> Result<Block, NotEstimable> {
        if let Some(chain) = self.chain(rows, (lambda, at))? {
            return Ok(chain.block());
        }
        let factor = Cholesky::full_rank(&self.covariance(rows, lambda, at))?;
        let mut white = self.outcomes(rows);
        for column in 0..white.columns() {
            factor.whiten(white.column_mut(column));
        }
        let last = white.columns() - 1;
        let places: Vec<usize> = (0..last).collect();
        Ok(Block {
            ln_determinant: factor.log_determinant(),
            cross: bordered(&white.gather_columns(&places), white.column(last), None),
        })
    }

    /// The criterion, and its gradient if asked for.
    pub(super) fn solve(
        &self,
        point: &[f64],
        slopes: bool,
    ) -> Result<(Solution, Vec<f64>), NotEstimable> {
        let lambda = self.lambda(point);
        let at = self.structure.at(&point[parameters(&self.sizes)..]);
        let parts: Vec<Result<Block, NotEstimable>> = self
            .blocks
            .par_chunks(CHUNK)
            .map(|blocks| {
                let mut total = Block {
                    ln_determinant: 0.0,
                    cross: Matrix::zeros(self.width(), self.width()),
                };
                for rows in blocks {
                    let block = self.block(rows, &lambda, &at)?;
                    total.ln_determinant += block.ln_determinant;
                    total.cross.add_scaled(1.0, &block.cross);
                }
                Ok(total)
            })
            .collect();
        let mut ln_determinant = 0.0;
        let mut cross = Matrix::zeros(self.width(), self.width());
        for part in parts {
            let part = part?;
            ln_determinant += part.ln_determinant;
            cross.add_scaled(1.0, &part.cross);
        }
        let solution = self.profile(ln_determinant, &cross)?;
        let gradient = match slopes {
            true => self.gradient(&solution, (&lambda, &at))?,
            false => Vec::new(),
        };
        Ok((solution, gradient))
    }

    fn profile(&self, ln_determinant: f64, cross: &Matrix) -> Result<Solution, NotEstimable> {
        let p = self.width() - 1;
        let places: Vec<usize> = (0..p).collect();
        let information = Cholesky::full_rank(&cross.principal(&places))?;
        let right = &cross.column(p)[..p];
        let beta = information.solve(right);
        let rss = cross[(p, p)] - dot(&beta, right);
        let df = self.degrees();
        if rss.is_nan() || rss <= cross[(p, p)].max(f64::MIN_POSITIVE) * 1e-13 {
            return Err(NotEstimable::OneLevel {
                what: "the residual",
            });
        }
        let mut value = ln_determinant + df * (1.0 + (TAU * rss / df).ln());
        if self.criterion == Criterion::Reml {
            value += information.log_determinant();
        }
        Ok(Solution {
            value,
            beta,
            variance: rss / df,
            information,
        })
    }

    /// From Γ = V⁻¹ − V⁻¹[X e]Ω[X e]'V⁻¹, the derivative of the criterion by V.
    fn gradient(
        &self,
        solution: &Solution,
        (lambda, at): (&[Matrix], &At),
    ) -> Result<Vec<f64>, NotEstimable> {
        let inverse = match self.criterion {
            Criterion::Reml => Some(solution.information.inverse()),
            Criterion::Ml => None,
        };
        let empty = || {
            let matrices: Vec<Matrix> = self.sizes.iter().map(|&q| Matrix::zeros(q, q)).collect();
            (matrices, self.structure.slopes())
        };
        type Part = (Vec<Matrix>, Slopes);
        let parts: Vec<Result<Part, NotEstimable>> = self
            .blocks
            .par_chunks(CHUNK)
            .map(|blocks| {
                let (mut random, mut slopes) = empty();
                for rows in blocks {
                    if let Some(chain) = self.chain(rows, (lambda, at))? {
                        let sums = (random.as_mut_slice(), &mut slopes);
                        let fit = (solution.beta.as_slice(), solution.variance);
                        chain.add_slopes(sums, &self.structure, fit, inverse.as_ref());
                        continue;
                    }
                    let by = self.derivative(rows, (lambda, at), solution, inverse.as_ref())?;
                    self.add_random(&mut random, rows, &by);
                    for (j, &b) in rows.iter().enumerate() {
                        for (i, &a) in rows.iter().enumerate() {
                            let (a, b) = (a as usize, b as usize);
                            let weight = self.data.weights.map_or(1.0, |w| (w[a] * w[b]).sqrt());
                            let by = by[(i, j)] / weight;
                            self.structure.add(&mut slopes, at, (a, b), by);
                        }
                    }
                }
                Ok((random, slopes))
            })
            .collect();
        let (mut random, mut slopes) = empty();
        for part in parts {
            let (some, more) = part?;
            for (sum, part) in random.iter_mut().zip(&some) {
                sum.add_scaled(1.0, part);
            }
            slopes.merge(&more);
        }
        let products: Vec<Matrix> = random
            .iter()
            .zip(lambda)
            .map(|(by, factor)| by.multiply(factor).scaled(2.0))
            .collect();
        let mut gradient: Vec<f64> = theta(&products)
            .iter()
            .zip(&self.scales)
            .map(|(g, scale)| g / scale)
            .collect();
        gradient.extend(self.structure.gradient(&slopes, at));
        Ok(gradient)
    }

    fn derivative(
        &self,
        rows: &[u32],
        (lambda, at): (&[Matrix], &At),
        solution: &Solution,
        information: Option<&Matrix>,
    ) -> Result<Matrix, NotEstimable> {
        let factor = Cholesky::full_rank(&self.covariance(rows, lambda, at))?;
        let mut by = factor.inverse();
        let outcomes = self.outcomes(rows);
        let places: Vec<usize> = (0..self.width() - 1).collect();
        let x = outcomes.gather_columns(&places);
        let mut residual = outcomes.column(self.width() - 1).to_vec();
        let negative: Vec<f64> = solution.beta.iter().map(|beta| -beta).collect();
        x.add_times(&negative, &mut residual);
        let solved = factor.solve(&residual);
        by.add_outer(-1.0 / solution.variance, &solved, &solved);
        if let Some(information) = information {
            let solved = factor.solve_matrix(&x);
            by.add_scaled(-1.0, &solved.sandwich(information));
        }
        Ok(by)
    }

    /// Adds Z'ΓZ of each term, over the levels in a block.
    fn add_random(&self, sums: &mut [Matrix], rows: &[u32], by: &Matrix) {
        for (term, sum) in self.data.random.iter().zip(sums) {
            let effects: Vec<Vec<f64>> = rows
                .iter()
                .map(|&row| term.effects.row(row as usize))
                .collect();
            for (j, &b) in rows.iter().enumerate() {
                for (i, &a) in rows.iter().enumerate() {
                    if term.groups[a as usize] == term.groups[b as usize] {
                        sum.add_outer(by[(i, j)], &effects[i], &effects[j]);
                    }
                }
            }
        }
    }
}
