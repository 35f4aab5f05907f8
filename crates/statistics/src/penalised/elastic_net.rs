//! Paths of elastic-net estimates.

use super::coordinate::{Penalty, Quadratic};
use super::scaling::{Scaled, base_penalties, ridge_unit};
use super::target::{Covariates, Smooth, Stopping};
use super::{PenaltyOptions, Target};
use crate::NotEstimable;
use crate::matrix::Matrix;
use crate::optimise::Evaluation;

/// The estimates at one λ.
#[derive(Clone, Debug)]
pub struct PathStep {
    /// The penalty.
    pub lambda: f64,
    /// The intercept; 0 where there is none.
    pub intercept: f64,
    /// Coefficients of the columns as they came.
    pub coefficients: Vec<f64>,
    /// How many of them are not 0.
    pub df: usize,
    /// The share of the null deviance that is explained.
    pub deviance_ratio: f64,
}

/// Estimates along a path of penalties.
#[derive(Clone, Debug)]
pub struct Path {
    /// From the largest λ on.
    pub steps: Vec<PathStep>,
    /// The deviance with only an intercept.
    pub null_deviance: f64,
}

/// The elastic net of Zou & Hastie (2005) by proximal Newton steps with coordinate descent
/// (Friedman, Hastie & Tibshirani 2010; Simon et al. 2011 for Cox):
/// minimises −ℓ/Σw + λ Σ vⱼ (α|βⱼ| + ½(1 − α)βⱼ²). R: `glmnet`.
#[derive(Clone, Copy, Debug)]
pub struct ElasticNet;

/// Rules by which a path ends early (those of `glmnet.control`).
const ENOUGH: f64 = 0.999;
const LEAST_GAIN: f64 = 1e-5;
const LEAST_STEPS: usize = 5;
/// α at which the largest λ of ridge regression is taken.
const LEAST_ALPHA: f64 = 1e-3;
const MAX_NEWTON: usize = 500;

impl ElasticNet {
    /// Fits a path.
    ///
    /// ```
    /// use statistics::matrix::Matrix;
    /// use statistics::penalised::{ElasticNet, PenaltyOptions, Target};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // One standardised column: the lasso moves least squares (1) towards 0 by λ.
    /// let x = Matrix::from_columns(&[vec![-1.0, 1.0, -1.0, 1.0]]);
    /// let y = [-1.0, 1.0, -1.0, 1.0];
    /// let options = PenaltyOptions { lambda: Some(vec![0.25]), ..Default::default() };
    /// let path = ElasticNet::path(Target::Gaussian(&y), &x, (None, None), &options)?;
    /// assert!((path.steps[0].coefficients[0] - 0.75).abs() < 1e-14);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// `weights_and_offset` hold a value per row each, or nothing.
    ///
    /// # Errors
    /// Lengths that differ, values that are not finite, an α outside [0, 1], negative λ or
    /// factors, all columns constant, no convergence.
    pub fn path(
        target: Target<'_>,
        x: &Matrix,
        weights_and_offset: (Option<&[f64]>, Option<&[f64]>),
        options: &PenaltyOptions,
    ) -> Result<Path, NotEstimable> {
        let (weights, offset) = weights_and_offset;
        check(&target, x, (weights, offset))?;
        options.check(x.columns())?;
        let intercept = options.intercept && !matches!(target, Target::Cox(..));
        let scaled = Scaled::new(x, weights, (intercept, options.standardize));
        let smooth = target.smooth(Covariates {
            x: scaled.design(x, intercept),
            weights,
            offset,
        })?;
        Search {
            smooth,
            ridge_unit: ridge_unit(&target, weights, intercept),
            base: base_penalties(&scaled, options, intercept),
            scaled,
            options,
            intercept,
            rows: x.rows(),
        }
        .run()
    }
}

struct Search<'a> {
    smooth: Smooth,
    ridge_unit: f64,
    base: Vec<Penalty>,
    scaled: Scaled,
    options: &'a PenaltyOptions,
    intercept: bool,
    rows: usize,
}

