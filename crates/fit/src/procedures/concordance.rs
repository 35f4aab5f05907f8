//! `concordance`: how well predictors or models order outcomes, as R's `concordance`.

use super::Fit;
use crate::arguments::SurvivalArguments;
use crate::text::{TextTable, signif};
use crate::{Failure, Fitted, Inputs, json};
use clap::{Args, ValueEnum};
use formula::{DesignOptions, Factor, Frame, ModelFrame, Value as Variable};
use serde_json::{Map, Value};
use statistics::concordance::{
    Concordance, ConcordanceData, ConcordanceOptions, Details, PairCounts, TimeWeight, covariance,
};
use statistics::cox::{CoxControl, CoxData, CoxFit, Ties};
use statistics::matrix::Matrix;

/// Options of `concordance`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    #[command(flatten)]
    model: SurvivalArguments,
    /// Gewicht van de tijd.
    #[arg(long, value_enum, default_value_t = Weight::N)]
    timewt: Weight,
    /// Grotere voorspellers horen bij vroegere gebeurtenissen (risico's).
    #[arg(long)]
    reverse: bool,
    /// Tijden hieronder tellen als deze tijd.
    #[arg(long, allow_negative_numbers = true)]
    ymin: Option<f64>,
    /// Van tijden hierboven telt alleen dat zij later zijn.
    #[arg(long, allow_negative_numbers = true)]
    ymax: Option<f64>,
    /// Clusters waarvan de rijen samen tellen in de variantie.
    #[arg(long, value_name = "UITDRUKKING")]
    cluster: Option<String>,
    /// Geef de tellingen per stratum zolang er hoogstens zoveel strata zijn; 0 telt ze op.
    #[arg(long, value_name = "AANTAL", default_value_t = 10)]
    keepstrata: usize,
    /// Ook de invloed per rij: 1 dfbeta, 2 op de tellingen, 3 beide.
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u8).range(0..=3))]
    influence: u8,
    /// Ook de rangen van de gebeurtenissen.
    #[arg(long)]
    ranks: bool,
    /// Variantie zonder verband (cvar) bij gewichten van de tijd: kwadratisch, of zoals R.
    #[arg(long, value_enum, default_value_t = NullVariance::Squared)]
    cvar: NullVariance,
    /// De rechterkant is een Cox-model: beoordeeld wordt zijn lineaire voorspeller.
    #[arg(long)]
    cox: bool,
    /// Nog een model over dezelfde uitkomst: de rechterkant van een formule. Herhaalbaar.
    #[arg(long = "model", value_name = "TERMEN")]
    others: Vec<String>,
    /// Naam van een model in de tabel, in volgorde. Herhaalbaar.
    #[arg(long, value_name = "NAAM")]
    label: Vec<String>,
}

/// Weights over time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Weight {
    /// Alle paren even zwaar (Harrell)
    #[value(name = "n")]
    N,
    /// Overleving
    #[value(name = "S")]
    S,
    /// Overleving gedeeld door die van de censurering (Schemper)
    #[value(name = "S/G")]
    SurvivalOverG,
    /// Gedeeld door het kwadraat van die van de censurering (Uno)
    #[value(name = "n/G2")]
    InverseG2,
    /// Alle gebeurtenissen even zwaar
    #[value(name = "I")]
    I,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum NullVariance {
    /// Gewichten in het kwadraat, zoals de variantie van een gewogen som
    Squared,
    /// Gewichten in de eerste macht, zoals R
    R,
}

impl Weight {
    fn kind(self) -> TimeWeight {
        match self {
            Self::N => TimeWeight::AtRisk,
            Self::S => TimeWeight::Survival,
            Self::SurvivalOverG => TimeWeight::SurvivalOverCensoring,
            Self::InverseG2 => TimeWeight::InverseCensoringSquared,
            Self::I => TimeWeight::Events,
        }
    }
}

