//! `elos`: expected length of stay in states, as `mstate::ELOS`.

use super::Fit;
use super::multistate::{ErrorArguments, HazardArguments};
use crate::text::{TextTable, signif};
use crate::{Failure, Fitted, Inputs, json};
use clap::Args;
use serde_json::{Value, json};
use statistics::matrix::Matrix;
use statistics::multistate::{Direction, ExpectedStay};

/// Options of `elos`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    #[command(flatten)]
    hazards: HazardArguments,
    #[command(flatten)]
    errors: ErrorArguments,
    /// Tijdstip vanaf waar wordt geteld.
    #[arg(
        long,
        value_name = "TIJD",
        default_value_t = 0.0,
        allow_negative_numbers = true
    )]
    predt: f64,
    /// Tijdstip tot waar wordt geteld; zonder deze optie het laatste.
    #[arg(long, value_name = "TIJD", allow_negative_numbers = true)]
    tau: Option<f64>,
    /// Ook standaardfouten: het resultaat heeft dan de velden elos en se.
    #[arg(long, conflicts_with = "no_variance")]
    se: bool,
}

impl Fit for Options {
    fn fit(&self, inputs: &Inputs<'_>) -> Result<Fitted, Failure> {
        let fitted = self.hazards.hazards(inputs, self.se)?;
        let mut options = self.errors.options(self.predt, Direction::Forward);
        if !self.se {
            options.errors = statistics::multistate::ProbabilityErrors::None;
        }
        let last = fitted.hazards.times().last().copied().unwrap_or(self.predt);
        let until = self.tau.unwrap_or(last);
        let expected = ExpectedStay::compute(&fitted.hazards, options, until)?;
        let names = &fitted.model.names;
        let rows = |matrix: &Matrix| json::rows(matrix.values(), matrix.rows());
        let mut text = table(names, &expected.stay);
        let result: Value = match &expected.std_err {
            None => rows(&expected.stay),
            Some(errors) => {
                text.push_str("\nStd. errors:\n");
                text.push_str(&table(names, errors));
                json!({"elos": rows(&expected.stay), "se": rows(errors), "states": names})
            }
        };
        Ok(Fitted::new(result, text))
    }
}

fn table(names: &[String], matrix: &Matrix) -> String {
    let mut table = TextTable::new(names.iter().map(|name| format!("in {name}")));
    for (row, name) in names.iter().enumerate() {
        let cells = matrix.row(row).into_iter().map(|value| signif(value, 7));
        table.row(format!("from {name}"), cells);
    }
    table.print()
}
