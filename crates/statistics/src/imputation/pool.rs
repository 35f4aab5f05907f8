use crate::NotEstimable;
use crate::distribution::{Distribution, FisherF, Normal, StudentT};
use crate::matrix::{Lu, Matrix, dot};

/// One estimate over several imputations.
///
/// # Method
/// Rubin (1987): the total variance is the mean variance within plus (1 + 1/m) times the
/// variance between. Degrees of freedom by Barnard and Rubin (1999) where those of the complete
/// data are known.
///
/// ```
/// use statistics::imputation::Pooled;
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// let pooled = Pooled::of(&[1.0, 2.0, 3.0], &[1.0, 1.0, 1.0], None)?;
/// // Between 1, total 1 + 4/3; λ = 4/7, df = 2 (7/4)².
/// assert!((pooled.total - 7.0 / 3.0).abs() < 1e-15);
/// assert!((pooled.df - 6.125).abs() < 1e-12);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pooled {
    /// Imputations.
    pub imputations: usize,
    /// The mean estimate.
    pub estimate: f64,
    /// The mean variance.
    pub within: f64,
    /// The variance of the estimates.
    pub between: f64,
    /// The total variance.
    pub total: f64,
    /// Degrees of freedom of the complete data, if known.
    pub complete_df: Option<f64>,
    /// Degrees of freedom; infinite if the estimates don't differ and those of the complete data
    /// are not known.
    pub df: f64,
    /// The relative increase of the variance.
    pub relative_increase: f64,
    /// The share of the variance that is due to missing values.
    pub lambda: f64,
    /// The fraction of missing information.
    pub missing_information: f64,
}

impl Pooled {
    /// Pools estimates and their variances. R: `mice::pool.scalar`, `pool`.
    ///
    /// # Errors
    /// Fewer than two imputations, lengths that differ, values that are not finite, variances
    /// that are not positive.
    pub fn of(
        estimates: &[f64],
        variances: &[f64],
        complete_df: Option<f64>,
    ) -> Result<Self, NotEstimable> {
        NotEstimable::unless_length("the variances", estimates.len(), variances.len())?;
        NotEstimable::unless_finite("the estimates", estimates)?;
        NotEstimable::unless_finite("the variances", variances)?;
        if estimates.len() < 2 {
            return Err(NotEstimable::Empty {
                what: "two imputations",
            });
        }
        let m = estimates.len() as f64;
        let estimate = estimates.iter().sum::<f64>() / m;
        let within = variances.iter().sum::<f64>() / m;
        if within <= 0.0 {
            return Err(NotEstimable::Domain {
                what: "the mean variance",
                value: within,
            });
        }
        let squares: f64 = estimates
            .iter()
            .map(|value| (value - estimate).powi(2))
            .sum();
        let between = squares / (m - 1.0);
        let extra = (1.0 + 1.0 / m) * between;
        let total = within + extra;
        let (relative_increase, lambda) = (extra / within, extra / total);
        let df = degrees_of_freedom(m, lambda, complete_df);
        let small = if df.is_finite() {
            2.0 / (df + 3.0)
        } else {
            0.0
        };
        Ok(Self {
            imputations: estimates.len(),
            estimate,
            within,
            between,
            total,
            complete_df,
            df,
            relative_increase,
            lambda,
            missing_information: (relative_increase + small) / (relative_increase + 1.0),
        })
    }

    /// The statistic of the test of 0, its p-value, and the limits of `level`.
    /// R: `summary(pool(...), conf.int = TRUE)`.
    ///
    /// # Errors
    /// A level that is not between 0 and 1.
    ///
    /// ```
    /// use statistics::imputation::Pooled;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let pooled = Pooled::of(&[1.0, 2.0, 3.0], &[1.0, 1.0, 1.0], None)?;
    /// let (statistic, p, (lower, upper)) = pooled.test(0.95)?;
    /// assert!((statistic - 2.0 / (7.0f64 / 3.0).sqrt()).abs() < 1e-14);
    /// assert!(p > 0.05 && lower < 0.0 && (lower + upper - 4.0).abs() < 1e-12);
    /// # Ok(())
    /// # }
    /// ```
    pub fn test(&self, level: f64) -> Result<(f64, f64, (f64, f64)), NotEstimable> {
        let error = self.total.sqrt();
        let statistic = self.estimate / error;
        let (p, critical) = if self.df.is_finite() {
            let student = StudentT::new(self.df)?;
            (student.two_sided(statistic), student.critical(level)?)
        } else {
            (Normal::two_sided(statistic), Normal::critical(level)?)
        };
        let half = critical * error;
        Ok((statistic, p, (self.estimate - half, self.estimate + half)))
    }
}

