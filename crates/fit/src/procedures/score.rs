//! `score`: Brier score and AUC of predicted risks, as R's `riskRegression::Score`.

mod report;
mod risks;

use super::Fit;
use super::coxphf::TiesName;
use crate::arguments::SurvivalArguments;
use crate::prepare::cause;
use crate::{Failure, Fitted, Inputs};
use clap::{Args, ValueEnum};
use formula::{Censoring, Survival};
use report::{Measured, Report};
use risks::{Models, RiskModel};
use statistics::NotEstimable;
use statistics::cox::{SurvivalType, Ties};
use statistics::prediction::{CompetingOutcomes, HorizonOutcomes, RiskScore, WeightError};

/// Options of `score`. The formula is the first model; `~ 1` is none.
#[derive(Args, Clone, Debug)]
pub struct Options {
    #[command(flatten)]
    survival: SurvivalArguments,
    /// De oorzaak waarvan het risico beoordeeld wordt: naam of nummer; zonder deze optie de eerste.
    #[arg(long, value_name = "OORZAAK")]
    cause: Option<String>,
    /// Tijden waarop de voorspelling beoordeeld wordt.
    #[arg(
        long,
        value_name = "TIJDEN",
        value_delimiter = ',',
        num_args = 1,
        required = true
    )]
    times: Vec<f64>,
    /// Hoe risico's uit een model volgen; zonder deze optie csc bij meer oorzaken, anders cox.
    #[arg(long, value_enum)]
    method: Option<Method>,
    /// Nog een model: de termen, of bij csc die per oorzaak: "age + sex; age". Ook met eigen
    /// methode: "finegray: age + sex". Herhaalbaar.
    #[arg(long = "model", value_name = "TERMEN")]
    models: Vec<String>,
    /// Risico's die er al zijn, een term per tijd: "r1000 + r2000". Herhaalbaar.
    #[arg(long, value_name = "TERMEN")]
    given: Vec<String>,
    /// Naam van een model, in volgorde. Herhaalbaar.
    #[arg(long, value_name = "NAAM")]
    label: Vec<String>,
    /// Wat berekend wordt.
    #[arg(
        long,
        value_enum,
        value_delimiter = ',',
        num_args = 1,
        default_values_t = [Metric::Auc, Metric::Brier]
    )]
    metrics: Vec<Metric>,
    /// Zonder het model dat iedereen hetzelfde risico geeft (R: null.model = FALSE).
    #[arg(long)]
    no_null_model: bool,
    /// Standaardfouten alsof de gewichten voor censurering bekend zijn (R: conservative).
    #[arg(long)]
    conservative: bool,
    /// Betrouwbaarheid van de intervallen.
    #[arg(long, default_value_t = 0.95)]
    conf_int: f64,
    /// Gelijke tijden in de Cox-modellen.
    #[arg(long, value_enum, default_value_t = TiesName::Efron)]
    ties: TiesName,
    /// Overleving bij csc als exp(−Λ) in plaats van het product (R: product.limit = FALSE).
    #[arg(long)]
    no_product_limit: bool,
    /// Geef ook de voorspelde risico's: een rij per persoon, een kolom per tijd.
    #[arg(long)]
    risks: bool,
}

/// Where the risks of a model come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Method {
    /// Cox-modellen per oorzaak (R: CSC)
    Csc,
    /// Eén Cox-model: 1 − exp(−Λ) (R: coxph)
    Cox,
    /// Fine en Gray (R: FGR)
    Finegray,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Metric {
    /// Oppervlak onder de ROC-curve
    Auc,
    /// Brier-score
    Brier,
}

/// Whose risks are judged, and when.
struct Target {
    survival: Survival,
    /// The cause, and how many there are.
    cause: u32,
    causes: u32,
    times: Vec<f64>,
}

impl Target {
    fn outcomes(&self) -> CompetingOutcomes<'_> {
        CompetingOutcomes {
            time: &self.survival.stop,
            status: &self.survival.status,
            cause: self.cause,
        }
    }
}

impl Fit for Options {
    fn fit(&self, inputs: &Inputs<'_>) -> Result<Fitted, Failure> {
        let frame = self.survival.model.data.frame(inputs)?;
        let models = Models::new(&self.survival, inputs, &frame)?;
        let target = self.target(&models)?;
        let judged = self.judged(&models, &target)?;
        let outcomes = self.outcomes(&target)?;
        let mut measured = Vec::new();
        for &metric in &self.metrics {
            measured.push((metric, measure(metric, &judged, &outcomes, inputs)?));
        }
        let report = Report {
            times: &target.times,
            models: &judged,
            level: self.conf_int,
            rows: target.survival.stop.len(),
        };
        report.fitted(&measured, self.risks)
    }
}

