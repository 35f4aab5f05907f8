use crate::NotEstimable;
use crate::matrix::{ALIAS_TOLERANCE, Cholesky, Matrix, dot};

/// A log-likelihood and its derivatives at a point.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation {
    /// The log-likelihood.
    pub value: f64,
    /// Its gradient (the score).
    pub gradient: Vec<f64>,
    /// The negative of its Hessian, or what is expected of it.
    pub information: Matrix,
}

/// Newton's (or Fisher's scoring) method for a concave log-likelihood, with step halving.
/// R: the loop inside `coxph` and `glm`.
///
/// The iteration ends when the gain that the next step promises, g'I⁻¹g, falls below
/// `tolerance`; that step is still made, so the error left is of the order of its square.
/// The criterion has the unit of a log-likelihood: it does not depend on units of covariates.
///
/// Coefficients of aliased columns (see [`Cholesky`]) stay where they start.
///
/// ```
/// use statistics::matrix::Matrix;
/// use statistics::optimise::{Evaluation, Newton};
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// // 7 events in 10 units of time; log of the rate.
/// let poisson = |b: &[f64]| {
///     let expected = 10.0 * b[0].exp();
///     Ok(Evaluation {
///         value: 7.0 * b[0] - expected,
///         gradient: vec![7.0 - expected],
///         information: Matrix::from_values(1, 1, vec![expected]),
///     })
/// };
/// let maximum = Newton::default().maximise(&[0.0], poisson)?;
/// assert!((maximum.point[0] - 0.7f64.ln()).abs() < 1e-14);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Newton {
    /// The promised gain g'I⁻¹g after which one last step is made.
    pub tolerance: f64,
    /// Steps after which the search is given up.
    pub max_iterations: usize,
    /// Below this share of its own information a column is aliased.
    pub alias_tolerance: f64,
}

impl Default for Newton {
    fn default() -> Self {
        Self {
            tolerance: 1e-12,
            max_iterations: 100,
            alias_tolerance: ALIAS_TOLERANCE,
        }
    }
}

/// The place where a log-likelihood is largest.
#[derive(Clone, Debug)]
pub struct Maximum {
    /// The place.
    pub point: Vec<f64>,
    /// The log-likelihood at the start.
    pub initial_value: f64,
    /// The log-likelihood at the maximum.
    pub value: f64,
    /// Its gradient there.
    pub gradient: Vec<f64>,
    /// The information there.
    pub information: Matrix,
    /// The information's factors; `factor.inverse()` is the covariance of the estimates.
    pub factor: Cholesky,
    /// How many steps were made.
    pub iterations: usize,
    /// Coefficients that still grow while the likelihood does not: their maximum is at infinity.
    pub infinite: Vec<usize>,
}

/// Halvings of a step after which it is too short to matter.
const MAX_HALVINGS: usize = 40;

impl Newton {
    /// Climbs from `start` to the maximum.
    ///
    /// # Errors
    /// What `evaluate` answers at the start, [`NotEstimable::NotPositiveDefinite`] if the
    /// function is not concave there, or [`NotEstimable::NotConverged`].
    pub fn maximise<F>(&self, start: &[f64], mut evaluate: F) -> Result<Maximum, NotEstimable>
    where
        F: FnMut(&[f64]) -> Result<Evaluation, NotEstimable>,
    {
        let mut point = start.to_vec();
        let mut current = evaluate(&point)?;
        let initial_value = current.value;
        for iteration in 0..self.max_iterations {
            let factor = Cholesky::new(&current.information, self.alias_tolerance)?;
            let step = factor.solve(&current.gradient);
            let gain = dot(&step, &current.gradient);
            let last = gain <= self.tolerance;
            // Where no step along a rising direction raises the value, rounding is all that is
            // left.
            let higher = match gain == 0.0 {
                true => None,
                false => climb(&point, &step, &current, last, &mut evaluate),
            };
            let Some((next, evaluation)) = higher else {
                return Ok(Maximum::at(
                    point,
                    initial_value,
                    current,
                    factor,
                    iteration,
                ));
            };
            point = next;
            current = evaluation;
            if last {
                let factor = Cholesky::new(&current.information, self.alias_tolerance)?;
                return Ok(Maximum::at(
                    point,
                    initial_value,
                    current,
                    factor,
                    iteration + 1,
                ));
            }
        }
        Err(NotEstimable::NotConverged {
            what: "Newton's method",
            iterations: self.max_iterations,
        })
    }
}

