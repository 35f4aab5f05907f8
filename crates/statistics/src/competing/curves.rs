//! Cumulative incidence with Aalen's variance.

use super::CompetingData;
use crate::NotEstimable;
use crate::time_order::{Clock, runs};

/// The chance to have had an event of one cause, in one group. R: `cmprsk::cuminc`.
#[derive(Clone, Debug, PartialEq)]
pub struct IncidenceCurve {
    /// The group.
    pub group: usize,
    /// The cause, from 1.
    pub cause: usize,
    /// Times at which an event of the cause happened.
    pub times: Vec<f64>,
    /// Cumulative incidence from then on.
    pub estimate: Vec<f64>,
    /// Its variance.
    pub variance: Vec<f64>,
    /// The last time at which the group was observed.
    pub last: f64,
}

impl IncidenceCurve {
    /// All curves: for each cause the groups with rows, as `cuminc` lists them. O(n + T causes).
    ///
    /// # Method
    /// Aalen–Johansen; the variance sums the squared influence of the events of each time, where
    /// all other causes count as one, times the correction (Y − d)/(Y − 1) for ties (Aalen 1978;
    /// Gray 1988).
    ///
    /// # Errors
    /// Unequal lengths, negative times, values that are no numbers, unknown causes or groups.
    ///
    /// ```
    /// use statistics::competing::{CompetingData, IncidenceCurve};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let data = CompetingData {
    ///     time: &[1.0, 2.0, 3.0, 4.0],
    ///     cause: &[1, 2, 1, 0],
    ///     causes: 2,
    ///     group: &[0; 4],
    ///     groups: 1,
    /// };
    /// let curves = IncidenceCurve::estimate(&data)?;
    /// assert_eq!(curves[0].times, [1.0, 3.0]);
    /// assert_eq!(curves[0].estimate, [0.25, 0.5]);
    /// assert_eq!(curves[0].at(2.5), Some((0.25, curves[0].variance[0])));
    /// assert_eq!(curves[0].at(5.0), None);
    /// # Ok(())
    /// # }
    /// ```
    pub fn estimate(data: &CompetingData<'_>) -> Result<Vec<Self>, NotEstimable> {
        let clock = data.clock(Some(data.group))?;
        let mut by_group: Vec<Vec<Self>> = (0..clock.by_stop.strata())
            .filter(|&group| !clock.by_stop.rows(group).is_empty())
            .map(|group| of_group(data, &clock, group))
            .collect();
        let mut curves = Vec::with_capacity(data.causes * by_group.len());
        for _ in 0..data.causes {
            curves.extend(by_group.iter_mut().map(|group| group.remove(0)));
        }
        Ok(curves)
    }

    /// Estimate and variance at a time; `None` after the last observation. R: `timepoints`.
    ///
    /// ```
    /// use statistics::competing::IncidenceCurve;
    /// let curve = IncidenceCurve {
    ///     group: 0,
    ///     cause: 1,
    ///     times: vec![1.0, 3.0],
    ///     estimate: vec![0.25, 0.5],
    ///     variance: vec![0.05, 0.0625],
    ///     last: 4.0,
    /// };
    /// assert_eq!(curve.at(0.5), Some((0.0, 0.0)));
    /// assert_eq!(curve.at(2.0), Some((0.25, 0.05)));
    /// assert_eq!(curve.at(5.0), None);
    /// ```
    #[must_use]
    pub fn at(&self, time: f64) -> Option<(f64, f64)> {
        if time.is_nan() || time > self.last {
            return None;
        }
        let count = self.times.partition_point(|&jump| jump <= time);
        Some(match count.checked_sub(1) {
            None => (0.0, 0.0),
            Some(place) => (self.estimate[place], self.variance[place]),
        })
    }
}

fn of_group(data: &CompetingData<'_>, clock: &Clock, group: usize) -> Vec<IncidenceCurve> {
    let rows = clock.by_stop.rows(group);
    let mut curves: Vec<IncidenceCurve> = (1..=data.causes)
        .map(|cause| IncidenceCurve {
            group,
            cause,
            times: Vec::new(),
            estimate: Vec::new(),
            variance: Vec::new(),
            last: data.time[*rows.last().expect("a group with rows") as usize],
        })
        .collect();
    let mut states = vec![Aalen::default(); data.causes];
    let mut events = vec![0.0; data.causes + 1];
    let mut at_risk = rows.len() as f64;
    let mut survival = 1.0;
    for (place, run) in runs(rows, &clock.stop) {
        let leaving = run.len() as f64;
        events.fill(0.0);
        for &row in &rows[run] {
            events[data.cause[row as usize] as usize] += 1.0;
        }
        let all = leaving - events[0];
        if all > 0.0 {
            for (curve, state) in curves.iter_mut().zip(&mut states) {
                let own = events[curve.cause];
                state.step(at_risk, survival, own, all - own);
                if own > 0.0 {
                    curve.times.push(clock.times[place as usize]);
                    curve.estimate.push(state.incidence);
                    curve.variance.push(state.variance);
                }
            }
            survival *= 1.0 - all / at_risk;
        }
        at_risk -= leaving;
    }
    curves
}

/// Cumulative incidence F, and the (co)variances of F and ln S.
#[derive(Clone, Copy, Debug, Default)]
struct Aalen {
    incidence: f64,
    variance: f64,
    with_survival: f64,
    of_survival: f64,
}

impl Aalen {
    fn step(&mut self, at_risk: f64, survival: f64, own: f64, others: f64) {
        let hazard = own / at_risk;
        let own_variance = own * tie_correction(own, at_risk) / (at_risk * at_risk);
        let other_variance = others * tie_correction(others, at_risk) / (at_risk * at_risk);
        let jump = survival * hazard;
        self.incidence += jump;
        self.variance += jump * (2.0 * self.with_survival + jump * self.of_survival)
            + survival * survival * own_variance;
        let left = at_risk - own - others;
        if left > 0.0 {
            // S(t−)/S(t): what an event takes off ln S.
            let ratio = at_risk / left;
            self.with_survival += jump * self.of_survival - survival * ratio * own_variance;
            self.of_survival += ratio * ratio * (own_variance + other_variance);
        }
    }
}

/// (Y − d)/(Y − 1): of d tied events among Y. One event needs none.
pub(super) fn tie_correction(events: f64, at_risk: f64) -> f64 {
    if events > 1.0 && at_risk > 1.0 {
        1.0 - (events - 1.0) / (at_risk - 1.0)
    } else {
        1.0
    }
}
