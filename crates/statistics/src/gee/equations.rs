//! The estimating equations and their solution.

use super::association::PairSums;
use super::clusters::Clusters;
use super::correlation::{Solver, WorkingCorrelation};
use super::fit::{GeeOptions, ScaleEstimate};
use crate::NotEstimable;
use crate::glm::GlmData;
use crate::matrix::{ALIAS_TOLERANCE, Cholesky, Lu, Matrix, dot};
use rayon::prelude::*;
use std::ops::Range;

/// Rounds after which the search is given up.
const MAX_ITERATIONS: usize = 1000;

/// Rounds after which correlations go only half of the way: unstructured ones can make the
/// estimates jump to and fro between two places for ever, on either side of the solution.
const WHOLE_STEPS: usize = 100;

/// The change, in standard errors, at which it ends.
const TOLERANCE: f64 = 1e-12;

/// Rows that are summed together: their columns stay in the cache.
const CHUNK: usize = 2048;

/// The rows in the order of clusters.
pub(super) struct Gathered {
    x: Matrix,
    y: Vec<f64>,
    weights: Option<Vec<f64>>,
    offset: Option<Vec<f64>>,
}

impl Gathered {
    pub(super) fn new(data: GlmData<'_>, clusters: &Clusters) -> Self {
        let gather = |values: &[f64]| clusters.order.iter().map(|&row| values[row]).collect();
        Self {
            x: data.x.gather_rows(&clusters.order),
            y: gather(data.y),
            weights: data.weights.map(gather),
            offset: data.offset.map(gather),
        }
    }

    pub(super) fn data(&self) -> GlmData<'_> {
        GlmData {
            x: &self.x,
            y: &self.y,
            weights: self.weights.as_deref(),
            offset: self.offset.as_deref(),
        }
    }
}

/// What is solved: the rows by cluster, and the choices of the model.
pub(super) struct Equations<'a> {
    pub(super) data: GlmData<'a>,
    pub(super) clusters: Clusters,
    pub(super) sizes: Vec<usize>,
    pub(super) largest: usize,
    /// Ranges of clusters that one thread sums by itself.
    pub(super) chunks: Vec<Range<usize>>,
    pub(super) options: GeeOptions,
}

/// The sums over the rows at some coefficients.
struct Pass {
    /// D'R⁻¹D, scaled by the standard deviations; the upper triangle in parts.
    information: Matrix,
    /// D'R⁻¹r.
    score: Vec<f64>,
    /// Σ r².
    squares: f64,
    pairs: PairSums,
}

/// Where the search is.
pub(super) struct State {
    pub(super) coefficients: Vec<f64>,
    pub(super) scale: f64,
    pub(super) alpha: Vec<f64>,
    pub(super) iterations: usize,
}

impl<'a> Equations<'a> {
    pub(super) fn new(data: GlmData<'a>, clusters: Clusters, options: GeeOptions) -> Self {
        let sizes = clusters.sizes();
        let largest = sizes.iter().copied().max().unwrap_or(0);
        let mut chunks = Vec::new();
        let mut start = 0;
        for end in 1..=sizes.len() {
            let rows = clusters.starts[end] - clusters.starts[start];
            if rows >= CHUNK || end == sizes.len() {
                chunks.push(start..end);
                start = end;
            }
        }
        Self {
            data,
            clusters,
            sizes,
            largest,
            chunks,
            options,
        }
    }

    /// From the independent fit; scale and correlation always lag one round behind.
    pub(super) fn solve(&self, start: Vec<f64>) -> Result<State, NotEstimable> {
        let structure = self.options.correlation;
        let mut pass = self.pass(
            &start,
            &Solver::new(WorkingCorrelation::Independence, &[], &[], 0)?,
        )?;
        let mut state = State {
            scale: match self.options.scale {
                ScaleEstimate::Fixed(scale) => scale,
                _ => pass.squares / self.data.y.len() as f64,
            },
            coefficients: start,
            alpha: vec![0.1; structure.parameters(self.largest)],
            iterations: 0,
        };
        self.update_association(&mut state, &pass)?;
        while state.iterations < MAX_ITERATIONS {
            let solver = Solver::new(structure, &state.alpha, &self.sizes, self.largest)?;
            pass = self.pass(&state.coefficients, &solver)?;
            let change = self.step(&mut state, &pass)?;
            state.iterations += 1;
            if change <= TOLERANCE {
                return Ok(state);
            }
        }
        Err(NotEstimable::NotConverged {
            what: "the estimating equations",
            iterations: MAX_ITERATIONS,
        })
    }

    /// One scoring step for the coefficients, and scale and correlation at the point before it;
    /// returns the largest change in units of a standard error (coefficients) or 1 (correlation).
    fn step(&self, state: &mut State, pass: &Pass) -> Result<f64, NotEstimable> {
        let (inverse, _) = inverse(&pass.information)?;
        let step = inverse.times(&pass.score);
        let variances = inverse.diagonal_values();
        let mut change = 0.0f64;
        for ((value, step), variance) in state.coefficients.iter_mut().zip(&step).zip(&variances) {
            *value += step;
            if *step != 0.0 {
                change = change.max(step.abs() / (variance.abs() * state.scale).sqrt());
            }
        }
        let before = state.alpha.clone();
        self.update_association(state, pass)?;
        for (now, then) in state.alpha.iter_mut().zip(&before) {
            change = change.max((*now - then).abs());
            if state.iterations >= WHOLE_STEPS {
                *now = 0.5 * (*now + then);
            }
        }
        Ok(change)
    }

