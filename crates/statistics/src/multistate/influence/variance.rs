//! Variances of occupation and cumulative hazards at all times.

use super::maps::{Maps, step};
use super::{Groups, at_start, weight_at_start};
use crate::NotEstimable;
use crate::matrix::Matrix;
use crate::multistate::aalen_johansen::{CurveRows, Steps};
use rayon::prelude::*;

/// Most states for which errors are computed.
const MOST_STATES: usize = 64;
/// Parts into which clusters are divided at most, whatever the number of threads.
const PARTS: usize = 4;

/// Standard errors at each position (a row per position: the start, and after each step).
pub(crate) struct Errors {
    pub(crate) occupation: Matrix,
    pub(crate) hazard: Matrix,
}

impl Errors {
    /// Sums squared influences over all clusters.
    pub(crate) fn new(
        data: &CurveRows,
        steps: &Steps,
        initial: &[f64],
    ) -> Result<Self, NotEstimable> {
        let context = (data, steps, initial);
        match steps.states {
            ..=2 => Ok(errors::<2>(context)),
            3 => Ok(errors::<3>(context)),
            4 => Ok(errors::<4>(context)),
            5..=6 => Ok(errors::<6>(context)),
            7..=8 => Ok(errors::<8>(context)),
            9..=16 => Ok(errors::<16>(context)),
            17..=32 => Ok(errors::<32>(context)),
            33..=MOST_STATES => Ok(errors::<MOST_STATES>(context)),
            many => Err(NotEstimable::Domain {
                what: "number of states (for standard errors)",
                value: many as f64,
            }),
        }
    }
}

fn errors<const S: usize>((data, steps, initial): (&CurveRows, &Steps, &[f64])) -> Errors {
    let groups = Groups::alike(data, steps.len() + 1);
    let groups = groups.unwrap_or_else(|| Groups::new(data.groups()));
    let count = groups.len(data.rows);
    let mut beginning = vec![false; steps.states];
    for row in (0..data.rows).filter(|&row| data.first(row) == 0) {
        beginning[data.state[row] as usize] = true;
    }
    let maps = Maps::<S>::new(steps, &beginning, !data.certain_start);
    let clusters = Clusters {
        data,
        steps,
        maps: &maps,
        groups: &groups,
        start: (initial, weight_at_start(data)),
    };
    let parts = (count / (4 * (steps.len() + 1))).clamp(1, PARTS);
    let size = count.div_ceil(parts).max(1);
    let sums: Vec<Sums<S>> = (0..parts)
        .into_par_iter()
        .map(|part| clusters.sum(part * size..((part + 1) * size).min(count)))
        .collect();
    let mut sums = sums.into_iter();
    let mut total = sums.next().unwrap_or_else(|| Sums::new(steps));
    sums.for_each(|sums| total.add(&sums));
    Errors {
        occupation: occupation_errors(steps, &total),
        hazard: hazard_errors(steps, &total),
    }
}

/// Sums over clusters at each position of what the shared maps don't know.
struct Sums<const S: usize> {
    /// Σ U'ᵀe + eᵀU' + eᵀe: what own moves e add to the squares.
    own: Vec<[[f64; S]; S]>,
    /// Σ n_after ᵀU − n_before ᵀU': what moves, entries and exits add to Σ nᵀU.
    carried: Vec<[[f64; S]; S]>,
    /// Σ n_afterᵀ n_after − n_beforeᵀ n_before.
    at_risk: Vec<[[f64; S]; S]>,
    /// The first two for the cumulative hazards, per position and transition.
    hazard_own: Vec<f64>,
    hazard_carried: Vec<f64>,
}

impl<const S: usize> Sums<S> {
    fn new(steps: &Steps) -> Self {
        let positions = steps.len() + 1;
        let ways = steps.transitions.len();
        Self {
            own: vec![[[0.0; S]; S]; positions],
            carried: vec![[[0.0; S]; S]; positions],
            at_risk: vec![[[0.0; S]; S]; positions],
            hazard_own: vec![0.0; positions * ways],
            hazard_carried: vec![0.0; positions * ways],
        }
    }

