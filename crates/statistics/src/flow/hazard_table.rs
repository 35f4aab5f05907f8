/// A smooth function of a cumulative hazard E as a table, with slopes.
///
/// # Method
/// Cubic Hermite interpolation from exact values and slopes. Knots are the powers of 2 and 31 between
/// each and the next, so that the bits of E are its place in the table. A relative error of
/// 3e-9 · |c(c−1)(c−2)(c−3)| for E^c. Straight lines beyond the ends.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct HazardTable {
    /// Value, and slope times the distance to the next knot.
    knots: Vec<[f64; 2]>,
}

/// Knots per power of 2, as a power of 2.
const FINENESS: u32 = 5;
/// Bits of a number below those that say between which knots it is.
const REST: u32 = 52 - FINENESS;
/// 2⁻⁴⁰, which one in 10¹² is below.
const FIRST: u64 = (1023 - 40) << FINENESS;
/// 2⁹, which none in 10²²² gets past.
const LAST: u64 = (1023 + 9) << FINENESS;

impl HazardTable {
    /// Tabulates a function that gives, for E, a value and its slope.
    pub(super) fn new(function: impl Fn(f64) -> (f64, f64)) -> Self {
        let knot = |place: u64| {
            let (here, next) = (hazard_at(place), hazard_at(place + 1));
            let (value, slope) = function(here);
            [value, slope * (next - here)]
        };
        Self {
            knots: (FIRST..=LAST).map(knot).collect(),
        }
    }

    /// The function at E ≥ 0.
    pub(super) fn at(&self, hazard: f64) -> f64 {
        let place = hazard.to_bits() >> REST;
        if !(FIRST..LAST).contains(&place) {
            let end = if place < FIRST { FIRST } else { LAST };
            let [value, slope] = self.knots[(end - FIRST) as usize];
            let step = hazard_at(end + 1) - hazard_at(end);
            return value + slope * (hazard - hazard_at(end)) / step;
        }
        let knot = (place - FIRST) as usize;
        let ([a, da], [b, db]) = (self.knots[knot], self.knots[knot + 1]);
        // The slope at the next knot is by its own distance, twice as long from a power of 2 on.
        let db = if (place + 1).trailing_zeros() >= FINENESS {
            0.5 * db
        } else {
            db
        };
        let x = fraction(hazard);
        let rise = b - a;
        a + x * (da + x * (3.0 * rise - 2.0 * da - db + x * (da + db - 2.0 * rise)))
    }
}

fn hazard_at(place: u64) -> f64 {
    f64::from_bits(place << REST)
}

/// How far a number is between two knots, from 0 to 1: its lowest bits.
fn fraction(hazard: f64) -> f64 {
    let lowest = hazard.to_bits() & ((1 << REST) - 1);
    lowest as f64 * (1.0 / (1u64 << REST) as f64)
}

#[cfg(test)]
mod tests {
    use super::HazardTable;

    #[test]
    fn a_smooth_function_comes_back() {
        // √E, with slope 1/(2√E).
        let table = HazardTable::new(|hazard| (hazard.sqrt(), 0.5 / hazard.sqrt()));
        for at in -2700..620 {
            let hazard = (f64::from(at) / 100.0).exp();
            let relative = table.at(hazard) / hazard.sqrt() - 1.0;
            assert!(relative.abs() < 5e-9, "{hazard} {relative}");
        }
    }

    #[test]
    fn a_straight_line_beyond_the_ends() {
        let table = HazardTable::new(|hazard| (2.0 * hazard + 1.0, 2.0));
        for hazard in [0.0, 1e-20, 1e-3, 511.0, 512.0, 1e6] {
            assert!((table.at(hazard) / (2.0 * hazard + 1.0) - 1.0).abs() < 1e-12);
        }
    }
}
