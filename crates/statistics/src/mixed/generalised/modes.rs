//! The conditional modes of the random effects.

use super::GeneralisedMixed;
use crate::NotEstimable;
use crate::glm::Link;
use crate::matrix::{Matrix, dot};
use crate::mixed::pattern::Pattern;

/// What each row gives at a linear predictor.
pub(in crate::mixed) struct Rows {
    pub(in crate::mixed) mean: Vec<f64>,
    /// The score by the predictor.
    pub(in crate::mixed) score: Vec<f64>,
    /// The expected information, its derivative, and the observed information.
    pub(in crate::mixed) weight: Vec<f64>,
    pub(in crate::mixed) weight_slope: Vec<f64>,
    pub(in crate::mixed) observed: Vec<f64>,
    pub(in crate::mixed) ln_likelihood: f64,
}

/// The conditional modes at some β and θ.
pub(in crate::mixed) struct Modes {
    /// u, with b = Λu.
    pub(in crate::mixed) effects: Vec<f64>,
    pub(in crate::mixed) rows: Rows,
    /// Z'WZ at the modes.
    pub(in crate::mixed) squares: Vec<f64>,
    pub(in crate::mixed) ln_determinant: f64,
}

/// Steps to the conditional modes after which the search is given up.
const MAX_STEPS: usize = 200;

impl GeneralisedMixed<'_> {
    pub(in crate::mixed) fn predictor(
        &self,
        lambda: &[Matrix],
        beta: &[f64],
        effects: &[f64],
    ) -> Vec<f64> {
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

    pub(in crate::mixed) fn rows(&self, predictor: &[f64]) -> Rows {
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
    pub(super) fn modes(&self, lambda: &[Matrix], beta: &[f64]) -> Result<Modes, NotEstimable> {
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
}

impl Modes {
    /// Z'WZ of each level, for one random effect.
    pub(super) fn squares_by_level(&self, pattern: &Pattern<'_>) -> Vec<f64> {
        pattern.diagonal(&self.squares)
    }
}

pub(super) fn no_modes() -> NotEstimable {
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
