use crate::quantile::crossing;
use crate::{Confidence, Error, Limits, Quantile, RiskTable};

/// A survival curve.
#[derive(Clone, Debug, PartialEq)]
pub struct KaplanMeier {
    /// The days, as in the risk table.
    pub times: Vec<i32>,
    /// At risk just before each day.
    pub n_risk: Vec<u64>,
    /// Events on each day.
    pub n_event: Vec<u64>,
    /// Survival after each day.
    pub survival: Vec<f64>,
    /// Standard error of log S by Greenwood; `None` once the curve is at 0.
    pub std_err_log: Vec<Option<f64>>,
    /// Confidence limits; `None` once the curve is at 0.
    pub limits: Vec<Option<Limits>>,
    /// The day on which the curve fell to 0 although somebody entered or stayed later: an
    /// empty risk set in the middle, after which the product limit says nothing.
    pub emptied_on: Option<i32>,
}

/// The mean time without an event up to a horizon.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RestrictedMean {
    /// Days.
    pub mean: f64,
    /// Its standard error.
    pub std_err: f64,
}

/// One sweep over days: events and risk sets in, curve out.
struct Sweep {
    survival: f64,
    greenwood: Option<f64>,
}

impl Sweep {
    fn step(&mut self, events: u64, at_risk: u64) {
        if events == 0 {
            return;
        }
        let (events, at_risk) = (events as f64, at_risk as f64);
        self.survival *= 1.0 - events / at_risk;
        self.greenwood = match self.greenwood {
            Some(sum) if self.survival > 0.0 => Some(sum + events / (at_risk * (at_risk - events))),
            _ => None,
        };
    }
}

impl KaplanMeier {
    /// Estimates survival without any of the events of the table.
    /// R: `survfit(Surv(entry, exit, event) ~ 1)`.
    ///
    /// # Method
    /// Kaplan and Meier (1958) with delayed entry: `S(t) = Π (1 − d/Y)`; Greenwood's variance
    /// of log S, `Σ d / (Y (Y − d))`.
    ///
    /// ```
    /// use statistics::{Confidence, FROM_START, FollowUp, KaplanMeier, RiskTable, Transform};
    /// // Two of four die on day 3, one is censored on day 5, one dies on day 8.
    /// let rows = FollowUp {
    ///     entry: &[FROM_START; 4],
    ///     exit: &[3, 3, 5, 8],
    ///     event: &[1, 1, 0, 1],
    /// };
    /// let table = RiskTable::count(rows, 1)?;
    /// let curve = KaplanMeier::estimate(&table, Confidence::p95(Transform::Log));
    /// assert_eq!(curve.survival, [0.5, 0.5, 0.0]);
    /// # Ok::<(), statistics::Error>(())
    /// ```
    pub fn estimate(table: &RiskTable, confidence: Confidence) -> Self {
        let n_event: Vec<u64> = (0..table.times.len())
            .map(|position| table.events_at(position))
            .collect();
        Self::sweep(table, &table.n_risk, n_event, confidence)
    }

    /// Estimates how long subjects were followed: censoring is the event, and events end the
    /// follow-up before censorings on the same day do. R: `prodlim(..., reverse = TRUE)`.
    ///
    /// # Method
    /// Schemper and Smith (1996).
    ///
    /// ```
    /// use statistics::{Confidence, FROM_START, FollowUp, KaplanMeier, RiskTable, Transform};
    /// // Two of four die on day 3, one is censored on day 5, one dies on day 8.
    /// let rows = FollowUp {
    ///     entry: &[FROM_START; 4],
    ///     exit: &[3, 3, 5, 8],
    ///     event: &[1, 1, 0, 1],
    /// };
    /// let table = RiskTable::count(rows, 1)?;
    /// let curve = KaplanMeier::reverse(&table, Confidence::p95(Transform::Log));
    /// // On day 5 one of the two who are left is censored.
    /// assert_eq!(curve.survival, [1.0, 0.5, 0.5]);
    /// # Ok::<(), statistics::Error>(())
    /// ```
    pub fn reverse(table: &RiskTable, confidence: Confidence) -> Self {
        let at_risk: Vec<u64> = (0..table.times.len())
            .map(|position| table.n_risk[position] - table.events_at(position))
            .collect();
        Self::sweep(table, &at_risk, table.n_censor.clone(), confidence)
    }

