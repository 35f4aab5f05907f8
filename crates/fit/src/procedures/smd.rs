//! `smd`: standardised differences between groups, as R's `tableone::ExtractSmd`.

use super::Fit;
use crate::arguments::DataArguments;
use crate::text::{TextTable, fixed};
use crate::{Failure, Fitted, Inputs, json};
use clap::Args;
use formula::{Column, Factor, Frame};
use serde_json::{Value, json};
use statistics::table_one::{smd_categorical, smd_continuous};

/// Options of `smd`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    #[command(flatten)]
    data: DataArguments,
    /// Kolom met de groepen.
    #[arg(long, value_name = "KOLOM")]
    by: String,
    /// Variabelen die vergeleken worden.
    #[arg(long, value_name = "KOLOMMEN", value_delimiter = ',', required = true)]
    vars: Vec<String>,
    /// Welke daarvan categorieën zijn hoewel er getallen in staan.
    #[arg(long, value_name = "KOLOMMEN", value_delimiter = ',')]
    factors: Vec<String>,
}

impl Fit for Options {
    fn fit(&self, inputs: &Inputs<'_>) -> Result<Fitted, Failure> {
        let frame = self.data.frame(inputs)?;
        let groups = frame.factor(&self.by)?.without_unused();
        let count = groups.levels.len();
        let mut pairs = Vec::new();
        for first in 0..count {
            pairs.extend((first + 1..count).map(|second| (first, second)));
        }
        if pairs.is_empty() {
            return Err(statistics::NotEstimable::OneLevel {
                what: "the grouping",
            }
            .into());
        }
        let mut table: Vec<Vec<f64>> = Vec::new();
        for name in &self.vars {
            let variable = Variable::of(&frame, name, self.factors.contains(name))?;
            let between = |&pair: &(usize, usize)| variable.difference(&groups, pair);
            table.push(pairs.iter().map(between).collect::<Result<_, Failure>>()?);
        }
        Ok(Fitted::new(
            self.result(&table, &pairs),
            self.summary(&table, &pairs),
        ))
    }
}

enum Variable {
    Numbers(Vec<f64>),
    Categories(Factor),
}

impl Variable {
    fn of(frame: &Frame, name: &str, is_factor: bool) -> Result<Self, Failure> {
        Ok(match frame.column(name)? {
            Column::Number(numbers) if !is_factor => Self::Numbers(numbers.clone()),
            column => Self::Categories(column.to_factor().without_unused()),
        })
    }

    fn difference(&self, groups: &Factor, (a, b): (usize, usize)) -> Result<f64, Failure> {
        let rows = |group: usize| {
            (0..groups.codes.len()).filter(move |&row| groups.codes[row] as usize == group)
        };
        match self {
            Self::Numbers(numbers) => {
                let values = |group: usize| -> Vec<f64> {
                    rows(group)
                        .map(|row| numbers[row])
                        .filter(|x| !x.is_nan())
                        .collect()
                };
                Ok(smd_continuous(&values(a), &values(b))?)
            }
            Self::Categories(factor) => {
                let counts = |group: usize| {
                    let mut counts = vec![0.0; factor.levels.len()];
                    for row in rows(group).filter(|&row| !factor.is_missing(row)) {
                        counts[factor.codes[row] as usize] += 1.0;
                    }
                    counts
                };
                Ok(smd_categorical(&counts(a), &counts(b))?)
            }
        }
    }
}

fn pair_name(&(first, second): &(usize, usize)) -> String {
    format!("{} vs {}", first + 1, second + 1)
}

impl Options {
    /// With two groups a column, with more one per pair after their average.
    fn result(&self, table: &[Vec<f64>], pairs: &[(usize, usize)]) -> Value {
        if pairs.len() == 1 {
            let smd: Vec<f64> = table.iter().map(|row| row[0]).collect();
            return json!({"variable": self.vars, "smd": json::numbers(&smd)});
        }
        let average: Vec<f64> = table.iter().map(|row| mean(row)).collect();
        let mut columns = vec![("average".to_owned(), json::numbers(&average))];
        for (place, pair) in pairs.iter().enumerate() {
            let column: Vec<f64> = table.iter().map(|row| row[place]).collect();
            columns.push((pair_name(pair), json::numbers(&column)));
        }
        json!({"variable": self.vars, "columns": json::columns(columns)})
    }

    fn summary(&self, table: &[Vec<f64>], pairs: &[(usize, usize)]) -> String {
        let names = std::iter::once("average".to_owned()).chain(pairs.iter().map(pair_name));
        let mut text = TextTable::new(names);
        for (name, row) in self.vars.iter().zip(table) {
            let cells = std::iter::once(mean(row)).chain(row.iter().copied());
            text.row(name.clone(), cells.map(|x| fixed(x, 4)));
        }
        text.print()
    }
}

fn mean(row: &[f64]) -> f64 {
    row.iter().sum::<f64>() / row.len() as f64
}
