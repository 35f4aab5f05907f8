use std::sync::LazyLock;

/// Layers of equal area under e⁻ˣ.
const LAYERS: usize = 256;
/// Where the tail begins, and the area of a layer, for 256 of them (Marsaglia and Tsang 2000).
const TAIL: f64 = 7.697_117_470_131_05;
const AREA: f64 = 0.003_949_659_822_581_557;
/// 2⁻⁵³.
const UNIT: f64 = 1.0 / (1u64 << 53) as f64;

/// Right ends of the layers, from the tail to 0.
static ENDS: LazyLock<[f64; LAYERS + 1]> = LazyLock::new(|| {
    let mut ends = [0.0; LAYERS + 1];
    // The lowest layer holds the tail: as wide as its area asks for at the height of its top.
    ends[0] = AREA / (-TAIL).exp();
    ends[1] = TAIL;
    for layer in 2..LAYERS {
        let before: f64 = ends[layer - 1];
        ends[layer] = -(AREA / before + (-before).exp()).ln();
    }
    ends
});

/// A draw from the unit exponential distribution, from random bits.
///
/// # Method
/// The ziggurat of Marsaglia and Tsang (2000): a layer by the lowest bits, a point in it by the
/// highest, which 99 times in 100 lies under the curve for certain. Bits of layer and point do not
/// overlap (Doornik 2005).
pub(super) fn exponential(mut bits: impl FnMut() -> u64) -> f64 {
    let ends = &*ENDS;
    let mut from = 0.0;
    loop {
        let drawn = bits();
        let layer = drawn as usize % LAYERS;
        let point = (drawn >> 11) as f64 * UNIT * ends[layer];
        if point < ends[layer + 1] {
            return from + point;
        }
        if layer == 0 {
            // Beyond the start of the tail it is the same distribution again.
            from += TAIL;
            continue;
        }
        let (low, high) = ((-ends[layer]).exp(), (-ends[layer + 1]).exp());
        let height = low + (bits() >> 11) as f64 * UNIT * (high - low);
        if height < (-point).exp() {
            return from + point;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layers_have_one_area_and_end_at_0() {
        let ends = &*ENDS;
        for layer in 1..LAYERS {
            let height = (-ends[layer + 1]).exp() - (-ends[layer]).exp();
            assert!((ends[layer] * height / AREA - 1.0).abs() < 1e-9, "{layer}");
        }
        // The lowest is a rectangle and the tail.
        assert!(((TAIL + 1.0) * (-TAIL).exp() / AREA - 1.0).abs() < 1e-12);
    }
}
