//! Predicted risks of a cause by some times.

use super::Target;
use crate::arguments::SurvivalArguments;
use crate::{Failure, Inputs};
use formula::{DesignOptions, Formula, Frame, ModelFrame, Survival};
use statistics::competing::{CensoringTies, EventTies, FineGray, FineGrayControl, FineGrayData};
use statistics::cox::{
    BaselineQuestion, CoxControl, CoxData, CoxFit, CurveType, PartialLikelihood, SurvivalType, Ties,
};
use statistics::matrix::Matrix;
use statistics::prediction::{CauseHazard, absolute_risks};

/// The name of the model that gives everybody the same risk.
const NULL_MODEL: &str = "Null model";

/// Predicted risks under a name.
pub(super) struct RiskModel {
    pub(super) name: String,
    /// Whether everybody has the same risk.
    pub(super) is_null: bool,
    /// By time, then by row.
    pub(super) risks: Vec<Vec<f64>>,
}

impl RiskModel {
    pub(super) fn new(name: &str, risks: Vec<Vec<f64>>) -> Self {
        Self {
            name: name.trim().to_owned(),
            is_null: false,
            risks,
        }
    }

    /// Everybody has the cumulative incidence (Aalen and Johansen).
    pub(super) fn null(target: &Target) -> Result<Self, Failure> {
        let rows = target.survival.stop.len();
        let risk = |&time: &f64| Ok(vec![target.outcomes().incidence(time)?; rows]);
        Ok(Self {
            name: NULL_MODEL.to_owned(),
            is_null: true,
            risks: target
                .times
                .iter()
                .map(risk)
                .collect::<Result<_, Failure>>()?,
        })
    }
}

/// Models of one outcome over one table.
pub(super) struct Models<'a> {
    survival: &'a SurvivalArguments,
    inputs: &'a Inputs<'a>,
    frame: &'a Frame,
    /// The two sides of the formula.
    outcome: &'a str,
    terms: &'a str,
    /// The frame of the first model, whose rows all models use.
    first: ModelFrame,
}

/// Design without an intercept: the baseline takes its place.
const DESIGN: DesignOptions<'static> = DesignOptions {
    except: &["strata", "cluster"],
    always_intercept: true,
};

impl<'a> Models<'a> {
    pub(super) fn new(
        survival: &'a SurvivalArguments,
        inputs: &'a Inputs<'a>,
        frame: &'a Frame,
    ) -> Result<Self, Failure> {
        let formula = survival.model.formula.as_str();
        let (outcome, terms) = formula.split_once('~').unwrap_or((formula, "1"));
        let first = terms.split(';').next().unwrap_or(terms);
        Ok(Self {
            survival,
            inputs,
            frame,
            outcome,
            terms: terms.trim(),
            first: model_frame(survival, inputs, frame, &format!("{outcome}~{first}"))?,
        })
    }

    pub(super) fn outcome(&self) -> Result<Survival, Failure> {
        self.survival.times(&self.first)
    }

    pub(super) fn terms(&self) -> &str {
        self.terms
    }

    /// Whether the formula is a model, not `~ 1`.
    pub(super) fn has_terms(&self) -> bool {
        self.terms != "1"
    }

    /// The frame of other terms, over the same rows.
    fn frame_of(&self, terms: &str) -> Result<ModelFrame, Failure> {
        let formula = format!("{}~{terms}", self.outcome);
        let model = model_frame(self.survival, self.inputs, self.frame, &formula)?;
        if model.rows != self.first.rows {
            return Err(Failure::new(
                "different_rows",
                "De modellen gebruiken verschillende rijen: laat eerst rijen met ontbrekende \
                 waarden weg (--na-omit).",
            ));
        }
        Ok(model)
    }

    /// From Cox models of all causes; terms of the causes are divided by semicolons.
    pub(super) fn cause_specific(
        &self,
        terms: &str,
        target: &Target,
        (ties, survival): (Ties, SurvivalType),
    ) -> Result<Vec<Vec<f64>>, Failure> {
        let by_cause: Vec<&str> = terms.split(';').collect();
        if by_cause.len() != 1 && by_cause.len() != target.causes as usize {
            let message = format!("noem termen voor alle {} oorzaken", target.causes);
            return Err(Failure::option("model", message));
        }
        let hazards = (1..=target.causes)
            .map(|cause| {
                let own = by_cause.get(cause as usize - 1).unwrap_or(&by_cause[0]);
                self.hazard(own, &target.survival, cause, ties)
            })
            .collect::<Result<Vec<_>, Failure>>()?;
        let place = target.cause as usize - 1;
        Ok(absolute_risks(&hazards, place, &target.times, survival)?)
    }

    /// 1 − exp(−Λ) from one Cox model.
    pub(super) fn single_cause(
        &self,
        terms: &str,
        target: &Target,
        ties: Ties,
    ) -> Result<Vec<Vec<f64>>, Failure> {
        let hazard = self.hazard(terms, &target.survival, target.cause, ties)?;
        let risks = |&time: &f64| -> Vec<f64> {
            let cumulative: Vec<f64> = hazard
                .baselines
                .iter()
                .map(|jumps| {
                    let before = jumps.iter().filter(|(at, _)| *at <= time);
                    before.map(|(_, jump)| jump).sum()
                })
                .collect();
            let of_row = |(row, relative): (usize, &f64)| {
                let stratum = hazard
                    .stratum
                    .as_ref()
                    .map_or(0, |codes| codes[row] as usize);
                -(-relative * cumulative[stratum]).exp_m1()
            };
            hazard.relative.iter().enumerate().map(of_row).collect()
        };
        Ok(target.times.iter().map(risks).collect())
    }

