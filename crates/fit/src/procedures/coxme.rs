//! `coxme`: Cox models with Gaussian random effects.

use super::Fit;
use super::coxphf::{HazardRows, TiesName};
use crate::arguments::SurvivalArguments;
use crate::coefficients::{Coefficients, normal_p_values, ratios, std_errs};
use crate::text::{TextTable, p_value, signif};
use crate::{Failure, Fitted, Inputs, json};
use clap::Args;
use formula::{DesignOptions, Factor, ModelFrame};
use serde_json::{Map, Value};
use statistics::distribution::{ChiSquared, Distribution};
use statistics::frailty::{MixedCox, MixedOptions, RandomTerm};
use statistics::matrix::Matrix;

/// Options of `coxme`. Random effects stand in the formula: `(1 | id)`, `(1 | a/b)`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    #[command(flatten)]
    survival: SurvivalArguments,
    /// Gelijke tijden.
    #[arg(long, value_enum, default_value_t = TiesName::Efron)]
    ties: TiesName,
    /// Gegeven varianties, een per term; zonder deze optie worden zij geschat.
    #[arg(long, value_delimiter = ',', value_name = "GETALLEN")]
    vfixed: Option<Vec<f64>>,
    /// Vanaf hoeveel groepen, en tot welk aandeel van de rijen, groepen geen informatie
    /// gemeen hebben (R: sparse). Een groot getal geeft de volledige informatie.
    #[arg(long, value_delimiter = ',', num_args = 1, default_values_t = [50.0, 0.02], value_name = "AANTAL,AANDEEL")]
    sparse: Vec<f64>,
}

impl Fit for Options {
    fn fit(&self, inputs: &Inputs<'_>) -> Result<Fitted, Failure> {
        let (model, survival) = self.survival.model(inputs, &[])?;
        let options = DesignOptions {
            except: &["strata", "cluster"],
            always_intercept: true,
        };
        let design = model.design(options)?.without_intercept();
        let names = design.names;
        let x = Matrix::from_values(design.rows, names.len(), design.values);
        let rows = HazardRows::of(&model, survival)?;
        let groups = groups(&model)?;
        let terms: Vec<RandomTerm<'_>> = (groups.iter())
            .map(|(_, factor)| RandomTerm {
                codes: &factor.codes,
                groups: factor.levels.len(),
            })
            .collect();
        let options = MixedOptions {
            ties: self.ties.ties(),
            variances: self.vfixed.clone(),
            sparse: self.sparse()?,
        };
        let fit = MixedCox::fit(&rows.data(&x), &terms, &options)?;
        let report = Report {
            names: &names,
            groups: &groups,
            fit: &fit,
            events: rows.events(),
            rows: x.rows(),
            estimated: if self.vfixed.is_some() {
                0
            } else {
                terms.len()
            },
        };
        Ok(Fitted::new(Value::Object(report.json()), report.text()))
    }
}

impl Options {
    fn sparse(&self) -> Result<(usize, f64), Failure> {
        match self.sparse.as_slice() {
            [many, share] if *many >= 0.0 && *share >= 0.0 => Ok((*many as usize, *share)),
            _ => Err(Failure::option(
                "sparse",
                "verwacht een aantal en een aandeel: 50,0.02",
            )),
        }
    }
}

/// The groups of each random term, with their names.
fn groups(model: &ModelFrame) -> Result<Vec<(String, Factor)>, Failure> {
    if model.terms.random.is_empty() {
        let message = "De formule heeft geen toevallig effect: (1 | id).";
        return Err(Failure::new("no_random_effect", message));
    }
    for term in &model.terms.random {
        if !term.effects.intercept || !term.effects.terms.is_empty() {
            let message = format!(
                "Alleen toevallige intercepten: (1 | {0}), geen hellingen over {0}.",
                term.group_label()
            );
            return Err(Failure::new("random_slope", message));
        }
    }
    let labels = model
        .terms
        .random
        .iter()
        .map(|term| term.group_label().replace(':', "/"));
    Ok(labels.zip(model.random_groups()).collect())
}

struct Report<'a> {
    names: &'a [String],
    groups: &'a [(String, Factor)],
    fit: &'a MixedCox,
    events: usize,
    rows: usize,
    /// Variances that were estimated.
    estimated: usize,
}