    fn add(&mut self, other: &Self) {
        let pairs = [
            (&mut self.own, &other.own),
            (&mut self.carried, &other.carried),
            (&mut self.at_risk, &other.at_risk),
        ];
        for (sum, other) in pairs {
            let cells = sum.as_flattened_mut().as_flattened_mut().iter_mut();
            let others = other.as_flattened().as_flattened();
            cells.zip(others).for_each(|(sum, other)| *sum += other);
        }
        let flat = [
            (&mut self.hazard_own, &other.hazard_own),
            (&mut self.hazard_carried, &other.hazard_carried),
        ];
        for (sum, other) in flat {
            sum.iter_mut()
                .zip(other)
                .for_each(|(sum, other)| *sum += other);
        }
    }
}

/// What happens to a cluster at a position.
#[derive(Clone, Copy)]
struct Change {
    position: u32,
    state: u32,
    /// +1 enters, −1 leaves.
    sign: i8,
    weight: f64,
    /// The state entered by a move, or `NOWHERE`.
    to: u32,
}

const NOWHERE: u32 = u32::MAX;

/// A cluster on its way through time.
struct Cluster<const S: usize> {
    /// How many clusters live alike.
    copies: f64,
    position: usize,
    u: [f64; S],
    n: [f64; S],
    /// How many rows are at risk in each state.
    rows: [u32; S],
    hazard: Vec<f64>,
    /// Nothing has happened to it, and it has no influence yet.
    has_no_past: bool,
}

/// All that is needed to follow clusters.
struct Clusters<'a, const S: usize> {
    data: &'a CurveRows,
    steps: &'a Steps,
    maps: &'a Maps<'a, S>,
    groups: &'a Groups,
    start: (&'a [f64], f64),
}

