//! The outcome `Surv()`.

use crate::column::MISSING_CODE;
use crate::evaluate::{Evaluator, kind, required};
use crate::expression::{Call, Expression};
use crate::read::is_no_number;
use crate::{Column, Error};
use std::fmt::{self, Debug, Formatter};

/// What kind of observation times are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Censoring {
    /// Followed from the start to `stop`.
    Right,
    /// At risk over `(start, stop]`.
    Counting,
    /// The event happened before `stop` where `status` is 0.
    Left,
    /// The event happened somewhere in `[start, stop]`.
    Interval,
}

/// Times and what happened then.
#[derive(Clone, PartialEq)]
pub struct Survival {
    /// The kind of times.
    pub censoring: Censoring,
    /// Begin of each interval; empty for [`Censoring::Right`] and [`Censoring::Left`]. For
    /// [`Censoring::Interval`] the lower limit (`-Inf` where unknown).
    pub start: Vec<f64>,
    /// End of each interval. For [`Censoring::Interval`] the upper limit (`Inf` where unknown).
    pub stop: Vec<f64>,
    /// What happened at the end: 0 is censored; 1 the event, or the number of the state entered.
    /// [`MISSING_CODE`] is missing. All 1 for [`Censoring::Interval`].
    pub status: Vec<u32>,
    /// Names of the states 1, 2, … that may be entered; empty for a single kind of event.
    pub states: Vec<String>,
    /// The name of being censored where there are states: the first level of the factor.
    pub censored: Option<String>,
    /// The columns named in the call: those of start, stop and event that are plain names.
    pub call: Call,
}

impl Survival {
    /// Whether states are entered instead of a single event.
    pub fn is_multistate(&self) -> bool {
        !self.states.is_empty()
    }

    /// Whether a row misses a time or what happened.
    pub fn is_missing(&self, row: usize) -> bool {
        self.stop[row].is_nan()
            || self.status[row] == MISSING_CODE
            || self.start.get(row).is_some_and(|start| start.is_nan())
    }

    /// The rows at these positions.
    pub fn rows(&self, rows: &[usize]) -> Self {
        let pick = |values: &Vec<f64>| match values.is_empty() {
            true => Vec::new(),
            false => rows.iter().map(|&row| values[row]).collect(),
        };
        Self {
            censoring: self.censoring,
            start: pick(&self.start),
            stop: pick(&self.stop),
            status: rows.iter().map(|&row| self.status[row]).collect(),
            states: self.states.clone(),
            censored: self.censored.clone(),
            call: self.call.clone(),
        }
    }

    /// The begin of each interval; `default` where all are followed from the start.
    pub fn start_or(&self, default: f64) -> Vec<f64> {
        match self.start.is_empty() {
            true => vec![default; self.stop.len()],
            false => self.start.clone(),
        }
    }

    /// Which rows end with an event (of any kind).
    pub fn events(&self) -> Vec<bool> {
        self.status.iter().map(|&status| status != 0).collect()
    }
}

/// Evaluates `Surv(time, event)`, `Surv(start, stop, event)` or `Surv(left, right,
/// type = "interval2")`.
pub(crate) fn surv(evaluator: &Evaluator<'_>, call: &Call) -> Result<Survival, Error> {
    let plain = call.unnamed().count();
    let kind = match call.named("type") {
        Some(Expression::Text(kind)) => kind.clone(),
        Some(other) => return Err(wrong(format!("het type '{other}' bestaat niet"))),
        None => String::new(),
    };
    match kind.as_str() {
        "interval2" => interval(evaluator, call),
        "interval" => coded_interval(evaluator, call),
        "" | "right" | "counting" | "left" | "mright" | "mcounting" | "mstate" => {
            let has_start = plain + named_count(call) >= 3;
            let survival = followed(evaluator, call, has_start, kind.starts_with('m'))?;
            match kind.as_str() {
                "left" if !has_start => Ok(Survival {
                    censoring: Censoring::Left,
                    ..survival
                }),
                _ => Ok(survival),
            }
        }
        other => Err(wrong(format!("het type '{other}' bestaat hier niet"))),
    }
}

