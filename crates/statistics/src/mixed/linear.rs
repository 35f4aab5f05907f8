use super::covariance::{
    canonical, covariances, factors, identity, layout, nonzero, parameters, singular, theta,
};
use super::criterion::Solution;
use super::crossed::Crossed;
use super::data::{MixedData, Prepared};
use super::descent::{Snap, approach, polish, snap};
use super::engine::Engine;
use super::grouped::Grouped;
use super::information::InformationCriteria;
use crate::NotEstimable;
use crate::matrix::Matrix;

/// What is made largest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Criterion {
    /// The restricted likelihood.
    Reml,
    /// The likelihood.
    Ml,
}

/// A linear mixed model, ready to be evaluated and fitted.
///
/// y = Xβ + Zb + ε with b ~ N(0, σ²ΛΛ') per level and ε ~ N(0, σ²/w).
///
/// # Method
/// Bates, Mächler, Bolker and Walker (2015), *Fitting linear mixed-effects models using lme4*:
/// β and σ are profiled out of the criterion, which is a function of the elements θ of Λ. Here
/// with one grouping from sums per group (`docs/methods/mixed.md`), and always with the
/// analytic gradient. R: `lme4::lmer`.
///
/// ```
/// use statistics::matrix::Matrix;
/// use statistics::mixed::{Criterion, LinearMixed, MixedData, RandomTerm};
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// // Three groups of two: means 2, 4, 9, and a mean square within of 2.
/// let ones = Matrix::from_columns(&[[1.0; 6]]);
/// let y = [1.0, 3.0, 3.0, 5.0, 8.0, 10.0];
/// let groups = [0, 0, 1, 1, 2, 2];
/// let random = [RandomTerm { effects: &ones, groups: &groups, levels: 3 }];
/// let data = MixedData::new(&ones, &y, &random);
/// let fit = LinearMixed::new(data, Criterion::Reml)?.fit()?;
/// assert!((fit.coefficients[0] - 5.0).abs() < 1e-12);
/// // Mean square between 2 · 13 = 26: σ² = 2 and a variance of groups of (26 − 2)/2 = 12.
/// assert!((fit.sigma.powi(2) - 2.0).abs() < 1e-8);
/// assert!((fit.covariances[0][(0, 0)] - 12.0).abs() < 1e-7);
/// # Ok(())
/// # }
/// ```
pub struct LinearMixed<'a> {
    pub(super) data: MixedData<'a>,
    pub(super) prepared: Prepared,
    pub(super) engine: Box<dyn Engine + 'a>,
    /// Effects of each term.
    pub(super) sizes: Vec<usize>,
    pub(super) criterion: Criterion,
    pub(super) ln_weights: f64,
    /// The root mean square of each parameter's row of effects.
    pub(super) scales: Vec<f64>,
}

/// A fitted linear mixed model. R: `lme4::lmer`.
#[derive(Clone, Debug)]
pub struct LinearMixedFit {
    /// One per column of the design; 0 where aliased.
    pub coefficients: Vec<f64>,
    /// Columns that follow from earlier ones.
    pub aliased: Vec<usize>,
    /// The covariance of the coefficients; zero rows and columns where aliased.
    pub covariance: Matrix,
    /// The lower triangles of the Λ, column after column, term after term.
    pub theta: Vec<f64>,
    /// The residual standard deviation.
    pub sigma: f64,
    /// Per term the covariance of its effects, σ²ΛΛ'.
    pub covariances: Vec<Matrix>,
    /// Whether β and σ were found by REML or ML.
    pub criterion: Criterion,
    /// −2 ln of the (restricted) likelihood.
    pub deviance: f64,
    /// The penalised weighted residual sum of squares.
    pub penalised_sum_of_squares: f64,
    /// Per term the conditional modes: one column per level.
    pub modes: Vec<Matrix>,
    /// Fitted values, random effects and offset included.
    pub fitted: Vec<f64>,
    /// Terms whose covariance is singular: a variance of 0 or a correlation of ±1.
    pub singular: Vec<usize>,
    /// How often the criterion was evaluated.
    pub evaluations: usize,
    /// Rows.
    pub rows: usize,
}

impl LinearMixedFit {
    /// The number of parameters: coefficients, θ and σ.
    ///
    /// ```
    /// use statistics::matrix::Matrix;
    /// use statistics::mixed::{Criterion, LinearMixed, MixedData, RandomTerm};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // Three groups of two: variances of 12 between and 2 within.
    /// let ones = Matrix::from_columns(&[[1.0; 6]]);
    /// let y = [1.0, 3.0, 3.0, 5.0, 8.0, 10.0];
    /// let random = [RandomTerm { effects: &ones, groups: &[0, 0, 1, 1, 2, 2], levels: 3 }];
    /// let model = LinearMixed::new(MixedData::new(&ones, &y, &random), Criterion::Reml)?;
    /// // An intercept, a ratio of deviations, and σ.
    /// assert_eq!(model.fit()?.parameters(), 3);
    /// # Ok(())
    /// # }
    /// ```
    pub fn parameters(&self) -> usize {
        self.coefficients.len() - self.aliased.len() + self.theta.len() + 1
    }

