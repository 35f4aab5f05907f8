use super::{Distribution, Tail};
use crate::NotEstimable;
use crate::special::{Tails, erf, erfcx, ln_1m_exp};
use std::f64::consts::{FRAC_1_SQRT_2, PI};

/// ½ ln 2π.
const HALF_LN_TWO_PI: f64 = 0.918_938_533_204_672_8;

/// The normal distribution. R: `pnorm`, `qnorm`, `dnorm`.
///
/// ```
/// use statistics::distribution::{Distribution, Normal};
/// assert!((Normal::STANDARD.quantile(0.975) - 1.959_963_984_540_054).abs() < 1e-15);
/// assert!((Normal::two_sided(1.959_963_984_540_054) - 0.05).abs() < 1e-15);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Normal {
    mean: f64,
    sd: f64,
}

impl Normal {
    /// Mean 0, standard deviation 1.
    pub const STANDARD: Self = Self { mean: 0.0, sd: 1.0 };

    /// A normal distribution. R: `pnorm(x, mean, sd)`.
    ///
    /// # Errors
    /// [`NotEstimable::Domain`] unless the mean is finite and the standard deviation positive.
    ///
    /// ```
    /// use statistics::distribution::{Distribution, Normal};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// assert!((Normal::new(100.0, 15.0)?.upper(100.0) - 0.5).abs() < 1e-15);
    /// # Ok(())
    /// # }
    /// ```
    pub fn new(mean: f64, sd: f64) -> Result<Self, NotEstimable> {
        super::finite("the mean", mean)?;
        super::positive("the standard deviation", sd)?;
        Ok(Self { mean, sd })
    }

    /// The p-value of a two-sided test: P(|Z| > |z|). R: `2 * pnorm(-abs(z))`.
    ///
    /// ```
    /// use statistics::distribution::Normal;
    /// assert!((Normal::two_sided(0.0) - 1.0).abs() < 1e-15);
    /// assert!(Normal::two_sided(f64::NAN).is_nan());
    /// ```
    pub fn two_sided(z: f64) -> f64 {
        2.0 * Self::STANDARD.upper(z.abs())
    }

    /// The multiplier of a standard error for a two-sided interval of the given level: 1.96 for
    /// 0.95. R: `qnorm((1 + level) / 2)`.
    ///
    /// # Errors
    /// [`NotEstimable::Domain`] unless 0 < level < 1.
    ///
    /// ```
    /// use statistics::distribution::Normal;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// assert!((Normal::critical(0.95)? - 1.959_963_984_540_054).abs() < 1e-15);
    /// # Ok(())
    /// # }
    /// ```
    pub fn critical(level: f64) -> Result<f64, NotEstimable> {
        super::confidence_level(level)?;
        Ok(Self::STANDARD.upper_quantile((1.0 - level) / 2.0))
    }
}

impl Distribution for Normal {
    fn tails(&self, x: f64) -> Tails {
        let z = (x - self.mean) / self.sd;
        if z.is_nan() {
            return Tails::from_ln_lower(f64::NAN);
        }
        let small = small_tail(z.abs());
        if z < 0.0 { small } else { small.swapped() }
    }

    fn ln_density(&self, x: f64) -> f64 {
        let z = (x - self.mean) / self.sd;
        -0.5 * z * z - HALF_LN_TWO_PI - self.sd.ln()
    }

    fn quantile_of(&self, tail: Tail, probability: f64) -> f64 {
        let (probability, tail) = tail.smaller(probability);
        self.mean + self.sd * tail.sign() * lower_quantile(probability)
    }
}

/// The tails at −z ≤ 0.
fn small_tail(z: f64) -> Tails {
    if z == f64::INFINITY {
        return Tails::BELOW;
    }
    let scaled = 0.5 * erfcx(z * FRAC_1_SQRT_2);
    let lower = scaled * exp_minus_half_square(z);
    let ln_lower = scaled.ln() - 0.5 * z * z;
    Tails {
        lower,
        upper: 1.0 - lower,
        ln_lower,
        ln_upper: ln_1m_exp(ln_lower),
    }
}

/// exp(−z²/2) without the error that rounding z² brings for large z.
fn exp_minus_half_square(z: f64) -> f64 {
    let head = (z * 16.0).floor() / 16.0;
    (-0.5 * head * head).exp() * (-0.5 * (z - head) * (z + head)).exp()
}

/// The quantile of p ≤ ½.
fn lower_quantile(p: f64) -> f64 {
    if p == 0.0 {
        return f64::NEG_INFINITY;
    }
    if p.is_nan() || !(0.0..=0.5).contains(&p) {
        return f64::NAN;
    }
    // A start with an error of 4.5e-4 (Abramowitz and Stegun 26.2.23).
    let t = (-2.0 * p.ln()).sqrt();
    let ratio = (2.515517 + t * (0.802853 + t * 0.010328))
        / (1.0 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
    let start = ratio - t;
    if p > 0.3 {
        central(p - 0.5, start)
    } else {
        tail(p.ln(), start)
    }
}

/// Newton's method for ½ erf(z/√2) = q near the middle.
fn central(q: f64, start: f64) -> f64 {
    let mut z = start;
    for _ in 0..4 {
        let density = (-0.5 * z * z).exp() / (2.0 * PI).sqrt();
        z -= (0.5 * erf(z * FRAC_1_SQRT_2) - q) / density;
    }
    z
}

/// Newton's method for ln P(Z ≤ z) = target in the tail.
fn tail(target: f64, start: f64) -> f64 {
    let mut z = start;
    for _ in 0..4 {
        let ln_lower = small_tail(-z).ln_lower;
        let slope = (-0.5 * z * z - HALF_LN_TWO_PI - ln_lower).exp();
        z += (target - ln_lower) / slope;
    }
    z
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        for exponent in 1..300 {
            let p = 10f64.powi(-exponent);
            let z = Normal::STANDARD.quantile(p);
            assert!(
                (Normal::STANDARD.lower(z) / p - 1.0).abs() < 2e-13,
                "{exponent}"
            );
            let upper = Normal::STANDARD.upper_quantile(p);
            assert_eq!(upper, -z);
        }
        assert_eq!(Normal::STANDARD.quantile(0.5), 0.0);
        assert_eq!(Normal::STANDARD.quantile(0.0), f64::NEG_INFINITY);
        assert!(Normal::STANDARD.quantile(1.1).is_nan());
    }

    #[test]
    fn a_scaled_distribution() {
        let scores = Normal::new(100.0, 15.0).expect("valid");
        assert!((scores.lower(115.0) - Normal::STANDARD.lower(1.0)).abs() < 1e-16);
        assert!(Normal::new(0.0, 0.0).is_err());
    }
}