/// An outcome with what belongs to it.
struct Outcome {
    entry: Option<Vec<f64>>,
    time: Vec<f64>,
    event: Vec<bool>,
    weights: Option<Vec<f64>>,
    strata: Option<Factor>,
    cluster: Option<Factor>,
    rows: Vec<usize>,
}

impl Fit for Options {
    fn fit(&self, inputs: &Inputs<'_>) -> Result<Fitted, Failure> {
        let frame = self.model.model.data.frame(inputs)?;
        let mut named = Vec::new();
        let mut outcome: Option<Outcome> = None;
        for formula in self.formulas() {
            let model = self.model_frame(inputs, &frame, &formula)?;
            let this = self.outcome(&model)?;
            let predictors = match self.cox {
                true => vec![(formula.clone(), linear_predictor(&model, &this)?)],
                false => predictors(&model)?,
            };
            same_rows(outcome.as_ref(), &this)?;
            let options = ConcordanceOptions {
                time_weight: self.timewt.kind(),
                reverse: self.reverse || self.cox,
                from: self.ymin,
                until: self.ymax,
                details: Details::Influence,
            };
            for (name, predictor) in predictors {
                let data = this.data(&predictor);
                named.push((name, Concordance::of(&data, &options)?));
            }
            outcome = Some(this);
        }
        let outcome = outcome.expect("there is at least one formula");
        for (place, label) in self.label.iter().enumerate() {
            if let Some((name, _)) = named.get_mut(place) {
                name.clone_from(label);
            }
        }
        let cluster = outcome.cluster.as_ref().map(|c| c.codes.as_slice());
        let all: Vec<&Concordance> = named.iter().map(|(_, concordance)| concordance).collect();
        let variance = covariance(&all, cluster)?;
        let result = self.result(&named, &variance, &outcome);
        Ok(Fitted::new(
            Value::Object(result),
            summary(&named, &variance, &outcome),
        ))
    }
}

impl Options {
    /// The formula, and the same outcome with other terms.
    fn formulas(&self) -> Vec<String> {
        let formula = &self.model.model.formula;
        let outcome = formula.split_once('~').map_or("", |(outcome, _)| outcome);
        let others = self.others.iter().map(|terms| match terms.contains('~') {
            true => terms.clone(),
            false => format!("{outcome}~ {terms}"),
        });
        std::iter::once(formula.clone()).chain(others).collect()
    }

    fn model_frame(
        &self,
        inputs: &Inputs<'_>,
        frame: &Frame,
        formula: &str,
    ) -> Result<ModelFrame, Failure> {
        let mut arguments = self.model.model.clone();
        arguments.formula = formula.to_owned();
        arguments.model_of(inputs, frame, &[("cluster", self.cluster.as_deref())])
    }

    fn outcome(&self, model: &ModelFrame) -> Result<Outcome, Failure> {
        let weights = model.role_numbers("weights")?;
        let strata = model.strata();
        let cluster = cluster(model);
        let rows = model.rows.clone();
        let is_survival = model
            .response
            .as_ref()
            .is_some_and(|response| matches!(response.value, Variable::Survival(_)));
        if !is_survival {
            let time = model.response_numbers()?;
            return Ok(Outcome {
                entry: None,
                event: vec![true; time.len()],
                time,
                weights,
                strata,
                cluster,
                rows,
            });
        }
        let survival = self.model.times(model)?;
        if survival.is_multistate() {
            let message = "Concordantie vraagt één soort gebeurtenis.";
            return Err(Failure::new("wrong_outcome", message));
        }
        Ok(Outcome {
            entry: (!survival.start.is_empty()).then(|| survival.start.clone()),
            event: survival.events(),
            time: survival.stop,
            weights,
            strata,
            cluster,
            rows,
        })
    }

