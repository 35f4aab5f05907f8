//! `crr`: regression of the subdistribution of one cause, as R's `cmprsk::crr`.

use super::Fit;
use super::subdistribution::{SubdistributionRows, codes, estimated, warn};
use crate::arguments::{SurvivalArguments, new_table};
use crate::coefficients::{Coefficients, ratios, std_errs};
use crate::text::signif;
use crate::{Failure, Fitted, Inputs, json};
use clap::Args;
use serde_json::{Map, Value};
use statistics::competing::{CensoringEffect, CensoringTies, EventTies, FineGray, FineGrayControl};
use statistics::distribution::Normal;
use statistics::matrix::Matrix;

/// Options of `crr`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    #[command(flatten)]
    model: SurvivalArguments,
    /// De oorzaak waar het om gaat: naam of nummer; zonder deze optie de eerste.
    #[arg(long, alias = "failcode", alias = "etype", value_name = "OORZAAK")]
    cause: Option<String>,
    /// Groepen met elk een eigen verdeling van de censurering (R: cengroup).
    #[arg(long, value_name = "UITDRUKKING")]
    cengroup: Option<String>,
    /// Met --cengroup: de variantie zoals R die geeft, met van elke groep alleen haar eigen
    /// gebeurtenissen.
    #[arg(long, requires = "cengroup")]
    cengroup_as_r: bool,
    /// Personen of clusters waarvan de rijen samen tellen in de variantie.
    #[arg(long, value_name = "UITDRUKKING")]
    cluster: Option<String>,
    /// Beginwaarden van de coëfficiënten.
    #[arg(
        long,
        value_name = "GETALLEN",
        value_delimiter = ',',
        allow_negative_numbers = true
    )]
    init: Option<Vec<f64>>,
    /// Hoogste aantal stappen; 0 rekent bij de beginwaarden.
    #[arg(long, default_value_t = 40)]
    maxiter: usize,
    /// Stop zodra de relatieve gradiënt kleiner is (R: gtol); zonder deze optie zo precies als kan.
    #[arg(long)]
    gtol: Option<f64>,
    /// Cumulatieve incidentie voor nieuwe gegevens (R: predict): "age=60,70; sex=F,M" of een bestand.
    #[arg(long, value_name = "GEGEVENS")]
    newdata: Option<String>,
    /// Betrouwbaarheid van de intervallen.
    #[arg(long, default_value_t = 0.95)]
    conf_int: f64,
}

impl Fit for Options {
    fn fit(&self, inputs: &Inputs<'_>) -> Result<Fitted, Failure> {
        let roles = [
            ("cengroup", self.cengroup.as_deref()),
            ("cluster", self.cluster.as_deref()),
        ];
        let (model, survival) = self.model.model(inputs, &roles)?;
        let rows = SubdistributionRows::of(model, survival, self.cause.as_deref())?;
        let groups = rows.model.role_groups("cengroup");
        let cluster = rows.model.role_groups("cluster");
        let control = FineGrayControl {
            event_ties: EventTies::Breslow,
            censoring_ties: CensoringTies::EventsAtRisk,
            start: self.init.clone(),
            iterations: self.maxiter,
            gradient_tolerance: self.gtol,
        };
        let fit = FineGray::fit(&rows.data(groups.as_ref(), None), &control)?;
        warn(inputs, &fit, &rows.names);
        let effect = match self.cengroup_as_r {
            true => CensoringEffect::OwnEvents,
            false => CensoringEffect::AllEvents,
        };
        let covariance = fit.covariance_by(effect, cluster.as_ref().map(codes))?;
        let mut result = self.result(&fit, &covariance, &rows.names)?;
        if let Some(text) = &self.newdata {
            rows.predict(&mut result, &fit, &new_table(inputs, text)?)?;
        }
        let text = self.summary(&fit, &covariance, &rows)?;
        Ok(Fitted::new(Value::Object(result), text))
    }
}

impl Options {
    fn result(
        &self,
        fit: &FineGray,
        covariance: &Matrix,
        names: &[String],
    ) -> Result<Map<String, Value>, Failure> {
        let baseline = fit.baseline();
        let (times, jumps): (Vec<f64>, Vec<f64>) = baseline.into_iter().unzip();
        let coefficients = estimated(fit);
        let mut result = Map::new();
        let mut set = |name: &str, value| result.insert(name.into(), value);
        set("names", json::texts(names));
        set("coef", json::numbers_or_na(&coefficients));
        set("var", json::rows(covariance.values(), names.len()));
        set("inf", json::rows(fit.information.values(), names.len()));
        set("loglik", json::number(fit.log_likelihood));
        set("loglik.null", json::number(fit.log_likelihood_null));
        set("score", json::numbers(&fit.score));
        set("uftime", json::numbers(&times));
        set("bfitj", json::numbers(&jumps));
        set("converged", fit.converged.into());
        set("iter", fit.iterations.into());
        let (table, interval) = self.tables(fit, covariance, names)?;
        let summary = json::columns([("coef", table.to_json()), ("conf.int", interval)]);
        set("summary", summary);
        Ok(result)
    }

    fn tables(
        &self,
        fit: &FineGray,
        covariance: &Matrix,
        names: &[String],
    ) -> Result<(Coefficients, Value), Failure> {
        let coefficients = estimated(fit);
        let errors = std_errs(covariance);
        let z = ratios(&coefficients, &errors);
        // As R: two significant digits.
        let p: Vec<f64> = z
            .iter()
            .map(|&z| two_digits(Normal::two_sided(z)))
            .collect();
        let exp =
            |sign: f64| -> Vec<f64> { coefficients.iter().map(|b| (sign * b).exp()).collect() };
        let width = Normal::critical(self.conf_int)?;
        let limit = |sign: f64| -> Vec<f64> {
            let limit = |(b, se): (&f64, &f64)| (b + sign * width * se).exp();
            coefficients.iter().zip(&errors).map(limit).collect()
        };
        let tail = 100.0 * (1.0 - self.conf_int) / 2.0;
        let percent = |value: f64| format!("{}%", signif(value, 3));
        let interval = json::columns([
            ("exp(coef)".to_owned(), json::numbers_or_na(&exp(1.0))),
            ("exp(-coef)".to_owned(), json::numbers_or_na(&exp(-1.0))),
            (percent(tail), json::numbers_or_na(&limit(-1.0))),
            (percent(100.0 - tail), json::numbers_or_na(&limit(1.0))),
        ]);
        let table = Coefficients::new(names)
            .with("coef", coefficients.clone())
            .with("exp(coef)", exp(1.0))
            .with("se(coef)", errors)
            .with("z", z)
            .with("p-value", p);
        Ok((table, interval))
    }

    fn summary(
        &self,
        fit: &FineGray,
        covariance: &Matrix,
        rows: &SubdistributionRows,
    ) -> Result<String, Failure> {
        let (table, _) = self.tables(fit, covariance, &rows.names)?;
        Ok(format!(
            "Competing Risks Regression\n\n{}\nNum. cases = {}\nPseudo Log-likelihood = {}\n\
             Pseudo likelihood ratio test = {} on {} df\n",
            table.to_text(),
            rows.model.len(),
            signif(fit.log_likelihood, 4),
            signif(2.0 * (fit.log_likelihood - fit.log_likelihood_null), 3),
            rows.names.len() - fit.aliased.len(),
        ))
    }
}

fn two_digits(p: f64) -> f64 {
    // Below what 1 − Φ can tell from 0, `crr` says 0.
    if p < 2.0 * f64::EPSILON {
        return 0.0;
    }
    format!("{p:.1e}").parse().unwrap_or(p)
}
