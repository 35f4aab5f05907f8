use super::{CurveLimits, SurvivalCurve};

/// A curve at a chosen time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AtTime {
    /// The time.
    pub time: f64,
    /// At risk just before the first time of the curve from here on; 0 beyond the last.
    pub n_risk: f64,
    /// Events since the chosen time before.
    pub n_event: f64,
    /// Censored since then.
    pub n_censor: f64,
    /// Entered since then; 0 unless the curve lists entries.
    pub n_enter: f64,
    /// Survival.
    pub survival: f64,
    /// Its standard error on its own scale; `None` where only that of log S is known (S = 0).
    pub std_err: Option<f64>,
    /// Lower limit.
    pub lower: Option<f64>,
    /// Upper limit.
    pub upper: Option<f64>,
    /// The cumulative hazard.
    pub hazard: f64,
    /// Its standard error.
    pub hazard_std_err: f64,
}

impl SurvivalCurve {
    /// The curve at these times, in rising order. Before its first time survival is 1; beyond
    /// its last it stays as it was, and nobody is at risk.
    ///
    /// R: `summary(fit, times = , extend = TRUE)`.
    ///
    /// ```
    /// use statistics::survival::{CurveOptions, Observations, SurvivalCurve};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let rows = Observations::right_censored(&[1.0, 2.0, 3.0, 6.0], &[true; 4]);
    /// let curve = SurvivalCurve::estimate(rows, CurveOptions::default())?;
    /// let at = curve.at(&[2.5, 0.5], None);
    /// assert_eq!((at[0].survival, at[0].n_risk), (1.0, 4.0));
    /// assert_eq!((at[1].survival, at[1].n_risk, at[1].n_event), (0.5, 2.0, 2.0));
    /// # Ok(())
    /// # }
    /// ```
    pub fn at(&self, times: &[f64], limits: Option<&CurveLimits>) -> Vec<AtTime> {
        let mut times: Vec<f64> = times
            .iter()
            .copied()
            .filter(|time| !time.is_nan())
            .collect();
        times.sort_by(f64::total_cmp);
        let mut from = 0;
        let row = |time: f64| {
            let until = self.counts.times.partition_point(|&known| known <= time);
            let since = from;
            from = until;
            self.row(time, (since, until), limits)
        };
        times.into_iter().map(row).collect()
    }

    fn row(
        &self,
        time: f64,
        (since, until): (usize, usize),
        limits: Option<&CurveLimits>,
    ) -> AtTime {
        let counts = &self.counts;
        let at_risk = counts.times.partition_point(|&known| known < time);
        let total = |values: &[f64]| {
            values
                .get(since..until)
                .map_or(0.0, |part| part.iter().sum())
        };
        let place = until.checked_sub(1);
        let limit = |pick: fn(&CurveLimits) -> &Vec<Option<f64>>| {
            limits.and_then(|limits| place.map_or(Some(1.0), |place| pick(limits)[place]))
        };
        AtTime {
            time,
            n_risk: counts.n_risk.get(at_risk).copied().unwrap_or(0.0),
            n_event: total(&counts.n_event),
            n_censor: total(&counts.n_censor),
            n_enter: total(&counts.n_enter),
            survival: place.map_or(1.0, |place| self.survival[place]),
            std_err: place.map_or(Some(0.0), |place| self.plain_std_err(place)),
            lower: limit(|limits| &limits.lower),
            upper: limit(|limits| &limits.upper),
            hazard: place.map_or(0.0, |place| self.hazard[place]),
            hazard_std_err: place.map_or(0.0, |place| self.hazard_std_err[place]),
        }
    }
}
