use crate::distribution::{ChiSquared, Distribution, Normal};

/// Random numbers from a seed: the same on every machine and in every version.
///
/// # Method
/// xoshiro256++ (Blackman and Vigna 2021), started by SplitMix64. Other distributions by their
/// quantile functions, so that one number is one draw.
///
/// ```
/// use statistics::imputation::Draws;
/// let (mut one, mut other) = (Draws::new(7), Draws::new(7));
/// assert_eq!(one.uniform(), other.uniform());
/// assert!((0.0..1.0).contains(&one.uniform()));
/// ```
#[derive(Clone, Debug)]
pub struct Draws {
    state: [u64; 4],
}

impl Draws {
    /// Starts from a seed.
    pub fn new(seed: u64) -> Self {
        let mut x = seed;
        let mut next = || {
            x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = x;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^ (z >> 31)
        };
        Self {
            state: [next(), next(), next(), next()],
        }
    }

    fn bits(&mut self) -> u64 {
        let [a, b, c, d] = self.state;
        let result = a.wrapping_add(d).rotate_left(23).wrapping_add(a);
        let mut next = [a, b, c ^ a, d ^ b];
        next[1] ^= next[2];
        next[0] ^= next[3];
        next[2] ^= b << 17;
        next[3] = next[3].rotate_left(45);
        self.state = next;
        result
    }

    /// Between 0 (possible) and 1 (not).
    pub fn uniform(&mut self) -> f64 {
        (self.bits() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
    }

    /// A whole number below `most`.
    ///
    /// # Panics
    /// If `most` is 0.
    pub fn below(&mut self, most: usize) -> usize {
        assert!(most > 0, "nothing to choose from");
        (((self.bits() >> 32) * most as u64) >> 32) as usize
    }

    /// Standard normal.
    pub fn normal(&mut self) -> f64 {
        Normal::STANDARD.quantile(self.uniform() + 0.5 / (1u64 << 53) as f64)
    }

    /// χ² with the given positive degrees of freedom.
    pub fn chi_squared(&mut self, df: f64) -> f64 {
        let p = self.uniform() + 0.5 / (1u64 << 53) as f64;
        ChiSquared::new(df).map_or(df, |distribution| distribution.quantile(p))
    }
}

#[cfg(test)]
mod tests {
    use super::Draws;

    #[test]
    fn moments_are_right() {
        let mut draws = Draws::new(1);
        let n = 20_000;
        let normal: Vec<f64> = (0..n).map(|_| draws.normal()).collect();
        let mean = normal.iter().sum::<f64>() / f64::from(n);
        let square = normal.iter().map(|x| x * x).sum::<f64>() / f64::from(n);
        assert!(mean.abs() < 0.03 && (square - 1.0).abs() < 0.04);
        let chi: f64 = (0..n).map(|_| draws.chi_squared(5.0)).sum::<f64>() / f64::from(n);
        assert!((chi - 5.0).abs() < 0.1);
        assert!((0..1000).all(|_| draws.below(3) < 3));
    }
}
