//! `ipw`: inverse-probability weights, as R's `ipw::ipwpoint` and `ipw::ipwtm`.

use super::Fit;
use super::glm::Regression;
use crate::arguments::DataArguments;
use crate::text::{TextTable, signif};
use crate::{Failure, Fitted, Inputs, json};
use clap::{Args, ValueEnum};
use formula::{DesignOptions, Expression, Formula, Frame, ModelFrame, Role};
use serde_json::{Map, Value, json};
use statistics::cox::{CoxControl, CoxData, CoxFit, PartialLikelihood, Ties};
use statistics::glm::{Family, Glm, Link};
use statistics::inverse_probability::{
    Exposed, ExposureRows, NormalExposure, WeightSummary, density_weights, exposure_weights,
    probability_of_event, truncated,
};
use statistics::matrix::Matrix;

/// Options of `ipw`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// The table.
    #[command(flatten)]
    data: DataArguments,
    /// De blootstelling (0 of 1, of een getal bij gaussian), of het verlaten van de studie.
    #[arg(long, value_name = "UITDRUKKING")]
    exposure: String,
    /// Waarvan de blootstelling afhangt: "~ age + sex".
    #[arg(long, value_name = "FORMULE")]
    denominator: String,
    /// Teller van gestabiliseerde gewichten: "~ 1", of met wat in de analyse zelf staat. Zonder
    /// deze optie is de teller 1.
    #[arg(long, value_name = "FORMULE")]
    numerator: Option<String>,
    /// Model van de blootstelling.
    #[arg(long, value_enum, default_value_t = FamilyName::Binomial)]
    family: FamilyName,
    /// Linkfunctie bij binomial.
    #[arg(long, value_enum, default_value_t = LinkName::Logit)]
    link: LinkName,
    /// Kolom die zegt van wie een rij is; zonder deze optie is elke rij een persoon.
    #[arg(long, value_name = "KOLOM")]
    id: Option<String>,
    /// Einde van elke rij, of haar volgnummer.
    #[arg(long, value_name = "UITDRUKKING")]
    timevar: Option<String>,
    /// Begin van elke rij, bij survival.
    #[arg(long, value_name = "UITDRUKKING")]
    tstart: Option<String>,
    /// Wat de blootstelling van een rij betekent.
    #[arg(long = "type", value_enum, default_value_t = Kind::First)]
    kind: Kind,
    /// Kap gewichten af op dit deel aan elke kant: 0.01.
    #[arg(long, value_name = "DEEL")]
    trunc: Option<f64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FamilyName {
    /// Ja of nee, per rij
    Binomial,
    /// Een hoeveelheid, normaal verdeeld
    Gaussian,
    /// Tijd tot de blootstelling: Cox
    Survival,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum LinkName {
    Logit,
    Probit,
    Cloglog,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// De eerste blootstelling telt; daarna blijft het gewicht gelijk
    First,
    /// Elke rij telt
    All,
    /// Blootstelling is het verlaten van de studie
    Cens,
}

/// One of the two models.
struct Fraction {
    names: Vec<String>,
    coefficients: Vec<f64>,
    /// Per row the probability of exposure, or its mean.
    fitted: Vec<f64>,
    sd: f64,
}

/// Rows without missing values in any of the columns.
struct Table {
    frame: Frame,
    exposure: Vec<f64>,
    person: Vec<u32>,
    start: Vec<f64>,
    time: Vec<f64>,
}

impl Fit for Options {
    fn fit(&self, inputs: &Inputs<'_>) -> Result<Fitted, Failure> {
        let table = self.table(inputs)?;
        if self.family != FamilyName::Gaussian {
            self.exposed(&table)?;
        }
        let denominator = self.fraction(inputs, &table, &self.denominator)?;
        let numerator = match &self.numerator {
            Some(formula) => Some(self.fraction(inputs, &table, formula)?),
            None => None,
        };
        let weights = self.weights(&table, numerator.as_ref(), &denominator)?;
        let cut = self
            .trunc
            .map(|share| truncated(&weights, share))
            .transpose()?;
        self.tell(inputs, &weights)?;
        let mut result = Map::new();
        result.insert("ipw.weights".into(), json::numbers(&weights));
        result.insert(
            "summary".into(),
            summary_json(&WeightSummary::of(&weights)?),
        );
        if let Some(cut) = &cut {
            result.insert("weights.trunc".into(), json::numbers(cut));
            result.insert(
                "summary.trunc".into(),
                summary_json(&WeightSummary::of(cut)?),
            );
        }
        result.insert("den.mod".into(), model_json(&denominator));
        if let Some(numerator) = &numerator {
            result.insert("num.mod".into(), model_json(numerator));
        }
        Ok(Fitted::new(
            Value::Object(result),
            text(&weights, cut.as_deref())?,
        ))
    }
}

impl Options {
    fn roles(&self) -> Result<Vec<Role>, Failure> {
        let named = [
            ("exposure", Some(self.exposure.as_str())),
            ("id", self.id.as_deref()),
            ("time", self.timevar.as_deref()),
            ("start", self.tstart.as_deref()),
        ];
        let given = named
            .into_iter()
            .filter_map(|(name, text)| Some((name, text?)));
        given
            .map(|(name, text)| {
                let expression = Expression::parse(text)?;
                Ok(Role { name, expression })
            })
            .collect()
    }

    /// All models are fitted to the rows that are complete for all of them.
    fn table(&self, inputs: &Inputs<'_>) -> Result<Table, Failure> {
        let frame = self.data.frame(inputs)?;
        let right = |text: &str| text.trim().trim_start_matches('~').to_owned();
        let mut all = format!("~ {}", right(&self.denominator));
        if let Some(numerator) = &self.numerator {
            all.push_str(&format!(" + {}", right(numerator)));
        }
        let model = ModelFrame::new(&Formula::parse(&all)?, &frame, &self.roles()?)?;
        inputs.count_rows(crate::Rows {
            read: model.read,
            used: model.len(),
        });
        let numbers = |name: &str| model.role_numbers(name);
        let exposure = numbers("exposure")?.unwrap_or_default();
        let count = model.len();
        let person = model.role_groups("id").map(|groups| groups.codes);
        let longitudinal = person.is_some();
        if longitudinal && self.timevar.is_none() {
            return Err(Failure::option(
                "timevar",
                "bij --id hoort de volgorde van de rijen",
            ));
        }
        Ok(Table {
            frame: frame.select(&model.rows),
            exposure,
            person: person.unwrap_or_else(|| (0..count as u32).collect()),
            start: numbers("start")?.unwrap_or_else(|| vec![f64::NEG_INFINITY; count]),
            time: numbers("time")?.unwrap_or_else(|| vec![0.0; count]),
        })
    }

    fn exposed(&self, table: &Table) -> Result<Vec<bool>, Failure> {
        let exposed = |&value: &f64| match value {
            0.0 => Some(false),
            1.0 => Some(true),
            _ => None,
        };
        let all: Option<Vec<bool>> = table.exposure.iter().map(exposed).collect();
        all.ok_or_else(|| Failure::option("exposure", "verwacht 0 en 1"))
    }

    fn fraction(
        &self,
        inputs: &Inputs<'_>,
        table: &Table,
        formula: &str,
    ) -> Result<Fraction, Failure> {
        let right = formula.trim().trim_start_matches('~');
        let text = format!("{} ~ {right}", self.exposure);
        let model = ModelFrame::new(&Formula::parse(&text)?, &table.frame, &[])?;
        match self.family {
            FamilyName::Survival => self.survival(inputs, table, &model),
            _ => self.regression(inputs, table, &model),
        }
    }

    fn regression(
        &self,
        inputs: &Inputs<'_>,
        table: &Table,
        model: &ModelFrame,
    ) -> Result<Fraction, Failure> {
        let (family, link) = match (self.family, self.link) {
            (FamilyName::Gaussian, _) => (Family::Gaussian, Link::Identity),
            (_, LinkName::Logit) => (Family::Binomial, Link::Logit),
            (_, LinkName::Probit) => (Family::Binomial, Link::Probit),
            (_, LinkName::Cloglog) => (Family::Binomial, Link::ComplementaryLogLog),
        };
        let mut regression = Regression::of(model, family)?;
        regression.y.clone_from(&table.exposure);
        let needed = self.needed(table)?;
        let mut own = Regression {
            names: regression.names.clone(),
            x: regression.x.gather_rows(&needed),
            y: needed.iter().map(|&row| regression.y[row]).collect(),
            weights: None,
            offset: None,
        };
        if let Some(offset) = &regression.offset {
            own.offset = Some(needed.iter().map(|&row| offset[row]).collect());
        }
        let fit = Glm::fit(own.data(), family, link)?;
        if !fit.infinite.is_empty() {
            inputs.warn(
                "separation",
                "Covariaten scheiden blootgesteld van niet: sommige gewichten zeggen niets.",
            );
        }
        // Rows after a first exposure keep their weight: their probability is not used.
        let mut fitted = regression.y.iter().map(|_| 0.5).collect::<Vec<f64>>();
        for (&row, &value) in needed.iter().zip(&fit.fitted) {
            fitted[row] = value;
        }
        Ok(Fraction {
            names: regression.names,
            sd: fit.dispersion.sqrt(),
            coefficients: fit.coefficients,
            fitted,
        })
    }

    /// Rows that the model is fitted to: until the first exposure, where that is what counts.
    fn needed(&self, table: &Table) -> Result<Vec<usize>, Failure> {
        let count = table.exposure.len();
        if self.family == FamilyName::Gaussian || self.kind == Kind::All || self.id.is_none() {
            return Ok((0..count).collect());
        }
        let exposed = self.exposed(table)?;
        let persons = table
            .person
            .iter()
            .max()
            .map_or(0, |&last| last as usize + 1);
        let mut first = vec![f64::INFINITY; persons];
        for row in (0..count).filter(|&row| exposed[row]) {
            let first = &mut first[table.person[row] as usize];
            *first = first.min(table.time[row]);
        }
        let until = |row: &usize| table.time[*row] <= first[table.person[*row] as usize];
        Ok((0..count).filter(until).collect())
    }

    fn survival(
        &self,
        inputs: &Inputs<'_>,
        table: &Table,
        model: &ModelFrame,
    ) -> Result<Fraction, Failure> {
        if self.timevar.is_none() {
            return Err(Failure::option(
                "timevar",
                "bij survival hoort het einde van elke rij",
            ));
        }
        let options = DesignOptions {
            except: &["strata"],
            always_intercept: true,
        };
        let design = model.design(options)?.without_intercept();
        let columns = design.columns();
        let x = Matrix::from_values(design.rows, columns, design.values);
        let needed = self.needed(table)?;
        let x = x.gather_rows(&needed);
        let exposed = self.exposed(table)?;
        let pick = |values: &[f64]| needed.iter().map(|&row| values[row]).collect::<Vec<f64>>();
        let event: Vec<bool> = needed.iter().map(|&row| exposed[row]).collect();
        let strata = model.strata().map(|strata| {
            let codes = needed.iter().map(|&row| strata.codes[row]);
            codes.collect::<Vec<u32>>()
        });
        let (start, time) = (pick(&table.start), pick(&table.time));
        let data = CoxData {
            entry: Some(&start),
            strata: strata.as_deref(),
            ..CoxData::new(&time, &event, &x)
        };
        let likelihood = PartialLikelihood::new(&data, Ties::Efron)?;
        let control = CoxControl {
            tolerance: 1e-12,
            ..CoxControl::default()
        };
        let fit = CoxFit::maximise(&likelihood, &control)?;
        if !fit.infinite.is_empty() {
            inputs.warn(
                "infinite_coefficient",
                "Een coëfficiënt van het model is oneindig.",
            );
        }
        let hazards = likelihood.expected_events(&likelihood.sums(&fit.coefficients)?);
        let mut fitted = vec![0.0; table.exposure.len()];
        for (&row, &hazard) in needed.iter().zip(&hazards) {
            fitted[row] = probability_of_event(hazard);
        }
        Ok(Fraction {
            names: design.names,
            coefficients: fit.coefficients,
            fitted,
            sd: f64::NAN,
        })
    }

    fn weights(
        &self,
        table: &Table,
        numerator: Option<&Fraction>,
        denominator: &Fraction,
    ) -> Result<Vec<f64>, Failure> {
        if self.family == FamilyName::Gaussian {
            let normal = |fraction: &Fraction| fraction.sd;
            let (below, above) = (normal(denominator), numerator.map(normal));
            let of = |fraction, sd| NormalExposure { mean: fraction, sd };
            let above = numerator
                .zip(above)
                .map(|(fraction, sd)| of(&fraction.fitted, sd));
            let below = of(denominator.fitted.as_slice(), below);
            return Ok(density_weights(&table.exposure, above, below)?);
        }
        let exposed = self.exposed(table)?;
        let rows = ExposureRows {
            person: &table.person,
            time: &table.time,
            exposed: &exposed,
        };
        let kind = match (&self.id, self.kind) {
            (None, Kind::Cens) | (Some(_), Kind::Cens) => Exposed::Censored,
            (None, _) => Exposed::Once,
            (_, Kind::First) => Exposed::First,
            (_, Kind::All) => Exposed::EachTime,
        };
        let above = numerator.map(|numerator| numerator.fitted.as_slice());
        Ok(exposure_weights(rows, above, &denominator.fitted, kind)?)
    }

    fn tell(&self, inputs: &Inputs<'_>, weights: &[f64]) -> Result<(), Failure> {
        let summary = WeightSummary::of(weights)?;
        if self.numerator.is_some() && (summary.mean - 1.0).abs() > 0.2 {
            let message = format!(
                "Het gemiddelde van de gestabiliseerde gewichten is {}, niet ongeveer 1: een van de modellen klopt niet, of positiviteit ontbreekt.",
                signif(summary.mean, 3)
            );
            inputs.warn("weights_not_near_one", message);
        }
        Ok(())
    }
}

fn summary_json(summary: &WeightSummary) -> Value {
    json!({
        "mean": json::number(summary.mean),
        "sd": json::number(summary.sd),
        "min": json::number(summary.min),
        "max": json::number(summary.max),
        "ess": json::number(summary.effective_size),
    })
}

fn model_json(fraction: &Fraction) -> Value {
    let named = fraction.names.iter().zip(&fraction.coefficients);
    json!({
        "coefficients": json::columns(named.map(|(name, &b)| (name, json::number(b)))),
        "fitted": json::numbers(&fraction.fitted),
    })
}

fn text(weights: &[f64], cut: Option<&[f64]>) -> Result<String, Failure> {
    let mut table = TextTable::new(["mean", "sd", "min", "max", "ESS"]);
    let named = [("ipw.weights", Some(weights)), ("weights.trunc", cut)];
    for (name, weights) in named
        .into_iter()
        .filter_map(|(name, all)| Some((name, all?)))
    {
        let of = WeightSummary::of(weights)?;
        let cells = [of.mean, of.sd, of.min, of.max, of.effective_size];
        table.row(name, cells.map(|value| signif(value, 5)));
    }
    Ok(table.print())
}
