//! `finegray`: the regression of Fine and Gray without expanded rows, or those rows themselves.

use super::Fit;
use super::subdistribution::{SubdistributionRows, codes, estimated, warn};
use crate::arguments::{SurvivalArguments, new_table};
use crate::coefficients::{Coefficients, normal_p_values, ratios, std_errs};
use crate::prepare::Expansion;
use crate::{Failure, Fitted, Inputs, json};
use clap::{Args, ValueEnum};
use formula::Frame;
use serde_json::{Map, Value};
use statistics::competing::{CensoringTies, EventTies, ExpandedRow, FineGray, FineGrayControl};
use statistics::distribution::{ChiSquared, Distribution};
use statistics::matrix::Matrix;

/// Options of `finegray`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    #[command(flatten)]
    model: SurvivalArguments,
    /// De oorzaak waar het om gaat (R: etype): naam of nummer; zonder deze optie de eerste.
    #[arg(long, alias = "cause", value_name = "OORZAAK")]
    etype: Option<String>,
    /// Geef de uitgeschreven rijen (R: finegray) in plaats van een regressie.
    #[arg(long)]
    rows: bool,
    /// Groepen met elk een eigen verdeling van de censurering; zonder deze optie die van strata().
    #[arg(long, value_name = "UITDRUKKING")]
    cengroup: Option<String>,
    /// Kolom die zegt van wie een rij is.
    #[arg(long, value_name = "UITDRUKKING")]
    id: Option<String>,
    /// Clusters van de robuuste variantie; zonder deze optie die van --id, of elke rij.
    #[arg(long, value_name = "UITDRUKKING")]
    cluster: Option<String>,
    /// Hoe gelijktijdige gebeurtenissen meetellen.
    #[arg(long, value_enum, default_value_t = Ties::Efron)]
    ties: Ties,
    /// Of de variantie meetelt dat de verdeling van de censurering geschat is.
    #[arg(long, value_enum, default_value_t = VarianceName::Full)]
    variance: VarianceName,
    /// Cumulatieve incidentie voor nieuwe gegevens: "age=60,70; sex=F,M" of een bestand.
    #[arg(long, value_name = "GEGEVENS")]
    newdata: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Ties {
    /// Benadering van Efron
    Efron,
    /// Benadering van Breslow
    Breslow,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum VarianceName {
    /// Ja: zoals Fine en Gray
    Full,
    /// Nee: robuust, de gewichten als bekend (R: coxph na finegray, met cluster)
    Robust,
}

impl Fit for Options {
    fn fit(&self, inputs: &Inputs<'_>) -> Result<Fitted, Failure> {
        if self.rows {
            return self.written_rows(inputs);
        }
        let roles = [
            ("cengroup", self.cengroup.as_deref()),
            ("id", self.id.as_deref()),
            ("cluster", self.cluster.as_deref()),
        ];
        let (model, survival) = self.model.model(inputs, &roles)?;
        let rows = SubdistributionRows::of(model, survival, self.etype.as_deref())?;
        let groups = rows.model.role_groups("cengroup");
        let groups = groups.or_else(|| rows.strata.clone());
        let id = rows.model.role_groups("id");
        let cluster = rows.model.role_groups("cluster").or_else(|| id.clone());
        let control = FineGrayControl {
            event_ties: match self.ties {
                Ties::Efron => EventTies::Efron,
                Ties::Breslow => EventTies::Breslow,
            },
            censoring_ties: CensoringTies::EventsFirst,
            ..FineGrayControl::default()
        };
        let data = rows.data(groups.as_ref(), id.as_ref());
        let fit = FineGray::fit(&data, &control)?;
        warn(inputs, &fit, &rows.names);
        let cluster = cluster.as_ref().map(codes);
        let covariance = match self.variance {
            VarianceName::Full => fit.covariance(cluster)?,
            VarianceName::Robust => fit.robust_covariance(cluster)?,
        };
        let mut result = result(&fit, &covariance, &rows.names)?;
        result.insert("n".into(), rows.model.len().into());
        result.insert(
            "robust.score.test".into(),
            json::number(fit.robust_score_test(cluster)?),
        );
        if let Some(text) = &self.newdata {
            rows.predict(&mut result, &fit, &new_table(inputs, text)?)?;
        }
        let text = format!(
            "  n= {}, number of events= {}\n\n{}\n",
            rows.model.len(),
            fit.events,
            table(&fit, &covariance, &rows.names).to_text()
        );
        Ok(Fitted::new(Value::Object(result), text))
    }
}

impl Options {
    fn written_rows(&self, inputs: &Inputs<'_>) -> Result<Fitted, Failure> {
        let frame = self.model.model.data.frame(inputs)?;
        let expansion = Expansion {
            formula: &self.model.model.formula,
            cause: self.etype.as_deref(),
            id: self.id.as_deref(),
            weights: self.model.model.weights.as_deref(),
        };
        let (rows, table) = expansion.apply(inputs, &frame)?;
        let text = format!("{} rows\n", rows.len());
        Ok(Fitted::new(Value::Object(shown(&rows, &table)?), text))
    }
}

const COLUMNS: [&str; 5] = ["fgstart", "fgstop", "fgstatus", "fgwt", "fgcount"];

fn shown(rows: &[ExpandedRow], table: &Frame) -> Result<Map<String, Value>, Failure> {
    let mut result = Map::new();
    result.insert("nrow".into(), rows.len().into());
    let mut sums = Map::new();
    let part = |values: &[f64]| json::numbers(values);
    let (mut head, mut tail) = (Map::new(), Map::new());
    for name in COLUMNS {
        let values = table.numbers(name)?;
        sums.insert(name.into(), json::number(values.iter().sum()));
        head.insert(name.into(), part(&values[..values.len().min(200)]));
        tail.insert(
            name.into(),
            part(&values[values.len().saturating_sub(50)..]),
        );
        result.insert(name.into(), json::numbers(&values));
    }
    let sources: Vec<f64> = rows.iter().map(|row| row.row as f64 + 1.0).collect();
    result.insert("row".into(), json::numbers(&sources));
    result.insert("sums".into(), Value::Object(sums));
    result.insert("first200".into(), Value::Object(head));
    result.insert("last50".into(), Value::Object(tail));
    Ok(result)
}

fn table(fit: &FineGray, covariance: &Matrix, names: &[String]) -> Coefficients {
    let coefficients = estimated(fit);
    let robust = std_errs(covariance);
    let z = ratios(&coefficients, &robust);
    let p = normal_p_values(&z);
    Coefficients::new(names)
        .with("coef", coefficients.clone())
        .with("exp(coef)", coefficients.iter().map(|b| b.exp()).collect())
        .with("se(coef)", std_errs(&fit.model_covariance))
        .with("robust se", robust)
        .with("z", z)
        .with("Pr(>|z|)", p)
}

fn result(
    fit: &FineGray,
    covariance: &Matrix,
    names: &[String],
) -> Result<Map<String, Value>, Failure> {
    let mut result = Map::new();
    let mut set = |name: &str, value| result.insert(name.into(), value);
    let logliks = [fit.log_likelihood_null, fit.log_likelihood];
    let df = names.len() - fit.aliased.len();
    set("names", json::texts(names));
    set("coef", json::numbers_or_na(&estimated(fit)));
    set("var", json::rows(covariance.values(), names.len()));
    set(
        "naive.var",
        json::rows(fit.model_covariance.values(), names.len()),
    );
    set("loglik", json::numbers(&logliks));
    set("score.test", json::number(fit.score_test));
    set("nevent", fit.events.into());
    set("iter", fit.iterations.into());
    set(
        "summary.coefficients",
        table(fit, covariance, names).to_json(),
    );
    let likelihood_ratio = 2.0 * (logliks[1] - logliks[0]);
    if df > 0 {
        let p = ChiSquared::new(df as f64)?.upper(likelihood_ratio);
        let test = [
            ("test", json::number(likelihood_ratio)),
            ("df", df.into()),
            ("pvalue", json::number(p)),
        ];
        set("lrt", json::columns(test));
    }
    let (times, jumps): (Vec<f64>, Vec<f64>) = fit.baseline().into_iter().unzip();
    let baseline = [
        ("time", json::numbers(&times)),
        ("jump", json::numbers(&jumps)),
    ];
    set("baseline", json::columns(baseline));
    set(
        "strata",
        json::numbers(
            &fit.moments_per_stratum()
                .iter()
                .map(|&n| n as f64)
                .collect::<Vec<_>>(),
        ),
    );
    Ok(result)
}
