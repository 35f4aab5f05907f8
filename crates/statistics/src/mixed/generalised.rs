mod integral;
mod modes;

use super::as_lme4::FirstStage;
use super::covariance::{
    canonical, covariances, factors, identity, layout, nonzero, parameters, singular, theta,
};
use super::data::{MixedData, Prepared};
use super::descent::{Snap, approach, difference_hessian, polish, positive_inverse, snap};
use super::information::InformationCriteria;
use super::linear::check_groupings;
use super::pattern::Pattern;
use super::quadrature::gauss_hermite;
use super::sparse::SparseFactor;
use crate::NotEstimable;
use crate::glm::{Family, Glm, GlmData, Link};
use crate::matrix::Matrix;
use crate::optimise::numerical_gradient;
use modes::no_modes;
pub(super) use modes::{Modes, Rows};
use std::cell::RefCell;

/// A generalised linear mixed model: g(E y) = Xβ + Zb with b ~ N(0, ΛΛ') per level.
///
/// # Method
/// The integral over the random effects by Laplace's method or, with one random effect, by
/// adaptive Gauss–Hermite quadrature (Pinheiro and Chao 2006), maximised over β and θ together
/// with the analytic gradient (`docs/methods/mixed.md`). R: `lme4::glmer`.
///
/// ```
/// use statistics::glm::{Family, Link};
/// use statistics::matrix::Matrix;
/// use statistics::mixed::{GeneralisedMixed, MixedData, RandomTerm};
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// // Counts in six groups that plainly differ.
/// let y = [1.0, 2.0, 0.0, 9.0, 12.0, 8.0, 3.0, 4.0, 4.0, 30.0, 25.0, 28.0];
/// let groups = [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3];
/// let ones = Matrix::from_columns(&[[1.0; 12]]);
/// let random = [RandomTerm { effects: &ones, groups: &groups, levels: 4 }];
/// let data = MixedData::new(&ones, &y, &random);
/// let fit = GeneralisedMixed::new(data, (Family::Poisson, Link::Log), 1)?.fit()?;
/// assert!((fit.coefficients[0] - 1.7).abs() < 0.2);
/// assert!((fit.theta[0] - 1.2).abs() < 0.2);
/// # Ok(())
/// # }
/// ```
pub struct GeneralisedMixed<'a> {
    pub(super) data: MixedData<'a>,
    pub(super) prepared: Prepared,
    family: Family,
    link: Link,
    pub(super) pattern: Pattern<'a>,
    pub(super) sizes: Vec<usize>,
    pub(super) scales: Vec<f64>,
    /// Nodes and weights; one node is Laplace's method.
    nodes: Vec<(f64, f64)>,
    /// Coefficients of the model without random effects, and their standard errors: where the
    /// search starts, and its units.
    pub(super) origin: Vec<f64>,
    pub(super) units: Vec<f64>,
    /// The factor's memory and the last effects found, from which the next search starts.
    pub(super) work: RefCell<(SparseFactor, Vec<f64>)>,
    /// Where lme4 would start, to do as it does.
    pub(super) first_stage: Option<FirstStage>,
}

/// A fitted generalised linear mixed model. R: `lme4::glmer`.
#[derive(Clone, Debug)]
pub struct GeneralisedMixedFit {
    /// One per column of the design; 0 where aliased.
    pub coefficients: Vec<f64>,
    /// Columns that follow from earlier ones.
    pub aliased: Vec<usize>,
    /// Their covariance, from the Hessian by β and θ together.
    pub covariance: Matrix,
    /// The lower triangles of the Λ.
    pub theta: Vec<f64>,
    /// Per term the covariance of its effects.
    pub covariances: Vec<Matrix>,
    /// The log of the likelihood, as approximated.
    pub ln_likelihood: f64,
    /// The log-likelihood of a model that fits each row by itself.
    pub saturated: f64,
    /// Per term the conditional modes: one column per level.
    pub modes: Vec<Matrix>,
    /// Per term and level the covariance of the modes.
    pub conditional: Vec<Vec<Matrix>>,
    /// Means, random effects included.
    pub fitted: Vec<f64>,
    /// Σ of the rows' deviances at the conditional modes.
    pub conditional_deviance: f64,
    /// Terms whose covariance is singular.
    pub singular: Vec<usize>,
    /// Rows.
    pub rows: usize,
}

