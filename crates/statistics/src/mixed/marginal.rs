use super::covariance::{canonical, factors, layout, parameters, theta};
use super::data::{MixedData, Prepared, bordered};
use super::descent::{approach, difference_hessian, polish, positive_inverse};
use super::information::InformationCriteria;
use super::linear::Criterion;
use super::residual::{At, Residuals, Slopes, Structure};
use crate::NotEstimable;
use crate::matrix::{Cholesky, Matrix, dot};
use rayon::prelude::*;
use std::f64::consts::TAU;

/// A linear model with correlated residuals, with or without random effects.
///
/// y = Xβ + Zb + ε with ε ~ N(0, σ²R), R by groups from a [`Residuals`] structure.
///
/// # Method
/// Pinheiro and Bates (2000), *Mixed-Effects Models in S and S-PLUS*, chapters 2 and 5. Each
/// block of dependent rows has its own covariance matrix, which is factored: the cost grows
/// with the cube of the rows of a block. R: `nlme::gls`, `nlme::lme`.
///
/// ```
/// use statistics::matrix::Matrix;
/// use statistics::mixed::{Criterion, Marginal, MixedData, ResidualCorrelation, Residuals};
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// // Pairs with equal spread: the correlation is that of one-way analysis of variance.
/// let ones = Matrix::from_columns(&[[1.0; 6]]);
/// let y = [1.0, 3.0, 3.0, 5.0, 8.0, 10.0];
/// let data = MixedData::new(&ones, &y, &[]);
/// let residuals = Residuals {
///     correlation: ResidualCorrelation::CompoundSymmetry,
///     groups: Some(&[0, 0, 1, 1, 2, 2]),
///     ..Residuals::PLAIN
/// };
/// let fit = Marginal::new(data, residuals, Criterion::Reml)?.fit()?;
/// // Variances 12 between and 2 within.
/// assert!((fit.correlations[0] - 12.0 / 14.0).abs() < 1e-8);
/// assert!((fit.sigma.powi(2) - 14.0).abs() < 1e-6);
/// # Ok(())
/// # }
/// ```
pub struct Marginal<'a> {
    data: MixedData<'a>,
    prepared: Prepared,
    structure: Structure<'a>,
    sizes: Vec<usize>,
    scales: Vec<f64>,
    criterion: Criterion,
    /// Rows of each block of dependent rows.
    blocks: Vec<Vec<u32>>,
}

/// A fitted linear model with correlated residuals.
#[derive(Clone, Debug)]
pub struct MarginalFit {
    /// One per column of the design; 0 where aliased.
    pub coefficients: Vec<f64>,
    /// Columns that follow from earlier ones.
    pub aliased: Vec<usize>,
    /// The covariance of the coefficients.
    pub covariance: Matrix,
    /// The lower triangles of the random effects' Λ.
    pub theta: Vec<f64>,
    /// The residual standard deviation (of stratum 0, or where the spread's covariate gives 1).
    pub sigma: f64,
    /// Per term the covariance of its effects.
    pub covariances: Vec<Matrix>,
    /// The correlation parameters; of the unstructured form the upper triangle row by row.
    pub correlations: Vec<f64>,
    /// The parameters of the spread: ratios to stratum 0, or the exponent.
    pub spread: Vec<f64>,
    /// Each row's residual standard deviation over σ.
    pub deviations: Vec<f64>,
    /// −2 ln of the (restricted) likelihood.
    pub deviance: f64,
    /// Whether β and σ were found by REML or ML.
    pub criterion: Criterion,
    /// Per term the predicted random effects: one column per level.
    pub modes: Vec<Matrix>,
    /// Fitted values with random effects.
    pub fitted: Vec<f64>,
    /// Terms whose covariance is singular.
    pub singular: Vec<usize>,
    /// The covariance of the parameters on the scale of the search: θ (in units of its effects),
    /// the free correlation parameters, the logarithms of ratios of spread, ln σ.
    pub parameter_covariance: Matrix,
    /// Rows.
    pub rows: usize,
}

impl MarginalFit {
    /// The number of parameters: coefficients, covariances, σ.
    pub fn parameters(&self) -> usize {
        let fixed = self.coefficients.len() - self.aliased.len();
        fixed + self.theta.len() + self.correlations.len() + self.spread.len() + 1
    }

    /// Likelihood and criteria as in nlme: with REML Schwarz's counts the rows less the
    /// coefficients.
    ///
    /// ```
    /// use statistics::matrix::Matrix;
    /// use statistics::mixed::{Criterion, Marginal, MixedData, Residuals};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let ones = Matrix::from_columns(&[[1.0; 3]]);
    /// let y = [1.0, 2.0, 6.0];
    /// let data = MixedData::new(&ones, &y, &[]);
    /// let fit = Marginal::new(data, Residuals::PLAIN, Criterion::Reml)?.fit()?;
    /// // A mean and σ, from three rows less one coefficient.
    /// assert_eq!(fit.criteria().bic, fit.deviance + 2.0_f64.ln() * 2.0);
    /// # Ok(())
    /// # }
    /// ```
    pub fn criteria(&self) -> InformationCriteria {
        let lost = match self.criterion {
            Criterion::Reml => self.coefficients.len() - self.aliased.len(),
            Criterion::Ml => 0,
        };
        InformationCriteria::new(self.deviance, self.parameters(), self.rows - lost)
    }
}

