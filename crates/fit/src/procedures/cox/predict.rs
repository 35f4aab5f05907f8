//! Predictions for the rows of a model and for new ones, as R's `predict.coxph` gives them.

use super::fitted::FittedCox;
use crate::{Failure, Inputs, json};
use clap::ValueEnum;
use formula::Frame;
use serde_json::{Map, Value};
use statistics::cox::{Baseline, BaselineQuestion, CurveType, PathPiece};
use statistics::matrix::Matrix;

/// What is predicted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PredictionName {
    /// De lineaire voorspeller
    Lp,
    /// exp daarvan
    Risk,
    /// Het verwachte aantal gebeurtenissen
    Expected,
    /// De bijdrage van elke term
    Terms,
    /// De kans zonder gebeurtenis te blijven
    Survival,
}

impl PredictionName {
    pub(in crate::procedures) fn key(self) -> &'static str {
        match self {
            Self::Lp => "lp",
            Self::Risk => "risk",
            Self::Expected => "expected",
            Self::Terms => "terms",
            Self::Survival => "survival",
        }
    }
}

/// What a linear predictor of 0 stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ReferenceName {
    /// De gemiddelden van het stratum
    Strata,
    /// De gemiddelden van alle rijen
    Sample,
    /// Covariaten 0
    Zero,
}

/// How the standard error of a risk is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RiskError {
    /// exp(η)·se(η)
    Delta,
    /// √exp(η)·se(η), zoals het R-pakket survival
    Survival,
}

/// How predictions are asked for.
#[derive(Clone, Copy)]
pub(in crate::procedures) struct PredictionRequest<'a> {
    pub(in crate::procedures) kind: PredictionName,
    pub(in crate::procedures) reference: ReferenceName,
    pub(in crate::procedures) errors: bool,
    pub(in crate::procedures) risk_error: RiskError,
    /// New rows; the model's own when `None`.
    pub(in crate::procedures) new: Option<&'a Frame>,
}

/// Predictions: one column, or one per term.
pub(in crate::procedures) struct Predictions {
    pub(in crate::procedures) names: Option<Vec<String>>,
    pub(in crate::procedures) values: Matrix,
    pub(in crate::procedures) errors: Option<Matrix>,
}

impl Predictions {
    pub(in crate::procedures) fn fit(&self) -> Value {
        self.as_json(&self.values)
    }

    pub(in crate::procedures) fn se(&self) -> Option<Value> {
        self.errors.as_ref().map(|errors| self.as_json(errors))
    }

    fn as_json(&self, values: &Matrix) -> Value {
        match &self.names {
            None => json::numbers(values.column(0)),
            Some(names) => {
                let column = |(column, name): (usize, &String)| {
                    (name.clone(), json::numbers(values.column(column)))
                };
                json::columns(names.iter().enumerate().map(column))
            }
        }
    }

    fn single(values: Vec<f64>, errors: Option<Vec<f64>>) -> Self {
        let matrix = |values: Vec<f64>| Matrix::from_values(values.len(), 1, values);
        Self {
            names: None,
            values: matrix(values),
            errors: errors.map(matrix),
        }
    }

    /// `fit`, and `se` where asked for.
    pub(in crate::procedures) fn insert(&self, object: &mut Map<String, Value>) {
        object.insert("fit".into(), self.fit());
        if let Some(se) = self.se() {
            object.insert("se".into(), se);
        }
    }
}

/// Rows to predict for.
struct Target {
    x: Matrix,
    offset: Option<Vec<f64>>,
    strata: Option<Vec<u32>>,
    start: Option<Vec<f64>>,
    stop: Option<Vec<f64>>,
    is_own: bool,
}

