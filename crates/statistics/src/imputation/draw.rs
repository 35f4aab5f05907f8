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
    /// Starts from a seed. R: `set.seed`.
    ///
    /// ```
    /// use statistics::imputation::Draws;
    /// assert_ne!(Draws::new(1).uniform(), Draws::new(2).uniform());
    /// ```
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

    /// Between 0 (possible) and 1 (not). R: `runif(1)`.
    ///
    /// ```
    /// use statistics::imputation::Draws;
    /// let mut draws = Draws::new(1);
    /// let mean = (0..1000).map(|_| draws.uniform()).sum::<f64>() / 1000.0;
    /// assert!((mean - 0.5).abs() < 0.03);
    /// ```
    pub fn uniform(&mut self) -> f64 {
        (self.bits() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
    }

    /// A whole number below `most`. R: `sample.int(most, 1) - 1`.
    ///
    /// # Panics
    /// If `most` is 0.
    ///
    /// ```
    /// use statistics::imputation::Draws;
    /// assert_eq!(Draws::new(1).below(1), 0);
    /// ```
    pub fn below(&mut self, most: usize) -> usize {
        assert!(most > 0, "nothing to choose from");
        (((self.bits() >> 32) * most as u64) >> 32) as usize
    }

    /// A time with a constant rate, of mean 1/rate. R: `rexp(1, rate)`.
    ///
    /// ```
    /// use statistics::imputation::Draws;
    /// let (mut one, mut other) = (Draws::new(1), Draws::new(1));
    /// assert_eq!(one.exponential(2.0), other.exponential(1.0) / 2.0);
    /// ```
    pub fn exponential(&mut self, rate: f64) -> f64 {
        -(1.0 - self.uniform()).ln() / rate
    }

    /// Standard normal. R: `rnorm(1)`.
    ///
    /// ```
    /// use statistics::imputation::Draws;
    /// let mut draws = Draws::new(1);
    /// let below = (0..1000).filter(|_| draws.normal() < 0.0).count();
    /// assert!((450..550).contains(&below));
    /// ```
    pub fn normal(&mut self) -> f64 {
        Normal::STANDARD.quantile(self.uniform() + 0.5 / (1u64 << 53) as f64)
    }

    /// χ² with the given positive degrees of freedom. R: `rchisq(1, df)`.
    ///
    /// ```
    /// use statistics::imputation::Draws;
    /// let mut draws = Draws::new(1);
    /// let mean = (0..1000).map(|_| draws.chi_squared(3.0)).sum::<f64>() / 1000.0;
    /// assert!((mean - 3.0).abs() < 0.3);
    /// ```
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
