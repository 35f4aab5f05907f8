//! What the procedures around a Cox model ask for, and the rows that come of it.

use super::time_transform::TimeTransform;
use crate::arguments::{SurvivalArguments, tell};
use crate::{Failure, Inputs};
use clap::{Args, ValueEnum};
use formula::{
    Censoring, Design, DesignOptions, DesignPlan, Evaluator, Factor, Frame, ModelFrame, Survival,
};
use statistics::cox::{CoxControl, CoxData, Ties};
use statistics::matrix::{ALIAS_TOLERANCE, Matrix};

/// Functions in the formula that are no covariates.
pub(in crate::procedures) const NO_COVARIATES: &[&str] = &["strata", "cluster"];

/// A Cox model: table, formula, and the options of R's `coxph`.
#[derive(Args, Clone, Debug)]
pub struct CoxArguments {
    #[command(flatten)]
    pub(in crate::procedures) survival: SurvivalArguments,
    #[command(flatten)]
    pub(in crate::procedures) options: CoxOptions,
}

/// The options of R's `coxph` and `coxph.control`.
#[derive(Args, Clone, Debug)]
pub struct CoxOptions {
    /// Hoe gelijktijdige gebeurtenissen meetellen.
    #[arg(long, value_enum, default_value_t = TiesName::Efron)]
    pub(in crate::procedures) ties: TiesName,
    /// Kolom met clusters: geeft robuuste standaardfouten. Ook cluster() in de formule.
    #[arg(long, value_name = "UITDRUKKING")]
    cluster: Option<String>,
    /// Kolom die zegt van wie een rij is; met meer gebeurtenissen per persoon zijn de
    /// standaardfouten robuust.
    #[arg(long, value_name = "UITDRUKKING")]
    pub(in crate::procedures) id: Option<String>,
    /// Robuuste standaardfouten, ook zonder clusters.
    #[arg(long, conflicts_with = "no_robust")]
    robust: bool,
    /// Geen robuuste standaardfouten (R: robust = FALSE).
    #[arg(long)]
    no_robust: bool,
    /// Beginwaarden van de coëfficiënten.
    #[arg(
        long,
        value_delimiter = ',',
        allow_negative_numbers = true,
        value_name = "GETALLEN"
    )]
    init: Option<Vec<f64>>,
    /// Hoogste aantal stappen; 0 rekent bij de beginwaarden.
    #[arg(long, default_value_t = 20)]
    iter_max: usize,
    /// Klaar als de aannemelijkheid met een kleiner deel verandert.
    #[arg(long, default_value_t = 1e-9)]
    eps: f64,
    /// Onder dit deel van zijn eigen informatie volgt een covariaat uit de andere.
    #[arg(long, default_value_t = ALIAS_TOLERANCE)]
    toler_chol: f64,
    /// Een coëfficiënt is oneindig als een volgende stap meer dan dit deel uitmaakt
    /// (gewoonlijk de wortel van --eps).
    #[arg(long)]
    toler_inf: Option<f64>,
    /// Weiger als een covariaat uit de andere volgt (R: singular.ok = FALSE).
    #[arg(long)]
    no_singular_ok: bool,
    /// Wat tt(x) in de formule is, als uitdrukking van x en de tijd t: "x * log(t)".
    /// Herhaalbaar, in de volgorde van de formule.
    #[arg(long, value_name = "UITDRUKKING")]
    tt: Vec<String>,
}

/// How tied events share their risk set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TiesName {
    /// Benadering van Efron
    Efron,
    /// Benadering van Breslow
    Breslow,
    /// Precies
    #[value(alias = "discrete")]
    Exact,
}

impl CoxOptions {
    pub(in crate::procedures) fn ties(&self) -> Ties {
        match self.ties {
            TiesName::Efron => Ties::Efron,
            TiesName::Breslow => Ties::Breslow,
            TiesName::Exact => Ties::Exact,
        }
    }

    pub(in crate::procedures) fn control(&self) -> Result<CoxControl, Failure> {
        let positive = |name: &str, value: f64| match value > 0.0 && value < 1.0 {
            true => Ok(value),
            false => Err(Failure::option(name, "verwacht een getal tussen 0 en 1")),
        };
        Ok(CoxControl {
            tolerance: positive("eps", self.eps)?,
            max_iterations: self.iter_max,
            alias_tolerance: positive("toler-chol", self.toler_chol)?,
            infinity_tolerance: self.toler_inf,
            init: self.init.clone(),
        })
    }

    pub(in crate::procedures) fn singular_ok(&self) -> bool {
        !self.no_singular_ok
    }
}

