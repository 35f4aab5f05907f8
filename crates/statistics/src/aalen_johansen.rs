use crate::kaplan_meier::emptied_on;
use crate::risk::Days;
use crate::{Confidence, Error, FROM_START, FollowUp, Limits, RiskTable};

/// Cumulative incidence of competing events from one initial state.
#[derive(Clone, Debug, PartialEq)]
pub struct AalenJohansen {
    /// Days, risk sets and events.
    pub table: RiskTable,
    /// The probability that no event has happened, after each day.
    pub event_free: Vec<f64>,
    /// One curve per cause.
    pub causes: Vec<CauseCurve>,
    /// The day on which nobody was left although somebody entered or stayed later.
    pub emptied_on: Option<i32>,
}

/// The cumulative incidence of one cause.
#[derive(Clone, Debug, PartialEq)]
pub struct CauseCurve {
    /// The probability that this event has happened, after each day.
    pub incidence: Vec<f64>,
    /// Its standard error.
    pub std_err: Vec<f64>,
    /// Confidence limits.
    pub limits: Vec<Limits>,
}

impl AalenJohansen {
    /// Estimates the cumulative incidence of event codes 1 to `causes`.
    /// R: `survfit(Surv(exit, factor(event)) ~ 1)`.
    ///
    /// # Errors
    /// As [`RiskTable::count`].
    ///
    /// # Method
    /// Aalen and Johansen (1978). The variance is the infinitesimal jackknife with every row a
    /// subject of its own, as in R `survival`: `Σ U²`, `U` a subject's influence on the
    /// estimate. One sweep keeps the second moments of all influences; each subject's own
    /// influence is needed only on the day it leaves, and is then a closed form of prefix sums
    /// at its entry and exit (docs/methods/survival.md).
    ///
    /// ```
    /// use statistics::{AalenJohansen, Confidence, FROM_START, FollowUp, Transform};
    /// // The first of four leaves for cause 1, the second for cause 2.
    /// let rows = FollowUp {
    ///     entry: &[FROM_START; 4],
    ///     exit: &[3, 5, 9, 9],
    ///     event: &[1, 2, 0, 0],
    /// };
    /// let curves = AalenJohansen::estimate(rows, 2, Confidence::p95(Transform::Log))?;
    /// assert_eq!(curves.causes[1].incidence, [0.0, 0.25, 0.25]);
    /// assert_eq!(curves.event_free, [0.75, 0.5, 0.5]);
    /// # Ok::<(), statistics::Error>(())
    /// ```
    pub fn estimate(
        rows: FollowUp<'_>,
        causes: usize,
        confidence: Confidence,
    ) -> Result<Self, Error> {
        let table = RiskTable::count(rows, causes)?;
        let prefixes = Prefixes::over(&table);
        let leavers = Leavers::of(rows, &table, &prefixes);
        let variance = Moments::sweep(&table, &prefixes, &leavers);
        let curves = prefixes.incidence.into_iter().zip(variance);
        let causes = curves
            .map(|(incidence, variance)| CauseCurve::new(incidence, variance, confidence))
            .collect();
        Ok(Self {
            emptied_on: emptied_on(&table, &prefixes.event_free),
            event_free: prefixes.event_free,
            causes,
            table,
        })
    }
}

/// A variance below this is rounding: it would take 10¹⁵ subjects to be real.
const ROUNDING: f64 = 1e-16;

fn std_err(variance: f64) -> f64 {
    if variance < ROUNDING {
        0.0
    } else {
        variance.sqrt()
    }
}

impl CauseCurve {
    fn new(incidence: Vec<f64>, variance: Vec<f64>, confidence: Confidence) -> Self {
        let std_err: Vec<f64> = variance.iter().map(|&v| std_err(v)).collect();
        let limits = incidence
            .iter()
            .zip(&std_err)
            .map(|(&p, &se)| confidence.limits(p, se))
            .collect();
        Self {
            incidence,
            std_err,
            limits,
        }
    }

    /// The probability that the event has happened by the day at `position`; 0 before any.
    /// R: `summary(fit, times)$pstate`.
    ///
    /// ```
    /// use statistics::{AalenJohansen, Confidence, FROM_START, FollowUp, Transform};
    /// // The first of four leaves for cause 1, the second for cause 2.
    /// let rows = FollowUp {
    ///     entry: &[FROM_START; 4],
    ///     exit: &[3, 5, 9, 9],
    ///     event: &[1, 2, 0, 0],
    /// };
    /// let curves = AalenJohansen::estimate(rows, 2, Confidence::p95(Transform::Log))?;
    /// let until_day_6 = curves.table.last_position_until(6);
    /// assert_eq!(curves.causes[1].at(until_day_6), 0.25);
    /// assert_eq!(curves.causes[1].at(None), 0.0);
    /// # Ok::<(), statistics::Error>(())
    /// ```
    pub fn at(&self, position: Option<usize>) -> f64 {
        position.map_or(0.0, |position| self.incidence[position])
    }
}

