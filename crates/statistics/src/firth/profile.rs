//! Maxima of penalised likelihoods, some coefficients held, and the profile of one of them.

use crate::NotEstimable;
use crate::distribution::{ChiSquared, Distribution};
use crate::matrix::{Cholesky, Matrix, dot};
use crate::optimise::Evaluation;

/// A likelihood with the penalty τ ln|I(β)|. R: none, `logistf` and `coxphf` hold one each.
///
/// ```
/// use statistics::firth::{FirthLikelihood, FirthLogistic, LogisticData};
/// use statistics::matrix::Matrix;
/// let x = Matrix::from_columns(&[[1.0, 1.0]]);
/// let data = LogisticData { x: &x, y: &[0.0, 1.0], weights: None, offset: None };
/// let likelihood = FirthLogistic::new(data, 0.5)?;
/// assert_eq!(likelihood.columns(), 1);
/// // At even odds: ℓ = 2 ln ½, I = 2 · ½ · ½, and the penalty ½ ln I.
/// let here = likelihood.evaluate(&[0.0])?;
/// assert!((here.value - 2.5 * 0.5f64.ln()).abs() < 1e-14);
/// assert!(here.gradient[0].abs() < 1e-14);
/// // In the covariance rows count for 1 + h, with h = ½ here: 1/(2 · 3/2 · ¼).
/// assert!((likelihood.covariance(&[0.0], &here)?[(0, 0)] - 4.0 / 3.0).abs() < 1e-14);
/// # Ok::<(), statistics::NotEstimable>(())
/// ```
pub trait FirthLikelihood {
    /// Coefficients.
    fn columns(&self) -> usize;

    /// The penalised log-likelihood, its gradient (the modified score), and the information of
    /// the likelihood without the penalty.
    ///
    /// # Errors
    /// Coefficients at which the information is singular or not finite.
    fn evaluate(&self, coefficients: &[f64]) -> Result<Evaluation, NotEstimable>;

    /// The covariance of the coefficients, by default the inverse of the information.
    ///
    /// # Errors
    /// A singular information.
    fn covariance(&self, _coefficients: &[f64], here: &Evaluation) -> Result<Matrix, NotEstimable> {
        Ok(Cholesky::full_rank(&here.information)?.inverse())
    }
}

/// A maximum of a penalised likelihood. R: `logistf`, `coxphf`.
///
/// ```
/// use statistics::firth::{FirthFit, FirthLogistic, LogisticData};
/// use statistics::matrix::Matrix;
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// // Nobody of two: the penalised odds are those of half an event in three.
/// let x = Matrix::from_columns(&[vec![1.0; 2]]);
/// let data = LogisticData { x: &x, y: &[0.0, 0.0], weights: None, offset: None };
/// let likelihood = FirthLogistic::new(data, 0.5)?;
/// let fit = FirthFit::maximise(&likelihood)?;
/// assert!((fit.coefficients[0] - (0.5f64 / 2.5).ln()).abs() < 1e-10);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct FirthFit {
    /// The coefficients.
    pub coefficients: Vec<f64>,
    /// Their covariance (see [`FirthLikelihood::covariance`]).
    pub covariance: Matrix,
    /// The penalised log-likelihood.
    pub ln_likelihood: f64,
    /// Steps made.
    pub iterations: usize,
}

/// An end of a confidence interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// The lower one.
    Lower,
    /// The upper one.
    Upper,
}

/// Promised gain at which the search ends; steps converge linearly, so it is far below what a
/// likelihood can show.
const GAIN: f64 = 1e-22;
/// Below this gain a likelihood cannot tell a step from rounding.
const ROUNDING: f64 = 1e-12;
const MAX_ITERATIONS: usize = 2000;
const MAX_HALVINGS: usize = 50;
/// The largest change of a linear predictor's coefficient in one step, in standard errors.
const MAX_STEP: f64 = 5.0;

impl FirthFit {
    /// Climbs to the maximum from 0. R: `logistf`, `coxphf`.
    ///
    /// # Errors
    /// A singular design, or no convergence.
    ///
    /// ```
    /// use statistics::firth::{FirthFit, FirthLogistic, LogisticData};
    /// use statistics::matrix::Matrix;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // Nobody of two: the penalised likelihood is that of ½ of 3.
    /// let x = Matrix::from_columns(&[vec![1.0; 2]]);
    /// let data = LogisticData { x: &x, y: &[0.0, 0.0], weights: None, offset: None };
    /// let likelihood = FirthLogistic::new(data, 0.5)?;
    /// let fit = FirthFit::maximise(&likelihood)?;
    /// assert!((fit.coefficients[0] - 0.2f64.ln()).abs() < 1e-10);
    /// # Ok(())
    /// # }
    /// ```
    pub fn maximise(likelihood: &dyn FirthLikelihood) -> Result<Self, NotEstimable> {
        let columns = likelihood.columns();
        let free: Vec<usize> = (0..columns).collect();
        Self::restricted(likelihood, &vec![0.0; columns], &free)
    }

