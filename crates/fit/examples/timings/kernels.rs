//! Estimators alone: arrays in, structs out.

use crate::{MEMORY, seconds};
use formula::{Column, Frame, Schema, read_csv};
use statistics::competing::{FineGray, FineGrayControl, FineGrayData};
use statistics::concordance::{Concordance, ConcordanceData, ConcordanceOptions, Details};
use statistics::cox::{CoxControl, CoxData, CoxFit, Ties};
use statistics::matrix::Matrix;
use statistics::multistate::aalen_johansen::{Histories, OccupationOptions, StateOccupation};
use statistics::survival::{CurveOptions, Observations, SurvivalCurve};
use statistics::{NotEstimable, tied_times};
use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

/// Times one estimator.
pub fn run(folder: &Path, name: &str) -> Result<(), String> {
    let table = match name {
        "multistate-kernel" => "states.csv",
        _ => "survival.csv",
    };
    let bytes = fs::read(folder.join(table)).map_err(|error| format!("{table}: {error}"))?;
    let frame =
        read_csv(&bytes, &Schema::unknown()).map_err(|error| format!("{table}: {error:?}"))?;
    drop(bytes);
    let taken = match name {
        "km-kernel" => survival_curve(&frame),
        "cif-kernel" => incidence(&frame),
        "multistate-kernel" => states(&frame),
        "cox-kernel" => cox(&frame),
        "concordance-kernel" => concordance(&frame),
        "fine-gray-kernel" => fine_gray(&frame),
        _ => return Err(format!("{name}: no such estimator")),
    }?;
    let Taken { seconds, memory } = taken;
    println!(r#"{{"task":"{name}","seconds":{seconds},"memory":{memory}}}"#);
    Ok(())
}

/// What an estimate takes.
struct Taken {
    seconds: f64,
    /// The most memory at one time, beside the columns, as a part of them.
    memory: f64,
}

/// What an estimate takes from columns of so many bytes in all. Its result is not thrown away
/// before the clock stops.
fn taken<T>(
    input: usize,
    mut estimate: impl FnMut() -> Result<T, NotEstimable>,
) -> Result<Taken, String> {
    let mut memory = 0.0;
    let seconds = seconds::typical(|| {
        let before = MEMORY.current_usage();
        MEMORY.reset_peak_usage();
        let start = Instant::now();
        let found = black_box(estimate().map_err(|reason| reason.to_string())?);
        let seconds = start.elapsed().as_secs_f64();
        memory = (MEMORY.peak_usage() - before) as f64 / input as f64;
        drop(found);
        Ok(seconds)
    })?;
    Ok(Taken { seconds, memory })
}

fn numbers(frame: &Frame, name: &str) -> Result<Vec<f64>, String> {
    frame.numbers(name).map_err(|error| format!("{error:?}"))
}

fn codes(frame: &Frame, name: &str) -> Result<Vec<u32>, String> {
    Ok(numbers(frame, name)?
        .iter()
        .map(|&code| code as u32)
        .collect())
}

fn first_cause(frame: &Frame) -> Result<Vec<bool>, String> {
    Ok(numbers(frame, "status")?
        .iter()
        .map(|&status| status == 1.0)
        .collect())
}

fn covariates(frame: &Frame) -> Result<Matrix, String> {
    let columns: Result<Vec<_>, _> = ["x1", "x2", "x3", "x4", "x5"]
        .iter()
        .map(|name| numbers(frame, name))
        .collect();
    Ok(Matrix::from_columns(&columns?))
}

fn survival_curve(frame: &Frame) -> Result<Taken, String> {
    let event: Vec<bool> = numbers(frame, "status")?
        .iter()
        .map(|&status| status > 0.0)
        .collect();
    let mut time = numbers(frame, "time")?;
    taken(size_of_val(&*time) + size_of_val(&*event), || {
        tied_times::merge(&mut [&mut time]);
        SurvivalCurve::estimate(
            Observations::right_censored(&time, &event),
            CurveOptions::default(),
        )
    })
}

fn incidence(frame: &Frame) -> Result<Taken, String> {
    let (exit, event) = (numbers(frame, "time")?, codes(frame, "status")?);
    // State 0 is the beginning; the causes are 1 and 2.
    let event: Vec<u32> = event
        .iter()
        .map(|&cause| if cause == 0 { 0 } else { cause + 1 })
        .collect();
    let histories = Histories {
        exit: &exit,
        event: &event,
        states: 3,
        ..Histories::default()
    };
    taken(size_of_val(&*exit) + size_of_val(&*event), || {
        StateOccupation::fit(&histories, &OccupationOptions::default())
    })
}

fn states(frame: &Frame) -> Result<Taken, String> {
    let (entry, exit) = (numbers(frame, "t0")?, numbers(frame, "t1")?);
    let (person, event) = (codes(frame, "id")?, state_codes(frame, "event")?);
    let state: Vec<u32> = state_codes(frame, "from")?
        .iter()
        .map(|code| code - 1)
        .collect();
    let histories = Histories {
        entry: &entry,
        exit: &exit,
        event: &event,
        state: &state,
        states: 4,
        person: &person,
        ..Histories::default()
    };
    let times = size_of_val(&*entry) + size_of_val(&*exit);
    let codes = size_of_val(&*event) + size_of_val(&*state) + size_of_val(&*person);
    taken(times + codes, || {
        StateOccupation::fit(&histories, &OccupationOptions::default())
    })
}

/// 0 for "0", 1 for "a", …
fn state_codes(frame: &Frame, name: &str) -> Result<Vec<u32>, String> {
    let Ok(Column::Text(factor) | Column::Factor(factor)) = frame.column(name) else {
        return Err(format!("{name}: no text"));
    };
    let code = |level: &String| match level.as_str() {
        "0" => 0,
        other => 1 + u32::from(other.as_bytes()[0] - b'a'),
    };
    let of_level: Vec<u32> = factor.levels.iter().map(code).collect();
    Ok(factor
        .codes
        .iter()
        .map(|&code| of_level[code as usize])
        .collect())
}

fn cox(frame: &Frame) -> Result<Taken, String> {
    let (time, event, x) = (
        numbers(frame, "time")?,
        first_cause(frame)?,
        covariates(frame)?,
    );
    let data = CoxData::new(&time, &event, &x);
    let input = size_of_val(&*time) + size_of_val(&*event) + size_of_val(x.values());
    taken(input, || {
        CoxFit::fit(&data, Ties::Efron, &CoxControl::default())
    })
}

fn concordance(frame: &Frame) -> Result<Taken, String> {
    let (time, event) = (numbers(frame, "time")?, first_cause(frame)?);
    let predictor = numbers(frame, "x1")?;
    let data = ConcordanceData {
        entry: None,
        time: &time,
        event: &event,
        predictor: &predictor,
        weights: None,
        strata: None,
    };
    let options = ConcordanceOptions {
        details: Details::Variance,
        ..ConcordanceOptions::default()
    };
    let input = size_of_val(&*time) + size_of_val(&*event) + size_of_val(&*predictor);
    taken(input, || Concordance::of(&data, &options)?.variance(None))
}

fn fine_gray(frame: &Frame) -> Result<Taken, String> {
    let (time, status, x) = (
        numbers(frame, "time")?,
        codes(frame, "status")?,
        covariates(frame)?,
    );
    let data = FineGrayData {
        entry: None,
        time: &time,
        status: &status,
        cause: 1,
        x: &x,
        weights: None,
        offset: None,
        strata: None,
        censoring_groups: None,
        id: None,
    };
    let input = size_of_val(&*time) + size_of_val(&*status) + size_of_val(x.values());
    taken(input, || {
        let fit = FineGray::fit(&data, &FineGrayControl::default())?;
        Ok((fit.covariance(None)?, fit))
    })
}
