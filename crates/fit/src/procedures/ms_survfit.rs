//! `ms-survfit`: state occupation of new persons under a multi-state Cox model, as R's
//! `survfit(coxph(…), newdata)`.

use super::Fit;
use super::ms_cox::{FittedModel, MultistateArguments, strata_of};
use super::multistate::head_and_tail;
use crate::arguments::new_table;
use crate::{Failure, Fitted, Inputs, json};
use clap::Args;
use serde_json::{Map, Value};
use statistics::multistate::{CumulativeHazards, StateOccupation};

/// Options of `ms-survfit`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    #[command(flatten)]
    model: MultistateArguments,
    /// Nieuwe personen: "age=60,80; sex=F,M" of een bestand.
    #[arg(long, value_name = "GEGEVENS")]
    newdata: String,
    /// Kansen op de toestanden aan het begin; gewoonlijk de verdeling in de gegevens.
    #[arg(long, value_name = "KANSEN", value_delimiter = ',')]
    p0: Option<Vec<f64>>,
    /// Tijdstip waarop de curven beginnen.
    #[arg(long, value_name = "TIJD", allow_negative_numbers = true)]
    start_time: Option<f64>,
}

impl Fit for Options {
    fn fit(&self, inputs: &Inputs<'_>) -> Result<Fitted, Failure> {
        let fitted = self.model.fitted(inputs)?;
        let frame = new_table(inputs, &self.newdata)?;
        let design = fitted.plan.apply(&frame)?.without_intercept();
        let strata = strata_of(&fitted, &frame)?;
        let (start, p0) = self.start(&fitted)?;
        let names = &fitted.states.names;
        let mut result = Map::new();
        let mut text = String::new();
        result.insert("states".into(), json::texts(names));
        result.insert("p0".into(), json::numbers(&p0));
        for row in 0..design.rows {
            let x: Vec<f64> = (0..design.columns())
                .map(|k| design.column(k)[row])
                .collect();
            let grid = times(&fitted, strata[row]);
            let hazards = fitted.fit.hazards(&x, (0.0, strata[row]), &grid)?;
            let curve = StateOccupation::compute(&hazards, &p0, start)?;
            if row == 0 {
                result.insert("time".into(), json::numbers(&curve.times));
            } else if strata[row] != strata[0] {
                let name = format!("time.newdata{}", row + 1);
                result.insert(name, json::numbers(&curve.times));
            }
            result.insert(format!("pstate.newdata{}", row + 1), probabilities(&curve));
            result.insert(
                format!("cumhaz.newdata{}", row + 1),
                cumulative(&hazards, start),
            );
            text.push_str(&format!("newdata {}:\n{}\n", row + 1, table(&curve, names)));
        }
        Ok(Fitted::new(Value::Object(result), text))
    }
}

impl Options {
    /// Where the curves start, and with which probabilities.
    fn start(&self, fitted: &FittedModel) -> Result<(f64, Vec<f64>), Failure> {
        let starts = fitted.survival.start_or(f64::NEG_INFINITY);
        let stops = &fitted.survival.stop;
        let first = starts.iter().copied().fold(f64::INFINITY, f64::min);
        let start = self.start_time.unwrap_or(f64::NEG_INFINITY);
        if let Some(p0) = &self.p0 {
            let sum: f64 = p0.iter().sum();
            let valid = p0.len() == fitted.states.names.len() && p0.iter().all(|&p| p >= 0.0);
            return match valid && (sum - 1.0).abs() < 1e-8 {
                true => Ok((start, p0.clone())),
                false => Err(Failure::option(
                    "p0",
                    "verwacht een kans per toestand, samen 1",
                )),
            };
        }
        // Everybody who is followed from the start on; a right-censored row always is.
        let at = self.start_time.unwrap_or(first);
        let takes_part = |row: usize| starts[row] <= at && at < stops[row];
        let mut p0 = vec![0.0; fitted.states.names.len()];
        let weights = fitted.model.role_numbers("weights")?;
        for row in (0..stops.len()).filter(|&row| takes_part(row)) {
            let weight = weights.as_ref().map_or(1.0, |weights| weights[row]);
            p0[fitted.states.from[row] as usize] += weight;
        }
        let sum: f64 = p0.iter().sum();
        if sum <= 0.0 {
            return Err(statistics::NotEstimable::EmptyRiskSet { time: at }.into());
        }
        p0.iter_mut().for_each(|p| *p /= sum);
        Ok((start, p0))
    }
}

/// The ends of all rows of a stratum: R shows a row for each.
fn times(fitted: &FittedModel, stratum: u32) -> Vec<f64> {
    let codes = fitted.model.strata().map(|strata| strata.codes);
    let own = |row: &usize| codes.as_ref().is_none_or(|codes| codes[*row] == stratum);
    let rows = (0..fitted.survival.stop.len()).filter(own);
    rows.map(|row| fitted.survival.stop[row]).collect()
}

fn probabilities(curve: &StateOccupation) -> Value {
    let row = |place: usize| -> Value {
        let states = 0..curve.states();
        states
            .map(|state| json::number(curve.probability(place, state)))
            .collect()
    };
    (0..curve.times.len()).map(row).collect()
}

/// Cumulative hazards after the start, a column per transition.
fn cumulative(hazards: &CumulativeHazards, start: f64) -> Value {
    let mut sums = vec![0.0; hazards.transitions().len()];
    let mut rows = Vec::new();
    for (place, &time) in hazards.times().iter().enumerate() {
        if time > start {
            let jumps = hazards.jumps_at(place).iter();
            sums.iter_mut()
                .zip(jumps)
                .for_each(|(sum, jump)| *sum += jump);
            rows.push(json::numbers(&sums));
        }
    }
    Value::Array(rows)
}

fn table(curve: &StateOccupation, names: &[String]) -> String {
    let mut columns = vec![("time".to_owned(), curve.times.clone())];
    for (state, name) in names.iter().enumerate() {
        let column = (0..curve.times.len()).map(|place| curve.probability(place, state));
        columns.push((format!("P({name})"), column.collect()));
    }
    head_and_tail(&columns)
}
