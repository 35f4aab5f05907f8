use super::association::{Association, Derivatives, PairSums};
use super::clusters::Clusters;
use super::correlation::{Solver, WorkingCorrelation};
use crate::NotEstimable;
use crate::distribution::{ChiSquared, Distribution};
use crate::glm::{Family, Glm, GlmData, Link};
use crate::matrix::{ALIAS_TOLERANCE, Cholesky, Lu, Matrix, dot};
use rayon::prelude::*;
use std::ops::Range;

/// Rounds after which the search is given up.
const MAX_ITERATIONS: usize = 500;

/// The change, in standard errors, at which it ends.
const TOLERANCE: f64 = 1e-12;

/// Rows that are summed together: their columns stay in the cache.
const CHUNK: usize = 2048;

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

/// The rows in the order of clusters.
struct Gathered {
    x: Matrix,
    y: Vec<f64>,
    weights: Option<Vec<f64>>,
    offset: Option<Vec<f64>>,
}

impl Gathered {
    fn new(data: GlmData<'_>, clusters: &Clusters) -> Self {
        let gather = |values: &[f64]| clusters.order.iter().map(|&row| values[row]).collect();
        Self {
            x: data.x.gather_rows(&clusters.order),
            y: gather(data.y),
            weights: data.weights.map(gather),
            offset: data.offset.map(gather),
        }
    }

    fn data(&self) -> GlmData<'_> {
        GlmData {
            x: &self.x,
            y: &self.y,
            weights: self.weights.as_deref(),
            offset: self.offset.as_deref(),
        }
    }
}

struct Equations<'a> {
    data: GlmData<'a>,
    clusters: Clusters,
    sizes: Vec<usize>,
    largest: usize,
    /// Ranges of clusters that one thread sums by itself.
    chunks: Vec<Range<usize>>,
    options: GeeOptions,
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

struct State {
    coefficients: Vec<f64>,
    scale: f64,
    alpha: Vec<f64>,
    iterations: usize,
}

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

impl<'a> Equations<'a> {
    fn new(data: GlmData<'a>, clusters: Clusters, options: GeeOptions) -> Self {
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
    fn solve(&self, start: Vec<f64>) -> Result<State, NotEstimable> {
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
        let moved = state
            .alpha
            .iter()
            .zip(&before)
            .map(|(now, then)| (now - then).abs());
        Ok(moved.fold(change, f64::max))
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
    fn predictor(&self, rows: Range<usize>, coefficients: &[f64]) -> Vec<f64> {
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
    fn residuals(&self, rows: Range<usize>, coefficients: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let predictor = self.predictor(rows.clone(), coefficients);
        let each = |(row, eta): (usize, &f64)| {
            let (mean, slope) = self.options.link.mean_and_slope(*eta);
            let root = (self.options.family.variance(mean) / self.data.weight(row)).sqrt();
            ((self.data.y[row] - mean) / root, slope / root)
        };
        rows.zip(&predictor).map(each).unzip()
    }

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

    fn finish(&self, state: State) -> Result<Gee, NotEstimable> {
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

/// The inverse of the information, and the columns that follow from earlier ones.
///
/// A working correlation matrix that is not positive definite, as unstructured estimates may
/// be, can leave the information indefinite. Its equations still have a solution.
fn inverse(information: &Matrix) -> Result<(Matrix, Vec<usize>), NotEstimable> {
    match Cholesky::new(information, ALIAS_TOLERANCE) {
        Ok(factor) => Ok((factor.inverse(), factor.aliased_columns())),
        Err(NotEstimable::NotPositiveDefinite { .. }) => {
            Ok((Lu::new(information)?.inverse(), Vec::new()))
        }
        Err(error) => Err(error),
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
