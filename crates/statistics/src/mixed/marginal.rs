mod blocks;
mod chain;
mod criterion;

use super::covariance::{canonical, covariances, factors, identity, parameters, singular, theta};
use super::data::{MixedData, Prepared};
use super::descent::{approach, difference_hessian, polish, positive_inverse};
use super::information::InformationCriteria;
use super::linear::Criterion;
use super::residual::{At, Residuals, Structure};
use crate::NotEstimable;
use crate::matrix::{Cholesky, Matrix};
use blocks::blocks;
use criterion::Solution;

/// A linear model with correlated residuals, with or without random effects.
///
/// y = Xβ + Zb + ε with ε ~ N(0, σ²R), R by groups from a [`Residuals`] structure.
///
/// # Method
/// Pinheiro and Bates (2000), *Mixed-Effects Models in S and S-PLUS*, chapters 2 and 5. Each
/// block of dependent rows has its own covariance matrix. Where residuals are independent or
/// autoregressive the cost is linear in the rows of a block; else the matrix is factored, at a
/// cost that grows with their cube. R: `nlme::gls`, `nlme::lme`.
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

/// A fitted linear model with correlated residuals. R: `nlme::gls`, `lme`.
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
    ///
    /// ```
    /// use statistics::matrix::Matrix;
    /// use statistics::mixed::{Criterion, Marginal, MixedData, Residuals};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let ones = Matrix::from_columns(&[[1.0; 3]]);
    /// let data = MixedData::new(&ones, &[1.0, 2.0, 6.0], &[]);
    /// let model = Marginal::new(data, Residuals::PLAIN, Criterion::Reml)?;
    /// // A mean and σ.
    /// assert_eq!(model.fit()?.parameters(), 2);
    /// # Ok(())
    /// # }
    /// ```
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

impl<'a> Marginal<'a> {
    /// Checks the data and finds the blocks of dependent rows.
    ///
    /// # Errors
    /// As [`super::LinearMixed::new`]; positions that repeat in a group, or are not whole where
    /// steps are counted; a spread that cannot be.
    ///
    /// ```
    /// use statistics::matrix::Matrix;
    /// use statistics::mixed::{Criterion, Marginal, MixedData, Residuals};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let ones = Matrix::from_columns(&[[1.0; 3]]);
    /// let data = MixedData::new(&ones, &[1.0, 2.0, 6.0], &[]);
    /// let model = Marginal::new(data, Residuals::PLAIN, Criterion::Reml)?;
    /// assert!(model.fit().is_ok());
    /// # Ok(())
    /// # }
    /// ```
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
        let mut blocks = blocks(&data, &structure);
        if structure.is_chain() {
            for rows in &mut blocks {
                structure.sort(rows);
            }
        }
        Ok(Self {
            sizes: data.sizes(),
            scales: data.scales()?,
            data,
            prepared,
            structure,
            criterion,
            blocks,
        })
    }

    /// Fits the model.
    ///
    /// # Errors
    /// An outcome without residual variance, and no convergence.
    ///
    /// ```
    /// use statistics::matrix::Matrix;
    /// use statistics::mixed::{Criterion, Marginal, MixedData, Residuals};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let ones = Matrix::from_columns(&[[1.0; 3]]);
    /// let data = MixedData::new(&ones, &[1.0, 2.0, 6.0], &[]);
    /// let model = Marginal::new(data, Residuals::PLAIN, Criterion::Reml)?;
    /// // (4 + 1 + 9)/2.
    /// assert!((model.fit()?.sigma.powi(2) - 7.0).abs() < 1e-12);
    /// # Ok(())
    /// # }
    /// ```
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
        let mut start = identity(&self.sizes);
        start.extend(self.structure.start());
        start
    }

    fn lambda(&self, point: &[f64]) -> Vec<Matrix> {
        let theta: Vec<f64> = point.iter().zip(&self.scales).map(|(v, s)| v / s).collect();
        factors(&self.sizes, &theta)
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
        Ok(MarginalFit {
            fitted: self.data.fitted(&coefficients, &modes),
            aliased: self.prepared.aliased(),
            covariance: self.prepared.spread(&scaled),
            theta: theta(&lambda),
            sigma: solution.variance.sqrt(),
            covariances: covariances(&lambda, solution.variance),
            correlations: self.structure.shown_correlations(&at),
            spread: self.structure.shown_spread(free),
            deviations: at.deviations,
            deviance: solution.value,
            criterion: self.criterion,
            modes,
            coefficients,
            singular: singular(&lambda),
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
            let solved = match self.chain(rows, (lambda, at))? {
                Some(chain) => chain.solve_residual(&solution.beta),
                None => {
                    let factor = Cholesky::full_rank(&self.covariance(rows, lambda, at))?;
                    let mut direction: Vec<f64> = solution.beta.iter().map(|beta| -beta).collect();
                    direction.push(1.0);
                    factor.solve(&self.outcomes(rows).times(&direction))
                }
            };
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
}
