//! `matexp`: the exponential of a matrix times t, as `msm::MatrixExp`.

use super::Fit;
use crate::text::{TextTable, signif};
use crate::{Failure, Fitted, Inputs, json};
use clap::Args;
use serde_json::json;
use statistics::matrix::{Matrix, exponential};

/// Options of `matexp`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// De matrix, rij na rij: "-0.5,0.5;0,0".
    #[arg(value_name = "MATRIX", allow_hyphen_values = true)]
    matrix: String,
    /// Waarmee de matrix vermenigvuldigd wordt: 0.1,1,5.
    #[arg(
        long,
        value_name = "TIJDEN",
        value_delimiter = ',',
        default_value = "1",
        allow_hyphen_values = true
    )]
    t: Vec<f64>,
}

/// A square matrix written as "a,b;c,d".
pub(super) fn square(option: &str, text: &str) -> Result<Matrix, Failure> {
    let number = |text: &str| {
        text.trim()
            .parse::<f64>()
            .map_err(|_| Failure::option(option, format!("'{text}' is geen getal")))
    };
    let rows = text
        .split(';')
        .map(|row| {
            row.split(',')
                .map(number)
                .collect::<Result<Vec<f64>, Failure>>()
        })
        .collect::<Result<Vec<_>, Failure>>()?;
    match rows.iter().all(|row| row.len() == rows.len()) {
        true => Ok(Matrix::from_rows(&rows)),
        false => Err(Failure::option(option, "de matrix is niet vierkant")),
    }
}

impl Fit for Options {
    fn fit(&self, _inputs: &Inputs<'_>) -> Result<Fitted, Failure> {
        let matrix = square("matrix", &self.matrix)?;
        let powers = self
            .t
            .iter()
            .map(|t| exponential(&matrix.scaled(*t)))
            .collect::<Result<Vec<Matrix>, _>>()?;
        let mut text = String::new();
        for (t, power) in self.t.iter().zip(&powers) {
            let mut table =
                TextTable::new((1..=power.columns()).map(|column| format!("[,{column}]")));
            for row in 0..power.rows() {
                let cells = power.row(row);
                table.row(
                    format!("[{},]", row + 1),
                    cells.iter().map(|x| signif(*x, 7)),
                );
            }
            text.push_str(&format!("t = {t}\n{}\n", table.print()));
        }
        let rows = powers
            .iter()
            .map(|power| json::rows(power.values(), power.rows()));
        let result = json!({"t": json::numbers(&self.t), "P": rows.collect::<Vec<_>>()});
        Ok(Fitted::new(result, text))
    }
}
