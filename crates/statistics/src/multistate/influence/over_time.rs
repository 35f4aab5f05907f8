//! The influence of every cluster at every time.

use super::{Groups, at_start, step, weight_at_start};
use crate::multistate::aalen_johansen::{CurveRows, Steps};

/// How each cluster moves the occupation over time. R: `survfit(influence = TRUE)`.
///
/// ```
/// use statistics::multistate::aalen_johansen::{Histories, OccupationOptions, StateOccupation};
/// // Of four persons one goes to state 1 at time 1, one to state 2 at 2, and one to state 1 at 4.
/// let histories = Histories {
///     exit: &[1.0, 2.0, 3.0, 4.0],
///     event: &[2, 3, 0, 2],
///     states: 3,
///     ..Histories::default()
/// };
/// let fit = StateOccupation::fit(&histories, &OccupationOptions::default())?;
/// let influence = fit.curves[0].influence();
/// // The squares sum to those of the standard errors.
/// let squares = (0..4).map(|person| influence.get(person, 1, 2).powi(2)).sum::<f64>();
/// let error = fit.curves[0].std_err.as_ref().map_or(0.0, |errors| errors[(1, 2)]);
/// assert!((squares.sqrt() - error).abs() < 1e-15);
/// # Ok::<(), statistics::NotEstimable>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Influence {
    /// The code of each cluster (or the position of each row where rows are clusters).
    pub clusters: Vec<u32>,
    /// How many times there are.
    pub times: usize,
    /// How many states there are.
    pub states: usize,
    /// `[(cluster · times + time) · states + state]`.
    pub values: Vec<f64>,
    /// On the initial occupation: `[cluster · states + state]`.
    pub initial: Vec<f64>,
}

impl Influence {
    /// The influence of one cluster on one state at one time.
    pub fn get(&self, cluster: usize, time: usize, state: usize) -> f64 {
        self.values[(cluster * self.times + time) * self.states + state]
    }
}

/// Takes each cluster through all steps.
pub(in crate::multistate) fn over_time(
    data: &CurveRows,
    steps: &Steps,
    initial: &[f64],
    positions: &[u32],
) -> Influence {
    let groups = Groups::new(data.groups());
    let count = groups.len(data.rows);
    let states = steps.states;
    let start = (initial, weight_at_start(data));
    let mut influence = Influence {
        clusters: match groups.codes.is_empty() {
            true => data.row.clone(),
            false => groups.codes.clone(),
        },
        times: positions.len(),
        states,
        values: vec![0.0; count * positions.len() * states],
        initial: vec![0.0; count * states],
    };
    let mut path = vec![0.0; (steps.len() + 1) * states];
    let mut single = [0];
    let width = positions.len() * states;
    for group in 0..count {
        let rows = groups.rows(group, &mut single);
        follow((data, steps), rows, start, &mut path);
        influence.initial[group * states..(group + 1) * states].copy_from_slice(&path[..states]);
        let target = &mut influence.values[group * width..(group + 1) * width];
        for (target, &position) in target.chunks_mut(states).zip(positions) {
            let from = position as usize * states;
            target.copy_from_slice(&path[from..from + states]);
        }
    }
    influence
}

/// The influence of some rows together at each position.
fn follow(
    (data, steps): (&CurveRows, &Steps),
    rows: &[u32],
    start: (&[f64], f64),
    path: &mut [f64],
) {
    let states = steps.states;
    path.fill(0.0);
    let mut own = vec![0.0; states];
    for &row in rows {
        own.fill(0.0);
        at_start(data, row as usize, start, &mut own);
        let weight = data.weight(row as usize);
        let u = &mut path[..states];
        u.iter_mut()
            .zip(&own)
            .for_each(|(u, own)| *u += weight * own);
    }
    let (mut n, mut before) = (vec![0.0; states], vec![0.0; states]);
    for place in 0..steps.len() {
        let (done, next) = path.split_at_mut((place + 1) * states);
        let u = &mut next[..states];
        u.copy_from_slice(&done[place * states..]);
        n.fill(0.0);
        for &row in rows {
            let row = row as usize;
            if data.first(row) as usize <= place && place < data.last[row] as usize {
                n[data.state[row] as usize] += data.weight(row);
            }
        }
        step(steps, place, u, &n, &mut before);
        for &row in rows {
            let row = row as usize;
            if data.last[row] as usize == place + 1
                && let Some((from, to)) = data.transition(row)
            {
                let moved = data.weight(row) * steps.per_risk[place * states + from];
                u[to] += moved;
                u[from] -= moved;
            }
        }
        let occupation = steps.occupation_at(place + 1);
        for (u, p) in u.iter_mut().zip(occupation) {
            if *p == 0.0 || *p == 1.0 {
                *u = 0.0;
            }
        }
    }
}
