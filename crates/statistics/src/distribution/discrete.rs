use super::{Distribution, Normal, Tail};
use crate::NotEstimable;
use crate::special::{Tails, incomplete_beta, incomplete_gamma, ln_beta_power, ln_poisson};

/// The number of successes in n independent trials. R: `pbinom(x, n, p)`.
///
/// ```
/// use statistics::distribution::{Binomial, Distribution};
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// let coins = Binomial::new(4, 0.5)?;
/// assert!((coins.lower(1.0) - 5.0 / 16.0).abs() < 1e-15);
/// assert!((coins.density(2.0) - 6.0 / 16.0).abs() < 1e-15);
/// assert_eq!(coins.quantile(0.5), 2.0);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Binomial {
    trials: f64,
    probability: f64,
}

impl Binomial {
    /// A binomial distribution.
    ///
    /// # Errors
    /// [`NotEstimable::Domain`] unless 0 ≤ probability ≤ 1.
    pub fn new(trials: u64, probability: f64) -> Result<Self, NotEstimable> {
        super::probability("the probability of success", probability)?;
        Ok(Self {
            trials: trials as f64,
            probability,
        })
    }
}

impl Distribution for Binomial {
    fn tails(&self, x: f64) -> Tails {
        let k = x.floor();
        if k < 0.0 {
            return Tails::BELOW;
        }
        if k >= self.trials {
            return Tails::BELOW.swapped();
        }
        // At most k successes: the (k + 1)-th smallest of n uniforms is above p.
        let (p, q) = (self.probability, 1.0 - self.probability);
        incomplete_beta(k + 1.0, self.trials - k, p, q).swapped()
    }

    fn ln_density(&self, x: f64) -> f64 {
        let (n, p) = (self.trials, self.probability);
        if x.fract() != 0.0 || !(0.0..=n).contains(&x) {
            return f64::NEG_INFINITY;
        }
        if p == 0.0 || p == 1.0 {
            let certain = if p == 0.0 { 0.0 } else { n };
            return if x == certain { 0.0 } else { f64::NEG_INFINITY };
        }
        // xᵃyᵇ/B(a, b) with a = k + 1 and b = n − k + 1 holds one p, one q and n + 1 too many.
        let power = ln_beta_power(x + 1.0, n - x + 1.0, p, 1.0 - p);
        power - p.ln() - (-p).ln_1p() - (n + 1.0).ln()
    }

    fn quantile_of(&self, tail: Tail, probability: f64) -> f64 {
        let mean = self.trials * self.probability;
        let sd = (mean * (1.0 - self.probability)).sqrt();
        search(self, (mean, sd), (0.0, self.trials), tail, probability)
    }
}

/// The number of events where `mean` are expected. R: `ppois(x, mean)`.
///
/// ```
/// use statistics::distribution::{Distribution, Poisson};
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// let events = Poisson::new(2.0)?;
/// assert!((events.lower(1.0) - 3.0 * (-2f64).exp()).abs() < 1e-15);
/// assert_eq!(events.quantile(0.5), 2.0);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Poisson {
    mean: f64,
}

impl Poisson {
    /// A Poisson distribution.
    ///
    /// # Errors
    /// [`NotEstimable::Domain`] unless the mean is positive and finite.
    pub fn new(mean: f64) -> Result<Self, NotEstimable> {
        super::positive("the mean", mean)?;
        Ok(Self { mean })
    }
}

impl Distribution for Poisson {
    fn tails(&self, x: f64) -> Tails {
        if x < 0.0 {
            return Tails::BELOW;
        }
        if x == f64::INFINITY {
            return Tails::BELOW.swapped();
        }
        // At most k events: the (k + 1)-th comes after the mean.
        incomplete_gamma(x.floor() + 1.0, self.mean).swapped()
    }

    fn ln_density(&self, x: f64) -> f64 {
        if x < 0.0 || x.fract() != 0.0 {
            return f64::NEG_INFINITY;
        }
        ln_poisson(x, self.mean)
    }

    fn quantile_of(&self, tail: Tail, probability: f64) -> f64 {
        let spread = (self.mean, self.mean.sqrt());
        search(self, spread, (0.0, f64::INFINITY), tail, probability)
    }
}

/// The smallest whole number whose lower tail is at least (or upper tail at most) the
/// probability, by steps of growing length from the normal approximation and halving.
fn search(
    distribution: &impl Distribution,
    (mean, sd): (f64, f64),
    (least, most): (f64, f64),
    tail: Tail,
    probability: f64,
) -> f64 {
    if !(0.0..=1.0).contains(&probability) {
        return f64::NAN;
    }
    let (to_least, to_most) = match tail {
        Tail::Lower => (0.0, 1.0),
        Tail::Upper => (1.0, 0.0),
    };
    if probability == to_least {
        return least;
    }
    if probability == to_most {
        return most;
    }
    // A probability that is met but for rounding counts as met.
    let slack = 64.0 * f64::EPSILON;
    let reached = |k: f64| match tail {
        Tail::Lower => distribution.lower(k) >= probability * (1.0 - slack),
        Tail::Upper => distribution.upper(k) <= probability * (1.0 + slack),
    };
    let z = Normal::STANDARD.quantile_of(tail, probability);
    let mut high = (mean + z * sd).round().clamp(least, most);
    let mut step = (0.1 * sd).round().max(1.0);
    while !reached(high) {
        high = (high + step).min(most);
        step *= 2.0;
    }
    let mut low = high;
    step = 1.0;
    while low >= least && reached(low) {
        high = low;
        low -= step;
        step *= 2.0;
    }
    low = low.max(least - 1.0);
    while high - low > 1.0 {
        let middle = ((low + high) / 2.0).floor();
        if reached(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    high
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probabilities_add_up() {
        let binomial = Binomial::new(13, 0.3).expect("valid");
        let poisson = Poisson::new(3.7).expect("valid");
        let (mut binomial_sum, mut poisson_sum) = (0.0, 0.0);
        for k in 0..13 {
            let k = f64::from(k);
            binomial_sum += binomial.density(k);
            poisson_sum += poisson.density(k);
            assert!((binomial.lower(k) - binomial_sum).abs() < 1e-14, "{k}");
            assert!((poisson.lower(k) - poisson_sum).abs() < 1e-14, "{k}");
        }
    }

    #[test]
    fn quantiles_turn_where_the_probability_is_reached() {
        let binomial = Binomial::new(1000, 0.013).expect("valid");
        let poisson = Poisson::new(1e4).expect("valid");
        for p in [1e-12, 0.025, 0.5, 0.9, 0.999_999] {
            for distribution in [&binomial as &dyn Distribution, &poisson] {
                let k = distribution.quantile(p);
                assert!(distribution.lower(k) >= p * (1.0 - 1e-13));
                assert!(k == 0.0 || distribution.lower(k - 1.0) < p);
                let k = distribution.upper_quantile(p);
                assert!(distribution.upper(k) <= p * (1.0 + 1e-13));
            }
        }
        assert_eq!(binomial.quantile(1.0), 1000.0);
        assert_eq!(poisson.upper_quantile(1.0), 0.0);
    }

    #[test]
    fn certain_outcomes() {
        let never = Binomial::new(5, 0.0).expect("valid");
        assert_eq!(never.density(0.0), 1.0);
        assert_eq!(never.lower(0.0), 1.0);
        assert_eq!(never.density(1.0), 0.0);
    }
}