    /// Likelihood and criteria, with all rows counted.
    ///
    /// ```
    /// use statistics::matrix::Matrix;
    /// use statistics::mixed::{Criterion, LinearMixed, MixedData, RandomTerm};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let ones = Matrix::from_columns(&[[1.0; 6]]);
    /// let y = [1.0, 3.0, 3.0, 5.0, 8.0, 10.0];
    /// let random = [RandomTerm { effects: &ones, groups: &[0, 0, 1, 1, 2, 2], levels: 3 }];
    /// let data = MixedData::new(&ones, &y, &random);
    /// let fit = LinearMixed::new(data, Criterion::Ml)?.fit()?;
    /// // An intercept, a ratio of deviations, and σ.
    /// assert_eq!(fit.criteria().aic, fit.deviance + 2.0 * 3.0);
    /// # Ok(())
    /// # }
    /// ```
    pub fn criteria(&self) -> InformationCriteria {
        InformationCriteria::new(self.deviance, self.parameters(), self.rows)
    }
}

impl<'a> LinearMixed<'a> {
    /// Checks the data and sums what can be summed once.
    ///
    /// # Errors
    /// Lengths, values, weights and levels that don't fit; no rows; a grouping with one level,
    /// or with as many effects as there are rows.
    ///
    /// ```
    /// use statistics::matrix::Matrix;
    /// use statistics::mixed::{Criterion, LinearMixed, MixedData, RandomTerm};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // Three groups of two: variances of 12 between and 2 within.
    /// let ones = Matrix::from_columns(&[[1.0; 6]]);
    /// let y = [1.0, 3.0, 3.0, 5.0, 8.0, 10.0];
    /// let random = [RandomTerm { effects: &ones, groups: &[0, 0, 1, 1, 2, 2], levels: 3 }];
    /// let model = LinearMixed::new(MixedData::new(&ones, &y, &random), Criterion::Reml)?;
    /// assert!(model.fit().is_ok());
    /// # Ok(())
    /// # }
    /// ```
    pub fn new(data: MixedData<'a>, criterion: Criterion) -> Result<Self, NotEstimable> {
        data.check()?;
        check_groupings(&data, true)?;
        let prepared = Prepared::new(&data)?;
        if data.rows() <= prepared.kept.len() {
            return Err(NotEstimable::Empty {
                what: "rows beyond one per coefficient",
            });
        }
        let sizes = data.sizes();
        let scales = data.scales()?;
        let mut model = Self {
            engine: engine(&prepared, &data, sizes.iter().sum()),
            ln_weights: data.ln_weights(),
            data,
            sizes,
            criterion,
            scales,
            prepared,
        };
        // The engine has summed all it needs of these.
        model.prepared.y = Vec::new();
        model.prepared.x = Matrix::zeros(0, 0);
        Ok(model)
    }

