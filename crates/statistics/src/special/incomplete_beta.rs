use super::incomplete_gamma::deviance;
use super::{Tails, ln_beta, stirling_error};

/// Terms after which the fraction must have ended.
const MAX_TERMS: usize = 1_000_000;

/// ln of xᵃ yᵇ / B(a, b) with y = 1 − x, for a, b > 0 and 0 < x < 1.
/// R: `a * log(x) + b * log(y) - lbeta(a, b)`.
///
/// `y` is an argument of its own so that neither end loses digits.
///
/// # Method
/// Loader (2000), see [`ln_poisson`](super::ln_poisson): for large a and b by deviances.
///
/// ```
/// use statistics::special::ln_beta_power;
/// // x²y³/B(2, 3) = 12 x² y³.
/// assert!((ln_beta_power(2.0, 3.0, 0.25, 0.75) - (12.0 * 0.0625 * 0.421875f64).ln()).abs() < 1e-15);
/// ```
pub fn ln_beta_power(a: f64, b: f64, x: f64, y: f64) -> f64 {
    if a < 5.0 || b < 5.0 {
        let ln_y = if x < 0.5 { (-x).ln_1p() } else { y.ln() };
        let ln_x = if y < 0.5 { (-y).ln_1p() } else { x.ln() };
        return a * ln_x + b * ln_y - ln_beta(a, b);
    }
    let n = a + b;
    let errors = stirling_error(n) - stirling_error(a) - stirling_error(b);
    let scale = 0.5 * (a * b / (n * std::f64::consts::TAU)).ln();
    errors + scale - deviance(a, n * x) - deviance(b, n * y)
}

/// The regularised incomplete beta function: the tails at x of a beta distribution, for
/// a, b > 0, 0 ≤ x ≤ 1 and y = 1 − x. R: `pbeta(x, a, b)`.
///
/// # Method
/// The continued fraction of Didonato and Morris (1992) on the side of the mean where it
/// converges fast, and on the other side too where that tail is small.
///
/// ```
/// use statistics::special::incomplete_beta;
/// // With b = 1 the lower tail is xᵃ.
/// let tails = incomplete_beta(3.0, 1.0, 0.1, 0.9);
/// assert!((tails.lower / 1e-3 - 1.0).abs() < 1e-14);
/// ```
pub fn incomplete_beta(a: f64, b: f64, x: f64, y: f64) -> Tails {
    let valid = a > 0.0 && b > 0.0 && a.is_finite() && b.is_finite();
    if !valid || x.is_nan() || y.is_nan() {
        return Tails::from_ln_lower(f64::NAN);
    }
    if x <= 0.0 {
        return Tails::BELOW;
    }
    if y <= 0.0 {
        return Tails::BELOW.swapped();
    }
    if x > (a + 1.0) / (a + b + 2.0) {
        return lower_first(b, a, y, x).swapped();
    }
    lower_first(a, b, x, y)
}

/// Below the mean. With very skew shapes the upper tail may still be the small one.
fn lower_first(a: f64, b: f64, x: f64, y: f64) -> Tails {
    let ln_power = ln_beta_power(a, b, x, y);
    let tails = Tails::from_ln_lower(ln_power + fraction(a, b, x, y).ln());
    if tails.upper > 0.1 {
        return tails;
    }
    Tails::from_ln_lower(ln_power + fraction(b, a, y, x).ln()).swapped()
}

/// The ratio of the lower tail to xᵃyᵇ/B(a, b), by the modified Lentz method.
///
/// In the form αₙ/βₙ of Didonato and Morris all terms are positive for x below the mean.
fn fraction(a: f64, b: f64, x: f64, y: f64) -> f64 {
    let lambda = if a > b {
        (a + b) * y - b
    } else {
        a - (a + b) * x
    };
    let mut beta = a / (a + 1.0) * (lambda + 1.0);
    let mut c = f64::INFINITY;
    let mut d = 1.0 / beta;
    let mut value = d;
    for n in 1..MAX_TERMS {
        let m = n as f64;
        let low = a + 2.0 * m - 1.0;
        let alpha = (a + m - 1.0) * (a + b + m - 1.0) * m * (b - m) * x * x / (low * low);
        beta = m + m * (b - m) * x / low + (a + m) / (low + 2.0) * (lambda + 1.0 + m * (1.0 + y));
        d = 1.0 / nonzero(beta + alpha * d);
        c = nonzero(beta + alpha / c);
        let change = c * d;
        value *= change;
        if (change - 1.0).abs() < f64::EPSILON {
            break;
        }
    }
    value
}

fn nonzero(value: f64) -> f64 {
    if value.abs() < f64::MIN_POSITIVE {
        f64::MIN_POSITIVE
    } else {
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_polynomial_by_hand() {
        // I_x(2, 3) = 6x² − 8x³ + 3x⁴.
        for x in [1e-6, 0.01, 0.3, 0.5, 0.9] {
            let expected = 6.0 * x * x - 8.0 * x * x * x + 3.0 * f64::powi(x, 4);
            let tails = incomplete_beta(2.0, 3.0, x, 1.0 - x);
            assert!((tails.lower / expected - 1.0).abs() < 1e-14, "{x}");
        }
    }

    #[test]
    fn the_arcsine_law() {
        // I_x(½, ½) = (2/π) arcsin √x.
        for x in [1e-12f64, 0.2, 0.5, 0.77] {
            let expected = std::f64::consts::FRAC_2_PI * x.sqrt().asin();
            let tails = incomplete_beta(0.5, 0.5, x, 1.0 - x);
            assert!((tails.lower / expected - 1.0).abs() < 1e-13, "{x}");
            assert!((tails.lower + tails.upper - 1.0).abs() < 1e-15, "{x}");
        }
    }

    #[test]
    fn skew_shapes_keep_the_small_tail() {
        // With b = 1 the upper tail is 1 − xᵃ = −expm1(a ln x).
        let (a, x) = (1e-9, 0.3f64);
        let expected = -(a * x.ln()).exp_m1();
        let tails = incomplete_beta(a, 1.0, x, 1.0 - x);
        assert!(
            (tails.upper / expected - 1.0).abs() < 1e-12,
            "{}",
            tails.upper
        );
    }

    #[test]
    fn one_more_success_follows_the_recurrence() {
        // I_x(a, b) = I_x(a + 1, b) + xᵃ yᵇ/(a B(a, b)).
        for (a, b, x) in [(3.0, 8.0, 0.25), (80.0, 200.0, 0.29), (0.4, 5e5, 1e-6)] {
            let step = (ln_beta_power(a, b, x, 1.0 - x) - f64::ln(a)).exp();
            let left = incomplete_beta(a, b, x, 1.0 - x).lower;
            let right = incomplete_beta(a + 1.0, b, x, 1.0 - x).lower + step;
            assert!((left / right - 1.0).abs() < 1e-13, "{a} {b} {x}");
        }
    }
}
