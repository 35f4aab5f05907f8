use super::ziggurat::exponential;

/// Random numbers of one person or one source of arrivals.
///
/// Each has a stream of its own, found from the seed and counted positions alone. So a chain does
/// not depend on the thread that makes it, and two scenarios give the same person the same luck,
/// which takes most of the noise out of their difference.
///
/// # Method
/// SplitMix64 (Steele, Lea and Flood 2014), from a start that is a hash of the positions.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Stream(u64);

/// 2⁶⁴ over the golden ratio, to an odd number.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

impl Stream {
    /// The stream of a position under a stream's start: of a chain under a seed, of a person under
    /// a chain.
    pub(super) fn of(parent: u64, position: u64) -> Self {
        Self(mix(parent ^ mix(position.wrapping_add(STEP))))
    }

    /// Where the stream starts, as parent of others.
    pub(super) fn start(self) -> u64 {
        self.0
    }

    /// A draw from the unit exponential distribution.
    pub(super) fn exponential(&mut self) -> f64 {
        exponential(|| {
            self.0 = self.0.wrapping_add(STEP);
            mix(self.0)
        })
    }
}

fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::Stream;

    #[test]
    fn draws_have_the_moments_of_the_unit_exponential() {
        // 100 streams of neighbouring positions: means and squares over all, and no two alike.
        let draws: Vec<f64> = (0..100)
            .flat_map(|position| {
                let mut stream = Stream::of(7, position);
                (0..1000).map(move |_| stream.exponential())
            })
            .collect();
        let n = draws.len() as f64;
        let mean = draws.iter().sum::<f64>() / n;
        let square = draws.iter().map(|draw| draw * draw).sum::<f64>() / n;
        assert!((mean - 1.0).abs() < 0.015, "{mean}");
        assert!((square - 2.0).abs() < 0.07, "{square}");
        let mut sorted = draws;
        sorted.sort_by(f64::total_cmp);
        sorted.dedup();
        assert_eq!(sorted.len() as f64, n);
    }
}