    /// Climbs to the maximum over the coefficients `free`, the others staying as in `start`. The
    /// penalty stays that of the whole information.
    ///
    /// # Errors
    /// As [`Self::maximise`].
    ///
    /// ```
    /// use statistics::firth::{FirthFit, FirthLogistic, LogisticData};
    /// use statistics::matrix::Matrix;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // Nobody of two: the penalised likelihood is that of ½ of 3.
    /// let x = Matrix::from_columns(&[vec![1.0; 2]]);
    /// let data = LogisticData { x: &x, y: &[0.0, 0.0], weights: None, offset: None };
    /// let likelihood = FirthLogistic::new(data, 0.5)?;
    /// // Nothing is free: the even odds that it starts from stay.
    /// assert_eq!(FirthFit::restricted(&likelihood, &[0.0], &[])?.coefficients, [0.0]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn restricted(
        likelihood: &dyn FirthLikelihood,
        start: &[f64],
        free: &[usize],
    ) -> Result<Self, NotEstimable> {
        let mut point = start.to_vec();
        let mut here = likelihood.evaluate(&point)?;
        let mut last_gain = f64::INFINITY;
        for iteration in 0..MAX_ITERATIONS {
            let (step, gain) = step(&here, free)?;
            // Where rounding is all that is left the promised gain falls no further.
            if gain <= GAIN || (gain < 1e-16 && gain >= 0.9 * last_gain) {
                return finish(likelihood, (point, &here), iteration);
            }
            last_gain = gain;
            match shortened(likelihood, (&point, &here), (&step, gain)) {
                Some((next, evaluation)) => (point, here) = (next, evaluation),
                None if gain < 1e-8 => return finish(likelihood, (point, &here), iteration),
                None => break,
            }
        }
        Err(NotEstimable::NotConverged {
            what: "Firth's penalised likelihood",
            iterations: MAX_ITERATIONS,
        })
    }

    /// The χ² statistic of the hypothesis that these coefficients are 0, by the penalised
    /// likelihood ratio, and its p-value. R: `logistftest`.
    ///
    /// # Errors
    /// As [`Self::maximise`].
    ///
    /// ```
    /// use statistics::firth::{FirthFit, FirthLogistic, LogisticData};
    /// use statistics::matrix::Matrix;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // Nobody of two: the penalised likelihood is that of ½ of 3.
    /// let x = Matrix::from_columns(&[vec![1.0; 2]]);
    /// let data = LogisticData { x: &x, y: &[0.0, 0.0], weights: None, offset: None };
    /// let likelihood = FirthLogistic::new(data, 0.5)?;
    /// let (chi_squared, p) = FirthFit::maximise(&likelihood)?.test(&likelihood, &[0])?;
    /// // p⁰·⁵(1 − p)²·⁵ at 1/6 and at ½.
    /// let at = |p: f64| 0.5 * p.ln() + 2.5 * (1.0 - p).ln();
    /// assert!((chi_squared - 2.0 * (at(1.0 / 6.0) - at(0.5))).abs() < 1e-10);
    /// assert!(p > 0.1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn test(
        &self,
        likelihood: &dyn FirthLikelihood,
        columns: &[usize],
    ) -> Result<(f64, f64), NotEstimable> {
        let free: Vec<usize> = (0..self.coefficients.len())
            .filter(|column| !columns.contains(column))
            .collect();
        let mut start = self.coefficients.clone();
        for &column in columns {
            start[column] = 0.0;
        }
        let restricted = Self::restricted(likelihood, &start, &free)?;
        let statistic = (2.0 * (self.ln_likelihood - restricted.ln_likelihood)).max(0.0);
        Ok((
            statistic,
            ChiSquared::new(columns.len() as f64)?.upper(statistic),
        ))
    }

    /// Where the profile of the penalised likelihood of a coefficient has fallen by half the
    /// quantile of χ² with one degree of freedom. Infinite if it never does.
    /// R: `confint(logistf(...))`.
    ///
    /// # Errors
    /// A level outside (0, 1), or no convergence.
    ///
    /// ```
    /// use statistics::firth::{FirthFit, FirthLogistic, Limit, LogisticData};
    /// use statistics::matrix::Matrix;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // Nobody of two: the penalised likelihood is that of ½ of 3.
    /// let x = Matrix::from_columns(&[vec![1.0; 2]]);
    /// let data = LogisticData { x: &x, y: &[0.0, 0.0], weights: None, offset: None };
    /// let likelihood = FirthLogistic::new(data, 0.5)?;
    /// let fit = FirthFit::maximise(&likelihood)?;
    /// let upper = fit.profile_limit(&likelihood, 0, (Limit::Upper, 0.95))?;
    /// // There the test of this value is just at its limit.
    /// let at = FirthFit::restricted(&likelihood, &[upper], &[])?;
    /// assert!((2.0 * (fit.ln_likelihood - at.ln_likelihood) - 3.841_458_820_694_124).abs() < 1e-6);
    /// # Ok(())
    /// # }
    /// ```
    pub fn profile_limit(
        &self,
        likelihood: &dyn FirthLikelihood,
        column: usize,
        (limit, level): (Limit, f64),
    ) -> Result<f64, NotEstimable> {
        if !(level > 0.0 && level < 1.0) {
            return Err(NotEstimable::Domain {
                what: "the confidence level",
                value: level,
            });
        }
        let drop = 0.5 * ChiSquared::new(1.0)?.quantile(level);
        let sign = if limit == Limit::Lower { -1.0 } else { 1.0 };
        let error = self.covariance[(column, column)].sqrt();
        let mut profile = Profile {
            likelihood,
            column,
            start: self.coefficients.clone(),
            target: self.ln_likelihood - drop,
        };
        let centre = self.coefficients[column];
        let (mut inside, mut outside) = (centre, None);
        let mut at = centre + sign * error * (2.0 * drop).sqrt();
        for _ in 0..200 {
            let (height, slope) = profile.at(at)?;
            match height >= 0.0 {
                true => inside = at,
                false => outside = Some(at),
            }
            let newton = at - height / slope;
            let next = match outside {
                None if (at - centre).abs() > 1e3 * error => return Ok(sign * f64::INFINITY),
                // Not yet beyond the limit: no further than twice as far.
                None => match (newton - at) * sign > 0.0 && newton.is_finite() {
                    true => sign * (sign * newton).min(sign * (2.0 * at - centre) + error),
                    false => 2.0 * at - centre,
                },
                Some(outside) => {
                    let between = (newton - inside) * (newton - outside) < 0.0;
                    if between {
                        newton
                    } else {
                        0.5 * (inside + outside)
                    }
                }
            };
            if (next - at).abs() <= 1e-11 * at.abs().max(error) {
                return Ok(next);
            }
            at = next;
        }
        Err(NotEstimable::NotConverged {
            what: "the profile of the penalised likelihood",
            iterations: 200,
        })
    }
}

