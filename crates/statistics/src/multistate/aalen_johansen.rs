//! Occupation of states over time for any graph of states (Aalen and Johansen), with standard
//! errors by the infinitesimal jackknife.
//!
//! Each row is a stretch `(entry, exit]` in one state, at the end of which a state may be
//! entered. With `Y_j(t)` the weight at risk in state j just before t and `dN_jk(t)` the weight
//! that then goes from j to k, the occupation is the row vector
//!
//! ```text
//! p(t) = p(t−) H(t),   H = I + dA,   dA_jk = dN_jk / Y_j,   dA_jj = −Σ_k dA_jk
//! ```
//!
//! Formulas of the errors and how they are summed in O(n log T): `docs/methods/multistate.md`.
//! R: `survfit(Surv(entry, exit, factor) ~ curve, id, istate, weights, cluster, p0, start.time)`
//! of survival 3.8.

mod at_times;
mod counts;
mod histories;

pub use at_times::OccupationAt;
pub use histories::Histories;

pub(crate) use counts::{CurveRows, Steps, grouped};

use super::influence::{self, Influence};
use crate::NotEstimable;
use crate::matrix::Matrix;
use counts::CurveTimes;
use histories::Checked;

/// What is known beforehand.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OccupationOptions {
    /// The occupation at the start: one value per state, or one such row per curve after each
    /// other. Estimated where absent.
    pub initial: Option<Vec<f64>>,
    /// The time from which occupation is followed.
    pub start_time: Option<f64>,
    /// Leave out the standard errors.
    pub without_errors: bool,
}

/// A move from one state to another (or, rarely, back into the same).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transition {
    /// The state left.
    pub from: usize,
    /// The state entered.
    pub to: usize,
}

/// Occupation of states over time, per curve. R: `survfit`.
#[derive(Clone, Debug)]
pub struct StateOccupation {
    /// How many states there are.
    pub states: usize,
    /// The time at which the initial occupation holds.
    pub start: f64,
    /// The transitions that were seen, by the state entered and then by the state left.
    pub transitions: Vec<Transition>,
    /// How often each transition was seen: `[from][to]`; the last column is censoring.
    pub counts: Vec<Vec<u64>>,
    /// How often a person was out of sight between two rows.
    pub gaps: usize,
    /// One per curve.
    pub curves: Vec<OccupationCurve>,
}

/// Occupation of states over time in one group. Tables have a row per time and a column per
/// state or transition. R: `survfit`.
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
/// let curve = &fit.curves[0];
/// let at = curve.at(&[0.5, 2.5]);
/// assert_eq!(at.occupation.row(0), [1.0, 0.0, 0.0]);
/// assert_eq!(at.occupation.row(1), [0.5, 0.25, 0.25]);
/// // How the persons move the occupation of state 1 at time 1: (1 − ¼)/4, and −¼/4 each.
/// let influence = curve.influence();
/// assert_eq!([0, 1, 2, 3].map(|person| influence.get(person, 0, 1) * 16.0), [3.0, -1.0, -1.0, -1.0]);
/// # Ok::<(), statistics::NotEstimable>(())
/// ```
#[derive(Clone, Debug)]
pub struct OccupationCurve {
    /// Rows of data.
    pub rows: usize,
    /// Persons.
    pub persons: usize,
    /// Times at which something happened or somebody was censored.
    pub time: Vec<f64>,
    /// Weight at risk in each state just before each time.
    pub n_risk: Matrix,
    /// Weight that enters each state.
    pub n_event: Matrix,
    /// Weight that is censored in each state.
    pub n_censor: Matrix,
    /// Weight of each transition.
    pub n_transition: Matrix,
    /// Probability to be in each state.
    pub occupation: Matrix,
    /// Its standard error.
    pub std_err: Option<Matrix>,
    /// Cumulative hazard of each transition.
    pub cumulative_hazard: Matrix,
    /// Its standard error.
    pub hazard_std_err: Option<Matrix>,
    /// The occupation at the start.
    pub initial: Vec<f64>,
    /// Its standard error; absent where it is given or certain.
    pub initial_std_err: Option<Vec<f64>>,
    pub(crate) start: f64,
    pub(crate) data: CurveRows,
    pub(crate) steps: Steps,
    /// For each time the number of event times up to it.
    positions: Vec<u32>,
}