    fn hazard(
        &self,
        terms: &str,
        survival: &Survival,
        cause: u32,
        ties: Ties,
    ) -> Result<CauseHazard, Failure> {
        let model = self.frame_of(terms)?;
        let design = model.design(DESIGN)?.without_intercept();
        let x = Matrix::from_values(design.rows, design.names.len(), design.values.clone());
        let event: Vec<bool> = survival.status.iter().map(|&s| s == cause).collect();
        let stratum = model.strata().map(|strata| strata.codes);
        let mut data = CoxData::new(&survival.stop, &event, &x);
        data.strata = stratum.as_deref();
        data.offset = model.offset.as_deref();
        let likelihood = PartialLikelihood::new(&data, ties)?;
        let control = CoxControl {
            tolerance: 1e-12,
            max_iterations: 50,
            ..CoxControl::default()
        };
        let fit = CoxFit::maximise(&likelihood, &control)?;
        if !fit.infinite.is_empty() {
            let message = format!(
                "Bij oorzaak {cause} convergeert de aannemelijkheid eerder dan een coëfficiënt: \
                 die is mogelijk oneindig."
            );
            self.inputs.warn("infinite_coefficient", message);
        }
        let sums = likelihood.sums(&fit.coefficients)?;
        let baseline = |stratum: usize| {
            let question = BaselineQuestion {
                stratum,
                kind: CurveType::of(ties),
                origin: 0.0,
            };
            let baseline = likelihood.baseline(&data, &fit.coefficients, &sums, question)?;
            let cumulative = baseline.cumulative_at_zero();
            Ok(jumps(&baseline.times, &cumulative))
        };
        let baselines = (0..data.strata_count()).map(baseline);
        let mut predictor = model.offset.clone().unwrap_or_else(|| vec![0.0; x.rows()]);
        x.add_times(&fit.coefficients, &mut predictor);
        Ok(CauseHazard {
            baselines: baselines.collect::<Result<_, Failure>>()?,
            relative: predictor.iter().map(|eta| eta.exp()).collect(),
            stratum,
        })
    }

    /// From the regression of Fine and Gray, as `crr` fits it.
    pub(super) fn fine_gray(&self, terms: &str, target: &Target) -> Result<Vec<Vec<f64>>, Failure> {
        let model = self.frame_of(terms)?;
        let design = model.design(DESIGN)?.without_intercept();
        let x = Matrix::from_values(design.rows, design.names.len(), design.values.clone());
        let data = FineGrayData {
            entry: None,
            time: &target.survival.stop,
            status: &target.survival.status,
            cause: target.cause,
            x: &x,
            weights: None,
            offset: model.offset.as_deref(),
            strata: None,
            censoring_groups: None,
            id: None,
        };
        let control = FineGrayControl {
            event_ties: EventTies::Breslow,
            censoring_ties: CensoringTies::EventsAtRisk,
            ..FineGrayControl::default()
        };
        let fit = FineGray::fit(&data, &control)?;
        super::super::subdistribution::warn(self.inputs, &fit, &design.names);
        let baseline = fit.baseline();
        let mut predictor = model.offset.clone().unwrap_or_else(|| vec![0.0; x.rows()]);
        x.add_times(&fit.coefficients, &mut predictor);
        let risks = |&time: &f64| -> Vec<f64> {
            let before = baseline.iter().filter(|(at, _)| *at <= time);
            let cumulative: f64 = before.map(|(_, jump)| jump).sum();
            let of_row = |eta: &f64| -(-eta.exp() * cumulative).exp_m1();
            predictor.iter().map(of_row).collect()
        };
        Ok(target.times.iter().map(risks).collect())
    }

    /// Columns that hold the risks: one per time, or one for all times.
    pub(super) fn given(&self, terms: &str, target: &Target) -> Result<Vec<Vec<f64>>, Failure> {
        let model = self.frame_of(terms)?;
        let risks = super::super::concordance::predictors(&model)?;
        let times = target.times.len();
        if risks.len() != times && risks.len() != 1 {
            let message = format!("verwacht een term per tijd: {times}");
            return Err(Failure::option("given", message));
        }
        let risks: Vec<Vec<f64>> = risks.into_iter().map(|(_, values)| values).collect();
        for value in risks.iter().flatten() {
            if !(0.0..=1.0).contains(value) {
                let message = format!("{value} is geen kans");
                return Err(Failure::option("given", message));
            }
        }
        Ok((0..times)
            .map(|time| risks[time.min(risks.len() - 1)].clone())
            .collect())
    }
}

fn model_frame(
    survival: &SurvivalArguments,
    inputs: &Inputs<'_>,
    frame: &Frame,
    formula: &str,
) -> Result<ModelFrame, Failure> {
    let mut arguments = survival.model.clone();
    Formula::parse(formula)?;
    formula.clone_into(&mut arguments.formula);
    arguments.model_of(inputs, frame, &[])
}

/// Times and steps of a cumulative hazard.
fn jumps(times: &[f64], cumulative: &[f64]) -> Vec<(f64, f64)> {
    let mut before = 0.0;
    let step = |(&time, &now): (&f64, &f64)| {
        let jump = now - before;
        before = now;
        (time, jump)
    };
    times.iter().zip(cumulative).map(step).collect()
}
