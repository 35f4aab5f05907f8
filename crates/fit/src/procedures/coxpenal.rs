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
    /// Stop zodra de aannemelijkheid minder dan dit deel van zichzelf verandert, zoals R
    /// (coxph.control: eps); zonder deze optie wordt het maximum zelf gezocht.
    #[arg(long, value_name = "GETAL")]
    eps: Option<f64>,
    /// Trek van de eerste loglikelihood de boete in nul af, zoals R bij sparse = FALSE.
    #[arg(long)]
    null_with_penalty: bool,
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
        let frame = self.survival.model.data.frame(inputs)?;
        let model = self.survival.model.model_of(inputs, &frame, &[])?;
        let survival = self.survival.times(&model)?;
        let layout = Layout::of(&model, &frame)?;
        let rows = HazardRows::of(&model, survival)?;
        let ties = match self.ties {
            TiesName::Efron => Ties::Efron,
            TiesName::Breslow => Ties::Breslow,
        };
        let mut fit = PenalisedCox::fit(
            &rows.data(&layout.x),
            ties,
            &layout.penalised(),
            self.eps()?,
        )?;
        report::warn(inputs, &layout, &fit);
        if self.null_with_penalty {
            fit.ln_likelihood_null -= fit.null_penalty;
        }
        let report = report::Report::new(&model, &layout, &fit, rows.events());
        Ok(Fitted::new(Value::Object(report.json()), report.text()))
    }
}

impl Options {
    fn eps(&self) -> Result<Option<f64>, Failure> {
        match self.eps {
            Some(eps) if !(eps > 0.0 && eps < 1.0) => {
                Err(Failure::option("eps", "moet tussen 0 en 1 liggen"))
            }
            eps => Ok(eps),
        }
    }
}
