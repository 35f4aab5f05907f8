use super::EQUAL;
use crate::NotEstimable;
use crate::distribution::{Binomial, Distribution, Normal, Tail, confidence_level};
use crate::special::inverse_beta;

fn check(successes: u64, trials: u64) -> Result<(), NotEstimable> {
    if trials == 0 {
        return Err(NotEstimable::Empty { what: "trials" });
    }
    if successes > trials {
        return Err(NotEstimable::Domain {
            what: "the successes",
            value: successes as f64,
        });
    }
    Ok(())
}

/// The exact interval of Clopper and Pearson (1934). R: `binom.test(x, n)$conf.int`.
///
/// ```
/// use statistics::rates::proportion_exact;
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// // None of five: 1 − 0.025^(1/5).
/// let (lower, upper) = proportion_exact(0, 5, 0.95)?;
/// assert_eq!(lower, 0.0);
/// assert!((upper - (1.0 - 0.025f64.powf(0.2))).abs() < 1e-14);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// No trials, more successes than trials, a level that is not between 0 and 1.
pub fn proportion_exact(
    successes: u64,
    trials: u64,
    level: f64,
) -> Result<(f64, f64), NotEstimable> {
    check(successes, trials)?;
    confidence_level(level)?;
    let tail = (1.0 - level) / 2.0;
    let (x, rest) = (successes as f64, (trials - successes) as f64);
    let lower = match successes {
        0 => 0.0,
        _ => inverse_beta(x, rest + 1.0, tail, Tail::Lower).x,
    };
    let upper = match trials - successes {
        0 => 1.0,
        _ => inverse_beta(x + 1.0, rest, tail, Tail::Upper).x,
    };
    Ok((lower, upper))
}

/// The score interval of Wilson (1927), if asked with the continuity correction
/// min(½, |x − n/2|) that R takes. R: `prop.test(x, n, correct = …)$conf.int`.
///
/// ```
/// use statistics::rates::proportion_wilson;
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// // At x = 0 the upper limit is z²/(n + z²).
/// let (_, upper) = proportion_wilson(0, 10, 0.95, false)?;
/// let square = 1.959_963_984_540_054f64.powi(2);
/// assert!((upper - square / (10.0 + square)).abs() < 1e-14);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// As [`proportion_exact`].
pub fn proportion_wilson(
    successes: u64,
    trials: u64,
    level: f64,
    continuity: bool,
) -> Result<(f64, f64), NotEstimable> {
    let half = (successes as f64 - trials as f64 / 2.0).abs();
    let correction = if continuity { half.min(0.5) } else { 0.0 };
    proportion_wilson_moved((successes, trials), level, correction)
}

/// The score interval, from the count moved outwards by a correction.
pub(crate) fn proportion_wilson_moved(
    (successes, trials): (u64, u64),
    level: f64,
    correction: f64,
) -> Result<(f64, f64), NotEstimable> {
    check(successes, trials)?;
    let z = Normal::critical(level)?;
    let (x, n) = (successes as f64, trials as f64);
    let limit = |p: f64, sign: f64| {
        let half = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
        (p + z * z / (2.0 * n) + sign * half) / (1.0 + z * z / n)
    };
    let below = (x - correction) / n;
    let above = (x + correction) / n;
    let lower = if below <= 0.0 {
        0.0
    } else {
        limit(below, -1.0).max(0.0)
    };
    let upper = if above >= 1.0 {
        1.0
    } else {
        limit(above, 1.0).min(1.0)
    };
    Ok((lower, upper))
}

/// The two-sided exact p-value of a proportion: the probability of all counts that are no more
/// likely than the one seen. R: `binom.test(x, n, p)$p.value`.
///
/// ```
/// use statistics::rates::binomial_p_value;
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// // Four or none of four coins: 2/16.
/// assert!((binomial_p_value(4, 4, 0.5)? - 0.125).abs() < 1e-15);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// As [`proportion_exact`], or a probability outside [0, 1].
pub fn binomial_p_value(
    successes: u64,
    trials: u64,
    probability: f64,
) -> Result<f64, NotEstimable> {
    check(successes, trials)?;
    let distribution = Binomial::new(trials, probability)?;
    let (x, n) = (successes as f64, trials as f64);
    let bound = distribution.density(x) * EQUAL;
    let mean = n * probability;
    if x == mean {
        return Ok(1.0);
    }
    if x < mean {
        let first = first_unlikely(mean.ceil(), n, |k| distribution.density(k) <= bound);
        return Ok((distribution.lower(x) + distribution.upper(first - 1.0)).min(1.0));
    }
    // The last on the other side that is no more likely.
    let steps = first_unlikely(0.0, mean.floor() + 1.0, |step| {
        let k = mean.floor() - step;
        k < 0.0 || distribution.density(k) <= bound
    });
    let last = mean.floor() - steps;
    Ok((distribution.lower(last) + distribution.upper(x - 1.0)).min(1.0))
}

/// The first whole number in `from..=to` for which the property (once true, always true) holds;
/// `to + 1` if for none.
pub(super) fn first_unlikely(from: f64, to: f64, holds: impl Fn(f64) -> bool) -> f64 {
    let (mut low, mut high) = (from - 1.0, to + 1.0);
    while high - low > 1.0 {
        let middle = ((low + high) / 2.0).floor();
        if holds(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    high
}
