//! Functions that make factors.

use super::{Evaluator, constants, flag, required};
use crate::column::MISSING_CODE;
use crate::expression::{Call, Expression};
use crate::{Column, Error, Factor, print_number};
use std::collections::{HashMap, HashSet};

pub(super) fn call(evaluator: &Evaluator<'_>, call: &Call) -> Result<Factor, Error> {
    match call.function.as_str() {
        "factor" | "ordered" => factor(evaluator, call),
        "relevel" => relevel(evaluator, call),
        "cut" => cut(evaluator, call),
        "interaction" => interaction(evaluator, call),
        "strata" => strata(evaluator, call),
        "droplevels" => Ok(source(evaluator, call)?.to_factor().without_unused()),
        _ => Ok(source(evaluator, call)?.to_factor()),
    }
}

/// The column that a call is about, one value per row.
fn source(evaluator: &Evaluator<'_>, call: &Call) -> Result<Column, Error> {
    evaluator.column(required(call, "x", 0)?)
}

/// The texts of constant arguments.
fn texts(evaluator: &Evaluator<'_>, expression: &Expression) -> Result<Vec<String>, Error> {
    let column = evaluator.plain(expression)?;
    Ok((0..column.len())
        .map(|row| column.text(row).unwrap_or_else(|| "NA".into()))
        .collect())
}

fn factor(evaluator: &Evaluator<'_>, call: &Call) -> Result<Factor, Error> {
    let column = source(evaluator, call)?;
    let ordered = call.function == "ordered" || flag(call, "ordered", false)?;
    let mut factor = match call.argument("levels", 1) {
        Some(levels) => {
            let levels = texts(evaluator, levels)?;
            refuse_duplicates(call, &levels)?;
            as_texts(&column).with_levels(levels, ordered)
        }
        None => column.to_factor().without_unused(),
    };
    factor.ordered = ordered;
    if let Some(labels) = call.argument("labels", 2) {
        relabel(call, &mut factor, texts(evaluator, labels)?)?;
    }
    Ok(factor)
}

/// The same call with what it takes from the data written out, for new data: the levels that
/// labels stand for, the limits of intervals of equal width.
pub(crate) fn fixed(evaluator: &Evaluator<'_>, call: &Call) -> Result<Option<Call>, Error> {
    match call.function.as_str() {
        "factor" | "ordered" if call.argument("levels", 1).is_none() => {
            let levels = source(evaluator, call)?.to_factor().without_unused().levels;
            let levels = levels.into_iter().map(Expression::Text).collect();
            Ok(Some(super::with_expressions(call, "levels", levels)))
        }
        "cut" => {
            let breaks = constants(evaluator, call, required(call, "breaks", 1)?)?;
            let &[count] = breaks.as_slice() else {
                return Ok(None);
            };
            let x = evaluator.numbers(required(call, "x", 0)?)?;
            let breaks = equal_breaks(&x, count)?;
            let mut unnamed = 0;
            let mut call = call.clone();
            call.arguments.retain(|argument| {
                unnamed += usize::from(argument.name.is_none());
                argument.name.is_some() || unnamed != 2
            });
            Ok(Some(super::with_argument(&call, "breaks", &breaks)))
        }
        _ => Ok(None),
    }
}

/// Any column as texts.
fn as_texts(column: &Column) -> Factor {
    match column {
        Column::Text(factor) | Column::Factor(factor) => factor.clone(),
        other => other.to_factor(),
    }
}

fn refuse_duplicates(call: &Call, levels: &[String]) -> Result<(), Error> {
    let mut seen = HashSet::new();
    match levels.iter().find(|level| !seen.insert(level.as_str())) {
        None => Ok(()),
        Some(twice) => Err(Error::argument(
            &call.function,
            format!("het niveau '{twice}' staat er twee keer"),
        )),
    }
}

/// New names for the levels; equal names become one level.
fn relabel(call: &Call, factor: &mut Factor, labels: Vec<String>) -> Result<(), Error> {
    if labels.len() != factor.levels.len() {
        return Err(Error::argument(
            &call.function,
            format!(
                "{} labels bij {} niveaus",
                labels.len(),
                factor.levels.len()
            ),
        ));
    }
    let mut distinct: Vec<String> = Vec::new();
    let mut places = HashMap::new();
    let map: Vec<u32> = labels
        .into_iter()
        .map(|label| {
            *places.entry(label.clone()).or_insert_with(|| {
                distinct.push(label);
                distinct.len() as u32 - 1
            })
        })
        .collect();
    for code in factor
        .codes
        .iter_mut()
        .filter(|code| **code != MISSING_CODE)
    {
        *code = map[*code as usize];
    }
    factor.levels = distinct;
    Ok(())
}