impl Report<'_> {
    fn coefficients(&self) -> Vec<f64> {
        let value = |(column, &b): (usize, &f64)| match self.fit.aliased.contains(&column) {
            true => f64::NAN,
            false => b,
        };
        self.fit
            .coefficients
            .iter()
            .enumerate()
            .map(value)
            .collect()
    }

    /// χ², df and p of the integrated and of the penalised likelihood.
    fn tests(&self) -> [(&'static str, f64, f64, f64); 2] {
        let fixed = self.names.len() - self.fit.aliased.len() + self.estimated;
        let test = |name, value: f64, df: f64| {
            let statistic = 2.0 * (value - self.fit.ln_likelihood_null);
            let p = ChiSquared::new(df).map_or(f64::NAN, |chi| chi.upper(statistic));
            (name, statistic, df, p)
        };
        [
            test("Integrated loglik", self.fit.ln_integrated, fixed as f64),
            test("Penalized loglik", self.fit.ln_penalised, self.fit.df),
        ]
    }

    fn table(&self) -> Coefficients {
        let coefficients = self.coefficients();
        let errors = std_errs(&self.fit.covariance);
        let z = ratios(&coefficients, &errors);
        let p = normal_p_values(&z);
        Coefficients::new(self.names)
            .with("coef", coefficients.clone())
            .with("exp(coef)", coefficients.iter().map(|b| b.exp()).collect())
            .with("se(coef)", errors)
            .with("z", z)
            .with("p", p)
    }

    fn json(&self) -> Map<String, Value> {
        let fit = self.fit;
        let mut map = Map::new();
        let mut set = |name: &str, value: Value| map.insert(name.into(), value);
        set("names", json::texts(self.names));
        set("fixef", json::numbers_or_na(&self.coefficients()));
        set(
            "vcov",
            json::rows(fit.covariance.values(), self.names.len()),
        );
        set("theta", json::numbers(&fit.variances));
        set(
            "loglik",
            json::numbers(&[fit.ln_likelihood_null, fit.ln_integrated, fit.ln_penalised]),
        );
        set("ranef", json::numbers(&fit.effects.concat()));
        let by_term = self
            .groups
            .iter()
            .zip(&fit.effects)
            .map(|((name, factor), effects)| {
                let fields = [
                    ("level", json::texts(&factor.levels)),
                    ("effect", json::numbers(effects)),
                ];
                (name, json::columns(fields))
            });
        set("ranef.terms", json::columns(by_term));
        let variances = self.groups.iter().zip(&fit.variances);
        set(
            "varcorr",
            json::columns(variances.map(|((name, _), &v)| (name, json::number(v)))),
        );
        let tests = self.tests();
        set("df", json::numbers(&[tests[0].2, tests[1].2]));
        let columns = |f: fn(&(&'static str, f64, f64, f64)) -> f64| {
            json::numbers_or_na(&tests.iter().map(f).collect::<Vec<_>>())
        };
        let fields = [
            ("Chisq", columns(|t| t.1)),
            ("df", columns(|t| t.2)),
            ("p", columns(|t| t.3)),
            ("AIC", columns(|t| t.1 - 2.0 * t.2)),
        ];
        set("tests", json::table(&tests.map(|test| test.0), fields));
        set("summary.coefficients", self.table().to_json());
        set("n", json::numbers(&[self.events as f64, self.rows as f64]));
        set("iter", fit.evaluations.into());
        map
    }

    fn text(&self) -> String {
        let mut tests = TextTable::new(["Chisq", "df", "p", "AIC"]);
        for (name, statistic, df, p) in self.tests() {
            let aic = statistic - 2.0 * df;
            tests.row(
                name,
                [
                    signif(statistic, 4),
                    signif(df, 4),
                    p_value(p),
                    signif(aic, 4),
                ],
            );
        }
        let mut random = TextTable::new(["Variable", "Std Dev", "Variance"]);
        for ((name, _), &variance) in self.groups.iter().zip(&self.fit.variances) {
            let cells = [
                "Intercept".to_owned(),
                signif(variance.sqrt(), 6),
                signif(variance, 6),
            ];
            random.row(name.clone(), cells);
        }
        format!(
            "  events, n = {}, {}\n\n{}\nFixed coefficients\n{}\nRandom effects\n{}",
            self.events,
            self.rows,
            tests.print(),
            self.table().to_text(),
            random.print()
        )
    }
}
