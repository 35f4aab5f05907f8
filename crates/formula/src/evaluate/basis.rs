//! Variables of several columns: `cbind()`, `ridge()`, `scale()`, `poly()` and splines.

use super::{Evaluator, constants, flag, one_number, required, with_argument};
use crate::expression::{Call, Expression};
use crate::value::Table;
use crate::{Error, Value};
use statistics::NotEstimable;
use statistics::matrix::Matrix;
use statistics::spline::{
    BSpline, NaturalSpline, OrthogonalPolynomials, boundary, quantile_knots, restricted_cubic,
    restricted_knots,
};

/// More degrees of freedom than this for one variable are a mistake.
const MOST_COLUMNS: usize = 1000;

pub(super) fn call(evaluator: &Evaluator<'_>, call: &Call) -> Result<Table, Error> {
    match call.function.as_str() {
        "cbind" | "ridge" => bound(evaluator, call),
        "scale" => scale(evaluator, call),
        "poly" => polynomial(evaluator, call),
        "ns" => natural(evaluator, call),
        "bs" => bsplines(evaluator, call),
        _ => restricted(evaluator, call),
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
        // Named arguments of ridge() are its options.
        if call.function == "ridge" && argument.name.is_some() {
            continue;
        }
        let name = argument.name.clone();
        match evaluator.variable(&argument.value)? {
            Value::Table(inner) => {
                table.names.extend(inner.names);
                table.columns.extend(inner.columns);
            }
            _ => {
                table
                    .names
                    .push(name.unwrap_or_else(|| argument.value.to_string()));
                table.columns.push(evaluator.numbers(&argument.value)?);
            }
        }
    }
    Ok(table)
}

/// Centred, and divided by the standard deviation.
fn scale(evaluator: &Evaluator<'_>, call: &Call) -> Result<Table, Error> {
    let x = evaluator.numbers(required(call, "x", 0)?)?;
    let known = known(&x);
    let count = known.len() as f64;
    let centre = match call.argument("center", 1) {
        Some(Expression::Logical(false)) => 0.0,
        Some(Expression::Logical(true)) | None => known.iter().sum::<f64>() / count,
        other => one_number(evaluator, call, other)?.unwrap_or(0.0),
    };
    let squares = || known.iter().map(|x| (x - centre).powi(2)).sum::<f64>();
    let width = match call.argument("scale", 2) {
        Some(Expression::Logical(false)) => 1.0,
        Some(Expression::Logical(true)) | None => (squares() / (count - 1.0)).sqrt(),
        other => one_number(evaluator, call, other)?.unwrap_or(1.0),
    };
    let fixed = with_argument(&only_data(call), "center", &[centre]);
    let fixed = with_argument(&fixed, "scale", &[width]);
    Ok(Table {
        names: vec![String::new()],
        columns: vec![x.iter().map(|x| (x - centre) / width).collect()],
        fixed: Some(Expression::Call(fixed)),
    })
}

fn polynomial(evaluator: &Evaluator<'_>, call: &Call) -> Result<Table, Error> {
    let x = evaluator.numbers(required(call, "x", 0)?)?;
    let degree = count(evaluator, call, call.argument("degree", 1))?.unwrap_or(1);
    let names = numbered(degree);
    if flag(call, "raw", false)? {
        let power = |k: usize| x.iter().map(|x| x.powi(k as i32)).collect();
        return Ok(Table {
            names,
            columns: (1..=degree).map(power).collect(),
            fixed: None,
        });
    }
    let basis = match (call.named("alpha"), call.named("norm2")) {
        (Some(alpha), Some(norm2)) => OrthogonalPolynomials {
            alpha: constants(evaluator, call, alpha)?,
            norm2: constants(evaluator, call, norm2)?,
        },
        _ => OrthogonalPolynomials::over(&known(&x), degree).map_err(|e| wrong(call, &e))?,
    };
    let fixed = with_argument(call, "alpha", &basis.alpha);
    let fixed = with_argument(&fixed, "norm2", &basis.norm2);
    Ok(table(names, &basis.matrix(&x), fixed))
}

/// The boundary knots and the inner ones, given or found.
struct Knots {
    inner: Vec<f64>,
    boundary: (f64, f64),
}

/// `knots_of(df)` is how many inner knots so many columns need.
fn knots(
    evaluator: &Evaluator<'_>,
    call: &Call,
    x: &[f64],
    knots_of: impl Fn(usize) -> Option<usize>,
) -> Result<Knots, Error> {
    let known = known(x);
    let boundary = match call.named("Boundary.knots") {
        None => boundary(&known).map_err(|error| wrong(call, &error))?,
        Some(given) => match constants(evaluator, call, given)?.as_slice() {
            [a, b] if a < b => (*a, *b),
            [a, b] if b < a => (*b, *a),
            _ => {
                return Err(Error::argument(
                    &call.function,
                    "Boundary.knots zijn niet twee getallen",
                ));
            }
        },
    };
    let given = call
        .argument("knots", 2)
        .filter(|given| **given != Expression::Missing);
    let inner = match given {
        Some(given) => constants(evaluator, call, given)?,
        None => {
            let df = count(evaluator, call, call.argument("df", 1))?;
            let number = match df {
                None => 0,
                Some(df) => knots_of(df).ok_or_else(|| {
                    Error::argument(&call.function, format!("df = {df} is te klein"))
                })?,
            };
            quantile_knots(&known, boundary, number).map_err(|error| wrong(call, &error))?
        }
    };
    if inner.len() > MOST_COLUMNS {
        return Err(too_large(call));
    }
    Ok(Knots { inner, boundary })
}

