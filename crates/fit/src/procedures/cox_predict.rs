//! `cox-predict`: predictions of a Cox model, as R's `predict` of a `coxph`.

use super::Fit;
use super::cox::{
    CoxArguments, FittedCox, PredictionName, PredictionRequest, ReferenceName, RiskError, predict,
};
use crate::arguments::new_table;
use crate::text::{TextTable, signif};
use crate::{Failure, Fitted, Inputs};
use clap::{Args, ValueEnum};
use serde_json::{Map, Value};

/// Options of `cox-predict`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    #[command(flatten)]
    cox: CoxArguments,
    /// Wat voorspeld wordt: lp, risk, expected, terms, survival; met een eigen referentie als
    /// lp:zero. Het resultaat heet zo (lp.zero), zijn standaardfout lp.zero.se.
    #[arg(
        long = "type",
        value_delimiter = ',',
        default_value = "lp",
        value_name = "SOORTEN"
    )]
    kinds: Vec<String>,
    /// Waar een lineaire voorspeller 0 voor staat; gewoonlijk de gemiddelden van het stratum.
    #[arg(long, value_enum)]
    reference: Option<ReferenceName>,
    /// Ook standaardfouten.
    #[arg(long)]
    se: bool,
    /// Hoe de standaardfout van een risico tot stand komt.
    #[arg(long, value_enum, default_value_t = RiskError::Delta)]
    risk_se: RiskError,
    /// Nieuwe rijen: "age=60,70; sex=1,2" of een bestand; zonder deze optie de eigen rijen.
    #[arg(long, value_name = "RIJEN")]
    newdata: Option<String>,
}

impl Fit for Options {
    fn fit(&self, inputs: &Inputs<'_>) -> Result<Fitted, Failure> {
        let fitted = FittedCox::new(self.cox.rows(inputs)?, &self.cox.options, inputs)?;
        let new = match &self.newdata {
            Some(text) => Some(new_table(inputs, text)?),
            None => None,
        };
        let mut result = Map::new();
        let mut columns: Vec<(String, Vec<f64>)> = Vec::new();
        for text in &self.kinds {
            let (kind, reference) = asked(text)?;
            let name = match reference {
                Some(_) => text.replace(':', "."),
                None => text.clone(),
            };
            let request = PredictionRequest {
                kind,
                reference: reference
                    .or(self.reference)
                    .unwrap_or(ReferenceName::Strata),
                errors: self.se,
                risk_error: self.risk_se,
                new: new.as_ref(),
            };
            let predictions = predict(&fitted, inputs, &request)?;
            for column in 0..predictions.values.columns() {
                let label = match &predictions.names {
                    Some(names) => format!("{name}.{}", names[column]),
                    None => name.clone(),
                };
                columns.push((label, predictions.values.column(column).to_vec()));
            }
            if let Some(se) = predictions.se() {
                result.insert(format!("{name}.se"), se);
            }
            result.insert(name, predictions.fit());
        }
        let mut table = TextTable::new(columns.iter().map(|(name, _)| name.clone()));
        let rows = columns.first().map_or(0, |(_, values)| values.len());
        for row in 0..rows {
            let cells = columns.iter().map(|(_, values)| signif(values[row], 5));
            table.row((row + 1).to_string(), cells);
        }
        Ok(Fitted::new(Value::Object(result), table.print()))
    }
}

fn asked(text: &str) -> Result<(PredictionName, Option<ReferenceName>), Failure> {
    let (kind, reference) = match text.split_once(':') {
        Some((kind, reference)) => (kind, Some(reference)),
        None => (text, None),
    };
    let kind = PredictionName::from_str(kind.trim(), true)
        .map_err(|_| Failure::option("type", format!("'{kind}' bestaat niet")))?;
    let reference = reference
        .map(|reference| ReferenceName::from_str(reference.trim(), true))
        .transpose()
        .map_err(|_| {
            Failure::option("type", format!("'{text}' heeft geen bestaande referentie"))
        })?;
    Ok((kind, reference))
}