impl<const S: usize> Clusters<'_, S> {
    fn sum(&self, groups: std::ops::Range<usize>) -> Sums<S> {
        let mut sums = Sums::new(self.steps);
        let mut changes = Vec::new();
        let mut cluster = Cluster {
            copies: 1.0,
            position: 0,
            u: [0.0; S],
            n: [0.0; S],
            rows: [0; S],
            hazard: vec![0.0; self.steps.transitions.len()],
            has_no_past: true,
        };
        let mut single = [0];
        for group in groups {
            changes.clear();
            cluster.copies = self.groups.copies(group);
            cluster.position = 0;
            cluster.u = [0.0; S];
            cluster.n = [0.0; S];
            cluster.rows = [0; S];
            cluster.hazard.fill(0.0);
            for &row in self.groups.rows(group, &mut single) {
                self.add_changes(row as usize, &mut changes, &mut cluster.u);
            }
            cluster.has_no_past = cluster.u == [0.0; S];
            if changes.len() > 2 {
                changes.sort_by_key(|change| change.position);
            }
            self.follow(&mut cluster, &changes, &mut sums);
        }
        sums
    }

    fn add_changes(&self, row: usize, changes: &mut Vec<Change>, u: &mut [f64; S]) {
        let data = self.data;
        let weight = data.weight(row);
        if weight == 0.0 {
            return;
        }
        if !data.certain_start && data.at_start[row] && self.start.1 > 0.0 {
            let mut own = [0.0; S];
            at_start(data, row, self.start, &mut own[..self.steps.states]);
            u.iter_mut()
                .zip(own)
                .for_each(|(u, own)| *u += weight * own);
        }
        let entry = Change {
            position: data.first(row),
            state: data.state[row],
            sign: 1,
            weight,
            to: NOWHERE,
        };
        let exit = Change {
            position: data.last[row],
            sign: -1,
            to: data.event[row].wrapping_sub(1),
            ..entry
        };
        // Who is never at risk at an event time has no influence but through the start.
        if entry.position < exit.position {
            changes.push(entry);
            changes.push(exit);
        }
    }

    /// Goes from change to change.
    fn follow(&self, cluster: &mut Cluster<S>, changes: &[Change], sums: &mut Sums<S>) {
        let mut rest = changes;
        if cluster.u.iter().any(|u| *u != 0.0) {
            add_outer(&mut sums.own[0], cluster.copies, &cluster.u, &cluster.u);
        }
        while let Some(first) = rest.first() {
            let same = rest.partition_point(|change| change.position == first.position);
            let (now, later) = rest.split_at(same);
            self.change(cluster, now, sums);
            rest = later;
        }
    }

    /// Takes a cluster to the position of some changes and makes them.
    fn change(&self, cluster: &mut Cluster<S>, changes: &[Change], sums: &mut Sums<S>) {
        let to = changes[0].position as usize;
        let (before, copies) = (cluster.n, cluster.copies);
        for change in changes {
            let state = change.state as usize;
            if change.sign > 0 {
                cluster.rows[state] += 1;
                cluster.n[state] += change.weight;
            } else {
                cluster.rows[state] -= 1;
                cluster.n[state] -= change.weight;
            }
            if cluster.rows[state] == 0 {
                cluster.n[state] = 0.0;
            }
        }
        let moves = changes.iter().any(|change| change.to != NOWHERE);
        if !moves && cluster.n == before {
            return;
        }
        if cluster.has_no_past && before == [0.0; S] {
            cluster.has_no_past = false;
            add_outer(&mut sums.at_risk[to], copies, &cluster.n, &cluster.n);
            cluster.position = to;
            return;
        }
        self.maps
            .advance(&mut cluster.u, &before, cluster.position, to);
        self.change_hazards(cluster, (&before, changes), to, sums);
        let follows = cluster.u;
        if moves {
            let step = to - 1;
            let mut own = [0.0; S];
            for change in changes.iter().filter(|change| change.to != NOWHERE) {
                let per_risk =
                    self.steps.per_risk[step * self.steps.states + change.state as usize];
                own[change.to as usize] += change.weight * per_risk;
                own[change.state as usize] -= change.weight * per_risk;
            }
            let mut shifted = follows;
            for ((u, shifted), own) in cluster.u.iter_mut().zip(&mut shifted).zip(&own) {
                *u += own;
                *shifted += 0.5 * own;
            }
            // U'ᵀe + eᵀU' + eᵀe with U' + e/2 = V: Vᵀe + eᵀV.
            add_symmetric(&mut sums.own[to], &shifted, &own.map(|own| copies * own));
        }
        add_outer(&mut sums.carried[to], copies, &cluster.n, &cluster.u);
        add_outer(&mut sums.carried[to], -copies, &before, &follows);
        add_outer(&mut sums.at_risk[to], copies, &cluster.n, &cluster.n);
        add_outer(&mut sums.at_risk[to], -copies, &before, &before);
        cluster.position = to;
    }

    /// The same for the cumulative hazards.
    fn change_hazards(
        &self,
        cluster: &mut Cluster<S>,
        (before, changes): (&[f64; S], &[Change]),
        to: usize,
        sums: &mut Sums<S>,
    ) {
        let ways = self.steps.transitions.len();
        let cell = to * ways;
        for (n, column) in self.exposed(before) {
            let held = self.held(to, column) - self.held(cluster.position, column);
            cluster.hazard[column] -= n * held;
            sums.hazard_carried[cell + column] -= cluster.copies * n * cluster.hazard[column];
        }
        for change in changes.iter().filter(|change| change.to != NOWHERE) {
            let state = change.state as usize;
            let column = self.steps.column(state, change.to as usize);
            let per_weight = self.steps.per_weight[(to - 1) * self.steps.states + state];
            let own = change.weight * per_weight;
            sums.hazard_own[cell + column] +=
                cluster.copies * own * (2.0 * cluster.hazard[column] + own);
            cluster.hazard[column] += own;
        }
        for (n, column) in self.exposed(&cluster.n) {
            sums.hazard_carried[cell + column] += cluster.copies * n * cluster.hazard[column];
        }
    }

    /// The transitions to which these weights at risk are exposed, with the weight.
    fn exposed(&self, n: &[f64; S]) -> impl Iterator<Item = (f64, usize)> {
        let here = n.iter().enumerate().filter(|(_, n)| **n != 0.0);
        let ways = here.map(|(state, &n)| (n, self.steps.ways_out(state)));
        ways.flat_map(|(n, ways)| ways.iter().map(move |&column| (n, column)))
    }

    fn held(&self, position: usize, column: usize) -> f64 {
        self.steps.held[position * self.steps.transitions.len() + column]
    }
}

