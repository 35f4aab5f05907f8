use super::descent::{difference_hessian, positive_inverse};
use super::linear::{LinearMixed, LinearMixedFit};
use crate::NotEstimable;
use crate::distribution::{Distribution, FisherF, StudentT};
use crate::matrix::{Matrix, SymmetricEigen};

/// Degrees of freedom by Satterthwaite's method, for tests of the coefficients. R: `lmerTest`.
///
/// # Method
/// Giesbrecht and Burns (1985) and Fai and Cornelius (1996), as lmerTest has them: ν = 2v²/var(v)
/// for v = l'cov(β)l, with var(v) by the delta method from the Hessian of the criterion.
#[derive(Clone, Debug)]
pub struct Satterthwaite {
    coefficients: Vec<f64>,
    covariance: Matrix,
    /// The derivatives of the covariance by each parameter, σ at its best for it.
    slopes: Vec<Matrix>,
    /// The covariance of these parameters.
    parameters: Matrix,
    /// What σ² is divided by: n − p or n.
    residual_degrees: f64,
}

/// A t-test of one combination of coefficients.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TTest {
    /// The combination.
    pub estimate: f64,
    /// Its standard error.
    pub std_err: f64,
    /// The degrees of freedom.
    pub df: f64,
    /// The estimate over its standard error.
    pub statistic: f64,
    /// The two-sided p-value.
    pub p_value: f64,
}

/// An F-test of several combinations of coefficients.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FTest {
    /// How many independent combinations there are.
    pub numerator_df: f64,
    /// The degrees of freedom of their scale.
    pub denominator_df: f64,
    /// The statistic.
    pub statistic: f64,
    /// The p-value.
    pub p_value: f64,
}

/// A step of the covariance's derivative, in units in which parameters are of order one.
const DIFFERENCE: f64 = 1e-4;

impl LinearMixed<'_> {
    /// Prepares Satterthwaite's degrees of freedom at a fit of this model. R: `lmerTest`.
    ///
    /// # Errors
    /// As [`LinearMixed::fit`].
    ///
    /// ```
    /// use statistics::matrix::Matrix;
    /// use statistics::mixed::{Criterion, LinearMixed, MixedData, RandomTerm};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // Three groups of two: variances of 12 between and 2 within.
    /// let ones = Matrix::from_columns(&[[1.0; 6]]);
    /// let y = [1.0, 3.0, 3.0, 5.0, 8.0, 10.0];
    /// let random = [RandomTerm { effects: &ones, groups: &[0, 0, 1, 1, 2, 2], levels: 3 }];
    /// let model = LinearMixed::new(MixedData::new(&ones, &y, &random), Criterion::Reml)?;
    /// let tests = model.satterthwaite(&model.fit()?)?;
    /// // A mean over three groups.
    /// assert!((tests.degrees(&[1.0]) - 2.0).abs() < 1e-4);
    /// # Ok(())
    /// # }
    /// ```
    pub fn satterthwaite(&self, fit: &LinearMixedFit) -> Result<Satterthwaite, NotEstimable> {
        let point = self.scaled(&fit.theta);
        let free = self.free(&fit.theta);
        let failed = || NotEstimable::NotConverged {
            what: "the derivatives for the degrees of freedom",
            iterations: 1,
        };
        let gradient = |scaled: &[f64]| {
            let solution = self.solve(&self.unscaled(scaled)).ok()?;
            let slopes = solution.gradient.iter().zip(&self.scales);
            Some(slopes.map(|(g, scale)| g / scale).collect())
        };
        let hessian = difference_hessian(&point, &free, gradient).ok_or_else(failed)?;
        let mut slopes = Vec::with_capacity(free.len());
        for &place in &free {
            let step = DIFFERENCE * point[place].abs().max(1.0);
            let at = |shift: f64| {
                let mut moved = point.clone();
                moved[place] += shift;
                Ok::<_, NotEstimable>(self.solve(&self.unscaled(&moved))?.covariance())
            };
            let mut slope = at(step)?;
            slope.add_scaled(-1.0, &at(-step)?);
            slopes.push(self.prepared.spread(&slope.scaled(0.5 / step)));
        }
        Ok(Satterthwaite {
            coefficients: fit.coefficients.clone(),
            covariance: fit.covariance.clone(),
            slopes,
            // The criterion is −2 ln L.
            parameters: positive_inverse(&hessian)?.scaled(2.0),
            residual_degrees: self.degrees(),
        })
    }
}

