//! `brier`: the Brier score of a Cox model, as R's `brier`.

use super::Fit;
use super::cox::{CoxArguments, FittedCox};
use crate::text::{TextTable, signif};
use crate::{Failure, Fitted, Inputs, json};
use clap::Args;
use statistics::cox::{BaselineQuestion, CurveType, PathPiece};
use statistics::prediction::CensoredOutcomes;

/// Options of `brier`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    #[command(flatten)]
    cox: CoxArguments,
    /// Tijden waarop de voorspelling beoordeeld wordt; zonder deze optie die van alle gebeurtenissen.
    #[arg(long, value_name = "TIJDEN", value_delimiter = ',')]
    times: Vec<f64>,
}

impl Fit for Options {
    fn fit(&self, inputs: &Inputs<'_>) -> Result<Fitted, Failure> {
        let fitted = FittedCox::new(self.cox.rows(inputs)?, &self.cox.options, inputs)?;
        let rows = &fitted.rows;
        if !rows.survival.start.is_empty() {
            let message = "De Brier-score vraagt één rij per persoon, van het begin af gevolgd.";
            return Err(Failure::new("no_left_truncation", message));
        }
        let outcomes = CensoredOutcomes {
            time: &rows.survival.stop,
            event: &rows.event,
            weights: rows.weights.as_deref(),
        };
        let times = match self.times.is_empty() {
            true => event_times(&rows.survival.stop, &rows.event),
            false => self.times.clone(),
        };
        let risks = risks(&fitted, &times)?;
        let mut scores = Vec::with_capacity(times.len());
        let mut explained = Vec::with_capacity(times.len());
        for (&time, risk) in times.iter().zip(&risks) {
            let score = outcomes.brier_score(time, risk)?;
            let constant = outcomes.event_probability(time)?;
            let without = outcomes.brier_score(time, &vec![constant; risk.len()])?;
            scores.push(score);
            explained.push(1.0 - score / without);
        }
        let mut table = TextTable::new(["time", "brier", "rsquared"]);
        for (place, &time) in times.iter().enumerate() {
            let cells = [time, scores[place], explained[place]].map(|value| signif(value, 5));
            table.row("", cells);
        }
        let result = json::columns([
            ("rsquared", json::numbers(&explained)),
            ("brier", json::numbers(&scores)),
            ("times", json::numbers(&times)),
        ]);
        Ok(Fitted::new(result, table.print()))
    }
}

fn event_times(time: &[f64], event: &[bool]) -> Vec<f64> {
    let happened = time.iter().zip(event).filter(|(_, event)| **event);
    let mut times: Vec<f64> = happened.map(|(time, _)| *time).collect();
    times.sort_by(f64::total_cmp);
    times.dedup();
    times
}

/// The predicted chance of the event by each time, for each row.
fn risks(fitted: &FittedCox, times: &[f64]) -> Result<Vec<Vec<f64>>, Failure> {
    let data = fitted.rows.data();
    let strata = fitted
        .rows
        .strata
        .as_ref()
        .map_or(1, |strata| strata.levels.len());
    let kind = CurveType::of(fitted.likelihood.ties());
    let baselines = (0..strata)
        .map(|stratum| {
            let question = BaselineQuestion {
                stratum,
                kind,
                origin: fitted.origin(),
            };
            let coefficients = &fitted.fit.coefficients;
            fitted
                .likelihood
                .baseline(&data, coefficients, &fitted.sums, question)
        })
        .collect::<Result<Vec<_>, _>>()?;
    let mut risks = vec![Vec::with_capacity(data.rows()); times.len()];
    for row in 0..data.rows() {
        let x = fitted.rows.x.row(row);
        let baseline = &baselines[data.stratum(row) as usize];
        for (&stop, risks) in times.iter().zip(&mut risks) {
            let piece = PathPiece {
                start: f64::NEG_INFINITY,
                stop,
                x: &x,
                offset: data.offset(row),
            };
            let hazard = baseline
                .expected(&piece, &fitted.fit.coefficients, &fitted.fit.covariance)?
                .events;
            risks.push(-(-hazard).exp_m1());
        }
    }
    Ok(risks)
}
