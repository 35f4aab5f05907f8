//! `glm`: generalised linear models, as R's `glm`, with sandwich covariances.

mod anova;
mod of_rows;

use super::Fit;
use crate::arguments::ModelArguments;
use crate::text::{TextTable, p_value, signif};
use crate::{Failure, Fitted, Inputs, json};
use clap::{Args, ValueEnum};
use formula::{DesignOptions, ModelFrame};
use serde_json::{Map, Value};
use statistics::distribution::{Normal, StudentT};
use statistics::glm::{Family, Glm, GlmData, Link};
use statistics::matrix::Matrix;

use anova::anova;
use of_rows::RowArguments;

/// Options of `glm`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    #[command(flatten)]
    pub(super) model: ModelArguments,
    #[command(flatten)]
    pub(super) family: FamilyArguments,
    /// Kolom met clusters: geeft ook de covarianties CL0 en CL1 (R: vcovCL).
    #[arg(long, value_name = "UITDRUKKING")]
    cluster: Option<String>,
    /// Toets de termen een voor een, in de volgorde van de formule, met χ² of F (R: anova).
    #[arg(long)]
    anova: bool,
    #[command(flatten)]
    rows: RowArguments,
}

/// The distribution and its link.
#[derive(Args, Clone, Copy, Debug)]
pub struct FamilyArguments {
    /// Verdeling van de uitkomst.
    #[arg(long, value_enum, default_value_t = FamilyName::Gaussian)]
    family: FamilyName,
    /// Linkfunctie; zonder deze optie de gebruikelijke van de verdeling.
    #[arg(long, value_enum)]
    link: Option<LinkName>,
}

impl FamilyArguments {
    pub(super) fn family(self) -> Family {
        match self.family {
            FamilyName::Gaussian => Family::Gaussian,
            FamilyName::Binomial => Family::Binomial,
            FamilyName::Poisson => Family::Poisson,
            FamilyName::Gamma => Family::Gamma,
        }
    }

