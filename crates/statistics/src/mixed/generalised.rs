use super::as_lme4::FirstStage;
use super::covariance::{canonical, factors, layout, parameters, theta};
use super::crossed::Pattern;
use super::data::{MixedData, Prepared};
use super::descent::{Snap, approach, difference_hessian, polish, positive_inverse, snap};
use super::information::InformationCriteria;
use super::linear::{check_groupings, root_mean_square};
use super::quadrature::gauss_hermite;
use super::sparse::SparseFactor;
use crate::NotEstimable;
use crate::glm::{Family, Glm, GlmData, Link};
use crate::matrix::{Matrix, dot};
use crate::optimise::numerical_gradient;
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

/// A fitted generalised linear mixed model.
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

/// What each row gives at a linear predictor.
pub(super) struct Rows {
    pub(super) mean: Vec<f64>,
    /// The score by the predictor.
    pub(super) score: Vec<f64>,
    /// The expected information, its derivative, and the observed information.
    pub(super) weight: Vec<f64>,
    pub(super) weight_slope: Vec<f64>,
    pub(super) observed: Vec<f64>,
    pub(super) ln_likelihood: f64,
}

/// The conditional modes at some β and θ.
pub(super) struct Modes {
    /// u, with b = Λu.
    pub(super) effects: Vec<f64>,
    pub(super) rows: Rows,
    /// Z'WZ at the modes.
    pub(super) squares: Vec<f64>,
    pub(super) ln_determinant: f64,
}

/// Steps to the conditional modes after which the search is given up.
const MAX_STEPS: usize = 200;

/// Nodes beyond which quadrature gains nothing.
const MAX_NODES: usize = 100;

