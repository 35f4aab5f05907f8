//! Tests of proportional hazards: does a coefficient change with time?

use super::{EventResiduals, PartialLikelihood, RiskSums};
use crate::NotEstimable;
use crate::matrix::{ALIAS_TOLERANCE, Cholesky, Matrix};

/// The score test of a time-varying coefficient of some columns.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ProportionalityTest {
    /// χ² under proportional hazards.
    pub chi_squared: f64,
    /// Its degrees of freedom.
    pub df: usize,
}

/// Tests of proportional hazards: for every covariate an interaction with a function g of time
/// is added, with coefficient θ, and θ = 0 is tested by its score.
///
/// # Method
/// Therneau, *Proportional hazards and time transforms* (R's `cox.zph` since survival 3.0): with
/// U = Σ g(t) (x − x̄) and the information of β and θ together, which is Σ gᵐ V(t) for m = 0,
/// 1, 2. Each of the three is one Gram matrix. Exact ties are tested in Breslow's form, at the
/// exact estimates, as in R.
#[derive(Clone, Debug)]
pub struct Proportionality {
    /// Score of θ; that of β is 0 at its estimate.
    score: Vec<f64>,
    /// Σ V, Σ gV, Σ g²V.
    information: [Matrix; 3],
    residuals: EventResiduals,
}

impl Proportionality {
    /// Sums up score and information at given coefficients.
    ///
    /// `g` gives a moment (its position) its value; only differences between values matter.
    ///
    /// # Errors
    /// A `g` that is not finite.
    ///
    /// ```
    /// use statistics::cox::{CoxData, PartialLikelihood, Proportionality, Ties};
    /// use statistics::matrix::Matrix;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let x = Matrix::from_columns(&[[1.0, 0.0, 1.0]]);
    /// let data = CoxData::new(&[1.0, 2.0, 3.0], &[true, true, false], &x);
    /// let likelihood = PartialLikelihood::new(&data, Ties::Efron)?;
    /// let sums = likelihood.sums(&[0.0])?;
    /// let tests = Proportionality::new(&likelihood, &sums, &[1.0, 2.0])?;
    /// assert_eq!(tests.residuals().rows, [0, 1]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn new(
        likelihood: &PartialLikelihood,
        sums: &RiskSums,
        g: &[f64],
    ) -> Result<Self, NotEstimable> {
        NotEstimable::unless_length("time transform", sums.moments.len(), g.len())?;
        NotEstimable::unless_finite("time transform", g)?;
        let residuals = likelihood.event_residuals(sums);
        let columns = residuals.values.columns();
        let sets = likelihood.risk_sets();
        let events: f64 = sets
            .moments()
            .iter()
            .map(|moment| f64::from(moment.events))
            .sum();
        let total: f64 = (0..g.len())
            .map(|moment| g[moment] * f64::from(sets.moments()[moment].events))
            .sum();
        let g: Vec<f64> = g.iter().map(|g| g - total / events.max(1.0)).collect();
        let mut score = vec![0.0; columns];
        let mut position = 0;
        for (moment, segment) in sets.segments() {
            for event in segment.take(sets.moments()[moment].events as usize) {
                let weight = likelihood.weight(event);
                for (column, score) in score.iter_mut().enumerate() {
                    *score += g[moment] * weight * residuals.values[(position, column)];
                }
                position += 1;
            }
        }
        let information = [0, 1, 2]
            .map(|power| likelihood.weighted_information(sums, |moment| g[moment].powi(power)));
        Ok(Self {
            score,
            information,
            residuals,
        })
    }

    /// The Schoenfeld residuals that it is made from; of exact ties with Breslow's means.
    ///
    /// ```
    /// use statistics::cox::{CoxData, PartialLikelihood, Proportionality, Ties};
    /// use statistics::matrix::Matrix;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let x = Matrix::from_columns(&[[1.0, 0.0, 1.0]]);
    /// let data = CoxData::new(&[1.0, 2.0, 3.0], &[true, true, false], &x);
    /// let likelihood = PartialLikelihood::new(&data, Ties::Efron)?;
    /// let sums = likelihood.sums(&[0.0])?;
    /// let tests = Proportionality::new(&likelihood, &sums, &[1.0, 2.0])?;
    /// assert!((tests.residuals().values[(0, 0)] - 1.0 / 3.0).abs() < 1e-15);
    /// # Ok(())
    /// # }
    /// ```
    pub fn residuals(&self) -> &EventResiduals {
        &self.residuals
    }

    /// Tests θ = 0 for the combinations of covariates in the columns of `directions` (as many
    /// rows as covariates), while β is known to be a maximum for all covariates in `kept`.
    ///
    /// # Errors
    /// An information that is not positive definite.
    ///
    /// ```
    /// use statistics::cox::{CoxData, PartialLikelihood, Proportionality, Ties};
    /// use statistics::matrix::Matrix;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let x = Matrix::from_columns(&[[1.0, 0.0, 1.0]]);
    /// let data = CoxData::new(&[1.0, 2.0, 3.0], &[true, true, false], &x);
    /// let likelihood = PartialLikelihood::new(&data, Ties::Efron)?;
    /// let sums = likelihood.sums(&[0.0])?;
    /// let tests = Proportionality::new(&likelihood, &sums, &[1.0, 2.0])?;
    /// assert_eq!(tests.test(&[0], &Matrix::identity(1))?.df, 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn test(
        &self,
        kept: &[usize],
        directions: &Matrix,
    ) -> Result<ProportionalityTest, NotEstimable> {
        let [beta, mixed, theta] = &self.information;
        let beta = beta.principal(kept);
        let mixed = mixed.multiply(directions);
        let theta = directions.transpose().sandwich(theta);
        let (fixed, free) = (kept.len(), directions.columns());
        let mut all = Matrix::zeros(fixed + free, fixed + free);
        for i in 0..fixed {
            for j in 0..fixed {
                all[(i, j)] = beta[(i, j)];
            }
            for j in 0..free {
                all[(i, fixed + j)] = mixed[(kept[i], j)];
                all[(fixed + j, i)] = mixed[(kept[i], j)];
            }
        }
        for i in 0..free {
            for j in 0..free {
                all[(fixed + i, fixed + j)] = theta[(i, j)];
            }
        }
        let mut score = vec![0.0; fixed];
        score.extend(directions.transposed_times(&self.score));
        let factor = Cholesky::new(&all, ALIAS_TOLERANCE)?;
        let aliased = factor.aliased_columns();
        Ok(ProportionalityTest {
            chi_squared: factor.inverse_quadratic_form(&score),
            df: free - aliased.iter().filter(|&&column| column >= fixed).count(),
        })
    }
}
