use crate::matrix::Matrix;

/// The gradient by central differences, extrapolated once (Richardson): precise to about 1e-10
/// of the function's own precision. R: `numDeriv::grad`.
///
/// ```
/// let gradient = statistics::optimise::numerical_gradient(&[2.0], |x| x[0].powi(3));
/// assert!((gradient[0] - 12.0).abs() < 1e-8);
/// ```
pub fn numerical_gradient(point: &[f64], mut f: impl FnMut(&[f64]) -> f64) -> Vec<f64> {
    let mut at = point.to_vec();
    let mut gradient = Vec::with_capacity(point.len());
    for (place, &x) in point.iter().enumerate() {
        let mut slope = |step: f64| {
            at[place] = x + step;
            let above = f(&at);
            at[place] = x - step;
            let below = f(&at);
            at[place] = x;
            (above - below) / (2.0 * step)
        };
        let step = 1e-3 * x.abs().max(0.1);
        gradient.push((4.0 * slope(step / 2.0) - slope(step)) / 3.0);
    }
    gradient
}

/// The Hessian by central differences, extrapolated once. R: `numDeriv::hessian`.
///
/// ```
/// let hessian = statistics::optimise::numerical_hessian(&[1.0, 2.0], |x| x[0] * x[0] * x[1]);
/// assert!((hessian[(0, 0)] - 4.0).abs() < 1e-6);
/// assert!((hessian[(0, 1)] - 2.0).abs() < 1e-6);
/// ```
pub fn numerical_hessian(point: &[f64], mut f: impl FnMut(&[f64]) -> f64) -> Matrix {
    let n = point.len();
    let steps: Vec<f64> = point.iter().map(|x| 2e-3 * x.abs().max(0.1)).collect();
    let mut hessian = Matrix::zeros(n, n);
    for i in 0..n {
        for j in 0..=i {
            let mut second = |share: f64| {
                let (a, b) = (steps[i] * share, steps[j] * share);
                let mut value = |first: f64, second: f64| {
                    let mut at = point.to_vec();
                    at[i] += first * a;
                    at[j] += second * b;
                    f(&at)
                };
                let corners =
                    value(1.0, 1.0) - value(1.0, -1.0) - value(-1.0, 1.0) + value(-1.0, -1.0);
                corners / (4.0 * a * b)
            };
            let best = (4.0 * second(0.5) - second(1.0)) / 3.0;
            hessian[(i, j)] = best;
            hessian[(j, i)] = best;
        }
    }
    hessian
}
