use super::SurvivalCurve;
use crate::NotEstimable;
use crate::distribution::Normal;

/// The scale on which limits are symmetric.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scale {
    /// Survival itself; cut at 0 and 1.
    Plain,
    /// log S; cut at 1. The default of R.
    #[default]
    Log,
    /// log(−log S).
    LogLog,
    /// log(S / (1 − S)).
    Logit,
    /// arcsin √S.
    Arcsin,
}

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
    pub scale: Scale,
    /// The coverage, between 0 and 1.
    pub level: f64,
    /// The lower limit.
    pub lower: LowerLimit,
}

impl Default for IntervalOptions {
    fn default() -> Self {
        Self {
            scale: Scale::Log,
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

impl Scale {
    /// The limits around `survival` whose logarithm has the standard errors `lower` and
    /// `upper` (for the two sides), already times the normal quantile.
    fn limits(self, survival: f64, (lower, upper): (f64, f64)) -> (f64, f64) {
        let log = survival.ln();
        match self {
            Self::Plain => (
                (survival - lower * survival).max(0.0),
                (survival + upper * survival).min(1.0),
            ),
            Self::Log => ((log - lower).exp(), (log + upper).exp().min(1.0)),
            Self::LogLog => {
                let centre = (-log).ln();
                let back = |x: f64| (-x.exp()).exp();
                (back(centre - lower / log), back(centre + upper / log))
            }
            Self::Logit => {
                let centre = log - (-survival).ln_1p();
                let slope = 1.0 / (1.0 - survival);
                let back = |x: f64| 1.0 / (1.0 + (-x).exp());
                (back(centre - lower * slope), back(centre + upper * slope))
            }
            Self::Arcsin => {
                let centre = survival.sqrt().asin();
                let slope = 0.5 * (survival / (1.0 - survival)).sqrt();
                let back = |x: f64| x.sin().powi(2);
                let quarter = std::f64::consts::FRAC_PI_2;
                (
                    back((centre - lower * slope).max(0.0)),
                    back((centre + upper * slope).min(quarter)),
                )
            }
        }
    }
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
                    let pair = options.scale.limits(survival, (z * low, z * error));
                    (Some(pair.0), Some(pair.1))
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