fn named_count(call: &Call) -> usize {
    ["time", "time2", "event"]
        .iter()
        .filter(|name| call.named(name).is_some())
        .count()
}

fn wrong(message: String) -> Error {
    Error::argument("Surv", message)
}

/// The arguments time, time2 and event, named or by position.
fn arguments(call: &Call) -> [Option<&Expression>; 3] {
    let mut unnamed = call.unnamed();
    ["time", "time2", "event"].map(|name| call.named(name).or_else(|| unnamed.next()))
}

fn followed(
    evaluator: &Evaluator<'_>,
    call: &Call,
    has_start: bool,
    multistate: bool,
) -> Result<Survival, Error> {
    let [first, second, third] = arguments(call);
    let first = first.map_or_else(|| required(call, "time", 0), Ok)?;
    let (start, stop, event) = match has_start {
        true => (Some(first), second, third),
        false => (None, Some(first), third.or(second)),
    };
    let stop = stop.map_or_else(|| required(call, "time2", 1), Ok)?;
    let mut survival = Survival {
        censoring: if has_start {
            Censoring::Counting
        } else {
            Censoring::Right
        },
        start: start.map_or_else(|| Ok(Vec::new()), |start| times(evaluator, start))?,
        stop: times(evaluator, stop)?,
        status: vec![1; evaluator.rows()],
        states: Vec::new(),
        censored: None,
        call: call.clone(),
    };
    if let Some(event) = event {
        status(evaluator, event, multistate, &mut survival)?;
    }
    drop_empty_intervals(evaluator, &mut survival);
    Ok(survival)
}

fn times(evaluator: &Evaluator<'_>, expression: &Expression) -> Result<Vec<f64>, Error> {
    let column = evaluator.column(expression)?;
    let times = column
        .to_numbers()
        .ok_or_else(|| kind(expression, "tijd in getallen"))?;
    let no_number = times.iter().filter(|time| is_no_number(**time)).count();
    if no_number > 0 {
        evaluator.notice(
            "nan_time",
            format!(
                "De tijd '{expression}' is in {no_number} rijen geen getal (NaN); die rijen tellen als ontbrekend."
            ),
        );
    }
    Ok(times)
}

fn status(
    evaluator: &Evaluator<'_>,
    expression: &Expression,
    multistate: bool,
    survival: &mut Survival,
) -> Result<(), Error> {
    let column = match evaluator.column(expression)? {
        // Asked for by type = "mstate": numbers are states.
        Column::Number(values) if multistate => Column::Factor(Column::Number(values).to_factor()),
        other => other,
    };
    match column {
        Column::Logical(values) => {
            let code = |value: Option<bool>| value.map_or(MISSING_CODE, u32::from);
            survival.status = values.into_iter().map(code).collect();
        }
        Column::Number(values) => survival.status = codes(evaluator, expression, &values),
        Column::Factor(factor) => {
            let mut levels = factor.levels.into_iter();
            survival.censored = levels.next();
            survival.states = levels.collect();
            survival.status = factor.codes;
        }
        Column::Text(_) => {
            return Err(wrong(format!(
                "'{expression}' is tekst; maak er een factor van, met het niveau voor gecensureerd voorop"
            )));
        }
    }
    Ok(())
}

/// Numbers as R reads them: 0/1, or 1/2 if the largest is 2; anything else is missing.
fn codes(evaluator: &Evaluator<'_>, expression: &Expression, values: &[f64]) -> Vec<u32> {
    let largest = values
        .iter()
        .copied()
        .filter(|v| !v.is_nan())
        .fold(f64::NEG_INFINITY, f64::max);
    let shift = if largest == 2.0 { 1.0 } else { 0.0 };
    let mut unknown = 0_usize;
    let mut code = |value: f64| match value - shift {
        0.0 => 0,
        1.0 => 1,
        _ => {
            unknown += usize::from(!value.is_nan());
            MISSING_CODE
        }
    };
    let codes = values.iter().map(|&value| code(value)).collect();
    if unknown > 0 {
        evaluator.notice(
            "invalid_status",
            format!("'{expression}' is in {unknown} rijen geen 0/1 of 1/2; die rijen tellen als ontbrekend."),
        );
    }
    codes
}

