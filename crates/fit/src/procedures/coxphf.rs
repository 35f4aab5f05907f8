//! `coxphf`: proportional hazards with Firth's penalty.

use super::Fit;
use super::firth::{FirthArguments, FirthReport};
use crate::arguments::SurvivalArguments;
use crate::{Failure, Fitted, Inputs, json};
use clap::{Args, ValueEnum};
use formula::{Censoring, DesignOptions, ModelFrame, Survival};
use serde_json::Value;
use statistics::cox::{CoxData, Ties};
use statistics::firth::FirthCox;
use statistics::matrix::Matrix;

/// Options of `coxphf`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    #[command(flatten)]
    survival: SurvivalArguments,
    /// Gelijke tijden: coxphf rekent met breslow.
    #[arg(long, value_enum, default_value_t = TiesName::Breslow)]
    ties: TiesName,
    #[command(flatten)]
    firth: FirthArguments,
}

/// How ties are met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum TiesName {
    /// Benadering van Breslow
    Breslow,
    /// Benadering van Efron
    Efron,
}

impl TiesName {
    pub(super) fn ties(self) -> Ties {
        match self {
            Self::Breslow => Ties::Breslow,
            Self::Efron => Ties::Efron,
        }
    }
}

/// The rows of a Cox model, owned.
pub(super) struct HazardRows {
    survival: Survival,
    events: Vec<bool>,
    strata: Option<Vec<u32>>,
    weights: Option<Vec<f64>>,
    offset: Option<Vec<f64>>,
}

impl HazardRows {
    pub(super) fn of(model: &ModelFrame, survival: Survival) -> Result<Self, Failure> {
        if survival.is_multistate() {
            let message = "Dit model kent één soort gebeurtenis; de uitkomst heeft er meer.";
            return Err(Failure::new("multistate_outcome", message));
        }
        if matches!(survival.censoring, Censoring::Left | Censoring::Interval) {
            let message = "Dit model kent geen links- of intervalcensurering; survreg wel.";
            return Err(Failure::new("censoring", message));
        }
        Ok(Self {
            events: survival.events(),
            strata: model.strata().map(|factor| factor.codes),
            weights: model.role_numbers("weights")?,
            offset: model.offset.clone(),
            survival,
        })
    }

    pub(super) fn data<'a>(&'a self, x: &'a Matrix) -> CoxData<'a> {
        let counting = self.survival.censoring == Censoring::Counting;
        let mut data = CoxData::new(&self.survival.stop, &self.events, x);
        data.entry = counting.then_some(self.survival.start.as_slice());
        data.strata = self.strata.as_deref();
        data.weights = self.weights.as_deref();
        data.offset = self.offset.as_deref();
        data
    }

    /// Censored times become the largest numbers below themselves.
    pub(super) fn censor_before_events(&mut self) {
        for (time, event) in self.survival.stop.iter_mut().zip(&self.events) {
            if !event {
                *time = time.next_down();
            }
        }
    }

    pub(super) fn events(&self) -> usize {
        self.events.iter().filter(|&&event| event).count()
    }
}

impl Fit for Options {
    fn fit(&self, inputs: &Inputs<'_>) -> Result<Fitted, Failure> {
        let (model, survival) = self.survival.model(inputs, &[])?;
        let options = DesignOptions {
            except: &["strata", "cluster"],
            always_intercept: true,
        };
        let design = model.design(options)?.without_intercept();
        let x = Matrix::from_values(design.rows, design.columns(), design.values);
        let rows = HazardRows::of(&model, survival)?;
        let likelihood = FirthCox::new(&rows.data(&x), self.ties.ties(), self.firth.tau())?;
        let report = FirthReport::new(&likelihood, (&design.names, &[]), &self.firth)?;
        let mut result = report.json(true);
        let mut set = |name: &str, value: Value| result.insert(name.into(), value);
        set(
            "loglik",
            json::numbers(&[report.null, report.fit.ln_likelihood]),
        );
        set("n", x.rows().into());
        set("nevent", rows.events().into());
        let mut predictors = model.offset.clone().unwrap_or_else(|| vec![0.0; x.rows()]);
        x.add_times(&report.fit.coefficients, &mut predictors);
        set("linear.predictors", json::numbers(&predictors));
        Ok(Fitted::new(Value::Object(result), report.text(x.rows())))
    }
}