    fn sweep(table: &RiskTable, n_risk: &[u64], n_event: Vec<u64>, confidence: Confidence) -> Self {
        let mut state = Sweep {
            survival: 1.0,
            greenwood: Some(0.0),
        };
        let days = table.times.len();
        let mut curve = Self {
            times: table.times.clone(),
            n_risk: n_risk.to_vec(),
            n_event: Vec::new(),
            survival: Vec::with_capacity(days),
            std_err_log: Vec::with_capacity(days),
            limits: Vec::with_capacity(days),
            emptied_on: None,
        };
        for (position, &events) in n_event.iter().enumerate() {
            state.step(events, n_risk[position]);
            let std_err_log = state.greenwood.map(f64::sqrt);
            curve.survival.push(state.survival);
            curve.std_err_log.push(std_err_log);
            curve
                .limits
                .push(std_err_log.map(|se| confidence.limits(state.survival, se * state.survival)));
        }
        curve.emptied_on = emptied_on(table, &curve.survival);
        curve.n_event = n_event;
        curve
    }

    /// Standard error of S after the day at `position`; 0 where the curve is at 0.
    /// R: `summary(fit)$std.err`.
    ///
    /// ```
    /// use statistics::{Confidence, FROM_START, FollowUp, KaplanMeier, RiskTable, Transform};
    /// // Two of four die on day 3, one is censored on day 5, one dies on day 8.
    /// let rows = FollowUp {
    ///     entry: &[FROM_START; 4],
    ///     exit: &[3, 3, 5, 8],
    ///     event: &[1, 1, 0, 1],
    /// };
    /// let table = RiskTable::count(rows, 1)?;
    /// let curve = KaplanMeier::estimate(&table, Confidence::p95(Transform::Log));
    /// // Greenwood: ½ √(2/(4 · 2)).
    /// assert_eq!(curve.std_err(0), 0.25);
    /// # Ok::<(), statistics::Error>(())
    /// ```
    pub fn std_err(&self, position: usize) -> f64 {
        self.std_err_log[position].map_or(0.0, |se| se * self.survival[position])
    }

    /// Survival after `day`. R: `summary(fit, times = day)$surv`.
    ///
    /// ```
    /// use statistics::{Confidence, FROM_START, FollowUp, KaplanMeier, RiskTable, Transform};
    /// // Two of four die on day 3, one is censored on day 5, one dies on day 8.
    /// let rows = FollowUp {
    ///     entry: &[FROM_START; 4],
    ///     exit: &[3, 3, 5, 8],
    ///     event: &[1, 1, 0, 1],
    /// };
    /// let table = RiskTable::count(rows, 1)?;
    /// let curve = KaplanMeier::estimate(&table, Confidence::p95(Transform::Log));
    /// assert_eq!((curve.survival_at(2), curve.survival_at(6)), (1.0, 0.5));
    /// # Ok::<(), statistics::Error>(())
    /// ```
    pub fn survival_at(&self, day: i32) -> f64 {
        match self.times.partition_point(|&time| time <= day) {
            0 => 1.0,
            position => self.survival[position - 1],
        }
    }

