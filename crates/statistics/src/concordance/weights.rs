//! Weights over time.

use super::data::TimeWeight;
use super::sequence::{Kind, Sequence, Stratum};

/// At a time of a stratum: the weight of the pairs of an event, and the weight at risk.
#[derive(Clone, Copy, Debug)]
pub(super) struct AtTime {
    pub(super) weight: f64,
    pub(super) at_risk: f64,
}

/// Walks forward through a stratum with Kaplan–Meier curves of the event and of censoring.
pub(super) fn over_time(
    stratum: &Stratum<'_>,
    outcomes: &Sequence,
    kind: TimeWeight,
) -> Vec<AtTime> {
    let leaving = leaving(outcomes);
    let total: f64 = outcomes.weight(0..outcomes.rows.len());
    let entering = entering(stratum, outcomes);
    let mut at_risk = if entering.is_some() { 0.0 } else { total };
    let (mut survival, mut uncensored) = (1.0, 1.0);
    let mut times = Vec::with_capacity(leaving.len());
    for (time, [events, censored]) in leaving.into_iter().enumerate() {
        at_risk += entering.as_ref().map_or(0.0, |entering| entering[time]);
        let weight = match kind {
            TimeWeight::AtRisk => 1.0,
            TimeWeight::Survival => total * survival / at_risk,
            TimeWeight::SurvivalOverCensoring => total * survival / (uncensored * at_risk),
            TimeWeight::InverseCensoringSquared => 1.0 / (uncensored * uncensored),
            TimeWeight::Events => 1.0 / at_risk,
        };
        times.push(AtTime { weight, at_risk });
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

/// Weight with the event, and censored, at each time.
fn leaving(outcomes: &Sequence) -> Vec<[f64; 2]> {
    let mut leaving = vec![[0.0; 2]; outcomes.times.len()];
    for (kind, positions) in outcomes.blocks() {
        let weight = outcomes.weight(positions);
        match kind {
            Kind::Events(time) => leaving[time][0] = weight,
            Kind::Others(time) => leaving[time][1] = weight,
        }
    }
    leaving
}

/// Weight that is at risk for the first time at each time, if there are entries.
fn entering(stratum: &Stratum<'_>, outcomes: &Sequence) -> Option<Vec<f64>> {
    let first = stratum.clock.first.as_ref()?;
    let mut entering = vec![0.0; outcomes.times.len()];
    for &row in &outcomes.rows {
        let row = row as usize;
        let time = outcomes.times.partition_point(|&code| code < first[row]);
        entering[time] += stratum.data.weight(row);
    }
    Some(entering)
}
