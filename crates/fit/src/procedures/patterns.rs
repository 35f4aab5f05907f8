//! `patterns`: which values are missing together, as R's `mice::md.pattern`.

use super::Fit;
use crate::arguments::DataArguments;
use crate::text::TextTable;
use crate::{Failure, Fitted, Inputs};
use clap::Args;
use formula::Frame;
use serde_json::json;
use statistics::imputation::MissingPatterns;

/// Options of `patterns`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    #[command(flatten)]
    data: DataArguments,
    /// Kolommen; zonder deze optie alle.
    #[arg(long, value_name = "KOLOMMEN", value_delimiter = ',')]
    columns: Vec<String>,
}

impl Fit for Options {
    fn fit(&self, inputs: &Inputs<'_>) -> Result<Fitted, Failure> {
        let frame = self.data.frame(inputs)?;
        let names = if self.columns.is_empty() {
            frame.names()
        } else {
            &self.columns
        };
        let patterns = MissingPatterns::of(&presence(&frame, names)?);
        let mut header: Vec<&str> = patterns
            .columns
            .iter()
            .map(|&column| names[column].as_str())
            .collect();
        header.push("");
        let mut counts: Vec<String> = Vec::new();
        let mut rows: Vec<Vec<usize>> = Vec::new();
        for pattern in &patterns.patterns {
            let mut row: Vec<usize> = pattern
                .present
                .iter()
                .map(|&there| usize::from(there))
                .collect();
            row.push(pattern.present.iter().filter(|there| !**there).count());
            counts.push(pattern.rows.to_string());
            rows.push(row);
        }
        let mut last = patterns.missing.clone();
        last.push(patterns.missing.iter().sum());
        counts.push(String::new());
        rows.push(last);
        let mut table = TextTable::new(header.clone());
        for (count, row) in counts.iter().zip(&rows) {
            table.row(count.clone(), row.iter().map(ToString::to_string));
        }
        let result = json!({"rownames": counts, "colnames": header, "value": rows});
        Ok(Fitted::new(result, table.print()))
    }
}

/// 1 where there is a value, NaN where not, of columns of every kind.
fn presence(frame: &Frame, names: &[String]) -> Result<Vec<Vec<f64>>, Failure> {
    let mut columns = Vec::with_capacity(names.len());
    for name in names {
        let column = frame.column(name)?;
        let there = |row| {
            if column.is_missing(row) {
                f64::NAN
            } else {
                1.0
            }
        };
        columns.push((0..frame.rows()).map(there).collect());
    }
    Ok(columns)
}