/// The rows of a Cox model.
pub(in crate::procedures) struct CoxRows {
    pub(in crate::procedures) model: ModelFrame,
    pub(in crate::procedures) survival: Survival,
    pub(in crate::procedures) event: Vec<bool>,
    pub(in crate::procedures) plan: DesignPlan,
    /// Names and terms of the covariates; its values are in `x`.
    pub(in crate::procedures) design: Design,
    pub(in crate::procedures) x: Matrix,
    pub(in crate::procedures) strata: Option<Factor>,
    pub(in crate::procedures) weights: Option<Vec<f64>>,
    pub(in crate::procedures) offset: Option<Vec<f64>>,
    /// Clusters of a robust variance; of each row itself when `None`.
    pub(in crate::procedures) clusters: Option<Factor>,
    pub(in crate::procedures) is_robust: bool,
    /// Of rows written out for `tt()` the row of the table that each came from.
    pub(in crate::procedures) written_from: Option<Vec<usize>>,
}

impl CoxArguments {
    /// Reads the table and makes rows of it.
    ///
    /// # Errors
    /// Whatever cannot be read, and an outcome that is no single right-censored event.
    pub(in crate::procedures) fn rows(&self, inputs: &Inputs<'_>) -> Result<CoxRows, Failure> {
        let frame = self.survival.model.data.frame(inputs)?;
        self.rows_of(inputs, &frame, &self.survival.model.formula)
    }

    /// The same over a table that was read before, with another formula.
    pub(in crate::procedures) fn rows_of(
        &self,
        inputs: &Inputs<'_>,
        frame: &Frame,
        formula: &str,
    ) -> Result<CoxRows, Failure> {
        let roles = [
            ("cluster", self.options.cluster.as_deref()),
            ("id", self.options.id.as_deref()),
        ];
        let mut arguments = self.survival.clone();
        arguments.model.formula = formula.into();
        let expanded = match TimeTransform::of(formula, &self.options.tt)? {
            Some(transform) => Some(transform.expand(inputs, &arguments, &roles, frame)?),
            None => None,
        };
        let frame = expanded.as_ref().map_or(frame, |expanded| &expanded.frame);
        let model = match &expanded {
            Some(expanded) => {
                arguments.model.formula.clone_from(&expanded.formula);
                arguments.model.model_of(inputs, frame, &roles)?
            }
            None => arguments.model.model_of(inputs, frame, &roles)?,
        };
        let survival = arguments.times(&model)?;
        check(&survival)?;
        let mut rows = self.options.rows(model, survival)?;
        if let Some(expanded) = expanded {
            rows.rename(&expanded.names);
            rows.written_from = Some(expanded.rows);
        }
        Ok(rows)
    }
}

pub(super) fn check(survival: &Survival) -> Result<(), Failure> {
    let is_single = matches!(survival.censoring, Censoring::Right | Censoring::Counting);
    match is_single && !survival.is_multistate() {
        true => Ok(()),
        false => Err(Failure::new(
            "wrong_outcome",
            "Een Cox-model heeft een uitkomst Surv(tijd, gebeurtenis) of Surv(begin, eind, \
             gebeurtenis) met één soort gebeurtenis.",
        )),
    }
}

impl CoxOptions {
    fn rows(&self, model: ModelFrame, survival: Survival) -> Result<CoxRows, Failure> {
        let options = DesignOptions {
            except: NO_COVARIATES,
            always_intercept: true,
        };
        let plan = model.plan(options)?;
        let mut design = model.design(options)?.without_intercept();
        let x = Matrix::from_values(
            design.rows,
            design.columns(),
            std::mem::take(&mut design.values),
        );
        let event = survival.events();
        let weights = model.role_numbers("weights")?;
        let id = model.role_groups("id");
        let cluster = model.role_groups("cluster").or_else(|| in_formula(&model));
        let is_robust = !self.no_robust
            && (self.robust
                || cluster.is_some()
                || weights
                    .as_ref()
                    .is_some_and(|w| w.iter().any(|w| w.fract() != 0.0))
                || id
                    .as_ref()
                    .is_some_and(|id| has_repeated_events(id, &event)));
        Ok(CoxRows {
            strata: model.strata(),
            offset: model.offset.clone(),
            clusters: cluster.or(id),
            model,
            survival,
            event,
            plan,
            design,
            x,
            weights,
            is_robust,
            written_from: None,
        })
    }
}

/// The groups of `cluster()` in the formula.
fn in_formula(model: &ModelFrame) -> Option<Factor> {
    let (_, variable) = *model.specials("cluster").first()?;
    Some(variable.factor()?.without_unused())
}

fn has_repeated_events(id: &Factor, event: &[bool]) -> bool {
    let mut seen = vec![false; id.levels.len()];
    id.codes
        .iter()
        .zip(event)
        .filter(|(_, event)| **event)
        .any(|(&code, _)| std::mem::replace(&mut seen[code as usize], true))
}

