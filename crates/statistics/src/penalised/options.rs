//! What is paid for coefficients, and along which path.

use crate::NotEstimable;

/// What is paid for coefficients, and along which path.
#[derive(Clone, Debug)]
pub struct PenaltyOptions {
    /// 1 is the lasso, 0 ridge regression.
    pub alpha: f64,
    /// The penalties λ; without them a path of `steps` from the smallest λ that keeps all
    /// coefficients at 0.
    pub lambda: Option<Vec<f64>>,
    /// Length of that path.
    pub steps: usize,
    /// Its last λ as a share of the first; 10⁻⁴, or 10⁻² with fewer rows than columns.
    pub smallest: Option<f64>,
    /// A factor of λ per column (0: not penalised; ∞: left out); they are scaled to sum to the
    /// number of columns.
    pub factors: Option<Vec<f64>>,
    /// Bounds of the coefficients, lower ones at most 0 and upper ones at least 0.
    pub bounds: Option<Vec<(f64, f64)>>,
    /// Whether columns are divided by their standard deviation before.
    pub standardize: bool,
    /// Whether there is an intercept (never penalised; none in a Cox model).
    pub intercept: bool,
}

impl Default for PenaltyOptions {
    fn default() -> Self {
        Self {
            alpha: 1.0,
            lambda: None,
            steps: 100,
            smallest: None,
            factors: None,
            bounds: None,
            standardize: true,
            intercept: true,
        }
    }
}

impl PenaltyOptions {
    /// Shares, numbers and bounds that can be, for so many columns.
    pub(super) fn check(&self, columns: usize) -> Result<(), NotEstimable> {
        let domain = |what: &'static str, value: f64| Err(NotEstimable::Domain { what, value });
        if !(0.0..=1.0).contains(&self.alpha) {
            return domain("alpha", self.alpha);
        }
        if let Some(lambda) = &self.lambda {
            if lambda.is_empty() {
                return Err(NotEstimable::Empty { what: "lambdas" });
            }
            if let Some(&value) = lambda
                .iter()
                .find(|value| !(value.is_finite() && **value >= 0.0))
            {
                return domain("lambda", value);
            }
        }
        if self.steps == 0 {
            return domain("the number of lambdas", 0.0);
        }
        if let Some(ratio) = self.smallest
            && !(ratio > 0.0 && ratio < 1.0)
        {
            return domain("the smallest lambda as a share of the largest", ratio);
        }
        if let Some(factors) = &self.factors {
            NotEstimable::unless_length("the penalty factors", columns, factors.len())?;
            if let Some(&value) = factors.iter().find(|value| value.is_nan() || **value < 0.0) {
                return domain("a penalty factor", value);
            }
        }
        if let Some(bounds) = &self.bounds {
            NotEstimable::unless_length("the bounds", columns, bounds.len())?;
            let wrong = |(lower, upper): &&(f64, f64)| !(*lower <= 0.0 && *upper >= 0.0);
            if let Some((lower, upper)) = bounds.iter().find(wrong) {
                return domain("a bound", if *lower <= 0.0 { *upper } else { *lower });
            }
        }
        Ok(())
    }
}
