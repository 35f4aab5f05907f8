use super::{
    Tails, digamma, incomplete_beta, incomplete_gamma, ln_beta, ln_beta_power, ln_gamma,
    ln_poisson, trigamma,
};
use crate::distribution::{Distribution, Normal, Tail};

/// Steps after which Newton's method must have ended; six are usual.
const MAX_STEPS: usize = 500;

/// Beyond this logarithm a number is zero or infinite.
const LN_LARGEST: f64 = 700.0;

/// A point of the unit interval with its distance to 1, so that neither end loses digits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// The point.
    pub x: f64,
    /// 1 − x.
    pub y: f64,
    /// x / (1 − x).
    pub odds: f64,
}

impl Point {
    fn from_logit(logit: f64) -> Self {
        let small = (-logit.abs()).exp();
        let (near, far) = (1.0 / (1.0 + small), small / (1.0 + small));
        let (x, y) = if logit < 0.0 {
            (far, near)
        } else {
            (near, far)
        };
        Self {
            x,
            y,
            odds: logit.exp(),
        }
    }
}

/// The point where a tail of the gamma distribution of shape `a` and rate 1 has the given
/// probability, for a > 0. R: `qgamma(p, a)`.
///
/// # Method
/// Newton's method for the logarithm of the smaller tail as a function of ln x. That function
/// is concave, so the steps cannot run away.
///
/// ```
/// use statistics::distribution::Tail;
/// use statistics::special::inverse_gamma;
/// let x = inverse_gamma(1.0, 0.05, Tail::Upper);
/// assert!((x + 0.05f64.ln()).abs() < 1e-14);
/// ```
pub fn inverse_gamma(a: f64, probability: f64, tail: Tail) -> f64 {
    let (probability, tail) = tail.smaller(probability);
    if a.is_nan() || a <= 0.0 || !(0.0..=0.5).contains(&probability) {
        return f64::NAN;
    }
    if probability == 0.0 {
        return if tail == Tail::Lower {
            0.0
        } else {
            f64::INFINITY
        };
    }
    // xᵃ/Γ(a + 1) is more than the lower tail, so this is below the solution.
    let lower = if tail == Tail::Lower {
        probability
    } else {
        1.0 - probability
    };
    let least = (lower.ln() + ln_gamma(a + 1.0)) / a;
    if least < -LN_LARGEST {
        return 0.0;
    }
    let z = tail.sign() * Normal::STANDARD.quantile(probability);
    let cube_root = 1.0 - 1.0 / (9.0 * a) + z / (3.0 * a.sqrt());
    let start = (a * cube_root.max(0.0).powi(3)).ln().max(least);
    let solution = solve(tail, probability, start, 4.0 * trigamma(a).sqrt(), |u| {
        let x = u.exp();
        (incomplete_gamma(a, x), a.ln() + ln_poisson(a, x))
    });
    solution.exp()
}

/// The point where a tail of the beta distribution has the given probability, for a, b > 0.
/// R: `qbeta(p, a, b)`.
///
/// # Method
/// As [`inverse_gamma`], as a function of ln x/(1 − x).
///
/// ```
/// use statistics::distribution::Tail;
/// use statistics::special::inverse_beta;
/// let point = inverse_beta(3.0, 1.0, 0.125, Tail::Lower);
/// assert!((point.x - 0.5).abs() < 1e-15);
/// ```
pub fn inverse_beta(a: f64, b: f64, probability: f64, tail: Tail) -> Point {
    let (probability, tail) = tail.smaller(probability);
    if a.is_nan() || b.is_nan() || a <= 0.0 || b <= 0.0 || !(0.0..=0.5).contains(&probability) {
        return Point {
            x: f64::NAN,
            y: f64::NAN,
            odds: f64::NAN,
        };
    }
    if probability == 0.0 {
        return Point::from_logit(-tail.sign() * f64::INFINITY);
    }
    let spread = (trigamma(a) + trigamma(b)).sqrt();
    let z = tail.sign() * Normal::STANDARD.quantile(probability);
    let normal = digamma(a) - digamma(b) + z * spread;
    // Far out a tail is that of a power: xᵃ/(a B(a, b)), or yᵇ/(b B(a, b)) on the other side.
    let power = |shape: f64| (probability.ln() + shape.ln() + ln_beta(a, b)) / shape;
    let start = match tail {
        Tail::Lower => normal.max(power(a)),
        Tail::Upper => normal.min(-power(b)),
    };
    let logit = solve(tail, probability, start, 4.0 * spread, |u| {
        let point = Point::from_logit(u);
        let tails = incomplete_beta(a, b, point.x, point.y);
        (tails, ln_beta_power(a, b, point.x, point.y))
    });
    Point::from_logit(logit)
}

