use super::PanelLikelihood;
use crate::NotEstimable;
use crate::matrix::{Cholesky, Matrix};
use crate::optimise::Bfgs;

/// Parameters of a panel model.
#[derive(Clone, Debug)]
pub struct PanelFit {
    /// All parameters: log baseline intensities, then the effects of each covariate.
    pub parameters: Vec<f64>,
    /// Their covariance; 0 for those that are held fixed.
    pub covariance: Matrix,
    /// The log-likelihood.
    pub ln_likelihood: f64,
    /// Its gradient with respect to the free parameters.
    pub gradient: Vec<f64>,
    /// Steps of the search.
    pub iterations: usize,
}

/// Steps of Newton's method after the search.
const POLISH: usize = 4;

impl PanelLikelihood {
    /// Looks for the parameters that make the data likeliest.
    ///
    /// # Method
    /// BFGS with the analytic gradient, then a few steps of Newton's method with the Hessian
    /// from differences of gradients, whose inverse is the covariance. R: `msm(.., method =
    /// "BFGS")`.
    ///
    /// # Errors
    /// A start at which the data cannot have happened, no convergence, and a Hessian that is
    /// not positive definite: then the data do not determine all intensities.
    ///
    /// ```
    /// use statistics::panel::{IntensityModel, Observation, PanelData, PanelLikelihood};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // Of two who are seen in state 0 at time 0, one is in state 1 at time 1 and one is not.
    /// let model = IntensityModel::new(2, &[(0, 1)], 0)?;
    /// let data = PanelData {
    ///     time: &[0.0, 1.0, 0.0, 1.0],
    ///     state: &[0, 1, 0, 0],
    ///     subject: &[0, 0, 1, 1],
    ///     observation: &[Observation::Snapshot; 4],
    ///     ..Default::default()
    /// };
    /// let likelihood = PanelLikelihood::new(model, &data)?;
    /// let fit = likelihood.maximise(&likelihood.crude_start())?;
    /// // e^{−q} = ½.
    /// assert!((fit.parameters[0].exp() - 2f64.ln()).abs() < 1e-8);
    /// # Ok(())
    /// # }
    /// ```
    pub fn maximise(&self, start: &[f64]) -> Result<PanelFit, NotEstimable> {
        let model = &self.model;
        NotEstimable::unless_length("parameters", model.parameters(), start.len())?;
        let mut free = vec![0.0; model.free_parameters()];
        for (start, place) in start.iter().zip(&model.free) {
            if let Some(place) = place {
                free[*place] = *start;
            }
        }
        let evaluate = |free: &[f64]| match self.evaluate(&model.spread(start, free)) {
            Ok((value, gradient)) => {
                let gradient = model.gathered(&gradient);
                (-value, gradient.into_iter().map(|slope| -slope).collect())
            }
            // Intensities without bounds: a place where one cannot go.
            Err(_) => (f64::INFINITY, vec![0.0; free.len()]),
        };
        self.evaluate(&model.spread(start, &free))?;
        let minimum = Bfgs::default().minimise(&free, evaluate)?;
        let (mut point, mut value, mut gradient) = (minimum.point, minimum.value, minimum.gradient);
        let hessian = hessian(&point, evaluate);
        let factor = Cholesky::full_rank(&hessian)?;
        for _ in 0..POLISH {
            let step = factor.solve(&gradient);
            let next: Vec<f64> = point.iter().zip(&step).map(|(x, s)| x - s).collect();
            let (next_value, next_gradient) = evaluate(&next);
            let size = |gradient: &[f64]| factor.inverse_quadratic_form(gradient);
            if !next_value.is_finite() || size(&next_gradient) >= size(&gradient) {
                break;
            }
            (point, value, gradient) = (next, next_value, next_gradient);
        }
        let inverse = factor.inverse();
        let parameters = model.spread(start, &point);
        let mut covariance = Matrix::zeros(parameters.len(), parameters.len());
        for (i, a) in model.free.iter().enumerate() {
            for (j, b) in model.free.iter().enumerate() {
                if let (Some(a), Some(b)) = (a, b) {
                    covariance[(i, j)] = inverse[(*a, *b)];
                }
            }
        }
        Ok(PanelFit {
            parameters,
            covariance,
            ln_likelihood: -value,
            gradient,
            iterations: minimum.iterations,
        })
    }
}

/// Differences of gradients, of fourth order: `(8(g(x+h) − g(x−h)) − (g(x+2h) − g(x−2h)))/12h`.
fn hessian(point: &[f64], evaluate: impl Fn(&[f64]) -> (f64, Vec<f64>)) -> Matrix {
    let n = point.len();
    let mut hessian = Matrix::zeros(n, n);
    for column in 0..n {
        let h = 1e-3 * point[column].abs().max(1.0);
        let moved = |by: f64| {
            let mut at = point.to_vec();
            at[column] += by * h;
            evaluate(&at).1
        };
        let (far, near) = ((moved(2.0), moved(-2.0)), (moved(1.0), moved(-1.0)));
        for row in 0..n {
            let near = near.0[row] - near.1[row];
            let far = far.0[row] - far.1[row];
            hessian[(row, column)] = (8.0 * near - far) / (12.0 * h);
        }
    }
    hessian.symmetrise();
    hessian
}