    fn result(
        &self,
        named: &[(String, Concordance)],
        variance: &Matrix,
        outcome: &Outcome,
    ) -> Map<String, Value> {
        let estimates: Vec<f64> = named.iter().map(|(_, c)| c.concordance).collect();
        let null: Vec<f64> = named.iter().map(|(_, c)| self.null_variance(c)).collect();
        let mut result = Map::new();
        let mut set = |name: &str, value| result.insert(name.into(), value);
        set("concordance", json::numbers(&estimates));
        set(
            "std.err",
            json::numbers(
                &variance
                    .diagonal_values()
                    .iter()
                    .map(|v| v.sqrt())
                    .collect::<Vec<_>>(),
            ),
        );
        match named {
            [(_, only)] => {
                set("var", json::number(variance[(0, 0)]));
                set("cvar", json::number(null[0]));
                set("count", self.counts(only, outcome));
                if self.influence & 1 == 1 {
                    set("dfbeta", json::numbers(&only.dfbeta));
                }
                if self.influence & 2 == 2 {
                    set("influence", table(None, &only.influence));
                }
                if self.ranks {
                    set("ranks", ranks(only, outcome));
                }
            }
            _ => {
                set("var", json::rows(variance.values(), named.len()));
                set("cvar", json::numbers(&null));
                let names: Vec<&str> = named.iter().map(|(name, _)| name.as_str()).collect();
                let counts: Vec<PairCounts> = named.iter().map(|(_, c)| c.count).collect();
                set("count", table(Some(&names), &counts));
                if self.influence & 1 == 1 {
                    let dfbeta = named
                        .iter()
                        .map(|(name, c)| (name, json::numbers(&c.dfbeta)));
                    set("dfbeta", json::columns(dfbeta));
                }
            }
        }
        set("n", outcome.time.len().into());
        result
    }

    fn null_variance(&self, concordance: &Concordance) -> f64 {
        match self.cvar {
            NullVariance::Squared => concordance.null_variance,
            NullVariance::R => concordance.null_variance_r,
        }
    }

    /// Per stratum where there are few, else together.
    fn counts(&self, concordance: &Concordance, outcome: &Outcome) -> Value {
        match &outcome.strata {
            Some(strata) if strata.levels.len() > 1 && strata.levels.len() <= self.keepstrata => {
                let names: Vec<&str> = strata.levels.iter().map(String::as_str).collect();
                table(Some(&names), &concordance.strata)
            }
            _ => {
                let values = concordance.count.to_array().map(json::number);
                json::columns(COUNTS.into_iter().zip(values))
            }
        }
    }
}

/// R's names of the five counts.
const COUNTS: [&str; 5] = ["concordant", "discordant", "tied.x", "tied.y", "tied.xy"];

fn table(names: Option<&[&str]>, counts: &[PairCounts]) -> Value {
    let column = |place: usize| -> Vec<f64> {
        counts
            .iter()
            .map(|counts| counts.to_array()[place])
            .collect()
    };
    let columns = (0..5).map(|place| (COUNTS[place], json::numbers(&column(place))));
    match names {
        Some(names) => json::table(names, columns),
        None => json::columns(columns),
    }
}

fn ranks(concordance: &Concordance, outcome: &Outcome) -> Value {
    let of = |pick: &dyn Fn(&statistics::concordance::EventRank) -> f64| {
        json::numbers(&concordance.ranks.iter().map(pick).collect::<Vec<_>>())
    };
    let weight = |row: usize| outcome.weights.as_ref().map_or(1.0, |weights| weights[row]);
    json::columns([
        ("time", of(&|event| event.time)),
        ("rank", of(&|event| event.rank)),
        ("timewt", of(&|event| event.time_weight)),
        ("casewt", of(&|event| weight(event.row))),
        ("variance", of(&|event| event.variance)),
        ("row", of(&|event| (outcome.rows[event.row] + 1) as f64)),
    ])
}

impl Outcome {
    fn data<'a>(&'a self, predictor: &'a [f64]) -> ConcordanceData<'a> {
        ConcordanceData {
            entry: self.entry.as_deref(),
            time: &self.time,
            event: &self.event,
            predictor,
            weights: self.weights.as_deref(),
            strata: self.strata.as_ref().map(|strata| strata.codes.as_slice()),
        }
    }
}