/// What one block gives.
struct Block {
    ln_determinant: f64,
    cross: Matrix,
}

/// The criterion at some parameters.
struct Solution {
    value: f64,
    beta: Vec<f64>,
    variance: f64,
    information: Cholesky,
}

/// Blocks that one thread takes by itself.
const CHUNK: usize = 32;

/// Diagonal elements of Λ that count as zero.
const SINGULAR: f64 = 1e-4;

impl<'a> Marginal<'a> {
    /// Checks the data and finds the blocks of dependent rows.
    ///
    /// # Errors
    /// As [`super::LinearMixed::new`]; positions that repeat in a group, or are not whole where
    /// steps are counted; a spread that cannot be.
    pub fn new(
        data: MixedData<'a>,
        residuals: Residuals<'a>,
        criterion: Criterion,
    ) -> Result<Self, NotEstimable> {
        data.check()?;
        let structure = Structure::new(residuals, data.rows())?;
        let prepared = Prepared::new(&data)?;
        if data.rows() <= prepared.kept.len() {
            return Err(NotEstimable::Empty {
                what: "rows beyond one per coefficient",
            });
        }
        let sizes: Vec<usize> = data
            .random
            .iter()
            .map(|term| term.effects.columns())
            .collect();
        let scales = layout(&sizes)
            .into_iter()
            .map(|(term, row, _)| {
                let column = data.random[term].effects.column(row);
                (dot(column, column) / column.len() as f64)
                    .sqrt()
                    .max(f64::MIN_POSITIVE)
            })
            .collect();
        let blocks = blocks(&data, &structure);
        Ok(Self {
            data,
            prepared,
            structure,
            sizes,
            scales,
            criterion,
            blocks,
        })
    }

    /// Fits the model.
    ///
    /// # Errors
    /// An outcome without residual variance, and no convergence.
    pub fn fit(&self) -> Result<MarginalFit, NotEstimable> {
        let start = self.start();
        self.solve(&start, false)?;
        let mut evaluate = |point: &[f64]| {
            let (solution, gradient) = self.solve(point, true).ok()?;
            Some((solution.value, gradient))
        };
        let mut point = match start.is_empty() {
            true => start,
            false => approach(&start, |point| {
                evaluate(point).unwrap_or_else(|| (f64::INFINITY, vec![0.0; point.len()]))
            })?,
        };
        let all: Vec<usize> = (0..point.len()).collect();
        polish(&mut point, &all, &mut evaluate)?;
        self.finish(&point)
    }

    fn start(&self) -> Vec<f64> {
        let diagonal = |(_, row, column): (usize, usize, usize)| f64::from(u8::from(row == column));
        let mut start: Vec<f64> = layout(&self.sizes).into_iter().map(diagonal).collect();
        start.extend(self.structure.start());
        start
    }

