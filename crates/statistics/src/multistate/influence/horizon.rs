//! Influence of each row on an estimate at one horizon, in O(rows + steps).
//!
//! What a row does at step x moves the estimate at the horizon by `g(x)·R(x)`, with R(x) what
//! happens between then and the horizon: `H(x, x*]` for the occupation at x*, the expected time
//! in each state for a sojourn. R is built backwards, and its sums along a state at risk with
//! it, so a row takes a difference of two sums.

use super::{at_start, weight_at_start};
use crate::multistate::aalen_johansen::{CurveRows, Steps};

/// What happens between each position and the horizon.
pub(crate) struct Horizon {
    states: usize,
    /// Positions up to the horizon.
    last: usize,
    /// R per position: a row per state in which one is then.
    onward: Vec<f64>,
    /// Per position and state at risk: Σ b·R over the steps after the position.
    held: Vec<f64>,
}

impl Horizon {
    /// For the occupation at a position.
    pub(crate) fn occupation(steps: &Steps, position: usize) -> Self {
        Self::build(steps, position, 1.0, |_| 0.0)
    }

    /// For the time spent in each state from `start` until `until`.
    pub(crate) fn sojourn(steps: &Steps, start: f64, until: f64) -> Self {
        let last = steps.time.partition_point(|time| *time < until);
        let time = |position: usize| match position {
            0 => start,
            position => steps.time[position - 1],
        };
        let since = |position: usize| time(position) - time(position - 1);
        Self::build(steps, last, until - time(last), since)
    }

    /// `end` is on the diagonal of R at the horizon, `since` the time between a position and
    /// the one before where time counts.
    fn build(steps: &Steps, last: usize, end: f64, since: impl Fn(usize) -> f64) -> Self {
        let states = steps.states;
        let size = states * states;
        let mut horizon = Self {
            states,
            last,
            onward: vec![0.0; (last + 1) * size],
            held: vec![0.0; (last + 1) * size],
        };
        for state in 0..states {
            horizon.onward[last * size + state * states + state] = end;
        }
        for position in (1..=last).rev() {
            let (before, after) = horizon.onward.split_at_mut(position * size);
            let before = &mut before[(position - 1) * size..];
            before.copy_from_slice(&after[..size]);
            let (held_before, held_after) = horizon.held.split_at_mut(position * size);
            let held_before = &mut held_before[(position - 1) * size..];
            held_before.copy_from_slice(&held_after[..size]);
            for flow in steps.flows(position - 1) {
                let (from, to) = (flow.from as usize * states, flow.to as usize * states);
                for k in 0..states {
                    let gain = after[to + k] - after[from + k];
                    before[from + k] += flow.share * gain;
                    held_before[from + k] -= flow.held * gain;
                }
            }
            for state in 0..states {
                before[state * states + state] += since(position);
            }
        }
        horizon
    }

    /// The estimate itself, from an initial occupation.
    pub(crate) fn estimate(&self, initial: &[f64]) -> Vec<f64> {
        let mut sum = vec![0.0; self.states];
        for (state, p) in initial.iter().enumerate() {
            add(&mut sum, *p, self.row(&self.onward, 0, state));
        }
        sum
    }

    /// The influence of every row, per unit of its weight: one row per row of data.
    pub(crate) fn rows(&self, data: &CurveRows, steps: &Steps, initial: &[f64]) -> Vec<f64> {
        let mut influence = vec![0.0; data.rows * self.states];
        let start = (initial, weight_at_start(data));
        let mut first = vec![0.0; self.states];
        for (row, target) in influence.chunks_mut(self.states).enumerate() {
            first.fill(0.0);
            at_start(data, row, start, &mut first);
            for (state, u) in first.iter().enumerate().filter(|(_, u)| **u != 0.0) {
                add(target, *u, self.row(&self.onward, 0, state));
            }
            self.add_row(data, steps, row, target);
        }
        influence
    }

    fn add_row(&self, data: &CurveRows, steps: &Steps, row: usize, target: &mut [f64]) {
        let state = data.state[row] as usize;
        let (first, last) = (data.first(row) as usize, data.last[row] as usize);
        if first >= last || first >= self.last {
            return;
        }
        add(target, 1.0, self.row(&self.held, first, state));
        if last <= self.last {
            add(target, -1.0, self.row(&self.held, last, state));
            if let Some((from, to)) = data.transition(row) {
                let per_risk = steps.per_risk[(last - 1) * self.states + from];
                add(target, per_risk, self.row(&self.onward, last, to));
                add(target, -per_risk, self.row(&self.onward, last, from));
            }
        }
    }

    fn row<'a>(&self, values: &'a [f64], position: usize, state: usize) -> &'a [f64] {
        let start = (position * self.states + state) * self.states;
        &values[start..start + self.states]
    }
}

fn add(sum: &mut [f64], factor: f64, values: &[f64]) {
    for (sum, value) in sum.iter_mut().zip(values) {
        *sum += factor * value;
    }
}

/// The influence of every row on the cumulative hazards at a position, per unit of weight.
pub(crate) fn hazard_rows(data: &CurveRows, steps: &Steps, position: usize) -> Vec<f64> {
    let ways = steps.transitions.len();
    let mut influence = vec![0.0; data.rows * ways];
    for (row, target) in influence.chunks_mut(ways.max(1)).enumerate() {
        let (first, last) = (data.first(row) as usize, data.last[row] as usize);
        let until = last.min(position);
        if first >= until {
            continue;
        }
        for (column, way) in steps.transitions.iter().enumerate() {
            if way.from == data.state[row] as usize {
                target[column] -=
                    steps.held[until * ways + column] - steps.held[first * ways + column];
            }
        }
        if let (true, Some((from, to))) = (last <= position, data.transition(row)) {
            target[steps.column(from, to)] += steps.per_weight[(last - 1) * steps.states + from];
        }
    }
    influence
}