impl Satterthwaite {
    /// The degrees of freedom of a combination of coefficients.
    ///
    /// ```
    /// use statistics::matrix::Matrix;
    /// use statistics::mixed::{Criterion, LinearMixed, MixedData, RandomTerm};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // Three groups of two: variances of 12 between and 2 within.
    /// let ones = Matrix::from_columns(&[[1.0; 6]]);
    /// let y = [1.0, 3.0, 3.0, 5.0, 8.0, 10.0];
    /// let random = [RandomTerm { effects: &ones, groups: &[0, 0, 1, 1, 2, 2], levels: 3 }];
    /// let model = LinearMixed::new(MixedData::new(&ones, &y, &random), Criterion::Reml)?;
    /// let tests = model.satterthwaite(&model.fit()?)?;
    /// assert!((tests.degrees(&[1.0]) - 2.0).abs() < 1e-4);
    /// # Ok(())
    /// # }
    /// ```
    pub fn degrees(&self, contrast: &[f64]) -> f64 {
        let variance = self.covariance.quadratic_form(contrast);
        let slopes: Vec<f64> = self
            .slopes
            .iter()
            .map(|slope| slope.quadratic_form(contrast))
            .collect();
        // σ moves independently of θ when it is measured against its best for each θ:
        // var(2 ln σ) = 2/df.
        let spread = self.parameters.quadratic_form(&slopes)
            + 2.0 * variance * variance / self.residual_degrees;
        2.0 * variance * variance / spread
    }

    /// Tests a combination of coefficients against 0; `None` if it has no variance.
    ///
    /// ```
    /// use statistics::matrix::Matrix;
    /// use statistics::mixed::{Criterion, LinearMixed, MixedData, RandomTerm};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // Three groups of two: variances of 12 between and 2 within.
    /// let ones = Matrix::from_columns(&[[1.0; 6]]);
    /// let y = [1.0, 3.0, 3.0, 5.0, 8.0, 10.0];
    /// let random = [RandomTerm { effects: &ones, groups: &[0, 0, 1, 1, 2, 2], levels: 3 }];
    /// let model = LinearMixed::new(MixedData::new(&ones, &y, &random), Criterion::Reml)?;
    /// let tests = model.satterthwaite(&model.fit()?)?;
    /// // Twice the mean of 5, whose variance is 26/6.
    /// let test = tests.t_test(&[2.0]).ok_or(statistics::NotEstimable::NoEvents)?;
    /// assert!((test.estimate - 10.0).abs() < 1e-12);
    /// assert!((test.std_err.powi(2) - 4.0 * 26.0 / 6.0).abs() < 1e-6);
    /// # Ok(())
    /// # }
    /// ```
    pub fn t_test(&self, contrast: &[f64]) -> Option<TTest> {
        let estimate: f64 = contrast
            .iter()
            .zip(&self.coefficients)
            .map(|(l, b)| l * b)
            .sum();
        let std_err = self.covariance.quadratic_form(contrast).sqrt();
        if std_err.is_nan() || std_err <= 0.0 {
            return None;
        }
        let df = self.degrees(contrast);
        let statistic = estimate / std_err;
        Some(TTest {
            estimate,
            std_err,
            df,
            statistic,
            p_value: StudentT::new(df).ok()?.two_sided(statistic),
        })
    }

