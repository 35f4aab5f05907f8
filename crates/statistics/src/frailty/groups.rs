//! The part of the information that belongs to groups: its diagonal, and its products with the
//! covariates.

use super::Met;
use crate::cox::{PartialLikelihood, RiskSums};
use crate::matrix::Matrix;

/// Rows by group, in the order of risk sets.
#[derive(Clone, Debug)]
pub(super) struct Groups {
    /// Groups.
    pub(super) count: usize,
    /// The group of each position; `NONE` where the row belongs to none.
    codes: Vec<u32>,
    /// The weight of the event that ends a position; 0 where there is none.
    events: Vec<f64>,
    /// When rows come and go, group after group, by moment.
    changes: Vec<Change>,
    /// Where each group's changes start.
    starts: Vec<usize>,
}

/// No group.
pub(super) const NONE: u32 = u32::MAX;

#[derive(Clone, Copy, Debug)]
struct Change {
    /// Before this moment the change is not there yet.
    moment: u32,
    position: u32,
    comes: bool,
}

/// Score and information of the groups' log risks.
pub(super) struct Blocks {
    pub(super) score: Vec<f64>,
    pub(super) diagonal: Vec<f64>,
    /// Groups by covariates.
    pub(super) cross: Matrix,
}

impl Groups {
    /// `codes` are by row of the caller.
    pub(super) fn new(partial: &PartialLikelihood, codes: &[u32], count: usize) -> Self {
        let sets = partial.risk_sets();
        let codes: Vec<u32> = sets.rows().iter().map(|&row| codes[row as usize]).collect();
        let mut by_group: Vec<Vec<Change>> = vec![Vec::new(); count];
        let mut events = vec![0.0; codes.len()];
        for (moment, at) in sets.moments().iter().enumerate() {
            let segment = sets.segment(moment);
            for position in segment.clone() {
                if position < segment.start + at.events as usize {
                    events[position] = partial.weight(position);
                }
                let Some(changes) = by_group.get_mut(codes[position] as usize) else {
                    continue;
                };
                let risk = sets.at_risk(position, moment);
                let change = |moment: usize, comes| Change {
                    moment: moment as u32,
                    position: position as u32,
                    comes,
                };
                changes.push(change(risk.start, true));
                changes.push(change(risk.end, false));
            }
        }
        let (mut changes, mut starts) = (Vec::new(), vec![0]);
        for mut group in by_group {
            // Who goes, goes before others come: sums stay small.
            group.sort_by_key(|change| (change.moment, change.comes, change.position));
            changes.extend(group);
            starts.push(changes.len());
        }
        Self {
            count,
            codes,
            events,
            changes,
            starts,
        }
    }

    /// Σ weights of events per group.
    pub(super) fn event_sums(&self) -> Vec<f64> {
        let mut sums = vec![0.0; self.count];
        for (&code, event) in self.codes.iter().zip(&self.events) {
            if let Some(sum) = sums.get_mut(code as usize) {
                *sum += event;
            }
        }
        sums
    }

    pub(super) fn blocks(&self, partial: &PartialLikelihood, sums: &RiskSums) -> Blocks {
        let met = Met::of(partial, sums);
        let x = partial.covariates();
        let mut blocks = Blocks {
            score: vec![0.0; self.count],
            diagonal: self.squares(sums),
            cross: Matrix::zeros(self.count, x.columns()),
        };
        for (position, &code) in self.codes.iter().enumerate() {
            if code == NONE {
                continue;
            }
            let exposure = sums.risks[position] * met.hazard[position];
            blocks.score[code as usize] += self.events[position] - exposure;
            blocks.diagonal[code as usize] += exposure;
        }
        for column in 0..x.columns() {
            let (values, means) = (x.column(column), met.means.column(column));
            let target = blocks.cross.column_mut(column);
            for (position, &code) in self.codes.iter().enumerate() {
                if code != NONE {
                    let expected = met.hazard[position] * values[position] - means[position];
                    target[code as usize] += sums.risks[position] * expected;
                }
            }
        }
        blocks
    }

    /// Minus Σ w (a − f e)²/y² over events, with `a` the group's share of the risk set and `e`
    /// that of those with an event then.
    fn squares(&self, sums: &RiskSums) -> Vec<f64> {
        let mut seconds = Vec::with_capacity(sums.moments.len() + 1);
        seconds.push(0.0);
        for moment in &sums.moments {
            seconds.push(seconds[seconds.len() - 1] + moment.second);
        }
        let of_group = |group: usize| {
            let changes = &self.changes[self.starts[group]..self.starts[group + 1]];
            -self.square(changes, sums, &seconds)
        };
        (0..self.count).map(of_group).collect()
    }

    fn square(&self, changes: &[Change], sums: &RiskSums, seconds: &[f64]) -> f64 {
        let (mut total, mut share, mut since) = (0.0, 0.0, 0);
        for together in changes.chunk_by(|a, b| a.moment == b.moment) {
            let now = together[0].moment as usize;
            total += share * share * (seconds[now] - seconds[since]);
            since = now;
            total += self.tied(together, share, sums);
            for change in together {
                let risk = sums.risks[change.position as usize];
                share += if change.comes { risk } else { -risk };
            }
        }
        total
    }

    /// What those of a group that leave with a tied event change.
    fn tied(&self, leaving: &[Change], share: f64, sums: &RiskSums) -> f64 {
        let Some(moment) = leaving[0].moment.checked_sub(1) else {
            return 0.0;
        };
        let at = &sums.moments[moment as usize];
        if at.second_spared == 0.0 {
            return 0.0;
        }
        let gone: f64 = leaving
            .iter()
            .filter(|change| !change.comes && self.events[change.position as usize] > 0.0)
            .map(|change| sums.risks[change.position as usize])
            .sum();
        gone * (gone * at.second_spared_twice - 2.0 * share * at.second_spared)
    }
}