    fn lambda(&self, point: &[f64]) -> Vec<Matrix> {
        let theta: Vec<f64> = point.iter().zip(&self.scales).map(|(v, s)| v / s).collect();
        factors(&self.sizes, &theta)
    }

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
    fn covariance(&self, rows: &[u32], lambda: &[Matrix], at: &At) -> Matrix {
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
    fn outcomes(&self, rows: &[u32]) -> Matrix {
        let mut values = Vec::with_capacity(rows.len() * self.width());
        for column in 0..self.width() - 1 {
            let source = self.prepared.x.column(column);
            values.extend(rows.iter().map(|&row| source[row as usize]));
        }
        values.extend(rows.iter().map(|&row| self.prepared.y[row as usize]));
        Matrix::from_values(rows.len(), self.width(), values)
    }

    fn block(&self, rows: &[u32], lambda: &[Matrix], at: &At) -> Result<Block, NotEstimable> {
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
    fn solve(&self, point: &[f64], slopes: bool) -> Result<(Solution, Vec<f64>), NotEstimable> {
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

    fn finish(&self, point: &[f64]) -> Result<MarginalFit, NotEstimable> {
        let (solution, _) = self.solve(point, false)?;
        let free = &point[parameters(&self.sizes)..];
        let at = self.structure.at(free);
        let lambda = self
            .lambda(point)
            .iter()
            .map(canonical)
            .collect::<Result<Vec<_>, _>>()?;
        let modes = self.modes(&solution, &lambda, &at)?;
        let coefficients = self.prepared.coefficients(&solution.beta);
        let all: Vec<usize> = (0..point.len()).collect();
        let hessian = difference_hessian(point, &all, |p| Some(self.solve(p, true).ok()?.1));
        let scaled = solution.information.inverse().scaled(solution.variance);
        let mut covariance = Matrix::zeros(self.prepared.columns, self.prepared.columns);
        for (i, &row) in self.prepared.kept.iter().enumerate() {
            for (j, &column) in self.prepared.kept.iter().enumerate() {
                covariance[(row, column)] = scaled[(i, j)];
            }
        }
        let singular = (0..lambda.len())
            .filter(|&term| {
                let diagonal = lambda[term].diagonal_values();
                diagonal.iter().any(|&value| value < SINGULAR)
            })
            .collect();
        Ok(MarginalFit {
            fitted: self.fitted(&coefficients, &modes),
            aliased: self.prepared.aliased(),
            covariance,
            theta: theta(&lambda),
            sigma: solution.variance.sqrt(),
            covariances: lambda
                .iter()
                .map(|factor| {
                    factor
                        .multiply(&factor.transpose())
                        .scaled(solution.variance)
                })
                .collect(),
            correlations: self.structure.shown_correlations(&at),
            spread: self.structure.shown_spread(free),
            deviations: at.deviations,
            deviance: solution.value,
            criterion: self.criterion,
            modes,
            coefficients,
            singular,
            parameter_covariance: match hessian {
                Some(hessian) if !point.is_empty() => positive_inverse(&hessian)?.scaled(2.0),
                _ => Matrix::zeros(0, 0),
            },
            rows: self.data.rows(),
        })
    }

    /// ΛΛ'Z'V⁻¹(y − Xβ).
    fn modes(
        &self,
        solution: &Solution,
        lambda: &[Matrix],
        at: &At,
    ) -> Result<Vec<Matrix>, NotEstimable> {
        let mut sums: Vec<Matrix> = self
            .data
            .random
            .iter()
            .map(|term| Matrix::zeros(term.effects.columns(), term.levels))
            .collect();
        if sums.is_empty() {
            return Ok(sums);
        }
        for rows in &self.blocks {
            let factor = Cholesky::full_rank(&self.covariance(rows, lambda, at))?;
            let outcomes = self.outcomes(rows);
            let mut direction: Vec<f64> = solution.beta.iter().map(|beta| -beta).collect();
            direction.push(1.0);
            let solved = factor.solve(&outcomes.times(&direction));
            for (term, sum) in self.data.random.iter().zip(&mut sums) {
                for (&row, value) in rows.iter().zip(&solved) {
                    let row = row as usize;
                    let target = sum.column_mut(term.groups[row]);
                    for (effect, target) in target.iter_mut().enumerate() {
                        *target += value * term.effects[(row, effect)];
                    }
                }
            }
        }
        let pairs = sums.iter().zip(lambda);
        Ok(pairs
            .map(|(sum, factor)| factor.multiply(&factor.transpose()).multiply(sum))
            .collect())
    }

    fn fitted(&self, coefficients: &[f64], modes: &[Matrix]) -> Vec<f64> {
        let mut fitted = self
            .data
            .offset
            .map_or_else(|| vec![0.0; self.data.rows()], <[f64]>::to_vec);
        self.data.x.add_times(coefficients, &mut fitted);
        for (term, modes) in self.data.random.iter().zip(modes) {
            for (row, target) in fitted.iter_mut().enumerate() {
                let effects = modes.column(term.groups[row]).iter().enumerate();
                *target += effects
                    .map(|(effect, mode)| term.effects[(row, effect)] * mode)
                    .sum::<f64>();
            }
        }
        fitted
    }
}

/// Rows that share a group of any kind, directly or through others.
fn blocks(data: &MixedData<'_>, structure: &Structure<'_>) -> Vec<Vec<u32>> {
    let mut parent: Vec<usize> = (0..data.rows()).collect();
    let all = data
        .random
        .iter()
        .map(|term| term.groups)
        .chain([structure.groups.as_slice()]);
    for groups in all {
        let levels = groups.iter().max().map_or(0, |most| most + 1);
        let mut first = vec![usize::MAX; levels];
        for (row, &group) in groups.iter().enumerate() {
            if first[group] == usize::MAX {
                first[group] = row;
                continue;
            }
            let (a, b) = (root(&mut parent, first[group]), root(&mut parent, row));
            parent[a.max(b)] = a.min(b);
        }
    }
    let mut place = vec![usize::MAX; data.rows()];
    let mut blocks: Vec<Vec<u32>> = Vec::new();
    for row in 0..data.rows() {
        let root = root(&mut parent, row);
        if place[root] == usize::MAX {
            place[root] = blocks.len();
            blocks.push(Vec::new());
        }
        let row = u32::try_from(row).expect("fewer than four thousand million rows");
        blocks[place[root]].push(row);
    }
    blocks
}

fn root(parent: &mut [usize], mut row: usize) -> usize {
    while parent[row] != row {
        parent[row] = parent[parent[row]];
        row = parent[row];
    }
    row
}
