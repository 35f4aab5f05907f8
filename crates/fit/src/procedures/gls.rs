//! `gls`: linear models with correlated and unequal residuals, as R's `nlme::gls`.

use super::Fit;
use super::mixed::fixed::FixedEffects;
use super::mixed::output;
use super::mixed::residuals::{ResidualArguments, ResidualColumns, table};
use crate::arguments::ModelArguments;
use crate::coefficients::Coefficients;
use crate::text::signif;
use crate::{Failure, Fitted, Inputs, json};
use clap::Args;
use formula::DesignOptions;
use serde_json::{Map, Value};
use statistics::matrix::Matrix;
use statistics::mixed::{Criterion, Marginal, MarginalFit, MixedData};

/// Options of `gls`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    #[command(flatten)]
    model: ModelArguments,
    #[command(flatten)]
    residuals: ResidualArguments,
}

impl Fit for Options {
    fn fit(&self, inputs: &Inputs<'_>) -> Result<Fitted, Failure> {
        let model = self.residuals.model(inputs, &self.model)?;
        if !model.terms.random.is_empty() {
            let message = "gls kent geen toevallige effecten: gebruik lme of lmm.";
            return Err(Failure::new("random_effects", message));
        }
        let design = model.design(DesignOptions::default())?;
        let names = design.names.clone();
        let x = Matrix::from_values(design.rows, design.columns(), design.values);
        let y = model.response_numbers()?;
        let weights = self.residuals.weights(&model)?;
        let data = MixedData {
            x: &x,
            y: &y,
            weights: weights.as_deref(),
            offset: model.offset.as_deref(),
            random: &[],
        };
        let columns = self.residuals.columns(&model, None)?;
        let fit = Marginal::new(data, columns.residuals(), self.residuals.criterion())?.fit()?;
        output::warn_aliased(inputs, &names, &fit.aliased);
        let rank = names.len() - fit.aliased.len();
        let df = vec![(fit.rows - rank) as f64; rank];
        // nlme corrects the covariance of ML for the coefficients estimated.
        let factor = match self.residuals.criterion() {
            Criterion::Reml => 1.0,
            Criterion::Ml => fit.rows as f64 / (fit.rows - rank) as f64,
        };
        let covariance = fit.covariance.scaled(factor);
        let estimates = (fit.coefficients.as_slice(), &covariance);
        let fixed = FixedEffects::of(&names, estimates, &fit.aliased);
        let table = table(&fixed, (1.0, &df), false);
        let mut result = Map::new();
        let mut set = |name: &str, value| result.insert(name.into(), value);
        set("n", fit.rows.into());
        set("names", json::texts(&names));
        set("coef", json::numbers(&fixed.estimates));
        set("vcov", fixed.covariance());
        set("tTable", table.to_json());
        set("summary.coefficients", table.to_json());
        set("df.residual", (fit.rows - rank).into());
        common(&mut result, &fit, &columns, &y);
        let text = summary(&self.model.formula, &fit, &columns, &table);
        Ok(Fitted::new(Value::Object(result), text))
    }
}

/// What `gls` and `lme` both give.
pub(super) fn common(
    result: &mut Map<String, Value>,
    fit: &MarginalFit,
    columns: &ResidualColumns,
    y: &[f64],
) {
    let residuals: Vec<f64> = y.iter().zip(&fit.fitted).map(|(y, f)| y - f).collect();
    let pairs = residuals.iter().zip(&fit.deviations);
    let pearson: Vec<f64> = pairs.map(|(r, d)| r / (d * fit.sigma)).collect();
    let spread = columns.spread_names().into_iter();
    let spread = spread.zip(fit.spread.iter().map(|&value| json::number(value)));
    output::set_criteria(result, &fit.criteria());
    let mut set = |name: &str, value| result.insert(name.into(), value);
    set("sigma", json::number(fit.sigma));
    set("criterion", json::number(fit.deviance));
    set("REML", (fit.criterion == Criterion::Reml).into());
    for name in ["rho", "phi", "corStruct"] {
        set(name, json::numbers(&fit.correlations));
    }
    set("varStruct", Value::Object(spread.collect()));
    set("fitted", json::numbers(&fit.fitted));
    set("resid", json::numbers(&residuals));
    set("resid.pearson", json::numbers(&pearson));
}

/// The lines on correlation and spread.
pub(super) fn structure_text(fit: &MarginalFit, columns: &ResidualColumns) -> String {
    let mut text = String::new();
    if !fit.correlations.is_empty() {
        let shown: Vec<String> = fit.correlations.iter().map(|r| signif(*r, 6)).collect();
        text.push_str(&format!("Correlation parameters: {}\n", shown.join(" ")));
    }
    if !fit.spread.is_empty() {
        let names = columns.spread_names();
        let shown = names.iter().zip(&fit.spread);
        let shown: Vec<String> = shown
            .map(|(name, value)| format!("{name}: {}", signif(*value, 6)))
            .collect();
        text.push_str(&format!("Variance function: {}\n", shown.join(", ")));
    }
    text
}

fn summary(
    formula: &str,
    fit: &MarginalFit,
    columns: &ResidualColumns,
    table: &Coefficients,
) -> String {
    let how = match fit.criterion {
        Criterion::Reml => "REML",
        Criterion::Ml => "maximum likelihood",
    };
    format!(
        "Generalized least squares fit by {how}\n  Model: {formula}\n  {}\n\n\
         {}\nCoefficients:\n{}\nResidual standard error: {}\nDegrees of freedom: {} total\n",
        output::criteria_text(&fit.criteria(), 7),
        structure_text(fit, columns),
        table.to_text(),
        signif(fit.sigma, 7),
        fit.rows,
    )
}