    /// The day by which a fraction `probability` has had the event, with limits where the
    /// band crosses. R: `quantile(fit)`.
    ///
    /// # Method
    /// Brookmeyer and Crowley (1982) on the chosen scale; the midpoint of a stretch on which
    /// the curve is exactly at the level.
    ///
    /// ```
    /// use statistics::Quantile;
    /// use statistics::{Confidence, FROM_START, FollowUp, KaplanMeier, RiskTable, Transform};
    /// // Two of four die on day 3, one is censored on day 5, one dies on day 8.
    /// let rows = FollowUp {
    ///     entry: &[FROM_START; 4],
    ///     exit: &[3, 3, 5, 8],
    ///     event: &[1, 1, 0, 1],
    /// };
    /// let table = RiskTable::count(rows, 1)?;
    /// let curve = KaplanMeier::estimate(&table, Confidence::p95(Transform::Log));
    /// // The curve lies at one half from day 3 until day 8.
    /// let Quantile::At { days, .. } = curve.quantile(0.5) else {
    ///     panic!("the median is reached");
    /// };
    /// assert_eq!(days, 5.5);
    /// # Ok::<(), statistics::Error>(())
    /// ```
    pub fn quantile(&self, probability: f64) -> Quantile {
        let level = 1.0 - probability;
        let band = |pick: fn(&Limits) -> f64| -> Vec<Option<f64>> {
            self.limits
                .iter()
                .map(|limits| limits.as_ref().map(pick))
                .collect()
        };
        let curve: Vec<Option<f64>> = self.survival.iter().copied().map(Some).collect();
        match crossing(&self.times, &curve, level) {
            None => Quantile::NotReached,
            Some(days) => Quantile::At {
                days,
                lower: crossing(&self.times, &band(|limits| limits.lower), level),
                upper: crossing(&self.times, &band(|limits| limits.upper), level),
            },
        }
    }

    /// The mean time without an event up to and including day `until`.
    /// R: `print(fit, rmean = until)`.
    ///
    /// # Errors
    /// A horizon beyond the last day of follow-up, unless the curve has reached 0 before.
    ///
    /// # Method
    /// The area under the curve; variance `Σ A(t)² d / (Y (Y − d))` with `A(t)` the area from
    /// `t` to the horizon (Klein and Moeschberger 2003, § 4.5).
    ///
    /// ```
    /// use statistics::{Confidence, FROM_START, FollowUp, KaplanMeier, RiskTable, Transform};
    /// // Two of four die on day 3, one is censored on day 5, one dies on day 8.
    /// let rows = FollowUp {
    ///     entry: &[FROM_START; 4],
    ///     exit: &[3, 3, 5, 8],
    ///     event: &[1, 1, 0, 1],
    /// };
    /// let table = RiskTable::count(rows, 1)?;
    /// let curve = KaplanMeier::estimate(&table, Confidence::p95(Transform::Log));
    /// // 3 days with everybody, 2 more with half of them.
    /// assert_eq!(curve.restricted_mean(5)?.mean, 4.0);
    /// # Ok::<(), statistics::Error>(())
    /// ```
    pub fn restricted_mean(&self, until: i32) -> Result<RestrictedMean, Error> {
        let last = *self.times.last().ok_or(Error::Empty)?;
        if until > last && self.survival.last().is_some_and(|&end| end > 0.0) {
            return Err(Error::BeyondFollowUp { until, last });
        }
        let (mut end, mut area, mut variance) = (until, 0.0, 0.0);
        for position in (0..self.times.len())
            .rev()
            .filter(|&p| self.times[p] <= until)
        {
            area += f64::from(end - self.times[position]) * self.survival[position];
            end = self.times[position];
            let (events, at_risk) = (self.n_event[position], self.n_risk[position]);
            if events > 0 && events < at_risk {
                variance +=
                    area * area * events as f64 / (at_risk as f64 * (at_risk - events) as f64);
            }
        }
        Ok(RestrictedMean {
            mean: area + f64::from(end),
            std_err: f64::sqrt(variance),
        })
    }
}

/// The day on which survival fell to 0, if anybody is at risk after it.
pub(crate) fn emptied_on(table: &RiskTable, survival: &[f64]) -> Option<i32> {
    let position = survival.iter().position(|&value| value <= 0.0)?;
    let later = table.n_risk[position + 1..]
        .iter()
        .any(|&at_risk| at_risk > 0);
    later.then(|| table.times[position])
}
