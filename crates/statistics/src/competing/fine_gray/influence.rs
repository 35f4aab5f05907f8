//! What each row adds to the score: for robust variances.

use super::evaluation::{Evaluation, met_by_rows};
use super::fit::CensoringEffect;
use super::layout::{Cell, Layout};
use crate::matrix::Matrix;
use rayon::prelude::*;

/// Rows that are worth a second thread.
const MANY: usize = 10_000;

/// What a row adds to the score, in the layout's order: rows × covariates.
///
/// η = ∫ (x − x̄) w dM for each row (Fine and Gray 1999, equation 7), Efron's ties included.
pub(super) fn score_residuals(layout: &Layout, evaluation: &Evaluation) -> Matrix {
    let met = met_by_rows(layout, &evaluation.hazard.jump);
    by_column(layout, |column, residuals| {
        set_score_residuals((layout, evaluation), &met, column, residuals);
    })
}

/// The same with what each row does to the score through the censoring distribution of its
/// group.
///
/// ψ = ∫ q/π dMᶜ (Fine and Gray 1999, equation 8): who is censored, or could have been, moves
/// the weights of all competing events of the group.
pub(super) fn influence(
    layout: &Layout,
    evaluation: &Evaluation,
    effect: CensoringEffect,
) -> Matrix {
    let shares = match effect {
        CensoringEffect::AllEvents => None,
        CensoringEffect::OwnEvents => Some(own_shares(layout)),
    };
    let met = met_by_rows(layout, &evaluation.hazard.jump);
    by_column(layout, |column, residuals| {
        set_score_residuals((layout, evaluation), &met, column, residuals);
        add_censoring((layout, evaluation), shares.as_deref(), column, residuals);
    })
}

/// Rows of the layout in the order of the data.
pub(super) fn in_data_order(layout: &Layout, sorted: &Matrix) -> Matrix {
    let mut residuals = Matrix::zeros(sorted.rows(), sorted.columns());
    for column in 0..sorted.columns() {
        let residuals = residuals.column_mut(column);
        for (&row, value) in layout.order.iter().zip(sorted.column(column)) {
            residuals[row] = *value;
        }
    }
    residuals
}

/// A matrix whose columns are made one by one, over all threads if there is much to do.
fn by_column(layout: &Layout, make: impl Fn(usize, &mut [f64]) + Sync) -> Matrix {
    let (rows, columns) = (layout.order.len(), layout.x.columns());
    let mut made = Matrix::zeros(rows, columns);
    if rows < MANY {
        (0..columns).for_each(|column| make(column, made.column_mut(column)));
    } else {
        made.values_mut()
            .par_chunks_mut(rows)
            .enumerate()
            .for_each(|(column, values)| make(column, values));
    }
    made
}

fn set_score_residuals(
    (layout, evaluation): (&Layout, &Evaluation),
    met: &[f64],
    column: usize,
    residuals: &mut [f64],
) {
    let hazard = &evaluation.hazard;
    let x = layout.x.column(column);
    let mean_met = met_by_rows(layout, hazard.mean_jump.column(column));
    let rows = x.iter().zip(met).zip(&mean_met).zip(&evaluation.risk);
    for (residual, (((x, met), mean_met), risk)) in residuals.iter_mut().zip(rows) {
        *residual = -risk * (x * met - mean_met);
    }
    for (place, moment) in layout.moments.iter().enumerate() {
        let (mean, own) = (hazard.mean[(place, column)], hazard.own[place]);
        let mean_own = hazard.mean_own[(place, column)];
        for &row in &layout.events[moment.events.clone()] {
            let row = row as usize;
            residuals[row] += layout.weight[row] * (x[row] - mean)
                + evaluation.risk[row] * (x[row] * own - mean_own);
        }
    }
}

fn add_censoring(
    (layout, evaluation): (&Layout, &Evaluation),
    shares: Option<&[Vec<f64>]>,
    column: usize,
    residuals: &mut [f64],
) {
    let change = censoring_changes(layout, evaluation, shares, column);
    let per_group: Vec<Cumulative> = layout
        .censoring
        .iter()
        .zip(&change)
        .map(|(censoring, change)| Cumulative::new(censoring, change))
        .collect();
    for (at, residual) in residuals.iter_mut().enumerate() {
        let place = layout.place[at] as usize;
        let group = &per_group[layout.group[at] as usize];
        let mut value = -group.cumulative[place];
        // Who has an event is not at risk of censoring at that time if events come first.
        if layout.is_censored[at] || layout.events_stay {
            value -= group.expected[place];
        }
        if let Some(first) = &layout.clock.first {
            value += group.cumulative[first[layout.order[at]] as usize];
        }
        if layout.is_censored[at] && layout.ends[at] {
            value += group.rate[place];
        }
        *residual += value;
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

/// The share of each moment's events that is of each censoring group.
fn own_shares(layout: &Layout) -> Vec<Vec<f64>> {
    let mut shares = vec![vec![0.0; layout.moments.len()]; layout.censoring.len()];
    for (place, moment) in layout.moments.iter().enumerate() {
        let total = moment.mean_weight * moment.events.len() as f64;
        for &row in &layout.events[moment.events.clone()] {
            let row = row as usize;
            shares[layout.group[row] as usize][place] += layout.weight[row] / total;
        }
    }
    shares
}

/// q by censoring group and place: how the score moves with a censoring there. `shares` are
/// those of the moments that count for each group; without them all count whole.
fn censoring_changes(
    layout: &Layout,
    evaluation: &Evaluation,
    shares: Option<&[Vec<f64>]>,
    column: usize,
) -> Vec<Vec<f64>> {
    let places = layout.clock.times.len();
    let mut changes = vec![vec![0.0; places]; layout.censoring.len()];
    let x = layout.x.column(column);
    for cell in &layout.cells {
        let tail_of = |increments: &[f64]| match shares {
            None => cell.tail(increments),
            Some(shares) => {
                let counted = increments.iter().zip(&shares[cell.group]);
                cell.tail(
                    &counted
                        .map(|(step, share)| step * share)
                        .collect::<Vec<_>>(),
                )
            }
        };
        let tail = tail_of(&evaluation.hazard.jump);
        let mean_tail = tail_of(evaluation.hazard.mean_jump.column(column));
        let mut rows = cell.rows.iter().peekable();
        let (mut risk, mut risk_x) = (0.0, 0.0);
        let change = &mut changes[cell.group];
        let mut moment = 0;
        for (place, change) in change.iter_mut().enumerate() {
            while let Some(&&(row, factor)) = rows.peek() {
                let row = row as usize;
                if layout.place[row] as usize >= place {
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
