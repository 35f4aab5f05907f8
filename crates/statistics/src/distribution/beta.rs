use super::{Distribution, Tail};
use crate::NotEstimable;
use crate::special::{Tails, incomplete_beta, inverse_beta, ln_beta_power};

/// The beta distribution. R: `pbeta(x, a, b)`.
///
/// ```
/// use statistics::distribution::{Beta, Distribution};
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// assert!((Beta::new(1.0, 1.0)?.lower(0.3) - 0.3).abs() < 1e-15);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Beta {
    a: f64,
    b: f64,
}

impl Beta {
    /// A beta distribution.
    ///
    /// # Errors
    /// [`NotEstimable::Domain`] unless both parameters are positive and finite.
    pub fn new(a: f64, b: f64) -> Result<Self, NotEstimable> {
        super::positive("a shape", a)?;
        super::positive("a shape", b)?;
        Ok(Self { a, b })
    }
}

impl Distribution for Beta {
    fn tails(&self, x: f64) -> Tails {
        incomplete_beta(self.a, self.b, x, 1.0 - x)
    }

    fn ln_density(&self, x: f64) -> f64 {
        if !(0.0..=1.0).contains(&x) {
            return f64::NEG_INFINITY;
        }
        if x == 0.0 || x == 1.0 {
            let (own, other) = if x == 0.0 {
                (self.a, self.b)
            } else {
                (self.b, self.a)
            };
            return match own.total_cmp(&1.0) {
                std::cmp::Ordering::Less => f64::INFINITY,
                std::cmp::Ordering::Equal => other.ln(),
                std::cmp::Ordering::Greater => f64::NEG_INFINITY,
            };
        }
        ln_beta_power(self.a, self.b, x, 1.0 - x) - x.ln() - (-x).ln_1p()
    }

    fn quantile_of(&self, tail: Tail, probability: f64) -> f64 {
        inverse_beta(self.a, self.b, probability, tail).x
    }
}

/// Fisher's F distribution. R: `pf(x, df1, df2)`.
///
/// ```
/// use statistics::distribution::{Distribution, FisherF};
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// // F(2, 2) has the upper tail 1/(1 + x).
/// assert!((FisherF::new(2.0, 2.0)?.upper(99.0) - 0.01).abs() < 1e-16);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FisherF {
    df1: f64,
    df2: f64,
}

impl FisherF {
    /// An F distribution.
    ///
    /// # Errors
    /// [`NotEstimable::Domain`] unless both degrees of freedom are positive and finite.
    pub fn new(df1: f64, df2: f64) -> Result<Self, NotEstimable> {
        super::positive("the degrees of freedom", df1)?;
        super::positive("the degrees of freedom", df2)?;
        Ok(Self { df1, df2 })
    }
}

impl Distribution for FisherF {
    fn tails(&self, x: f64) -> Tails {
        let (x, y) = self.point(x);
        incomplete_beta(self.df1 / 2.0, self.df2 / 2.0, x, y)
    }

    fn ln_density(&self, x: f64) -> f64 {
        if x <= 0.0 {
            return f64::NEG_INFINITY;
        }
        let (at, complement) = self.point(x);
        ln_beta_power(self.df1 / 2.0, self.df2 / 2.0, at, complement) - x.ln()
    }

    fn quantile_of(&self, tail: Tail, probability: f64) -> f64 {
        let point = inverse_beta(self.df1 / 2.0, self.df2 / 2.0, probability, tail);
        point.odds * self.df2 / self.df1
    }
}

impl FisherF {
    fn point(&self, x: f64) -> (f64, f64) {
        if x == f64::INFINITY {
            return (1.0, 0.0);
        }
        // Not `max`, which would make 0 of NaN.
        let (own, other) = (self.df1 * if x < 0.0 { 0.0 } else { x }, self.df2);
        (own / (own + other), other / (own + other))
    }
}
