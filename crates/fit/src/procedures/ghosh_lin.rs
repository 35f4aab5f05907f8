//! `ghosh-lin`: the mean number of recurring events where death ends the counting, as R's
//! `mets::recurrentMarginal`.

use super::Fit;
use super::curve_groups::CurveData;
use crate::arguments::SurvivalArguments;
use crate::text::{TextTable, signif};
use crate::{Failure, Fitted, Inputs, json};
use clap::Args;
use serde_json::{Map, Value};
use statistics::distribution::Normal;
use statistics::recurrent::{MarginalMean, RecurrentRows, SurvivalPart};

/// Options of `ghosh-lin`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    #[command(flatten)]
    survival: SurvivalArguments,
    /// Kolom of uitdrukking die zegt of de persoon aan het eind van de rij overlijdt (0/1).
    #[arg(long, value_name = "UITDRUKKING", required = true)]
    death: Option<String>,
    /// Kolom met personen; zonder deze optie is elke rij een persoon.
    #[arg(long, value_name = "UITDRUKKING")]
    id: Option<String>,
    /// Overleving volgens Kaplan-Meier: true of false (dan exp(-cumulatief risico)).
    #[arg(long, value_name = "JA", num_args = 0..=1, default_value_t = true,
          default_missing_value = "true", action = clap::ArgAction::Set)]
    km: bool,
    /// Dekking van de grenzen.
    #[arg(long, value_name = "KANS", default_value_t = 0.95)]
    conf_int: f64,
}

impl Fit for Options {
    fn fit(&self, inputs: &Inputs<'_>) -> Result<Fitted, Failure> {
        let roles = [("id", self.id.as_deref()), ("death", self.death.as_deref())];
        let (model, survival) = self.survival.model(inputs, &roles)?;
        let data = CurveData::of(&model, &survival, false)?;
        let death = deaths(&model.role_numbers("death")?.unwrap_or_default())?;
        let part = match self.km {
            true => SurvivalPart::ProductLimit,
            false => SurvivalPart::ExpHazard,
        };
        let mut means = Vec::with_capacity(data.groups.len());
        for group in &data.groups {
            let death: Vec<bool> = group.rows.iter().map(|&row| death[row]).collect();
            let rows = RecurrentRows {
                entry: group.entry.as_deref(),
                exit: &group.exit,
                event: &group.event,
                death: &death,
                weights: group.weights.as_deref(),
                id: group.id.as_deref(),
            };
            means.push(MarginalMean::estimate(rows, part)?);
        }
        self.fitted(&data, &means)
    }
}

fn deaths(column: &[f64]) -> Result<Vec<bool>, Failure> {
    match column.iter().all(|&value| value == 0.0 || value == 1.0) {
        true => Ok(column.iter().map(|&value| value == 1.0).collect()),
        false => Err(Failure::option("death", "verwacht 0 en 1")),
    }
}

impl Options {
    fn fitted(&self, data: &CurveData, means: &[MarginalMean]) -> Result<Fitted, Failure> {
        let z = Normal::critical(self.conf_int)?;
        // All strata together by time, as mets lists them.
        let mut rows: Vec<(f64, usize, f64, f64)> = Vec::new();
        for (stratum, mean) in means.iter().enumerate() {
            for place in 0..mean.times.len() {
                rows.push((
                    mean.times[place],
                    stratum,
                    mean.mean[place],
                    mean.std_err[place],
                ));
            }
        }
        rows.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let column = |pick: fn(&(f64, usize, f64, f64)) -> f64| -> Value {
            rows.iter().map(|row| json::number(pick(row))).collect()
        };
        let mut result = Map::new();
        let mut set = |name: &str, value: Value| result.insert(name.into(), value);
        set("times", column(|row| row.0));
        set("mu", column(|row| row.2));
        set("se.mu", column(|row| row.3));
        set(
            "strata",
            rows.iter().map(|row| Value::from(row.1)).collect(),
        );
        if data.is_grouped {
            let names: Vec<&str> = data
                .groups
                .iter()
                .map(|group| group.name.as_str())
                .collect();
            set("strata.names", json::texts(&names));
        }
        let mut text = String::new();
        for (group, mean) in data.groups.iter().zip(means) {
            let mut table = TextTable::new(["time", "n.risk", "mean", "se", "lower", "upper"]);
            for place in 0..mean.times.len() {
                let (value, error) = (mean.mean[place], mean.std_err[place]);
                let cells = [
                    mean.times[place],
                    mean.at_risk[place],
                    value,
                    error,
                    value - z * error,
                    value + z * error,
                ];
                table.row("", cells.map(|cell| signif(cell, 5)));
            }
            if !group.name.is_empty() {
                text.push_str(&format!("                {}\n", group.name));
            }
            text.push_str(&table.print());
        }
        Ok(Fitted::new(Value::Object(result), text))
    }
}
