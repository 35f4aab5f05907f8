//! Exact and score intervals: `binom.test`, `prop.test`, `poisson.test`, `cipoisson`; pooling of
//! one number over imputations: `pool.scalar`.

use super::evaluate::{Arguments, bad};
use super::value::Value;
use crate::Failure;
use statistics::imputation::Pooled;
use statistics::rates::{
    RateRatio, binomial_p_value, poisson_p_value, proportion_exact, rate_anscombe, rate_exact,
};
use statistics::table_one::ProportionTest;

pub(super) fn call(arguments: &mut Arguments<'_, '_, '_>) -> Result<Option<Value>, Failure> {
    match arguments.function() {
        "binom.test" => binomial(arguments).map(Some),
        "prop.test" => proportion(arguments).map(Some),
        "poisson.test" => poisson(arguments).map(Some),
        "cipoisson" => cipoisson(arguments).map(Some),
        "pool.scalar" => pool_scalar(arguments).map(Some),
        _ => Ok(None),
    }
}

fn pair((lower, upper): (f64, f64)) -> Value {
    Value::Numbers(vec![lower, upper])
}

fn binomial(arguments: &mut Arguments<'_, '_, '_>) -> Result<Value, Failure> {
    let (x, n) = (arguments.count("x", 0)?, arguments.count("n", 1)?);
    let p = arguments.number("p", 2, Some(0.5))?;
    let level = arguments.number("conf.level", usize::MAX, Some(0.95))?;
    Ok(Value::named([
        ("statistic", Value::number(x as f64)),
        ("parameter", Value::number(n as f64)),
        ("p.value", Value::number(binomial_p_value(x, n, p)?)),
        ("conf.int", pair(proportion_exact(x, n, level)?)),
        ("estimate", Value::number(x as f64 / n as f64)),
    ]))
}

/// One proportion or several: counts `x` of `n`, or a table with two columns.
fn proportion(arguments: &mut Arguments<'_, '_, '_>) -> Result<Value, Failure> {
    let (successes, trials) = successes(arguments)?;
    let level = arguments.number("conf.level", usize::MAX, Some(0.95))?;
    let how = (level, arguments.flag("correct", true)?);
    let given = match arguments.has("p", 2) {
        true => Some(arguments.numbers("p", 2)?),
        false if successes.len() == 1 => Some(vec![0.5]),
        false => None,
    };
    let found = match given {
        Some(given) => ProportionTest::given(&successes, &trials, &given, how)?,
        None => ProportionTest::equal(&successes, &trials, how)?,
    };
    Ok(Value::named([
        ("statistic", Value::number(found.test.statistic)),
        (
            "parameter",
            found.test.df.map_or(Value::Missing, Value::number),
        ),
        ("p.value", Value::number(found.test.p_value)),
        ("estimate", Value::Numbers(found.estimates)),
        ("conf.int", found.limits.map_or(Value::Missing, pair)),
    ]))
}

fn successes(arguments: &mut Arguments<'_, '_, '_>) -> Result<(Vec<u64>, Vec<u64>), Failure> {
    let (successes, trials) = match arguments.value("x", 0)? {
        Value::Tables(tables) => match &tables[..] {
            [table] if table.column_totals().len() == 2 => {
                let first = table.rows().iter().map(|row| row[0]).collect();
                (first, table.row_totals())
            }
            _ => return Err(bad(arguments.call, "verwacht een tabel met twee kolommen")),
        },
        _ => (arguments.numbers("x", 0)?, arguments.numbers("n", 1)?),
    };
    let counts = |numbers: Vec<f64>| -> Result<Vec<u64>, Failure> {
        match numbers.iter().all(|&x| x >= 0.0 && x.fract() == 0.0) {
            true => Ok(numbers.into_iter().map(|x| x as u64).collect()),
            false => Err(bad(arguments.call, "aantallen zijn gehele getallen")),
        }
    };
    Ok((counts(successes)?, counts(trials)?))
}

/// One rate, or with two events and times their ratio.
fn poisson(arguments: &mut Arguments<'_, '_, '_>) -> Result<Value, Failure> {
    let level = arguments.number("conf.level", usize::MAX, Some(0.95))?;
    let events = arguments.numbers("x", 0)?;
    let time = if arguments.has("T", 1) {
        arguments.numbers("T", 1)?
    } else {
        vec![1.0]
    };
    let whole = |x: f64| -> Result<u64, Failure> {
        let is_count = x >= 0.0 && x.fract() == 0.0;
        is_count
            .then_some(x as u64)
            .ok_or_else(|| bad(arguments.call, "gebeurtenissen zijn gehele getallen"))
    };
    match (&events[..], &time[..]) {
        (&[events], &[time]) => {
            let events = whole(events)?;
            let rate = arguments.number("r", 2, Some(1.0))?;
            Ok(Value::named([
                ("estimate", Value::number(events as f64 / time)),
                (
                    "p.value",
                    Value::number(poisson_p_value(events, time, rate)?),
                ),
                ("conf.int", pair(rate_exact(events, time, level)?)),
            ]))
        }
        (&[x1, x2], &[t1, t2]) => {
            let ratio = RateRatio::estimate([whole(x1)?, whole(x2)?], [t1, t2], level)?;
            Ok(Value::named([
                ("estimate", Value::number(ratio.value)),
                ("p.value", Value::number(ratio.p_value)),
                ("conf.int", pair((ratio.lower, ratio.upper))),
            ]))
        }
        _ => Err(bad(
            arguments.call,
            "verwacht één of twee aantallen met even veel tijden",
        )),
    }
}

fn cipoisson(arguments: &mut Arguments<'_, '_, '_>) -> Result<Value, Failure> {
    let (events, time) = (
        arguments.count("k", 0)?,
        arguments.number("time", 1, Some(1.0))?,
    );
    let level = arguments.number("p", 2, Some(0.95))?;
    let method = if arguments.has("method", 3) {
        arguments.value("method", 3)?
    } else {
        Value::Missing
    };
    if matches!(&method, Value::Texts(text) if text[0] == "anscombe") {
        let (lower, upper) = rate_anscombe(events, time, level)?;
        // R writes NaN where there is no lower limit.
        if lower.is_none() {
            arguments.warn_of_nan(&[f64::NAN]);
        }
        return Ok(pair((lower.unwrap_or(f64::NAN), upper)));
    }
    Ok(pair(rate_exact(events, time, level)?))
}

fn pool_scalar(arguments: &mut Arguments<'_, '_, '_>) -> Result<Value, Failure> {
    let (estimates, variances) = (arguments.numbers("Q", 0)?, arguments.numbers("U", 1)?);
    let n = arguments.number("n", 2, Some(f64::INFINITY))?;
    let k = arguments.number("k", 3, Some(1.0))?;
    let complete = n.is_finite().then_some(n - k);
    let pooled = Pooled::of(&estimates, &variances, complete)?;
    Ok(Value::named([
        ("m", Value::number(estimates.len() as f64)),
        ("qhat", Value::Vector(estimates)),
        ("u", Value::Vector(variances)),
        ("qbar", Value::number(pooled.estimate)),
        ("ubar", Value::number(pooled.within)),
        ("b", Value::number(pooled.between)),
        ("t", Value::number(pooled.total)),
        ("df", Value::number(pooled.df)),
        ("r", Value::number(pooled.relative_increase)),
        ("fmi", Value::number(pooled.missing_information)),
    ]))
}
