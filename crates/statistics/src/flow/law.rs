use super::hazard_table::HazardTable;
use super::steps::{Pieces, Steps};
use super::unless_positive;
use crate::NotEstimable;
use crate::distribution::{Distribution, Gamma, Normal};
use std::sync::{Arc, LazyLock};

/// The time until a transition, by its cumulative hazard H(u) in time u since entry of the state:
/// P(later than u) = exp(−H(u)) where no other transition comes first.
///
/// ```
/// use statistics::flow::TimeLaw;
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// let close = |a: f64, b: f64| (a - b).abs() < 1e-12;
/// assert!(close(TimeLaw::exponential(0.5)?.cumulative(4.0), 2.0));
/// assert!(close(TimeLaw::weibull(2.0, 10.0)?.cumulative(20.0), 4.0));
/// // Half are gone by exp(mean), and by the middle of four observed times.
/// assert!(close(TimeLaw::log_normal(3.0, 0.5)?.cumulative(3f64.exp()), 2f64.ln()));
/// assert!(close(TimeLaw::observed(&[1.0, 4.0, 8.0, 9.0])?.cumulative(5.0), 2f64.ln()));
/// // Shape 1 is the exponential.
/// assert!(close(TimeLaw::gamma(1.0, 0.5)?.cumulative(4.0), 2.0));
/// assert!(close(TimeLaw::piecewise(&[10.0], &[0.1, 0.2])?.cumulative(20.0), 3.0));
/// assert!(close(TimeLaw::steps(&[1.0, 3.0], &[0.25, 0.5], 0.1)?.cumulative(3.0), 0.75));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct TimeLaw {
    pub(super) shape: Shape,
    pub(super) factor: f64,
}

/// A law but for the factor of its hazard.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Shape {
    Exponential { rate: f64 },
    Weibull { shape: f64, scale: f64 },
    LogNormal { mean: f64, sd: f64 },
    Gamma { law: Gamma, time: Arc<HazardTable> },
    Pieces(Pieces),
    Steps(Steps),
}

/// When a transition comes, and, where hazards jump, after what part of the jump: of two that come
/// at one time the one with the smaller part is first, as if jumps took a while.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub(super) struct Moment {
    pub(super) time: f64,
    pub(super) part: f64,
}

impl Moment {
    pub(super) const NEVER: Self = Self {
        time: f64::INFINITY,
        part: 0.0,
    };
}

impl From<f64> for Moment {
    fn from(time: f64) -> Self {
        Self { time, part: 0.0 }
    }
}

/// z by E, P(Z > z) = exp(−E).
static NORMAL: LazyLock<HazardTable> = LazyLock::new(|| by_hazard(&Normal::STANDARD));

/// The point that is outlasted with P(X > x) = exp(−E), by E; its slope is 1 over the hazard.
fn by_hazard(law: &impl Distribution) -> HazardTable {
    HazardTable::new(|hazard| {
        let point = quantile(law, hazard);
        (point, 1.0 / hazard_of(law, point))
    })
}

impl TimeLaw {
    /// A constant hazard. R: `rexp(n, rate)`.
    ///
    /// # Errors
    /// [`NotEstimable::Domain`] unless the rate is positive.
    pub fn exponential(rate: f64) -> Result<Self, NotEstimable> {
        unless_positive("a hazard", rate)?;
        Ok(Self::of(Shape::Exponential { rate }))
    }

    /// H(u) = (u/scale)^shape. R: `rweibull(n, shape, scale)`.
    ///
    /// # Errors
    /// [`NotEstimable::Domain`] unless shape and scale are positive.
    pub fn weibull(shape: f64, scale: f64) -> Result<Self, NotEstimable> {
        unless_positive("the shape", shape)?;
        unless_positive("the scale", scale)?;
        Ok(Self::of(Shape::Weibull { shape, scale }))
    }

    /// The logarithm of the time is normal. R: `rlnorm(n, mean, sd)`.
    ///
    /// # Errors
    /// [`NotEstimable::Domain`] unless the mean is finite and the standard deviation positive.
    pub fn log_normal(mean: f64, sd: f64) -> Result<Self, NotEstimable> {
        Normal::new(mean, sd)?;
        Ok(Self::of(Shape::LogNormal { mean, sd }))
    }

