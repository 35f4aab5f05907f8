//! Change in length of stay by an intermediate state.

use super::transition_matrix::TransitionMatrix;
use crate::NotEstimable;

/// How much longer those who are in the intermediate state stay than those who are not.
///
/// State 0 is the beginning, state 1 the intermediate one, all others are ends.
///
/// ```
/// use statistics::multistate::length_of_stay::LengthOfStay;
/// use statistics::multistate::transition_matrix::{Stays, TransitionMatrix};
/// // One is in state 1 from 1 to 4; two leave state 0 for the end at 2 and 6.
/// let stays = Stays {
///     entry: &[0.0, 1.0, 0.0, 0.0],
///     exit: &[1.0, 4.0, 2.0, 6.0],
///     from: &[0, 1, 0, 0],
///     event: &[2, 3, 3, 3],
///     states: 3,
/// };
/// let fit = TransitionMatrix::estimate(&stays, (0.0, f64::INFINITY), false)?;
/// let stay = LengthOfStay::new(&fit)?;
/// // At 1 both expect to leave at 4; at 2 who is in state 0 leaves at 6.
/// assert_eq!((stay.case[0], stay.control[0]), (4.0, 4.0));
/// assert_eq!((stay.case[1], stay.control[1]), (4.0, 6.0));
/// // State 0 is left at 1, 2 and 6, by a third each.
/// assert!((stay.change + 2.0 / 3.0).abs() < 1e-15);
/// // Nobody goes to state 1 after the first time, so that the order of the steps is the same.
/// assert!((LengthOfStay::as_r_computes(&fit)?.change - stay.change).abs() < 1e-15);
/// # Ok::<(), statistics::NotEstimable>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct LengthOfStay {
    /// The event times.
    pub time: Vec<f64>,
    /// Expected end of the stay of those in the intermediate state at each time.
    pub case: Vec<f64>,
    /// Expected end of the stay of those still in state 0 at each time.
    pub control: Vec<f64>,
    /// Times at which state 0 is left.
    pub waiting_time: Vec<f64>,
    /// Distribution of those times.
    pub weights: Vec<f64>,
    /// The same of those who go to the intermediate state.
    pub weights_intermediate: Vec<f64>,
    /// The same of those who go elsewhere.
    pub weights_other: Vec<f64>,
    /// Expected change in length of stay.
    pub change: f64,
    /// The same weighted by [`Self::weights_intermediate`].
    pub change_intermediate: f64,
    /// The same weighted by [`Self::weights_other`].
    pub change_other: f64,
    /// Expected ratio of the ends of the stay instead of their difference.
    pub ratio: f64,
}

impl LengthOfStay {
    /// Takes expected ends of stay from transition probabilities that start at time 0.
    ///
    /// # Method
    /// Schulgen and Schumacher (1996); Allignol, Schumacher and Beyersmann (2011). With R_j(i)
    /// the expected time left after event time i in state j, up to the last time at which anybody
    /// is observed, `R_j(i) = t_{i+1} − t_i + Σ_k H_jk(i+1) R_k(i+1)` for states that are no end:
    /// one backward sweep, O(times · states²). Weights are the (Kaplan–Meier) distribution of the
    /// time at which state 0 is left; a time after which one of the two states is empty compares
    /// nothing and adds 0 to the mean, as in R. R: `etm::clos(fit, aw = TRUE)`.
    ///
    /// # Errors
    /// Fewer than three states, and nobody who leaves state 0.
    pub fn new(fit: &TransitionMatrix) -> Result<Self, NotEstimable> {
        Self::from_parts(fit, expected_ends(fit), Leaving::by_waiting_time(fit))
    }

    /// The numbers that R's `clos` gives: it multiplies the steps in reverse order, doesn't count
    /// the time after a return of those in the intermediate state, and takes for weights the falls of `P_00(0, t)`, which a return
    /// makes rise, instead of the distribution of the time at which state 0 is first left.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn as_r_computes(fit: &TransitionMatrix) -> Result<Self, NotEstimable> {
        Self::from_parts(fit, reversed_ends(fit), Leaving::by_occupation(fit))
    }

    fn from_parts(
        fit: &TransitionMatrix,
        (case, control): (Vec<f64>, Vec<f64>),
        leaving: Leaving,
    ) -> Result<Self, NotEstimable> {
        if fit.states < 3 {
            return Err(NotEstimable::Domain {
                what: "number of states",
                value: fit.states as f64,
            });
        }
        if leaving.places.is_empty() {
            return Err(NotEstimable::NoEvents);
        }
        let weighted = |weights: &[f64], value: &dyn Fn(usize) -> f64| -> f64 {
            let pairs = weights.iter().zip(&leaving.places);
            pairs.map(|(weight, &place)| weight * value(place)).sum()
        };
        let compared = |place: usize, value: f64| match both_go_on(fit, place) {
            true => value,
            false => 0.0,
        };
        let difference = |place: usize| compared(place, case[place] - control[place]);
        let ratio = |place: usize| compared(place, case[place] / control[place]);
        let intermediate = normalised(&leaving.to_intermediate);
        let other = normalised(&leaving.elsewhere);
        Ok(Self {
            time: fit.time.clone(),
            waiting_time: leaving.places.iter().map(|&at| fit.time[at]).collect(),
            change: weighted(&leaving.weights, &difference),
            change_intermediate: weighted(&intermediate, &difference),
            change_other: weighted(&other, &difference),
            ratio: weighted(&leaving.weights, &ratio),
            weights: leaving.weights,
            weights_intermediate: intermediate,
            weights_other: other,
            case,
            control,
        })
    }
}

