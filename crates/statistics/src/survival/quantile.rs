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
        crossing(&self.counts.times, curve, probability)
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
    /// Brookmeyer and Crowley (1982), on the scale of the limits. R: `quantile(fit)$lower`.
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
        let times = &curve.counts.times;
        Ok((
            crossing(times, |place| self.lower[place], probability)?,
            crossing(times, |place| self.upper[place], probability)?,
        ))
    }
}

/// The first time at which a falling curve reaches `1 − probability`.
fn crossing(
    times: &[f64],
    value: impl Fn(usize) -> Option<f64>,
    probability: f64,
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
        return Ok((0..times.len()).any(is_below).then_some(0.0));
    }
    let reaches = |place: usize| value(place).is_some_and(|value| value <= level + TOLERANCE);
    let Some(first) = (0..times.len()).find(|&place| reaches(place)) else {
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