/// Makes the step, or the half, quarter … of it that does not lower the value.
fn climb<F>(
    point: &[f64],
    step: &[f64],
    current: &Evaluation,
    last: bool,
    evaluate: &mut F,
) -> Option<(Vec<f64>, Evaluation)>
where
    F: FnMut(&[f64]) -> Result<Evaluation, NotEstimable>,
{
    // Near the maximum the value changes by no more than its rounding error.
    let slack = if last { 1e-9 } else { 1e-13 } * current.value.abs().max(1.0);
    let mut length = 1.0;
    for _ in 0..MAX_HALVINGS {
        let next: Vec<f64> = point
            .iter()
            .zip(step)
            .map(|(x, s)| x + length * s)
            .collect();
        if let Ok(evaluation) = evaluate(&next)
            && evaluation.value >= current.value - slack
            && evaluation.gradient.iter().all(|value| value.is_finite())
        {
            return Some((next, evaluation));
        }
        length /= 2.0;
    }
    None
}

impl Maximum {
    /// Where a search ended.
    pub(crate) fn at(
        point: Vec<f64>,
        initial_value: f64,
        last: Evaluation,
        factor: Cholesky,
        iterations: usize,
    ) -> Self {
        let infinite = running_away(&point, &last, &factor);
        Self {
            point,
            initial_value,
            value: last.value,
            gradient: last.gradient,
            information: last.information,
            factor,
            iterations,
            infinite,
        }
    }
}

/// At a true maximum the next step is nothing, on the scale of the coefficient and of its
/// standard error. Where the likelihood flattens out towards infinity steps go on.
fn running_away(point: &[f64], last: &Evaluation, factor: &Cholesky) -> Vec<usize> {
    let step = factor.solve(&last.gradient);
    let variances = factor.inverse().diagonal_values();
    let grows = |&column: &usize| {
        let size = step[column].abs();
        size > 1e-6 * point[column].abs() && size > 1e-9 * variances[column].sqrt()
    };
    (0..point.len()).filter(grows).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn logistic(x: &[f64], y: &[f64], b: &[f64]) -> Evaluation {
        let mut sum = Evaluation {
            value: 0.0,
            gradient: vec![0.0; 2],
            information: Matrix::zeros(2, 2),
        };
        for (x, y) in x.iter().zip(y) {
            let row = [1.0, *x];
            let linear = dot(&row, b);
            let p = 1.0 / (1.0 + (-linear).exp());
            sum.value += y * linear - linear.max(0.0) - (-linear.abs()).exp().ln_1p();
            for (target, x) in sum.gradient.iter_mut().zip(row) {
                *target += (y - p) * x;
            }
            sum.information.add_outer(p * (1.0 - p), &row, &row);
        }
        sum
    }

    #[test]
    fn two_groups_have_their_log_odds() {
        // 1 of 4 and 3 of 4: log odds −ln 3 and ln 3.
        let x = [0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0];
        let y = [1.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 0.0];
        let maximum = Newton::default()
            .maximise(&[0.0, 0.0], |b| Ok(logistic(&x, &y, b)))
            .expect("regular");
        assert!((maximum.point[0] + 3f64.ln()).abs() < 1e-14);
        assert!((maximum.point[1] - 2.0 * 3f64.ln()).abs() < 1e-14);
        assert!(maximum.infinite.is_empty());
        // var(log odds ratio) = 1/1 + 1/3 + 1/3 + 1/1.
        assert!((maximum.factor.inverse()[(1, 1)] - 8.0 / 3.0).abs() < 1e-12);
    }

    #[test]
    fn separation_shows() {
        let x = [0.0, 1.0, 2.0, 3.0];
        let y = [0.0, 0.0, 1.0, 1.0];
        let maximum = Newton::default().maximise(&[0.0, 0.0], |b| Ok(logistic(&x, &y, b)));
        assert_eq!(maximum.expect("flattens out").infinite, [0, 1]);
    }

    #[test]
    fn a_bad_start_is_halved_back() {
        // −ln cosh is flat far out: the full step from 3 goes too far.
        let maximum = Newton::default().maximise(&[3.0], |b| {
            Ok(Evaluation {
                value: -b[0].cosh().ln(),
                gradient: vec![-b[0].tanh()],
                information: Matrix::from_values(1, 1, vec![b[0].cosh().powi(-2)]),
            })
        });
        assert!(maximum.expect("concave").point[0].abs() < 1e-12);
    }
}
