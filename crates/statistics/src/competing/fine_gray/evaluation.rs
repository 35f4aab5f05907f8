//! Log-likelihood, score and information without expanding any row.
//!
//! A competing event stays at risk with weight G(t−)/G(T−): the sum over all of them is G(t−)
//! times a running sum of r/G(T−). The information is one Gram matrix minus a sum over moments.

use super::data::EventTies;
use super::layout::Layout;
use crate::NotEstimable;
use crate::matrix::{Matrix, gram};
use rayon::prelude::*;

/// The likelihood at given coefficients.
#[derive(Clone, Debug)]
pub(super) struct Evaluation {
    pub(super) log_likelihood: f64,
    pub(super) score: Vec<f64>,
    pub(super) information: Matrix,
    /// Risks of the rows, times e^−`shift`.
    pub(super) risk: Vec<f64>,
    pub(super) shift: f64,
    pub(super) hazard: Hazard,
}

/// What the moments add to the cumulative hazard (times e^`shift`), and to its product with the
/// mean covariates.
#[derive(Clone, Debug)]
pub(super) struct Hazard {
    /// Jumps.
    pub(super) jump: Vec<f64>,
    /// The part of a jump that its own events don't meet (Efron).
    pub(super) own: Vec<f64>,
    /// Jump × mean covariates, a column per covariate; and the part its own events don't meet.
    pub(super) mean_jump: Matrix,
    pub(super) mean_own: Matrix,
    /// The mean of the mean covariates that the events of a moment are compared with.
    pub(super) mean: Matrix,
}

impl Evaluation {
    pub(super) fn new(
        layout: &Layout,
        coefficients: &[f64],
        ties: EventTies,
    ) -> Result<Self, NotEstimable> {
        let mut eta = layout.x.times(coefficients);
        if let Some(offset) = &layout.offset {
            eta.iter_mut()
                .zip(offset)
                .for_each(|(eta, offset)| *eta += offset);
        }
        let shift = eta.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        NotEstimable::unless_finite("linear predictor", &eta)?;
        let risk: Vec<f64> = eta
            .par_iter()
            .zip(&layout.weight)
            .with_min_len(8192)
            .map(|(eta, weight)| weight * (eta - shift).exp())
            .collect();
        let sums = Sums::new(layout, &risk);
        let mut evaluation = Self {
            log_likelihood: 0.0,
            score: vec![0.0; coefficients.len()],
            information: Matrix::zeros(coefficients.len(), coefficients.len()),
            hazard: Hazard::zeros(layout.moments.len(), coefficients.len()),
            risk,
            shift,
        };
        for moment in 0..layout.moments.len() {
            evaluation.add_moment(layout, &sums, moment, ties);
        }
        for &row in &layout.events {
            let row = row as usize;
            evaluation.log_likelihood += layout.weight[row] * (eta[row] - shift);
            for (column, score) in evaluation.score.iter_mut().enumerate() {
                *score += layout.weight[row] * layout.x[(row, column)];
            }
        }
        let weights = evaluation.gram_weights(layout);
        let square = gram(&layout.x, Some(&weights));
        evaluation.information.add_scaled(1.0, &square);
        Ok(evaluation)
    }

    /// Subtracts what the tied events of a moment are compared with.
    fn add_moment(&mut self, layout: &Layout, sums: &Sums, place: usize, ties: EventTies) {
        let moment = &layout.moments[place];
        let weight = moment.mean_weight;
        let count = moment.events.len();
        let step = match ties {
            EventTies::Breslow => 0.0,
            EventTies::Efron => 1.0 / count as f64,
        };
        let mut powers = [0.0; 5];
        for event in 0..count {
            let share = event as f64 * step;
            let risk = sums.risk[place] - share * sums.event_risk[place];
            let inverse = 1.0 / risk;
            self.log_likelihood -= weight * risk.ln();
            let terms = [
                1.0,
                share,
                inverse,
                share * inverse,
                share * share * inverse,
            ];
            for (power, term) in powers.iter_mut().zip(terms) {
                *power += term * inverse;
            }
        }
        let [one, share, square, share_square, share2_square] = powers;
        let hazard = &mut self.hazard;
        hazard.jump[place] = weight * one;
        hazard.own[place] = weight * share;
        let columns = self.score.len();
        for i in 0..columns {
            let (all, own) = (sums.x[i][place], sums.event_x[i][place]);
            let mean = all * one - own * share;
            self.score[i] -= weight * mean;
            hazard.mean[(place, i)] = mean / count as f64;
            hazard.mean_jump[(place, i)] = weight * (all * square - own * share_square);
            hazard.mean_own[(place, i)] = weight * (all * share_square - own * share2_square);
            for j in 0..columns {
                let (all_j, own_j) = (sums.x[j][place], sums.event_x[j][place]);
                self.information[(i, j)] -= weight
                    * (square * all * all_j - share_square * (all * own_j + own * all_j)
                        + share2_square * own * own_j);
            }
        }
    }