/// Running sums after each day. With `h` the hazard of any event on a day, `h_k` that of cause
/// k, `Y` the number at risk and `S` the probability just before the day:
struct Prefixes {
    /// `Π (1 − h)`.
    event_free: Vec<f64>,
    /// Per cause `Σ S h_k`.
    incidence: Vec<Vec<f64>>,
    /// `Σ h / (Y (1 − h))`; a day on which all are gone adds nothing.
    relative: Vec<f64>,
    /// Per cause `Σ S h_k (r − 1/Y)`, with `r` the sum `relative` before the day.
    weighted: Vec<Vec<f64>>,
}

impl Prefixes {
    fn over(table: &RiskTable) -> Self {
        let (days, causes) = (table.times.len(), table.n_event.len());
        let mut sums = Self {
            event_free: Vec::with_capacity(days),
            incidence: vec![Vec::with_capacity(days); causes],
            relative: Vec::with_capacity(days),
            weighted: vec![Vec::with_capacity(days); causes],
        };
        let (mut event_free, mut relative) = (1.0, 0.0);
        let mut incidence = vec![0.0; causes];
        let mut weighted = vec![0.0; causes];
        for day in 0..days {
            let events = table.events_at(day);
            if events > 0 {
                let at_risk = table.n_risk[day] as f64;
                let hazard = events as f64 / at_risk;
                for cause in 0..causes {
                    let step = event_free * table.n_event[cause][day] as f64 / at_risk;
                    incidence[cause] += step;
                    weighted[cause] += step * (relative - 1.0 / at_risk);
                }
                event_free *= 1.0 - hazard;
                if events < table.n_risk[day] {
                    relative += hazard / (at_risk * (1.0 - hazard));
                }
            }
            sums.event_free.push(event_free);
            sums.relative.push(relative);
            for cause in 0..causes {
                sums.incidence[cause].push(incidence[cause]);
                sums.weighted[cause].push(weighted[cause]);
            }
        }
        sums
    }

    /// The influence, after `day`, of a subject still at risk that entered on day `entry`
    /// (`None`: at risk from the start): on being event free …
    fn influence_event_free(&self, entry: Option<usize>, day: Option<usize>) -> f64 {
        let at = |sum: &[f64], position: Option<usize>| position.map_or(0.0, |p| sum[p]);
        let free = day.map_or(1.0, |p| self.event_free[p]);
        free * (at(&self.relative, day) - at(&self.relative, entry))
    }

    /// … and on the incidence of a cause.
    fn influence(&self, cause: usize, entry: Option<usize>, day: Option<usize>) -> f64 {
        let at = |sum: &[f64], position: Option<usize>| position.map_or(0.0, |p| sum[p]);
        let weighted = at(&self.weighted[cause], day) - at(&self.weighted[cause], entry);
        let incidence = at(&self.incidence[cause], day) - at(&self.incidence[cause], entry);
        weighted - at(&self.relative, entry) * incidence
    }
}

/// Sums, per day, of the influences of those who leave on it.
struct Leavers {
    /// Just before the day, over subjects with an event, `[day][cause of event]`: on being
    /// event free …
    before_free: Vec<Vec<f64>>,
    /// … and `[day][cause of event × causes + cause]` on the incidence.
    before: Vec<Vec<f64>>,
    /// After the day, as if nothing had happened to them, over all who leave: on being event
    /// free …
    after_free: Vec<f64>,
    /// … and `[cause][day]` on the incidence.
    after: Vec<Vec<f64>>,
}

impl Leavers {
    fn of(rows: FollowUp<'_>, table: &RiskTable, prefixes: &Prefixes) -> Self {
        let (days, causes) = (table.times.len(), table.n_event.len());
        let mut sums = Self {
            before_free: vec![vec![0.0; days]; causes],
            before: vec![vec![0.0; days]; causes * causes],
            after_free: vec![0.0; days],
            after: vec![vec![0.0; days]; causes],
        };
        let index = Days::of(rows);
        for group in Self::grouped(rows, &index) {
            let (entry, day) = (group.entry, group.exit);
            let n = group.n as f64;
            let before = day.checked_sub(1);
            sums.after_free[day] += n * prefixes.influence_event_free(entry, Some(day));
            for cause in 0..causes {
                sums.after[cause][day] += n * prefixes.influence(cause, entry, Some(day));
            }
            if let Some(event) = group.event {
                sums.before_free[event][day] += n * prefixes.influence_event_free(entry, before);
                for cause in 0..causes {
                    sums.before[event * causes + cause][day] +=
                        n * prefixes.influence(cause, entry, before);
                }
            }
        }
        sums
    }

