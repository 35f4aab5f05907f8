//! `msfit`: cumulative transition hazards, as `mstate::msfit`.

use super::Fit;
use super::multistate::{HazardArguments, Hazards, head_and_tail};
use crate::{Failure, Fitted, Inputs, json};
use clap::Args;
use serde_json::{Map, Value, json};

/// Options of `msfit`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    #[command(flatten)]
    hazards: HazardArguments,
    /// Geen varianties (R: variance = FALSE).
    #[arg(long)]
    no_variance: bool,
}

impl Fit for Options {
    fn fit(&self, inputs: &Inputs<'_>) -> Result<Fitted, Failure> {
        let fitted = self.hazards.hazards(inputs, !self.no_variance)?;
        Ok(Fitted::new(
            result(&fitted, self.no_variance),
            summary(&fitted),
        ))
    }
}

fn result(fitted: &Hazards, no_variance: bool) -> Value {
    let hazards = &fitted.hazards;
    let count = hazards.transitions().len();
    let times = json::numbers(hazards.times());
    let repeated = |number: usize| vec![number + 1; hazards.times().len()];
    let mut cumulative = Map::new();
    let mut variance = Map::new();
    for one in 0..count {
        let table = json!({
            "time": times,
            "Haz": json::numbers(&hazards.cumulative(one)),
            "trans": repeated(one),
        });
        cumulative.insert((one + 1).to_string(), table);
        for other in one..count {
            let Some(covariance) = hazards.cumulative_covariance(one, other) else {
                continue;
            };
            let table = json!({
                "time": times,
                "varHaz": json::numbers(&covariance),
                "trans1": repeated(one),
                "trans2": repeated(other),
            });
            variance.insert(format!("{}-{}", one + 1, other + 1), table);
        }
    }
    let mut result = Map::new();
    result.insert("ntrans".into(), count.into());
    result.insert("states".into(), json::texts(&fitted.model.names));
    result.insert("trans".into(), fitted.model.matrix());
    result.insert("Haz".into(), Value::Object(cumulative));
    if !no_variance {
        result.insert("varHaz".into(), Value::Object(variance));
    }
    Value::Object(result)
}

fn summary(fitted: &Hazards) -> String {
    let hazards = &fitted.hazards;
    let mut text = String::new();
    for transition in 0..hazards.transitions().len() {
        let mut columns = vec![
            ("time".to_owned(), hazards.times().to_vec()),
            ("Haz".to_owned(), hazards.cumulative(transition)),
        ];
        if let Some(variance) = hazards.cumulative_covariance(transition, transition) {
            let errors = variance.iter().map(|variance| variance.max(0.0).sqrt());
            columns.push(("seHaz".to_owned(), errors.collect()));
        }
        let name = fitted.model.name(transition);
        text.push_str(&format!("Transition {} ({name}):\n", transition + 1));
        text.push_str(&head_and_tail(&columns));
        text.push('\n');
    }
    text
}
