//! Residuals, as R's `residuals.coxph` gives them.

use super::fitted::FittedCox;
use super::predict::terms;
use crate::{Failure, json};
use clap::ValueEnum;
use formula::Factor;
use serde_json::{Map, Value};
use statistics::cox::deviance_residuals;
use statistics::matrix::Matrix;

/// Kinds of residuals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ResidualName {
    /// Gebeurtenissen min verwachte gebeurtenissen
    Martingale,
    /// Hetzelfde, symmetrischer gemaakt
    Deviance,
    /// Bijdrage van elke rij aan de score
    Score,
    /// Covariaten bij elke gebeurtenis min hun gemiddelde
    Schoenfeld,
    /// Hetzelfde, geschaald tot coëfficiënten
    Scaledsch,
    /// Wat het weglaten van een rij met de coëfficiënten doet
    Dfbeta,
    /// Hetzelfde in standaardfouten
    Dfbetas,
    /// Martingaalresidu plus de bijdrage van elke term
    Partial,
    /// Alle
    All,
}

impl ResidualName {
    const EACH: [Self; 8] = [
        Self::Martingale,
        Self::Deviance,
        Self::Score,
        Self::Schoenfeld,
        Self::Scaledsch,
        Self::Dfbeta,
        Self::Dfbetas,
        Self::Partial,
    ];

    fn key(self) -> &'static str {
        match self {
            Self::Martingale => "martingale",
            Self::Deviance => "deviance",
            Self::Score => "score",
            Self::Schoenfeld => "schoenfeld",
            Self::Scaledsch => "scaledsch",
            Self::Dfbeta => "dfbeta",
            Self::Dfbetas => "dfbetas",
            Self::Partial => "partial",
            Self::All => "all",
        }
    }

    /// R multiplies influences by the weights unless told otherwise.
    fn is_weighted(self) -> bool {
        matches!(self, Self::Dfbeta | Self::Dfbetas)
    }
}

/// How residuals are asked for.
pub(in crate::procedures) struct Request<'a> {
    pub(in crate::procedures) kinds: &'a [ResidualName],
    /// Times the case weights, or not; `None` as R does.
    pub(in crate::procedures) weighted: Option<bool>,
    /// Sums by these groups.
    pub(in crate::procedures) collapse: Option<&'a Factor>,
}

/// Adds `resid.<kind>` for every kind asked for. With `all`, kinds that the model does not have
/// are left out.
pub(in crate::procedures) fn add(
    result: &mut Map<String, Value>,
    fitted: &FittedCox,
    request: &Request<'_>,
) -> Result<(), Failure> {
    let all = request.kinds.contains(&ResidualName::All);
    let kinds = if all {
        &ResidualName::EACH
    } else {
        request.kinds
    };
    for &kind in kinds {
        match residuals(fitted, kind, request) {
            Ok(value) => {
                if kind == ResidualName::Martingale {
                    result.insert("martingale".into(), value.clone());
                }
                result.insert(format!("resid.{}", kind.key()), value);
            }
            Err(failure) if all && failure.code == "not_defined" => {}
            Err(failure) => return Err(failure),
        }
    }
    Ok(())
}

fn residuals(
    fitted: &FittedCox,
    kind: ResidualName,
    request: &Request<'_>,
) -> Result<Value, Failure> {
    let of_rows = |mut values: Matrix| {
        let weighted = request.weighted.unwrap_or(kind.is_weighted());
        if let Some(weights) = fitted.rows.weights.as_ref().filter(|_| weighted) {
            for column in 0..values.columns() {
                let values = values.column_mut(column).iter_mut();
                values
                    .zip(weights)
                    .for_each(|(value, weight)| *value *= weight);
            }
        }
        match request.collapse {
            Some(groups) => summed(&values, groups),
            None => values,
        }
    };
    let single = |values: Vec<f64>| Matrix::from_values(values.len(), 1, values);
    match kind {
        ResidualName::Martingale => Ok(as_json(&of_rows(single(
            fitted.likelihood.martingale_residuals(&fitted.sums),
        )))),
        ResidualName::Deviance => deviance(fitted, request).map(|values| as_json(&values)),
        ResidualName::Score => Ok(as_json(&of_rows(
            fitted.likelihood.score_residuals(&fitted.sums)?,
        ))),
        ResidualName::Dfbeta | ResidualName::Dfbetas => {
            let score = fitted.likelihood.score_residuals(&fitted.sums)?;
            let mut values = score.multiply(&fitted.fit.covariance);
            if kind == ResidualName::Dfbetas {
                for column in 0..values.columns() {
                    let error = fitted.fit.covariance[(column, column)].sqrt();
                    values
                        .column_mut(column)
                        .iter_mut()
                        .for_each(|value| *value /= error);
                }
            }
            Ok(as_json(&of_rows(values)))
        }
        ResidualName::Partial => {
            let martingale = fitted.likelihood.martingale_residuals(&fitted.sums);
            let (_, mut terms) = terms(fitted, &fitted.rows.x);
            for column in 0..terms.columns() {
                let values = terms.column_mut(column).iter_mut();
                values.zip(&martingale).for_each(|(value, m)| *value += m);
            }
            Ok(as_json(&of_rows(terms)))
        }
        ResidualName::Schoenfeld | ResidualName::Scaledsch => of_events(fitted, kind, request),
        ResidualName::All => Ok(Value::Null),
    }
}