const SINGULAR: f64 = 1e-4;

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
        let sizes: Vec<usize> = data
            .random
            .iter()
            .map(|term| term.effects.columns())
            .collect();
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
        let scales = layout(&sizes)
            .into_iter()
            .map(|(term, row, _)| root_mean_square(data.random[term].effects.column(row)))
            .collect::<Result<_, _>>()?;
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
    pub fn fit(&self) -> Result<GeneralisedMixedFit, NotEstimable> {
        let count = parameters(&self.sizes);
        let mut start: Vec<f64> = layout(&self.sizes)
            .into_iter()
            .map(|(_, row, column)| f64::from(u8::from(row == column)))
            .collect();
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
        let lambda = factors(&self.sizes, &theta);
        let random = layout(&self.sizes).into_iter().enumerate();
        let random = random
            .filter(|(_, (term, _, column))| {
                lambda[*term]
                    .column(*column)
                    .iter()
                    .any(|&value| value != 0.0)
            })
            .map(|(place, _)| place);
        random.chain(theta.len()..point.len()).collect()
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

    pub(super) fn predictor(&self, lambda: &[Matrix], beta: &[f64], effects: &[f64]) -> Vec<f64> {
        let n = self.data.rows();
        let mut eta = self
            .data
            .offset
            .map_or_else(|| vec![0.0; n], <[f64]>::to_vec);
        self.prepared.x.add_times(beta, &mut eta);
        let mut scaled = effects.to_vec();
        self.pattern.scale(lambda, &mut scaled, false);
        self.pattern.add_effects(&scaled, &mut eta);
        eta
    }

    pub(super) fn rows(&self, predictor: &[f64]) -> Rows {
        let n = predictor.len();
        let mut rows = Rows {
            mean: Vec::with_capacity(n),
            score: Vec::with_capacity(n),
            weight: Vec::with_capacity(n),
            weight_slope: Vec::with_capacity(n),
            observed: Vec::with_capacity(n),
            ln_likelihood: 0.0,
        };
        for (row, &eta) in predictor.iter().enumerate() {
            let (mean, slope) = self.link.mean_and_slope(eta);
            let curve = curvature(self.link, (eta, mean, slope));
            let prior = self.data.weights.map_or(1.0, |w| w[row]);
            let y = self.data.y[row];
            // Probabilities that round to 0 or 1 have no variance left to divide by.
            let variance = self.family.variance(mean).max(f64::MIN_POSITIVE);
            let own = self.family.variance_slope(mean) * slope / variance;
            let weight = prior * slope * slope / variance;
            let pull = prior * (y - mean) / variance;
            rows.mean.push(mean);
            rows.score.push(pull * slope);
            rows.weight.push(weight);
            rows.weight_slope
                .push(prior * slope * (2.0 * curve - slope * own) / variance);
            rows.observed.push(weight - pull * (curve - slope * own));
            rows.ln_likelihood += self.family.ln_likelihood(y, mean, prior, 1.0);
        }
        rows
    }

    /// Fisher scoring for u, the penalised likelihood rising at each step.
    fn modes(&self, lambda: &[Matrix], beta: &[f64]) -> Result<Modes, NotEstimable> {
        if let Some(first) = &self.first_stage {
            return self.lme4_modes(lambda, beta, first);
        }
        let (factor, last) = &mut *self.work.borrow_mut();
        let penalised =
            |rows: &Rows, effects: &[f64]| rows.ln_likelihood - 0.5 * dot(effects, effects);
        let mut effects = last.clone();
        let mut rows = self.rows(&self.predictor(lambda, beta, &effects));
        let mut value = penalised(&rows, &effects);
        let origin = vec![0.0; effects.len()];
        let at_origin = self.rows(&self.predictor(lambda, beta, &origin));
        if !value.is_finite() || penalised(&at_origin, &origin) > value {
            value = penalised(&at_origin, &origin);
            (effects, rows) = (origin, at_origin);
        }
        NotEstimable::unless_finite("the likelihood", &[value])?;
        for _ in 0..MAX_STEPS {
            let squares = self.pattern.squares(Some(&rows.weight));
            self.pattern.factor(&squares, lambda, factor)?;
            let mut slope = self.pattern.moments(None, &rows.score);
            self.pattern.scale(lambda, &mut slope, true);
            slope.iter_mut().zip(&effects).for_each(|(g, u)| *g -= u);
            let mut step = slope.clone();
            factor.solve(&mut step);
            let gain = dot(&slope, &step);
            if gain <= 1e-13 * value.abs().max(1.0) * 1e-3 {
                last.copy_from_slice(&effects);
                return Ok(Modes {
                    effects,
                    rows,
                    squares,
                    ln_determinant: factor.ln_determinant(),
                });
            }
            let mut length = 1.0;
            loop {
                let next: Vec<f64> = effects
                    .iter()
                    .zip(&step)
                    .map(|(u, s)| u + length * s)
                    .collect();
                let next_rows = self.rows(&self.predictor(lambda, beta, &next));
                let next_value = penalised(&next_rows, &next);
                let is_near = gain <= 1e-9 * value.abs().max(1.0);
                if next_value >= value || (is_near && next_value.is_finite()) {
                    (effects, rows, value) = (next, next_rows, next_value);
                    break;
                }
                length *= 0.5;
                if length < 1e-10 {
                    return Err(no_modes());
                }
            }
        }
        Err(no_modes())
    }

    /// −2 ln of the likelihood.
    fn value(&self, lambda: &[Matrix], beta: &[f64], modes: &Modes) -> Result<f64, NotEstimable> {
        if self.nodes.len() > 1 {
            return Ok(self.quadrature(&lambda[0], beta, modes));
        }
        let squares = dot(&modes.effects, &modes.effects);
        let value = modes.ln_determinant + squares - 2.0 * modes.rows.ln_likelihood;
        NotEstimable::unless_finite("the likelihood", &[value])?;
        Ok(value)
    }

    /// Adaptive Gauss–Hermite quadrature: levels are independent, nodes lie about each mode.
    fn quadrature(&self, lambda: &Matrix, beta: &[f64], modes: &Modes) -> f64 {
        let term = &self.data.random[0];
        let factor = lambda[(0, 0)];
        let scales: Vec<f64> = modes
            .squares_by_level(&self.pattern)
            .iter()
            .map(|square| 1.0 / (factor * factor * square + 1.0).sqrt())
            .collect();
        let mut fixed = self
            .data
            .offset
            .map_or_else(|| vec![0.0; self.data.rows()], <[f64]>::to_vec);
        self.prepared.x.add_times(beta, &mut fixed);
        // Per level the logs of the nodes' terms.
        let mut terms = vec![Vec::with_capacity(self.nodes.len()); term.levels];
        for &(node, weight) in &self.nodes {
            let shifted: Vec<f64> = modes
                .effects
                .iter()
                .zip(&scales)
                .map(|(u, scale)| u + scale * node)
                .collect();
            let mut sums: Vec<f64> = shifted
                .iter()
                .map(|u| weight.ln() + 0.5 * node * node - 0.5 * u * u)
                .collect();
            for (row, &eta) in fixed.iter().enumerate() {
                let level = term.groups[row];
                let shift = term.effects[(row, 0)] * factor * shifted[level];
                let (mean, _) = self.link.mean_and_slope(eta + shift);
                let prior = self.data.weights.map_or(1.0, |w| w[row]);
                sums[level] += self
                    .family
                    .ln_likelihood(self.data.y[row], mean, prior, 1.0);
            }
            for (list, sum) in terms.iter_mut().zip(sums) {
                list.push(sum);
            }
        }
        let ln_integral = |(terms, scale): (&Vec<f64>, &f64)| {
            let most = terms.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            scale.ln()
                + most
                + terms
                    .iter()
                    .map(|term| (term - most).exp())
                    .sum::<f64>()
                    .ln()
        };
        -2.0 * terms.iter().zip(&scales).map(ln_integral).sum::<f64>()
    }

    /// The gradient of Laplace's criterion by θ and β (`docs/methods/mixed.md`).
    fn gradient(
        &self,
        lambda: &[Matrix],
        modes: &Modes,
    ) -> Result<(Vec<f64>, Vec<f64>), NotEstimable> {
        let (factor, _) = &mut *self.work.borrow_mut();
        let rows = &modes.rows;
        self.pattern.factor(&modes.squares, lambda, factor)?;
        let slopes = self.pattern.slopes(&modes.squares, lambda, factor);
        let leverages = self.pattern.leverages(lambda, factor);
        let pull: Vec<f64> = leverages
            .iter()
            .zip(&rows.weight_slope)
            .map(|(leverage, slope)| leverage * slope)
            .collect();
        let observed = self.pattern.squares(Some(&rows.observed));
        self.pattern.factor(&observed, lambda, factor)?;
        let mut adjoint = self.pattern.moments(None, &pull);
        self.pattern.scale(lambda, &mut adjoint, true);
        factor.solve(&mut adjoint);
        let mut along = vec![0.0; pull.len()];
        let mut scaled = adjoint.clone();
        self.pattern.scale(lambda, &mut scaled, false);
        self.pattern.add_effects(&scaled, &mut along);
        let residual: Vec<f64> = (0..pull.len())
            .map(|row| pull[row] - 2.0 * rows.score[row] - rows.observed[row] * along[row])
            .collect();
        let by_residual = self.pattern.moments(None, &residual);
        let by_score = self.pattern.moments(None, &rows.score);
        let of = |(term, slope): (usize, Matrix)| {
            let part = |values: &[f64]| self.pattern.of_term(term, values);
            let mut slope = slope;
            let effects = part(&modes.effects).transpose();
            slope.add_scaled(1.0, &part(&by_residual).multiply(&effects));
            let adjoint = part(&adjoint).transpose();
            slope.add_scaled(1.0, &part(&by_score).multiply(&adjoint));
            slope
        };
        let random: Vec<Matrix> = slopes.into_iter().enumerate().map(of).collect();
        Ok((theta(&random), self.prepared.x.transposed_times(&residual)))
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
            covariances: lambda
                .iter()
                .map(|factor| factor.multiply(&factor.transpose()))
                .collect(),
            ln_likelihood: -0.5 * value,
            saturated,
            modes: (0..lambda.len())
                .map(|term| self.pattern.of_term(term, &effects))
                .collect(),
            conditional,
            fitted: modes.rows.mean,
            conditional_deviance: deviance,
            singular: (0..lambda.len())
                .filter(|&term| {
                    let diagonal = lambda[term].diagonal_values();
                    diagonal.iter().any(|&value| value < SINGULAR)
                })
                .collect(),
            rows: n,
        })
    }
}

impl Modes {
    /// Z'WZ of each level, for one random effect.
    fn squares_by_level(&self, pattern: &Pattern<'_>) -> Vec<f64> {
        pattern.diagonal(&self.squares)
    }
}

fn no_modes() -> NotEstimable {
    NotEstimable::NotConverged {
        what: "the conditional modes of the random effects",
        iterations: MAX_STEPS,
    }
}

/// The second derivative of the mean by the linear predictor.
fn curvature(link: Link, (eta, mean, slope): (f64, f64, f64)) -> f64 {
    match link {
        Link::Identity => 0.0,
        Link::Log => mean,
        Link::Logit => slope * (1.0 - 2.0 * mean),
        Link::Probit => -eta * slope,
        Link::ComplementaryLogLog => slope * (1.0 - eta.exp()),
        Link::Inverse => 2.0 * mean * mean * mean,
    }
}
