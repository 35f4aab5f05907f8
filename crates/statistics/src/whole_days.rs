//! Whole days, the commonest clock: told from other times and counted without a branch a row.

/// 2⁵²: next to it a double has no room for a fraction. What is added to it is rounded to a
/// whole number, and that number stands in the low bits of the sum.
const NO_FRACTION: f64 = 4_503_599_627_370_496.0;

/// Whether a time is a whole number (or infinite). Beyond 2⁵¹ the answer may be wrong;
/// [`DayRange::days`] has no days there.
#[inline]
pub(crate) fn is_whole(time: f64) -> bool {
    const ROUNDING: f64 = 1.5 * NO_FRACTION;
    (time + ROUNDING) - ROUNDING == time
}

/// How many days a day comes after the first; both are whole, and less than 2³² days apart.
#[inline]
pub(crate) fn cell(day: f64, first: f64) -> usize {
    (day - first + NO_FRACTION).to_bits() as u32 as usize
}

/// From when to when some times go, if all of them are whole.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct DayRange {
    pub(crate) first: f64,
    pub(crate) last: f64,
}

impl DayRange {
    /// The range of no times; any other is wider.
    pub(crate) const NONE: Self = Self {
        first: f64::INFINITY,
        last: f64::NEG_INFINITY,
    };

    /// `None` where a time is not whole (NaN is not).
    pub(crate) fn of(times: &[f64]) -> Option<Self> {
        const LANES: usize = 8;
        let (chunks, rest) = times.as_chunks::<LANES>();
        // Lanes that don't wait for each other, in two runs: the processor does several at once.
        let (mut first, mut last) = ([f64::INFINITY; LANES], [f64::NEG_INFINITY; LANES]);
        let mut are_whole = [true; LANES];
        for chunk in chunks {
            for lane in 0..LANES {
                let time = chunk[lane];
                first[lane] = if time < first[lane] {
                    time
                } else {
                    first[lane]
                };
                last[lane] = if time > last[lane] { time } else { last[lane] };
            }
            for lane in 0..LANES {
                are_whole[lane] &= is_whole(chunk[lane]);
            }
        }
        let lanes = first.into_iter().zip(last);
        let all = lanes.chain(rest.iter().map(|&time| (time, time)));
        let range = all.fold(Self::NONE, |range, (first, last)| {
            range.with(Self { first, last })
        });
        let is_all_whole = are_whole == [true; LANES] && rest.iter().copied().all(is_whole);
        is_all_whole.then_some(range)
    }

    /// From the first of both to the last.
    pub(crate) fn with(self, other: Self) -> Self {
        Self {
            first: self.first.min(other.first),
            last: self.last.max(other.last),
        }
    }

    /// How many days a table from the first to the last has, if there are times at all and the
    /// table is not much larger than `rows`.
    pub(crate) fn days(self, rows: usize) -> Option<usize> {
        const CELLS_PER_ROW: usize = 4;
        const SMALL: usize = 4096;
        let width = self.last - self.first;
        let most = (rows * CELLS_PER_ROW).max(SMALL);
        let is_table = width >= 0.0 && width < most as f64;
        (is_table && self.is_known_whole()).then(|| width as usize + 1)
    }

    /// Whether there are times, none infinite or too large to know whether they are whole.
    pub(crate) fn is_known_whole(self) -> bool {
        const MOST: f64 = NO_FRACTION / 2.0;
        self.first > -MOST && self.last < MOST && self.first <= self.last
    }
}

#[cfg(test)]
mod tests {
    use super::{DayRange, cell, is_whole};
    use proptest::prelude::*;

    #[test]
    fn what_is_no_whole_number_is_told() {
        for time in [
            0.5,
            -0.25,
            1e-300,
            f64::NAN,
            1.0 + f64::EPSILON,
            2f64.powi(50) + 0.5,
        ] {
            assert!(!is_whole(time), "{time}");
            assert_eq!(DayRange::of(&[3.0, time, 4.0]), None);
            assert_eq!(DayRange::of(&[[3.0; 8], [time; 8]].concat()), None);
        }
        for time in [0.0, -0.0, 1.0, -3650.0, 2f64.powi(50) + 1.0, 1e300] {
            assert!(is_whole(time), "{time}");
        }
        let far = -2f64.powi(51) - 0.5;
        assert_eq!(DayRange::of(&[far]).and_then(|range| range.days(10)), None);
        assert_eq!(DayRange::of(&[]), Some(DayRange::NONE));
        assert_eq!(DayRange::NONE.days(10), None);
        assert_eq!(
            DayRange::of(&[f64::INFINITY, 0.0]).and_then(|range| range.days(10)),
            None
        );
    }

    proptest! {
        #[test]
        fn a_range_holds_its_days(days in prop::collection::vec(-100_000i32..100_000, 1..40)) {
            let times: Vec<f64> = days.iter().copied().map(f64::from).collect();
            let range = DayRange::of(&times).expect("all are whole");
            let first = *days.iter().min().expect("not empty");
            let last = *days.iter().max().expect("not empty");
            prop_assert_eq!((range.first, range.last), (f64::from(first), f64::from(last)));
            prop_assert_eq!(range.days(100_000), Some((last - first) as usize + 1));
            for (&time, &day) in times.iter().zip(&days) {
                prop_assert_eq!(cell(time, range.first), (day - first) as usize);
            }
        }
    }
}