    /// Tests the coefficient of a column against 0; `None` if it has no variance.
    ///
    /// ```
    /// use statistics::matrix::Matrix;
    /// use statistics::mixed::{Criterion, LinearMixed, MixedData, RandomTerm};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // Three groups of two: variances of 12 between and 2 within.
    /// let ones = Matrix::from_columns(&[[1.0; 6]]);
    /// let y = [1.0, 3.0, 3.0, 5.0, 8.0, 10.0];
    /// let random = [RandomTerm { effects: &ones, groups: &[0, 0, 1, 1, 2, 2], levels: 3 }];
    /// let model = LinearMixed::new(MixedData::new(&ones, &y, &random), Criterion::Reml)?;
    /// let tests = model.satterthwaite(&model.fit()?)?;
    /// assert!(tests.t_test_of(0).is_some_and(|test| (test.estimate - 5.0).abs() < 1e-12));
    /// # Ok(())
    /// # }
    /// ```
    pub fn t_test_of(&self, column: usize) -> Option<TTest> {
        let mut contrast = vec![0.0; self.coefficients.len()];
        contrast[column] = 1.0;
        self.t_test(&contrast)
    }

    /// Tests the combinations in the rows of a matrix against 0 together; `None` if they have no
    /// variance.
    ///
    /// # Errors
    /// Values that are not finite.
    ///
    /// ```
    /// use statistics::matrix::Matrix;
    /// use statistics::mixed::{Criterion, LinearMixed, MixedData, RandomTerm};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // Three groups of two: variances of 12 between and 2 within.
    /// let ones = Matrix::from_columns(&[[1.0; 6]]);
    /// let y = [1.0, 3.0, 3.0, 5.0, 8.0, 10.0];
    /// let random = [RandomTerm { effects: &ones, groups: &[0, 0, 1, 1, 2, 2], levels: 3 }];
    /// let model = LinearMixed::new(MixedData::new(&ones, &y, &random), Criterion::Reml)?;
    /// let tests = model.satterthwaite(&model.fit()?)?;
    /// // Of one contrast it is the square of t: 25/(26/6).
    /// let test = tests.f_test(&Matrix::identity(1))?;
    /// assert!(test.is_some_and(|test| (test.statistic - 150.0 / 26.0).abs() < 1e-6));
    /// # Ok(())
    /// # }
    /// ```
    pub fn f_test(&self, contrasts: &Matrix) -> Result<Option<FTest>, NotEstimable> {
        let covariance = contrasts.sandwich(&self.covariance);
        let eigen = SymmetricEigen::new(&covariance)?;
        let largest = eigen.values.first().copied().unwrap_or(0.0);
        let independent = eigen
            .values
            .iter()
            .take_while(|&&value| value > 1e-8 * largest.max(f64::MIN_POSITIVE))
            .count();
        if independent == 0 || largest <= 0.0 {
            return Ok(None);
        }
        let tests: Vec<TTest> = (0..independent)
            .filter_map(|axis| {
                let direction = contrasts.transposed_times(eigen.vectors.column(axis));
                self.t_test(&direction)
            })
            .collect();
        let count = tests.len() as f64;
        let statistic = tests.iter().map(|test| test.statistic.powi(2)).sum::<f64>() / count;
        let degrees: Vec<f64> = tests.iter().map(|test| test.df).collect();
        let denominator_df = joint_degrees(&degrees);
        let distribution = FisherF::new(count, denominator_df)?;
        Ok(Some(FTest {
            numerator_df: count,
            denominator_df,
            statistic,
            p_value: distribution.upper(statistic),
        }))
    }
}

/// The degrees of freedom for which F has the mean that the sum of squared t's has.
fn joint_degrees(degrees: &[f64]) -> f64 {
    let count = degrees.len() as f64;
    let mean = degrees.iter().sum::<f64>() / count;
    if degrees.iter().all(|df| (df - mean).abs() < 1e-8) {
        return mean;
    }
    if degrees.iter().any(|&df| df <= 2.0) {
        return 2.0;
    }
    let expected: f64 = degrees.iter().map(|df| df / (df - 2.0)).sum();
    2.0 * expected / (expected - count)
}

#[cfg(test)]
mod tests {
    use super::joint_degrees;

    #[test]
    fn equal_degrees_stay_and_small_ones_win() {
        assert_eq!(joint_degrees(&[10.0, 10.0]), 10.0);
        assert_eq!(joint_degrees(&[1.5, 10.0]), 2.0);
        // E = 4/2 + 6/4 = 3.5: 7/1.5.
        assert!((joint_degrees(&[4.0, 6.0]) - 14.0 / 3.0).abs() < 1e-14);
    }
}
