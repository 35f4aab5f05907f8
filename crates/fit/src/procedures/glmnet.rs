//! `glmnet`: lasso, ridge regression and the elastic net along a path of penalties.

use super::Fit;
use super::coxphf::HazardRows;
use crate::arguments::SurvivalArguments;
use crate::text::{TextTable, fixed, signif};
use crate::{Failure, Fitted, Inputs, json};
use clap::{Args, ValueEnum};
use formula::{DesignOptions, ModelFrame};
use serde_json::{Map, Value};
use statistics::cox::Ties;
use statistics::matrix::Matrix;
use statistics::penalised::{ElasticNet, Path, PenaltyOptions, Target};

/// Options of `glmnet`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    #[command(flatten)]
    survival: SurvivalArguments,
    /// Soort uitkomst; zonder deze optie cox bij Surv(), anders gaussian.
    #[arg(long, value_enum, value_name = "SOORT")]
    family: Option<Family>,
    /// Aandeel van de lasso in de boete: 1 is lasso, 0 is ridge.
    #[arg(long, default_value_t = 1.0, value_name = "GETAL")]
    alpha: f64,
    /// Boetes; zonder deze optie een pad vanaf de kleinste die alles op nul houdt.
    #[arg(long, value_delimiter = ',', value_name = "GETALLEN")]
    lambda: Option<Vec<f64>>,
    /// Aantal boetes op dat pad.
    #[arg(long, default_value_t = 100, value_name = "AANTAL")]
    nlambda: usize,
    /// Laatste boete als deel van de eerste.
    #[arg(long, value_name = "GETAL")]
    lambda_min_ratio: Option<f64>,
    /// Factor van de boete per kolom; 0 is geen boete.
    #[arg(long, value_delimiter = ',', value_name = "GETALLEN")]
    penalty_factor: Option<Vec<f64>>,
    /// Kolommen die niet meedoen.
    #[arg(long, value_delimiter = ',', value_name = "NAMEN")]
    exclude: Vec<String>,
    /// Ondergrenzen van de coëfficiënten: één, of een per kolom.
    #[arg(
        long,
        value_delimiter = ',',
        allow_hyphen_values = true,
        value_name = "GETALLEN"
    )]
    lower_limits: Option<Vec<f64>>,
    /// Bovengrenzen van de coëfficiënten: één, of een per kolom.
    #[arg(long, value_delimiter = ',', value_name = "GETALLEN")]
    upper_limits: Option<Vec<f64>>,
    /// Kolommen niet door hun standaardafwijking delen.
    #[arg(long)]
    no_standardize: bool,
    /// Geen intercept.
    #[arg(long)]
    no_intercept: bool,
    /// Wie op het tijdstip van een gebeurtenis gecensureerd is, telt daar niet meer mee: een
    /// fout van glmnet bij tijden boven ongeveer 128.
    #[arg(long)]
    censored_first: bool,
    /// Een pad met een eigen naam: "lasso: alpha=1, lambda=0.2 0.1". Herhaalbaar; de velden
    /// heten dan naar het pad.
    #[arg(long, value_name = "PAD")]
    path: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Family {
    /// Normaal
    Gaussian,
    /// Ja of nee
    Binomial,
    /// Aantallen
    Poisson,
    /// Tijden
    Cox,
}

/// α and λ of one path.
struct Wanted {
    name: Option<String>,
    alpha: f64,
    lambda: Option<Vec<f64>>,
}

impl Options {
    fn wanted(&self) -> Result<Vec<Wanted>, Failure> {
        if self.path.is_empty() {
            return Ok(vec![Wanted {
                name: None,
                alpha: self.alpha,
                lambda: self.lambda.clone(),
            }]);
        }
        self.path.iter().map(|text| self.named(text)).collect()
    }

    fn named(&self, text: &str) -> Result<Wanted, Failure> {
        let wrong = || Failure::option("path", "verwacht \"naam: alpha=1, lambda=0.2 0.1\"");
        let (name, rest) = text.split_once(':').ok_or_else(wrong)?;
        let mut wanted = Wanted {
            name: Some(name.trim().to_owned()),
            alpha: self.alpha,
            lambda: self.lambda.clone(),
        };
        for part in rest.split(',').filter(|part| !part.trim().is_empty()) {
            let (key, values) = part.split_once('=').ok_or_else(wrong)?;
            let values: Vec<f64> = values
                .split_whitespace()
                .map(|value| value.parse().map_err(|_| wrong()))
                .collect::<Result<_, _>>()?;
            match (key.trim(), values.as_slice()) {
                ("alpha", [alpha]) => wanted.alpha = *alpha,
                ("lambda", [_, ..]) => wanted.lambda = Some(values),
                _ => return Err(wrong()),
            }
        }
        Ok(wanted)
    }

    fn factors(&self, names: &[String]) -> Result<Option<Vec<f64>>, Failure> {
        if self.exclude.is_empty() {
            return Ok(self.penalty_factor.clone());
        }
        let mut factors = match &self.penalty_factor {
            Some(factors) => factors.clone(),
            None => vec![1.0; names.len()],
        };
        for name in &self.exclude {
            let place = names.iter().position(|known| known == name.trim());
            match place.and_then(|place| factors.get_mut(place)) {
                Some(factor) => *factor = f64::INFINITY,
                None => {
                    return Err(Failure::option(
                        "exclude",
                        format!("er is geen kolom '{name}'"),
                    ));
                }
            }
        }
        Ok(Some(factors))
    }

