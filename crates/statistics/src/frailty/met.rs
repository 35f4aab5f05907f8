//! What each row of a partial likelihood met while it was at risk.

use crate::cox::{PartialLikelihood, RiskSets, RiskSums};
use crate::matrix::Matrix;

/// ∫ dΛ and ∫ x̄ dΛ per position, of rows with an event less what they are spared.
pub(crate) struct Met {
    pub(crate) hazard: Vec<f64>,
    pub(crate) means: Matrix,
}

impl Met {
    pub(crate) fn of(partial: &PartialLikelihood, sums: &RiskSums) -> Self {
        let sets = partial.risk_sets();
        let (n, p) = (sums.risks.len(), sums.first.columns());
        let hazards: Vec<f64> = sums.moments.iter().map(|moment| moment.hazard).collect();
        let spared: Vec<f64> = sums.moments.iter().map(|moment| moment.spared).collect();
        let mut met = Self {
            hazard: vec![0.0; n],
            means: Matrix::zeros(n, p),
        };
        fill(sets, (&hazards, &spared), &mut met.hazard);
        let (steps, spared) = (sums.mean_steps(), sums.spared_mean_steps());
        for column in 0..p {
            let columns = (steps.column(column), spared.column(column));
            fill(sets, columns, met.means.column_mut(column));
        }
        met
    }
}

/// Sums steps over the moments at which each position is at risk.
fn fill(sets: &RiskSets, (steps, spared): (&[f64], &[f64]), target: &mut [f64]) {
    for stratum in 0..sets.strata() {
        let moments = sets.moments_of(stratum);
        let mut before = Vec::with_capacity(moments.len() + 1);
        before.push(0.0);
        for moment in moments.clone() {
            before.push(before[moment - moments.start] + steps[moment]);
        }
        for moment in moments.clone() {
            let segment = sets.segment(moment);
            let events = segment.start + sets.moments()[moment].events as usize;
            let until = before[moment + 1 - moments.start];
            for position in segment {
                let first = sets.at_risk(position, moment).start;
                let less = if position < events {
                    spared[moment]
                } else {
                    0.0
                };
                target[position] = until - before[first - moments.start] - less;
            }
        }
    }
}