/// Deviance residuals of groups come from the sums of events and of martingale residuals.
fn deviance(fitted: &FittedCox, request: &Request<'_>) -> Result<Matrix, Failure> {
    let martingale = fitted.likelihood.martingale_residuals(&fitted.sums);
    let weights = fitted
        .rows
        .weights
        .as_ref()
        .filter(|_| request.weighted == Some(true));
    let Some(groups) = request.collapse else {
        let mut values = deviance_residuals(&martingale, &fitted.rows.event);
        if let Some(weights) = weights {
            values
                .iter_mut()
                .zip(weights)
                .for_each(|(value, weight)| *value *= weight);
        }
        return Ok(Matrix::from_values(values.len(), 1, values));
    };
    let mut sums = vec![(0.0, 0.0); groups.levels.len()];
    for (row, &code) in groups.codes.iter().enumerate() {
        let weight = weights.map_or(1.0, |weights| weights[row]);
        let (residual, events) = &mut sums[code as usize];
        *residual += weight * martingale[row];
        *events += weight * f64::from(u8::from(fitted.rows.event[row]));
    }
    let value = |&(residual, events): &(f64, f64)| {
        let inner = match events > 0.0 {
            true => residual + events * ((events - residual) / events).ln(),
            false => residual,
        };
        (-2.0 * inner).max(0.0).sqrt().copysign(residual)
    };
    let values: Vec<f64> = sums.iter().map(value).collect();
    Ok(Matrix::from_values(values.len(), 1, values))
}

fn of_events(
    fitted: &FittedCox,
    kind: ResidualName,
    request: &Request<'_>,
) -> Result<Value, Failure> {
    let residuals = fitted.likelihood.schoenfeld_residuals(&fitted.sums)?;
    let mut values = residuals.values;
    if let Some(weights) = fitted
        .rows
        .weights
        .as_ref()
        .filter(|_| request.weighted == Some(true))
    {
        for column in 0..values.columns() {
            let pairs = values.column_mut(column).iter_mut().zip(&residuals.rows);
            pairs.for_each(|(value, &row)| *value *= weights[row]);
        }
    }
    if kind == ResidualName::Scaledsch {
        let events = fitted.fit.events as f64;
        values = values.multiply(&fitted.fit.covariance.scaled(events));
        for (column, coefficient) in fitted.fit.coefficients.iter().enumerate() {
            values
                .column_mut(column)
                .iter_mut()
                .for_each(|value| *value += coefficient);
        }
    }
    let moments = fitted.likelihood.risk_sets().moments();
    let times: Vec<f64> = residuals
        .moments
        .iter()
        .map(|&moment| moments[moment].time)
        .collect();
    let mut table = Map::new();
    table.insert("time".into(), json::numbers(&times));
    table.insert(
        "value".into(),
        json::numbered_columns(values.values(), values.rows()),
    );
    if let Some(strata) = &fitted.rows.strata {
        let name = |&moment: &usize| &strata.levels[moments[moment].stratum as usize];
        let names: Vec<&String> = residuals.moments.iter().map(name).collect();
        table.insert("strata".into(), json::texts(&names));
    }
    Ok(Value::Object(table))
}

fn summed(values: &Matrix, groups: &Factor) -> Matrix {
    let mut sums = Matrix::zeros(groups.levels.len(), values.columns());
    for column in 0..values.columns() {
        let target = sums.column_mut(column);
        for (&code, value) in groups.codes.iter().zip(values.column(column)) {
            target[code as usize] += value;
        }
    }
    sums
}

/// A vector for a single column, else columns c1, c2, ….
fn as_json(values: &Matrix) -> Value {
    match values.columns() {
        1 => json::numbers(values.column(0)),
        _ => json::numbered_columns(values.values(), values.rows()),
    }
}
