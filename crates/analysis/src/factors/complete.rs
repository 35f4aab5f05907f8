//! Unknown values, estimated several times.

use super::design::{Coding, Design};
use super::rows::RiskRows;
use statistics::imputation::{ChainedEquations, Method};
use statistics::{FollowUp, NelsonAalen, NotEstimable, RiskTable};

/// How often unknown values are estimated. White, Royston and Wood (2011) ask for as many as the
/// percentage of subjects with an unknown value; above twenty little is gained.
pub(crate) const IMPUTATIONS: u32 = 20;
/// Rounds through the factors, as in R: the default of `mice(maxit)`.
const ROUNDS: usize = 5;
/// Where the random numbers start: the same study gives the same numbers.
const SEED: u64 = 1;
/// Donors of predictive mean matching; 5 is usual (Morris, White and Royston 2014).
const DONORS: usize = 5;

/// The values of all factors in all rows, without unknown ones: once where all are known.
///
/// # Method
/// Chained equations over subjects, with the outcome among the predictors as its indicator and
/// its cumulative hazard (White and Royston 2009). A factor that changes is unknown of a subject
/// only where it never was known, so that one value per subject completes all its rows.
pub(crate) fn completed(
    rows: &RiskRows,
    design: &Design,
    cause: u8,
) -> Result<Vec<Vec<Vec<f64>>>, NotEstimable> {
    let is_unknown = |place: usize| rows.values[place].iter().any(|value| value.is_nan());
    if !design.terms.iter().any(|term| is_unknown(term.place)) {
        return Ok(vec![rows.values.clone()]);
    }
    let last = rows.last_rows();
    let of_subjects =
        |place: usize| -> Vec<f64> { last.iter().map(|&row| rows.values[place][row]).collect() };
    let mut columns: Vec<Vec<f64>> = Vec::new();
    let mut methods = Vec::new();
    for term in &design.terms {
        columns.push(of_subjects(term.place));
        methods.push(Some(method(&term.coding)));
    }
    columns.extend(outcome(rows, cause));
    methods.resize(columns.len(), None);
    let equations = ChainedEquations {
        methods,
        imputations: IMPUTATIONS as usize,
        rounds: ROUNDS,
        seed: SEED,
    };
    let imputations = equations.impute(&columns)?;
    Ok(imputations
        .iter()
        .map(|one| spread(rows, design, &one.columns))
        .collect())
}

fn method(coding: &Coding) -> Method {
    match coding {
        Coding::Levels(levels) if levels.len() == 2 && levels[1].value == 1.0 => Method::Logistic,
        _ => Method::PredictiveMean { donors: DONORS },
    }
}

/// Whether the event happened, and how much of its hazard a subject went through.
fn outcome(rows: &RiskRows, cause: u8) -> [Vec<f64>; 2] {
    let start = rows.at_start();
    let whole = |days: &[f64]| -> Vec<i32> { days.iter().map(|&day| day as i32).collect() };
    let (entry, exit) = (whole(&start.entry), whole(&start.exit));
    let event: Vec<u8> = rows
        .event
        .iter()
        .map(|&event| u8::from(event == cause))
        .collect();
    let follow_up = FollowUp {
        entry: &entry,
        exit: &exit,
        event: &event,
    };
    let hazard = RiskTable::count(follow_up, 1).map(|table| NelsonAalen::estimate(&table));
    let until = |day: i32| match &hazard {
        Ok(hazard) => {
            let passed = hazard.times.partition_point(|&time| time <= day);
            passed
                .checked_sub(1)
                .map_or(0.0, |last| hazard.hazard[last])
        }
        // Rows that cannot be counted cannot be fitted either, which says why.
        Err(_) => 0.0,
    };
    let through = entry
        .iter()
        .zip(&exit)
        .map(|(&entry, &exit)| until(exit) - until(entry));
    let happened = event.iter().map(|&event| f64::from(event));
    [happened.collect(), through.collect()]
}

/// Puts the values of subjects where rows have none.
fn spread(rows: &RiskRows, design: &Design, columns: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let mut values = rows.values.clone();
    for (term, column) in design.terms.iter().zip(columns) {
        for (row, value) in values[term.place].iter_mut().enumerate() {
            if value.is_nan() {
                *value = column[rows.subject[row] as usize];
            }
        }
    }
    values
}
