use serde::{Deserialize, Serialize};

/// A quantile of a survival curve.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Quantile {
    /// The curve never gets that low.
    NotReached,
    /// It does on this day.
    At {
        /// Days.
        days: f64,
        /// Where the lower band crosses, if it does.
        lower: Option<f64>,
        /// Where the upper band crosses, if it does.
        upper: Option<f64>,
    },
}

/// Values this close count as equal, as in R's `quantile.survfit` (√ of the machine epsilon).
const TOLERANCE: f64 = 1.490_116_119_384_765_6e-8;

/// The first day on which a falling curve reaches `level`.
///
/// Where the curve stays exactly on `level` for a while, the midpoint of that stretch.
/// `values` may end early (a band that has no limits any more).
pub(crate) fn crossing(times: &[i32], values: &[Option<f64>], level: f64) -> Option<f64> {
    let reaches = |value: &Option<f64>| value.is_some_and(|value| value <= level + TOLERANCE);
    let first = values.iter().position(reaches)?;
    let start = f64::from(times[first]);
    let below = |value: &Option<f64>| value.is_some_and(|value| value < level - TOLERANCE);
    if below(&values[first]) {
        return Some(start);
    }
    let end = match values.iter().position(below) {
        Some(next) => times[next],
        None if values.last().is_some_and(Option::is_some) => *times.last()?,
        None => times[first],
    };
    Some((start + f64::from(end)) / 2.0)
}

/// The quantile of rising values by linear interpolation (type 7 of Hyndman and Fan 1996,
/// the default of R); `None` without values.
///
/// ```
/// use statistics::quantile_of_sorted;
/// assert_eq!(quantile_of_sorted(&[1.0, 2.0, 3.0, 4.0], 0.25), Some(1.75));
/// assert_eq!(quantile_of_sorted(&[], 0.5), None);
/// ```
pub fn quantile_of_sorted(values: &[f64], probability: f64) -> Option<f64> {
    let last = values.len().checked_sub(1)?;
    let place = probability.clamp(0.0, 1.0) * last as f64;
    let below = place.floor() as usize;
    let above = place.ceil() as usize;
    Some(values[below] + (place - place.floor()) * (values[above] - values[below]))
}