    /// How many elements θ has.
    ///
    /// ```
    /// use statistics::matrix::Matrix;
    /// use statistics::mixed::{Criterion, LinearMixed, MixedData, RandomTerm};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // Three groups of two: variances of 12 between and 2 within.
    /// let ones = Matrix::from_columns(&[[1.0; 6]]);
    /// let y = [1.0, 3.0, 3.0, 5.0, 8.0, 10.0];
    /// let random = [RandomTerm { effects: &ones, groups: &[0, 0, 1, 1, 2, 2], levels: 3 }];
    /// let model = LinearMixed::new(MixedData::new(&ones, &y, &random), Criterion::Reml)?;
    /// assert_eq!(model.parameters(), 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn parameters(&self) -> usize {
        parameters(&self.sizes)
    }

    /// −2 ln of the (restricted) likelihood at θ, at its maximum over β and σ. R: the function
    /// that `lmer(devFunOnly = TRUE)` gives.
    ///
    /// # Errors
    /// Not as many values as θ has; an outcome without residual variance.
    ///
    /// ```
    /// use statistics::matrix::Matrix;
    /// use statistics::mixed::{Criterion, LinearMixed, MixedData, RandomTerm};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // Three groups of two: variances of 12 between and 2 within.
    /// let ones = Matrix::from_columns(&[[1.0; 6]]);
    /// let y = [1.0, 3.0, 3.0, 5.0, 8.0, 10.0];
    /// let random = [RandomTerm { effects: &ones, groups: &[0, 0, 1, 1, 2, 2], levels: 3 }];
    /// let model = LinearMixed::new(MixedData::new(&ones, &y, &random), Criterion::Reml)?;
    /// let fit = model.fit()?;
    /// assert!((model.deviance(&fit.theta)? - fit.deviance).abs() < 1e-12);
    /// assert!(model.deviance(&[0.0])? > fit.deviance);
    /// # Ok(())
    /// # }
    /// ```
    pub fn deviance(&self, theta: &[f64]) -> Result<f64, NotEstimable> {
        self.check_theta(theta)?;
        Ok(self.solve(theta)?.value)
    }

    fn check_theta(&self, theta: &[f64]) -> Result<(), NotEstimable> {
        NotEstimable::unless_length("theta", self.parameters(), theta.len())?;
        NotEstimable::unless_finite("theta", theta)
    }

    /// Fits the model.
    ///
    /// # Errors
    /// An outcome without residual variance, and no convergence.
    ///
    /// ```
    /// use statistics::matrix::Matrix;
    /// use statistics::mixed::{Criterion, LinearMixed, MixedData, RandomTerm};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // Three groups of two: variances of 12 between and 2 within.
    /// let ones = Matrix::from_columns(&[[1.0; 6]]);
    /// let y = [1.0, 3.0, 3.0, 5.0, 8.0, 10.0];
    /// let random = [RandomTerm { effects: &ones, groups: &[0, 0, 1, 1, 2, 2], levels: 3 }];
    /// let model = LinearMixed::new(MixedData::new(&ones, &y, &random), Criterion::Reml)?;
    /// // The ratio of the deviations.
    /// assert!((model.fit()?.theta[0] - 6f64.sqrt()).abs() < 1e-7);
    /// # Ok(())
    /// # }
    /// ```
    pub fn fit(&self) -> Result<LinearMixedFit, NotEstimable> {
        let mut evaluations = 0;
        // An error at the start is told as it is; elsewhere it marks where one cannot go.
        let start = self.start();
        self.solve(&self.unscaled(&start))?;
        let mut at = |scaled: &[f64]| {
            evaluations += 1;
            let solution = self.solve(&self.unscaled(scaled)).ok()?;
            let slopes = solution.gradient.iter().zip(&self.scales);
            Some((solution.value, slopes.map(|(g, scale)| g / scale).collect()))
        };
        let mut point = approach(&start, |scaled| {
            at(scaled).unwrap_or_else(|| (f64::INFINITY, vec![0.0; scaled.len()]))
        })?;
        let all: Vec<usize> = (0..point.len()).collect();
        polish(&mut point, &all, &mut at)?;
        if snap(&mut point, &layout(&self.sizes), &mut at) == Snap::Moved {
            let free = self.free(&self.unscaled(&point));
            polish(&mut point, &free, &mut at)?;
        }
        let matrices = factors(&self.sizes, &self.unscaled(&point))
            .iter()
            .map(canonical)
            .collect::<Result<Vec<_>, _>>()?;
        let mut fit = self.fit_at(&theta(&matrices))?;
        fit.evaluations += evaluations;
        Ok(fit)
    }

    /// What the model is at given θ.
    ///
    /// # Errors
    /// As [`Self::deviance`].
    ///
    /// ```
    /// use statistics::matrix::Matrix;
    /// use statistics::mixed::{Criterion, LinearMixed, MixedData, RandomTerm};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // Three groups of two: variances of 12 between and 2 within.
    /// let ones = Matrix::from_columns(&[[1.0; 6]]);
    /// let y = [1.0, 3.0, 3.0, 5.0, 8.0, 10.0];
    /// let random = [RandomTerm { effects: &ones, groups: &[0, 0, 1, 1, 2, 2], levels: 3 }];
    /// let model = LinearMixed::new(MixedData::new(&ones, &y, &random), Criterion::Reml)?;
    /// // Without random effects it is the variance of all: 58/5.
    /// assert!((model.fit_at(&[0.0])?.sigma.powi(2) - 11.6).abs() < 1e-12);
    /// # Ok(())
    /// # }
    /// ```
    pub fn fit_at(&self, theta: &[f64]) -> Result<LinearMixedFit, NotEstimable> {
        self.check_theta(theta)?;
        let solution = self.solve(theta)?;
        let lambda = factors(&self.sizes, theta);
        let modes = self.modes(&solution, &lambda);
        let coefficients = self.prepared.coefficients(&solution.beta);
        Ok(LinearMixedFit {
            fitted: self.data.fitted(&coefficients, &modes),
            aliased: self.prepared.aliased(),
            covariance: self.prepared.spread(&solution.covariance()),
            theta: theta.to_vec(),
            sigma: solution.variance.sqrt(),
            covariances: covariances(&lambda, solution.variance),
            criterion: self.criterion,
            deviance: solution.value,
            penalised_sum_of_squares: solution.rss,
            modes,
            coefficients,
            singular: singular(&lambda),
            evaluations: 1,
            rows: self.data.rows(),
        })
    }

    /// Per term and level the covariance of the random effects given the outcomes (and the
    /// coefficients). R: `ranef(condVar = TRUE)`.
    ///
    /// # Errors
    /// As [`Self::deviance`].
    ///
    /// ```
    /// use statistics::matrix::Matrix;
    /// use statistics::mixed::{Criterion, LinearMixed, MixedData, RandomTerm};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // Three groups of two: variances of 12 between and 2 within.
    /// let ones = Matrix::from_columns(&[[1.0; 6]]);
    /// let y = [1.0, 3.0, 3.0, 5.0, 8.0, 10.0];
    /// let random = [RandomTerm { effects: &ones, groups: &[0, 0, 1, 1, 2, 2], levels: 3 }];
    /// let model = LinearMixed::new(MixedData::new(&ones, &y, &random), Criterion::Reml)?;
    /// // (1/12 + 2/2)⁻¹ for a group of two.
    /// let conditional = model.conditional_covariances(&model.fit()?)?;
    /// assert!((conditional[0][0][(0, 0)] - 12.0 / 13.0).abs() < 1e-7);
    /// # Ok(())
    /// # }
    /// ```
    pub fn conditional_covariances(
        &self,
        fit: &LinearMixedFit,
    ) -> Result<Vec<Vec<Matrix>>, NotEstimable> {
        self.check_theta(&fit.theta)?;
        let mut all = self.engine.conditional(&factors(&self.sizes, &fit.theta))?;
        for matrix in all.iter_mut().flatten() {
            *matrix = matrix.scaled(fit.sigma * fit.sigma);
        }
        Ok(all)
    }

    /// θ in units in which the effects' designs have root mean square 1.
    fn start(&self) -> Vec<f64> {
        identity(&self.sizes)
    }

    pub(super) fn unscaled(&self, scaled: &[f64]) -> Vec<f64> {
        let pairs = scaled.iter().zip(&self.scales);
        pairs.map(|(value, scale)| value / scale).collect()
    }

    pub(super) fn scaled(&self, theta: &[f64]) -> Vec<f64> {
        let pairs = theta.iter().zip(&self.scales);
        pairs.map(|(value, scale)| value * scale).collect()
    }

    /// Parameters in columns of Λ that are not zero.
    pub(super) fn free(&self, theta: &[f64]) -> Vec<usize> {
        nonzero(&self.sizes, theta)
    }

    fn modes(&self, solution: &Solution, lambda: &[Matrix]) -> Vec<Matrix> {
        let mut direction: Vec<f64> = solution.beta.iter().map(|beta| -beta).collect();
        direction.push(1.0);
        let residuals = self.engine.along(&solution.pass, &direction);
        let modes = residuals.iter().zip(lambda);
        modes
            .map(|(residuals, factor)| factor.multiply(&factor.transpose()).multiply(residuals))
            .collect()
    }
}