/// `cluster()` in the formula, or `--cluster`.
fn cluster(model: &ModelFrame) -> Option<Factor> {
    let named = model.role_groups("cluster");
    named.or_else(|| {
        let specials = model.specials("cluster");
        let (_, variable) = specials.first()?;
        variable.factor().map(|factor| factor.without_unused())
    })
}

fn same_rows(before: Option<&Outcome>, now: &Outcome) -> Result<(), Failure> {
    match before {
        Some(before) if before.rows != now.rows => Err(Failure::new(
            "different_rows",
            "De modellen gebruiken verschillende rijen: laat eerst rijen met ontbrekende waarden \
             weg (--na-omit).",
        )),
        _ => Ok(()),
    }
}

/// Each main effect is a predictor; of an ordered factor its rank.
pub(super) fn predictors(model: &ModelFrame) -> Result<Vec<(String, Vec<f64>)>, Failure> {
    let mut predictors = Vec::new();
    for term in &model.terms.terms {
        let label = model.terms.label(term);
        let [place] = term.variables.as_slice() else {
            let message = format!("'{label}' is geen enkele voorspeller; met --cox wel een model.");
            return Err(Failure::new("not_a_predictor", message));
        };
        let call = model.terms.variables[*place].as_call();
        if call.is_some_and(|call| ["strata", "cluster"].contains(&call.function.as_str())) {
            continue;
        }
        let variable = &model.variables[*place];
        let numbers = variable.numbers().or_else(|| {
            let codes = variable.factor()?.codes;
            Some(codes.iter().map(|&code| f64::from(code)).collect())
        });
        let numbers = numbers.ok_or_else(|| {
            Failure::new(
                "not_a_predictor",
                format!("'{label}' is geen enkele kolom."),
            )
        })?;
        predictors.push((label, numbers));
    }
    match predictors.is_empty() {
        true => Err(Failure::new(
            "no_predictor",
            "De formule noemt geen voorspeller.",
        )),
        false => Ok(predictors),
    }
}

fn linear_predictor(model: &ModelFrame, outcome: &Outcome) -> Result<Vec<f64>, Failure> {
    let options = DesignOptions {
        except: &["strata", "cluster"],
        always_intercept: true,
    };
    let design = model.design(options)?.without_intercept();
    let x = Matrix::from_values(design.rows, design.names.len(), design.values.clone());
    let data = CoxData {
        entry: outcome.entry.as_deref(),
        exit: &outcome.time,
        event: &outcome.event,
        design: &x,
        strata: outcome
            .strata
            .as_ref()
            .map(|strata| strata.codes.as_slice()),
        weights: outcome.weights.as_deref(),
        offset: model.offset.as_deref(),
    };
    let control = CoxControl {
        tolerance: 1e-12,
        ..CoxControl::default()
    };
    let fit = CoxFit::fit(&data, Ties::Efron, &control)?;
    let mut predictor = x.times(&fit.coefficients);
    if let Some(offset) = &model.offset {
        predictor
            .iter_mut()
            .zip(offset)
            .for_each(|(p, offset)| *p += offset);
    }
    Ok(predictor)
}

fn summary(named: &[(String, Concordance)], variance: &Matrix, outcome: &Outcome) -> String {
    let mut estimates = TextTable::new(["concordance", "se"]);
    let mut counts = TextTable::new(COUNTS);
    for (place, (name, concordance)) in named.iter().enumerate() {
        let se = variance[(place, place)].sqrt();
        let cells = [signif(concordance.concordance, 4), signif(se, 4)];
        estimates.row(name.clone(), cells);
        let cells = concordance.count.to_array().map(|count| signif(count, 7));
        counts.row(name.clone(), cells);
    }
    format!(
        "n= {}\n{}\n{}",
        outcome.time.len(),
        estimates.print(),
        counts.print()
    )
}
