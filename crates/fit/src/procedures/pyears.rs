//! `pyears`: events and person-time by group, as R's `survival::pyears`.

use super::Fit;
use crate::arguments::ModelArguments;
use crate::text::{TextTable, signif};
use crate::{Failure, Fitted, Inputs, json};
use clap::Args;
use formula::{Column, Factor, ModelFrame, Value as FormulaValue};
use serde_json::{Value, json};
use statistics::rates::PersonTime;

/// Options of `pyears`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    #[command(flatten)]
    model: ModelArguments,
    /// Deel tijden hierdoor: 365.25 maakt van dagen jaren.
    #[arg(long, default_value_t = 365.25)]
    scale: f64,
    /// Betrouwbaarheid van de intervallen van de aantallen per tijdseenheid.
    #[arg(long, default_value_t = 0.95)]
    conf_level: f64,
}

impl Fit for Options {
    fn fit(&self, inputs: &Inputs<'_>) -> Result<Fitted, Failure> {
        if !(self.scale.is_finite() && self.scale > 0.0) {
            return Err(Failure::option("scale", "moet boven 0 liggen"));
        }
        let model = self.model.model(inputs, &[])?;
        let survival = model.survival()?;
        let span =
            |row: usize| survival.stop[row] - survival.start.get(row).copied().unwrap_or(0.0);
        let time: Vec<f64> = (0..model.len()).map(|row| span(row) / self.scale).collect();
        let events: Vec<f64> = survival
            .status
            .iter()
            .map(|&status| f64::from(u8::from(status > 0)))
            .collect();
        let factors = factors(&model)?;
        let sizes: Vec<usize> = factors.iter().map(|factor| factor.levels.len()).collect();
        // The last factor runs fastest, so that its levels are the columns.
        let cell = |row: usize| {
            factors
                .iter()
                .fold(0, |cell, f| cell * f.levels.len() + f.codes[row] as usize)
        };
        let codes: Vec<usize> = (0..model.len()).map(cell).collect();
        let cells = PersonTime::by_cell(&time, &events, &codes, sizes.iter().product())?;
        let shaped = |pick: &dyn Fn(&PersonTime) -> Value| shape(&cells, &sizes, pick);
        let limits = |cell: &PersonTime| cell.limits(self.conf_level).ok();
        let result = json!({
            "pyears": shaped(&|cell| json::number(cell.time)),
            "n": shaped(&|cell| cell.rows.into()),
            "event": shaped(&|cell| json::number(cell.events)),
            "rate": shaped(&|cell| json::optional(cell.rate())),
            "lower": shaped(&|cell| json::optional(limits(cell).map(|limits| limits.0))),
            "upper": shaped(&|cell| json::optional(limits(cell).map(|limits| limits.1))),
            "dim": factors.last().map(|factor| factor.levels.clone()),
            "dimnames": factors.iter().map(|factor| factor.levels.clone()).collect::<Vec<_>>(),
        });
        Ok(Fitted::new(result, summary(&cells, &factors)))
    }
}

fn factors(model: &ModelFrame) -> Result<Vec<Factor>, Failure> {
    let factor = |variable: &formula::Variable| match &variable.value {
        FormulaValue::Column(column @ Column::Number(_)) => Ok(column.to_factor().without_unused()),
        FormulaValue::Column(column) => Ok(column.to_factor()),
        _ => Err(Failure::new(
            "no_factor",
            format!("'{}' deelt niet in groepen in.", variable.label),
        )),
    };
    model.variables.iter().map(factor).collect()
}

/// Nested arrays, the last factor innermost; without factors one number.
fn shape(cells: &[PersonTime], sizes: &[usize], pick: &dyn Fn(&PersonTime) -> Value) -> Value {
    match sizes.split_first() {
        None => pick(&cells[0]),
        Some((&size, rest)) if size > 0 => cells
            .chunks(cells.len() / size)
            .map(|part| shape(part, rest, pick))
            .collect(),
        Some(_) => Value::Array(Vec::new()),
    }
}

fn summary(cells: &[PersonTime], factors: &[Factor]) -> String {
    let mut table = TextTable::new(["n", "event", "pyears", "rate"]);
    for (place, cell) in cells.iter().enumerate() {
        let mut left = place;
        let mut names: Vec<&str> = Vec::new();
        for factor in factors.iter().rev() {
            names.push(&factor.levels[left % factor.levels.len()]);
            left /= factor.levels.len();
        }
        names.reverse();
        let rate = cell.rate().map_or("NA".into(), |rate| signif(rate, 4));
        let cells = [
            cell.rows.to_string(),
            signif(cell.events, 7),
            signif(cell.time, 5),
            rate,
        ];
        table.row(names.join(", "), cells);
    }
    table.print()
}
