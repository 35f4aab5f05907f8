//! `probtrans`: transition probabilities, as `mstate::probtrans`.

use super::Fit;
use super::multistate::{
    ErrorArguments, HazardArguments, probabilities_from, probabilities_text, warn_beyond_one,
};
use crate::{Failure, Fitted, Inputs, json};
use clap::{Args, ValueEnum};
use serde_json::{Map, Value};
use statistics::multistate::{Direction, ProbabilityErrors, TransitionProbabilities};

/// Options of `probtrans`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    #[command(flatten)]
    hazards: HazardArguments,
    #[command(flatten)]
    errors: ErrorArguments,
    /// Tijdstip vanaf waar (vooruit) of tot waar (vaste horizon) wordt voorspeld.
    #[arg(long, value_name = "TIJD", allow_negative_numbers = true)]
    predt: f64,
    /// Richting.
    #[arg(long, value_enum, default_value_t = DirectionName::Forward)]
    direction: DirectionName,
    /// Ook de covarianties van alle paren van kansen, op elk tijdstip (R: covariance = TRUE).
    #[arg(long)]
    covariance: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum DirectionName {
    /// P(predt, t) voor latere t
    Forward,
    /// P(t, predt) voor eerdere t
    Fixedhorizon,
}

impl Fit for Options {
    fn fit(&self, inputs: &Inputs<'_>) -> Result<Fitted, Failure> {
        let direction = match self.direction {
            DirectionName::Forward => Direction::Forward,
            DirectionName::Fixedhorizon => Direction::FixedHorizon,
        };
        let mut options = self.errors.options(self.predt, direction);
        if self.covariance {
            options.errors = ProbabilityErrors::Covariances;
        }
        let with_variance = options.errors != ProbabilityErrors::None;
        let fitted = self.hazards.hazards(inputs, with_variance)?;
        let probabilities = TransitionProbabilities::compute(&fitted.hazards, options)?;
        warn_beyond_one(inputs, &probabilities);
        let mut result = Map::new();
        let mut text = String::new();
        for (from, name) in fitted.model.names.iter().enumerate() {
            let table = probabilities_from(&probabilities, from);
            result.insert(format!("from{}", from + 1), table);
            text.push_str(&format!("Prediction from state {name}:\n"));
            text.push_str(&probabilities_text(&probabilities, from));
            text.push('\n');
        }
        result.insert("states".into(), json::texts(&fitted.model.names));
        result.insert("trans".into(), fitted.model.matrix());
        if let Some(covariances) = &probabilities.covariances {
            let rows =
                |matrix: &statistics::matrix::Matrix| json::rows(matrix.values(), matrix.rows());
            result.insert("varMatrix".into(), covariances.iter().map(rows).collect());
        }
        Ok(Fitted::new(Value::Object(result), text))
    }
}
