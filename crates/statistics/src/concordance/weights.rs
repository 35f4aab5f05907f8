//! Weights over time.

use super::data::{ConcordanceData, TimeWeight};
use crate::time_order::{Clock, runs};

/// Weights of the pairs of an event, and the weight at risk, at each run of equal times of a
/// stratum, first to last.
#[derive(Clone, Copy, Debug)]
pub(super) struct AtTime {
    pub(super) weight: f64,
    pub(super) at_risk: f64,
}

/// Walks forward through a stratum with Kaplan–Meier curves of the event and of censoring.
pub(super) fn over_time(
    data: &ConcordanceData<'_>,
    clock: &Clock,
    event: &[bool],
    stratum: usize,
    kind: TimeWeight,
) -> Vec<AtTime> {
    let rows = clock.by_stop.rows(stratum);
    let total: f64 = rows.iter().map(|&row| data.weight(row as usize)).sum();
    let mut waiting: &[u32] = clock
        .by_entry
        .as_ref()
        .map_or(&[], |order| order.rows(stratum));
    let mut at_risk = if clock.first.is_some() { 0.0 } else { total };
    let (mut survival, mut uncensored) = (1.0, 1.0);
    let mut times = Vec::new();
    for (place, run) in runs(rows, &clock.stop) {
        while let (Some(first), Some((&row, rest))) = (&clock.first, waiting.split_first()) {
            if first[row as usize] > place {
                break;
            }
            at_risk += data.weight(row as usize);
            waiting = rest;
        }
        let weight = match kind {
            TimeWeight::AtRisk => 1.0,
            TimeWeight::Survival => total * survival / at_risk,
            TimeWeight::SurvivalOverCensoring => total * survival / (uncensored * at_risk),
            TimeWeight::InverseCensoringSquared => 1.0 / (uncensored * uncensored),
            TimeWeight::Events => 1.0 / at_risk,
        };
        times.push(AtTime { weight, at_risk });
        let (mut events, mut censored) = (0.0, 0.0);
        for &row in &rows[run] {
            match event[row as usize] {
                true => events += data.weight(row as usize),
                false => censored += data.weight(row as usize),
            }
        }
        let left = at_risk - events;
        if events > 0.0 {
            survival *= left / at_risk;
        }
        if censored > 0.0 && left > censored {
            uncensored *= 1.0 - censored / left;
        }
        at_risk = left - censored;
    }
    times
}
