//! `gee`: estimating equations for clustered outcomes, as R's `geepack::geeglm`.

use super::Fit;
use super::glm::{FamilyArguments, Regression, codes};
use crate::arguments::ModelArguments;
use crate::text::{TextTable, p_value, signif};
use crate::{Failure, Fitted, Inputs, json};
use clap::{Args, ValueEnum};
use serde_json::{Map, Value};
use statistics::gee::{AssociationVariance, Gee, GeeOptions, ScaleEstimate, WorkingCorrelation};

/// Options of `gee`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    #[command(flatten)]
    model: ModelArguments,
    #[command(flatten)]
    family: FamilyArguments,
    /// Kolom die zegt tot welk cluster een rij behoort; de volgorde van rijen is die in de tijd.
    #[arg(long, value_name = "UITDRUKKING")]
    id: String,
    /// Werkcorrelatie binnen een cluster.
    #[arg(long, value_enum, default_value_t = Correlation::Independence)]
    corstr: Correlation,
    /// Houd de schaal op die van het model zonder correlatie (R: scale.fix = TRUE).
    #[arg(long)]
    scale_fix: bool,
    /// Gegeven schaal.
    #[arg(long, value_name = "GETAL", conflicts_with = "scale_fix")]
    scale_value: Option<f64>,
    /// Variantie van de correlatie: exact, of zoals geepack 1.3.9 haar (onjuist) rekent.
    #[arg(long, value_enum, default_value_t = Association::Exact)]
    valpha: Association,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Correlation {
    /// Geen
    Independence,
    /// Alle paren gelijk
    Exchangeable,
    /// Afnemend met de afstand
    Ar1,
    /// Elk paar het zijne
    Unstructured,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Association {
    /// Met de juiste afgeleiden
    Exact,
    /// Met die van geepack
    Geepack,
}

impl Options {
    fn options(&self) -> GeeOptions {
        GeeOptions {
            family: self.family.family(),
            link: self.family.link(),
            correlation: match self.corstr {
                Correlation::Independence => WorkingCorrelation::Independence,
                Correlation::Exchangeable => WorkingCorrelation::Exchangeable,
                Correlation::Ar1 => WorkingCorrelation::Autoregressive,
                Correlation::Unstructured => WorkingCorrelation::Unstructured,
            },
            scale: match self.scale_value {
                Some(scale) => ScaleEstimate::Fixed(scale),
                None if self.scale_fix => ScaleEstimate::Initial,
                None => ScaleEstimate::Estimated,
            },
            association: match self.valpha {
                Association::Exact => AssociationVariance::Exact,
                Association::Geepack => AssociationVariance::Geepack,
            },
        }
    }
}

impl Fit for Options {
    fn fit(&self, inputs: &Inputs<'_>) -> Result<Fitted, Failure> {
        let model = self.model.model(inputs, &[("id", Some(&self.id))])?;
        let regression = Regression::of(&model, self.family.family())?;
        let clusters = codes(&model, "id").unwrap_or_default();
        let fit = Gee::fit(regression.data(), &clusters, self.options())?;
        if !fit.is_positive_definite {
            let message = "De geschatte werkcorrelatie is niet positief definiet: de robuuste \
                           covariantie geldt, maar kies liever een eenvoudiger --corstr.";
            inputs.warn("correlation_not_positive_definite", message);
        }
        let table = WaldTable::of(&fit);
        let result = result(&fit, &regression.names, &table);
        Ok(Fitted::new(
            result,
            summary(&fit, &regression.names, &table),
        ))
    }
}

/// The columns of R's table of coefficients; nothing where aliased.
struct WaldTable {
    estimate: Vec<Option<f64>>,
    std_err: Vec<Option<f64>>,
    wald: Vec<Option<f64>>,
    p_value: Vec<Option<f64>>,
}

impl WaldTable {
    fn of(fit: &Gee) -> Self {
        let all = 0..fit.coefficients.len();
        let used = |column: &usize| !fit.aliased.contains(column);
        let error = |column: usize| fit.robust[(column, column)].sqrt();
        let each = |value: &dyn Fn(usize) -> Option<f64>| -> Vec<Option<f64>> {
            all.clone()
                .map(|column| value(column).filter(|_| used(&column)))
                .collect()
        };
        Self {
            estimate: each(&|column| Some(fit.coefficients[column])),
            std_err: each(&|column| Some(error(column))),
            wald: each(&|column| fit.wald(column).map(|wald| wald.0)),
            p_value: each(&|column| fit.wald(column).map(|wald| wald.1)),
        }
    }
}

fn result(fit: &Gee, names: &[String], table: &WaldTable) -> Value {
    let mut result = Map::new();
    let mut set = |name: &str, value| result.insert(name.into(), value);
    set("names", json::texts(names));
    set("coef", json::optionals(&table.estimate));
    set("vcov.robust", json::rows(fit.robust.values(), names.len()));
    set("vcov.naive", json::rows(fit.naive.values(), names.len()));
    set("alpha", json::numbers(&fit.alpha));
    set(
        "valpha",
        json::rows(fit.alpha_covariance.values(), fit.alpha.len()),
    );
    set("scale", Value::Array(vec![json::number(fit.scale)]));
    set("n.clusters", fit.cluster_sizes.len().into());
    set(
        "max.cluster.size",
        fit.cluster_sizes.iter().max().copied().into(),
    );
    set("iter", fit.iterations.into());
    let columns = [
        ("Estimate", json::optionals(&table.estimate)),
        ("Std.err", json::optionals(&table.std_err)),
        ("Wald", json::optionals(&table.wald)),
        ("Pr(>|W|)", json::optionals(&table.p_value)),
    ];
    set("summary", json::table(names, columns));
    Value::Object(result)
}

fn summary(fit: &Gee, names: &[String], table: &WaldTable) -> String {
    let mut text = TextTable::new(["Estimate", "Std.err", "Wald", "Pr(>|W|)"]);
    for (row, name) in names.iter().enumerate() {
        let cell = |value: Option<f64>| value.map_or("NA".into(), |value| signif(value, 5));
        let p = table.p_value[row].map_or("NA".into(), p_value);
        let cells = [
            cell(table.estimate[row]),
            cell(table.std_err[row]),
            cell(table.wald[row]),
            p,
        ];
        text.row(name.clone(), cells);
    }
    let mut text = format!(
        "Coefficients:\n{}\nScale: {}\n",
        text.print(),
        signif(fit.scale, 5)
    );
    if !fit.alpha.is_empty() {
        let shown: Vec<String> = fit
            .alpha
            .iter()
            .take(10)
            .map(|alpha| signif(*alpha, 4))
            .collect();
        text.push_str(&format!("Correlation: {}\n", shown.join(" ")));
    }
    let largest = fit.cluster_sizes.iter().max().copied().unwrap_or(0);
    text.push_str(&format!(
        "Number of clusters: {}  Maximum cluster size: {largest}\n",
        fit.cluster_sizes.len()
    ));
    text
}
