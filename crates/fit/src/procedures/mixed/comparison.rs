//! Likelihood-ratio tests between models on the same rows, as R's `anova(a, b)`.

use super::frame::MixedFrame;
use crate::coefficients::Coefficients;
use crate::{Failure, Fitted, json};
use serde_json::{Map, Value};
use statistics::distribution::{ChiSquared, Distribution};
use statistics::mixed::InformationCriteria;

/// A model in a comparison.
pub(crate) struct Compared {
    pub(crate) formula: String,
    pub(crate) criteria: InformationCriteria,
}

/// A step from a model to the next larger one.
struct Step {
    statistic: f64,
    df: f64,
    p_value: f64,
}

/// Refuses a model of other rows than the first.
pub(crate) fn unless_same_rows(
    formula: &str,
    frame: &MixedFrame,
    first: &MixedFrame,
) -> Result<(), Failure> {
    if frame.y.len() == first.y.len() {
        return Ok(());
    }
    let message = format!(
        "'{formula}' gebruikt {} rijen, het eerste model {}: vergelijk op dezelfde rijen \
         (--na-omit).",
        frame.y.len(),
        first.y.len()
    );
    Err(Failure::new("rows_differ", message))
}

/// The models from few to many parameters, each tested against the one before.
pub(crate) fn likelihood_ratios(mut models: Vec<Compared>) -> Fitted {
    models.sort_by_key(|model| model.criteria.parameters);
    let of_model = |pick: fn(&InformationCriteria) -> f64| -> Vec<f64> {
        models.iter().map(|model| pick(&model.criteria)).collect()
    };
    let mut steps = vec![Step::NONE];
    steps.extend(
        models
            .windows(2)
            .map(|pair| Step::between(&pair[0].criteria, &pair[1].criteria)),
    );
    let of_step = |pick: fn(&Step) -> f64| -> Vec<f64> { steps.iter().map(pick).collect() };
    let columns = [
        ("npar", of_model(|model| model.parameters as f64)),
        ("AIC", of_model(|model| model.aic)),
        ("BIC", of_model(|model| model.bic)),
        ("logLik", of_model(|model| model.ln_likelihood)),
        ("deviance", of_model(|model| -2.0 * model.ln_likelihood)),
        ("Chisq", of_step(|step| step.statistic)),
        ("Df", of_step(|step| step.df)),
        ("Pr(>Chisq)", of_step(|step| step.p_value)),
    ];
    let names: Vec<String> = models.iter().map(|model| model.formula.clone()).collect();
    let table = columns
        .iter()
        .fold(Coefficients::new(&names), |table, (name, values)| {
            table.with(name, values.clone())
        });
    let mut result: Map<String, Value> = columns
        .iter()
        .map(|(name, values)| ((*name).to_owned(), json::numbers_or_na(values)))
        .collect();
    result.insert("models".into(), json::texts(&names));
    Fitted::new(Value::Object(result), table.to_text())
}

impl Step {
    /// To the smallest model there is none.
    const NONE: Self = Self {
        statistic: f64::NAN,
        df: f64::NAN,
        p_value: f64::NAN,
    };

    fn between(small: &InformationCriteria, large: &InformationCriteria) -> Self {
        let statistic = (2.0 * (large.ln_likelihood - small.ln_likelihood)).max(0.0);
        let df = (large.parameters - small.parameters) as f64;
        let p_value = match ChiSquared::new(df) {
            Ok(distribution) if df > 0.0 => distribution.upper(statistic),
            _ => f64::NAN,
        };
        Self {
            statistic,
            df,
            p_value,
        }
    }
}
