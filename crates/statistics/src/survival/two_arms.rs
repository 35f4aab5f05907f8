use super::{CurveOptions, Observations, RestrictedMean, SurvivalCurve};
use crate::NotEstimable;
use crate::distribution::Normal;

/// An effect with its limits and the p-value of no effect.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Contrast {
    /// The effect.
    pub estimate: f64,
    /// Lower limit.
    pub lower: f64,
    /// Upper limit.
    pub upper: f64,
    /// Two-sided p-value.
    pub p: f64,
}

/// Restricted means of two arms up to one horizon.
///
/// # Method
/// Uno et al. (2014): areas under Kaplan–Meier curves with Greenwood errors, ratios on the log
/// scale. R: `survRM2::rmst2`.
///
/// ```
/// use statistics::survival::{Observations, RestrictedMeans};
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// let control = Observations::right_censored(&[1.0, 2.0, 3.0, 4.0], &[true; 4]);
/// let treated = Observations::right_censored(&[2.0, 4.0, 6.0, 8.0], &[true; 4]);
/// let means = RestrictedMeans::of([control, treated], Some(4.0))?;
/// assert_eq!(means.difference(0.95)?.estimate, 1.0);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RestrictedMeans {
    /// The horizon.
    pub until: f64,
    /// The means of the control arm and the treated arm.
    pub arms: [RestrictedMean; 2],
}