fn relevel(evaluator: &Evaluator<'_>, call: &Call) -> Result<Factor, Error> {
    let factor = source(evaluator, call)?.to_factor();
    let reference = texts(evaluator, required(call, "ref", 1)?)?.concat();
    let place = factor.levels.iter().position(|level| *level == reference);
    let Some(place) = place else {
        let message = format!("er is geen niveau '{reference}'");
        return Err(Error::argument("relevel", message));
    };
    let mut levels = factor.levels.clone();
    let first = levels.remove(place);
    levels.insert(0, first);
    Ok(factor.with_levels(levels, factor.ordered))
}

fn cut(evaluator: &Evaluator<'_>, call: &Call) -> Result<Factor, Error> {
    let x = evaluator.numbers(required(call, "x", 0)?)?;
    let mut breaks = constants(evaluator, call, required(call, "breaks", 1)?)?;
    let right = flag(call, "right", true)?;
    let lowest = flag(call, "include.lowest", false)?;
    if let &[count] = breaks.as_slice() {
        breaks = equal_breaks(&x, count)?;
    }
    breaks.sort_by(f64::total_cmp);
    if breaks.len() < 2 || breaks.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(Error::argument("cut", "de grenzen zijn niet verschillend"));
    }
    let levels = match call.argument("labels", 2) {
        Some(Expression::Logical(false)) => (1..breaks.len()).map(|k| k.to_string()).collect(),
        Some(labels) if *labels != Expression::Missing => texts(evaluator, labels)?,
        _ => interval_names(&breaks, right, lowest),
    };
    if levels.len() != breaks.len() - 1 {
        return Err(Error::argument(
            "cut",
            "het aantal labels past niet bij de grenzen",
        ));
    }
    let codes = x
        .iter()
        .map(|&x| interval(x, &breaks, right, lowest))
        .collect();
    Ok(Factor {
        codes,
        levels,
        ordered: flag(call, "ordered_result", false)?,
    })
}

/// Intervals of equal width over the range, which is widened by a thousandth on both sides.
fn equal_breaks(x: &[f64], count: f64) -> Result<Vec<f64>, Error> {
    let finite = || x.iter().copied().filter(|x| x.is_finite());
    let (low, high) = (
        finite().fold(f64::INFINITY, f64::min),
        finite().fold(f64::NEG_INFINITY, f64::max),
    );
    if !(2.0..=10_000.0).contains(&count) || low > high {
        return Err(Error::argument("cut", "het aantal intervallen is ongeldig"));
    }
    let (count, width) = (count.floor(), high - low);
    let mut breaks: Vec<f64> = (0..=count as usize)
        .map(|k| low + width * k as f64 / count)
        .collect();
    let last = breaks.len() - 1;
    breaks[0] -= width / 1000.0;
    breaks[last] += width / 1000.0;
    Ok(breaks)
}

fn interval(x: f64, breaks: &[f64], right: bool, lowest: bool) -> u32 {
    let last = breaks.len() - 1;
    if x.is_nan() {
        return MISSING_CODE;
    }
    let above = match right {
        true => breaks.partition_point(|&limit| limit < x),
        false => breaks.partition_point(|&limit| limit <= x),
    };
    match above {
        0 if right && lowest && x == breaks[0] => 0,
        0 => MISSING_CODE,
        _ if above <= last => above as u32 - 1,
        _ if !right && lowest && x == breaks[last] => last as u32 - 1,
        _ => MISSING_CODE,
    }
}

/// Names with three significant digits, or more where intervals would look alike.
fn interval_names(breaks: &[f64], right: bool, lowest: bool) -> Vec<String> {
    let rounded = |digits: i32| -> Vec<String> {
        breaks.iter().map(|&limit| general(limit, digits)).collect()
    };
    let differ = |names: &Vec<String>| names.windows(2).all(|pair| pair[0] != pair[1]);
    let names = (3..=15)
        .map(rounded)
        .find(differ)
        .unwrap_or_else(|| rounded(15));
    let last = names.len() - 2;
    let name = |(place, pair): (usize, &[String])| {
        let (mut open, mut close) = if right { ("(", "]") } else { ("[", ")") };
        if lowest && right && place == 0 {
            open = "[";
        }
        if lowest && !right && place == last {
            close = "]";
        }
        format!("{open}{},{}{close}", pair[0], pair[1])
    };
    names.windows(2).enumerate().map(name).collect()
}

