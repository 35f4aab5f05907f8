//! Cumulative transition hazards from long data: with strata alone, or from a Cox model.

use super::{StateModel, TransitionArguments, expand};
use crate::arguments::{SurvivalArguments, new_table};
use crate::{Failure, Inputs};
use clap::{Args, ValueEnum};
use formula::{Column, Design, DesignOptions, Frame, ModelFrame, Survival};
use statistics::cox::{CoxControl, CoxData, CoxFit, PartialLikelihood, Ties};
use statistics::matrix::Matrix;
use statistics::multistate::{
    CumulativeHazards, HazardOptions, HazardVariance, Prediction, TransitionRows,
};

/// How hazards are estimated.
#[derive(Args, Clone, Debug)]
pub struct HazardArguments {
    /// The long data and the formula.
    #[command(flatten)]
    pub survival: SurvivalArguments,
    /// The transitions.
    #[command(flatten)]
    pub transitions: TransitionArguments,
    /// Variantie van de intensiteiten; met covariaten altijd die van Aalen.
    #[arg(long, value_enum, default_value_t = VarianceType::Aalen)]
    pub vartype: VarianceType,
    /// Gelijktijdige gebeurtenissen (R: method van coxph).
    #[arg(long, value_enum, default_value_t = TiesName::Breslow)]
    pub ties: TiesName,
    /// Covariaten van wie wordt voorspeld: een rij per overgang, "age.1=60,0,0; age.2=0,60,0", of
    /// een bestand. Een kolom strata zegt welk stratum de overgang zijn basisintensiteit geeft;
    /// zonder is dat haar eigen nummer. Eén rij geldt voor alle overgangen.
    #[arg(long, value_name = "GEGEVENS")]
    pub newdata: Option<String>,
    /// Covariaten met per overgang een eigen kolom: age geeft age.1, age.2, … (R: expand.covs).
    #[arg(long, value_name = "KOLOMMEN", value_delimiter = ',')]
    pub expand_covs: Vec<String>,
    /// Kolom met het nummer van de overgang, voor --expand-covs.
    #[arg(long, value_name = "KOLOM", default_value = "trans")]
    pub trans: String,
    /// Relatieve verandering van de log-likelihood waarbij de schatting stopt.
    #[arg(long, value_name = "GETAL", default_value_t = 2e-12)]
    pub eps: f64,
    /// Hoogstens zoveel stappen.
    #[arg(long, value_name = "AANTAL", default_value_t = 50)]
    pub iter_max: usize,
}

/// Types of variance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum VarianceType {
    /// dN/Y²
    Aalen,
    /// (Y − dN) dN/Y³
    Greenwood,
}

/// Ways of handling ties.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TiesName {
    /// Breslow
    Breslow,
    /// Efron
    Efron,
}

impl TiesName {
    pub fn ties(self) -> Ties {
        match self {
            Self::Breslow => Ties::Breslow,
            Self::Efron => Ties::Efron,
        }
    }
}

/// Hazards, and the states that they are between.
pub struct Hazards {
    pub model: StateModel,
    pub hazards: CumulativeHazards,
}

impl HazardArguments {
    /// Reads the table and estimates.
    ///
    /// # Errors
    /// What cannot be read or estimated.
    pub fn hazards(&self, inputs: &Inputs<'_>, with_variance: bool) -> Result<Hazards, Failure> {
        let mut frame = self.survival.model.data.frame(inputs)?;
        let model = self.transitions.model(&frame)?;
        let levels = frame.clone();
        let count = model.transitions.len();
        expand(&mut frame, &levels, &self.expand_covs, (&self.trans, count))?;
        let rows = self.survival.model.model_of(inputs, &frame, &[])?;
        let survival = self.survival.times(&rows)?;
        if survival.is_multistate() {
            let message =
                "De uitkomst hoort één soort gebeurtenis te hebben: Surv(Tstart, Tstop, status).";
            return Err(Failure::new("wrong_response", message));
        }
        let design = rows.design(COVARIATES)?.without_intercept();
        let long = LongRows::of(&rows, &survival)?;
        let hazards = if design.columns() == 0 && rows.offset.is_none() {
            let transition = long.transitions(&rows, count)?;
            let variance = match (with_variance, self.vartype) {
                (false, _) => HazardVariance::None,
                (true, VarianceType::Aalen) => HazardVariance::Aalen,
                (true, VarianceType::Greenwood) => HazardVariance::Greenwood,
            };
            let options = HazardOptions {
                ties: self.ties.ties(),
                variance,
            };
            CumulativeHazards::estimate(long.rows(&transition), &model.transitions, options)?
        } else {
            self.predicted(inputs, (&frame, &rows, &levels), &long, (&model, design))?
        };
        Ok(Hazards { model, hazards })
    }

