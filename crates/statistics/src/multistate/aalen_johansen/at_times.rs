//! A curve at requested times.

use super::OccupationCurve;
use crate::matrix::Matrix;

/// A curve at requested times: a row per time.
#[derive(Clone, Debug, PartialEq)]
pub struct OccupationAt {
    /// The requested times.
    pub time: Vec<f64>,
    /// Which of them lie before the start, where nothing is known: NaN in the tables below.
    pub is_before_start: Vec<bool>,
    /// Which of them lie before the first time of the curve.
    pub is_before_first: Vec<bool>,
    /// Weight at risk just before the next time of the curve.
    pub n_risk: Matrix,
    /// Weight that entered each state since the time requested before.
    pub n_event: Matrix,
    /// Weight that was censored in each state since the time requested before.
    pub n_censor: Matrix,
    /// Probability to be in each state.
    pub occupation: Matrix,
    /// Its standard error.
    pub std_err: Option<Matrix>,
    /// Cumulative hazard of each transition.
    pub cumulative_hazard: Matrix,
    /// Its standard error.
    pub hazard_std_err: Option<Matrix>,
}

impl OccupationCurve {
    /// The curve at requested times, ascending; after its last time the curve is extended. R:
    /// `summary(fit, times, extend = TRUE)`, which leaves out (of some columns only) what lies
    /// before the start.
    pub fn at(&self, times: &[f64]) -> OccupationAt {
        let so_far: Vec<usize> = times
            .iter()
            .map(|at| self.time.partition_point(|time| time <= at))
            .collect();
        let next = |at: &f64| self.time.partition_point(|time| time < at);
        let at_risk: Vec<Option<usize>> = times
            .iter()
            .map(|at| Some(next(at)).filter(|&row| row < self.time.len()))
            .collect();
        let before: Vec<bool> = times.iter().map(|at| *at < self.start).collect();
        let known: Vec<Option<Option<usize>>> = so_far
            .iter()
            .zip(&before)
            .map(|(so_far, before)| (!before).then(|| so_far.checked_sub(1)))
            .collect();
        let certain = vec![0.0; self.initial.len()];
        let initial_error = self.initial_std_err.as_ref().unwrap_or(&certain);
        let no_hazard = vec![0.0; self.cumulative_hazard.columns()];
        let error = |table: &Option<Matrix>, start: &[f64]| {
            table.as_ref().map(|table| at_rows(table, &known, start))
        };
        OccupationAt {
            time: times.to_vec(),
            n_risk: picked(&self.n_risk, &at_risk),
            n_event: since(&self.n_event, &so_far),
            n_censor: since(&self.n_censor, &so_far),
            occupation: at_rows(&self.occupation, &known, &self.initial),
            std_err: error(&self.std_err, initial_error),
            cumulative_hazard: at_rows(&self.cumulative_hazard, &known, &no_hazard),
            hazard_std_err: error(&self.hazard_std_err, &no_hazard),
            is_before_start: before,
            is_before_first: so_far.iter().map(|so_far| *so_far == 0).collect(),
        }
    }
}

/// Rows of a table: NaN where unknown, the start before the first row.
fn at_rows(table: &Matrix, rows: &[Option<Option<usize>>], start: &[f64]) -> Matrix {
    let mut result = Matrix::zeros(rows.len(), table.columns());
    for (place, row) in rows.iter().enumerate() {
        for column in 0..table.columns() {
            result[(place, column)] = match row {
                None => f64::NAN,
                Some(None) => start[column],
                Some(Some(row)) => table[(*row, column)],
            };
        }
    }
    result
}

/// Rows of a table, 0 where there is none.
fn picked(table: &Matrix, rows: &[Option<usize>]) -> Matrix {
    let mut result = Matrix::zeros(rows.len(), table.columns());
    for (place, row) in rows.iter().enumerate() {
        for column in 0..table.columns() {
            result[(place, column)] = row.map_or(0.0, |row| table[(row, column)]);
        }
    }
    result
}

/// Sums of rows between one place and the next.
fn since(table: &Matrix, until: &[usize]) -> Matrix {
    let mut result = Matrix::zeros(until.len(), table.columns());
    for column in 0..table.columns() {
        let mut from = 0;
        for (place, &until) in until.iter().enumerate() {
            let rows = table.column(column).get(from..until).unwrap_or_default();
            result[(place, column)] = rows.iter().sum();
            from = until.max(from);
        }
    }
    result
}
