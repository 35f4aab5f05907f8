//! `survsplit`: follow-up cut into episodes, as R's `survSplit`.

use super::Fit;
use crate::arguments::DataArguments;
use crate::prepare::Split;
use crate::text::TextTable;
use crate::{Failure, Fitted, Inputs, json};
use clap::Args;
use formula::{Column, Formula, Frame};
use serde_json::Value;

/// Rows of the table that the text shows.
const SHOWN: usize = 20;

/// Options of `survsplit`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// The table.
    #[command(flatten)]
    data: DataArguments,
    /// Formule zoals in R: "Surv(time, status) ~ trt + karno", of met een punt voor alle kolommen.
    #[arg(value_name = "FORMULE")]
    formula: String,
    /// Tijden waarop een episode eindigt: 30,90,180.
    #[arg(
        long,
        value_name = "TIJDEN",
        value_delimiter = ',',
        required = true,
        allow_negative_numbers = true
    )]
    cut: Vec<f64>,
    /// Kolom voor het nummer van de episode.
    #[arg(long, value_name = "KOLOM")]
    episode: Option<String>,
    /// Kolom voor het nummer van de oorspronkelijke rij.
    #[arg(long, value_name = "KOLOM")]
    id: Option<String>,
    /// Kolom voor het begin van een episode.
    #[arg(long, value_name = "KOLOM", default_value = "tstart")]
    start: String,
}

impl Fit for Options {
    fn fit(&self, inputs: &Inputs<'_>) -> Result<Fitted, Failure> {
        let frame = self.data.frame(inputs)?;
        let formula = Formula::parse(&self.formula)?;
        let outcome = formula.response.clone().ok_or_else(|| {
            Failure::option("FORMULE", "verwacht Surv(tijd, gebeurtenis) ~ kolommen")
        })?;
        let terms = formula.terms(frame.names())?;
        let mut kept: Vec<String> = Vec::new();
        for variable in &terms.variables {
            kept.extend(variable.names().into_iter().map(str::to_owned));
        }
        kept.extend(outcome.names().into_iter().map(str::to_owned));
        kept.extend(
            [&self.start]
                .into_iter()
                .chain(&self.episode)
                .chain(&self.id)
                .cloned(),
        );
        let split = Split {
            outcome,
            cut: self.cut.clone(),
            episode: self.episode.clone(),
            id: self.id.clone(),
            start: self.start.clone(),
        };
        let table = split.apply(inputs, &frame)?;
        let named = kept
            .iter()
            .filter_map(|name| table.get(name).map(|column| (name, column)));
        Ok(Fitted::new(
            json::columns(named.map(|(name, column)| (name, values(column)))),
            summary(&table, &kept),
        ))
    }
}

fn values(column: &Column) -> Value {
    match column.to_numbers() {
        Some(numbers) => json::numbers_or_na(&numbers),
        None => (0..column.len()).map(|row| column.text(row)).collect(),
    }
}

fn summary(table: &Frame, kept: &[String]) -> String {
    let mut names: Vec<&String> = Vec::new();
    for name in kept {
        if !names.contains(&name) && table.get(name).is_some() {
            names.push(name);
        }
    }
    let mut text = TextTable::new(names.iter().map(|name| name.as_str()));
    for row in 0..table.rows().min(SHOWN) {
        let cell = |name: &&String| table.get(name).and_then(|column| column.text(row));
        let cells = names
            .iter()
            .map(|name| cell(name).unwrap_or_else(|| "NA".into()));
        text.row((row + 1).to_string(), cells);
    }
    let rest = table.rows().saturating_sub(SHOWN);
    match rest {
        0 => text.print(),
        _ => format!("{}… en nog {rest} rijen\n", text.print()),
    }
}