impl StateOccupation {
    /// Estimates occupation and its standard errors.
    ///
    /// Without `start_time` the start is the first entry where all persons begin in one state,
    /// and otherwise the first event of any curve; the initial occupation is that of those at
    /// risk at the start, and its uncertainty counts.
    ///
    /// # Method
    /// Aalen and Johansen (1978); infinitesimal jackknife: Therneau, *Multi-state models as a
    /// data exploration tool* and *The infinitesimal jackknife* (vignettes of `survival`).
    /// O(n log T) time for n rows and T times. R: `survfit`.
    ///
    /// ```
    /// use statistics::multistate::aalen_johansen::{Histories, OccupationOptions, StateOccupation};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // Two causes of leaving state 0 among four persons.
    /// let histories = Histories {
    ///     exit: &[1.0, 2.0, 3.0, 4.0],
    ///     event: &[2, 3, 0, 2],
    ///     states: 3,
    ///     ..Histories::default()
    /// };
    /// let fit = StateOccupation::fit(&histories, &OccupationOptions::default())?;
    /// let curve = &fit.curves[0];
    /// assert_eq!(curve.occupation.row(1), [0.5, 0.25, 0.25]);
    /// // The last person leaves by the first cause.
    /// assert_eq!(curve.occupation.row(3), [0.0, 0.75, 0.25]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Times, weights or codes that are none, persons whose rows overlap or who change state
    /// without an event, curves without rows, nobody at risk at the start, and an initial
    /// occupation that does not sum to 1.
    pub fn fit(
        histories: &Histories<'_>,
        options: &OccupationOptions,
    ) -> Result<Self, NotEstimable> {
        let mut checked = Checked::new(histories)?;
        let given = given_initial(histories, options)?;
        let start = match options.start_time {
            Some(start) if !start.is_finite() => {
                return Err(NotEstimable::Domain {
                    what: "start time",
                    value: start,
                });
            }
            Some(start) => start,
            None => checked.default_start(),
        };
        let transitions = checked.transitions();
        let mut curves = Vec::with_capacity(checked.curves);
        for (curve, initial) in given.into_iter().enumerate() {
            let data = checked.curve_rows(curve, start, options.start_time.is_some());
            curves.push(OccupationCurve::fit(
                data,
                &transitions,
                (start, initial),
                !options.without_errors,
            )?);
        }
        Ok(Self {
            states: histories.states,
            start,
            transitions,
            counts: checked.counts,
            gaps: checked.gaps,
            curves,
        })
    }
}

/// The given initial occupation of each curve.
fn given_initial(
    histories: &Histories<'_>,
    options: &OccupationOptions,
) -> Result<Vec<Option<Vec<f64>>>, NotEstimable> {
    let curves = histories.curves.max(1);
    let Some(initial) = &options.initial else {
        return Ok(vec![None; curves]);
    };
    NotEstimable::unless_finite("p0", initial)?;
    let states = histories.states;
    if initial.len() != states && initial.len() != states * curves {
        return Err(NotEstimable::Length {
            what: "p0",
            expected: states,
            found: initial.len(),
        });
    }
    for row in initial.chunks(states) {
        let sum: f64 = row.iter().sum();
        if (sum - 1.0).abs() > 1e-8 {
            return Err(NotEstimable::Domain {
                what: "sum of p0",
                value: sum,
            });
        }
        if let Some(&value) = row.iter().find(|value| **value < 0.0) {
            return Err(NotEstimable::Domain { what: "p0", value });
        }
    }
    let rows: Vec<&[f64]> = initial.chunks(states).collect();
    Ok((0..curves)
        .map(|curve| Some(rows[curve.min(rows.len() - 1)].to_vec()))
        .collect())
}

impl OccupationCurve {
    fn fit(
        (data, times): (CurveRows, CurveTimes<'_>),
        transitions: &[Transition],
        (start, given): (f64, Option<Vec<f64>>),
        errors: bool,
    ) -> Result<Self, NotEstimable> {
        if data.is_empty() {
            return Err(NotEstimable::Empty {
                what: "rows in a curve",
            });
        }
        let states = data.states;
        let is_given = given.is_some();
        let initial = match given {
            Some(initial) => initial,
            None => data.initial(start)?,
        };
        let certain = is_given || initial.contains(&1.0);
        let mut counts = counts::Counts::new(&data, &times, transitions);
        drop(times);
        let steps = Steps::new(&counts, &initial, transitions);
        let positions = counts.positions();
        let mut data = data;
        data.place(&mut counts, &positions, certain);
        let errors = errors
            .then(|| influence::Errors::new(&data, &steps, &initial))
            .transpose()?;
        let spread = |values: &Matrix| values.gather_rows(&usizes(&positions));
        let initial_std_err = errors
            .as_ref()
            .filter(|_| !certain)
            .map(|errors| errors.occupation.row(0));
        Ok(Self {
            rows: data.rows,
            persons: data.person_count(),
            n_risk: counts.at_risk,
            n_event: counts.arrivals,
            n_censor: counts.censored,
            n_transition: counts.transitions,
            occupation: Matrix::from_values(
                positions.len(),
                states,
                steps.occupation_by_state(&positions),
            ),
            cumulative_hazard: Matrix::from_values(
                positions.len(),
                transitions.len(),
                steps.hazard_by_transition(&positions),
            ),
            std_err: errors.as_ref().map(|errors| spread(&errors.occupation)),
            hazard_std_err: errors.as_ref().map(|errors| spread(&errors.hazard)),
            time: counts.time,
            initial,
            initial_std_err,
            start,
            data,
            steps,
            positions,
        })
    }

    /// How each cluster moves the occupation at all times: `[cluster][time][state]`, weights
    /// included, so that the squares sum to those of the standard errors. R: `influence = TRUE`.
    ///
    /// O(clusters · times) numbers, as the answer has.
    pub fn influence(&self) -> Influence {
        influence::over_time(&self.data, &self.steps, &self.initial, &self.positions)
    }
}

fn usizes(places: &[u32]) -> Vec<usize> {
    places.iter().map(|&place| place as usize).collect()
}