    fn update_association(&self, state: &mut State, pass: &Pass) -> Result<(), NotEstimable> {
        if self.options.scale == ScaleEstimate::Estimated {
            state.scale = pass.squares / self.data.y.len() as f64;
        }
        if state.scale <= 0.0 {
            return Err(NotEstimable::OneLevel {
                what: "the residual",
            });
        }
        state.alpha = pass.pairs.estimate(state.scale, &state.alpha)?;
        Ok(())
    }

    /// All sums of one round, over chunks of clusters that stay in the cache, added in order.
    fn pass(&self, coefficients: &[f64], solver: &Solver) -> Result<Pass, NotEstimable> {
        let parts: Vec<Pass> = self
            .chunks
            .par_iter()
            .map(|chunk| self.pass_of(chunk.clone(), coefficients, solver))
            .collect();
        let mut total = self.empty_pass();
        for part in parts {
            total.information.add_scaled(1.0, &part.information);
            for (sum, value) in total.score.iter_mut().zip(part.score) {
                *sum += value;
            }
            total.squares += part.squares;
            total.pairs.merge(&part.pairs);
        }
        let columns = total.score.len();
        for i in 0..columns {
            for j in 0..i {
                total.information[(i, j)] = total.information[(j, i)];
            }
        }
        NotEstimable::unless_finite("the residuals", &[total.squares])?;
        Ok(total)
    }

    fn empty_pass(&self) -> Pass {
        let columns = self.data.x.columns();
        Pass {
            information: Matrix::zeros(columns, columns),
            score: vec![0.0; columns],
            squares: 0.0,
            pairs: PairSums::new(self.options.correlation, self.largest),
        }
    }

    fn pass_of(&self, chunk: Range<usize>, coefficients: &[f64], solver: &Solver) -> Pass {
        let starts = &self.clusters.starts[chunk.start..=chunk.end];
        let rows = starts[0]..starts[starts.len() - 1];
        let inside = |cluster: &[usize]| cluster[0] - rows.start..cluster[1] - rows.start;
        let (residuals, scaled) = self.residuals(rows.clone(), coefficients);
        let mut pass = self.empty_pass();
        let columns = coefficients.len();
        let mut slopes: Vec<Vec<f64>> = Vec::with_capacity(columns);
        for column in 0..columns {
            let values = self.data.x.column(column)[rows.clone()].iter().zip(&scaled);
            slopes.push(values.map(|(x, scaled)| x * scaled).collect());
            let mut solved = slopes[column].clone();
            for cluster in starts.windows(2) {
                solver.solve(&mut solved[inside(cluster)]);
            }
            for (other, slopes) in slopes.iter().enumerate() {
                pass.information[(other, column)] = dot(slopes, &solved);
            }
            pass.score[column] = dot(&solved, &residuals);
        }
        pass.squares = dot(&residuals, &residuals);
        for cluster in starts.windows(2) {
            pass.pairs.add(&residuals[inside(cluster)]);
        }
        pass
    }

    /// Xβ and the offset of some rows.
    pub(super) fn predictor(&self, rows: Range<usize>, coefficients: &[f64]) -> Vec<f64> {
        let mut predictor = match self.data.offset {
            Some(offset) => offset[rows.clone()].to_vec(),
            None => vec![0.0; rows.len()],
        };
        for (column, coefficient) in coefficients.iter().enumerate() {
            let values = &self.data.x.column(column)[rows.clone()];
            for (target, value) in predictor.iter_mut().zip(values) {
                *target += coefficient * value;
            }
        }
        predictor
    }

    /// Pearson residuals of some rows, and the slopes of their means over their deviations.
    pub(super) fn residuals(
        &self,
        rows: Range<usize>,
        coefficients: &[f64],
    ) -> (Vec<f64>, Vec<f64>) {
        let predictor = self.predictor(rows.clone(), coefficients);
        let each = |(row, eta): (usize, &f64)| {
            let (mean, slope) = self.options.link.mean_and_slope(*eta);
            let root = (self.options.family.variance(mean) / self.data.weight(row)).sqrt();
            ((self.data.y[row] - mean) / root, slope / root)
        };
        rows.zip(&predictor).map(each).unzip()
    }
}

/// The inverse of the information, and the columns that follow from earlier ones.
///
/// A working correlation matrix that is not positive definite, as unstructured estimates may
/// be, can leave the information indefinite. Its equations still have a solution.
pub(super) fn inverse(information: &Matrix) -> Result<(Matrix, Vec<usize>), NotEstimable> {
    match Cholesky::new(information, ALIAS_TOLERANCE) {
        Ok(factor) => Ok((factor.inverse(), factor.aliased_columns())),
        Err(NotEstimable::NotPositiveDefinite { .. }) => {
            Ok((Lu::new(information)?.inverse(), Vec::new()))
        }
        Err(error) => Err(error),
    }
}