/// Newton's method for ln tail(u) = ln probability, where the logarithms of both tails are
/// concave in u. `at` gives the tails and the logarithm of the density with respect to u.
pub(crate) fn solve<F>(tail: Tail, probability: f64, start: f64, longest: f64, at: F) -> f64
where
    F: Fn(f64) -> (Tails, f64),
{
    let target = probability.ln();
    let mut u = start;
    let mut last = f64::INFINITY;
    for _ in 0..MAX_STEPS {
        if u.abs() > LN_LARGEST {
            return u.signum() * f64::INFINITY;
        }
        let (tails, ln_density) = at(u);
        let ln_tail = match tail {
            Tail::Lower => tails.ln_lower,
            Tail::Upper => tails.ln_upper,
        };
        let slope = (ln_density - ln_tail).exp();
        let raw = tail.sign() * (target - ln_tail) / slope;
        // Flat where the tail is near 1: then take the longest step towards the solution.
        let step = if raw.is_finite() {
            raw.clamp(-longest, longest)
        } else {
            longest.copysign(raw)
        };
        u += step;
        let size = step.abs();
        let noise = 1e-13 * u.abs().max(1.0);
        if size <= f64::EPSILON * u.abs() || (size < noise && size >= 0.5 * last) {
            break;
        }
        last = size;
    }
    u
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn gamma_there_and_back(ln_a in -6.0f64..12.0, ln_p in -200.0f64..-0.7) {
            let (a, p) = (ln_a.exp(), ln_p.exp());
            let lower = inverse_gamma(a, p, Tail::Lower);
            if lower > 1e-300 {
                prop_assert!((incomplete_gamma(a, lower).ln_lower - ln_p).abs() < 1e-11);
            }
            let upper = inverse_gamma(a, p, Tail::Upper);
            if upper > 1e-300 {
                prop_assert!((incomplete_gamma(a, upper).ln_upper - ln_p).abs() < 1e-11);
            }
        }

        #[test]
        fn beta_there_and_back(
            ln_a in -4.0f64..10.0,
            ln_b in -4.0f64..10.0,
            ln_p in -100.0f64..-0.7,
        ) {
            let (a, b, p) = (ln_a.exp(), ln_b.exp(), ln_p.exp());
            let point = inverse_beta(a, b, p, Tail::Lower);
            if point.x > 1e-300 {
                let back = incomplete_beta(a, b, point.x, point.y).ln_lower;
                prop_assert!((back - ln_p).abs() < 1e-10, "{a} {b} {p} {back}");
            }
        }
    }

    #[test]
    fn the_ends() {
        assert_eq!(inverse_gamma(2.0, 0.0, Tail::Lower), 0.0);
        assert_eq!(inverse_gamma(2.0, 0.0, Tail::Upper), f64::INFINITY);
        assert_eq!(inverse_beta(2.0, 3.0, 1.0, Tail::Lower).x, 1.0);
        assert!(inverse_gamma(-1.0, 0.5, Tail::Lower).is_nan());
        assert!(inverse_beta(1.0, 1.0, 1.5, Tail::Lower).x.is_nan());
    }
}
