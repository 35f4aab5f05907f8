//! Expected time in each state, influences of rows and pseudo-values at a horizon.

use super::aalen_johansen::{OccupationCurve, StateOccupation};
use super::influence::{Horizon, hazard_rows};
use crate::NotEstimable;
use crate::matrix::Matrix;

/// Expected time in each state up to a horizon: the restricted mean.
#[derive(Clone, Debug, PartialEq)]
pub struct Sojourn {
    /// Expected time in each state.
    pub mean: Vec<f64>,
    /// Its standard error.
    pub std_err: Vec<f64>,
}

/// What is estimated at a horizon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Estimand {
    /// The probability to be in each state (R: `pstate`).
    Occupation,
    /// The cumulative hazard of each transition (R: `cumhaz`).
    Hazard,
    /// The expected time in each state until then (R: `sojourn`, `auc`, `rmst`).
    Sojourn,
}

impl OccupationCurve {
    /// Expected time in each state from the start until `until`, with standard errors by the
    /// infinitesimal jackknife; the last occupation is held on to after the last time.
    ///
    /// # Method
    /// `∫ p(t) dt`; the influence of a row is that of its steps times the expected time that
    /// each of them still moves (`docs/methods/multistate.md`). O(rows + times · states³). R:
    /// `summary(fit, rmean = until)$table`, whose errors stop at the curve's last time instead.
    ///
    /// ```
    /// use statistics::multistate::aalen_johansen::{Histories, OccupationOptions, StateOccupation};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let histories = Histories {
    ///     exit: &[1.0, 2.0],
    ///     event: &[2, 2],
    ///     states: 2,
    ///     ..Histories::default()
    /// };
    /// let fit = StateOccupation::fit(&histories, &OccupationOptions::default())?;
    /// // One leaves at 1, the other at 2: 1.5 on average in state 0, 1.5 of 3 in state 1.
    /// let sojourn = fit.curves[0].sojourn(3.0)?;
    /// assert_eq!(sojourn.mean, [1.5, 1.5]);
    /// // (0.5² + 0.5²)/2² = 1/8.
    /// assert!((sojourn.std_err[0] - 0.125f64.sqrt()).abs() < 1e-15);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// A horizon before the start, or that is no finite number.
    pub fn sojourn(&self, until: f64) -> Result<Sojourn, NotEstimable> {
        self.check_horizon(until)?;
        let horizon = Horizon::sojourn(&self.steps, self.start, until);
        let rows = horizon.rows(&self.data, &self.steps, &self.initial);
        Ok(Sojourn {
            mean: horizon.estimate(&self.initial),
            std_err: self.root_of_squares(&rows, self.steps.states),
        })
    }