    fn predicted(
        &self,
        inputs: &Inputs<'_>,
        (_, rows, levels): (&Frame, &ModelFrame, &Frame),
        long: &LongRows,
        (model, design): (&StateModel, Design),
    ) -> Result<CumulativeHazards, Failure> {
        if self.vartype == VarianceType::Greenwood {
            inputs.warn(
                "aalen_variance",
                "Met covariaten is de variantie die van Aalen; --vartype greenwood is genegeerd.",
            );
        }
        let new = self.new_rows(inputs, levels, model.transitions.len())?;
        let columns = design.columns();
        let x = Matrix::from_values(design.rows, columns, design.values);
        let likelihood = PartialLikelihood::new(&long.cox(rows, &x), self.ties.ties())?;
        let control = CoxControl {
            tolerance: self.eps,
            max_iterations: self.iter_max,
            ..CoxControl::default()
        };
        let fit = CoxFit::maximise(&likelihood, &control)?;
        warn_infinite(inputs, &fit, &design.names);
        let new_design = rows
            .plan(COVARIATES)?
            .apply(&new.frame)?
            .without_intercept();
        let covariates = Matrix::from_values(new_design.rows, columns, new_design.values);
        let prediction = Prediction {
            coefficients: &fit.coefficients,
            covariance: &fit.covariance,
            covariates: &covariates,
            offset: None,
            strata: &new.strata,
            last: long.stop.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        };
        Ok(CumulativeHazards::predict(
            &likelihood,
            &model.transitions,
            &prediction,
        )?)
    }

    /// The new data with a row per transition.
    fn new_rows(
        &self,
        inputs: &Inputs<'_>,
        levels: &Frame,
        transitions: usize,
    ) -> Result<NewRows, Failure> {
        let text = self.newdata.as_ref().ok_or_else(|| {
            Failure::option(
                "newdata",
                "een model met covariaten vraagt om nieuwe gegevens",
            )
        })?;
        let mut frame = new_table(inputs, text)?;
        if frame.rows() == 1 && transitions > 1 {
            frame = frame.select(&vec![0; transitions]);
        }
        if frame.rows() != transitions {
            let message = format!("{} rijen voor {transitions} overgangen", frame.rows());
            return Err(Failure::option("newdata", message));
        }
        if frame.get(&self.trans).is_none() {
            let numbers = (1..=transitions).map(|number| number as f64).collect();
            frame.set(&self.trans, Column::Number(numbers))?;
        }
        expand(
            &mut frame,
            levels,
            &self.expand_covs,
            (&self.trans, transitions),
        )?;
        let strata = match frame.get("strata") {
            None => (0..transitions as u32).collect(),
            Some(_) => {
                let numbers = frame.numbers("strata")?;
                let code = |&number: &f64| {
                    let whole = number >= 1.0 && number.fract() == 0.0 && number < 1e6;
                    whole.then(|| number as u32 - 1)
                };
                let codes = numbers.iter().map(code).collect::<Option<Vec<u32>>>();
                codes.ok_or_else(|| {
                    Failure::option("newdata", "strata hoort nummers van strata te bevatten")
                })?
            }
        };
        Ok(NewRows { frame, strata })
    }
}