impl Target {
    fn of(
        fitted: &FittedCox,
        inputs: &Inputs<'_>,
        request: &PredictionRequest<'_>,
    ) -> Result<Self, Failure> {
        let survival = &fitted.rows.survival;
        let starts = |survival: &formula::Survival| {
            (!survival.start.is_empty()).then(|| survival.start.clone())
        };
        let Some(frame) = request.new else {
            return Ok(Self {
                x: fitted.rows.x.clone(),
                offset: fitted.rows.offset.clone(),
                strata: fitted
                    .rows
                    .strata
                    .as_ref()
                    .map(|strata| strata.codes.clone()),
                start: starts(survival),
                stop: Some(survival.stop.clone()),
                is_own: true,
            });
        };
        let (x, offset) = fitted.rows.covariates_of(inputs, frame)?;
        let needs_times = matches!(
            request.kind,
            PredictionName::Expected | PredictionName::Survival
        );
        let times = match needs_times {
            true => Some(fitted.rows.survival_of(inputs, frame)?),
            false => None,
        };
        Ok(Self {
            x,
            offset,
            strata: fitted.rows.strata_of(frame)?,
            start: times.as_ref().and_then(starts),
            stop: times.map(|times| times.stop),
            is_own: false,
        })
    }

    fn stratum(&self, row: usize) -> usize {
        self.strata
            .as_ref()
            .map_or(0, |strata| strata[row] as usize)
    }
}

/// Predicts.
///
/// # Errors
/// New rows without the columns that a prediction needs.
pub(in crate::procedures) fn predict(
    fitted: &FittedCox,
    inputs: &Inputs<'_>,
    request: &PredictionRequest<'_>,
) -> Result<Predictions, Failure> {
    let target = Target::of(fitted, inputs, request)?;
    match request.kind {
        PredictionName::Lp | PredictionName::Risk => linear(fitted, target, request),
        PredictionName::Terms => Ok(by_term(fitted, target, request)),
        PredictionName::Expected | PredictionName::Survival => expected(fitted, target, request),
    }
}

fn linear(
    fitted: &FittedCox,
    target: Target,
    request: &PredictionRequest<'_>,
) -> Result<Predictions, Failure> {
    let x = centred(fitted, &target, request.reference)?;
    let mut eta = target.offset.unwrap_or_else(|| vec![0.0; x.rows()]);
    x.add_times(&fitted.fit.coefficients, &mut eta);
    let mut errors = request.errors.then(|| spreads(&x, fitted.covariance()));
    if request.kind == PredictionName::Risk {
        for value in &mut eta {
            *value = value.exp();
        }
        for (error, risk) in errors.iter_mut().flatten().zip(&eta) {
            *error *= match request.risk_error {
                RiskError::Delta => *risk,
                RiskError::Survival => risk.sqrt(),
            };
        }
    }
    Ok(Predictions::single(eta, errors))
}

/// √(x'Vx) of every row.
fn spreads(x: &Matrix, covariance: &Matrix) -> Vec<f64> {
    let product = x.multiply(covariance);
    let mut sums = vec![0.0; x.rows()];
    for column in 0..x.columns() {
        let pairs = product.column(column).iter().zip(x.column(column));
        for (sum, (a, b)) in sums.iter_mut().zip(pairs) {
            *sum += a * b;
        }
    }
    sums.into_iter()
        .map(|sum: f64| sum.max(0.0).sqrt())
        .collect()
}

/// Covariates less those of the reference.
fn centred(
    fitted: &FittedCox,
    target: &Target,
    reference: ReferenceName,
) -> Result<Matrix, Failure> {
    let mut x = target.x.clone();
    let strata = match (&fitted.rows.strata, reference) {
        (_, ReferenceName::Zero) => return Ok(x),
        (Some(strata), ReferenceName::Strata) => strata,
        _ => {
            for (column, mean) in fitted.means.iter().enumerate() {
                x.column_mut(column).iter_mut().for_each(|x| *x -= mean);
            }
            return Ok(x);
        }
    };
    let Some(codes) = &target.strata else {
        return Err(missing_strata());
    };
    let mut weights = vec![0.0; strata.levels.len()];
    let weight = |row: usize| {
        fitted
            .rows
            .weights
            .as_ref()
            .map_or(1.0, |weights| weights[row])
    };
    strata
        .codes
        .iter()
        .enumerate()
        .for_each(|(row, &code)| weights[code as usize] += weight(row));
    for column in 0..x.columns() {
        let mut means = vec![0.0; weights.len()];
        let own = fitted.rows.x.column(column).iter().enumerate();
        own.for_each(|(row, x)| means[strata.codes[row] as usize] += weight(row) * x);
        means
            .iter_mut()
            .zip(&weights)
            .for_each(|(mean, weight)| *mean /= weight);
        let values = x.column_mut(column).iter_mut().zip(codes);
        values.for_each(|(x, &code)| *x -= means[code as usize]);
    }
    Ok(x)
}