/// Levels must repeat, or effects and residuals cannot be told apart.
pub(super) fn check_groupings(
    data: &MixedData<'_>,
    has_residuals: bool,
) -> Result<(), NotEstimable> {
    if data.random.is_empty() {
        return Err(NotEstimable::Empty {
            what: "random effects",
        });
    }
    for term in data.random {
        let mut seen = vec![false; term.levels];
        for &group in term.groups {
            seen[group] = true;
        }
        let levels = seen.iter().filter(|seen| **seen).count();
        if levels < 2 {
            return Err(NotEstimable::OneLevel {
                what: "a grouping of random effects",
            });
        }
        if has_residuals && levels * term.effects.columns() >= data.rows() {
            return Err(NotEstimable::Confounded {
                what: "random effects",
                with: "the residuals: there are as many effects as rows",
            });
        }
    }
    Ok(())
}

fn engine<'a>(prepared: &Prepared, data: &MixedData<'a>, effects: usize) -> Box<dyn Engine + 'a> {
    let first = data.random[0].groups;
    let one_grouping = data.random.iter().all(|term| term.groups == first);
    macro_rules! grouped {
        ($($order:literal)*) => {
            match effects {
                $($order if one_grouping => {
                    Box::new(Grouped::<$order>::new(prepared, data.weights, data.random))
                })*
                _ => Box::new(Crossed::new(prepared, data.weights, data.random)),
            }
        };
    }
    grouped!(1 2 3 4 5 6)
}