#[inline]
fn add_outer<const S: usize>(sum: &mut [[f64; S]; S], factor: f64, x: &[f64; S], y: &[f64; S]) {
    for (x, row) in x.iter().zip(sum) {
        if *x != 0.0 {
            let x = factor * x;
            for (sum, y) in row.iter_mut().zip(y) {
                *sum += x * y;
            }
        }
    }
}

/// `sum += xᵀe + eᵀx` for an e with few entries.
#[inline]
fn add_symmetric<const S: usize>(sum: &mut [[f64; S]; S], x: &[f64; S], own: &[f64; S]) {
    for (state, &e) in own.iter().enumerate() {
        if e != 0.0 {
            for other in 0..S {
                sum[state][other] += e * x[other];
                sum[other][state] += e * x[other];
            }
        }
    }
}

/// Carries Σ UᵀU, Σ nᵀU and Σ nᵀn over all steps.
fn occupation_errors<const S: usize>(steps: &Steps, sums: &Sums<S>) -> Matrix {
    let states = steps.states;
    let mut errors = Matrix::zeros(steps.len() + 1, states);
    let (mut squares, mut carried, mut at_risk) = (sums.own[0], sums.carried[0], sums.at_risk[0]);
    for position in 0..=steps.len() {
        if position > 0 {
            // X = V·H + Mᵀ·B row by row, M' = M·H + N·B, V' = Hᵀ·X + Bᵀ·M' column by column.
            let columns = transposed(&carried);
            for (row, n) in squares.iter_mut().zip(&columns) {
                step(steps, position - 1, row, n);
            }
            for (row, n) in carried.iter_mut().zip(&at_risk) {
                step(steps, position - 1, row, n);
            }
            let mut turned = transposed(&squares);
            for (column, n) in turned.iter_mut().zip(&transposed(&carried)) {
                step(steps, position - 1, column, n);
            }
            squares = turned;
            add(&mut squares, &sums.own[position]);
            add(&mut carried, &sums.carried[position]);
            add(&mut at_risk, &sums.at_risk[position]);
        }
        let occupation = steps.occupation_at(position);
        let certain = occupation.contains(&1.0);
        for state in 0..states {
            // A probability that is 0 or 1 because all have left has no error, rounding aside.
            let is_certain = certain || occupation[state] == 0.0;
            let variance = if is_certain {
                0.0
            } else {
                squares[state][state]
            };
            errors[(position, state)] = variance.max(0.0).sqrt();
        }
    }
    errors
}

fn hazard_errors<const S: usize>(steps: &Steps, sums: &Sums<S>) -> Matrix {
    let ways = steps.transitions.len();
    let mut errors = Matrix::zeros(steps.len() + 1, ways);
    for (column, way) in steps.transitions.iter().enumerate() {
        let (mut square, mut carried, mut at_risk) =
            (0.0, 0.0, sums.at_risk[0][way.from][way.from]);
        for position in 1..=steps.len() {
            let cell = position * ways + column;
            let held = steps.held[cell] - steps.held[cell - ways];
            square += held * (held * at_risk - 2.0 * carried) + sums.hazard_own[cell];
            carried += sums.hazard_carried[cell] - held * at_risk;
            at_risk += sums.at_risk[position][way.from][way.from];
            errors[(position, column)] = f64::max(square, 0.0).sqrt();
        }
    }
    errors
}

fn add<const S: usize>(sum: &mut [[f64; S]; S], other: &[[f64; S]; S]) {
    for (sum, other) in sum.iter_mut().zip(other) {
        sum.iter_mut()
            .zip(other)
            .for_each(|(sum, other)| *sum += other);
    }
}

fn transposed<const S: usize>(matrix: &[[f64; S]; S]) -> [[f64; S]; S] {
    std::array::from_fn(|row| std::array::from_fn(|column| matrix[column][row]))
}