fn missing_strata() -> Failure {
    let message =
        "De nieuwe rijen noemen hun stratum niet; kies een andere --reference of vul de kolom aan.";
    Failure::new("missing_strata", message)
}

/// The contribution of each term, centred at the sample's means, in the order of the terms.
pub(in crate::procedures) fn terms(fitted: &FittedCox, x: &Matrix) -> (Vec<String>, Matrix) {
    let design = &fitted.rows.design;
    let mut values = Matrix::zeros(x.rows(), design.terms.len());
    for (column, &term) in design.assign.iter().enumerate() {
        let b = fitted.fit.coefficients[column];
        let mean = fitted.means[column];
        let pairs = values.column_mut(term - 1).iter_mut().zip(x.column(column));
        pairs.for_each(|(value, x)| *value += b * (x - mean));
    }
    (design.terms.clone(), values)
}

fn by_term(fitted: &FittedCox, target: Target, request: &PredictionRequest<'_>) -> Predictions {
    let design = &fitted.rows.design;
    let mut x = target.x;
    if request.reference == ReferenceName::Zero {
        for (column, mean) in fitted.means.iter().enumerate() {
            x.column_mut(column).iter_mut().for_each(|x| *x += mean);
        }
    }
    let (names, values) = terms(fitted, &x);
    let errors = request.errors.then(|| {
        let mut errors = Matrix::zeros(x.rows(), names.len());
        for term in 0..names.len() {
            let columns: Vec<usize> = (0..design.assign.len())
                .filter(|&column| design.assign[column] == term + 1)
                .collect();
            let mut own = x.gather_columns(&columns);
            for (place, &column) in columns.iter().enumerate() {
                let mean = fitted.means[column];
                own.column_mut(place).iter_mut().for_each(|x| *x -= mean);
            }
            let spread = spreads(&own, &fitted.covariance().principal(&columns));
            errors.column_mut(term).copy_from_slice(&spread);
        }
        errors
    });
    Predictions {
        names: Some(names),
        values,
        errors,
    }
}

fn expected(
    fitted: &FittedCox,
    target: Target,
    request: &PredictionRequest<'_>,
) -> Result<Predictions, Failure> {
    if fitted.rows.strata.is_some() && target.strata.is_none() {
        return Err(missing_strata());
    }
    let baselines = baselines(fitted)?;
    let stop = target.stop.as_ref().ok_or_else(missing_strata)?;
    let own = target
        .is_own
        .then(|| fitted.likelihood.expected_events(&fitted.sums));
    let mut values = Vec::with_capacity(stop.len());
    let mut errors = Vec::with_capacity(stop.len());
    for row in 0..stop.len() {
        let x = target.x.row(row);
        let piece = PathPiece {
            start: target
                .start
                .as_ref()
                .map_or(f64::NEG_INFINITY, |start| start[row]),
            stop: stop[row],
            x: &x,
            offset: target.offset.as_ref().map_or(0.0, |offset| offset[row]),
        };
        let baseline = &baselines[target.stratum(row)];
        let expected = baseline.expected(&piece, &fitted.fit.coefficients, fitted.covariance())?;
        values.push(own.as_ref().map_or(expected.events, |own| own[row]));
        errors.push(expected.std_error);
    }
    if request.kind == PredictionName::Survival {
        for (value, error) in values.iter_mut().zip(&mut errors) {
            *value = (-*value).exp();
            *error *= *value;
        }
    }
    Ok(Predictions::single(
        values,
        request.errors.then_some(errors),
    ))
}

fn baselines(fitted: &FittedCox) -> Result<Vec<Baseline>, Failure> {
    let data = fitted.rows.data();
    let baseline = |stratum| {
        let question = BaselineQuestion {
            stratum,
            kind: CurveType::of(fitted.likelihood.ties()),
            origin: fitted.origin(),
        };
        let baseline =
            fitted
                .likelihood
                .baseline(&data, &fitted.fit.coefficients, &fitted.sums, question)?;
        Ok(baseline)
    };
    (0..fitted.likelihood.risk_sets().strata())
        .map(baseline)
        .collect()
}