    /// The weight of each row in X'WX: its risk times the hazard that it met.
    fn gram_weights(&self, layout: &Layout) -> Vec<f64> {
        let met = met_by_rows(layout, &self.hazard.jump);
        let mut weights: Vec<f64> = self.risk.iter().zip(met).map(|(r, met)| r * met).collect();
        for (moment, own) in layout.moments.iter().zip(&self.hazard.own) {
            for &row in &layout.events[moment.events.clone()] {
                weights[row as usize] -= self.risk[row as usize] * own;
            }
        }
        weights
    }
}

/// What each row meets of increments at the moments, later ones weighted for competing events.
pub(super) fn met_by_rows(layout: &Layout, increments: &[f64]) -> Vec<f64> {
    let mut cumulative = Vec::with_capacity(increments.len() + 1);
    cumulative.push(0.0);
    let mut sum = 0.0;
    for increment in increments {
        sum += increment;
        cumulative.push(sum);
    }
    let mut met: Vec<f64> = layout
        .from
        .iter()
        .zip(&layout.upto)
        .map(|(&from, &upto)| match from < upto {
            true => cumulative[upto as usize] - cumulative[from as usize],
            false => 0.0,
        })
        .collect();
    for cell in &layout.cells {
        let tail = cell.tail(increments);
        for &(row, factor) in &cell.rows {
            let place = layout.upto[row as usize] as usize - cell.moments.start;
            met[row as usize] += factor * tail[place];
        }
    }
    met
}

impl super::layout::Cell {
    /// Sums of G(t−)·increment from each moment of the stratum on, closed by 0.
    pub(super) fn tail(&self, increments: &[f64]) -> Vec<f64> {
        let mut tail = vec![0.0; self.kept.len() + 1];
        for (place, kept) in self.kept.iter().enumerate().rev() {
            tail[place] = tail[place + 1] + kept * increments[self.moments.start + place];
        }
        tail
    }
}

/// Sums over the risk set of each moment, and over its events.
struct Sums {
    risk: Vec<f64>,
    event_risk: Vec<f64>,
    x: Vec<Vec<f64>>,
    event_x: Vec<Vec<f64>>,
}

impl Sums {
    fn new(layout: &Layout, risk: &[f64]) -> Self {
        let columns = layout.x.columns();
        // Column 0 is the risk itself.
        let both = |column: usize| match column.checked_sub(1) {
            None => (
                at_risk(layout, |row| risk[row]),
                of_events(layout, |row| risk[row]),
            ),
            Some(column) => {
                let x = layout.x.column(column);
                (
                    at_risk(layout, |row| risk[row] * x[row]),
                    of_events(layout, |row| risk[row] * x[row]),
                )
            }
        };
        let all: Vec<(Vec<f64>, Vec<f64>)> = match layout.order.len() < 10_000 {
            true => (0..=columns).map(both).collect(),
            false => (0..=columns).into_par_iter().map(both).collect(),
        };
        let (mut x, mut event_x): (Vec<_>, Vec<_>) = all.into_iter().unzip();
        Self {
            risk: x.remove(0),
            event_risk: event_x.remove(0),
            x,
            event_x,
        }
    }
}

/// Sums over who is at risk at each moment, competing events included.
fn at_risk(layout: &Layout, value: impl Fn(usize) -> f64) -> Vec<f64> {
    let mut sums = vec![0.0; layout.moments.len() + 1];
    let late = layout.clock.first.is_some();
    for (row, (&from, &upto)) in layout.from.iter().zip(&layout.upto).enumerate() {
        if from < upto {
            // Sums run backwards within the stratum, so at risk until the moment before `upto`.
            sums[upto as usize - 1] += value(row);
            if late && from > 0 {
                sums[from as usize - 1] -= value(row);
            }
        }
    }
    for stratum in &layout.strata {
        for place in (stratum.start..stratum.end).rev().skip(1) {
            sums[place] += sums[place + 1];
        }
    }
    sums.pop();
    for cell in &layout.cells {
        let mut joining = vec![0.0; cell.kept.len() + 1];
        for &(row, factor) in &cell.rows {
            let place = layout.upto[row as usize] as usize - cell.moments.start;
            joining[place] += factor * value(row as usize);
        }
        let mut staying = 0.0;
        for (place, kept) in cell.kept.iter().enumerate() {
            staying += joining[place];
            sums[cell.moments.start + place] += kept * staying;
        }
    }
    sums
}

fn of_events(layout: &Layout, value: impl Fn(usize) -> f64) -> Vec<f64> {
    let of_moment = |moment: &super::layout::Moment| -> f64 {
        let events = &layout.events[moment.events.clone()];
        events.iter().map(|&row| value(row as usize)).sum()
    };
    layout.moments.iter().map(of_moment).collect()
}

impl Hazard {
    fn zeros(moments: usize, columns: usize) -> Self {
        Self {
            jump: vec![0.0; moments],
            own: vec![0.0; moments],
            mean_jump: Matrix::zeros(moments, columns),
            mean_own: Matrix::zeros(moments, columns),
            mean: Matrix::zeros(moments, columns),
        }
    }
}
