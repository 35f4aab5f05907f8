//! Variables of several columns: `cbind()`, `ridge()`, `scale()`, `poly()` and splines.

use super::{Evaluator, constants, flag, one_number, required, with_argument};
use crate::expression::{Call, Expression};
use crate::value::Table;
use crate::{Error, Value};

pub(super) fn call(evaluator: &Evaluator<'_>, call: &Call) -> Result<Table, Error> {
    match call.function.as_str() {
        "cbind" | "ridge" => bound(evaluator, call),
        "scale" => scale(evaluator, call),
        other => Err(Error::UnknownFunction {
            function: other.into(),
        }),
    }
}

/// Columns side by side, named after their expressions.
fn bound(evaluator: &Evaluator<'_>, call: &Call) -> Result<Table, Error> {
    let mut table = Table {
        names: Vec::new(),
        columns: Vec::new(),
        fixed: None,
    };
    for argument in &call.arguments {
        let is_option = call.function == "ridge" && argument.name.is_some();
        if is_option {
            continue;
        }
        let name = argument
            .name
            .clone()
            .unwrap_or_else(|| argument.value.to_string());
        match evaluator.variable(&argument.value)? {
            Value::Table(inner) => {
                table.names.extend(inner.names);
                table.columns.extend(inner.columns);
            }
            _ => {
                table.names.push(name);
                table.columns.push(evaluator.numbers(&argument.value)?);
            }
        }
    }
    Ok(table)
}

/// Centred, and divided by the standard deviation.
fn scale(evaluator: &Evaluator<'_>, call: &Call) -> Result<Table, Error> {
    let x = evaluator.numbers(required(call, "x", 0)?)?;
    let known = || x.iter().copied().filter(|x| !x.is_nan());
    let count = known().count() as f64;
    let centre = match call.argument("center", 1) {
        Some(Expression::Logical(false)) => 0.0,
        Some(Expression::Logical(true)) | None => known().sum::<f64>() / count,
        other => one_number(evaluator, call, other)?.unwrap_or(0.0),
    };
    let spread = || (known().map(|x| (x - centre).powi(2)).sum::<f64>() / (count - 1.0)).sqrt();
    let width = match call.argument("scale", 2) {
        Some(Expression::Logical(false)) => 1.0,
        Some(Expression::Logical(true)) | None => spread(),
        other => one_number(evaluator, call, other)?.unwrap_or(1.0),
    };
    let mut fixed = call.clone();
    fixed.arguments.truncate(1);
    let fixed = with_argument(&fixed, "center", &[centre]);
    let fixed = with_argument(&fixed, "scale", &[width]);
    Ok(Table {
        names: vec![String::new()],
        columns: vec![x.iter().map(|x| (x - centre) / width).collect()],
        fixed: Some(Expression::Call(fixed)),
    })
}