    /// The influence of each row of this curve on an estimate at a horizon, per unit of weight:
    /// a row per row of data (see [`Self::data_rows`]), a column per state or transition.
    /// O(rows). R: `residuals(fit, times, type)`.
    ///
    /// # Errors
    /// As [`Self::sojourn`].
    ///
    /// ```
    /// use statistics::multistate::aalen_johansen::{Histories, OccupationOptions, StateOccupation};
    /// use statistics::multistate::sojourn::Estimand;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // One of two leaves state 0 at time 1, the other at time 2.
    /// let histories = Histories { exit: &[1.0, 2.0], event: &[2, 2], states: 2, ..Default::default() };
    /// let fit = StateOccupation::fit(&histories, &OccupationOptions::default())?;
    /// // P(state 1) at 1 is the mean of 1 and 0: who left moves it by ½(1 − ½).
    /// let influence = fit.curves[0].row_influence(Estimand::Occupation, 1.0)?;
    /// assert_eq!(influence.column(1), [0.25, -0.25]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn row_influence(&self, estimand: Estimand, at: f64) -> Result<Matrix, NotEstimable> {
        let (values, columns) = self.influence_values(estimand, at)?;
        Ok(by_column(&values, columns))
    }

    /// The same summed over the rows of each person, times their weights: the persons' codes,
    /// and a row per person. R: `residuals(fit, times, type, collapse = TRUE)`.
    ///
    /// # Errors
    /// As [`Self::sojourn`].
    ///
    /// ```
    /// use statistics::multistate::aalen_johansen::{Histories, OccupationOptions, StateOccupation};
    /// use statistics::multistate::sojourn::Estimand;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // One of two leaves state 0 at time 1, the other at time 2.
    /// let histories = Histories { exit: &[1.0, 2.0], event: &[2, 2], states: 2, ..Default::default() };
    /// let fit = StateOccupation::fit(&histories, &OccupationOptions::default())?;
    /// let (persons, influence) = fit.curves[0].person_influence(Estimand::Occupation, 1.0)?;
    /// assert_eq!(persons.len(), 2);
    /// assert_eq!(influence.column(1), [0.25, -0.25]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn person_influence(
        &self,
        estimand: Estimand,
        at: f64,
    ) -> Result<(Vec<u32>, Matrix), NotEstimable> {
        let (values, columns) = self.influence_values(estimand, at)?;
        let (codes, sums) = self.summed(&values, columns, &self.data.person);
        Ok((codes, by_column(&sums, columns)))
    }

    /// Pseudo-values: the estimate at a horizon plus the number of persons times each person's
    /// influence. To be used as outcomes of a regression. R: `pseudo(fit, times, type)`.
    ///
    /// # Method
    /// Andersen, Klein and Rosthøj (2003), with the infinitesimal instead of the ordinary
    /// jackknife (Parner, Andersen and Overgaard 2023).
    ///
    /// # Errors
    /// As [`Self::sojourn`].
    ///
    /// ```
    /// use statistics::multistate::aalen_johansen::{Histories, OccupationOptions, StateOccupation};
    /// use statistics::multistate::sojourn::Estimand;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // One of two leaves state 0 at time 1, the other at time 2.
    /// let histories = Histories { exit: &[1.0, 2.0], event: &[2, 2], states: 2, ..Default::default() };
    /// let fit = StateOccupation::fit(&histories, &OccupationOptions::default())?;
    /// // Without censoring they say who has left.
    /// let (_, values) = fit.curves[0].pseudo_values(Estimand::Occupation, 1.0)?;
    /// assert_eq!(values.column(1), [1.0, 0.0]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn pseudo_values(
        &self,
        estimand: Estimand,
        at: f64,
    ) -> Result<(Vec<u32>, Matrix), NotEstimable> {
        let estimate = self.estimate(estimand, at)?;
        let (codes, mut values) = self.person_influence(estimand, at)?;
        let persons = codes.len() as f64;
        for (column, estimate) in estimate.iter().enumerate() {
            for value in values.column_mut(column) {
                *value = estimate + persons * *value;
            }
        }
        Ok((codes, values))
    }

    /// The estimate at a horizon: a value per state or transition. R: `summary(fit, times)`.
    ///
    /// # Errors
    /// As [`Self::sojourn`].
    ///
    /// ```
    /// use statistics::multistate::aalen_johansen::{Histories, OccupationOptions, StateOccupation};
    /// use statistics::multistate::sojourn::Estimand;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // One of two leaves state 0 at time 1, the other at time 2.
    /// let histories = Histories { exit: &[1.0, 2.0], event: &[2, 2], states: 2, ..Default::default() };
    /// let fit = StateOccupation::fit(&histories, &OccupationOptions::default())?;
    /// assert_eq!(fit.curves[0].estimate(Estimand::Occupation, 1.0)?, [0.5, 0.5]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn estimate(&self, estimand: Estimand, at: f64) -> Result<Vec<f64>, NotEstimable> {
        self.check_horizon(at)?;
        let position = self.position(at);
        Ok(match estimand {
            Estimand::Occupation => self.steps.occupation_at(position).to_vec(),
            Estimand::Hazard => self.steps.hazard_at(position).to_vec(),
            Estimand::Sojourn => {
                Horizon::sojourn(&self.steps, self.start, at).estimate(&self.initial)
            }
        })
    }

    /// The positions of this curve's rows in the caller's arrays.
    ///
    /// ```
    /// use statistics::multistate::aalen_johansen::{Histories, OccupationOptions, StateOccupation};
    /// use statistics::multistate::sojourn::Estimand;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // One of two leaves state 0 at time 1, the other at time 2.
    /// let histories = Histories { exit: &[1.0, 2.0], event: &[2, 2], states: 2, ..Default::default() };
    /// let fit = StateOccupation::fit(&histories, &OccupationOptions::default())?;
    /// assert_eq!(fit.curves[0].data_rows().len(), 2);
    /// # Ok(())
    /// # }
    /// ```
    pub fn data_rows(&self) -> &[u32] {
        &self.data.row
    }

    fn influence_values(
        &self,
        estimand: Estimand,
        at: f64,
    ) -> Result<(Vec<f64>, usize), NotEstimable> {
        self.check_horizon(at)?;
        let (data, steps) = (&self.data, &self.steps);
        let horizon = match estimand {
            Estimand::Hazard => {
                let values = hazard_rows(data, steps, self.position(at));
                return Ok((values, steps.transitions.len()));
            }
            Estimand::Occupation => Horizon::occupation(steps, self.position(at)),
            Estimand::Sojourn => Horizon::sojourn(steps, self.start, at),
        };
        Ok((horizon.rows(data, steps, &self.initial), steps.states))
    }

    /// How many event times there are up to a time.
    fn position(&self, at: f64) -> usize {
        self.steps.time.partition_point(|time| *time <= at)
    }

    fn check_horizon(&self, at: f64) -> Result<(), NotEstimable> {
        match at.is_finite() && at >= self.start {
            true => Ok(()),
            false => Err(NotEstimable::Domain {
                what: "horizon",
                value: at,
            }),
        }
    }

    /// Sums of rows, times their weights, over the rows with one code; each row by itself where
    /// there are no codes. The codes, and the sums row after row.
    fn summed(&self, values: &[f64], width: usize, codes: &[u32]) -> (Vec<u32>, Vec<f64>) {
        let weighted = |row: usize, value: &f64| value * self.data.weight(row);
        let rows = values.chunks(width.max(1)).enumerate();
        if codes.is_empty() {
            let sums = rows.flat_map(|(row, values)| values.iter().map(move |v| weighted(row, v)));
            return (self.data.row.clone(), sums.collect());
        }
        let most = codes.iter().max().map_or(0, |most| *most as usize + 1);
        let mut places = vec![u32::MAX; most];
        codes.iter().for_each(|&code| places[code as usize] = 0);
        let used: Vec<u32> = (0..most as u32)
            .filter(|&code| places[code as usize] == 0)
            .collect();
        for (place, &code) in used.iter().enumerate() {
            places[code as usize] = place as u32;
        }
        let mut sums = vec![0.0; used.len() * width];
        for (row, values) in rows {
            let place = places[codes[row] as usize] as usize * width;
            for (sum, value) in sums[place..].iter_mut().zip(values) {
                *sum += weighted(row, value);
            }
        }
        (used, sums)
    }

    fn root_of_squares(&self, values: &[f64], width: usize) -> Vec<f64> {
        let (_, sums) = self.summed(values, width, self.data.groups());
        let mut squares = vec![0.0; width];
        for row in sums.chunks(width.max(1)) {
            for (square, value) in squares.iter_mut().zip(row) {
                *square += value * value;
            }
        }
        squares.into_iter().map(f64::sqrt).collect()
    }
}

impl StateOccupation {
    /// The last time of all curves: the horizon of R's restricted mean where none is asked for.
    ///
    /// ```
    /// use statistics::multistate::aalen_johansen::{Histories, OccupationOptions, StateOccupation};
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// // One of two leaves state 0 at time 1, the other at time 2.
    /// let histories = Histories { exit: &[1.0, 2.0], event: &[2, 2], states: 2, ..Default::default() };
    /// let fit = StateOccupation::fit(&histories, &OccupationOptions::default())?;
    /// assert_eq!(fit.last_time(), 2.0);
    /// # Ok(())
    /// # }
    /// ```
    pub fn last_time(&self) -> f64 {
        let last = |curve: &OccupationCurve| curve.time.last().copied();
        let times = self.curves.iter().filter_map(last);
        times.fold(self.start, f64::max)
    }
}

/// Rows after each other as a matrix.
fn by_column(values: &[f64], columns: usize) -> Matrix {
    let rows = values.len().checked_div(columns).unwrap_or(0);
    let mut matrix = Matrix::zeros(rows, columns);
    for (row, values) in values.chunks(columns.max(1)).enumerate() {
        for (column, value) in values.iter().enumerate() {
            matrix[(row, column)] = *value;
        }
    }
    matrix
}
