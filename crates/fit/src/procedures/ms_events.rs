//! `ms-events`: how often each transition is made, as `mstate::events`.

use super::Fit;
use super::multistate::HistoryArguments;
use crate::text::{TextTable, signif};
use crate::{Failure, Fitted, Inputs, json};
use clap::Args;
use serde_json::{Value, json};
use statistics::multistate::EventCounts;

/// Options of `ms-events`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    #[command(flatten)]
    histories: HistoryArguments,
}

impl Fit for Options {
    fn fit(&self, inputs: &Inputs<'_>) -> Result<Fitted, Failure> {
        let table = self.histories.table(inputs)?;
        let counts = EventCounts::of(table.histories(), &table.model.transitions)?;
        let names = &table.model.names;
        let states = 0..names.len();
        let frequencies: Vec<Vec<u64>> = states
            .clone()
            .map(|from| {
                let to = states.clone().map(|to| counts.count(from, to));
                to.chain([counts.no_event[from], counts.entering(from)])
                    .collect()
            })
            .collect();
        let proportions: Vec<Vec<f64>> = frequencies
            .iter()
            .map(|row| {
                let (total, parts) = row.split_last().map_or((0, &row[..]), |(t, p)| (*t, p));
                parts
                    .iter()
                    .map(|&part| part as f64 / total as f64)
                    .collect()
            })
            .collect();
        let rows: Value = proportions
            .iter()
            .map(|row| json::numbers_or_na(row))
            .collect();
        let mut columns = names.clone();
        columns.push("no event".into());
        let text = format!(
            "$Frequencies\n{}\n$Proportions\n{}",
            frequency_text(names, &columns, &frequencies),
            proportion_text(names, &columns, &proportions)
        );
        columns.push("total entering".into());
        let result = json!({"states": names, "to": columns, "freq": frequencies, "prop": rows});
        Ok(Fitted::new(result, text))
    }
}

fn frequency_text(names: &[String], columns: &[String], rows: &[Vec<u64>]) -> String {
    let last = "total entering".to_owned();
    let mut table = TextTable::new(columns.iter().chain([&last]).cloned());
    for (name, row) in names.iter().zip(rows) {
        table.row(name.clone(), row.iter().map(u64::to_string));
    }
    table.print()
}

fn proportion_text(names: &[String], columns: &[String], rows: &[Vec<f64>]) -> String {
    let mut table = TextTable::new(columns.iter().cloned());
    for (name, row) in names.iter().zip(rows) {
        table.row(name.clone(), row.iter().map(|&share| signif(share, 7)));
    }
    table.print()
}
