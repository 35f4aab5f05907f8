//! Descriptions of variables: `mean`, `sd`, `mad`, `quantile`, `describe`.

use super::evaluate::{Arguments, bad};
use super::value::Value;
use crate::Failure;
use statistics::table_one::{Description, QuantileType, quantile};

/// The probabilities that `describe` shows.
const SHOWN: [f64; 7] = [0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0];

pub(super) fn call(arguments: &mut Arguments<'_, '_, '_>) -> Result<Option<Value>, Failure> {
    let one: fn(&Description) -> Option<f64> = match arguments.function() {
        "mean" => |description| Some(description.mean),
        "sd" => |description| description.sd,
        "median" => |description| Some(description.median),
        "mad" => |description| Some(description.mad),
        "quantile" => return quantiles(arguments).map(Some),
        "describe" => return describe(arguments).map(Some),
        _ => return Ok(None),
    };
    let values = present(&arguments.numbers("x", 0)?);
    let value = one(&Description::of(&values)?);
    Ok(Some(value.map_or(Value::Missing, Value::number)))
}

fn present(values: &[f64]) -> Vec<f64> {
    values
        .iter()
        .copied()
        .filter(|value| !value.is_nan())
        .collect()
}

fn quantiles(arguments: &mut Arguments<'_, '_, '_>) -> Result<Value, Failure> {
    let values = present(&arguments.numbers("x", 0)?);
    let probabilities = match arguments.has("probs", 1) {
        true => arguments.numbers("probs", 1)?,
        false => vec![0.0, 0.25, 0.5, 0.75, 1.0],
    };
    let number = arguments.number("type", usize::MAX, Some(7.0))?;
    let kind = QuantileType::numbered(number as u8)
        .ok_or_else(|| bad(arguments.call, "'type' is een getal van 1 tot en met 9"))?;
    let one = |&p: &f64| Ok(quantile(&values, p, kind)?);
    let found = probabilities
        .iter()
        .map(one)
        .collect::<Result<Vec<_>, Failure>>()?;
    Ok(Value::Numbers(found))
}

/// A column per variable: n, mean, sd, quantiles, mad. Missing values are left out.
fn describe(arguments: &mut Arguments<'_, '_, '_>) -> Result<Value, Failure> {
    let mut columns = Vec::new();
    for expression in arguments.unnamed() {
        let numbers = arguments.column(&expression)?.to_numbers();
        let values =
            present(&numbers.ok_or_else(|| bad(arguments.call, "dit zijn geen getallen"))?);
        let description = Description::of(&values)?;
        let sd = description.sd.unwrap_or(f64::NAN);
        let mut cells = vec![description.n as f64, description.mean, sd];
        for p in SHOWN {
            cells.push(quantile(&values, p, QuantileType::Type7)?);
        }
        cells.push(description.mad);
        columns.push((Some(expression.to_string()), Value::Numbers(cells)));
    }
    let mut names: Vec<String> = ["n", "mean", "sd"].map(String::from).to_vec();
    names.extend(SHOWN.iter().map(|p| format!("{}%", p * 100.0)));
    names.push("mad".into());
    Ok(Value::named([
        ("rownames", Value::Texts(names)),
        ("columns", Value::List(columns)),
    ]))
}