/// The penalised likelihood over all coefficients but one, less its target.
struct Profile<'a> {
    likelihood: &'a dyn FirthLikelihood,
    column: usize,
    start: Vec<f64>,
    target: f64,
}

impl Profile<'_> {
    /// Height above the target and slope.
    fn at(&mut self, value: f64) -> Result<(f64, f64), NotEstimable> {
        let free: Vec<usize> = (0..self.start.len())
            .filter(|&column| column != self.column)
            .collect();
        self.start[self.column] = value;
        let fit = FirthFit::restricted(self.likelihood, &self.start, &free)?;
        let here = self.likelihood.evaluate(&fit.coefficients)?;
        self.start = fit.coefficients;
        Ok((here.value - self.target, here.gradient[self.column]))
    }
}

/// The step of the free coefficients, and the gain it promises.
fn step(here: &Evaluation, free: &[usize]) -> Result<(Vec<f64>, f64), NotEstimable> {
    let information = here.information.principal(free);
    let factor = Cholesky::full_rank(&information)?;
    let gradient: Vec<f64> = free.iter().map(|&column| here.gradient[column]).collect();
    let short = factor.solve(&gradient);
    let gain = dot(&short, &gradient);
    // The gain is the step's squared length in standard errors.
    let scale = (MAX_STEP / gain.sqrt()).min(1.0);
    let mut step = vec![0.0; here.gradient.len()];
    for (&column, value) in free.iter().zip(&short) {
        step[column] = scale * value;
    }
    Ok((step, gain))
}

fn shortened(
    likelihood: &dyn FirthLikelihood,
    (point, here): (&[f64], &Evaluation),
    (step, gain): (&[f64], f64),
) -> Option<(Vec<f64>, Evaluation)> {
    let mut length = 1.0;
    for _ in 0..MAX_HALVINGS {
        let next: Vec<f64> = (point.iter().zip(step))
            .map(|(x, s)| x + length * s)
            .collect();
        if let Ok(there) = likelihood.evaluate(&next)
            && (there.value >= here.value || gain < ROUNDING)
        {
            return Some((next, there));
        }
        length /= 2.0;
    }
    None
}

fn finish(
    likelihood: &dyn FirthLikelihood,
    (coefficients, here): (Vec<f64>, &Evaluation),
    iterations: usize,
) -> Result<FirthFit, NotEstimable> {
    Ok(FirthFit {
        covariance: likelihood.covariance(&coefficients, here)?,
        coefficients,
        ln_likelihood: here.value,
        iterations,
    })
}
