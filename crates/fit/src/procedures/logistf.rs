//! `logistf`: logistic regression with Firth's penalty.

use super::Fit;
use super::firth::{FirthArguments, FirthReport};
use crate::arguments::ModelArguments;
use crate::{Failure, Fitted, Inputs, json};
use clap::Args;
use formula::DesignOptions;
use serde_json::Value;
use statistics::firth::{FirthLogistic, LogisticData};
use statistics::matrix::Matrix;

/// Options of `logistf`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    #[command(flatten)]
    model: ModelArguments,
    #[command(flatten)]
    firth: FirthArguments,
}

impl Fit for Options {
    fn fit(&self, inputs: &Inputs<'_>) -> Result<Fitted, Failure> {
        let model = self.model.model(inputs, &[])?;
        let design = model.design(DesignOptions::default())?;
        let x = Matrix::from_values(design.rows, design.columns(), design.values);
        let (y, weights) = (model.response_numbers()?, model.role_numbers("weights")?);
        let data = LogisticData {
            x: &x,
            y: &y,
            weights: weights.as_deref(),
            offset: model.offset.as_deref(),
        };
        let likelihood = FirthLogistic::new(data, self.firth.tau())?;
        let intercept: Vec<usize> = (0..design.assign.len())
            .filter(|&column| design.assign[column] == 0)
            .collect();
        let report = FirthReport::new(&likelihood, (&design.names, &intercept), &self.firth)?;
        let mut result = report.json(false);
        let predictors = likelihood.predictors(&report.fit.coefficients);
        let probabilities: Vec<f64> = (predictors.iter())
            .map(|eta| 1.0 / (1.0 + (-eta).exp()))
            .collect();
        let hat = likelihood.leverages(&report.fit.coefficients)?;
        let mut set = |name: &str, value: Value| result.insert(name.into(), value);
        set(
            "loglik",
            json::numbers(&[report.fit.ln_likelihood, report.null]),
        );
        set("n", x.rows().into());
        set("linear.predictors", json::numbers(&predictors));
        set("predict", json::numbers(&probabilities));
        set("hat.diag", json::numbers(&hat));
        Ok(Fitted::new(Value::Object(result), report.text(x.rows())))
    }
}
