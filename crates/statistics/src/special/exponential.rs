//! eˣ of many numbers at once.

/// From here on a result is no normal number, or none at all.
const LARGEST: f64 = 700.0;

/// Adding and subtracting it rounds to a whole number, which then stands in the last bits.
const ROUNDING: f64 = 1.5 * (1u64 << 52) as f64;

/// ln 2 in two parts, of which the first has so many zeros that its multiples are exact.
const LN_2_HIGH: f64 = f64::from_bits(0x3fe6_2e42_fee0_0000);
const LN_2_LOW: f64 = f64::from_bits(0x3dea_39ef_3579_3c76);

/// 1/k! for k = 13 down to 2: on |r| ≤ ½ ln 2 what is left out is below 5e-18.
const COEFFICIENTS: [f64; 12] = [
    1.0 / 6_227_020_800.0,
    1.0 / 479_001_600.0,
    1.0 / 39_916_800.0,
    1.0 / 3_628_800.0,
    1.0 / 362_880.0,
    1.0 / 40_320.0,
    1.0 / 5_040.0,
    1.0 / 720.0,
    1.0 / 120.0,
    1.0 / 24.0,
    1.0 / 6.0,
    0.5,
];

/// Replaces each x by eˣ, within two units in the last place.
///
/// # Method
/// With n = ⌊x / ln 2⌉ and r = x − n ln 2, eˣ = 2ⁿ eʳ, and eʳ by its series. No step branches or
/// looks anything up, so that a caller's vectors are used as wide as they are.
#[inline(always)]
pub(crate) fn exponentials(values: &mut [f64]) {
    let (chunks, rest) = values.as_chunks_mut::<8>();
    for chunk in chunks {
        // NaN is not below either.
        let is_moderate = chunk.iter().fold(true, |all, x| all & (x.abs() < LARGEST));
        for x in chunk {
            *x = if is_moderate { moderate(*x) } else { any(*x) };
        }
    }
    for x in rest {
        *x = any(*x);
    }
}

fn any(x: f64) -> f64 {
    if x.abs() < LARGEST {
        moderate(x)
    } else {
        x.exp()
    }
}

#[inline(always)]
fn moderate(x: f64) -> f64 {
    let shifted = x * std::f64::consts::LOG2_E + ROUNDING;
    let n = shifted - ROUNDING;
    let r = (x - n * LN_2_HIGH) - n * LN_2_LOW;
    let mut series = COEFFICIENTS[0];
    for coefficient in &COEFFICIENTS[1..] {
        series = series * r + coefficient;
    }
    let series = 1.0 + (r + r * r * series);
    series * f64::from_bits(shifted.to_bits().wrapping_add(1023) << 52)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equals_the_exponential() {
        let mut x: Vec<f64> = (-699_990..=699_990).map(|i| f64::from(i) * 1e-3).collect();
        x.extend((0..4000).map(|i| (f64::from(i) - 2000.0) * 1e-7));
        let mut result = x.clone();
        exponentials(&mut result);
        for (x, result) in x.iter().zip(result) {
            assert!((result / x.exp() - 1.0).abs() <= 4.5e-16, "{x}: {result}");
        }
    }

    #[test]
    fn keeps_what_is_no_normal_number() {
        let special = [
            0.0,
            -0.0,
            1.0,
            709.7,
            709.8,
            1e300,
            f64::INFINITY,
            -708.0,
            -744.0,
            -746.0,
            f64::NEG_INFINITY,
            700.0,
        ];
        let mut result = special;
        exponentials(&mut result);
        assert_eq!(result[..2], [1.0, 1.0]);
        for (x, result) in special.into_iter().zip(result).skip(3) {
            assert_eq!(result, x.exp(), "{x}");
        }
        let mut nan = [f64::NAN; 9];
        exponentials(&mut nan);
        assert!(nan.iter().all(|x| x.is_nan()));
    }
}