impl Search<'_> {
    fn run(&self) -> Result<Path, NotEstimable> {
        let columns = self.base.len();
        let only_intercept = self.minimise(&vec![0.0; columns], &self.locked(|_| false))?;
        let null = self.smooth.evaluate(&only_intercept)?;
        let null_deviance = self.smooth.deviance(null.value);
        let unpenalised = self.locked(|penalty| penalty.lasso + penalty.ridge == 0.0);
        let mut point = self.minimise(&only_intercept, &unpenalised)?;
        let automatic = self.options.lambda.is_none();
        let lambdas = match &self.options.lambda {
            Some(lambdas) => {
                let mut lambdas = lambdas.clone();
                lambdas.sort_by(|a, b| b.total_cmp(a));
                lambdas
            }
            None => self.lambdas(&self.smooth.evaluate(&point)?),
        };
        let mut steps: Vec<PathStep> = Vec::with_capacity(lambdas.len());
        for lambda in lambdas {
            point = self.minimise(&point, &self.penalties(lambda))?;
            let deviance = self.smooth.deviance(self.smooth.evaluate(&point)?.value);
            let step = self.step(lambda, &point, 1.0 - deviance / null_deviance);
            steps.push(step);
            if automatic && self.is_enough(&steps) {
                break;
            }
        }
        Ok(Path {
            steps,
            null_deviance,
        })
    }

    /// Whether smaller penalties will hardly explain more. Which gain is too small differs by
    /// outcome, as in `glmnet`.
    fn is_enough(&self, steps: &[PathStep]) -> bool {
        let Some(place) = steps.len().checked_sub(LEAST_STEPS) else {
            return false;
        };
        let ratio = |step: usize| steps[step].deviance_ratio;
        let last = steps.len() - 1;
        let gain = ratio(last) - ratio(last - 1);
        let window = (ratio(last) - ratio(place)) / ratio(last);
        ratio(last) > ENOUGH
            || match self.smooth.stopping() {
                Stopping::Relative => gain < LEAST_GAIN * ratio(last),
                Stopping::Absolute => gain < LEAST_GAIN,
                Stopping::Window(times) => window < times * LEAST_GAIN,
            }
    }

    fn penalties(&self, lambda: f64) -> Vec<Penalty> {
        let at = |penalty: &Penalty| Penalty {
            lasso: lambda * penalty.lasso,
            ridge: lambda * self.ridge_unit * penalty.ridge,
            ..*penalty
        };
        self.base.iter().map(at).collect()
    }

    /// Nothing to pay, but only the intercept and some columns move.
    fn locked(&self, moves: impl Fn(&Penalty) -> bool) -> Vec<Penalty> {
        let lock = |(place, penalty): (usize, &Penalty)| {
            let is_intercept = self.intercept && place == 0;
            let free = is_intercept || moves(penalty);
            Penalty {
                lasso: 0.0,
                ridge: 0.0,
                lower: if free { penalty.lower } else { 0.0 },
                upper: if free { penalty.upper } else { 0.0 },
            }
        };
        self.base.iter().enumerate().map(lock).collect()
    }

    /// Equally spaced logarithms from the λ at which the first coefficient moves.
    fn lambdas(&self, null: &Evaluation) -> Vec<f64> {
        let alpha = self.options.alpha.max(LEAST_ALPHA);
        let threshold = |(gradient, penalty): (&f64, &Penalty)| {
            let share = penalty.lasso + penalty.ridge;
            match share > 0.0 && penalty.lower < penalty.upper {
                true => gradient.abs() / (share * alpha),
                false => 0.0,
            }
        };
        let largest = (null.gradient.iter().zip(&self.base))
            .map(threshold)
            .fold(0.0, f64::max);
        let few_rows = self.rows < self.scaled.sds.len();
        let default = if few_rows { 1e-2 } else { 1e-4 };
        let ratio = self.options.smallest.unwrap_or(default);
        let steps = self.options.steps;
        let at = |step: usize| match steps {
            1 => largest,
            _ => largest * ratio.powf(step as f64 / (steps - 1) as f64),
        };
        (0..steps).map(at).collect()
    }

    fn step(&self, lambda: f64, point: &[f64], deviance_ratio: f64) -> PathStep {
        let first = usize::from(self.intercept);
        let coefficients: Vec<f64> = point[first..]
            .iter()
            .zip(&self.scaled.sds)
            .map(|(b, &sd)| if sd == 0.0 { 0.0 } else { b / sd })
            .collect();
        let centre: f64 = coefficients
            .iter()
            .zip(&self.scaled.means)
            .map(|(b, m)| b * m)
            .sum();
        PathStep {
            lambda,
            intercept: if self.intercept {
                point[0] - centre
            } else {
                0.0
            },
            df: coefficients.iter().filter(|&&b| b != 0.0).count(),
            coefficients,
            deviance_ratio,
        }
    }

    /// Proximal Newton steps from a point.
    fn minimise(&self, start: &[f64], penalties: &[Penalty]) -> Result<Vec<f64>, NotEstimable> {
        let cost = |point: &[f64]| -> f64 {
            point
                .iter()
                .zip(penalties)
                .map(|(&b, penalty)| penalty.of(b))
                .sum()
        };
        let mut point: Vec<f64> = start
            .iter()
            .zip(penalties)
            .map(|(b, penalty)| b.clamp(penalty.lower, penalty.upper))
            .collect();
        let mut here = self.smooth.evaluate(&point)?;
        for _ in 0..MAX_NEWTON {
            let quadratic = Quadratic {
                gradient: &here.gradient,
                information: &here.information,
                penalties,
            };
            let best = quadratic.minimise(&point);
            if self.smooth.is_quadratic() {
                return Ok(best);
            }
            let change: Vec<f64> = best.iter().zip(&point).map(|(a, b)| a - b).collect();
            let size = here.information.quadratic_form(&change);
            let objective = here.value - cost(&point);
            let (next, evaluation) = self.shortened((&point, &change), objective, &cost)?;
            let still = size <= 1e-24 || next == point;
            (point, here) = (next, evaluation);
            if still {
                return Ok(point);
            }
        }
        Err(NotEstimable::NotConverged {
            what: "coordinate descent",
            iterations: MAX_NEWTON,
        })
    }

    /// The step, or the half, quarter … of it that does not lower the objective.
    fn shortened(
        &self,
        (point, change): (&[f64], &[f64]),
        objective: f64,
        cost: &dyn Fn(&[f64]) -> f64,
    ) -> Result<(Vec<f64>, Evaluation), NotEstimable> {
        let slack = 1e-13 * objective.abs().max(1.0);
        let mut length = 1.0;
        for _ in 0..40 {
            let next: Vec<f64> = (point.iter().zip(change))
                .map(|(b, d)| b + length * d)
                .collect();
            if let Ok(there) = self.smooth.evaluate(&next)
                && there.value - cost(&next) >= objective - slack
            {
                return Ok((next, there));
            }
            length /= 2.0;
        }
        Ok((point.to_vec(), self.smooth.evaluate(point)?))
    }
}

fn check(
    target: &Target<'_>,
    x: &Matrix,
    (weights, offset): (Option<&[f64]>, Option<&[f64]>),
) -> Result<(), NotEstimable> {
    let rows = x.rows();
    if rows == 0 || x.columns() == 0 {
        return Err(NotEstimable::Empty {
            what: "rows or columns",
        });
    }
    NotEstimable::unless_length("the outcome", rows, target.rows())?;
    NotEstimable::unless_finite("the design", x.values())?;
    if let Some(offset) = offset {
        NotEstimable::unless_offset(rows, offset)?;
    }
    let Some(weights) = weights else {
        return Ok(());
    };
    NotEstimable::unless_weights("the weights", rows, weights)?;
    match weights.iter().sum::<f64>() {
        0.0 => Err(NotEstimable::Empty { what: "weights" }),
        _ => Ok(()),
    }
}
