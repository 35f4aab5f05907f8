//! Transition probabilities by Aalen and Johansen, with Greenwood's covariance.

use super::aalen_johansen::grouped;
use crate::NotEstimable;
use crate::matrix::Matrix;
use crate::time_index::TimeIndex;

/// Rows `(entry, exit]` in one state.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stays<'a> {
    /// Begin of each row.
    pub entry: &'a [f64],
    /// End of each row.
    pub exit: &'a [f64],
    /// The state of each row.
    pub from: &'a [u32],
    /// What happens at its end: 0 is nothing, k that state `k − 1` is entered.
    pub event: &'a [u32],
    /// How many states there are.
    pub states: usize,
}

/// P(s, t) at each event time t in `(s, until]`, with its covariance. R: `etm::etm`.
///
/// ```
/// use statistics::multistate::transition_matrix::{Stays, TransitionMatrix};
/// let stays = Stays {
///     entry: &[0.0; 4],
///     exit: &[1.0, 2.0, 3.0, 3.0],
///     from: &[0; 4],
///     event: &[2, 2, 0, 0],
///     states: 2,
/// };
/// let fit = TransitionMatrix::estimate(&stays, (0.0, f64::INFINITY), true)?;
/// assert_eq!((fit.place(0.5), fit.place(2.5)), (None, Some(1)));
/// assert_eq!(fit.probability[1][(0, 0)], 0.5);
/// // Binomial: 0.5 · 0.5 / 4.
/// assert!((fit.covariance[1][(0, 0)] - 0.0625).abs() < 1e-15);
/// # Ok::<(), statistics::NotEstimable>(())
/// ```
#[derive(Clone, Debug)]
pub struct TransitionMatrix {
    /// How many states there are.
    pub states: usize,
    /// The event times.
    pub time: Vec<f64>,
    /// When the last row ends, or `until` if that is earlier.
    pub last: f64,
    /// `P(s, t)` at each time: the row is the state at s, the column that at t.
    pub probability: Vec<Matrix>,
    /// Covariance of `vec P` (column after column) at each time, if asked for.
    pub covariance: Vec<Matrix>,
    /// Persons at risk just before each time: a row per time, a column per state.
    pub n_risk: Matrix,
    /// Transitions at each time, `[from, to]`.
    pub n_event: Vec<Matrix>,
}

impl TransitionMatrix {
    /// Estimates `P(s, t) = Π (I + dA)` over the event times in `(s, until]`.
    ///
    /// # Method
    /// Andersen, Borgan, Gill and Keiding (1993), IV.4.1.3, with the multinomial (Greenwood)
    /// increments `cov(H_jk, H_jm) = (δ_km H_jk − H_jk H_jm)/Y_j`: with `H = I + dA`
    ///
    /// ```text
    /// cov vec P(t) = (Hᵀ⊗I) cov vec P(t−) (H⊗I) + (I⊗P(t−)) cov(vec H) (I⊗P(t−)ᵀ)
    /// ```
    ///
    /// H has few entries off its diagonal, so a step takes O(s³) per transition that happens
    /// instead of the O(s⁶) of the products as written. R: `etm::etm`.
    ///
    /// # Errors
    /// Lengths that differ, times that are none, rows that end before they start, unknown
    /// states, and no event in the interval.
    pub fn estimate(
        stays: &Stays<'_>,
        (start, until): (f64, f64),
        with_covariance: bool,
    ) -> Result<Self, NotEstimable> {
        check(stays)?;
        let is_event = |row: &usize| {
            stays.event[*row] > 0 && stays.exit[*row] > start && stays.exit[*row] <= until
        };
        let events: Vec<usize> = (0..stays.exit.len()).filter(is_event).collect();
        if events.is_empty() {
            return Err(NotEstimable::NoEvents);
        }
        let times: Vec<f64> = events.iter().map(|&row| stays.exit[row]).collect();
        let index = TimeIndex::new(&[&times]);
        let places = index.places(&times);
        let n_risk = at_risk(stays, &index);
        let (order, starts) = grouped(&places);
        let states = stays.states;
        let mut fit = Self {
            states,
            time: index.times().to_vec(),
            last: stays
                .exit
                .iter()
                .copied()
                .fold(f64::NEG_INFINITY, f64::max)
                .min(until),
            probability: Vec::with_capacity(index.len()),
            covariance: Vec::new(),
            n_event: Vec::with_capacity(index.len()),
            n_risk,
        };
        let mut probability = Matrix::identity(states);
        let mut covariance = Matrix::zeros(states * states, states * states);
        for place in 0..index.len() {
            let mut moved = Matrix::zeros(states, states);
            for &event in &order[starts[place] as usize..starts[place + 1] as usize] {
                let row = events[event as usize];
                moved[(stays.from[row] as usize, stays.event[row] as usize - 1)] += 1.0;
            }
            let step = Step::new(&moved, |state| fit.n_risk[(place, state)]);
            if with_covariance {
                let added = step.added(&probability);
                step.apply_columns_of_covariance(&mut covariance, states);
                covariance.add_scaled(1.0, &added);
                fit.covariance.push(covariance.clone());
            }
            step.apply(&mut probability);
            fit.probability.push(probability.clone());
            fit.n_event.push(moved);
        }
        Ok(fit)
    }

