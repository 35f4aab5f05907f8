//! `rttright`: weights that give what is censored to those who are followed longer.

use super::Fit;
use crate::arguments::SurvivalArguments;
use crate::{Failure, Fitted, Inputs, json};
use clap::Args;
use serde_json::Value;
use statistics::prediction::CensoredOutcomes;

/// Options of `rttright`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    #[command(flatten)]
    model: SurvivalArguments,
    /// Tijden waarop; zonder deze optie de laatste.
    #[arg(long, value_name = "TIJDEN", value_delimiter = ',')]
    times: Vec<f64>,
    /// Laat gewichten optellen tot het aantal, niet tot 1 per groep (R: renorm = FALSE).
    #[arg(long)]
    no_renorm: bool,
}

impl Fit for Options {
    fn fit(&self, inputs: &Inputs<'_>) -> Result<Fitted, Failure> {
        let (model, survival) = self.model.model(inputs, &[])?;
        if survival.is_multistate() || !survival.start.is_empty() {
            let message = "Alleen voor één soort gebeurtenis zonder late instroom.";
            return Err(Failure::new("wrong_outcome", message));
        }
        let weights = model.role_numbers("weights")?;
        let groups = model.groups(&[])?;
        let event = survival.events();
        let rows = survival.stop.len();
        let last = survival
            .stop
            .iter()
            .copied()
            .fold(f64::NEG_INFINITY, f64::max);
        let times = if self.times.is_empty() {
            vec![last]
        } else {
            self.times.clone()
        };
        let mut columns = vec![vec![0.0; rows]; times.len()];
        for group in 0..groups.as_ref().map_or(1, |groups| groups.levels.len()) {
            let of_group = |row: &usize| {
                groups
                    .as_ref()
                    .is_none_or(|groups| groups.codes[*row] as usize == group)
            };
            let members: Vec<usize> = (0..rows).filter(of_group).collect();
            let time: Vec<f64> = members.iter().map(|&row| survival.stop[row]).collect();
            let event: Vec<bool> = members.iter().map(|&row| event[row]).collect();
            let weights: Option<Vec<f64>> = weights
                .as_ref()
                .map(|weights| members.iter().map(|&row| weights[row]).collect());
            let outcomes = CensoredOutcomes {
                time: &time,
                event: &event,
                weights: weights.as_deref(),
            };
            for (column, values) in columns.iter_mut().zip(outcomes.redistributed(&times)?) {
                let total: f64 = if self.no_renorm {
                    1.0
                } else {
                    values.iter().sum()
                };
                for (&row, value) in members.iter().zip(values) {
                    column[row] = value / total;
                }
            }
        }
        let result: Value = json::numbered_columns(&columns.concat(), rows);
        Ok(Fitted::new(
            result,
            format!("{rows} rows, {} times\n", times.len()),
        ))
    }
}
