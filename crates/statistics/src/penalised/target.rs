//! The smooth part of what an elastic net minimises.

use crate::NotEstimable;
use crate::cox::{CoxData, PartialLikelihood, Ties};
use crate::matrix::{Matrix, cross, gram};
use crate::optimise::Evaluation;

/// An outcome and how it depends on covariates.
#[derive(Clone, Copy, Debug)]
pub enum Target<'a> {
    /// Normal outcomes (`family = "gaussian"`).
    Gaussian(&'a [f64]),
    /// Shares of successes, between 0 and 1 (`"binomial"`).
    Binomial(&'a [f64]),
    /// Counts (`"poisson"`).
    Poisson(&'a [f64]),
    /// Times; its design, weights and offset are taken from the call (`"cox"`, Breslow's ties).
    Cox(&'a CoxData<'a>, Ties),
}

/// A target over standardised columns, per unit of weight.
pub(super) enum Smooth {
    Glm(Glm),
    Cox {
        partial: Box<PartialLikelihood>,
        /// Σ weights.
        total: f64,
        /// Twice the log-likelihood of the model that fits all events.
        saturated: f64,
    },
}

/// Against what the gain of a step is held.
pub(super) enum Stopping {
    /// What is explained.
    Relative,
    /// Nothing.
    Absolute,
    /// What is explained, the gain over five steps, times this.
    Window(f64),
}

pub(super) struct Glm {
    pub(super) x: Matrix,
    y: Vec<f64>,
    /// Sums to 1.
    weights: Vec<f64>,
    offset: Option<Vec<f64>>,
    kind: Kind,
    /// Σ weights, with which the deviance is told.
    total: f64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Gaussian,
    Binomial,
    Poisson,
}

/// Everything but the outcome.
pub(super) struct Covariates<'a> {
    /// Standardised, with a column of ones first where there is an intercept.
    pub(super) x: Matrix,
    pub(super) weights: Option<&'a [f64]>,
    pub(super) offset: Option<&'a [f64]>,
}

impl Target<'_> {
    pub(super) fn rows(&self) -> usize {
        match self {
            Self::Gaussian(y) | Self::Binomial(y) | Self::Poisson(y) => y.len(),
            Self::Cox(data, _) => data.rows(),
        }
    }

    pub(super) fn smooth(&self, covariates: Covariates<'_>) -> Result<Smooth, NotEstimable> {
        let (kind, y) = match self {
            Self::Gaussian(y) => (Kind::Gaussian, y),
            Self::Binomial(y) => (Kind::Binomial, y),
            Self::Poisson(y) => (Kind::Poisson, y),
            Self::Cox(data, ties) => return cox(data, *ties, &covariates),
        };
        NotEstimable::unless_finite("the outcome", y)?;
        let allowed = |y: f64| match kind {
            Kind::Gaussian => true,
            Kind::Binomial => (0.0..=1.0).contains(&y),
            Kind::Poisson => y >= 0.0,
        };
        if let Some(&value) = y.iter().find(|&&y| !allowed(y)) {
            return Err(NotEstimable::Domain {
                what: "the outcome",
                value,
            });
        }
        let rows = y.len() as f64;
        let weights = match covariates.weights {
            None => vec![1.0 / rows; y.len()],
            Some(weights) => {
                let total: f64 = weights.iter().sum();
                weights.iter().map(|weight| weight / total).collect()
            }
        };
        Ok(Smooth::Glm(Glm {
            x: covariates.x,
            y: y.to_vec(),
            weights,
            offset: covariates.offset.map(<[f64]>::to_vec),
            kind,
            total: covariates
                .weights
                .map_or(rows, |weights| weights.iter().sum()),
        }))
    }
}

fn cox(
    data: &CoxData<'_>,
    ties: Ties,
    covariates: &Covariates<'_>,
) -> Result<Smooth, NotEstimable> {
    if !data.event.contains(&true) {
        return Err(NotEstimable::NoEvents);
    }
    let mut own = *data;
    own.design = &covariates.x;
    own.weights = covariates.weights;
    own.offset = covariates.offset;
    let partial = PartialLikelihood::new(&own, ties)?;
    let moments = partial.risk_sets().moments();
    let saturated: f64 = (moments.iter())
        .map(|moment| -2.0 * moment.event_weight * moment.event_weight.ln())
        .sum();
    let total = (0..data.rows()).map(|row| own.weight(row)).sum();
    Ok(Smooth::Cox {
        partial: Box::new(partial),
        total,
        saturated,
    })
}

