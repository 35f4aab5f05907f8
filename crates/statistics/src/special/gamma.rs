/// ½ ln 2π.
const HALF_LN_TWO_PI: f64 = 0.918_938_533_204_672_8;

/// Coefficients of Stirling's series, B₂ₖ/(2k(2k−1)).
const STIRLING: [f64; 10] = [
    1.0 / 12.0,
    -1.0 / 360.0,
    1.0 / 1260.0,
    -1.0 / 1680.0,
    1.0 / 1188.0,
    -691.0 / 360_360.0,
    1.0 / 156.0,
    -3617.0 / 122_400.0,
    43_867.0 / 244_188.0,
    -174_611.0 / 125_400.0,
];

/// From here on Stirling's series has full precision.
const ASYMPTOTIC: f64 = 10.0;

/// 1 − γ, the first coefficient of ln Γ(2 + z).
const ONE_MINUS_EULER: f64 = 0.422_784_335_098_467_13;

/// The further ones, (−1)ᵏ (ζ(k) − 1)/k from k = 2 on.
const ZETA: [f64; 30] = [
    0.322_467_033_424_113_2,
    -0.067_352_301_053_198_1,
    0.020_580_808_427_784_547,
    -0.007_385_551_028_673_985,
    0.002_890_510_330_741_523_4,
    -0.001_192_753_911_703_261,
    0.000_509_669_524_743_042_4,
    -0.000_223_154_758_453_579_37,
    0.000_099_457_512_781_808_53,
    -0.000_044_926_236_738_133_14,
    0.000_020_507_212_775_670_69,
    -9.439_488_275_268_397e-6,
    4.374_866_789_907_488e-6,
    -2.039_215_753_801_366e-6,
    9.551_412_130_407_42e-7,
    -4.492_469_198_764_566e-7,
    2.120_718_480_555_466_7e-7,
    -1.004_322_482_396_81e-7,
    4.769_810_169_363_981e-8,
    -2.271_109_460_894_316_3e-8,
    1.083_865_921_489_695_5e-8,
    -5.183_475_041_970_047e-9,
    2.483_674_543_802_478_4e-9,
    -1.192_140_140_586_091_2e-9,
    5.731_367_241_678_862e-10,
    -2.759_522_885_124_233e-10,
    1.330_476_437_424_449e-10,
    -6.422_964_563_838_1e-11,
    3.104_424_774_732_227_4e-11,
    -1.502_138_408_075_414_3e-11,
];

/// ln Γ(x) for x > 0, precise near its zeros at 1 and 2 too. R: `lgamma`.
///
/// ```
/// use statistics::special::ln_gamma;
/// assert!((ln_gamma(5.0) - 24f64.ln()).abs() < 1e-15);
/// assert_eq!(ln_gamma(1.0), 0.0);
/// ```
///
/// # Method
/// The Taylor series about 2, the recurrence Γ(x + 1) = x Γ(x), and Stirling's series from 10.
pub fn ln_gamma(x: f64) -> f64 {
    if x.is_nan() || x < 0.0 {
        return f64::NAN;
    }
    if x == 0.0 || x == f64::INFINITY {
        return f64::INFINITY;
    }
    if x >= ASYMPTOTIC {
        return (x - 0.5) * x.ln() - x + HALF_LN_TWO_PI + stirling_error(x);
    }
    if x < 0.5 {
        return ln_gamma_1p(x) - x.ln();
    }
    if x < 1.5 {
        return ln_gamma_1p(x - 1.0);
    }
    let mut reduced = x;
    let mut product = 1.0;
    while reduced > 2.5 {
        reduced -= 1.0;
        product *= reduced;
    }
    product.ln() + ln_gamma_2p(reduced - 2.0)
}

/// ln Γ(1 + z) for |z| ≤ ½.
pub(crate) fn ln_gamma_1p(z: f64) -> f64 {
    ln_gamma_2p(z) - z.ln_1p()
}

