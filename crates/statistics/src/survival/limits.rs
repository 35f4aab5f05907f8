use super::SurvivalCurve;
use crate::distribution::Normal;
use crate::{NotEstimable, Transform};

/// How the lower limit knows that few are left between events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LowerLimit {
    /// It does not.
    #[default]
    Usual,
    /// Its variance is that of (1 − S)/Y, with Y at risk now (Peto).
    Peto,
    /// Its variance grows by the number at risk at the last event over that now.
    Modified,
}

/// What limits are wanted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct IntervalOptions {
    /// The scale.
    pub transform: Transform,
    /// The coverage, between 0 and 1.
    pub level: f64,
    /// The lower limit.
    pub lower: LowerLimit,
}

impl Default for IntervalOptions {
    fn default() -> Self {
        Self {
            transform: Transform::Log,
            level: 0.95,
            lower: LowerLimit::Usual,
        }
    }
}

/// Limits around a curve, time by time; `None` where there are none (at S = 0).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CurveLimits {
    /// Lower limits.
    pub lower: Vec<Option<f64>>,
    /// Upper limits.
    pub upper: Vec<Option<f64>>,
}

impl SurvivalCurve {
    /// Limits around the curve. A standard error of 0 gives survival itself; at S = 0 there
    /// are none (of a curve with robust errors, whose standard error is 0 there: 0).
    ///
    /// # Errors
    /// A level outside (0, 1).
    ///
    /// # Method
    /// Delta method on the scale; `Peto` and `Modified`: Dorey and Korn (1987). R: `conf.type`,
    /// `conf.lower`.
    ///
    /// ```
    /// use statistics::survival::{CurveOptions, IntervalOptions, Observations, SurvivalCurve};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let rows = Observations::right_censored(&[1.0, 2.0], &[true, true]);
    /// let curve = SurvivalCurve::estimate(rows, CurveOptions::default())?;
    /// let limits = curve.limits(IntervalOptions::default())?;
    /// assert!(limits.lower[0].is_some_and(|lower| lower < 0.5));
    /// assert_eq!(limits.lower[1], None);
    /// # Ok(())
    /// # }
    /// ```
    pub fn limits(&self, options: IntervalOptions) -> Result<CurveLimits, NotEstimable> {
        let z = Normal::critical(options.level)?;
        let mut limits = CurveLimits::default();
        let mut at_last_event = None;
        for (place, &survival) in self.survival.iter().enumerate() {
            let at_risk = self.counts.n_risk[place];
            if self.counts.n_event[place] > 0.0 || at_last_event.is_none() {
                at_last_event = Some(at_risk);
            }
            let error = self.log_std_err(place);
            let low = match options.lower {
                LowerLimit::Usual => error,
                LowerLimit::Peto => ((1.0 - survival) / at_risk).sqrt(),
                LowerLimit::Modified => error * (at_last_event.unwrap_or(at_risk) / at_risk).sqrt(),
            };
            let (lower, upper) = match error {
                0.0 => (Some(survival), Some(survival)),
                error if error.is_finite() && low.is_finite() => {
                    let halves = (z * low, z * error);
                    let limits = options.transform.limits_of_log(survival, halves);
                    (Some(limits.lower), Some(limits.upper))
                }
                _ => (None, None),
            };
            limits.lower.push(lower);
            limits.upper.push(upper);
        }
        Ok(limits)
    }

    /// Standard error of log survival; 0 where that of survival is.
    fn log_std_err(&self, place: usize) -> f64 {
        let error = self.std_err[place];
        match self.std_err_is_log || error == 0.0 {
            true => error,
            false => error / self.survival[place],
        }
    }
}