    /// Gamma times. R: `rgamma(n, shape, rate)`.
    ///
    /// # Errors
    /// [`NotEstimable::Domain`] unless shape and rate are positive.
    pub fn gamma(shape: f64, rate: f64) -> Result<Self, NotEstimable> {
        let law = Gamma::new(shape, rate)?;
        let time = Arc::new(by_hazard(&law));
        Ok(Self::of(Shape::Gamma { law, time }))
    }

    /// A hazard that is constant between breaks: `rates` has one more than `breaks`, and the last
    /// holds for ever. R: `msm::rpexp(n, rates, c(0, breaks))`.
    ///
    /// # Errors
    /// Lengths that don't fit, breaks that are not positive or don't ascend, negative rates.
    pub fn piecewise(breaks: &[f64], rates: &[f64]) -> Result<Self, NotEstimable> {
        Ok(Self::of(Shape::Pieces(Pieces::new(breaks, rates)?)))
    }

    /// The steps of a fitted cumulative hazard (Nelson–Aalen, or of a Cox model for given
    /// covariates), which goes on at `tail_rate` after the last. R: `mstate::mssample`.
    ///
    /// # Errors
    /// Lengths that don't fit, times that are not positive or don't ascend, negative jumps.
    pub fn steps(times: &[f64], jumps: &[f64], tail_rate: f64) -> Result<Self, NotEstimable> {
        Ok(Self::of(Shape::Steps(Steps::new(times, jumps, tail_rate)?)))
    }

    /// Times that were observed, each equally likely; repeat one to give it more weight.
    /// R: `sample(values, n, replace = TRUE)`.
    ///
    /// # Errors
    /// No times, or one that is not positive.
    pub fn observed(values: &[f64]) -> Result<Self, NotEstimable> {
        Ok(Self::of(Shape::Steps(Steps::observed(values)?)))
    }

    /// The same with its hazard times a positive factor: a relative risk, or the share of those
    /// with this sojourn who go to one of several places. R: `basehaz(fit)$hazard * factor`.
    ///
    /// # Errors
    /// [`NotEstimable::Domain`] unless the factor is positive.
    ///
    /// ```
    /// use statistics::flow::TimeLaw;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let half = TimeLaw::exponential(0.5)?.times(0.5)?;
    /// assert_eq!(half.cumulative(4.0), 1.0);
    /// # Ok(())
    /// # }
    /// ```
    pub fn times(mut self, factor: f64) -> Result<Self, NotEstimable> {
        unless_positive("the factor of a hazard", factor)?;
        self.factor *= factor;
        Ok(self)
    }

    /// H(u) at u ≥ 0. R: `-pweibull(u, shape, scale, lower.tail = FALSE, log.p = TRUE)`.
    pub fn cumulative(&self, time: f64) -> f64 {
        self.factor
            * match &self.shape {
                Shape::Exponential { rate } => rate * time,
                Shape::Weibull { shape, scale } => (time / scale).powf(*shape),
                Shape::LogNormal { mean, sd } => {
                    -Normal::STANDARD.tails((time.ln() - mean) / sd).ln_upper
                }
                Shape::Gamma { law, .. } => -law.tails(time).ln_upper,
                Shape::Pieces(pieces) => pieces.cumulative(time),
                Shape::Steps(steps) => steps.cumulative(time),
            }
    }

    /// When the cumulative hazard is reached.
    pub(super) fn inverse(&self, hazard: f64) -> Moment {
        self.shape.inverse(hazard / self.factor)
    }

    /// The hazard at u > 0, between jumps.
    pub(super) fn rate(&self, time: f64) -> f64 {
        self.factor
            * match &self.shape {
                Shape::Exponential { rate } => *rate,
                Shape::Weibull { shape, scale } => shape / scale * (time / scale).powf(shape - 1.0),
                Shape::LogNormal { mean, sd } => {
                    hazard_of(&Normal::STANDARD, (time.ln() - mean) / sd) / (sd * time)
                }
                Shape::Gamma { law, .. } => hazard_of(law, time),
                Shape::Pieces(pieces) => pieces.rate(time),
                Shape::Steps(steps) => steps.rate(time),
            }
    }

