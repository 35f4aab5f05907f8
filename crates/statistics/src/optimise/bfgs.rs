use super::Minimum;
use crate::NotEstimable;
use crate::matrix::{Matrix, dot};

/// The quasi-Newton method of Broyden, Fletcher, Goldfarb and Shanno for a smooth function with
/// a gradient. R: `optim(method = "BFGS")`, but precise: it ends on the gradient.
///
/// # Method
/// Nocedal and Wright, *Numerical Optimization* (2006), algorithm 6.1, with a line search for
/// the weak Wolfe conditions by doubling and halving.
///
/// ```
/// use statistics::optimise::Bfgs;
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// let minimum = Bfgs::default().minimise(&[-1.2, 1.0], |x| {
///     let (a, b) = (1.0 - x[0], x[1] - x[0] * x[0]);
///     (a * a + 100.0 * b * b, vec![-2.0 * a - 400.0 * x[0] * b, 200.0 * b])
/// })?;
/// assert!((minimum.point[0] - 1.0).abs() < 1e-8);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bfgs {
    /// The largest component of the gradient at which the search ends, relative to the value.
    pub tolerance: f64,
    /// Steps after which the search is given up.
    pub max_iterations: usize,
}

impl Default for Bfgs {
    fn default() -> Self {
        Self {
            tolerance: 1e-9,
            max_iterations: 1000,
        }
    }
}

impl Bfgs {
    /// Descends from `start`. The function gives its value and gradient; a value that is not
    /// finite marks a place where one cannot go.
    ///
    /// # Errors
    /// [`NotEstimable::NotFinite`] if the start is such a place, [`NotEstimable::NotConverged`].
    pub fn minimise<F>(&self, start: &[f64], mut f: F) -> Result<Minimum, NotEstimable>
    where
        F: FnMut(&[f64]) -> (f64, Vec<f64>),
    {
        let n = start.len();
        let mut point = start.to_vec();
        let (mut value, mut gradient) = f(&point);
        NotEstimable::unless_finite("the function at the start", &[value])?;
        let mut inverse = Matrix::identity(n);
        let mut fresh = true;
        for iterations in 0..self.max_iterations {
            let largest = gradient.iter().fold(0.0, |most: f64, g| most.max(g.abs()));
            if largest <= self.tolerance * value.abs().max(1.0) {
                return Ok(Minimum {
                    point,
                    value,
                    gradient,
                    iterations,
                });
            }
            let mut direction: Vec<f64> = inverse.times(&gradient).iter().map(|d| -d).collect();
            if dot(&direction, &gradient) >= 0.0 {
                inverse = Matrix::identity(n);
                fresh = true;
                direction = gradient.iter().map(|g| -g).collect();
            }
            let first = if fresh { 1.0 / largest.max(1.0) } else { 1.0 };
            let found = line_search(&point, &direction, (value, &gradient), first, &mut f);
            let Some(next) = found else {
                if fresh {
                    // Not even the steepest descent gets lower: the last digits are reached.
                    return Ok(Minimum {
                        point,
                        value,
                        gradient,
                        iterations,
                    });
                }
                inverse = Matrix::identity(n);
                fresh = true;
                continue;
            };
            let step: Vec<f64> = next.0.iter().zip(&point).map(|(a, b)| a - b).collect();
            let change: Vec<f64> = next.2.iter().zip(&gradient).map(|(a, b)| a - b).collect();
            update(&mut inverse, &step, &change, fresh);
            fresh = false;
            (point, value, gradient) = next;
        }
        Err(NotEstimable::NotConverged {
            what: "the quasi-Newton method",
            iterations: self.max_iterations,
        })
    }
}

/// A point along the direction that is lower and less steep; `None` if nothing is lower.
fn line_search<F>(
    point: &[f64],
    direction: &[f64],
    (value, gradient): (f64, &[f64]),
    first: f64,
    f: &mut F,
) -> Option<(Vec<f64>, f64, Vec<f64>)>
where
    F: FnMut(&[f64]) -> (f64, Vec<f64>),
{
    let slope = dot(direction, gradient);
    let (mut low, mut high, mut length) = (0.0, f64::INFINITY, first);
    let mut best = None;
    for _ in 0..60 {
        let at: Vec<f64> = point
            .iter()
            .zip(direction)
            .map(|(x, d)| x + length * d)
            .collect();
        let (new_value, new_gradient) = f(&at);
        let is_lower = new_value <= value + 1e-4 * length * slope;
        if !is_lower || new_gradient.iter().any(|g| !g.is_finite()) {
            high = length;
        } else {
            let new_slope = dot(direction, &new_gradient);
            best = Some((at, new_value, new_gradient));
            if new_slope >= 0.9 * slope {
                return best;
            }
            low = length;
        }
        length = if high.is_finite() {
            0.5 * (low + high)
        } else {
            2.0 * length
        };
    }
    best.filter(|(_, new_value, _)| *new_value < value)
}

/// The BFGS formula for the inverse Hessian.
fn update(inverse: &mut Matrix, step: &[f64], change: &[f64], fresh: bool) {
    let curvature = dot(step, change);
    let squares = dot(change, change);
    if curvature <= f64::EPSILON * squares {
        return;
    }
    if fresh {
        *inverse = Matrix::identity(step.len()).scaled(curvature / squares);
    }
    let moved = inverse.times(change);
    let factor = (1.0 + dot(change, &moved) / curvature) / curvature;
    inverse.add_outer(factor, step, step);
    inverse.add_outer(-1.0 / curvature, &moved, step);
    inverse.add_outer(-1.0 / curvature, step, &moved);
}
