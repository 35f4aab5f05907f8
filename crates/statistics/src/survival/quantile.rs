use super::{CurveLimits, SurvivalCurve};
use crate::NotEstimable;

/// Values this close count as equal: √ε, as in R's `quantile.survfit`.
const TOLERANCE: f64 = 1.490_116_119_384_765_6e-8;

impl SurvivalCurve {
    /// The time by which a share `probability` has had the event; `None` if the curve never
    /// gets that low.
    ///
    /// # Errors
    /// A probability outside [0, 1].
    ///
    /// # Method
    /// The first time with `S ≤ 1 − p`; where S stays on 1 − p for a while, the midpoint of
    /// that stretch. R: `quantile(fit, probs)`.
    ///
    /// ```
    /// use statistics::survival::{CurveOptions, Observations, SurvivalCurve};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let rows = Observations::right_censored(&[1.0, 2.0, 4.0, 5.0], &[true; 4]);
    /// let curve = SurvivalCurve::estimate(rows, CurveOptions::default())?;
    /// assert_eq!(curve.quantile(0.5)?, Some(3.0));
    /// # Ok(())
    /// # }
    /// ```
    pub fn quantile(&self, probability: f64) -> Result<Option<f64>, NotEstimable> {
        let curve = |place: usize| Some(self.survival[place]);
        crossing(&self.counts.times, curve, (probability, Passing::First))
    }
}

impl CurveLimits {
    /// The times at which the lower and the upper limits reach `1 − probability`: the limits
    /// of the quantile. `curve` is the curve that they are around.
    ///
    /// # Errors
    /// A probability outside [0, 1].
    ///
    /// # Method
    /// Brookmeyer and Crowley (1982), on the scale of the limits: the first crossing. R: the
    /// limits of the median in `print(fit)`.
    ///
    /// ```
    /// use statistics::survival::{CurveOptions, IntervalOptions, Observations, SurvivalCurve};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let exit: Vec<f64> = (1..=40).map(f64::from).collect();
    /// let curve = SurvivalCurve::estimate(
    ///     Observations::right_censored(&exit, &[true; 40]),
    ///     CurveOptions::default(),
    /// )?;
    /// let limits = curve.limits(IntervalOptions::default())?;
    /// assert_eq!(limits.quantile(&curve, 0.5)?, (Some(15.0), Some(28.0)));
    /// # Ok(())
    /// # }
    /// ```
    pub fn quantile(
        &self,
        curve: &SurvivalCurve,
        probability: f64,
    ) -> Result<(Option<f64>, Option<f64>), NotEstimable> {
        self.crossings(curve, (probability, Passing::First))
    }

    /// The same, but of limits that do not fall all the way (robust and modified ones), and so
    /// may pass the level more than once, the time of the value below it that is nearest.
    ///
    /// # Errors
    /// A probability outside [0, 1].
    ///
    /// R: `quantile(fit)$lower`, which differs from the limits in `print(fit)` then.
    ///
    /// ```
    /// use statistics::survival::{CurveOptions, IntervalOptions, Observations, SurvivalCurve};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let rows = Observations::right_censored(&[1.0, 2.0, 3.0, 4.0], &[true; 4]);
    /// let curve = SurvivalCurve::estimate(rows, CurveOptions::default())?;
    /// let limits = curve.limits(IntervalOptions::default())?;
    /// assert_eq!(limits.nearest_quantile(&curve, 0.5)?, limits.quantile(&curve, 0.5)?);
    /// # Ok(())
    /// # }
    /// ```
    pub fn nearest_quantile(
        &self,
        curve: &SurvivalCurve,
        probability: f64,
    ) -> Result<(Option<f64>, Option<f64>), NotEstimable> {
        self.crossings(curve, (probability, Passing::Nearest))
    }

    fn crossings(
        &self,
        curve: &SurvivalCurve,
        at: (f64, Passing),
    ) -> Result<(Option<f64>, Option<f64>), NotEstimable> {
        let times = &curve.counts.times;
        Ok((
            crossing(times, |place| self.lower[place], at)?,
            crossing(times, |place| self.upper[place], at)?,
        ))
    }
}

/// Which passing of the level counts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Passing {
    First,
    Nearest,
}

/// The first time at which a falling curve reaches `1 − probability`.
fn crossing(
    times: &[f64],
    value: impl Fn(usize) -> Option<f64>,
    (probability, passing): (f64, Passing),
) -> Result<Option<f64>, NotEstimable> {
    if !(0.0..=1.0).contains(&probability) {
        return Err(NotEstimable::Domain {
            what: "a probability",
            value: probability,
        });
    }
    let level = 1.0 - probability;
    let is_below = |place: usize| value(place).is_some_and(|value| value < level - TOLERANCE);
    if probability == 0.0 {
        let leaves = |place: usize| value(place).is_none() || is_below(place);
        return Ok((0..times.len()).any(leaves).then_some(0.0));
    }
    let Some(first) = reaching(times.len(), &value, (level, passing)) else {
        return Ok(None);
    };
    if is_below(first) {
        return Ok(Some(times[first]));
    }
    let last = times.len() - 1;
    let end = match (first..times.len()).find(|&place| is_below(place)) {
        Some(next) => times[next],
        None if value(last).is_some() => times[last],
        None => times[first],
    };
    Ok(Some((times[first] + end) / 2.0))
}

/// The place at which values reach a level: the first that does, or the first of those nearest.
fn reaching(
    places: usize,
    value: impl Fn(usize) -> Option<f64>,
    (level, passing): (f64, Passing),
) -> Option<usize> {
    let mut found: Option<(f64, usize)> = None;
    for place in 0..places {
        let Some(value) = value(place).filter(|value| *value <= level + TOLERANCE) else {
            continue;
        };
        if passing == Passing::First || (value - level).abs() <= TOLERANCE {
            return Some(place);
        }
        if found.is_none_or(|(nearest, _)| value > nearest) {
            found = Some((value, place));
        }
    }
    found.map(|(_, place)| place)
}