fn degrees_of_freedom(m: f64, lambda: f64, complete: Option<f64>) -> f64 {
    let large = (m - 1.0) / (lambda * lambda);
    let Some(complete) = complete else {
        return large;
    };
    let observed = (complete + 1.0) / (complete + 3.0) * complete * (1.0 - lambda);
    if large.is_finite() {
        large * observed / (large + observed)
    } else {
        observed
    }
}

/// Several coefficients over imputations, tested together. R: `mice::D1`.
///
/// # Method
/// Li, Raghunathan and Rubin (1991): D1 with one common relative increase of the variance.
///
/// ```
/// use statistics::imputation::PooledWald;
/// use statistics::matrix::Matrix;
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// // One coefficient: D1 is the square of the pooled statistic.
/// let unit = Matrix::identity(1);
/// let wald = PooledWald::of(&[vec![1.0], vec![2.0], vec![3.0]], &[unit.clone(), unit.clone(), unit])?;
/// assert!((wald.statistic - 4.0 / (7.0 / 3.0)).abs() < 1e-14);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct PooledWald {
    /// Mean estimates.
    pub estimate: Vec<f64>,
    /// The mean covariance.
    pub within: Matrix,
    /// The covariance of the estimates.
    pub between: Matrix,
    /// The mean relative increase of the variance.
    pub relative_increase: f64,
    /// D1.
    pub statistic: f64,
    /// Coefficients.
    pub df1: f64,
    /// Degrees of freedom of the denominator.
    pub df2: f64,
    /// The p-value.
    pub p_value: f64,
}

impl PooledWald {
    /// Tests that all coefficients are 0.
    ///
    /// # Errors
    /// Fewer than two imputations, lengths that differ, or a mean covariance that is singular.
    pub fn of(estimates: &[Vec<f64>], covariances: &[Matrix]) -> Result<Self, NotEstimable> {
        NotEstimable::unless_length("the covariances", estimates.len(), covariances.len())?;
        if estimates.len() < 2 {
            return Err(NotEstimable::Empty {
                what: "two imputations",
            });
        }
        let (m, k) = (estimates.len() as f64, estimates[0].len());
        let mut estimate = vec![0.0; k];
        let mut within = Matrix::zeros(k, k);
        for (values, covariance) in estimates.iter().zip(covariances) {
            NotEstimable::unless_length("the estimates", k, values.len())?;
            NotEstimable::unless_length("a covariance", k * k, covariance.values().len())?;
            for (sum, value) in estimate.iter_mut().zip(values) {
                *sum += value / m;
            }
            within.add_scaled(1.0 / m, covariance);
        }
        let mut between = Matrix::zeros(k, k);
        for values in estimates {
            let deviation: Vec<f64> = values.iter().zip(&estimate).map(|(a, b)| a - b).collect();
            between.add_outer(1.0 / (m - 1.0), &deviation, &deviation);
        }
        let df1 = k as f64;
        let inverse = Lu::new(&within)?;
        let relative_increase = (1.0 + 1.0 / m) * inverse.solve_matrix(&between).trace() / df1;
        let wald = dot(&inverse.solve(&estimate), &estimate);
        let statistic = wald / (df1 * (1.0 + relative_increase));
        let t = df1 * (m - 1.0);
        let df2 = if t > 4.0 {
            4.0 + (t - 4.0) * (1.0 + (1.0 - 2.0 / t) / relative_increase).powi(2)
        } else {
            t * (1.0 + 1.0 / df1) * (1.0 + 1.0 / relative_increase).powi(2) / 2.0
        };
        // Without variation between imputations the denominator's variance is known.
        let reference = FisherF::new(df1, df2.min(1e12))?;
        Ok(Self {
            estimate,
            within,
            between,
            relative_increase,
            statistic,
            df1,
            df2,
            p_value: reference.upper(statistic),
        })
    }
}
