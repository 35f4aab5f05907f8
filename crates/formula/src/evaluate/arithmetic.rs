//! Operators on columns, with R's rules for missing values and repetition.

use super::kind;
use crate::expression::{Binary, Expression};
use crate::{Column, Error};

/// What an operator gives for each row.
pub(super) fn binary(
    whole: &Expression,
    operator: Binary,
    left: &Column,
    right: &Column,
) -> Result<Column, Error> {
    match operator {
        Binary::In => Ok(membership(left, right)),
        Binary::Or | Binary::OrOr | Binary::And | Binary::AndAnd => {
            logic(whole, operator, left, right)
        }
        Binary::Equal
        | Binary::NotEqual
        | Binary::Less
        | Binary::LessEqual
        | Binary::Greater
        | Binary::GreaterEqual => comparison(whole, operator, left, right),
        Binary::Colon => range(whole, left, right),
        _ => arithmetic(whole, operator, left, right),
    }
}

/// The length of a result: the longer, if the shorter fits into it a whole number of times.
fn common_length(whole: &Expression, left: usize, right: usize) -> Result<usize, Error> {
    let (short, long) = (left.min(right), left.max(right));
    if short == 0 || long % short != 0 {
        return Err(Error::Lengths {
            part: whole.to_string(),
            left,
            right,
        });
    }
    Ok(long)
}

fn arithmetic(
    whole: &Expression,
    operator: Binary,
    left: &Column,
    right: &Column,
) -> Result<Column, Error> {
    let wrong = || kind(whole, "berekening met getallen");
    let a = left.to_numbers().ok_or_else(wrong)?;
    let b = right.to_numbers().ok_or_else(wrong)?;
    let compute: fn(f64, f64) -> f64 = match operator {
        Binary::Plus => |a, b| a + b,
        Binary::Minus => |a, b| a - b,
        Binary::Times => |a, b| a * b,
        Binary::Divide => |a, b| a / b,
        Binary::Power => power,
        Binary::Remainder => |a, b| a - (a / b).floor() * b,
        Binary::Quotient => |a, b| (a / b).floor(),
        _ => return Err(wrong()),
    };
    let length = common_length(whole, a.len(), b.len())?;
    let value = |row: usize| compute(a[row % a.len()], b[row % b.len()]);
    Ok(Column::Number((0..length).map(value).collect()))
}

/// Squares are products, as in R, so that they are the same double.
fn power(base: f64, exponent: f64) -> f64 {
    if exponent == 2.0 {
        base * base
    } else {
        base.powf(exponent)
    }
}

fn range(whole: &Expression, left: &Column, right: &Column) -> Result<Column, Error> {
    let (Some(a), Some(b)) = (left.to_numbers(), right.to_numbers()) else {
        return Err(kind(whole, "reeks van getallen"));
    };
    let (&[from], &[to]) = (a.as_slice(), b.as_slice()) else {
        return Err(kind(whole, "reeks van getallen"));
    };
    let is_short = (to - from).abs() < 1e6;
    if !is_short {
        return Err(Error::TooLarge {
            what: format!("De reeks '{whole}'"),
            limit: 1_000_000,
        });
    }
    let steps = (to - from).abs().floor() as usize;
    let step = if to < from { -1.0 } else { 1.0 };
    Ok(Column::Number(
        (0..=steps).map(|k| from + step * k as f64).collect(),
    ))
}

/// True, false or missing per row; numbers count as true where they are not 0.
pub(super) fn truth(column: &Column) -> Option<Vec<Option<bool>>> {
    match column {
        Column::Logical(values) => Some(values.clone()),
        Column::Number(values) => Some(
            values
                .iter()
                .map(|&value| (!value.is_nan()).then_some(value != 0.0))
                .collect(),
        ),
        Column::Text(_) | Column::Factor(_) => None,
    }
}

fn logic(
    whole: &Expression,
    operator: Binary,
    left: &Column,
    right: &Column,
) -> Result<Column, Error> {
    let wrong = || kind(whole, "voorwaarde");
    let a = truth(left).ok_or_else(wrong)?;
    let b = truth(right).ok_or_else(wrong)?;
    let is_or = matches!(operator, Binary::Or | Binary::OrOr);
    let length = common_length(whole, a.len(), b.len())?;
    let value = |row: usize| decide(is_or, a[row % a.len()], b[row % b.len()]);
    Ok(Column::Logical((0..length).map(value).collect()))
}

/// The logic of R with three values: a side that decides does so whatever the other is.
fn decide(is_or: bool, a: Option<bool>, b: Option<bool>) -> Option<bool> {
    if a == Some(is_or) || b == Some(is_or) {
        return Some(is_or);
    }
    match (a, b) {
        (Some(_), Some(_)) => Some(!is_or),
        _ => None,
    }
}

fn comparison(
    whole: &Expression,
    operator: Binary,
    left: &Column,
    right: &Column,
) -> Result<Column, Error> {
    let length = common_length(whole, left.len(), right.len())?;
    if let (Some(a), Some(b)) = (left.to_numbers(), right.to_numbers()) {
        let value = |row: usize| {
            let (a, b) = (a[row % a.len()], b[row % b.len()]);
            (!a.is_nan() && !b.is_nan()).then(|| holds(operator, a.total_cmp(&b), a == b))
        };
        return Ok(Column::Logical((0..length).map(value).collect()));
    }
    compare_texts(whole, operator, left, right, length)
}

fn holds(operator: Binary, order: std::cmp::Ordering, equal: bool) -> bool {
    match operator {
        Binary::Equal => equal,
        Binary::NotEqual => !equal,
        Binary::Less => !equal && order.is_lt(),
        Binary::LessEqual => equal || order.is_lt(),
        Binary::Greater => !equal && order.is_gt(),
        _ => equal || order.is_gt(),
    }
}

/// Texts are compared by their bytes, the levels of an ordered factor by their order.
fn compare_texts(
    whole: &Expression,
    operator: Binary,
    left: &Column,
    right: &Column,
    length: usize,
) -> Result<Column, Error> {
    let equality = matches!(operator, Binary::Equal | Binary::NotEqual);
    let ranks = ordered_levels(left).or_else(|| ordered_levels(right));
    let plain_factor = |column: &Column| matches!(column, Column::Factor(f) if !f.ordered);
    if !equality && ranks.is_none() && (plain_factor(left) || plain_factor(right)) {
        return Err(kind(whole, "vergelijking: de factor heeft geen volgorde"));
    }
    let rank = |text: &str| ranks.and_then(|levels| levels.iter().position(|l| l == text));
    let value = |row: usize| {
        let (a, b) = (left.text(row % left.len())?, right.text(row % right.len())?);
        let order = match ranks {
            Some(_) => rank(&a)?.cmp(&rank(&b)?),
            None => a.cmp(&b),
        };
        Some(holds(operator, order, a == b))
    };
    Ok(Column::Logical((0..length).map(value).collect()))
}

fn ordered_levels(column: &Column) -> Option<&[String]> {
    match column {
        Column::Factor(factor) if factor.ordered => Some(&factor.levels),
        _ => None,
    }
}

fn membership(left: &Column, right: &Column) -> Column {
    let set: std::collections::HashSet<Option<String>> =
        (0..right.len()).map(|row| right.text(row)).collect();
    let value = |row: usize| Some(set.contains(&left.text(row)));
    Column::Logical((0..left.len()).map(value).collect())
}