/// ln Γ(2 + z) for |z| ≤ ½.
fn ln_gamma_2p(z: f64) -> f64 {
    let higher = ZETA
        .iter()
        .rev()
        .fold(0.0, |sum, coefficient| sum * z + coefficient);
    z * (ONE_MINUS_EULER + z * higher)
}

/// What Stirling's formula leaves out: ln Γ(x) − (x − ½) ln x + x − ½ ln 2π, for x > 0. R: none.
///
/// ```
/// use statistics::special::stirling_error;
/// assert!((stirling_error(100.0) - 1.0 / 1200.0).abs() < 1e-8);
/// ```
pub fn stirling_error(x: f64) -> f64 {
    if x < ASYMPTOTIC {
        return ln_gamma(x) - (x - 0.5) * x.ln() + x - HALF_LN_TWO_PI;
    }
    let square = 1.0 / (x * x);
    stirling(square, |_| 1) / x
}

/// The derivative of ln Γ for x > 0. R: `digamma`.
///
/// ```
/// use statistics::special::digamma;
/// assert!((digamma(1.0) + 0.577_215_664_901_532_9).abs() < 1e-15);
/// ```
///
/// # Method
/// The recurrence up to 10, then the derivative of Stirling's series.
pub fn digamma(x: f64) -> f64 {
    if x.is_nan() || x <= 0.0 {
        return f64::NAN;
    }
    let mut x = x;
    let mut below = 0.0;
    while x < ASYMPTOTIC {
        below += 1.0 / x;
        x += 1.0;
    }
    let square = 1.0 / (x * x);
    let series = stirling(square, |k| 2 * k + 1);
    x.ln() - 0.5 / x - series * square - below
}

/// The second derivative of ln Γ for x > 0. R: `trigamma`.
///
/// ```
/// use statistics::special::trigamma;
/// assert!((trigamma(1.0) - std::f64::consts::PI.powi(2) / 6.0).abs() < 1e-14);
/// ```
///
/// # Method
/// As [`digamma`], once more differentiated.
pub fn trigamma(x: f64) -> f64 {
    if x.is_nan() || x <= 0.0 {
        return f64::NAN;
    }
    let mut x = x;
    let mut below = 0.0;
    while x < ASYMPTOTIC {
        below += 1.0 / (x * x);
        x += 1.0;
    }
    let square = 1.0 / (x * x);
    let series = stirling(square, |k| (2 * k + 1) * (2 * k + 2));
    1.0 / x + 0.5 * square + series * square / x + below
}

/// Stirling's series in `square`, each coefficient times the factor that differentiating gives it.
fn stirling(square: f64, factor: fn(usize) -> usize) -> f64 {
    let terms = STIRLING.iter().enumerate().rev();
    terms.fold(0.0, |sum, (k, coefficient)| {
        sum * square + coefficient * factor(k) as f64
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factorials() {
        let mut factorial = 1.0f64;
        for n in 1..60 {
            let x = f64::from(n);
            assert!((ln_gamma(x) - factorial.ln()).abs() <= 3e-15 * factorial.ln().max(1.0));
            factorial *= x;
        }
    }

    #[test]
    fn halves_follow_the_duplication_formula() {
        // Γ(x) Γ(x + ½) = 2^(1−2x) √π Γ(2x).
        for step in 1..200 {
            let x = f64::from(step) * 0.07;
            let left = ln_gamma(x) + ln_gamma(x + 0.5);
            let half_ln_pi = 0.5 * std::f64::consts::PI.ln();
            let right = (1.0 - 2.0 * x) * std::f64::consts::LN_2 + half_ln_pi + ln_gamma(2.0 * x);
            assert!((left - right).abs() < 1e-14 * left.abs().max(4.0), "{x}");
        }
    }

    #[test]
    fn small_arguments() {
        // ln Γ(1 + z) ≈ −γ z.
        assert!((ln_gamma(1.0 + 1e-9) / (-0.577_215_664_9e-9) - 1.0).abs() < 1e-6);
        assert!((ln_gamma(1e-300) - 300.0 * 10f64.ln()).abs() < 1e-12);
        assert!(ln_gamma(-1.0).is_nan());
    }
}
