//! Newton's method where the log-likelihood need not be concave on the way.

use crate::NotEstimable;
use crate::matrix::{Cholesky, Matrix, dot};
use crate::optimise::{Evaluation, Maximum};

/// A log-likelihood, its derivatives, and a positive definite stand-in for its information.
pub(super) struct Climb {
    pub(super) evaluation: Evaluation,
    /// Σ of squares of the rows' scores: used where the information is not positive definite.
    pub(super) squares: Matrix,
}

/// When to stop.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stop {
    pub(super) gain: f64,
    pub(super) iterations: usize,
}

const MAX_HALVINGS: usize = 60;
const RANK_TOLERANCE: f64 = 1e-14;

/// Climbs to the maximum; the last step is one that promised no more than `stop.gain`.
pub(super) fn maximise<F>(start: &[f64], stop: Stop, mut at: F) -> Result<Maximum, NotEstimable>
where
    F: FnMut(&[f64]) -> Climb,
{
    let mut point = start.to_vec();
    let mut current = at(&point);
    let initial_value = current.evaluation.value;
    NotEstimable::unless_finite("the log-likelihood at the start", &[initial_value])?;
    for iteration in 0..stop.iterations {
        let (factor, is_newton) = factor(&current)?;
        let step = factor.solve(&current.evaluation.gradient);
        let gain = dot(&step, &current.evaluation.gradient);
        let last = is_newton && gain <= stop.gain;
        let next = shortened(&point, &step, (&current, last), &mut at);
        if let Some((next, evaluation)) = next {
            point = next;
            current = evaluation;
            if !last {
                continue;
            }
        } else if !is_newton {
            break;
        }
        // Converged, or no step along a rising direction rises: rounding is all that is left.
        let factor = Cholesky::new(&current.evaluation.information, RANK_TOLERANCE)?;
        let steps = iteration + 1;
        return Ok(Maximum::at(
            point,
            initial_value,
            current.evaluation,
            factor,
            steps,
        ));
    }
    Err(NotEstimable::NotConverged {
        what: "Newton's method",
        iterations: stop.iterations,
    })
}

fn factor(current: &Climb) -> Result<(Cholesky, bool), NotEstimable> {
    if let Ok(factor) = Cholesky::new(&current.evaluation.information, RANK_TOLERANCE)
        && factor.rank() == current.evaluation.gradient.len()
    {
        return Ok((factor, true));
    }
    Ok((Cholesky::new(&current.squares, RANK_TOLERANCE)?, false))
}

fn shortened<F>(
    point: &[f64],
    step: &[f64],
    (current, last): (&Climb, bool),
    at: &mut F,
) -> Option<(Vec<f64>, Climb)>
where
    F: FnMut(&[f64]) -> Climb,
{
    let slack = if last { 1e-9 } else { 1e-13 } * current.evaluation.value.abs().max(1.0);
    let mut length = 1.0;
    for _ in 0..MAX_HALVINGS {
        let next: Vec<f64> = (point.iter().zip(step))
            .map(|(x, s)| x + length * s)
            .collect();
        let there = at(&next);
        let Evaluation {
            value,
            gradient,
            information,
        } = &there.evaluation;
        let mut numbers = gradient.iter().chain(information.values());
        if numbers.all(|number| number.is_finite()) && *value >= current.evaluation.value - slack {
            return Some((next, there));
        }
        length /= 2.0;
    }
    None
}
