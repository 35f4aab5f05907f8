use super::{Distribution, Tail};
use crate::NotEstimable;
use crate::special::{Tails, incomplete_beta, inverse_beta, ln_beta};

/// Student's t distribution. R: `pt(x, df)`, `qt(p, df)`.
///
/// ```
/// use statistics::distribution::{Distribution, StudentT};
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// assert!((StudentT::new(10.0)?.quantile(0.975) - 2.228_138_851_986_273).abs() < 1e-13);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StudentT {
    df: f64,
}

impl StudentT {
    /// A t distribution with `df` degrees of freedom. R: `pt(t, df)`.
    ///
    /// # Errors
    /// [`NotEstimable::Domain`] unless they are positive and finite.
    ///
    /// ```
    /// use statistics::distribution::{Distribution, StudentT};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // With one degree of freedom it is the distribution of Cauchy.
    /// assert!((StudentT::new(1.0)?.upper(1.0) - 0.25).abs() < 1e-15);
    /// # Ok(())
    /// # }
    /// ```
    pub fn new(df: f64) -> Result<Self, NotEstimable> {
        super::positive("the degrees of freedom", df)?;
        Ok(Self { df })
    }

    /// The p-value of a two-sided test: P(|T| > |t|). R: `2 * pt(-abs(t), df)`.
    ///
    /// ```
    /// use statistics::distribution::StudentT;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// assert!((StudentT::new(1.0)?.two_sided(1.0) - 0.5).abs() < 1e-15);
    /// # Ok(())
    /// # }
    /// ```
    pub fn two_sided(&self, t: f64) -> f64 {
        self.beyond(t).upper
    }

    /// The multiplier of a standard error for a two-sided interval of the given level.
    /// R: `qt((1 + level) / 2, df)`.
    ///
    /// # Errors
    /// [`NotEstimable::Domain`] unless 0 < level < 1.
    ///
    /// ```
    /// use statistics::distribution::StudentT;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// assert!((StudentT::new(1.0)?.critical(0.5)? - 1.0).abs() < 1e-14);
    /// # Ok(())
    /// # }
    /// ```
    pub fn critical(&self, level: f64) -> Result<f64, NotEstimable> {
        super::confidence_level(level)?;
        Ok(self.upper_quantile((1.0 - level) / 2.0))
    }

    /// The tails of t², which is F(1, df).
    fn beyond(&self, t: f64) -> Tails {
        let square = t * t;
        if square == f64::INFINITY {
            return Tails::BELOW.swapped();
        }
        let total = square + self.df;
        incomplete_beta(0.5, self.df / 2.0, square / total, self.df / total)
    }
}

impl Distribution for StudentT {
    fn tails(&self, x: f64) -> Tails {
        let beyond = self.beyond(x);
        let ln_lower = beyond.ln_upper - std::f64::consts::LN_2;
        let small = Tails {
            lower: 0.5 * beyond.upper,
            upper: 0.5 + 0.5 * beyond.lower,
            ln_lower,
            ln_upper: crate::special::ln_1m_exp(ln_lower),
        };
        if x < 0.0 { small } else { small.swapped() }
    }

    fn ln_density(&self, x: f64) -> f64 {
        let df = self.df;
        -0.5 * (df + 1.0) * (x * x / df).ln_1p() - ln_beta(0.5, df / 2.0) - 0.5 * df.ln()
    }

    fn quantile_of(&self, tail: Tail, probability: f64) -> f64 {
        let (probability, tail) = tail.smaller(probability);
        // t² = df · odds of the beta point; from the middle or from the tail, what is smaller.
        let point = if probability > 0.25 {
            inverse_beta(0.5, self.df / 2.0, 1.0 - 2.0 * probability, Tail::Lower)
        } else {
            inverse_beta(0.5, self.df / 2.0, 2.0 * probability, Tail::Upper)
        };
        let size = (self.df * point.odds).sqrt();
        if size == 0.0 {
            0.0
        } else {
            -tail.sign() * size
        }
    }
}
