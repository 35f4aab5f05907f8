//! What the procedures for multi-state models share: which transitions there are, and their
//! cumulative hazards.

mod expand;
mod hazards;
mod histories;
mod transition_matrix;

pub(super) use expand::expand;
pub(super) use hazards::{COVARIATES, HazardArguments, Hazards, TiesName, VarianceType};
pub(super) use histories::HistoryArguments;
pub(super) use transition_matrix::{StateModel, TransitionArguments};

use crate::text::{TextTable, signif};
use crate::{Failure, Inputs, json};
use clap::{Args, ValueEnum};
use serde_json::{Map, Value};
use statistics::multistate::{
    CoefficientNoise, CovarianceForm, Direction, ProbabilityErrors, ProbabilityOptions,
    TransitionProbabilities,
};

/// How probabilities and their errors are computed.
#[derive(Args, Clone, Copy, Debug)]
pub(super) struct ErrorArguments {
    /// Vorm van de covariantie van de overgangskansen.
    #[arg(long, value_enum, default_value_t = Method::Aalen)]
    method: Method,
    /// Hoe de onzekerheid van coëfficiënten over de tijd meeloopt.
    #[arg(long, value_enum, default_value_t = Increments::Shared)]
    increments: Increments,
    /// Geen standaardfouten (R: variance = FALSE).
    #[arg(long)]
    no_variance: bool,
}

/// Forms of the covariance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Method {
    /// Zoals in ABGK (4.4.20)
    Aalen,
    /// Zoals in ABGK (4.4.19)
    Greenwood,
}

impl Method {
    pub(super) fn form(self) -> CovarianceForm {
        match self {
            Self::Aalen => CovarianceForm::Aalen,
            Self::Greenwood => CovarianceForm::Greenwood,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Increments {
    /// Alle tijden delen dezelfde geschatte coëfficiënten
    Shared,
    /// Alsof de stappen onafhankelijk zijn: zo rekent mstate
    Independent,
}

impl ErrorArguments {
    /// The options of probabilities from, or up to, a time.
    pub(super) fn options(self, at: f64, direction: Direction) -> ProbabilityOptions {
        ProbabilityOptions {
            at,
            direction,
            form: self.method.form(),
            coefficients: match self.increments {
                Increments::Shared => CoefficientNoise::Shared,
                Increments::Independent => CoefficientNoise::IndependentIncrements,
            },
            errors: match self.no_variance {
                true => ProbabilityErrors::None,
                false => ProbabilityErrors::StandardErrors,
            },
        }
    }
}

/// `{"time": […], "pstate1": […], …, "se1": […]}` of one state of departure.
pub(super) fn probabilities_from(probabilities: &TransitionProbabilities, from: usize) -> Value {
    let places = 0..probabilities.times.len();
    let mut table = Map::new();
    table.insert("time".into(), json::numbers(&probabilities.times));
    for to in 0..probabilities.states() {
        let column = places
            .clone()
            .map(|place| probabilities.probability(place, from, to));
        let column: Vec<f64> = column.collect();
        table.insert(format!("pstate{}", to + 1), json::numbers(&column));
    }
    for to in 0..probabilities.states() {
        let column = places
            .clone()
            .map(|place| probabilities.std_err(place, from, to));
        if let Some(column) = column.collect::<Option<Vec<f64>>>() {
            table.insert(format!("se{}", to + 1), json::numbers(&column));
        }
    }
    Value::Object(table)
}

/// Says so where probabilities have lost their meaning.
pub(super) fn warn_beyond_one(inputs: &Inputs<'_>, probabilities: &TransitionProbabilities) {
    if let Some(time) = probabilities.beyond_one.first() {
        let message = format!(
            "Op tijdstip {} is de som van de overgangsintensiteiten uit een toestand groter dan 1: \
             de kansen hebben daar geen betekenis.",
            signif(*time, 6)
        );
        inputs.warn("hazard_above_one", message);
    }
}

/// Rows of a table that the text shows at each end.
const SHOWN: usize = 6;

/// The first and the last rows of what `mstate` prints.
pub(super) fn head_and_tail(columns: &[(String, Vec<f64>)]) -> String {
    let rows = columns.first().map_or(0, |(_, column)| column.len());
    let mut table = TextTable::new(columns.iter().map(|(name, _)| name.clone()));
    for row in 0..rows {
        if rows > 2 * SHOWN && row == SHOWN {
            table.row("...", columns.iter().map(|_| ""));
        }
        if rows <= 2 * SHOWN || row < SHOWN || row + SHOWN >= rows {
            let cells = columns.iter().map(|(_, column)| signif(column[row], 6));
            table.row((row + 1).to_string(), cells);
        }
    }
    table.print()
}

/// One table of probabilities as text.
pub(super) fn probabilities_text(probabilities: &TransitionProbabilities, from: usize) -> String {
    let value = probabilities_from(probabilities, from);
    let columns: Vec<(String, Vec<f64>)> = value
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, column)| {
            let numbers = column.as_array().into_iter().flatten();
            (name.clone(), numbers.filter_map(Value::as_f64).collect())
        })
        .collect();
    head_and_tail(&columns)
}

/// A state by its number from 1 or its name.
pub(super) fn state(model: &StateModel, option: &str, text: &str) -> Result<usize, Failure> {
    let named = model.names.iter().position(|name| name == text.trim());
    let numbered = text
        .trim()
        .parse::<usize>()
        .ok()
        .and_then(|n| n.checked_sub(1));
    named
        .or(numbered.filter(|&state| state < model.names.len()))
        .ok_or_else(|| Failure::option(option, format!("'{text}' is geen toestand")))
}