    /// The last event time up to a time, if there is one.
    pub fn place(&self, at: f64) -> Option<usize> {
        self.time.partition_point(|time| *time <= at).checked_sub(1)
    }
}

fn check(stays: &Stays<'_>) -> Result<(), NotEstimable> {
    let rows = stays.exit.len();
    if rows == 0 {
        return Err(NotEstimable::Empty { what: "rows" });
    }
    NotEstimable::unless_length("entry", rows, stays.entry.len())?;
    NotEstimable::unless_length("from", rows, stays.from.len())?;
    NotEstimable::unless_length("to", rows, stays.event.len())?;
    NotEstimable::unless_finite("entry", stays.entry)?;
    NotEstimable::unless_finite("exit", stays.exit)?;
    for (what, codes, bound) in [
        ("from", stays.from, stays.states),
        ("to", stays.event, stays.states + 1),
    ] {
        if let Some(position) = codes.iter().position(|code| *code as usize >= bound) {
            let code = codes[position] as usize;
            return Err(NotEstimable::UnknownCode {
                what,
                code,
                position,
            });
        }
    }
    let spans = stays.entry.iter().zip(stays.exit);
    match spans.clone().position(|(entry, exit)| entry >= exit) {
        Some(row) => Err(NotEstimable::EmptyInterval { row }),
        None => Ok(()),
    }
}

/// Persons at risk just before each time.
fn at_risk(stays: &Stays<'_>, index: &TimeIndex) -> Matrix {
    let states = stays.states;
    let first = index.count_not_after(stays.entry);
    let last = index.count_not_after(stays.exit);
    let mut change = vec![0_i64; (index.len() + 1) * states];
    for row in 0..stays.exit.len() {
        let state = stays.from[row] as usize;
        change[first[row] as usize * states + state] += 1;
        change[last[row] as usize * states + state] -= 1;
    }
    let mut table = Matrix::zeros(index.len(), states);
    for state in 0..states {
        let mut at_risk = 0;
        for place in 0..index.len() {
            at_risk += change[place * states + state];
            table[(place, state)] = at_risk as f64;
        }
    }
    table
}

/// `H = I + dA` at one time, as what moves.
struct Step {
    /// From, to and the share that moves.
    flows: Vec<(usize, usize, f64)>,
    /// States that are left: the state, 1/Y and its row of H.
    left: Vec<(usize, f64, Vec<f64>)>,
}

impl Step {
    fn new(moved: &Matrix, at_risk: impl Fn(usize) -> f64) -> Self {
        let states = moved.rows();
        let (mut flows, mut left) = (Vec::new(), Vec::new());
        for from in 0..states {
            let y = at_risk(from);
            let mut row = vec![0.0; states];
            for (to, share) in row.iter_mut().enumerate().filter(|(to, _)| *to != from) {
                if moved[(from, to)] > 0.0 && y > 0.0 {
                    *share = moved[(from, to)] / y;
                    flows.push((from, to, *share));
                }
            }
            let gone: f64 = (0..states)
                .filter(|to| *to != from)
                .map(|to| moved[(from, to)])
                .sum();
            if gone > 0.0 && y > 0.0 {
                row[from] = (y - gone) / y;
                left.push((from, 1.0 / y, row));
            }
        }
        Self { flows, left }
    }

    /// `P ← P·H`.
    fn apply(&self, probability: &mut Matrix) {
        let before = probability.clone();
        for (from, _, row) in &self.left {
            for a in 0..before.rows() {
                probability[(a, *from)] -= before[(a, *from)] * (1.0 - row[*from]);
            }
        }
        for &(from, to, share) in &self.flows {
            for a in 0..before.rows() {
                probability[(a, to)] += before[(a, from)] * share;
            }
        }
    }

    /// `(Hᵀ⊗I) C (H⊗I)`: the step along the columns of P, on both sides.
    fn apply_columns_of_covariance(&self, covariance: &mut Matrix, states: usize) {
        for _ in 0..2 {
            let before = covariance.clone();
            for (from, _, row) in &self.left {
                for cell in from * states..(from + 1) * states {
                    for other in 0..states * states {
                        covariance[(other, cell)] -= before[(other, cell)] * (1.0 - row[*from]);
                    }
                }
            }
            for &(from, to, share) in &self.flows {
                for a in 0..states {
                    for other in 0..states * states {
                        covariance[(other, to * states + a)] +=
                            share * before[(other, from * states + a)];
                    }
                }
            }
            *covariance = covariance.transpose();
        }
    }

    /// `(I⊗P) cov(vec H) (I⊗Pᵀ)`: Σ over states left of `P_aj P_a'j cov(H_jb, H_jb')`.
    fn added(&self, probability: &Matrix) -> Matrix {
        let states = probability.rows();
        let mut sum = Matrix::zeros(states * states, states * states);
        for (from, per_person, row) in &self.left {
            let column = probability.column(*from);
            let reached: Vec<usize> = (0..states).filter(|&to| row[to] > 0.0).collect();
            for &b in &reached {
                for &b2 in &reached {
                    let same = if b == b2 { row[b] } else { 0.0 };
                    let covariance = (same - row[b] * row[b2]) * per_person;
                    for (a, p) in column.iter().enumerate() {
                        for (a2, p2) in column.iter().enumerate() {
                            sum[(b * states + a, b2 * states + a2)] += covariance * p * p2;
                        }
                    }
                }
            }
        }
        sum
    }
}