    pub(super) fn link(self) -> Link {
        match self.link {
            None => self.family().default_link(),
            Some(LinkName::Identity) => Link::Identity,
            Some(LinkName::Log) => Link::Log,
            Some(LinkName::Logit) => Link::Logit,
            Some(LinkName::Probit) => Link::Probit,
            Some(LinkName::Cloglog) => Link::ComplementaryLogLog,
            Some(LinkName::Inverse) => Link::Inverse,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FamilyName {
    /// Normaal
    Gaussian,
    /// Binomiaal
    Binomial,
    /// Poisson
    Poisson,
    /// Gamma
    Gamma,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum LinkName {
    /// Het gemiddelde zelf
    Identity,
    /// Logaritme
    Log,
    /// Log odds
    Logit,
    /// Normaal kwantiel
    Probit,
    /// ln(−ln(1 − μ))
    Cloglog,
    /// 1/μ
    Inverse,
}

/// A model frame as the engine wants it.
pub(super) struct Regression {
    pub(super) names: Vec<String>,
    pub(super) x: Matrix,
    pub(super) y: Vec<f64>,
    pub(super) weights: Option<Vec<f64>>,
    pub(super) offset: Option<Vec<f64>>,
}

impl Regression {
    /// The outcome may be `cbind(successes, failures)`.
    pub(super) fn of(model: &ModelFrame, family: Family) -> Result<Self, Failure> {
        let design = model.design(DesignOptions::default())?;
        let mut weights = model.role_numbers("weights")?;
        let y = match model.response_table() {
            Some(table) if family == Family::Binomial && table.columns.len() == 2 => {
                let pairs = table.columns[0].iter().zip(&table.columns[1]);
                let trials: Vec<f64> = pairs.clone().map(|(yes, no)| yes + no).collect();
                let share = |((yes, _), trials): ((&f64, &f64), &f64)| match trials {
                    0.0 => 0.0,
                    trials => yes / trials,
                };
                let y = pairs.zip(&trials).map(share).collect();
                let prior = weights.unwrap_or_else(|| vec![1.0; trials.len()]);
                weights = Some(trials.iter().zip(prior).map(|(a, b)| a * b).collect());
                y
            }
            _ => model.response_numbers()?,
        };
        Ok(Self {
            x: Matrix::from_values(design.rows, design.columns(), design.values.clone()),
            names: design.names,
            y,
            weights,
            offset: model.offset.clone(),
        })
    }

    pub(super) fn data(&self) -> GlmData<'_> {
        GlmData {
            x: &self.x,
            y: &self.y,
            weights: self.weights.as_deref(),
            offset: self.offset.as_deref(),
        }
    }
}

/// Clusters as codes from 0.
pub(super) fn codes(model: &ModelFrame, role: &str) -> Option<Vec<usize>> {
    let groups = model.role_groups(role)?;
    Some(groups.codes.iter().map(|&code| code as usize).collect())
}

impl Fit for Options {
    fn fit(&self, inputs: &Inputs<'_>) -> Result<Fitted, Failure> {
        let model = self
            .model
            .model(inputs, &[("cluster", self.cluster.as_deref())])?;
        let family = self.family.family();
        let regression = Regression::of(&model, family)?;
        let fit = Glm::fit(regression.data(), family, self.family.link())?;
        warn_infinite(inputs, &fit.infinite, &regression.names);
        if fit.dispersion == 0.0 {
            inputs.warn(
                "perfect_fit",
                "Het model past precies: standaardfouten zijn 0.",
            );
        }
        let mut result = result(&fit, &regression.names);
        let rows = |matrix: &Matrix| json::rows(matrix.values(), matrix.rows());
        let mut set = |name: &str, value| result.insert(name.into(), value);
        set("HC0", rows(&fit.sandwich(&regression.x, None, false)?));
        if let Some(clusters) = codes(&model, "cluster") {
            set(
                "CL0",
                rows(&fit.sandwich(&regression.x, Some(&clusters), false)?),
            );
            set(
                "CL1",
                rows(&fit.sandwich(&regression.x, Some(&clusters), true)?),
            );
        }
        let mut text = summary(&fit, &regression.names, family);
        if self.anova {
            let table = anova(&model, &regression, (family, self.family.link()))?;
            result.insert("anova".into(), table.to_json());
            text.push_str("\nTerms added sequentially (first to last)\n");
            text.push_str(&table.to_text());
        }
        self.rows.add_residuals(&mut result, &fit, &regression)?;
        let predicted = self.rows.predict(inputs, &model, (&fit, &regression))?;
        text.push_str(&predicted.text);
        result.extend(predicted.values);
        Ok(Fitted::new(Value::Object(result), text))
    }
}

fn warn_infinite(inputs: &Inputs<'_>, columns: &[usize], names: &[String]) {
    if columns.is_empty() {
        return;
    }
    let names: Vec<&str> = columns
        .iter()
        .map(|&column| names[column].as_str())
        .collect();
    let message = format!(
        "De covariaten scheiden de uitkomst: {} groeit zonder grens, standaardfouten zeggen niets. \
         Firths methode geeft dan wel een schatting.",
        names.join(", ")
    );
    inputs.warn("separation", message);
}

fn result(fit: &Glm, names: &[String]) -> Map<String, Value> {
    let coefficients: Vec<Option<f64>> = (0..names.len())
        .map(|column| (!fit.aliased.contains(&column)).then_some(fit.coefficients[column]))
        .collect();
    let mut result = Map::new();
    let mut set = |name: &str, value| result.insert(name.into(), value);
    set("names", json::texts(names));
    set("coef", json::optionals(&coefficients));
    set("vcov", Value::Array(covariance(fit)));
    set("deviance", json::number(fit.deviance));
    set("null.deviance", json::number(fit.null_deviance));
    set("aic", json::number(fit.aic));
    set("logLik", json::number(fit.ln_likelihood));
    set("dispersion", json::number(fit.dispersion));
    set("df.residual", json::number(fit.df_residual));
    set("n", fit.rows.into());
    set("iter", fit.iterations.into());
    result
}

/// The covariance row by row, NA where aliased.
fn covariance(fit: &Glm) -> Vec<Value> {
    let columns = fit.coefficients.len();
    let is_known = |place: usize| !fit.aliased.contains(&place);
    let row = |i: usize| -> Vec<Option<f64>> {
        let cell = |j: usize| (is_known(i) && is_known(j)).then(|| fit.covariance[(i, j)]);
        (0..columns).map(cell).collect()
    };
    (0..columns).map(|i| json::optionals(&row(i))).collect()
}

fn summary(fit: &Glm, names: &[String], family: Family) -> String {
    let letter = if family.has_known_dispersion() {
        "z"
    } else {
        "t"
    };
    let last = format!("Pr(>|{letter}|)");
    let header = ["Estimate", "Std. Error", &format!("{letter} value"), &last];
    let mut table = TextTable::new(header);
    for (column, name) in names.iter().enumerate() {
        if fit.aliased.contains(&column) {
            table.row(name.clone(), ["NA"; 4]);
            continue;
        }
        let estimate = fit.coefficients[column];
        let error = fit.covariance[(column, column)].sqrt();
        if error == 0.0 {
            table.row(
                name.clone(),
                [signif(estimate, 6).as_str(), "0", "NA", "NA"],
            );
            continue;
        }
        let statistic = estimate / error;
        let p = match StudentT::new(fit.df_residual) {
            Ok(student) if !family.has_known_dispersion() => student.two_sided(statistic),
            _ => Normal::two_sided(statistic),
        };
        let cells = [
            signif(estimate, 6),
            signif(error, 5),
            signif(statistic, 4),
            p_value(p),
        ];
        table.row(name.clone(), cells);
    }
    format!(
        "Coefficients:\n{}\n(Dispersion parameter taken to be {})\n\n    Null deviance: {}\n\
         Residual deviance: {}  on {} degrees of freedom\nAIC: {}\n",
        table.print(),
        signif(fit.dispersion, 7),
        signif(fit.null_deviance, 5),
        signif(fit.deviance, 5),
        fit.df_residual,
        signif(fit.aic, 5),
    )
}
