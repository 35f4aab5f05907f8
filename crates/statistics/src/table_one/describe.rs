use crate::NotEstimable;

/// 1 / Φ⁻¹(¾): makes the median absolute deviation estimate the standard deviation of normal
/// data; the four decimals are R's (`mad(constant = 1.4826)`).
const MAD_CONSTANT: f64 = 1.4826;

/// A numeric variable in a few numbers. R: `summary`, `psych::describe`.
///
/// ```
/// use statistics::table_one::Description;
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// let description = Description::of(&[1.0, 2.0, 3.0, 10.0])?;
/// assert_eq!((description.n, description.mean, description.median), (4, 4.0, 2.5));
/// assert_eq!(description.mad, 1.4826);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Description {
    /// Values.
    pub n: usize,
    /// Mean.
    pub mean: f64,
    /// Standard deviation; `None` for one value.
    pub sd: Option<f64>,
    /// Median.
    pub median: f64,
    /// Median absolute deviation from the median, times 1.4826.
    pub mad: f64,
}

impl Description {
    /// Describes finite values.
    ///
    /// # Errors
    /// No values, or values that are not finite.
    pub fn of(values: &[f64]) -> Result<Self, NotEstimable> {
        let sorted = sorted(values)?;
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        let median = quantile_of(&sorted, 0.5, QuantileType::Type7);
        let mut deviations: Vec<f64> = values.iter().map(|value| (value - median).abs()).collect();
        deviations.sort_by(f64::total_cmp);
        Ok(Self {
            n: values.len(),
            mean,
            sd: (values.len() > 1).then(|| (squares / (n - 1.0)).sqrt()),
            median,
            mad: MAD_CONSTANT * quantile_of(&deviations, 0.5, QuantileType::Type7),
        })
    }
}

fn sorted(values: &[f64]) -> Result<Vec<f64>, NotEstimable> {
    if values.is_empty() {
        return Err(NotEstimable::Empty { what: "values" });
    }
    NotEstimable::unless_finite("a variable", values)?;
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    Ok(sorted)
}

/// The nine sample quantiles of Hyndman and Fan (1996). R: `quantile(type = …)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuantileType {
    /// Inverse of the empirical distribution.
    Type1,
    /// The same, averaged at jumps.
    Type2,
    /// The nearest order statistic, even ones at ties (SAS).
    Type3,
    /// Linear interpolation of the empirical distribution.
    Type4,
    /// Piecewise linear with knots midway through the steps.
    Type5,
    /// By expectations of uniform order statistics (Minitab, SPSS).
    Type6,
    /// By modes of uniform order statistics (the default of R).
    Type7,
    /// By medians of order statistics: unbiased whatever the distribution.
    Type8,
    /// Unbiased for normal data.
    Type9,
}

impl QuantileType {
    /// By its number, 1 to 9. R: `quantile(type = number)`.
    ///
    /// ```
    /// use statistics::table_one::QuantileType;
    /// assert_eq!(QuantileType::numbered(7), Some(QuantileType::Type7));
    /// assert_eq!(QuantileType::numbered(10), None);
    /// ```
    pub fn numbered(number: u8) -> Option<Self> {
        Some(match number {
            1 => Self::Type1,
            2 => Self::Type2,
            3 => Self::Type3,
            4 => Self::Type4,
            5 => Self::Type5,
            6 => Self::Type6,
            7 => Self::Type7,
            8 => Self::Type8,
            9 => Self::Type9,
            _ => return None,
        })
    }
}

/// A quantile of finite values (in any order). R: `quantile(x, p, type)`.
///
/// ```
/// use statistics::table_one::{QuantileType, quantile};
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// let values = [4.0, 1.0, 3.0, 2.0];
/// assert_eq!(quantile(&values, 0.25, QuantileType::Type7)?, 1.75);
/// assert_eq!(quantile(&values, 0.25, QuantileType::Type6)?, 1.25);
/// assert_eq!(quantile(&values, 0.5, QuantileType::Type1)?, 2.0);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// No values, values that are not finite, a probability outside [0, 1].
pub fn quantile(values: &[f64], probability: f64, kind: QuantileType) -> Result<f64, NotEstimable> {
    if !(0.0..=1.0).contains(&probability) {
        return Err(NotEstimable::Domain {
            what: "the probability",
            value: probability,
        });
    }
    Ok(quantile_of(&sorted(values)?, probability, kind))
}

fn quantile_of(sorted: &[f64], p: f64, kind: QuantileType) -> f64 {
    let n = sorted.len() as f64;
    // A place that is whole but for rounding is whole.
    let fuzz = 4.0 * f64::EPSILON;
    let at = |place: f64| sorted[(place.clamp(1.0, n)) as usize - 1];
    let stepwise = |shift: f64, at_jump: fn(f64) -> f64| {
        let place = n * p + shift;
        let below = (place + fuzz).floor();
        let rest = if (place - below).abs() <= fuzz * place.abs().max(1.0) {
            at_jump(below)
        } else {
            1.0
        };
        (1.0 - rest) * at(below) + rest * at(below + 1.0)
    };
    let interpolated = |a: f64, b: f64| {
        let place = a + p * (n + 1.0 - a - b);
        let below = (place + fuzz).floor();
        let rest = place - below;
        let rest = if rest.abs() < fuzz { 0.0 } else { rest };
        let (low, high) = (at(below), at(below + 1.0));
        if rest == 0.0 {
            low
        } else {
            low + rest * (high - low)
        }
    };
    match kind {
        QuantileType::Type1 => stepwise(0.0, |_| 0.0),
        QuantileType::Type2 => stepwise(0.0, |_| 0.5),
        QuantileType::Type3 => stepwise(-0.5, |below| f64::from(u8::from(below % 2.0 != 0.0))),
        QuantileType::Type4 => interpolated(0.0, 1.0),
        QuantileType::Type5 => interpolated(0.5, 0.5),
        QuantileType::Type6 => interpolated(0.0, 0.0),
        QuantileType::Type7 => interpolated(1.0, 1.0),
        QuantileType::Type8 => interpolated(1.0 / 3.0, 1.0 / 3.0),
        QuantileType::Type9 => interpolated(3.0 / 8.0, 3.0 / 8.0),
    }
}
