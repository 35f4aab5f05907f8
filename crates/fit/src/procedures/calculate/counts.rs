//! Tables of counts and their tests: `table`, `chisq.test`, `fisher.test`, `mcnemar.test`,
//! `mantelhaen.test`, `prop.trend.test`.

use super::evaluate::{Arguments, bad};
use super::tests_of_groups::{TestResult, tested};
use super::uniroot::odds_ratio_of_r;
use super::value::Value;
use crate::Failure;
use formula::Factor;
use statistics::NotEstimable;
use statistics::table_one::{
    CountTable, MantelHaenszel, OddsRatio, chi_squared, fisher_exact, mcnemar, proportion_trend,
};

pub(super) fn call(arguments: &mut Arguments<'_, '_, '_>) -> Result<Option<Value>, Failure> {
    let level = |arguments: &mut Arguments<'_, '_, '_>| {
        arguments.number("conf.level", usize::MAX, Some(0.95))
    };
    Ok(Some(match arguments.function() {
        "table" => table(arguments)?,
        "matrix" => matrix(arguments)?,
        "chisq.test" => {
            let correct = arguments.flag("correct", true)?;
            tested(
                &chi_squared(&one_table(arguments)?, correct)?,
                TestResult::default(),
            )
        }
        "mcnemar.test" => {
            let correct = arguments.flag("correct", true)?;
            tested(
                &mcnemar(&one_table(arguments)?, correct)?,
                TestResult::default(),
            )
        }
        "fisher.test" => {
            let (level, as_r) = (level(arguments)?, arguments.flag("as.R", false)?);
            fisher(&one_table(arguments)?, level, as_r)?
        }
        "mantelhaen.test" => {
            let (level, correct) = (level(arguments)?, arguments.flag("correct", true)?);
            let Value::Tables(strata) = arguments.value("x", 0)? else {
                return Err(bad(arguments.call, "verwacht table(a, b, stratum)"));
            };
            let result = MantelHaenszel::estimate(&strata, correct, level)?;
            let (lower, upper) = result.limits;
            let extra = TestResult {
                estimate: Some(vec![result.odds_ratio]),
                limits: Some([lower, upper]),
            };
            tested(&result.test, extra)
        }
        "prop.trend.test" => {
            let (successes, trials) = (arguments.numbers("x", 0)?, arguments.numbers("n", 1)?);
            let scores = match arguments.has("score", 2) {
                true => Some(arguments.numbers("score", 2)?),
                false => None,
            };
            let test = proportion_trend(&successes, &trials, scores.as_deref())?;
            tested(&test, TestResult::default())
        }
        _ => return Ok(None),
    }))
}

fn one_table(arguments: &mut Arguments<'_, '_, '_>) -> Result<CountTable, Failure> {
    match arguments.value("x", 0)? {
        Value::Tables(mut tables) if tables.len() == 1 => Ok(tables.remove(0)),
        _ => Err(bad(arguments.call, "verwacht een tabel: table(a, b)")),
    }
}

/// `table(a, b)` or `table(a, b, stratum)`; rows that miss one are left out.
fn table(arguments: &mut Arguments<'_, '_, '_>) -> Result<Value, Failure> {
    let mut factors = Vec::new();
    for expression in arguments.unnamed() {
        factors.push(arguments.factor(&expression)?);
    }
    let (a, b) = match &factors[..] {
        [a, b] | [a, b, _] => (a, b),
        _ => return Err(bad(arguments.call, "verwacht twee of drie factoren")),
    };
    let one = Factor {
        codes: vec![0; a.codes.len()],
        levels: vec![String::new()],
        ordered: false,
    };
    let strata = factors.get(2).unwrap_or(&one);
    if a.codes.len() != b.codes.len() || a.codes.len() != strata.codes.len() {
        return Err(bad(arguments.call, "de factoren verschillen in lengte"));
    }
    let table = |stratum: usize| {
        let inside = |&row: &usize| {
            strata.codes[row] as usize == stratum && !a.is_missing(row) && !b.is_missing(row)
        };
        let rows: Vec<usize> = (0..a.codes.len()).filter(inside).collect();
        let codes = |factor: &Factor| -> Vec<usize> {
            rows.iter().map(|&row| factor.codes[row] as usize).collect()
        };
        CountTable::from_codes(&codes(a), &codes(b), a.levels.len(), b.levels.len())
    };
    Ok(Value::Tables((0..strata.levels.len()).map(table).collect()))
}

/// `matrix(c(…), nrow)`: counts column after column, as in R.
fn matrix(arguments: &mut Arguments<'_, '_, '_>) -> Result<Value, Failure> {
    let counts = arguments.numbers("data", 0)?;
    let rows = arguments.number("nrow", 1, Some(1.0))? as usize;
    if rows == 0 || counts.len() % rows != 0 {
        return Err(bad(
            arguments.call,
            "het aantal getallen past niet bij 'nrow'",
        ));
    }
    let columns = counts.len() / rows;
    let by_row = arguments.flag("byrow", false)?;
    let cell = |row: usize, column: usize| match by_row {
        true => counts[row * columns + column],
        false => counts[column * rows + row],
    };
    let row = |row: usize| {
        (0..columns)
            .map(|column| cell(row, column))
            .collect::<Vec<_>>()
    };
    let rows: Vec<Vec<f64>> = (0..rows).map(row).collect();
    Ok(Value::Tables(vec![CountTable::new(&rows)?]))
}

/// With two rows and columns also the odds ratio and its interval; `as.R = TRUE` gives the five
/// digits that R finds.
fn fisher(table: &CountTable, level: f64, as_r: bool) -> Result<Value, Failure> {
    let p = fisher_exact(table)?;
    let is_small = table.rows().len() == 2 && table.rows()[0].len() == 2;
    let estimate = if as_r {
        odds_ratio_of_r
    } else {
        OddsRatio::estimate
    };
    let odds_ratio = match is_small.then(|| estimate(table, level)) {
        Some(Ok(odds_ratio)) => Some(odds_ratio),
        Some(Err(NotEstimable::OneLevel { .. })) | None => None,
        Some(Err(other)) => return Err(other.into()),
    };
    let optional = |value: Option<Vec<f64>>| value.map_or(Value::Missing, Value::Vector);
    Ok(Value::named([
        ("statistic", Value::Missing),
        ("parameter", Value::Missing),
        ("p.value", Value::number(p)),
        (
            "estimate",
            optional(odds_ratio.map(|found| vec![found.value])),
        ),
        (
            "conf.int",
            optional(odds_ratio.map(|found| vec![found.lower, found.upper])),
        ),
    ]))
}