impl Smooth {
    /// The log-likelihood per unit of weight and its derivatives.
    pub(super) fn evaluate(&self, coefficients: &[f64]) -> Result<Evaluation, NotEstimable> {
        match self {
            Self::Glm(glm) => glm.evaluate(coefficients),
            Self::Cox { partial, total, .. } => {
                let here = partial.evaluate(coefficients)?;
                Ok(Evaluation {
                    value: here.log_likelihood / total,
                    gradient: here.score.iter().map(|score| score / total).collect(),
                    information: here.information.scaled(1.0 / total),
                })
            }
        }
    }

    /// The deviance of R's `deviance(fit)` from the value per unit of weight.
    pub(super) fn deviance(&self, value: f64) -> f64 {
        match self {
            Self::Glm(glm) => glm.deviance(value),
            Self::Cox {
                total, saturated, ..
            } => saturated - 2.0 * total * value,
        }
    }

    /// When a path ends.
    pub(super) fn stopping(&self) -> Stopping {
        match self {
            Self::Cox { .. } => Stopping::Window(100.0),
            Self::Glm(glm) => match glm.kind {
                Kind::Gaussian => Stopping::Relative,
                Kind::Binomial => Stopping::Absolute,
                Kind::Poisson => Stopping::Window(10.0),
            },
        }
    }

    /// Whether one quadratic is the whole of it.
    pub(super) fn is_quadratic(&self) -> bool {
        matches!(self, Self::Glm(glm) if glm.kind == Kind::Gaussian)
    }
}

impl Glm {
    fn evaluate(&self, coefficients: &[f64]) -> Result<Evaluation, NotEstimable> {
        let n = self.y.len();
        let mut eta = self.offset.clone().unwrap_or_else(|| vec![0.0; n]);
        self.x.add_times(coefficients, &mut eta);
        let (mut value, mut score, mut spread) =
            (0.0, Vec::with_capacity(n), Vec::with_capacity(n));
        for ((&eta, &y), &weight) in eta.iter().zip(&self.y).zip(&self.weights) {
            let (ln, residual, variance) = self.kind.row(y, eta);
            value += weight * ln;
            score.push(weight * residual);
            spread.push(weight * variance);
        }
        NotEstimable::unless_finite("the log-likelihood", &[value])?;
        Ok(Evaluation {
            value,
            gradient: cross(&self.x, None, &score),
            information: gram(&self.x, Some(&spread)),
        })
    }

    fn deviance(&self, value: f64) -> f64 {
        let saturated = |y: f64| match self.kind {
            Kind::Gaussian => 0.0,
            Kind::Binomial => entropy(y) + entropy(1.0 - y),
            Kind::Poisson => entropy(y) - y,
        };
        let best: f64 = (self.y.iter().zip(&self.weights))
            .map(|(&y, weight)| weight * saturated(y))
            .sum();
        2.0 * self.total * (best - value)
    }
}

/// y ln y.
fn entropy(y: f64) -> f64 {
    if y > 0.0 { y * y.ln() } else { 0.0 }
}

impl Kind {
    /// Log-likelihood up to a constant, residual and variance.
    fn row(self, y: f64, eta: f64) -> (f64, f64, f64) {
        match self {
            Self::Gaussian => (-0.5 * (y - eta) * (y - eta), y - eta, 1.0),
            Self::Binomial => {
                let small = (-eta.abs()).exp();
                let mean = 1.0 / (1.0 + (-eta).exp());
                let softplus = eta.max(0.0) + small.ln_1p();
                let variance = small / ((1.0 + small) * (1.0 + small));
                (y * eta - softplus, y - mean, variance)
            }
            Self::Poisson => (y * eta - eta.exp(), y - eta.exp(), eta.exp()),
        }
    }
}
