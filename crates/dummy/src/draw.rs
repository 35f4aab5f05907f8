//! Draws from the few distributions that the network needs.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Exp1, StandardNormal};
use serde::Deserialize;

/// The source of chance: one independent stream per person.
pub(crate) type Chance = ChaCha8Rng;

/// Mean days in a month.
pub(crate) const MONTH: f64 = 30.4375;
/// Mean days in a year.
pub(crate) const YEAR: f64 = 365.25;

/// A normal distribution cut off at both ends.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TruncatedNormal {
    /// Mean before cutting.
    pub mean: f64,
    /// Standard deviation before cutting.
    pub sd: f64,
    /// Smallest value.
    pub min: f64,
    /// Largest value.
    pub max: f64,
}

impl TruncatedNormal {
    pub(crate) fn draw(&self, chance: &mut Chance) -> f64 {
        loop {
            let z: f64 = chance.sample(StandardNormal);
            let value = self.mean + self.sd * z;
            if (self.min..self.max).contains(&value) {
                return value;
            }
        }
    }

    pub(crate) fn is_sound(&self) -> bool {
        self.sd > 0.0 && self.min <= self.mean && self.mean < self.max
    }
}

/// A lognormal distribution.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogNormal {
    /// Median.
    pub median: f64,
    /// Standard deviation of the logarithm.
    pub sigma: f64,
}

impl LogNormal {
    pub(crate) fn draw(&self, chance: &mut Chance) -> f64 {
        let z: f64 = chance.sample(StandardNormal);
        self.median * (self.sigma * z).exp()
    }

    /// The chance of a value above `value`.
    pub fn survival(&self, value: f64) -> f64 {
        if value <= 0.0 {
            return 1.0;
        }
        normal_tail((value / self.median).ln() / self.sigma)
    }

    pub(crate) fn is_sound(&self) -> bool {
        self.median > 0.0 && self.sigma > 0.0
    }
}

/// The chance that a standard normal value exceeds `z`.
///
/// # Method
/// The integral of the density from 0 to `z`, by Simpson's rule in steps of at most 0.01
/// (error below 1e-10).
fn normal_tail(z: f64) -> f64 {
    let bounded = z.clamp(-8.0, 8.0);
    let steps = 2 * ((bounded.abs() / 0.02).ceil() as usize).max(1);
    let width = bounded / steps as f64;
    let density = |x: f64| (-x * x / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
    let inner: f64 = (1..steps)
        .map(|step| density(step as f64 * width) * if step % 2 == 1 { 4.0 } else { 2.0 })
        .sum();
    0.5 - (density(0.0) + inner + density(bounded)) * width / 3.0
}

/// A Weibull distribution of time, told by its shape and the chance of an event within a year.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weibull {
    /// Shape; below 1 the hazard falls with time.
    pub shape: f64,
    /// Chance of an event within twelve months, without competing events.
    pub at_12_months: f64,
}

impl Weibull {
    /// The cumulative hazard after so many days, at hazard ratio 1.
    pub fn cumulative_hazard(&self, days: f64) -> f64 {
        -(1.0 - self.at_12_months).ln() * (days / YEAR).powf(self.shape)
    }

    /// Whole days until the event, at least one.
    pub(crate) fn draw(&self, hazard_ratio: f64, chance: &mut Chance) -> i32 {
        let unit: f64 = chance.sample(Exp1);
        let yearly = -(1.0 - self.at_12_months).ln() * hazard_ratio;
        let years = (unit / yearly).powf(1.0 / self.shape);
        (years * YEAR).ceil().clamp(1.0, 1e6) as i32
    }

    pub(crate) fn is_sound(&self) -> bool {
        self.shape > 0.0 && self.at_12_months > 0.0 && self.at_12_months < 1.0
    }
}

/// Whether something with this chance happens.
pub(crate) fn happens(share: f64, chance: &mut Chance) -> bool {
    chance.random_bool(share)
}

/// A whole number from `low` up to and including `high`.
pub(crate) fn between(low: i32, high: i32, chance: &mut Chance) -> i32 {
    chance.random_range(low..=high)
}

/// One of some things, each as likely.
pub(crate) fn one_of<T: Copy>(things: &[T], chance: &mut Chance) -> T {
    things[chance.random_range(0..things.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weibull_gives_the_declared_shares() {
        let weibull = Weibull {
            shape: 0.6,
            at_12_months: 0.10,
        };
        let share = |months: f64| 1.0 - (-weibull.cumulative_hazard(months * MONTH)).exp();
        assert!((share(12.0) - 0.100).abs() < 5e-4);
        assert!((share(24.0) - 0.147).abs() < 1e-3);
        assert!((share(60.0) - 0.241).abs() < 1e-3);
    }

    #[test]
    fn the_lognormal_tail_is_right() {
        let months = LogNormal {
            median: 32.0,
            sigma: 0.45,
        };
        assert!((months.survival(32.0) - 0.5).abs() < 1e-9);
        // Half a standard normal table: P(Z > 1.96) = 0.0249979.
        assert!((normal_tail(1.96) - 0.024_997_895).abs() < 1e-8);
        assert!((normal_tail(-1.0) - 0.841_344_746).abs() < 1e-8);
    }
}
