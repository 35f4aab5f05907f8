use super::proportion::first_unlikely;
use super::{EQUAL, binomial_p_value, proportion_exact};
use crate::NotEstimable;
use crate::distribution::{Distribution, Normal, Poisson, Tail, confidence_level};
use crate::special::inverse_gamma;

fn check(time: f64) -> Result<(), NotEstimable> {
    if time.is_finite() && time > 0.0 {
        return Ok(());
    }
    Err(NotEstimable::Domain {
        what: "the person-time",
        value: time,
    })
}

/// The exact interval of Garwood (1936) for events per unit of time.
/// R: `poisson.test(x, time)$conf.int`, `survival::cipoisson`.
///
/// ```
/// use statistics::rates::rate_exact;
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// // No events: −ln 0.025 / time.
/// let (lower, upper) = rate_exact(0, 10.0, 0.95)?;
/// assert_eq!(lower, 0.0);
/// assert!((upper + 0.025f64.ln() / 10.0).abs() < 1e-14);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// Time that is not positive, a level that is not between 0 and 1.
pub fn rate_exact(events: u64, time: f64, level: f64) -> Result<(f64, f64), NotEstimable> {
    check(time)?;
    confidence_level(level)?;
    let (x, tail) = (events as f64, (1.0 - level) / 2.0);
    let lower = match events {
        0 => 0.0,
        _ => inverse_gamma(x, tail, Tail::Lower),
    };
    Ok((
        lower / time,
        inverse_gamma(x + 1.0, tail, Tail::Upper) / time,
    ))
}

/// The interval from Anscombe's root: (√(x − ⅛) − z/2)² and (√(x + ⅞) + z/2)².
///
/// Without events there is no lower limit (R gives NaN).
///
/// ```
/// use statistics::rates::rate_anscombe;
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// let (lower, upper) = rate_anscombe(30, 1.0, 0.95)?;
/// assert!((lower.unwrap() - 20.13).abs() < 0.01);
/// assert!((upper - 42.72).abs() < 0.01);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// As [`rate_exact`].
pub fn rate_anscombe(
    events: u64,
    time: f64,
    level: f64,
) -> Result<(Option<f64>, f64), NotEstimable> {
    check(time)?;
    let half = Normal::critical(level)? / 2.0;
    let x = events as f64;
    let lower = (events > 0).then(|| ((x - 0.125).sqrt() - half).powi(2) / time);
    Ok((lower, ((x + 0.875).sqrt() + half).powi(2) / time))
}

/// The two-sided exact p-value of a rate: the probability of all counts that are no more likely
/// than the one seen. R: `poisson.test(x, time, rate)$p.value`.
///
/// ```
/// use statistics::rates::poisson_p_value;
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// // No events where one is expected: e⁻¹, and two or more than that are all less likely.
/// let p = poisson_p_value(0, 1.0, 1.0)?;
/// assert_eq!(p, 1.0); // P(1) = P(0): every count is no more likely
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// A time or rate that is not positive.
pub fn poisson_p_value(events: u64, time: f64, rate: f64) -> Result<f64, NotEstimable> {
    check(time)?;
    let mean = rate * time;
    let distribution = Poisson::new(mean)?;
    let x = events as f64;
    if x == mean {
        return Ok(1.0);
    }
    let bound = distribution.density(x) * EQUAL;
    if x < mean {
        let mut far = (2.0 * mean).ceil().max(1.0);
        while distribution.density(far) > bound {
            far *= 2.0;
        }
        let first = first_unlikely(mean.ceil(), far, |k| distribution.density(k) <= bound);
        return Ok((distribution.lower(x) + distribution.upper(first - 1.0)).min(1.0));
    }
    let steps = first_unlikely(0.0, mean.floor() + 1.0, |step| {
        let k = mean.floor() - step;
        k < 0.0 || distribution.density(k) <= bound
    });
    let below = distribution.lower(mean.floor() - steps);
    Ok((below + distribution.upper(x - 1.0)).min(1.0))
}

/// The ratio of two rates with its exact interval and test, given the total number of events.
///
/// # Method
/// Given the total, the first count is binomial with odds equal to the ratio of expected counts.
///
/// ```
/// use statistics::rates::RateRatio;
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// let ratio = RateRatio::estimate([11, 3], [800.0, 1083.0], 0.95)?;
/// assert!((ratio.value - 4.96375).abs() < 1e-12);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RateRatio {
    /// The first rate over the second; infinite if only the first has events.
    pub value: f64,
    /// Lower limit.
    pub lower: f64,
    /// Upper limit; may be infinite.
    pub upper: f64,
    /// Of the test that the rates are equal.
    pub p_value: f64,
}

impl RateRatio {
    /// Compares two rates. R: `poisson.test(events, time)`.
    ///
    /// # Errors
    /// No events at all, time that is not positive, a level that is not between 0 and 1.
    pub fn estimate(events: [u64; 2], time: [f64; 2], level: f64) -> Result<Self, NotEstimable> {
        check(time[0])?;
        check(time[1])?;
        let total = events[0] + events[1];
        if total == 0 {
            return Err(NotEstimable::NoEvents);
        }
        let (lower, upper) = proportion_exact(events[0], total, level)?;
        let ratio = |p: f64| p / (1.0 - p) * time[1] / time[0];
        Ok(Self {
            value: (events[0] as f64 / time[0]) / (events[1] as f64 / time[1]),
            lower: ratio(lower),
            upper: ratio(upper),
            p_value: binomial_p_value(events[0], total, time[0] / (time[0] + time[1]))?,
        })
    }
}
