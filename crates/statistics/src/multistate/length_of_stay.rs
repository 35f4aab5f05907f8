//! Change in length of stay by an intermediate state.

use super::transition_matrix::TransitionMatrix;
use crate::NotEstimable;

/// How much longer those who are in the intermediate state stay than those who are not.
///
/// State 0 is the beginning, state 1 the intermediate one, all others are ends.
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
    /// the expected time left after event time i in state j, up to the last event time,
    /// `R_j(i) = t_{i+1} − t_i + Σ_k H_jk(i+1) R_k(i+1)` for states that are no end: one
    /// backward sweep, O(times · states²). Weights are the (Kaplan–Meier) distribution of the
    /// time at which state 0 is left. R: `etm::clos(fit, aw = TRUE)`.
    ///
    /// # Errors
    /// Fewer than three states, and nobody who leaves state 0.
    pub fn new(fit: &TransitionMatrix) -> Result<Self, NotEstimable> {
        Self::with_ends(fit, expected_ends)
    }

    /// The numbers that R's `clos` gives where persons come back from the intermediate state:
    /// it multiplies the steps in reverse order and doesn't count the time after a return of
    /// those in the intermediate state.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn as_r_computes(fit: &TransitionMatrix) -> Result<Self, NotEstimable> {
        Self::with_ends(fit, reversed_ends)
    }

    fn with_ends(
        fit: &TransitionMatrix,
        ends: fn(&TransitionMatrix) -> (Vec<f64>, Vec<f64>),
    ) -> Result<Self, NotEstimable> {
        if fit.states < 3 {
            return Err(NotEstimable::Domain {
                what: "number of states",
                value: fit.states as f64,
            });
        }
        let (case, control) = ends(fit);
        let mut stay = Self {
            time: fit.time.clone(),
            case,
            control,
            waiting_time: Vec::new(),
            weights: Vec::new(),
            weights_intermediate: Vec::new(),
            weights_other: Vec::new(),
            change: 0.0,
            change_intermediate: 0.0,
            change_other: 0.0,
            ratio: 0.0,
        };
        stay.weigh(fit)?;
        Ok(stay)
    }

    fn weigh(&mut self, fit: &TransitionMatrix) -> Result<(), NotEstimable> {
        let mut waiting = 1.0;
        let mut places = Vec::new();
        for (place, moved) in fit.n_event.iter().enumerate() {
            let to_intermediate = moved[(0, 1)];
            let elsewhere: f64 = (2..fit.states).map(|to| moved[(0, to)]).sum();
            if to_intermediate + elsewhere > 0.0 {
                let each = waiting / fit.n_risk[(place, 0)];
                places.push(place);
                self.waiting_time.push(fit.time[place]);
                self.weights.push(each * (to_intermediate + elsewhere));
                self.weights_intermediate.push(each * to_intermediate);
                self.weights_other.push(each * elsewhere);
                waiting -= each * (to_intermediate + elsewhere);
            }
        }
        if places.is_empty() {
            return Err(NotEstimable::NoEvents);
        }
        for weights in [&mut self.weights_intermediate, &mut self.weights_other] {
            let total: f64 = weights.iter().sum();
            if total > 0.0 {
                weights.iter_mut().for_each(|weight| *weight /= total);
            }
        }
        let weighted = |weights: &[f64], value: &dyn Fn(usize) -> f64| -> f64 {
            let pairs = weights.iter().zip(&places);
            pairs.map(|(weight, &place)| weight * value(place)).sum()
        };
        let difference = |place: usize| self.case[place] - self.control[place];
        self.change = weighted(&self.weights, &difference);
        self.change_intermediate = weighted(&self.weights_intermediate, &difference);
        self.change_other = weighted(&self.weights_other, &difference);
        self.ratio = weighted(&self.weights, &|place| {
            self.case[place] / self.control[place]
        });
        Ok(())
    }
}

/// Expected end of the stay in states 1 and 0 at each time.
fn expected_ends(fit: &TransitionMatrix) -> (Vec<f64>, Vec<f64>) {
    let times = fit.time.len();
    let (mut case, mut control) = (vec![0.0; times], vec![0.0; times]);
    // Expected time left in the two states that are no end.
    let mut left = [0.0; 2];
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
    let mut sum = [[0.0; 2]; 2];
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