impl Options {
    fn target(&self, models: &Models<'_>) -> Result<Target, Failure> {
        let survival = models.outcome()?;
        if survival.censoring != Censoring::Right || self.survival.model.weights.is_some() {
            let message = "Score vraagt één rij per persoon, van het begin af gevolgd, zonder \
                           gewicht.";
            return Err(Failure::new("no_left_truncation", message));
        }
        Ok(Target {
            cause: cause(&survival, self.cause.as_deref())?,
            causes: survival.states.len().max(1) as u32,
            times: self.times.clone(),
            survival,
        })
    }

    /// The models to judge; the null model first.
    fn judged(&self, models: &Models<'_>, target: &Target) -> Result<Vec<RiskModel>, Failure> {
        let mut judged = Vec::new();
        if !self.no_null_model {
            judged.push(RiskModel::null(target)?);
        }
        let first = models.has_terms().then(|| models.terms());
        for text in first
            .into_iter()
            .chain(self.models.iter().map(String::as_str))
        {
            let (method, terms) = self.method_of(text, target)?;
            let risks = match method {
                Method::Csc => models.cause_specific(terms, target, self.rules())?,
                Method::Cox => models.single_cause(terms, target, self.ties.ties())?,
                Method::Finegray => models.fine_gray(terms, target)?,
            };
            judged.push(RiskModel::new(text, risks));
        }
        for text in &self.given {
            judged.push(RiskModel::new(text, models.given(text, target)?));
        }
        if judged.iter().all(|model| model.is_null) {
            let message = "Er is geen model: noem termen in de formule, --model of --given.";
            return Err(Failure::new("no_predictor", message));
        }
        let own = judged.iter_mut().filter(|model| !model.is_null);
        for (model, label) in own.zip(&self.label) {
            model.name.clone_from(label);
        }
        Ok(judged)
    }

    /// "finegray: age" or the terms alone.
    fn method_of<'a>(&self, text: &'a str, target: &Target) -> Result<(Method, &'a str), Failure> {
        let named = text
            .split_once(':')
            .and_then(|(name, terms)| Some((Method::from_str(name.trim(), true).ok()?, terms)));
        let (method, terms) = named.unwrap_or_else(|| {
            let usual = if target.causes > 1 {
                Method::Csc
            } else {
                Method::Cox
            };
            (self.method.unwrap_or(usual), text)
        });
        if method == Method::Cox && target.causes > 1 {
            let message = "cox kent één soort gebeurtenis; bij meer oorzaken csc of finegray";
            return Err(Failure::option("method", message));
        }
        Ok((method, terms))
    }

    fn rules(&self) -> (Ties, SurvivalType) {
        let survival = match self.no_product_limit {
            true => SurvivalType::Exponential,
            false => SurvivalType::ProductLimit,
        };
        (self.ties.ties(), survival)
    }

    fn outcomes(&self, target: &Target) -> Result<Vec<HorizonOutcomes>, Failure> {
        let error = match self.conservative {
            true => WeightError::Ignored,
            false => WeightError::Counted,
        };
        let outcomes = target.outcomes();
        let at = |&time: &f64| Ok(outcomes.at(time, error)?);
        target.times.iter().map(at).collect()
    }
}

/// The scores of each model at each time.
fn measure(
    metric: Metric,
    models: &[RiskModel],
    outcomes: &[HorizonOutcomes],
    inputs: &Inputs<'_>,
) -> Result<Measured, Failure> {
    let score = |(outcomes, risk): (&HorizonOutcomes, &Vec<f64>)| {
        let score: Result<RiskScore, NotEstimable> = match metric {
            Metric::Auc => outcomes.auc(risk),
            Metric::Brier => outcomes.brier(risk),
        };
        match score {
            Ok(score) => Ok(Some(score)),
            Err(NotEstimable::OneLevel { .. }) => {
                let message = "Op een van de tijden is er geen gebeurtenis of niemand zonder: \
                               daar is geen AUC.";
                inputs.warn("no_auc", message);
                Ok(None)
            }
            Err(other) => Err(Failure::from(other)),
        }
    };
    models
        .iter()
        .map(|model| match metric == Metric::Auc && model.is_null {
            // Who gives everybody the same risk orders nobody.
            true => Ok(Vec::new()),
            false => outcomes.iter().zip(&model.risks).map(score).collect(),
        })
        .collect()
}
