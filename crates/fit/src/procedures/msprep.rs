//! `msprep`: long data from wide, as `mstate::msprep`.

use super::Fit;
use super::multistate::{StateModel, TransitionArguments, expand, state};
use crate::arguments::DataArguments;
use crate::text::TextTable;
use crate::{Failure, Fitted, Inputs, json};
use clap::Args;
use formula::{Column, Frame};
use serde_json::Value;
use statistics::multistate::{LongData, WideRows};

/// Options of `msprep`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// The table.
    #[command(flatten)]
    data: DataArguments,
    /// The transitions.
    #[command(flatten)]
    transitions: TransitionArguments,
    /// Per toestand de kolom met de tijd van binnenkomst, of van censurering; NA of leeg voor een
    /// toestand waar niemand binnenkomt: "NA,prtime,rfstime".
    #[arg(long, value_name = "KOLOMMEN", value_delimiter = ',', required = true)]
    time: Vec<String>,
    /// Per toestand de kolom die zegt of er iemand binnenkwam (1) of niet (0).
    #[arg(long, value_name = "KOLOMMEN", value_delimiter = ',', required = true)]
    status: Vec<String>,
    /// Kolom die zegt van wie een rij is; zonder deze optie het nummer van de rij.
    #[arg(long, value_name = "KOLOM")]
    id: Option<String>,
    /// Toestand aan het begin: een nummer, een naam of een kolom met nummers.
    #[arg(long, value_name = "TOESTAND", default_value = "1")]
    start_state: String,
    /// Tijd van het begin: een getal of een kolom.
    #[arg(
        long,
        value_name = "TIJD",
        default_value = "0",
        allow_hyphen_values = true
    )]
    start_time: String,
    /// Kolommen die meegaan.
    #[arg(long, value_name = "KOLOMMEN", value_delimiter = ',')]
    keep: Vec<String>,
    /// Covariaten met per overgang een eigen kolom (R: expand.covs).
    #[arg(long, value_name = "KOLOMMEN", value_delimiter = ',')]
    expand_covs: Vec<String>,
}

/// Per state the times of entering it, and whether it was entered.
type Entries = (Vec<Vec<f64>>, Vec<Vec<bool>>);

impl Fit for Options {
    fn fit(&self, inputs: &Inputs<'_>) -> Result<Fitted, Failure> {
        let frame = self.data.frame(inputs)?;
        let model = self.transitions.model(&frame)?;
        let (time, entered) = self.entries(&frame, &model)?;
        let start_state = self.start_states(&frame, &model)?;
        let start_time = self.start_times(&frame)?;
        let wide = WideRows {
            time: &time,
            entered: &entered,
            start_state: &start_state,
            start_time: &start_time,
        };
        let long = LongData::of(wide, &model.transitions)?;
        if !long.ties.is_empty() {
            let message = format!(
                "{} personen komen in twee toestanden tegelijk; zij gaan naar die met het laagste nummer.",
                long.ties.len()
            );
            inputs.warn("simultaneous_transitions", message);
        }
        let table = self.table(&frame, &model, &long)?;
        let named = table
            .names()
            .iter()
            .filter_map(|name| Some((name, table.get(name)?)));
        let result = json::columns(named.map(|(name, column)| (name, values(column))));
        Ok(Fitted::new(result, summary(&table)))
    }
}

impl Options {
    fn entries(&self, frame: &Frame, model: &StateModel) -> Result<Entries, Failure> {
        let states = model.names.len();
        for (option, given) in [("time", &self.time), ("status", &self.status)] {
            if given.len() != states {
                let message = format!("{} kolommen voor {states} toestanden", given.len());
                return Err(Failure::option(option, message));
            }
        }
        let absent = |name: &str| name.is_empty() || name == "NA";
        let mut time = vec![Vec::new(); states];
        let mut entered = vec![Vec::new(); states];
        for state in 0..states {
            let (at, whether) = (self.time[state].trim(), self.status[state].trim());
            if absent(at) != absent(whether) {
                let message = "een toestand heeft een tijd en een status, of geen van beide";
                return Err(Failure::option("status", message));
            }
            if !absent(at) {
                time[state] = frame.numbers(at)?;
                let status = frame.numbers(whether)?;
                entered[state] = status.iter().map(|&status| status == 1.0).collect();
            }
        }
        Ok((time, entered))
    }

    fn start_states(&self, frame: &Frame, model: &StateModel) -> Result<Vec<usize>, Failure> {
        if frame.get(&self.start_state).is_none() {
            let only = state(model, "start-state", &self.start_state)?;
            return Ok(vec![only; frame.rows()]);
        }
        let column = frame.column(&self.start_state)?;
        let text = |row| column.text(row).unwrap_or_default();
        (0..frame.rows())
            .map(|row| state(model, "start-state", &text(row)))
            .collect()
    }

    fn start_times(&self, frame: &Frame) -> Result<Vec<f64>, Failure> {
        match self.start_time.parse::<f64>() {
            Ok(time) => Ok(vec![time; frame.rows()]),
            Err(_) => Ok(frame.numbers(&self.start_time)?),
        }
    }

    fn table(&self, frame: &Frame, model: &StateModel, long: &LongData) -> Result<Frame, Failure> {
        let persons: Vec<usize> = long.rows.iter().map(|row| row.person).collect();
        let numbers = |pick: &dyn Fn(&statistics::multistate::LongRow) -> f64| {
            Column::Number(long.rows.iter().map(pick).collect())
        };
        let mut table = Frame::new();
        let id = match &self.id {
            Some(name) => frame.column(name)?.rows(&persons),
            None => numbers(&|row| row.person as f64 + 1.0),
        };
        let pair = |row: &statistics::multistate::LongRow| model.transitions.pair(row.transition);
        table.set(self.id.as_deref().unwrap_or("id"), id)?;
        table.set("from", numbers(&|row| pair(row).0 as f64 + 1.0))?;
        table.set("to", numbers(&|row| pair(row).1 as f64 + 1.0))?;
        table.set("trans", numbers(&|row| row.transition as f64 + 1.0))?;
        table.set("Tstart", numbers(&|row| row.start))?;
        table.set("Tstop", numbers(&|row| row.stop))?;
        table.set("time", numbers(&|row| row.stop - row.start))?;
        table.set("status", numbers(&|row| f64::from(u8::from(row.event))))?;
        for name in self
            .keep
            .iter()
            .chain(&self.expand_covs)
            .map(|name| name.trim())
        {
            if table.get(name).is_none() {
                table.set(name, frame.column(name)?.rows(&persons))?;
            }
        }
        let count = model.transitions.len();
        expand(&mut table, frame, &self.expand_covs, ("trans", count))?;
        Ok(table)
    }
}

fn values(column: &Column) -> Value {
    match column.to_numbers() {
        Some(numbers) => json::numbers_or_na(&numbers),
        None => (0..column.len()).map(|row| column.text(row)).collect(),
    }
}

/// Rows that the text shows.
const SHOWN: usize = 20;

fn summary(table: &Frame) -> String {
    let names = table.names();
    let mut text = TextTable::new(names.iter().map(String::as_str));
    for row in 0..table.rows().min(SHOWN) {
        let cell = |name: &String| table.get(name).and_then(|column| column.text(row));
        let cells = names
            .iter()
            .map(|name| cell(name).unwrap_or_else(|| "NA".into()));
        text.row((row + 1).to_string(), cells);
    }
    match table.rows().saturating_sub(SHOWN) {
        0 => text.print(),
        rest => format!("{}… en nog {rest} rijen\n", text.print()),
    }
}
