//! `basis`: the columns that a variable of a formula gives, as R's `ns()`, `bs()`, `poly()`,
//! `rcs()`.

use super::Fit;
use crate::arguments::DataArguments;
use crate::text::{TextTable, signif};
use crate::{Failure, Fitted, Inputs, json};
use clap::Args;
use formula::{Evaluator, Expression, Table, Value};
use serde_json::Map;

/// Rows that the text shows.
const SHOWN: usize = 20;

/// Options of `basis`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// The table.
    #[command(flatten)]
    data: DataArguments,
    /// De variabele: "ns(age, df = 4)", "rcs(age, c(50, 60, 70))", "poly(age, 2)", "scale(age)".
    #[arg(value_name = "UITDRUKKING")]
    expression: String,
}

impl Fit for Options {
    fn fit(&self, inputs: &Inputs<'_>) -> Result<Fitted, Failure> {
        let frame = self.data.frame(inputs)?;
        let expression = Expression::parse(&self.expression)?;
        let evaluator = Evaluator::new(&frame);
        let value = evaluator.variable(&expression)?;
        crate::arguments::tell(inputs, evaluator.into_notices());
        let Value::Table(table) = value else {
            let message = format!("'{expression}' is geen basis van kolommen.");
            return Err(Failure::new("no_basis", message));
        };
        let mut result = Map::new();
        let named = |(place, column): (usize, &Vec<f64>)| {
            (format!("c{}", place + 1), json::numbers_or_na(column))
        };
        let columns: Vec<_> = table.columns.iter().enumerate().map(named).collect();
        result.insert("value".into(), json::columns(columns.clone()));
        result.extend(columns);
        for (field, argument) in [("knots", "knots"), ("boundary", "Boundary.knots")] {
            if let Some(numbers) = fixed(&table, argument) {
                result.insert(field.into(), json::numbers(&numbers));
            }
        }
        Ok(Fitted::new(result.into(), summary(&table)))
    }
}

/// What the basis took from the data.
fn fixed(table: &Table, argument: &str) -> Option<Vec<f64>> {
    let given = table
        .fixed
        .as_ref()?
        .as_call()?
        .named(argument)?
        .as_call()?;
    let number = |expression: &Expression| match expression {
        Expression::Number(number) => Some(*number),
        _ => None,
    };
    given.unnamed().map(number).collect()
}

fn summary(table: &Table) -> String {
    let mut text = TextTable::new(table.names.clone());
    let rows = table.columns.first().map_or(0, Vec::len);
    for row in 0..rows.min(SHOWN) {
        let cells = table.columns.iter().map(|column| signif(column[row], 7));
        text.row((row + 1).to_string(), cells);
    }
    match rows.saturating_sub(SHOWN) {
        0 => text.print(),
        rest => format!("{}… en nog {rest} rijen\n", text.print()),
    }
}
