use super::Minimum;
use crate::NotEstimable;
use crate::matrix::{Matrix, SymmetricEigen, dot};

/// A function with its first and second derivatives at a point.
#[derive(Clone, Debug, PartialEq)]
pub struct Curvature {
    /// The value.
    pub value: f64,
    /// The gradient.
    pub gradient: Vec<f64>,
    /// The Hessian.
    pub hessian: Matrix,
}

/// Newton's method within a region in which the quadratic model has proved itself: it goes down
/// where the function is not convex too. For few variables (each step takes the eigenvalues).
/// R: `nlminb` with gradient and Hessian.
///
/// # Method
/// Nocedal and Wright (2006), algorithms 4.1 and 4.3 (Moré and Sorensen): the step minimises
/// the model within the radius exactly.
///
/// ```
/// use statistics::matrix::Matrix;
/// use statistics::optimise::{Curvature, TrustRegion};
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// // cos has negative curvature at 0.5 and its minimum at π.
/// let minimum = TrustRegion::default().minimise(&[0.5], |x| Curvature {
///     value: x[0].cos(),
///     gradient: vec![-x[0].sin()],
///     hessian: Matrix::from_values(1, 1, vec![-x[0].cos()]),
/// })?;
/// assert!((minimum.point[0] - std::f64::consts::PI).abs() < 1e-8);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrustRegion {
    /// The largest component of the gradient at which the search ends, relative to the value.
    pub tolerance: f64,
    /// The first radius.
    pub radius: f64,
    /// Steps after which the search is given up.
    pub max_iterations: usize,
}

impl Default for TrustRegion {
    fn default() -> Self {
        Self {
            tolerance: 1e-10,
            radius: 1.0,
            max_iterations: 500,
        }
    }
}

impl TrustRegion {
    /// Descends from `start`. A value that is not finite marks a place where one cannot go.
    ///
    /// # Errors
    /// [`NotEstimable::NotFinite`] if the start is such a place, [`NotEstimable::NotConverged`].
    pub fn minimise<F>(&self, start: &[f64], mut f: F) -> Result<Minimum, NotEstimable>
    where
        F: FnMut(&[f64]) -> Curvature,
    {
        let mut point = start.to_vec();
        let mut current = f(&point);
        NotEstimable::unless_finite("the function at the start", &[current.value])?;
        let mut radius = self.radius;
        for iterations in 0..self.max_iterations {
            let largest = current
                .gradient
                .iter()
                .fold(0.0, |most: f64, g| most.max(g.abs()));
            let smallest_radius = f64::EPSILON * dot(&point, &point).sqrt().max(1.0);
            if largest <= self.tolerance * current.value.abs().max(1.0) || radius < smallest_radius
            {
                return Ok(Minimum {
                    point,
                    value: current.value,
                    gradient: current.gradient,
                    iterations,
                });
            }
            let step = best_step(&current.gradient, &current.hessian, radius)?;
            let promised =
                -dot(&step, &current.gradient) - 0.5 * current.hessian.quadratic_form(&step);
            let at: Vec<f64> = point.iter().zip(&step).map(|(x, s)| x + s).collect();
            let next = f(&at);
            let noise = 4.0 * f64::EPSILON * current.value.abs();
            let ratio = (current.value - next.value + noise) / (promised + noise);
            let length = dot(&step, &step).sqrt();
            let usable = next.value.is_finite() && next.gradient.iter().all(|g| g.is_finite());
            if !usable || ratio < 0.25 {
                radius = 0.25 * length;
            } else if ratio > 0.75 && length > 0.99 * radius {
                radius *= 2.0;
            }
            if usable && ratio > 1e-4 {
                point = at;
                current = next;
            }
        }
        Err(NotEstimable::NotConverged {
            what: "the trust region method",
            iterations: self.max_iterations,
        })
    }
}

/// The step s with |s| ≤ radius that minimises g's + ½ s'Hs: s = −(H + λ)⁻¹ g in the axes of H.
fn best_step(gradient: &[f64], hessian: &Matrix, radius: f64) -> Result<Vec<f64>, NotEstimable> {
    let eigen = SymmetricEigen::new(hessian)?;
    let along = eigen.vectors.transposed_times(gradient);
    let least = eigen.values.last().copied().unwrap_or(0.0);
    let length = |shift: f64| {
        let parts = along.iter().zip(&eigen.values);
        let squares = parts.map(|(g, value)| (g / (value + shift)).powi(2));
        squares.sum::<f64>().sqrt()
    };
    let step = |shift: f64| -> Vec<f64> {
        let parts = along.iter().zip(&eigen.values);
        let scaled: Vec<f64> = parts.map(|(g, value)| -g / (value + shift)).collect();
        eigen.vectors.times(&scaled)
    };
    if least > 0.0 && length(0.0) <= radius {
        return Ok(step(0.0));
    }
    let floor = (-least).max(0.0);
    let scale = eigen
        .values
        .iter()
        .fold(f64::MIN_POSITIVE, |most, value| most.max(value.abs()));
    let mut low = floor + 1e-12 * scale;
    if length(low) < radius {
        // The gradient has next to nothing along the most negative axis: go along it ourselves.
        let mut found = step(low);
        let left = (radius * radius - dot(&found, &found)).max(0.0).sqrt();
        let axis = eigen.vectors.column(eigen.values.len() - 1);
        for (target, value) in found.iter_mut().zip(axis) {
            *target += left * value;
        }
        return Ok(found);
    }
    let mut high = floor + dot(gradient, gradient).sqrt() / radius + scale;
    while length(high) > radius {
        high *= 2.0;
    }
    for _ in 0..100 {
        let middle = 0.5 * (low + high);
        if length(middle) > radius {
            low = middle
        } else {
            high = middle
        }
        if high - low <= 1e-10 * high {
            break;
        }
    }
    Ok(step(high))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_saddle_is_left_downwards() {
        // x⁴ − x² + y²: a saddle at 0, minima at x = ±1/√2.
        let minimum = TrustRegion::default().minimise(&[0.0, 1.0], |p| {
            let (x, y) = (p[0], p[1]);
            Curvature {
                value: x.powi(4) - x * x + y * y,
                gradient: vec![4.0 * x.powi(3) - 2.0 * x, 2.0 * y],
                hessian: Matrix::diagonal(&[12.0 * x * x - 2.0, 2.0]),
            }
        });
        let minimum = minimum.expect("bounded below");
        assert!((minimum.point[0].abs() - 0.5f64.sqrt()).abs() < 1e-8);
        assert!((minimum.value + 0.25).abs() < 1e-14);
    }

    #[test]
    fn a_wall_is_respected() {
        // x − ln x, impossible for x ≤ 0.
        let minimum = TrustRegion {
            radius: 100.0,
            ..TrustRegion::default()
        };
        let minimum = minimum.minimise(&[50.0], |x| Curvature {
            value: x[0] - x[0].ln(),
            gradient: vec![1.0 - 1.0 / x[0]],
            hessian: Matrix::from_values(1, 1, vec![x[0].powi(-2)]),
        });
        assert!((minimum.expect("convex").point[0] - 1.0).abs() < 1e-8);
    }
}