/// An interval that does not end after it starts is missing, and the user is told.
fn drop_empty_intervals(evaluator: &Evaluator<'_>, survival: &mut Survival) {
    let mut empty = 0_usize;
    let mut first = None;
    for row in 0..survival.start.len() {
        if survival.stop[row] <= survival.start[row] {
            survival.stop[row] = f64::NAN;
            empty += 1;
            first.get_or_insert(row + 1);
        }
    }
    if let Some(first) = first {
        evaluator.notice(
            "stop_not_after_start",
            format!(
                "In {empty} rijen (de eerste is rij {first}) ligt het eind niet na het begin; die rijen tellen als ontbrekend."
            ),
        );
    }
}

/// Limits between which the event happened: a missing one is unknown.
fn interval(evaluator: &Evaluator<'_>, call: &Call) -> Result<Survival, Error> {
    let [lower, upper, _] = arguments(call);
    let lower = times(
        evaluator,
        lower.map_or_else(|| required(call, "time", 0), Ok)?,
    )?;
    let upper = times(
        evaluator,
        upper.map_or_else(|| required(call, "time2", 1), Ok)?,
    )?;
    let mut survival = Survival {
        censoring: Censoring::Interval,
        status: vec![1; lower.len()],
        start: lower,
        stop: upper,
        states: Vec::new(),
        censored: None,
        call: call.clone(),
    };
    let mut reversed = 0_usize;
    for row in 0..survival.start.len() {
        let (lower, upper) = (survival.start[row], survival.stop[row]);
        if lower.is_nan() && upper.is_nan() || lower > upper {
            survival.status[row] = MISSING_CODE;
            reversed += usize::from(lower > upper);
        }
        if lower.is_nan() {
            survival.start[row] = f64::NEG_INFINITY;
        }
        if upper.is_nan() {
            survival.stop[row] = f64::INFINITY;
        }
    }
    tell_reversed(evaluator, reversed);
    Ok(survival)
}

/// Times with a code: 0 censored at `time`, 1 event at `time`, 2 event before `time`, 3 event
/// between `time` and `time2`.
fn coded_interval(evaluator: &Evaluator<'_>, call: &Call) -> Result<Survival, Error> {
    let [first, second, third] = arguments(call);
    let first = times(
        evaluator,
        first.map_or_else(|| required(call, "time", 0), Ok)?,
    )?;
    let second = times(
        evaluator,
        second.map_or_else(|| required(call, "time2", 1), Ok)?,
    )?;
    let event = third.map_or_else(|| required(call, "event", 2), Ok)?;
    let code = evaluator.numbers(event)?;
    let mut survival = Survival {
        censoring: Censoring::Interval,
        start: Vec::with_capacity(first.len()),
        stop: Vec::with_capacity(first.len()),
        status: Vec::with_capacity(first.len()),
        states: Vec::new(),
        censored: None,
        call: call.clone(),
    };
    let mut reversed = 0_usize;
    for row in 0..first.len() {
        let (lower, upper) = match code[row] {
            0.0 => (first[row], f64::INFINITY),
            1.0 => (first[row], first[row]),
            2.0 => (f64::NEG_INFINITY, first[row]),
            3.0 => (first[row], second[row]),
            _ => (f64::NAN, f64::NAN),
        };
        reversed += usize::from(lower > upper);
        let is_known = lower <= upper;
        survival.start.push(lower);
        survival.stop.push(upper);
        survival
            .status
            .push(if is_known { 1 } else { MISSING_CODE });
    }
    tell_reversed(evaluator, reversed);
    Ok(survival)
}

fn tell_reversed(evaluator: &Evaluator<'_>, reversed: usize) {
    if reversed > 0 {
        evaluator.notice(
            "invalid_interval",
            format!("In {reversed} rijen ligt de ondergrens boven de bovengrens; die rijen tellen als ontbrekend."),
        );
    }
}

/// The call and the size only: cells are nobody's business in a log.
impl Debug for Survival {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} rows)", self.call, self.stop.len())
    }
}
