use super::{Distribution, Tail};
use crate::NotEstimable;
use crate::special::{Tails, incomplete_gamma, inverse_gamma, ln_poisson};

/// The gamma distribution with shape a and rate b: density ∝ x^(a−1) exp(−b x).
/// R: `pgamma(x, shape, rate)`.
///
/// ```
/// use statistics::distribution::{Distribution, Gamma};
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// // Shape 1 is the exponential distribution.
/// assert!((Gamma::new(1.0, 2.0)?.upper(3.0) - (-6f64).exp()).abs() < 1e-17);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gamma {
    shape: f64,
    rate: f64,
}

impl Gamma {
    /// A gamma distribution.
    ///
    /// # Errors
    /// [`NotEstimable::Domain`] unless both parameters are positive and finite.
    pub fn new(shape: f64, rate: f64) -> Result<Self, NotEstimable> {
        super::positive("the shape", shape)?;
        super::positive("the rate", rate)?;
        Ok(Self { shape, rate })
    }
}

impl Distribution for Gamma {
    fn tails(&self, x: f64) -> Tails {
        incomplete_gamma(self.shape, x * self.rate)
    }

    fn ln_density(&self, x: f64) -> f64 {
        if x < 0.0 {
            return f64::NEG_INFINITY;
        }
        if x == 0.0 {
            return match self.shape.total_cmp(&1.0) {
                std::cmp::Ordering::Less => f64::INFINITY,
                std::cmp::Ordering::Equal => self.rate.ln(),
                std::cmp::Ordering::Greater => f64::NEG_INFINITY,
            };
        }
        ln_poisson(self.shape, x * self.rate) + (self.shape / x).ln()
    }

    fn quantile_of(&self, tail: Tail, probability: f64) -> f64 {
        inverse_gamma(self.shape, probability, tail) / self.rate
    }
}

/// The χ² distribution. R: `pchisq(x, df)`.
///
/// ```
/// use statistics::distribution::{ChiSquared, Distribution};
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// // With two degrees of freedom the upper tail is exp(−x/2).
/// assert!((ChiSquared::new(2.0)?.upper(1000.0) / (-500f64).exp() - 1.0).abs() < 1e-12);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChiSquared(Gamma);

impl ChiSquared {
    /// A χ² distribution with `df` degrees of freedom.
    ///
    /// # Errors
    /// [`NotEstimable::Domain`] unless they are positive and finite.
    pub fn new(df: f64) -> Result<Self, NotEstimable> {
        super::positive("the degrees of freedom", df)?;
        Ok(Self(Gamma::new(df / 2.0, 0.5)?))
    }
}

impl Distribution for ChiSquared {
    fn tails(&self, x: f64) -> Tails {
        self.0.tails(x)
    }

    fn ln_density(&self, x: f64) -> f64 {
        self.0.ln_density(x)
    }

    fn quantile_of(&self, tail: Tail, probability: f64) -> f64 {
        self.0.quantile_of(tail, probability)
    }
}