impl GeneralisedMixedFit {
    /// The number of parameters: coefficients and θ.
    ///
    /// ```
    /// use statistics::glm::{Family, Link};
    /// use statistics::matrix::Matrix;
    /// use statistics::mixed::{GeneralisedMixed, MixedData, RandomTerm};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let ones = Matrix::from_columns(&[[1.0; 8]]);
    /// let y = [0.0, 1.0, 0.0, 0.0, 1.0, 1.0, 1.0, 0.0];
    /// let random = [RandomTerm { effects: &ones, groups: &[0, 0, 1, 1, 2, 2, 3, 3], levels: 4 }];
    /// let data = MixedData::new(&ones, &y, &random);
    /// let model = GeneralisedMixed::new(data, (Family::Binomial, Link::Logit), 1)?;
    /// // An intercept and a deviation.
    /// assert_eq!(model.fit()?.parameters(), 2);
    /// # Ok(())
    /// # }
    /// ```
    pub fn parameters(&self) -> usize {
        self.coefficients.len() - self.aliased.len() + self.theta.len()
    }

    /// Likelihood and criteria, with all rows counted.
    ///
    /// ```
    /// use statistics::glm::{Family, Link};
    /// use statistics::matrix::Matrix;
    /// use statistics::mixed::{GeneralisedMixed, MixedData, RandomTerm};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let ones = Matrix::from_columns(&[[1.0; 8]]);
    /// let y = [0.0, 1.0, 0.0, 0.0, 1.0, 1.0, 1.0, 0.0];
    /// let random = [RandomTerm { effects: &ones, groups: &[0, 0, 1, 1, 2, 2, 3, 3], levels: 4 }];
    /// let data = MixedData::new(&ones, &y, &random);
    /// let fit = GeneralisedMixed::new(data, (Family::Binomial, Link::Logit), 1)?.fit()?;
    /// // An intercept and a deviation.
    /// assert_eq!(fit.criteria().aic, -2.0 * fit.ln_likelihood + 2.0 * 2.0);
    /// # Ok(())
    /// # }
    /// ```
    pub fn criteria(&self) -> InformationCriteria {
        InformationCriteria::new(-2.0 * self.ln_likelihood, self.parameters(), self.rows)
    }
}

/// Nodes beyond which quadrature gains nothing.
const MAX_NODES: usize = 100;

impl<'a> GeneralisedMixed<'a> {
    /// Checks the data. `nodes` is 1 for Laplace's method, more for adaptive Gauss–Hermite
    /// quadrature with one random effect (R: `nAGQ`).
    ///
    /// # Errors
    /// As [`super::LinearMixed::new`] and [`Glm::fit`]; a family with a dispersion; quadrature
    /// with several random effects.
    pub fn new(
        data: MixedData<'a>,
        (family, link): (Family, Link),
        nodes: usize,
    ) -> Result<Self, NotEstimable> {
        data.check()?;
        check_groupings(&data, false)?;
        let sizes = data.sizes();
        if !family.has_known_dispersion() {
            return Err(NotEstimable::Confounded {
                what: "a dispersion",
                with: "random effects: only binomial outcomes and counts are supported",
            });
        }
        if nodes == 0 || nodes > MAX_NODES || (nodes > 1 && sizes != [1]) {
            return Err(NotEstimable::Domain {
                what: "the number of quadrature nodes (more than 1 only with one random effect)",
                value: nodes as f64,
            });
        }
        let prepared = Prepared::new(&data)?;
        let glm = GlmData {
            x: &prepared.x,
            y: data.y,
            weights: data.weights,
            offset: data.offset,
        };
        let start = Glm::fit(glm, family, link)?;
        let units = start
            .covariance
            .diagonal_values()
            .iter()
            .zip(&start.coefficients)
            .map(|(variance, b)| variance.sqrt().min(1.0 + b.abs()))
            .collect();
        let origin = match start.infinite.is_empty() {
            true => start.coefficients,
            false => vec![0.0; start.coefficients.len()],
        };
        let scales = data.scales()?;
        let (pattern, factor) = Pattern::new(data.random);
        let effects = vec![0.0; pattern.effects];
        Ok(Self {
            data,
            prepared,
            family,
            link,
            pattern,
            sizes,
            scales,
            nodes: gauss_hermite(nodes),
            origin,
            units,
            work: RefCell::new((factor, effects)),
            first_stage: None,
        })
    }

