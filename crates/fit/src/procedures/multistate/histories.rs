//! Long data with a person per row: the `msdata` of `mstate`.

use super::{StateModel, TransitionArguments};
use crate::arguments::DataArguments;
use crate::{Failure, Inputs};
use clap::Args;
use formula::{Expression, Frame};
use statistics::multistate::{Histories, TransitionRows};
use statistics::tied_times;

/// A table of long data.
#[derive(Args, Clone, Debug)]
pub struct HistoryArguments {
    /// The table.
    #[command(flatten)]
    pub data: DataArguments,
    /// The transitions.
    #[command(flatten)]
    pub transitions: TransitionArguments,
    /// Kolom die zegt van wie een rij is.
    #[arg(long, value_name = "KOLOM", default_value = "id")]
    pub id: String,
    /// Kolom met het nummer van de overgang.
    #[arg(long, value_name = "KOLOM", default_value = "trans")]
    pub trans: String,
    /// Kolom met het begin van een rij.
    #[arg(long, value_name = "KOLOM", default_value = "Tstart")]
    pub start: String,
    /// Kolom met het einde van een rij.
    #[arg(long, value_name = "KOLOM", default_value = "Tstop")]
    pub stop: String,
    /// Kolom die zegt of de overgang gemaakt is.
    #[arg(long, value_name = "KOLOM", default_value = "status")]
    pub status: String,
    /// Gewicht per rij: een kolom of een uitdrukking.
    #[arg(long, value_name = "UITDRUKKING")]
    pub weights: Option<String>,
    /// Tijden die alleen door afronding verschillen niet samenvoegen (R: timefix = FALSE).
    #[arg(long)]
    pub no_timefix: bool,
}

/// The columns of long data.
pub struct LongTable {
    pub model: StateModel,
    person: Vec<u32>,
    start: Vec<f64>,
    stop: Vec<f64>,
    event: Vec<bool>,
    transition: Vec<u32>,
    weights: Option<Vec<f64>>,
}

impl HistoryArguments {
    /// Reads the table.
    ///
    /// # Errors
    /// What cannot be read.
    pub fn table(&self, inputs: &Inputs<'_>) -> Result<LongTable, Failure> {
        let frame = self.data.frame(inputs)?;
        let model = self.transitions.model(&frame)?;
        let (mut start, mut stop) = (frame.numbers(&self.start)?, frame.numbers(&self.stop)?);
        if !self.no_timefix {
            tied_times::merge_intervals(&mut start, &mut stop)?;
        }
        let status = frame.numbers(&self.status)?;
        let weights = match &self.weights {
            None => None,
            Some(text) => {
                let evaluator = formula::Evaluator::new(&frame);
                let column = evaluator.column(&Expression::parse(text)?)?;
                let numbers = column.to_numbers();
                Some(numbers.ok_or_else(|| Failure::option("weights", "verwacht getallen"))?)
            }
        };
        Ok(LongTable {
            person: frame.factor(&self.id)?.without_unused().codes,
            start,
            stop,
            event: events(&status, &self.status)?,
            transition: self.numbers(&frame)?,
            model,
            weights,
        })
    }

    fn numbers(&self, frame: &Frame) -> Result<Vec<u32>, Failure> {
        let numbers = frame.numbers(&self.trans)?;
        let code = |&number: &f64| {
            let whole = number >= 1.0 && number.fract() == 0.0 && number <= 1e6;
            whole.then(|| number as u32 - 1)
        };
        let codes: Option<Vec<u32>> = numbers.iter().map(code).collect();
        codes.ok_or_else(|| {
            let message = format!("'{}' hoort nummers van overgangen te bevatten", self.trans);
            Failure::option("trans", message)
        })
    }
}

fn events(status: &[f64], name: &str) -> Result<Vec<bool>, Failure> {
    let event = |&status: &f64| match status {
        0.0 => Some(false),
        1.0 => Some(true),
        _ => None,
    };
    let events: Option<Vec<bool>> = status.iter().map(event).collect();
    events.ok_or_else(|| Failure::option("status", format!("'{name}' hoort 0 en 1 te bevatten")))
}

impl LongTable {
    /// The rows in the engine's form.
    pub fn histories(&self) -> Histories<'_> {
        Histories {
            person: &self.person,
            rows: TransitionRows {
                start: &self.start,
                stop: &self.stop,
                event: &self.event,
                transition: &self.transition,
                weights: self.weights.as_deref(),
            },
        }
    }
}
