//! What each row adds to the score: for robust variances.

use super::evaluation::{Evaluation, met_by_rows};
use super::layout::{Cell, Layout};
use crate::matrix::Matrix;

/// Score residuals in the order of the data: rows × covariates.
///
/// η = ∫ (x − x̄) w dM for each row (Fine and Gray 1999, equation 7), Efron's ties included.
pub(super) fn score_residuals(layout: &Layout, evaluation: &Evaluation) -> Matrix {
    let hazard = &evaluation.hazard;
    let columns = layout.x.columns();
    let met = met_by_rows(layout, &hazard.jump);
    let mut residuals = Matrix::zeros(layout.order.len(), columns);
    let mut sorted = vec![0.0; layout.order.len()];
    for column in 0..columns {
        let x = layout.x.column(column);
        let mean_met = met_by_rows(layout, hazard.mean_jump.column(column));
        for row in 0..sorted.len() {
            sorted[row] = -evaluation.risk[row] * (x[row] * met[row] - mean_met[row]);
        }
        for (place, moment) in layout.moments.iter().enumerate() {
            let (mean, own) = (hazard.mean[(place, column)], hazard.own[place]);
            let mean_own = hazard.mean_own[(place, column)];
            for &row in &layout.events[moment.events.clone()] {
                let row = row as usize;
                sorted[row] += layout.weight[row] * (x[row] - mean)
                    + evaluation.risk[row] * (x[row] * own - mean_own);
            }
        }
        let residuals = residuals.column_mut(column);
        for (&row, value) in layout.order.iter().zip(&sorted) {
            residuals[row] = *value;
        }
    }
    residuals
}

/// Adds what each row does to the score through the censoring distribution of its group.
///
/// ψ = ∫ q/π dMᶜ (Fine and Gray 1999, equation 8): who is censored, or could have been, moves
/// the weights of all competing events of the group.
pub(super) fn add_censoring(layout: &Layout, evaluation: &Evaluation, residuals: &mut Matrix) {
    for column in 0..layout.x.columns() {
        let change = censoring_changes(layout, evaluation, column);
        let per_group: Vec<Cumulative> = layout
            .censoring
            .iter()
            .zip(&change)
            .map(|(censoring, change)| Cumulative::new(censoring, change))
            .collect();
        let residuals = residuals.column_mut(column);
        for (at, &row) in layout.order.iter().enumerate() {
            let place = layout.clock.stop[row] as usize;
            let group = &per_group[layout.group[at] as usize];
            let mut value = -group.cumulative[place];
            // Who has an event is not at risk of censoring at that time if events come first.
            if layout.is_censored[at] || layout.events_stay {
                value -= group.expected[place];
            }
            if let Some(first) = &layout.clock.first {
                value += group.cumulative[first[row] as usize];
            }
            if layout.is_censored[at] && layout.ends[at] {
                value += group.rate[place];
            }
            residuals[row] += value;
        }
    }
}

/// q/π by place, and its compensator.
struct Cumulative {
    /// q/π.
    rate: Vec<f64>,
    /// q/π dΛᶜ at each place.
    expected: Vec<f64>,
    /// Its sum over earlier places.
    cumulative: Vec<f64>,
}

impl Cumulative {
    fn new(censoring: &super::censoring::Censoring, change: &[f64]) -> Self {
        let places = change.len();
        let mut rate = vec![0.0; places];
        let mut expected = vec![0.0; places];
        let mut cumulative = Vec::with_capacity(places);
        let mut sum = 0.0;
        for place in 0..places {
            cumulative.push(sum);
            if censoring.censored[place] > 0.0 {
                rate[place] = change[place] / censoring.at_risk[place];
                expected[place] =
                    rate[place] * censoring.censored[place] / censoring.at_risk[place];
                sum += expected[place];
            }
        }
        Self {
            rate,
            expected,
            cumulative,
        }
    }
}

/// q by censoring group and place: how the score moves with a censoring there.
fn censoring_changes(layout: &Layout, evaluation: &Evaluation, column: usize) -> Vec<Vec<f64>> {
    let places = layout.clock.times.len();
    let mut changes = vec![vec![0.0; places]; layout.censoring.len()];
    let x = layout.x.column(column);
    for cell in &layout.cells {
        let tail = cell.tail(&evaluation.hazard.jump);
        let mean_tail = cell.tail(evaluation.hazard.mean_jump.column(column));
        let mut rows = cell.rows.iter().peekable();
        let (mut risk, mut risk_x) = (0.0, 0.0);
        let change = &mut changes[cell.group];
        let mut moment = 0;
        for (place, change) in change.iter_mut().enumerate() {
            while let Some(&&(row, factor)) = rows.peek() {
                let row = row as usize;
                if layout.clock.stop[layout.order[row]] as usize >= place {
                    break;
                }
                risk += evaluation.risk[row] * factor;
                risk_x += evaluation.risk[row] * factor * x[row];
                rows.next();
            }
            while moment < cell.kept.len() && at(layout, cell, moment) < place {
                moment += 1;
            }
            *change += risk_x * tail[moment] - risk * mean_tail[moment];
        }
    }
    changes
}

fn at(layout: &Layout, cell: &Cell, moment: usize) -> usize {
    layout.moments[cell.moments.start + moment].place as usize
}