    /// Equal rows together, in an order that does not depend on theirs, so that the sums do
    /// not either.
    fn grouped(rows: FollowUp<'_>, index: &Days) -> Vec<Group> {
        let mut groups: Vec<Group> = Vec::with_capacity(rows.exit.len());
        for ((&entry, &exit), &event) in rows.entry.iter().zip(rows.exit).zip(rows.event) {
            groups.push(Group {
                exit: index.position(exit),
                entry: (entry != FROM_START).then(|| index.position(entry)),
                event: usize::from(event).checked_sub(1),
                n: 1,
            });
        }
        groups.sort_unstable();
        groups.dedup_by(|next, kept| {
            let same = (next.exit, next.entry, next.event) == (kept.exit, kept.entry, kept.event);
            kept.n += usize::from(same);
            same
        });
        groups
    }
}

/// Rows with the same entry, exit and event.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Group {
    exit: usize,
    entry: Option<usize>,
    event: Option<usize>,
    n: usize,
}

/// First moments of the influences over those at risk, second moments over everybody.
struct Moments {
    /// First moment, event free.
    free: f64,
    /// First moments per cause.
    cause: Vec<f64>,
    /// Second moment, event free.
    free_free: f64,
    /// Mixed second moments, event free with each cause.
    free_cause: Vec<f64>,
    /// Second moment per cause: the variances.
    cause_cause: Vec<f64>,
}

impl Moments {
    /// The variance of each cause's incidence after each day.
    fn sweep(table: &RiskTable, prefixes: &Prefixes, leavers: &Leavers) -> Vec<Vec<f64>> {
        let causes = table.n_event.len();
        let mut moments = Self {
            free: 0.0,
            cause: vec![0.0; causes],
            free_free: 0.0,
            free_cause: vec![0.0; causes],
            cause_cause: vec![0.0; causes],
        };
        let mut variance = vec![Vec::with_capacity(table.times.len()); causes];
        for day in 0..table.times.len() {
            let free_before = day.checked_sub(1).map_or(1.0, |p| prefixes.event_free[p]);
            if free_before > 0.0 && table.events_at(day) > 0 {
                moments.step(table, leavers, day, free_before);
            }
            moments.leave(table, leavers, day);
            for (curve, &now) in variance.iter_mut().zip(&moments.cause_cause) {
                curve.push(now);
            }
        }
        variance
    }

    /// One day with events: everybody's influence goes through the same linear map; those at
    /// risk add the day's martingale increment, those with an event also their own jump.
    fn step(&mut self, table: &RiskTable, leavers: &Leavers, day: usize, free_before: f64) {
        let causes = self.cause.len();
        let at_risk = table.n_risk[day] as f64;
        let events = table.events_at(day) as f64;
        let hazard = events / at_risk;
        let jump = free_before / at_risk;
        let jump2 = jump * jump;
        let stay = 1.0 - hazard;
        let gone_free: f64 = (0..causes)
            .map(|event| leavers.before_free[event][day])
            .sum();
        let free_free_before = self.free_free;

        self.free_free = stay * stay * free_free_before
            + 2.0 * stay * jump * (hazard * self.free - gone_free)
            + jump2 * (events - events * hazard);
        for k in 0..causes {
            let events_k = table.n_event[k][day] as f64;
            let hazard_k = events_k / at_risk;
            let own_free = leavers.before_free[k][day];
            let own = leavers.before[k * causes + k][day];
            let gone: f64 = (0..causes)
                .map(|event| leavers.before[event * causes + k][day])
                .sum();
            let moved = self.cause[k] + hazard_k * self.free;
            let mixed_before = self.free_cause[k];

            self.cause_cause[k] += 2.0 * hazard_k * mixed_before
                + hazard_k * hazard_k * free_free_before
                + 2.0 * jump * (own + hazard_k * own_free - hazard_k * moved)
                + jump2 * (events_k - events_k * hazard_k);
            self.free_cause[k] = stay * (mixed_before + hazard_k * free_free_before)
                + stay * jump * (own_free - hazard_k * self.free)
                + jump * (hazard * moved - gone - hazard_k * gone_free)
                + jump2 * (events * hazard_k - events_k);
            self.cause[k] = moved - free_before * hazard_k;
        }
        self.free = stay * self.free + free_before * hazard;
    }

    /// Those who leave are no longer at risk.
    fn leave(&mut self, table: &RiskTable, leavers: &Leavers, day: usize) {
        let left = table.events_at(day) + table.n_censor[day];
        if left == table.n_risk[day] {
            self.free = 0.0;
            self.cause.fill(0.0);
            return;
        }
        self.free -= leavers.after_free[day];
        for (cause, after) in self.cause.iter_mut().zip(&leavers.after) {
            *cause -= after[day];
        }
    }
}
