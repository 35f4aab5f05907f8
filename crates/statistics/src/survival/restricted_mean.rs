use super::SurvivalCurve;

/// The mean time up to a horizon.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RestrictedMean {
    /// The mean, on the clock of the times; after a start time the mean time from then on.
    pub mean: f64,
    /// Its standard error under the model (Greenwood), whatever the curve's own errors are;
    /// [`super::Influence`] has the robust one.
    pub std_err: f64,
}

impl SurvivalCurve {
    /// Where the area under the curve begins: the start time, or else 0, or the first time
    /// where that is negative.
    ///
    /// ```
    /// use statistics::survival::{CurveOptions, Observations, SurvivalCurve};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let rows = Observations::right_censored(&[1.0, 2.0], &[true, true]);
    /// let curve = SurvivalCurve::estimate(rows, CurveOptions::default())?;
    /// assert_eq!(curve.origin(), 0.0);
    /// # Ok(())
    /// # }
    /// ```
    pub fn origin(&self) -> f64 {
        let first = self.counts.times.first().copied().unwrap_or(0.0);
        self.start_time.unwrap_or_else(|| first.min(0.0))
    }

    /// The area under the curve between each time and `until`; beyond the last time the curve
    /// goes on at its level.
    pub(super) fn areas_until(&self, until: f64) -> Vec<f64> {
        let times = &self.counts.times;
        let mut areas = vec![0.0; times.len()];
        let (mut area, mut end) = (0.0, until);
        for place in (0..times.len()).rev() {
            if times[place] < until {
                area += (end - times[place]) * self.survival[place];
                end = times[place];
                areas[place] = area;
            }
        }
        areas
    }

    /// The area under the curve from its origin to `until`.
    pub(super) fn area_until(&self, until: f64) -> f64 {
        let first = self.counts.times.first().copied().unwrap_or(until);
        let later = self.areas_until(until).first().copied().unwrap_or(0.0);
        later + (first.min(until) - self.origin()).max(0.0)
    }

    /// The mean of the smaller of the event time and `until`. Beyond the last time the curve is
    /// taken to stay at its level.
    ///
    /// # Method
    /// The area under the curve; variance `Σ A(t)² D / (Y (Y − D))` with `A(t)` the area from
    /// `t` to the horizon (Klein and Moeschberger 2003, § 4.5). R: `print(fit, rmean = until)`.
    ///
    /// ```
    /// use statistics::survival::{CurveOptions, Observations, SurvivalCurve};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let rows = Observations::right_censored(&[1.0, 2.0, 3.0, 6.0], &[true; 4]);
    /// let curve = SurvivalCurve::estimate(rows, CurveOptions::default())?;
    /// assert_eq!(curve.restricted_mean(6.0).mean, 3.0);
    /// # Ok(())
    /// # }
    /// ```
    pub fn restricted_mean(&self, until: f64) -> RestrictedMean {
        let counts = &self.counts;
        let variance: f64 = self
            .areas_until(until)
            .iter()
            .enumerate()
            .map(|(place, area)| {
                let (events, at_risk) = (counts.n_event[place], counts.n_risk[place]);
                match events > 0.0 && events < at_risk {
                    true => area * area * events / (at_risk * (at_risk - events)),
                    false => 0.0,
                }
            })
            .sum();
        RestrictedMean {
            mean: self.area_until(until)
                + if self.start_time.is_some() {
                    0.0
                } else {
                    self.origin()
                },
            std_err: variance.sqrt(),
        }
    }
}