impl RestrictedMeans {
    /// Estimates the means of a control arm and a treated arm. Without a horizon it is the
    /// shorter of both follow-ups.
    ///
    /// # Errors
    /// As [`SurvivalCurve::estimate`], and a horizon beyond the follow-up of an arm in which
    /// not everybody has had the event by then, or not above 0.
    ///
    /// ```
    /// use statistics::survival::{Observations, RestrictedMeans};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let control = Observations::right_censored(&[1.0, 2.0, 3.0, 4.0], &[true; 4]);
    /// let treated = Observations::right_censored(&[2.0, 4.0, 6.0, 8.0], &[true; 4]);
    /// let means = RestrictedMeans::of([control, treated], Some(4.0))?;
    /// assert_eq!((means.arms[0].mean, means.arms[1].mean), (2.5, 3.5));
    /// # Ok(())
    /// # }
    /// ```
    pub fn of(arms: [Observations<'_>; 2], until: Option<f64>) -> Result<Self, NotEstimable> {
        let curves = [
            SurvivalCurve::estimate(arms[0], CurveOptions::default())?,
            SurvivalCurve::estimate(arms[1], CurveOptions::default())?,
        ];
        let until = horizon(&curves, until)?;
        Ok(Self {
            until,
            arms: curves.map(|curve| curve.restricted_mean(until)),
        })
    }

    /// The limits of the mean of an arm (0: control, 1: treated). R: `rmst2(...)$RMST.arm0$rmst`.
    ///
    /// # Errors
    /// A level outside (0, 1).
    ///
    /// ```
    /// use statistics::survival::{Observations, RestrictedMeans};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let control = Observations::right_censored(&[1.0, 2.0, 3.0, 4.0], &[true; 4]);
    /// let treated = Observations::right_censored(&[2.0, 4.0, 6.0, 8.0], &[true; 4]);
    /// let means = RestrictedMeans::of([control, treated], Some(4.0))?;
    /// let (lower, upper) = means.limits(0, 0.95)?;
    /// assert!((0.5 * (lower + upper) - 2.5).abs() < 1e-14);
    /// # Ok(())
    /// # }
    /// ```
    pub fn limits(&self, arm: usize, level: f64) -> Result<(f64, f64), NotEstimable> {
        let half = Normal::critical(level)? * self.arms[arm].std_err;
        Ok((self.arms[arm].mean - half, self.arms[arm].mean + half))
    }

    /// Treated minus control. R: `rmst2(...)$unadjusted.result`, as the next two.
    ///
    /// # Errors
    /// A level outside (0, 1), and no events in either arm.
    ///
    /// ```
    /// use statistics::survival::{Observations, RestrictedMeans};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let control = Observations::right_censored(&[1.0, 2.0, 3.0, 4.0], &[true; 4]);
    /// let treated = Observations::right_censored(&[2.0, 4.0, 6.0, 8.0], &[true; 4]);
    /// let means = RestrictedMeans::of([control, treated], Some(4.0))?;
    /// assert_eq!(means.difference(0.95)?.estimate, 1.0);
    /// # Ok(())
    /// # }
    /// ```
    pub fn difference(&self, level: f64) -> Result<Contrast, NotEstimable> {
        let [control, treated] = self.arms;
        let std_err = control.std_err.hypot(treated.std_err);
        contrast(treated.mean - control.mean, std_err, level, |x| x)
    }

    /// The mean of the treated arm over that of the control arm.
    ///
    /// # Errors
    /// As [`Self::difference`], and a mean that is not above 0.
    ///
    /// ```
    /// use statistics::survival::{Observations, RestrictedMeans};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let control = Observations::right_censored(&[1.0, 2.0, 3.0, 4.0], &[true; 4]);
    /// let treated = Observations::right_censored(&[2.0, 4.0, 6.0, 8.0], &[true; 4]);
    /// let means = RestrictedMeans::of([control, treated], Some(4.0))?;
    /// assert!((means.ratio(0.95)?.estimate - 3.5 / 2.5).abs() < 1e-14);
    /// # Ok(())
    /// # }
    /// ```
    pub fn ratio(&self, level: f64) -> Result<Contrast, NotEstimable> {
        ratio(self.arms, level)
    }

    /// The mean time lost in the treated arm over that in the control arm.
    ///
    /// # Errors
    /// As [`Self::difference`], and an arm in which nothing is lost.
    ///
    /// ```
    /// use statistics::survival::{Observations, RestrictedMeans};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let control = Observations::right_censored(&[1.0, 2.0, 3.0, 4.0], &[true; 4]);
    /// let treated = Observations::right_censored(&[2.0, 4.0, 6.0, 8.0], &[true; 4]);
    /// let means = RestrictedMeans::of([control, treated], Some(4.0))?;
    /// assert!((means.loss_ratio(0.95)?.estimate - 0.5 / 1.5).abs() < 1e-14);
    /// # Ok(())
    /// # }
    /// ```
    pub fn loss_ratio(&self, level: f64) -> Result<Contrast, NotEstimable> {
        let lost = |arm: RestrictedMean| RestrictedMean {
            mean: self.until - arm.mean,
            ..arm
        };
        ratio(self.arms.map(lost), level)
    }
}

fn ratio([control, treated]: [RestrictedMean; 2], level: f64) -> Result<Contrast, NotEstimable> {
    for arm in [control, treated] {
        if arm.mean <= 0.0 {
            return Err(NotEstimable::Domain {
                what: "a mean of which a ratio is taken",
                value: arm.mean,
            });
        }
    }
    let std_err = (control.std_err / control.mean).hypot(treated.std_err / treated.mean);
    contrast((treated.mean / control.mean).ln(), std_err, level, f64::exp)
}

fn contrast(
    centre: f64,
    std_err: f64,
    level: f64,
    back: fn(f64) -> f64,
) -> Result<Contrast, NotEstimable> {
    if std_err == 0.0 {
        return Err(NotEstimable::NoEvents);
    }
    let half = Normal::critical(level)? * std_err;
    Ok(Contrast {
        estimate: back(centre),
        lower: back(centre - half),
        upper: back(centre + half),
        p: Normal::two_sided(centre / std_err),
    })
}

/// The horizon, if both curves are known up to there.
fn horizon(curves: &[SurvivalCurve; 2], until: Option<f64>) -> Result<f64, NotEstimable> {
    let last = |curve: &SurvivalCurve| curve.counts.times.last().copied().unwrap_or(0.0);
    let until = until.unwrap_or_else(|| last(&curves[0]).min(last(&curves[1])));
    let is_known = |curve: &SurvivalCurve| {
        until <= last(curve) || curve.survival.last().is_some_and(|&end| end <= 0.0)
    };
    if !(until > 0.0 && until.is_finite() && curves.iter().all(is_known)) {
        return Err(NotEstimable::Domain {
            what: "the horizon (beyond the follow-up of an arm, or not above 0)",
            value: until,
        });
    }
    Ok(until)
}