/// A number as C's `%.{digits}g` prints it: scientific from `digits` places before the point on.
fn general(number: f64, digits: i32) -> String {
    if !number.is_finite() || number == 0.0 {
        return print_number(number);
    }
    let text = format!("{:.*e}", (digits - 1) as usize, number);
    let (mantissa, exponent) = text.split_once('e').expect("the format has an exponent");
    let exponent: i32 = exponent.parse().expect("the exponent is a number");
    if (-4..digits).contains(&exponent) {
        let places = (digits - 1 - exponent).max(0) as usize;
        return trimmed(&format!("{number:.places$}")).into();
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{}e{sign}{:02}", trimmed(mantissa), exponent.abs())
}

/// Without zeros at the end of a fraction.
fn trimmed(text: &str) -> &str {
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.'),
        false => text,
    }
}

/// The most combinations that `interaction()` may make.
const COMBINATIONS: usize = 1_000_000;

fn interaction(evaluator: &Evaluator<'_>, call: &Call) -> Result<Factor, Error> {
    let separator = match call.named("sep") {
        Some(text) => texts(evaluator, text)?.concat(),
        None => ".".into(),
    };
    let factors = columns_as_factors(evaluator, call)?;
    let grow = |product: usize, factor: &Factor| product.saturating_mul(factor.levels.len());
    if factors.iter().fold(1, grow) > COMBINATIONS {
        return Err(Error::TooLarge {
            what: format!("Het aantal combinaties van '{call}'"),
            limit: COMBINATIONS,
        });
    }
    let parts: Vec<(String, Factor)> = factors
        .into_iter()
        .map(|factor| (String::new(), factor))
        .collect();
    // The first factor varies fastest, and combinations that do not occur stay levels.
    let reversed: Vec<(String, Factor)> = parts.into_iter().rev().collect();
    let combined = combine(&reversed, |texts| {
        texts
            .iter()
            .rev()
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join(&separator)
    });
    Ok(match flag(call, "drop", false)? {
        true => combined.without_unused(),
        false => combined,
    })
}

fn columns_as_factors(evaluator: &Evaluator<'_>, call: &Call) -> Result<Vec<Factor>, Error> {
    let factors: Vec<Factor> = call
        .unnamed()
        .map(|expression| Ok(evaluator.column(expression)?.to_factor()))
        .collect::<Result<_, Error>>()?;
    if factors.is_empty() {
        return Err(Error::argument(&call.function, "er is geen kolom genoemd"));
    }
    Ok(factors)
}

/// Strata with the names that R gives them.
fn strata(evaluator: &Evaluator<'_>, call: &Call) -> Result<Factor, Error> {
    let columns: Vec<Column> = call
        .unnamed()
        .map(|expression| evaluator.column(expression))
        .collect::<Result<_, _>>()?;
    let is_text = |column: &Column| matches!(column, Column::Text(_) | Column::Factor(_));
    let short = flag(call, "shortlabel", columns.iter().all(is_text))?;
    let parts: Vec<(String, Factor)> = call
        .unnamed()
        .zip(&columns)
        .map(|(expression, column)| (expression.to_string(), column.to_factor()))
        .collect();
    if parts.is_empty() {
        return Err(Error::argument("strata", "er is geen kolom genoemd"));
    }
    Ok(named_groups(&parts, short))
}

/// Groups of rows with equal values: "sex=1, ph.ecog=0", in the order of the levels, the first
/// variable slowest; only combinations that occur. As in R, levels beyond the first variable's
/// are padded with spaces to equal width where they stand beside a name.
pub(crate) fn named_groups(parts: &[(String, Factor)], short: bool) -> Factor {
    let longest = |factor: &Factor| {
        let lengths = factor.levels.iter().map(|level| level.chars().count());
        lengths.max().unwrap_or(0)
    };
    let widths: Vec<usize> = std::iter::once(0)
        .chain(parts.iter().skip(1).map(|(_, factor)| longest(factor)))
        .collect();
    let label = |texts: &[String]| -> String {
        let all = parts.iter().zip(texts).zip(&widths);
        let pairs = all.map(|(((name, _), text), &width)| match short {
            true => text.clone(),
            false => format!("{name}={text:width$}"),
        });
        pairs.collect::<Vec<_>>().join(", ")
    };
    combine_used(parts, label)
}