impl CoxRows {
    /// The rows as the engine takes them.
    pub(in crate::procedures) fn data(&self) -> CoxData<'_> {
        let start = &self.survival.start;
        CoxData {
            entry: (!start.is_empty()).then_some(start.as_slice()),
            strata: self.strata.as_ref().map(|strata| strata.codes.as_slice()),
            weights: self.weights.as_deref(),
            offset: self.offset.as_deref(),
            ..CoxData::new(&self.survival.stop, &self.event, &self.x)
        }
    }

    /// Gives columns of `tt()` the names that R gives them.
    fn rename(&mut self, names: &[(String, String)]) {
        let labels = self.design.names.iter_mut().chain(&mut self.design.terms);
        for label in labels {
            for (ours, name) in names {
                *label = label.replace(ours, name);
            }
        }
    }

    /// Rows, after those with missing values are left out.
    pub(in crate::procedures) fn len(&self) -> usize {
        self.event.len()
    }

    /// The names of the coefficients.
    pub(in crate::procedures) fn names(&self) -> &[String] {
        &self.design.names
    }

    /// Covariates and offset of new data.
    ///
    /// # Errors
    /// Columns that are missing, levels that the model does not know.
    pub(in crate::procedures) fn covariates_of(
        &self,
        inputs: &Inputs<'_>,
        frame: &Frame,
    ) -> Result<(Matrix, Option<Vec<f64>>), Failure> {
        let mut design = self.plan.apply(frame)?.without_intercept();
        let values = std::mem::take(&mut design.values);
        let x = Matrix::from_values(frame.rows(), design.columns(), values);
        let evaluator = Evaluator::new(frame);
        let mut offset: Option<Vec<f64>> = None;
        for expression in &self.model.terms.offsets {
            let mut more = evaluator.numbers(expression)?;
            if let Some(known) = offset {
                more.iter_mut()
                    .zip(known)
                    .for_each(|(more, known)| *more += known);
            }
            offset = Some(more);
        }
        tell(inputs, evaluator.into_notices());
        Ok((x, offset))
    }

    /// The times of new data: the outcome of the formula.
    ///
    /// # Errors
    /// A table without its columns.
    pub(in crate::procedures) fn survival_of(
        &self,
        inputs: &Inputs<'_>,
        frame: &Frame,
    ) -> Result<Survival, Failure> {
        let evaluator = Evaluator::new(frame);
        let outcome = formula::Expression::Call(self.survival.call.clone());
        let value = evaluator.variable(&outcome)?;
        tell(inputs, evaluator.into_notices());
        match value {
            formula::Value::Survival(survival) => Ok(survival),
            _ => Err(Failure::new("wrong_outcome", "De uitkomst is geen Surv().")),
        }
    }

    /// The strata of new data; `None` where the model has none, or the table does not name them.
    ///
    /// # Errors
    /// A stratum that the model does not have.
    pub(in crate::procedures) fn strata_of(
        &self,
        frame: &Frame,
    ) -> Result<Option<Vec<u32>>, Failure> {
        let Some(strata) = &self.strata else {
            return Ok(None);
        };
        let evaluator = Evaluator::new(frame);
        let mut parts: Vec<Factor> = Vec::new();
        for (call, _) in self.model.specials("strata") {
            let expression = formula::Expression::Call(call.clone());
            let knows_all = expression
                .names()
                .iter()
                .all(|name| frame.get(name).is_some());
            if !knows_all {
                return Ok(None);
            }
            parts.push(evaluator.column(&expression)?.to_factor());
        }
        // Numbers are named ("sex=1"), texts are not ("F"); a table of one row may differ in that.
        let known: Vec<String> = strata.levels.iter().map(|level| values(level)).collect();
        let code = |row: usize| {
            let labels: Vec<&str> = parts
                .iter()
                .map(|factor| factor.text(row).unwrap_or("NA"))
                .collect();
            let label = values(&labels.join(", "));
            let code = known.iter().position(|level| *level == label);
            code.map(|code| code as u32).ok_or_else(|| {
                let message = format!("Het model heeft geen stratum '{label}'.");
                Failure::new("unknown_stratum", message)
            })
        };
        (0..frame.rows())
            .map(code)
            .collect::<Result<_, _>>()
            .map(Some)
    }
}

/// The values in the name of a stratum, without the names of the variables.
fn values(level: &str) -> String {
    let value = |part: &str| {
        part.split_once('=')
            .map_or(part, |(_, value)| value)
            .to_owned()
    };
    level.split(", ").map(value).collect::<Vec<_>>().join(", ")
}