struct NewRows {
    frame: Frame,
    strata: Vec<u32>,
}

/// Functions in a formula that make no columns.
pub const COVARIATES: DesignOptions<'static> = DesignOptions {
    except: &["strata", "cluster"],
    always_intercept: true,
};

pub fn warn_infinite(inputs: &Inputs<'_>, fit: &CoxFit, names: &[String]) {
    if !fit.infinite.is_empty() {
        let infinite: Vec<&str> = fit
            .infinite
            .iter()
            .map(|&place| names[place].as_str())
            .collect();
        let message = format!(
            "Coëfficiënten {} zijn waarschijnlijk oneindig: de aannemelijkheid convergeert eerder dan zij.",
            infinite.join(", ")
        );
        inputs.warn("infinite_coefficient", message);
    }
    if !fit.converged {
        let message = format!("Na {} stappen niet geconvergeerd.", fit.iterations);
        inputs.warn("not_converged", message);
    }
}

/// The times of the long data, in the engine's form.
pub struct LongRows {
    pub start: Vec<f64>,
    pub stop: Vec<f64>,
    pub event: Vec<bool>,
    pub strata: Vec<u32>,
    pub weights: Option<Vec<f64>>,
}

impl LongRows {
    fn of(rows: &ModelFrame, survival: &Survival) -> Result<Self, Failure> {
        Ok(Self {
            start: survival.start_or(f64::NEG_INFINITY),
            stop: survival.stop.clone(),
            event: survival.events(),
            strata: rows
                .strata()
                .map_or_else(|| vec![0; rows.len()], |strata| strata.codes),
            weights: rows.role_numbers("weights")?,
        })
    }

    /// The transition of each row: the number in `strata(…)`, or the place of its level where
    /// levels are no numbers.
    fn transitions(&self, rows: &ModelFrame, count: usize) -> Result<Vec<u32>, Failure> {
        let specials = rows.specials("strata");
        let numbers = match specials.as_slice() {
            [(_, variable)] => variable.factor().and_then(|factor| numbers(&factor)),
            _ => None,
        };
        let transition = numbers.unwrap_or_else(|| self.strata.clone());
        if specials.is_empty() && count > 1 {
            let message = "Zonder covariaten hoort het nummer van de overgang een stratum te zijn: ~ strata(trans).";
            return Err(Failure::new("no_strata", message));
        }
        if let Some(&unknown) = transition.iter().find(|&&number| number as usize >= count) {
            let message = format!(
                "Overgang {} staat niet in de overgangsmatrix.",
                u64::from(unknown) + 1
            );
            return Err(Failure::new("unknown_transition", message));
        }
        Ok(transition)
    }

    fn rows<'a>(&'a self, transition: &'a [u32]) -> TransitionRows<'a> {
        TransitionRows {
            start: &self.start,
            stop: &self.stop,
            event: &self.event,
            transition,
            weights: self.weights.as_deref(),
        }
    }

    fn cox<'a>(&'a self, rows: &'a ModelFrame, design: &'a Matrix) -> CoxData<'a> {
        CoxData {
            entry: Some(&self.start),
            strata: Some(&self.strata),
            weights: self.weights.as_deref(),
            offset: rows.offset.as_deref(),
            ..CoxData::new(&self.stop, &self.event, design)
        }
    }
}

/// The numbers that the levels `trans=1`, `trans=2` name, counted from 0.
fn numbers(strata: &formula::Factor) -> Option<Vec<u32>> {
    let number = |level: &String| {
        let text = level.rsplit('=').next().unwrap_or(level);
        text.trim().parse::<u32>().ok()?.checked_sub(1)
    };
    let numbers = strata
        .levels
        .iter()
        .map(number)
        .collect::<Option<Vec<u32>>>()?;
    let code = |&code: &u32| numbers.get(code as usize).copied();
    strata.codes.iter().map(code).collect()
}