/// All combinations of levels, the last factor fastest.
fn combine(parts: &[(String, Factor)], label: impl Fn(&[String]) -> String) -> Factor {
    let rows = parts.first().map_or(0, |(_, factor)| factor.codes.len());
    let mut levels = vec![Vec::new()];
    for (_, factor) in parts {
        let extend = |known: &Vec<String>| {
            factor
                .levels
                .iter()
                .map(|level| {
                    let mut longer = known.clone();
                    longer.push(level.clone());
                    longer
                })
                .collect::<Vec<_>>()
        };
        levels = levels.iter().flat_map(extend).collect();
    }
    let code = |row: usize| {
        parts.iter().try_fold(0_u32, |code, (_, factor)| {
            (!factor.is_missing(row)).then(|| code * factor.levels.len() as u32 + factor.codes[row])
        })
    };
    Factor {
        codes: (0..rows)
            .map(|row| code(row).unwrap_or(MISSING_CODE))
            .collect(),
        levels: levels.iter().map(|texts| label(texts)).collect(),
        ordered: false,
    }
}

/// The combinations of levels that occur, in the order of the levels, the first slowest.
fn combine_used(parts: &[(String, Factor)], label: impl Fn(&[String]) -> String) -> Factor {
    let rows = parts.first().map_or(0, |(_, factor)| factor.codes.len());
    // Pairwise, so that a group stays a number of 32 bits however many variables there are.
    let mut codes = vec![0_u32; rows];
    let mut keys: Vec<Vec<u32>> = vec![Vec::new()];
    for (_, factor) in parts {
        let pairs = Pairs {
            before: &codes,
            levels: factor,
        };
        let (found, recoded) = pairs.ranked(keys.len());
        keys = found
            .iter()
            .map(|&(before, level)| [keys[before as usize].as_slice(), &[level]].concat())
            .collect();
        codes = recoded;
    }
    let texts = |key: &Vec<u32>| -> Vec<String> {
        let levels = key.iter().zip(parts);
        levels
            .map(|(&code, (_, factor))| factor.levels[code as usize].clone())
            .collect()
    };
    Factor {
        codes,
        levels: keys.iter().map(|key| label(&texts(key))).collect(),
        ordered: false,
    }
}

/// Per row a group so far and the level of one more factor.
struct Pairs<'a> {
    before: &'a [u32],
    levels: &'a Factor,
}

impl Pairs<'_> {
    /// Up to this many possible pairs are marked in a table, which is faster than hashing.
    const DENSE: usize = 1 << 20;

    /// The pairs that occur, in order, and the rank of each row's.
    fn ranked(&self, groups: usize) -> (Vec<(u32, u32)>, Vec<u32>) {
        let width = self.levels.levels.len();
        match groups.saturating_mul(width) <= Self::DENSE {
            true => self.ranked_densely(groups, width),
            false => self.ranked_by_hash(),
        }
    }

    /// The pair of a row; `None` where a side is missing.
    fn pair(&self, row: usize) -> Option<(u32, u32)> {
        let (before, level) = (self.before[row], self.levels.codes[row]);
        (before != MISSING_CODE && level != MISSING_CODE).then_some((before, level))
    }

    fn ranked_densely(&self, groups: usize, width: usize) -> (Vec<(u32, u32)>, Vec<u32>) {
        let place = |(before, level): (u32, u32)| before as usize * width + level as usize;
        let rows = 0..self.before.len();
        let mut rank = vec![MISSING_CODE; groups * width];
        for pair in rows.clone().filter_map(|row| self.pair(row)) {
            rank[place(pair)] = 0;
        }
        let mut pairs = Vec::new();
        for (place, rank) in rank.iter_mut().enumerate().filter(|(_, rank)| **rank == 0) {
            *rank = pairs.len() as u32;
            pairs.push(((place / width) as u32, (place % width) as u32));
        }
        let code = |row| {
            self.pair(row)
                .map_or(MISSING_CODE, |pair| rank[place(pair)])
        };
        (pairs, rows.map(code).collect())
    }

    fn ranked_by_hash(&self) -> (Vec<(u32, u32)>, Vec<u32>) {
        let rows = 0..self.before.len();
        let seen: HashSet<(u32, u32)> = rows.clone().filter_map(|row| self.pair(row)).collect();
        let mut pairs: Vec<(u32, u32)> = seen.into_iter().collect();
        pairs.sort_unstable();
        let numbered = pairs.iter().enumerate();
        let rank: HashMap<(u32, u32), u32> =
            numbered.map(|(rank, &pair)| (pair, rank as u32)).collect();
        let code = |row| self.pair(row).map_or(MISSING_CODE, |pair| rank[&pair]);
        (pairs, rows.map(code).collect())
    }
}