    /// −2 ln of the likelihood at θ and the coefficients of the columns that count. R: the
    /// function that `glmer(devFunOnly = TRUE)` gives.
    ///
    /// # Errors
    /// Wrong lengths; no conditional modes.
    ///
    /// ```
    /// use statistics::glm::{Family, Link};
    /// use statistics::matrix::Matrix;
    /// use statistics::mixed::{GeneralisedMixed, MixedData, RandomTerm};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let ones = Matrix::from_columns(&[[1.0; 8]]);
    /// let y = [0.0, 1.0, 0.0, 0.0, 1.0, 1.0, 1.0, 0.0];
    /// let random = [RandomTerm { effects: &ones, groups: &[0, 0, 1, 1, 2, 2, 3, 3], levels: 4 }];
    /// let data = MixedData::new(&ones, &y, &random);
    /// let model = GeneralisedMixed::new(data, (Family::Binomial, Link::Logit), 1)?;
    /// // Without random effects and with even odds: each outcome has probability ½.
    /// assert!((model.deviance(&[0.0], &[0.0])? - 16.0 * 2f64.ln()).abs() < 1e-12);
    /// # Ok(())
    /// # }
    /// ```
    pub fn deviance(&self, theta: &[f64], beta: &[f64]) -> Result<f64, NotEstimable> {
        NotEstimable::unless_length("theta", parameters(&self.sizes), theta.len())?;
        NotEstimable::unless_length("beta", self.origin.len(), beta.len())?;
        let lambda = factors(&self.sizes, theta);
        let modes = self.modes(&lambda, beta)?;
        self.value(&lambda, beta, &modes)
    }

    /// Fits the model.
    ///
    /// # Errors
    /// No conditional modes at the start, and no convergence.
    ///
    /// ```
    /// use statistics::glm::{Family, Link};
    /// use statistics::matrix::Matrix;
    /// use statistics::mixed::{GeneralisedMixed, MixedData, RandomTerm};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let ones = Matrix::from_columns(&[[1.0; 8]]);
    /// let y = [0.0, 1.0, 0.0, 0.0, 1.0, 1.0, 1.0, 0.0];
    /// let random = [RandomTerm { effects: &ones, groups: &[0, 0, 1, 1, 2, 2, 3, 3], levels: 4 }];
    /// let data = MixedData::new(&ones, &y, &random);
    /// let model = GeneralisedMixed::new(data, (Family::Binomial, Link::Logit), 1)?;
    /// // As many events as none, and so in each way: even odds.
    /// assert!(model.fit()?.coefficients[0].abs() < 1e-6);
    /// # Ok(())
    /// # }
    /// ```
    pub fn fit(&self) -> Result<GeneralisedMixedFit, NotEstimable> {
        let count = parameters(&self.sizes);
        let mut start = identity(&self.sizes);
        start.resize(count + self.origin.len(), 0.0);
        if let Some(first) = &self.first_stage {
            start.clone_from(&first.point);
        }
        self.evaluate(&start)?;
        let mut at = |point: &[f64]| self.evaluate(point).ok();
        let mut point = approach(&start, |point| {
            at(point).unwrap_or_else(|| (f64::INFINITY, vec![0.0; point.len()]))
        })?;
        let all: Vec<usize> = (0..point.len()).collect();
        polish(&mut point, &all, &mut at)?;
        let places = layout(&self.sizes);
        if snap(&mut point, &places, &mut at) == Snap::Moved {
            let free = self.free(&point);
            polish(&mut point, &free, &mut at)?;
        }
        self.finish(&point)
    }

