use super::gamma::ln_gamma_1p;
use super::{Tails, ln_gamma, log1p_minus, stirling_error};

/// Terms after which a series or fraction must have ended; it takes about 6√a of them.
const MAX_TERMS: usize = 1_000_000;

/// ln of xᵃ e⁻ˣ / Γ(a + 1) for a, x > 0: the Poisson probability of a events where x are
/// expected, continued to real a. R: `dpois(a, x, log = TRUE)`, for whole a.
///
/// # Method
/// C. Loader, "Fast and accurate computation of binomial probabilities" (2000): Stirling's
/// formula with the deviance a ln(a/x) + x − a computed as one number.
///
/// ```
/// use statistics::special::ln_poisson;
/// assert!((ln_poisson(2.0, 3.0) - (4.5 * (-3f64).exp()).ln()).abs() < 1e-15);
/// ```
pub fn ln_poisson(a: f64, x: f64) -> f64 {
    if a < 1.0 {
        return a * x.ln() - x - ln_gamma(a + 1.0);
    }
    -stirling_error(a) - deviance(a, x) - 0.5 * (std::f64::consts::TAU * a).ln()
}

/// a ln(a/x) + x − a ≥ 0.
pub(crate) fn deviance(a: f64, x: f64) -> f64 {
    let relative = (x - a) / a;
    if relative.is_finite() && relative > -0.9 {
        return -a * log1p_minus(relative);
    }
    a * (a / x).ln() + x - a
}

/// The regularised incomplete gamma function: the tails at x of a gamma distribution with shape
/// `a` and rate 1, for a > 0 and x ≥ 0. R: `pgamma(x, a)`.
///
/// # Method
/// Below a + 1 the power series, above it Legendre's continued fraction; for a < 1 and small x
/// the upper tail by the series of Gautschi (1979).
///
/// ```
/// use statistics::special::incomplete_gamma;
/// let tails = incomplete_gamma(1.0, 2.0);
/// assert!((tails.upper - (-2f64).exp()).abs() < 1e-16);
/// assert!((incomplete_gamma(1.0, 2000.0).ln_upper + 2000.0).abs() < 1e-12);
/// ```
pub fn incomplete_gamma(a: f64, x: f64) -> Tails {
    if a.is_nan() || x.is_nan() || a <= 0.0 || a == f64::INFINITY {
        return Tails::from_ln_lower(f64::NAN);
    }
    if x <= 0.0 {
        return Tails::BELOW;
    }
    if x == f64::INFINITY {
        return Tails::BELOW.swapped();
    }
    if a < 1.0 && x < 1.5 {
        return small(a, x);
    }
    if x < a + 1.0 {
        return Tails::from_ln_lower(ln_poisson(a, x) + series(a, x).ln());
    }
    let ln_upper = ln_poisson(a, x) + (a / x).ln() + fraction(a, x).ln();
    Tails::from_ln_lower(ln_upper).swapped()
}

/// Σ xⁿ / ((a + 1) … (a + n)).
fn series(a: f64, x: f64) -> f64 {
    let (mut term, mut sum) = (1.0, 1.0);
    for n in 1..MAX_TERMS {
        term *= x / (a + n as f64);
        sum += term;
        if term < sum * f64::EPSILON * 0.25 {
            break;
        }
    }
    sum
}

/// x times the continued fraction 1/(x + 1 − a − 1(1 − a)/(x + 3 − a − …)).
fn fraction(a: f64, x: f64) -> f64 {
    let mut b = x + 1.0 - a;
    let mut c = f64::INFINITY;
    let mut d = 1.0 / b;
    let mut value = d;
    for n in 1..MAX_TERMS {
        let factor = n as f64 * (a - n as f64);
        b += 2.0;
        d = 1.0 / (b + factor * d);
        c = b + factor / c;
        let change = c * d;
        value *= change;
        if (change - 1.0).abs() < f64::EPSILON {
            break;
        }
    }
    x * value
}

/// For a < 1 and x < 1.5: with s = Σ (−x)ⁿ a/((a + n) n!) over n ≥ 1, the lower tail is
/// xᵃ/Γ(1 + a) (1 + s) and the upper one −(xᵃ/Γ(1 + a) − 1) − xᵃ/Γ(1 + a) s.
fn small(a: f64, x: f64) -> Tails {
    let (mut power, mut sum, mut n) = (1.0f64, 0.0, 1.0);
    loop {
        power *= -x / n;
        let term = power * a / (a + n);
        sum += term;
        if term.abs() <= sum.abs() * f64::EPSILON * 0.25 {
            break;
        }
        n += 1.0;
    }
    let ln_gamma_1p = if a <= 0.5 {
        ln_gamma_1p(a)
    } else {
        ln_gamma(1.0 + a)
    };
    let ln_power = a * x.ln() - ln_gamma_1p;
    let ln_lower = ln_power + sum.ln_1p();
    let upper = -ln_power.exp_m1() - ln_power.exp() * sum;
    if upper > 0.5 {
        return Tails {
            upper,
            ln_upper: (-ln_lower.exp()).ln_1p(),
            ..Tails::from_ln_lower(ln_lower)
        };
    }
    Tails {
        lower: 1.0 - upper,
        upper,
        ln_lower: (-upper).ln_1p(),
        ln_upper: upper.ln(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, expected: f64, what: &str) {
        assert!(
            (found / expected - 1.0).abs() < 1e-13,
            "{what}: {found} for {expected}"
        );
    }

    #[test]
    fn the_sides_of_a_boundary_agree() {
        // Q(a + 1, x) = Q(a, x) + xᵃ e⁻ˣ/Γ(a + 1): neighbours that use other methods.
        for (a, x) in [(0.7, 1.2), (0.3, 1.4), (3.0, 4.5), (50.0, 51.5), (0.9, 1.6)] {
            let step = ln_poisson(a, x).exp();
            let next = incomplete_gamma(a + 1.0, x);
            near(incomplete_gamma(a, x).upper + step, next.upper, "upper");
            near(next.lower + step, incomplete_gamma(a, x).lower, "lower");
        }
    }

    #[test]
    fn tiny_shapes_keep_the_upper_tail() {
        // Q(a, x) ≈ a E₁(x); E₁(½) = 0.559773594776160…
        let ratio = incomplete_gamma(1e-10, 0.5).upper / 1e-10;
        assert!((ratio / 0.559_773_594_776_160_8 - 1.0).abs() < 1e-9);
    }

    #[test]
    fn large_shapes_have_half_below_their_median() {
        // The median of a gamma distribution is near a − 1/3 + 8/(405 a).
        for a in [1e3, 1e5, 1e7] {
            let median = a - 1.0 / 3.0 + 8.0 / (405.0 * a);
            assert!(
                (incomplete_gamma(a, median).lower - 0.5).abs() < 1e-8,
                "{a}"
            );
        }
    }
}
