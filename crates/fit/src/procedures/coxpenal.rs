//! `coxpenal`: Cox models with `ridge()` and `frailty()` terms, as R's `coxph` fits them.

mod report;
mod terms;

use super::Fit;
use super::coxphf::HazardRows;
use crate::arguments::SurvivalArguments;
use crate::{Failure, Fitted, Inputs};
use clap::{Args, ValueEnum};
use serde_json::Value;
use statistics::cox::Ties;
use statistics::frailty::PenalisedCox;
use terms::Layout;

/// Options of `coxpenal`. The penalties stand in the formula: `ridge(age, sex, theta = 2)`,
/// `frailty(id, distribution = "gamma", theta, df, method, sparse)`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    #[command(flatten)]
    survival: SurvivalArguments,
    /// Gelijke tijden.
    #[arg(long, value_enum, default_value_t = TiesName::Efron)]
    ties: TiesName,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum TiesName {
    /// Benadering van Efron
    Efron,
    /// Benadering van Breslow
    Breslow,
}

impl Fit for Options {
    fn fit(&self, inputs: &Inputs<'_>) -> Result<Fitted, Failure> {
        let (model, survival) = self.survival.model(inputs, &[])?;
        let layout = Layout::of(&model)?;
        let rows = HazardRows::of(&model, survival)?;
        let ties = match self.ties {
            TiesName::Efron => Ties::Efron,
            TiesName::Breslow => Ties::Breslow,
        };
        let fit = PenalisedCox::fit(&rows.data(&layout.x), ties, &layout.penalised())?;
        report::warn(inputs, &layout, &fit);
        let report = report::Report::new(&model, &layout, &fit, rows.events());
        Ok(Fitted::new(Value::Object(report.json()), report.text()))
    }
}
