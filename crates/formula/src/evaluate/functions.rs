//! Functions of numbers and texts.

use super::{Evaluator, arithmetic, constants, one_number, required};
use crate::expression::{Call, Expression};
use crate::{Column, Error, Factor, Value};

/// A function of one number, and its name.
type Simple = (&'static str, fn(f64) -> f64);

/// Functions of one number.
const SIMPLE: &[Simple] = &[
    ("exp", f64::exp),
    ("expm1", f64::exp_m1),
    ("log2", f64::log2),
    ("log10", f64::log10),
    ("log1p", f64::ln_1p),
    ("sqrt", f64::sqrt),
    ("abs", f64::abs),
    ("sin", f64::sin),
    ("cos", f64::cos),
    ("tan", f64::tan),
    ("floor", f64::floor),
    ("ceiling", f64::ceil),
    ("trunc", f64::trunc),
    ("as.integer", f64::trunc),
    ("sign", sign),
];

pub(super) fn call(evaluator: &Evaluator<'_>, call: &Call) -> Result<Column, Error> {
    let name = call.function.as_str();
    if let Some((_, function)) = SIMPLE.iter().find(|(known, _)| *known == name) {
        return simple(evaluator, call, *function);
    }
    match name {
        "log" => logarithm(evaluator, call),
        "round" | "signif" => rounded(evaluator, call),
        "pmin" | "pmax" => extreme(evaluator, call),
        "ifelse" => ifelse(evaluator, call),
        "is.na" => is_missing(evaluator, call),
        "c" => concatenated(evaluator, call),
        "rep" => repeated(evaluator, call),
        "seq" => sequence(evaluator, call),
        "seq_len" => counted(
            numbers(evaluator, call, 0)?.first().copied().unwrap_or(0.0),
            call,
        ),
        "seq_along" => counted(evaluator.value(required(call, "x", 0)?)?.len() as f64, call),
        "length" => Ok(one(evaluator.value(required(call, "x", 0)?)?.len() as f64)),
        "nrow" | "NROW" => Ok(one(evaluator.rows() as f64)),
        "duplicated" => duplicated(evaluator, call),
        "paste" | "paste0" => pasted(evaluator, call),
        "rowSums" | "rowMeans" => row_summary(evaluator, call),
        "is.finite" | "is.nan" => number_kind(evaluator, call),
        "min" | "max" | "mean" | "median" | "sd" | "var" | "sum" => summary(evaluator, call),
        "quantile" => quantile(evaluator, call),
        "rank" => rank(evaluator, call),
        "cumsum" => cumulative(evaluator, call),
        "as.numeric" | "as.double" | "unclass" => as_numeric(evaluator, call),
        "as.character" => as_character(evaluator, call),
        "as.logical" => as_logical(evaluator, call),
        "as.Date" => as_date(evaluator, call),
        _ => Err(Error::UnknownFunction {
            function: name.into(),
        }),
    }
}

fn one(number: f64) -> Column {
    Column::Number(vec![number])
}

fn sign(x: f64) -> f64 {
    match x {
        _ if x > 0.0 => 1.0,
        _ if x < 0.0 => -1.0,
        _ => x,
    }
}

fn numbers(evaluator: &Evaluator<'_>, call: &Call, position: usize) -> Result<Vec<f64>, Error> {
    constants(evaluator, call, required(call, "x", position)?)
}

fn simple(
    evaluator: &Evaluator<'_>,
    call: &Call,
    function: fn(f64) -> f64,
) -> Result<Column, Error> {
    let x = match (
        call.function.as_str(),
        evaluator.plain(required(call, "x", 0)?)?,
    ) {
        // as.integer() of a factor gives its codes.
        ("as.integer", Column::Factor(factor)) => return Ok(codes(&factor)),
        ("as.integer", Column::Text(factor)) => parsed(&factor),
        (_, column) => Column::Number(constants_of(call, &column)?),
    };
    let made = Column::Number(constants_of(call, &x)?.into_iter().map(function).collect());
    evaluator.check_new_nan(&Expression::Call(call.clone()), &made, &[&x]);
    Ok(made)
}

fn constants_of(call: &Call, column: &Column) -> Result<Vec<f64>, Error> {
    column
        .to_numbers()
        .ok_or_else(|| Error::argument(&call.function, "het argument is geen getal"))
}

fn logarithm(evaluator: &Evaluator<'_>, call: &Call) -> Result<Column, Error> {
    let x = Column::Number(numbers(evaluator, call, 0)?);
    let base = one_number(evaluator, call, call.argument("base", 1))?;
    let log = |x: f64| match base {
        None => x.ln(),
        Some(2.0) => x.log2(),
        Some(10.0) => x.log10(),
        Some(base) => x.ln() / base.ln(),
    };
    let made = Column::Number(constants_of(call, &x)?.into_iter().map(log).collect());
    evaluator.check_new_nan(&Expression::Call(call.clone()), &made, &[&x]);
    Ok(made)
}

fn rounded(evaluator: &Evaluator<'_>, call: &Call) -> Result<Column, Error> {
    let x = numbers(evaluator, call, 0)?;
    let fallback = if call.function == "signif" { 6.0 } else { 0.0 };
    let digits = one_number(evaluator, call, call.argument("digits", 1))?.unwrap_or(fallback);
    let digits = digits.clamp(-300.0, 300.0) as i32;
    let round = |x: f64| match call.function.as_str() {
        _ if !x.is_finite() || x == 0.0 => x,
        "signif" => to_places(x, digits.max(1) - 1 - x.abs().log10().floor() as i32),
        _ => to_places(x, digits),
    };
    Ok(Column::Number(x.into_iter().map(round).collect()))
}

/// Rounds to decimal places, a half to the even digit.
fn to_places(x: f64, places: i32) -> f64 {
    match places {
        0 => x.round_ties_even(),
        // Of the decimal text, so that 2.675 is what it is: just below the half.
        1..=20 => format!("{x:.*}", places as usize).parse().unwrap_or(x),
        ..0 => {
            let unit = 10_f64.powi(-places);
            (x / unit).round_ties_even() * unit
        }
        _ => x,
    }
}

fn extreme(evaluator: &Evaluator<'_>, call: &Call) -> Result<Column, Error> {
    let skip_missing = super::flag(call, "na.rm", false)?;
    let sides: Vec<Vec<f64>> = call
        .unnamed()
        .map(|side| constants(evaluator, call, side))
        .collect::<Result<_, _>>()?;
    let length = sides.iter().map(Vec::len).max().unwrap_or(0);
    if sides
        .iter()
        .any(|side| side.is_empty() || length % side.len() != 0)
    {
        return Err(Error::argument(
            &call.function,
            "de lengtes passen niet op elkaar",
        ));
    }
    let larger = call.function == "pmax";
    let pick = |row: usize| {
        sides
            .iter()
            .map(|side| side[row % side.len()])
            .reduce(|a, b| match () {
                () if a.is_nan() => {
                    if skip_missing {
                        b
                    } else {
                        a
                    }
                }
                () if b.is_nan() => {
                    if skip_missing {
                        a
                    } else {
                        b
                    }
                }
                () if larger == (b > a) => b,
                () => a,
            })
    };
    Ok(Column::Number((0..length).filter_map(pick).collect()))
}

fn ifelse(evaluator: &Evaluator<'_>, call: &Call) -> Result<Column, Error> {
    let test = evaluator.plain(required(call, "test", 0)?)?;
    let test = arithmetic::truth(&test)
        .ok_or_else(|| Error::argument("ifelse", "het eerste argument is geen voorwaarde"))?;
    let yes = evaluator.plain(required(call, "yes", 1)?)?;
    let no = evaluator.plain(required(call, "no", 2)?)?;
    if yes.is_empty() || no.is_empty() {
        return Err(Error::argument("ifelse", "een argument is leeg"));
    }
    if let (Some(a), Some(b)) = (yes.to_numbers(), no.to_numbers()) {
        let pick = |(row, test): (usize, &Option<bool>)| match test {
            Some(true) => a[row % a.len()],
            Some(false) => b[row % b.len()],
            None => f64::NAN,
        };
        return Ok(Column::Number(test.iter().enumerate().map(pick).collect()));
    }
    let pick = |(row, test): (usize, &Option<bool>)| match test {
        Some(true) => yes.text(row % yes.len()),
        Some(false) => no.text(row % no.len()),
        None => None,
    };
    let texts: Vec<Option<String>> = test.iter().enumerate().map(pick).collect();
    Ok(Column::Text(Factor::by_appearance(
        texts.iter().map(Option::as_deref),
    )))
}

fn is_missing(evaluator: &Evaluator<'_>, call: &Call) -> Result<Column, Error> {
    let value: Value = evaluator.value(required(call, "x", 0)?)?;
    Ok(Column::Logical(
        (0..value.len())
            .map(|row| Some(value.is_missing(row)))
            .collect(),
    ))
}

fn concatenated(evaluator: &Evaluator<'_>, call: &Call) -> Result<Column, Error> {
    let parts: Vec<Column> = call
        .arguments
        .iter()
        .map(|argument| evaluator.plain(&argument.value))
        .collect::<Result<_, _>>()?;
    if parts.iter().all(|part| part.to_numbers().is_some()) {
        let numbers = parts.iter().filter_map(Column::to_numbers).flatten();
        return Ok(Column::Number(numbers.collect()));
    }
    let texts: Vec<Option<String>> = parts
        .iter()
        .flat_map(|part| (0..part.len()).map(|row| part.text(row)))
        .collect();
    Ok(Column::Text(Factor::by_appearance(
        texts.iter().map(Option::as_deref),
    )))
}

/// `rep(c(1, 2), length.out = n)`; without a length as long as the table.
fn repeated(evaluator: &Evaluator<'_>, call: &Call) -> Result<Column, Error> {
    let values = evaluator.plain(required(call, "x", 0)?)?;
    if values.is_empty() {
        return Err(Error::argument("rep", "er is niets om te herhalen"));
    }
    let each = one_number(evaluator, call, call.named("each"))?
        .unwrap_or(1.0)
        .max(1.0) as usize;
    let times = one_number(evaluator, call, call.argument("times", 1))?;
    let length = one_number(evaluator, call, call.named("length.out"))?;
    let length = match (length, times) {
        (Some(length), _) => length as usize,
        (None, Some(times)) => values
            .len()
            .saturating_mul(each)
            .saturating_mul(times as usize),
        (None, None) => evaluator.rows(),
    };
    // A factor of ten leaves room for constants that are longer than the table.
    let limit = evaluator.rows().max(1000).saturating_mul(10);
    if length > limit {
        return Err(Error::TooLarge {
            what: format!("'{call}'"),
            limit,
        });
    }
    let rows: Vec<usize> = (0..length).map(|row| row / each % values.len()).collect();
    Ok(values.rows(&rows))
}

/// 1, 2, …, `count`.
fn counted(count: f64, call: &Call) -> Result<Column, Error> {
    let is_count = (0.0..1e9).contains(&count);
    match is_count {
        true => Ok(Column::Number(
            (1..=count as usize).map(|k| k as f64).collect(),
        )),
        false => Err(Error::argument(
            &call.function,
            format!("{count} is geen aantal"),
        )),
    }
}

/// Whether a value stood in an earlier row.
fn duplicated(evaluator: &Evaluator<'_>, call: &Call) -> Result<Column, Error> {
    let factor = evaluator.plain(required(call, "x", 0)?)?.to_factor();
    let mut seen = std::collections::HashSet::new();
    let again = |&code: &u32| Some(!seen.insert(code));
    Ok(Column::Logical(factor.codes.iter().map(again).collect()))
}

fn pasted(evaluator: &Evaluator<'_>, call: &Call) -> Result<Column, Error> {
    let separator = match (call.function.as_str(), call.named("sep")) {
        ("paste", None) => " ".into(),
        (_, Some(text)) => evaluator.plain(text)?.text(0).unwrap_or_default(),
        _ => String::new(),
    };
    let parts: Vec<Column> = call
        .unnamed()
        .map(|part| evaluator.plain(part))
        .collect::<Result<_, _>>()?;
    if parts.iter().any(Column::is_empty) {
        return Err(Error::argument(&call.function, "een argument is leeg"));
    }
    let length = parts.iter().map(Column::len).max().unwrap_or(0);
    let text = |row: usize| -> String {
        let words = parts.iter().map(|part| part.text(row % part.len()));
        let words: Vec<String> = words
            .map(|word| word.unwrap_or_else(|| "NA".into()))
            .collect();
        words.join(&separator)
    };
    let texts: Vec<String> = (0..length).map(text).collect();
    Ok(Column::Text(Factor::by_appearance(
        texts.iter().map(|text| Some(text.as_str())),
    )))
}

/// Sums or means of the columns of `cbind()`, row by row.
fn row_summary(evaluator: &Evaluator<'_>, call: &Call) -> Result<Column, Error> {
    let skip_missing = super::flag(call, "na.rm", false)?;
    let Value::Table(table) = evaluator.value(required(call, "x", 0)?)? else {
        return Err(Error::argument(
            &call.function,
            "verwacht cbind() van kolommen",
        ));
    };
    let rows = table.columns.first().map_or(0, Vec::len);
    let summary = |row: usize| {
        let cells = table.columns.iter().map(|column| column[row]);
        let (sum, count) = cells
            .filter(|cell| !(skip_missing && cell.is_nan()))
            .fold((0.0, 0.0), |(sum, count), cell| (sum + cell, count + 1.0));
        if call.function == "rowMeans" {
            sum / count
        } else {
            sum
        }
    };
    Ok(Column::Number((0..rows).map(summary).collect()))
}

/// Missing numbers are NaN here, so none is "a NaN that is not NA".
fn number_kind(evaluator: &Evaluator<'_>, call: &Call) -> Result<Column, Error> {
    let x = numbers(evaluator, call, 0)?;
    let is_finite = call.function == "is.finite";
    Ok(Column::Logical(
        x.iter().map(|x| Some(is_finite && x.is_finite())).collect(),
    ))
}

fn sequence(evaluator: &Evaluator<'_>, call: &Call) -> Result<Column, Error> {
    let from = one_number(evaluator, call, call.argument("from", 0))?.unwrap_or(1.0);
    let to = one_number(evaluator, call, call.argument("to", 1))?.unwrap_or(1.0);
    let by = one_number(evaluator, call, call.argument("by", 2))?;
    let count = one_number(evaluator, call, call.named("length.out"))?;
    let step = match (by, count) {
        (Some(by), _) => by,
        (None, Some(count)) if count > 1.0 => (to - from) / (count - 1.0),
        (None, _) => {
            if to < from {
                -1.0
            } else {
                1.0
            }
        }
    };
    // As R: what misses the end by less than a ten-billionth of a step belongs to it.
    let steps = (to - from) / step + 1e-10;
    if !(0.0..1e6).contains(&steps) {
        return Err(Error::argument(
            "seq",
            "de stap past niet bij begin en eind",
        ));
    }
    Ok(Column::Number(
        (0..=steps as usize)
            .map(|k| from + k as f64 * step)
            .collect(),
    ))
}

fn summary(evaluator: &Evaluator<'_>, call: &Call) -> Result<Column, Error> {
    let mut x = numbers(evaluator, call, 0)?;
    if super::flag(call, "na.rm", false)? {
        x.retain(|x| !x.is_nan());
    }
    if x.iter().any(|x| x.is_nan()) {
        return Ok(one(f64::NAN));
    }
    let count = x.len() as f64;
    let mean = || x.iter().sum::<f64>() / count;
    let variance = || {
        let mean = mean();
        x.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (count - 1.0)
    };
    Ok(one(match call.function.as_str() {
        "min" => x.iter().copied().fold(f64::INFINITY, f64::min),
        "max" => x.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        "sum" => x.iter().sum(),
        "mean" => mean(),
        "var" => variance(),
        "sd" => variance().sqrt(),
        _ => {
            x.sort_unstable_by(f64::total_cmp);
            quantile_of_sorted(&x, 0.5)
        }
    }))
}

/// Linear between order statistics (type 7), NaN without values.
pub(crate) fn quantile_of_sorted(sorted: &[f64], probability: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else {
        return f64::NAN;
    };
    let place = probability.clamp(0.0, 1.0) * last as f64;
    let below = (place + 4.0 * f64::EPSILON).floor();
    let fraction = place - below;
    let (low, high) = (
        sorted[below as usize],
        sorted[(below as usize + 1).min(last)],
    );
    if fraction.abs() < 4.0 * f64::EPSILON {
        low
    } else {
        low + fraction * (high - low)
    }
}

fn quantile(evaluator: &Evaluator<'_>, call: &Call) -> Result<Column, Error> {
    let mut x = numbers(evaluator, call, 0)?;
    x.retain(|x| !x.is_nan());
    x.sort_unstable_by(f64::total_cmp);
    let probabilities = match call.argument("probs", 1) {
        Some(probabilities) => constants(evaluator, call, probabilities)?,
        None => vec![0.0, 0.25, 0.5, 0.75, 1.0],
    };
    let at = |p: f64| quantile_of_sorted(&x, p);
    Ok(Column::Number(probabilities.into_iter().map(at).collect()))
}

/// Ranks, equal values sharing the mean of theirs; missing stays missing.
fn rank(evaluator: &Evaluator<'_>, call: &Call) -> Result<Column, Error> {
    let x = numbers(evaluator, call, 0)?;
    let mut order: Vec<usize> = (0..x.len()).filter(|&row| !x[row].is_nan()).collect();
    order.sort_by(|&a, &b| x[a].total_cmp(&x[b]));
    let mut ranks = vec![f64::NAN; x.len()];
    let mut first = 0;
    for tied in order.chunk_by(|&a, &b| x[a] == x[b]) {
        let mean = first as f64 + (tied.len() as f64 + 1.0) / 2.0;
        tied.iter().for_each(|&row| ranks[row] = mean);
        first += tied.len();
    }
    Ok(Column::Number(ranks))
}

fn cumulative(evaluator: &Evaluator<'_>, call: &Call) -> Result<Column, Error> {
    let mut sum = 0.0;
    let add = |x: f64| {
        sum += x;
        sum
    };
    Ok(Column::Number(
        numbers(evaluator, call, 0)?.into_iter().map(add).collect(),
    ))
}

fn codes(factor: &Factor) -> Column {
    let code = |row: usize| match factor.is_missing(row) {
        true => f64::NAN,
        false => f64::from(factor.codes[row]) + 1.0,
    };
    Column::Number((0..factor.codes.len()).map(code).collect())
}

fn parsed(factor: &Factor) -> Column {
    let numbers: Vec<f64> = factor
        .levels
        .iter()
        .map(|level| level.trim().parse().unwrap_or(f64::NAN))
        .collect();
    let value = |&code: &u32| numbers.get(code as usize).copied().unwrap_or(f64::NAN);
    Column::Number(factor.codes.iter().map(value).collect())
}

fn as_numeric(evaluator: &Evaluator<'_>, call: &Call) -> Result<Column, Error> {
    let source = evaluator.plain(required(call, "x", 0)?)?;
    let made = match &source {
        Column::Factor(factor) => codes(factor),
        Column::Text(factor) => parsed(factor),
        other => Column::Number(constants_of(call, other)?),
    };
    evaluator.check_new_nan(&Expression::Call(call.clone()), &made, &[&source]);
    Ok(made)
}

fn as_character(evaluator: &Evaluator<'_>, call: &Call) -> Result<Column, Error> {
    Ok(match evaluator.plain(required(call, "x", 0)?)? {
        Column::Text(factor) | Column::Factor(factor) => Column::Text(factor),
        other => Column::Text(other.to_factor()),
    })
}

fn as_logical(evaluator: &Evaluator<'_>, call: &Call) -> Result<Column, Error> {
    let source = evaluator.plain(required(call, "x", 0)?)?;
    if let Some(truth) = arithmetic::truth(&source) {
        return Ok(Column::Logical(truth));
    }
    let value = |row: usize| match source.text(row).as_deref() {
        Some("TRUE" | "true" | "T") => Some(true),
        Some("FALSE" | "false" | "F") => Some(false),
        _ => None,
    };
    Ok(Column::Logical((0..source.len()).map(value).collect()))
}

fn as_date(evaluator: &Evaluator<'_>, call: &Call) -> Result<Column, Error> {
    match evaluator.plain(required(call, "x", 0)?)? {
        Column::Text(factor) | Column::Factor(factor) => {
            let days: Vec<f64> = factor
                .levels
                .iter()
                .map(|text| crate::date::days_since_1970(text).unwrap_or(f64::NAN))
                .collect();
            if days.iter().any(|day| day.is_nan()) {
                return Err(Error::argument("as.Date", "een cel is geen JJJJ-MM-DD"));
            }
            let value = |&code: &u32| days.get(code as usize).copied().unwrap_or(f64::NAN);
            Ok(Column::Number(factor.codes.iter().map(value).collect()))
        }
        other => Ok(other),
    }
}
