use super::{ln_gamma, stirling_error};

/// ½ ln 2π.
const HALF_LN_TWO_PI: f64 = 0.918_938_533_204_672_8;

/// ln B(a, b) for positive a and b, without the cancellation of three large ln Γ. R: `lbeta`.
///
/// ```
/// use statistics::special::ln_beta;
/// // B(2, 3) = 1! 2! / 4! = 1/12.
/// assert!((ln_beta(2.0, 3.0) + 12f64.ln()).abs() < 1e-15);
/// ```
pub fn ln_beta(a: f64, b: f64) -> f64 {
    let (small, large) = if a < b { (a, b) } else { (b, a) };
    if large < 10.0 {
        return ln_gamma(small) + ln_gamma(large) - ln_gamma(small + large);
    }
    let total = small + large;
    let errors = stirling_error(large) - stirling_error(total);
    // (large − ½) ln(large / total) and its like, from Stirling's formula for two of the three.
    let shrink = (-small / total).ln_1p();
    if small < 10.0 {
        return ln_gamma(small) + errors + small - small * total.ln() + (large - 0.5) * shrink;
    }
    errors + stirling_error(small) + HALF_LN_TWO_PI - 0.5 * small.ln()
        + small * (small / total).ln()
        + (large - 0.5) * shrink
}

/// ln of the number of ways to choose k out of n, for real 0 ≤ k ≤ n. R: `lchoose`.
///
/// ```
/// use statistics::special::ln_choose;
/// assert!((ln_choose(5.0, 2.0) - 10f64.ln()).abs() < 1e-14);
/// ```
pub fn ln_choose(n: f64, k: f64) -> f64 {
    if k == 0.0 || k == n {
        return 0.0;
    }
    -(n + 1.0).ln() - ln_beta(n - k + 1.0, k + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_arguments_keep_their_digits() {
        // B(a, 1) = 1/a exactly.
        for a in [1e-3, 0.5, 3.0, 12.0, 1e4, 1e8] {
            let found: f64 = ln_beta(a, 1.0);
            assert!(
                (found + a.ln()).abs() < 1e-13 * a.ln().abs().max(1.0),
                "{a}"
            );
        }
        // B(a, b) = B(a + 1, b) (a + b)/a, across the change of method.
        for (a, b) in [(9.5f64, 30.0), (9.2, 9.9), (200.0, 9.7), (0.1, 9.5)] {
            let next = ln_beta(a + 1.0, b) + ((a + b) / a).ln();
            assert!((ln_beta(a, b) - next).abs() < 1e-13 * next.abs(), "{a} {b}");
        }
    }
}