fn natural(evaluator: &Evaluator<'_>, call: &Call) -> Result<Table, Error> {
    let x = evaluator.numbers(required(call, "x", 0)?)?;
    let intercept = flag(call, "intercept", false)?;
    let knots = knots(evaluator, call, &x, |df| {
        df.checked_sub(1 + usize::from(intercept))
    })?;
    let spline = NaturalSpline::new(&knots.inner, knots.boundary, intercept)
        .map_err(|error| wrong(call, &error))?;
    Ok(table(
        numbered(spline.columns()),
        &spline.matrix(&x),
        with_knots(call, &knots),
    ))
}

fn bsplines(evaluator: &Evaluator<'_>, call: &Call) -> Result<Table, Error> {
    let x = evaluator.numbers(required(call, "x", 0)?)?;
    let degree = count(evaluator, call, call.argument("degree", 3))?.unwrap_or(3);
    let intercept = flag(call, "intercept", false)?;
    let knots = knots(evaluator, call, &x, |df| {
        df.checked_sub(degree + usize::from(intercept))
    })?;
    let (low, high) = knots.boundary;
    if x.iter().any(|x| *x < low || *x > high) {
        evaluator.notice(
            "beyond_boundary_knots",
            format!("'{call}': waarden buiten de grensknopen maken de basis daar slecht geconditioneerd."),
        );
    }
    let spline = BSpline::new(&knots.inner, knots.boundary, degree, intercept)
        .map_err(|error| wrong(call, &error))?;
    Ok(table(
        numbered(spline.columns()),
        &spline.matrix(&x),
        with_knots(call, &knots),
    ))
}

fn restricted(evaluator: &Evaluator<'_>, call: &Call) -> Result<Table, Error> {
    let source = required(call, "x", 0)?;
    let x = evaluator.numbers(source)?;
    let given = match call.argument("knots", 1) {
        None => vec![5.0],
        Some(given) => constants(evaluator, call, given)?,
    };
    let knots = match given.as_slice() {
        &[count] => restricted_knots(&x, count as usize).map_err(|error| wrong(call, &error))?,
        knots => knots.to_vec(),
    };
    if knots.len() > MOST_COLUMNS {
        return Err(too_large(call));
    }
    let basis = restricted_cubic(&x, &knots).map_err(|error| wrong(call, &error))?;
    let name = |term: usize| format!("{source}{}", "'".repeat(term));
    let names = (0..basis.columns()).map(name).collect();
    Ok(table(
        names,
        &basis,
        with_argument(&only_data(call), "knots", &knots),
    ))
}

/// The call with only its first unnamed argument: what follows was found from the data.
fn only_data(call: &Call) -> Call {
    let mut unnamed = 0;
    let mut call = call.clone();
    call.arguments.retain(|argument| {
        unnamed += usize::from(argument.name.is_none());
        argument.name.is_some() || unnamed == 1
    });
    call
}

fn with_knots(call: &Call, knots: &Knots) -> Call {
    let mut fixed = only_data(call);
    let found = |name: &Option<String>| matches!(name.as_deref(), Some("df" | "knots"));
    fixed.arguments.retain(|argument| !found(&argument.name));
    let fixed = with_argument(&fixed, "knots", &knots.inner);
    with_argument(
        &fixed,
        "Boundary.knots",
        &[knots.boundary.0, knots.boundary.1],
    )
}

fn known(x: &[f64]) -> Vec<f64> {
    x.iter().copied().filter(|x| !x.is_nan()).collect()
}

/// A small whole number.
fn count(
    evaluator: &Evaluator<'_>,
    call: &Call,
    argument: Option<&Expression>,
) -> Result<Option<usize>, Error> {
    match one_number(evaluator, call, argument)? {
        None => Ok(None),
        Some(number) if number >= 1.0 && number <= MOST_COLUMNS as f64 => Ok(Some(number as usize)),
        Some(number) => Err(Error::argument(
            &call.function,
            format!("{number} is geen aantal"),
        )),
    }
}

fn numbered(count: usize) -> Vec<String> {
    (1..=count).map(|k| k.to_string()).collect()
}

fn table(names: Vec<String>, basis: &Matrix, fixed: Call) -> Table {
    Table {
        names,
        columns: (0..basis.columns())
            .map(|place| basis.column(place).to_vec())
            .collect(),
        fixed: Some(Expression::Call(fixed)),
    }
}

fn too_large(call: &Call) -> Error {
    Error::TooLarge {
        what: format!("De basis '{call}'"),
        limit: MOST_COLUMNS,
    }
}

fn wrong(call: &Call, reason: &NotEstimable) -> Error {
    let message = match reason {
        NotEstimable::OneLevel { .. } => "er zijn te weinig verschillende waarden".into(),
        NotEstimable::NotFinite { .. } => "er is een waarde die geen eindig getal is".into(),
        NotEstimable::Empty { .. } => "er zijn geen waarden".into(),
        NotEstimable::Domain { value, .. } => format!("{value} kan hier niet"),
        other => other.to_string(),
    };
    Error::argument(&call.function, message)
}
