//! How each person or cluster moves an estimate: the infinitesimal jackknife.
//!
//! Give one cluster's weights a small push: the occupation moves by the cluster's influence
//! `U(t)`, a row vector that obeys, with `n_j` the cluster's weight at risk in state j,
//!
//! ```text
//! U(t) = U(t−) H(t) + Σ_j n_j b_j(t) + Σ_{own moves j→k} w (e_k − e_j) p_j(t−)/Y_j(t)
//! b_j  = p_j(t−)/Y_j(t) · (e_j − row j of H(t))
//! ```
//!
//! The variance is the sum over clusters of `U'U`. Between its own entries, moves and exits a
//! cluster only follows affine maps that all clusters share ([`maps`]), so each is looked at a
//! few times and not at all times ([`variance`]).

mod horizon;
mod maps;
mod over_time;
mod variance;

pub(super) use horizon::{Horizon, hazard_rows};
pub use over_time::Influence;
pub(super) use over_time::over_time;
pub(super) use variance::Errors;

use super::aalen_johansen::{CurveRows, Steps};

/// The rows of each group that varies together.
#[derive(Default)]
struct Groups {
    /// Rows, grouped; empty where each row is a group.
    order: Vec<u32>,
    /// Where each group starts, closed by the number of rows.
    starts: Vec<u32>,
    /// The code of each group; empty where each row is a group.
    codes: Vec<u32>,
    /// How many groups each one stands for; empty where that is 1.
    copies: Vec<f64>,
}

impl Groups {
    /// One row for all that live alike, where each row is a group, all are followed from the
    /// start and there are far more rows than ways to live.
    fn alike(data: &CurveRows, positions: usize) -> Option<Self> {
        let is_plain = data.groups().is_empty() && !data.has_entries && data.weight.is_empty();
        let states = data.states;
        let ways = positions * states * (states + 1) * 2;
        if !is_plain || ways > data.rows {
            return None;
        }
        let way_of = |row: usize| {
            let way = data.last[row] as usize * states + data.state[row] as usize;
            let way = way * (states + 1) + data.event[row] as usize;
            way * 2 + usize::from(data.at_start[row])
        };
        let mut count_and_row = vec![(0_u32, 0_u32); ways];
        for row in 0..data.rows {
            let cell = &mut count_and_row[way_of(row)];
            *cell = (cell.0 + 1, row as u32);
        }
        count_and_row.retain(|&(count, _)| count > 0);
        let groups = count_and_row.len() as u32;
        Some(Self {
            order: count_and_row.iter().map(|&(_, row)| row).collect(),
            starts: (0..=groups).collect(),
            codes: (0..groups).collect(),
            copies: count_and_row
                .iter()
                .map(|&(count, _)| f64::from(count))
                .collect(),
        })
    }

    fn new(codes: &[u32]) -> Self {
        if codes.is_empty() {
            return Self::default();
        }
        let (order, all) = super::aalen_johansen::grouped(codes);
        let is_used = |code: &usize| all[*code] < all[*code + 1];
        let codes: Vec<usize> = (0..all.len() - 1).filter(is_used).collect();
        let mut starts: Vec<u32> = codes.iter().map(|&code| all[code]).collect();
        starts.push(order.len() as u32);
        Self {
            order,
            starts,
            codes: codes.into_iter().map(|code| code as u32).collect(),
            copies: Vec::new(),
        }
    }

    /// How many groups this one stands for.
    fn copies(&self, group: usize) -> f64 {
        self.copies.get(group).copied().unwrap_or(1.0)
    }

    fn len(&self, rows: usize) -> usize {
        match self.order.is_empty() {
            true => rows,
            false => self.codes.len(),
        }
    }

    /// The rows of a group; `single` is room for a group of one.
    fn rows<'a>(&'a self, group: usize, single: &'a mut [u32; 1]) -> &'a [u32] {
        if self.order.is_empty() {
            single[0] = group as u32;
            return single;
        }
        &self.order[self.starts[group] as usize..self.starts[group + 1] as usize]
    }
}

/// The total weight of those at risk at the start.
fn weight_at_start(data: &CurveRows) -> f64 {
    (0..data.rows)
        .filter(|&row| data.at_start[row])
        .map(|row| data.weight(row))
        .sum()
}

/// The influence of a row on the initial occupation, per unit of weight: `(e_j − p0)/W`.
fn at_start(data: &CurveRows, row: usize, (initial, total): (&[f64], f64), u: &mut [f64]) {
    if data.certain_start || !data.at_start[row] || total == 0.0 {
        return;
    }
    for (u, p) in u.iter_mut().zip(initial) {
        *u -= p / total;
    }
    u[data.state[row] as usize] += 1.0 / total;
}

/// One step of an influence, without own moves, of a cluster with these weights at risk.
fn step(steps: &Steps, place: usize, u: &mut [f64], n: &[f64], before: &mut [f64]) {
    before.copy_from_slice(u);
    for flow in steps.flows(place) {
        let from = flow.from as usize;
        let moved = flow.share * before[from] - flow.held * n[from];
        u[flow.to as usize] += moved;
        u[from] -= moved;
    }
}