    /// Where the hazard jumps or breaks, in ascending order.
    pub(super) fn breaks(&self) -> &[f64] {
        match &self.shape {
            Shape::Pieces(pieces) => &pieces.from,
            Shape::Steps(steps) => &steps.times,
            _ => &[],
        }
    }

    /// The jump of the cumulative hazard at a time.
    pub(super) fn jump(&self, time: f64) -> f64 {
        let Shape::Steps(steps) = &self.shape else {
            return 0.0;
        };
        match steps.times.binary_search_by(|at| at.total_cmp(&time)) {
            Ok(0) => self.factor * steps.cumulative[0],
            Ok(at) => self.factor * (steps.cumulative[at] - steps.cumulative[at - 1]),
            Err(_) => 0.0,
        }
    }

    /// The cumulative hazard of all time.
    pub(super) fn total(&self) -> f64 {
        self.factor
            * match &self.shape {
                Shape::Pieces(pieces) => pieces.total(),
                Shape::Steps(steps) => steps.total(),
                _ => f64::INFINITY,
            }
    }

    fn of(shape: Shape) -> Self {
        Self { shape, factor: 1.0 }
    }
}

impl Shape {
    /// When the cumulative hazard is reached.
    pub(super) fn inverse(&self, hazard: f64) -> Moment {
        if hazard == f64::INFINITY {
            return Moment::NEVER;
        }
        match self {
            Self::Exponential { rate } => (hazard / rate).into(),
            Self::Weibull { shape, scale } => (scale * hazard.powf(1.0 / shape)).into(),
            Self::LogNormal { mean, sd } => (mean + sd * NORMAL.at(hazard)).exp().into(),
            Self::Gamma { time, .. } => time.at(hazard).into(),
            Self::Pieces(pieces) => pieces.inverse(hazard).into(),
            Self::Steps(steps) => {
                let (time, part) = steps.inverse(hazard);
                Moment { time, part }
            }
        }
    }
}

/// The point with P(X > x) = exp(−E), from the smaller tail.
fn quantile(law: &impl Distribution, hazard: f64) -> f64 {
    match hazard < std::f64::consts::LN_2 {
        true => law.quantile(-(-hazard).exp_m1()),
        false => law.upper_quantile((-hazard).exp()),
    }
}

/// Density over upper tail.
fn hazard_of(law: &impl Distribution, at: f64) -> f64 {
    (law.ln_density(at) - law.tails(at).ln_upper).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back_for_every_law() -> Result<(), NotEstimable> {
        let laws = [
            TimeLaw::exponential(0.01)?,
            TimeLaw::weibull(0.7, 200.0)?,
            TimeLaw::log_normal(5.0, 1.2)?,
            TimeLaw::gamma(0.4, 0.002)?,
            TimeLaw::gamma(6.0, 0.02)?.times(1.7)?,
            TimeLaw::piecewise(&[30.0, 300.0], &[0.02, 0.001, 0.005])?,
        ];
        for (law, exponent) in laws.iter().flat_map(|law| (-60..10).map(move |e| (law, e))) {
            let hazard = (f64::from(exponent) / 4.0).exp();
            let back = law.cumulative(law.inverse(hazard).time);
            assert!(
                (back / hazard - 1.0).abs() < 1e-6,
                "{law:?} {hazard} {back}"
            );
        }
        Ok(())
    }

    #[test]
    fn the_rate_is_the_slope_of_the_cumulative_hazard() -> Result<(), NotEstimable> {
        let laws = [
            TimeLaw::exponential(0.01)?,
            TimeLaw::weibull(0.7, 200.0)?.times(0.3)?,
            TimeLaw::log_normal(5.0, 1.2)?,
            TimeLaw::gamma(2.5, 0.02)?,
            TimeLaw::piecewise(&[30.0, 300.0], &[0.02, 0.001, 0.005])?,
            TimeLaw::steps(&[30.0], &[0.02], 0.001)?,
        ];
        for law in &laws {
            for time in [3.0, 50.0, 400.0] {
                let slope = (law.cumulative(time + 1e-3) - law.cumulative(time - 1e-3)) / 2e-3;
                assert!((law.rate(time) - slope).abs() < 1e-8, "{law:?}");
            }
        }
        Ok(())
    }
}