    fn split(&self, point: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let (random, fixed) = point.split_at(parameters(&self.sizes));
        let theta = random
            .iter()
            .zip(&self.scales)
            .map(|(v, s)| v / s)
            .collect();
        let beta = fixed.iter().zip(&self.units).zip(&self.origin);
        (
            theta,
            beta.map(|((t, unit), origin)| origin + unit * t).collect(),
        )
    }

    fn free(&self, point: &[f64]) -> Vec<usize> {
        let (theta, _) = self.split(point);
        let mut free = nonzero(&self.sizes, &theta);
        free.extend(theta.len()..point.len());
        free
    }

    /// The criterion and its gradient in the units of the search.
    fn evaluate(&self, point: &[f64]) -> Result<(f64, Vec<f64>), NotEstimable> {
        let (theta, beta) = self.split(point);
        let lambda = factors(&self.sizes, &theta);
        let modes = self.modes(&lambda, &beta)?;
        let value = self.value(&lambda, &beta, &modes)?;
        if self.nodes.len() > 1 || self.first_stage.is_some() {
            let gradient = numerical_gradient(point, |at| {
                let (theta, beta) = self.split(at);
                self.deviance(&theta, &beta).unwrap_or(f64::NAN)
            });
            return Ok((value, gradient));
        }
        let (random, fixed) = self.gradient(&lambda, &modes)?;
        let mut gradient: Vec<f64> = random
            .iter()
            .zip(&self.scales)
            .map(|(g, s)| g / s)
            .collect();
        gradient.extend(fixed.iter().zip(&self.units).map(|(g, unit)| g * unit));
        Ok((value, gradient))
    }

    fn finish(&self, point: &[f64]) -> Result<GeneralisedMixedFit, NotEstimable> {
        let free = self.free(point);
        let hessian = difference_hessian(point, &free, |at| Some(self.evaluate(at).ok()?.1))
            .ok_or_else(no_modes)?;
        let inverse = positive_inverse(&hessian)?.scaled(2.0);
        let count = parameters(&self.sizes);
        let mut covariance = Matrix::zeros(self.prepared.columns, self.prepared.columns);
        for (i, &a) in free.iter().enumerate() {
            for (j, &b) in free.iter().enumerate() {
                if a >= count && b >= count {
                    let (a, b) = (a - count, b - count);
                    let place = (self.prepared.kept[a], self.prepared.kept[b]);
                    covariance[place] = inverse[(i, j)] * self.units[a] * self.units[b];
                }
            }
        }
        let (found, beta) = self.split(point);
        let lambda = factors(&self.sizes, &found)
            .iter()
            .map(canonical)
            .collect::<Result<Vec<_>, _>>()?;
        let modes = self.modes(&lambda, &beta)?;
        let value = self.value(&lambda, &beta, &modes)?;
        let mut effects = modes.effects.clone();
        self.pattern.scale(&lambda, &mut effects, false);
        let conditional = {
            let (factor, _) = &mut *self.work.borrow_mut();
            self.pattern.factor(&modes.squares, &lambda, factor)?;
            self.pattern.conditional(&lambda, factor)
        };
        let mut coefficients = vec![0.0; self.prepared.columns];
        for (&column, value) in self.prepared.kept.iter().zip(&beta) {
            coefficients[column] = *value;
        }
        let prior = |row: usize| self.data.weights.map_or(1.0, |w| w[row]);
        let n = self.data.rows();
        let deviance = (0..n)
            .map(|row| prior(row) * self.family.deviance(self.data.y[row], modes.rows.mean[row]))
            .sum();
        let saturated = (0..n)
            .map(|row| {
                let y = self.data.y[row];
                self.family.ln_likelihood(y, y, prior(row), 1.0)
            })
            .sum();
        Ok(GeneralisedMixedFit {
            coefficients,
            aliased: self.prepared.aliased(),
            covariance,
            theta: theta(&lambda),
            covariances: covariances(&lambda, 1.0),
            ln_likelihood: -0.5 * value,
            saturated,
            modes: (0..lambda.len())
                .map(|term| self.pattern.of_term(term, &effects))
                .collect(),
            conditional,
            fitted: modes.rows.mean,
            conditional_deviance: deviance,
            singular: singular(&lambda),
            rows: n,
        })
    }
}
