//! `rci`: reliable and clinically significant change (Jacobson and Truax 1991).

use super::Fit;
use crate::arguments::DataArguments;
use crate::text::{TextTable, signif};
use crate::{Failure, Fitted, Inputs, json};
use clap::Args;
use formula::Column;
use serde_json::{Value, json};
use statistics::psychometrics::{Change, ReliableChange, Scores};

/// Options of `rci`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    #[command(flatten)]
    data: DataArguments,
    /// Kolom met de score vooraf.
    #[arg(long, value_name = "KOLOM")]
    pre: String,
    /// Kolom met de score achteraf.
    #[arg(long, value_name = "KOLOM")]
    post: String,
    /// Kolom die zegt van wie een rij is.
    #[arg(long, value_name = "KOLOM")]
    id: Option<String>,
    /// Betrouwbaarheid van de schaal.
    #[arg(long)]
    reliability: f64,
    /// Gemiddelde van de functionele populatie.
    #[arg(long)]
    norm_mean: f64,
    /// Standaarddeviatie van de functionele populatie.
    #[arg(long)]
    norm_sd: f64,
    /// Een hogere score is beter.
    #[arg(long)]
    higher_is_better: bool,
    /// Grens van de index waarboven verandering betrouwbaar heet.
    #[arg(long, default_value_t = 1.96)]
    critical: f64,
}

impl Fit for Options {
    fn fit(&self, inputs: &Inputs<'_>) -> Result<Fitted, Failure> {
        let frame = self.data.frame(inputs)?;
        let (pre, post) = (frame.numbers(&self.pre)?, frame.numbers(&self.post)?);
        let full = |&row: &usize| !pre[row].is_nan() && !post[row].is_nan();
        let rows: Vec<usize> = (0..frame.rows()).filter(full).collect();
        inputs.count_rows(crate::Rows {
            read: frame.rows(),
            used: rows.len(),
        });
        let pick = |values: &[f64]| -> Vec<f64> { rows.iter().map(|&row| values[row]).collect() };
        let scores = Scores {
            reliability: self.reliability,
            functional_mean: self.norm_mean,
            functional_sd: self.norm_sd,
            lower_is_better: !self.higher_is_better,
            critical: self.critical,
        };
        let change = ReliableChange::estimate(&pick(&pre), &pick(&post), scores)?;
        let id = match &self.id {
            Some(name) => ids(&frame.column(name)?.rows(&rows)),
            None => rows.iter().map(|row| row + 1).collect::<Value>(),
        };
        let classes: Vec<&str> = change.classes.iter().map(|class| name(*class)).collect();
        let result = json!({
            "id": id,
            "sd": [json::number(change.sd)],
            "sem": [json::number(change.standard_error)],
            "sdiff": [json::number(change.standard_error_of_difference)],
            "rci": json::numbers(&change.index),
            "cutA": [json::number(change.cut_off_a)],
            "cutB": [json::number(change.cut_off_b)],
            "cutC": [json::number(change.cut_off_c)],
            "class": classes,
        });
        Ok(Fitted::new(result, summary(&change)))
    }
}

fn ids(column: &Column) -> Value {
    match column.to_numbers() {
        Some(numbers) => json::numbers(&numbers),
        None => (0..column.len())
            .map(|row| Value::from(column.text(row)))
            .collect(),
    }
}

fn name(change: Change) -> &'static str {
    match change {
        Change::Recovered => "recovered",
        Change::Improved => "improved",
        Change::Unchanged => "unchanged",
        Change::Deteriorated => "deteriorated",
    }
}

fn summary(change: &ReliableChange) -> String {
    let classes = [
        Change::Recovered,
        Change::Improved,
        Change::Unchanged,
        Change::Deteriorated,
    ];
    let mut table = TextTable::new(["n", "%"]);
    for class in classes {
        let count = change.classes.iter().filter(|&&own| own == class).count();
        let share = 100.0 * count as f64 / change.classes.len() as f64;
        table.row(name(class), [count.to_string(), signif(share, 3)]);
    }
    format!(
        "SEM {}  Sdiff {}  cut-offs A {}  B {}  C {}\n\n{}",
        signif(change.standard_error, 4),
        signif(change.standard_error_of_difference, 4),
        signif(change.cut_off_a, 4),
        signif(change.cut_off_b, 4),
        signif(change.cut_off_c, 4),
        table.print()
    )
}