    fn bounds(&self, columns: usize) -> Result<Option<Vec<(f64, f64)>>, Failure> {
        if self.lower_limits.is_none() && self.upper_limits.is_none() {
            return Ok(None);
        }
        let spread = |limits: &Option<Vec<f64>>, default: f64| match limits.as_deref() {
            None => Ok(vec![default; columns]),
            Some([one]) => Ok(vec![*one; columns]),
            Some(all) if all.len() == columns => Ok(all.to_vec()),
            Some(all) => {
                let message = format!("{} grenzen voor {columns} kolommen", all.len());
                Err(Failure::option("lower-limits/upper-limits", message))
            }
        };
        let lower = spread(&self.lower_limits, f64::NEG_INFINITY)?;
        let upper = spread(&self.upper_limits, f64::INFINITY)?;
        Ok(Some(lower.into_iter().zip(upper).collect()))
    }

    fn penalty(&self, wanted: &Wanted, names: &[String]) -> Result<PenaltyOptions, Failure> {
        Ok(PenaltyOptions {
            alpha: wanted.alpha,
            lambda: wanted.lambda.clone(),
            steps: self.nlambda,
            smallest: self.lambda_min_ratio,
            factors: self.factors(names)?,
            bounds: self.bounds(names.len())?,
            standardize: !self.no_standardize,
            intercept: !self.no_intercept,
        })
    }
}

impl Fit for Options {
    fn fit(&self, inputs: &Inputs<'_>) -> Result<Fitted, Failure> {
        let model = self.survival.model.model(inputs, &[])?;
        let options = DesignOptions {
            except: &["strata", "cluster"],
            always_intercept: true,
        };
        let design = model.design(options)?.without_intercept();
        let names = design.names;
        let x = Matrix::from_values(design.rows, names.len(), design.values);
        let (mut result, mut text) = (Map::new(), String::new());
        result.insert("vars".into(), json::texts(&names));
        result.insert("nobs".into(), x.rows().into());
        for wanted in self.wanted()? {
            let penalty = self.penalty(&wanted, &names)?;
            let path = self.path(&model, &x, &penalty)?;
            add(&mut result, wanted.name.as_deref(), &path);
            text.push_str(&describe(wanted.name.as_deref(), &path));
        }
        Ok(Fitted::new(Value::Object(result), text))
    }
}

impl Options {
    fn path(
        &self,
        model: &ModelFrame,
        x: &Matrix,
        penalty: &PenaltyOptions,
    ) -> Result<Path, Failure> {
        let family = match self.family {
            Some(family) => family,
            None if model.survival().is_ok() => Family::Cox,
            None => Family::Gaussian,
        };
        let weights = model.role_numbers("weights")?;
        let sides = (weights.as_deref(), model.offset.as_deref());
        if family == Family::Cox {
            let mut rows = HazardRows::of(model, self.survival.times(model)?)?;
            if self.censored_first {
                rows.censor_before_events();
            }
            let target = Target::Cox(&rows.data(x), Ties::Breslow);
            return Ok(ElasticNet::path(target, x, sides, penalty)?);
        }
        let y = model.response_numbers()?;
        let target = match family {
            Family::Binomial => Target::Binomial(&y),
            Family::Poisson => Target::Poisson(&y),
            Family::Gaussian | Family::Cox => Target::Gaussian(&y),
        };
        Ok(ElasticNet::path(target, x, sides, penalty)?)
    }
}

fn add(result: &mut Map<String, Value>, name: Option<&str>, path: &Path) {
    let field = |field: &str| match name {
        Some(name) => format!("{field}.{name}"),
        None => field.to_owned(),
    };
    let columns: Vec<&[f64]> = path
        .steps
        .iter()
        .map(|step| step.coefficients.as_slice())
        .collect();
    let beta = Matrix::from_columns(&columns);
    let beta_name = name.unwrap_or("beta").to_owned();
    result.insert(beta_name, json::rows(beta.values(), beta.rows()));
    let list = |f: fn(&statistics::penalised::PathStep) -> f64| -> Value {
        json::numbers(&path.steps.iter().map(f).collect::<Vec<_>>())
    };
    result.insert(field("lambda"), list(|step| step.lambda));
    result.insert(field("a0"), list(|step| step.intercept));
    result.insert(field("df"), list(|step| step.df as f64));
    result.insert(field("dev.ratio"), list(|step| step.deviance_ratio));
    result.insert(field("nulldev"), json::number(path.null_deviance));
}

fn describe(name: Option<&str>, path: &Path) -> String {
    let mut table = TextTable::new(["Df", "%Dev", "Lambda"]);
    for (place, step) in path.steps.iter().enumerate() {
        let cells = [
            step.df.to_string(),
            fixed(100.0 * step.deviance_ratio, 2),
            signif(step.lambda, 5),
        ];
        table.row((place + 1).to_string(), cells);
    }
    let heading = name.map_or_else(String::new, |name| format!("{name}\n"));
    format!("{heading}{}\n", table.print())
}