/// Whether anybody is in state 0, and anybody in state 1, just before the next event time.
fn both_go_on(fit: &TransitionMatrix, place: usize) -> bool {
    let next = place + 1;
    next < fit.time.len() && (0..2).all(|state| fit.n_risk[(next, state)] > 0.0)
}

/// When state 0 is left.
#[derive(Default)]
struct Leaving {
    /// Places of the event times at which somebody leaves.
    places: Vec<usize>,
    /// The share that leaves at each.
    weights: Vec<f64>,
    /// The part that goes to the intermediate state, and the part that goes elsewhere.
    to_intermediate: Vec<f64>,
    elsewhere: Vec<f64>,
}

impl Leaving {
    /// The Kaplan–Meier distribution of the time at which state 0 is left.
    fn by_waiting_time(fit: &TransitionMatrix) -> Self {
        let mut leaving = Self::default();
        let mut waiting = 1.0;
        for place in 0..fit.time.len() {
            let left = leaving.add(fit, place, waiting);
            leaving.weights.extend(left);
            waiting -= left.unwrap_or(0.0);
        }
        leaving
    }

    /// The falls of P_00, from one time at which somebody leaves to the next.
    fn by_occupation(fit: &TransitionMatrix) -> Self {
        let mut leaving = Self::default();
        let (mut before, mut last) = (1.0, 1.0);
        for (place, probability) in fit.probability.iter().enumerate() {
            let now = probability[(0, 0)];
            if leaving.add(fit, place, before).is_some() {
                leaving.weights.push(last - now);
                last = now;
            }
            before = now;
        }
        leaving
    }

    /// Notes a time at which a part of those `there` leaves: how large that part is.
    fn add(&mut self, fit: &TransitionMatrix, place: usize, there: f64) -> Option<f64> {
        let moved = &fit.n_event[place];
        let elsewhere: f64 = (2..fit.states).map(|to| moved[(0, to)]).sum();
        if moved[(0, 1)] + elsewhere == 0.0 {
            return None;
        }
        let each = there / fit.n_risk[(place, 0)];
        self.places.push(place);
        self.to_intermediate.push(each * moved[(0, 1)]);
        self.elsewhere.push(each * elsewhere);
        Some(each * (moved[(0, 1)] + elsewhere))
    }
}

/// With sum 1, if there is any.
fn normalised(weights: &[f64]) -> Vec<f64> {
    let total: f64 = weights.iter().sum();
    let scale = if total > 0.0 { 1.0 / total } else { 1.0 };
    weights.iter().map(|weight| weight * scale).collect()
}

/// Who has not come to an end at the last event stays as long as anybody is observed.
fn time_after_events(fit: &TransitionMatrix) -> f64 {
    fit.time.last().map_or(0.0, |&event| fit.last - event)
}

/// Expected end of the stay in states 1 and 0 at each time.
fn expected_ends(fit: &TransitionMatrix) -> (Vec<f64>, Vec<f64>) {
    let times = fit.time.len();
    let (mut case, mut control) = (vec![0.0; times], vec![0.0; times]);
    // Expected time left in the two states that are no end.
    let mut left = [time_after_events(fit); 2];
    for place in (0..times).rev() {
        if let Some(&next) = fit.time.get(place + 1) {
            let (moved, before) = (&fit.n_event[place + 1], left);
            for (state, left) in left.iter_mut().enumerate() {
                let at_risk = fit.n_risk[(place + 1, state)];
                let other = 1 - state;
                let gone: f64 = (0..fit.states)
                    .filter(|to| *to != state)
                    .map(|to| moved[(state, to)])
                    .sum();
                let onward = match at_risk > 0.0 {
                    true => {
                        before[state] * (at_risk - gone) / at_risk
                            + before[other] * moved[(state, other)] / at_risk
                    }
                    false => before[state],
                };
                *left = next - fit.time[place] + onward;
            }
        }
        control[place] = fit.time[place] + left[0];
        case[place] = fit.time[place] + left[1];
    }
    (case, control)
}

/// The same from `M(i) = (t_{i+1} − t_i) I + M(i+1) H(i+1)` over the two states that are no end.
fn reversed_ends(fit: &TransitionMatrix) -> (Vec<f64>, Vec<f64>) {
    let times = fit.time.len();
    let (mut case, mut control) = (vec![0.0; times], vec![0.0; times]);
    let after = time_after_events(fit);
    let mut sum = [[after, 0.0], [0.0, after]];
    for place in (0..times).rev() {
        if let Some(&next) = fit.time.get(place + 1) {
            let mut onward = sum;
            for state in 0..2 {
                let at_risk = fit.n_risk[(place + 1, state)];
                for to in (0..fit.states).filter(|&to| to != state && at_risk > 0.0) {
                    let share = fit.n_event[place + 1][(state, to)] / at_risk;
                    for (onward, sum) in onward.iter_mut().zip(&sum) {
                        onward[state] -= sum[state] * share;
                        if to < 2 {
                            onward[to] += sum[state] * share;
                        }
                    }
                }
            }
            for (state, row) in onward.iter_mut().enumerate() {
                row[state] += next - fit.time[place];
            }
            // The product is M·H: column c collects what the states send to c.
            sum = onward;
        }
        control[place] = fit.time[place] + sum[0][0] + sum[0][1];
        case[place] = fit.time[place] + sum[1][1];
    }
    (case, control)
}
