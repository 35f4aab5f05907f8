//! `flexible`: Royston–Parmar splines, as `flexsurvspline` of R's flexsurv.

use super::Fit;
use super::survreg::rows::{LIKE_R, Limits, TimeRows};
use crate::arguments::{ModelArguments, new_table};
use crate::coefficients::Coefficients;
use crate::text::signif;
use crate::{Failure, Fitted, Inputs, json};
use clap::{Args, ValueEnum};
use formula::{Design, DesignOptions, ModelFrame};
use serde_json::{Map, Value};
use statistics::distribution::Normal;
use statistics::matrix::Matrix;
use statistics::parametric::{FlexibleSpline, SplineScale};

/// Options of `flexible`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    #[command(flatten)]
    model: ModelArguments,
    /// Wat de spline beschrijft.
    #[arg(long, value_enum, default_value_t = Scale::Hazard, value_name = "SCHAAL")]
    scale: Scale,
    /// Aantal inwendige knopen; op kwantielen van de logaritme van de gebeurtenistijden.
    #[arg(long, default_value_t = 0, value_name = "AANTAL")]
    k: usize,
    /// Inwendige knopen zelf, als logaritme van de tijd.
    #[arg(
        long,
        value_delimiter = ',',
        allow_hyphen_values = true,
        value_name = "GETALLEN"
    )]
    knots: Option<Vec<f64>>,
    /// Buitenste twee knopen, als logaritme van de tijd.
    #[arg(
        long,
        value_delimiter = ',',
        allow_hyphen_values = true,
        value_name = "GETALLEN"
    )]
    bknots: Option<Vec<f64>>,
    /// Nieuwe gegevens om curven voor te geven: "age=60,70; sex=1,2", of een bestand.
    #[arg(long, value_name = "GEGEVENS")]
    newdata: Option<String>,
    /// Tijden van die curven.
    #[arg(long, value_delimiter = ',', value_name = "TIJDEN")]
    times: Vec<f64>,
    /// Betrouwbaarheid van de intervallen.
    #[arg(long, default_value_t = 0.95, value_name = "GETAL")]
    conf_int: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Scale {
    /// Logaritme van de cumulatieve hazard
    Hazard,
    /// Logaritme van de odds
    Odds,
    /// Normaal kwantiel
    Normal,
}

impl Scale {
    fn scale(self) -> SplineScale {
        match self {
            Self::Hazard => SplineScale::Hazard,
            Self::Odds => SplineScale::Odds,
            Self::Normal => SplineScale::Normal,
        }
    }
}

impl Fit for Options {
    fn fit(&self, inputs: &Inputs<'_>) -> Result<Fitted, Failure> {
        let model = self.model.model(inputs, &[])?;
        let rows = TimeRows::of(&model, Limits::of(model.survival()?)?)?;
        if rows.strata.is_some() {
            let message = "strata() gaat niet samen met splines.";
            return Err(Failure::new("strata", message));
        }
        let design = model.design(options())?.without_intercept();
        let x = matrix(&design);
        let knots = self.knots(&rows.limits)?;
        let data = rows.data(&x);
        let fit = FlexibleSpline::fit(data, self.scale.scale(), &knots)?;
        if !fit.infinite.is_empty() {
            let message =
                "De aannemelijkheid groeit nog terwijl een coëfficiënt naar oneindig loopt.";
            inputs.warn("infinite_coefficient", message);
        }
        let critical = Normal::critical(self.conf_int)?;
        let table = table(&fit, &design.names, critical);
        let mut result = result(&fit, &design.names, x.rows());
        result.insert("res".into(), table.to_json());
        if let Some(newdata) = &self.newdata {
            let curves = self.curves(inputs, &model, (&fit, newdata, critical))?;
            result.insert("curves".into(), curves);
        }
        let text = format!(
            "Estimates:\n{}\nN = {}, Log-likelihood = {}, df = {}\nAIC = {}\n",
            table.to_text(),
            x.rows(),
            signif(fit.ln_likelihood, 8),
            fit.parameters.len(),
            signif(aic(&fit), 8),
        );
        Ok(Fitted::new(Value::Object(result), text))
    }
}

fn options() -> DesignOptions<'static> {
    DesignOptions {
        except: LIKE_R,
        always_intercept: true,
    }
}

fn matrix(design: &Design) -> Matrix {
    Matrix::from_values(design.rows, design.columns(), design.values.clone())
}

fn aic(fit: &FlexibleSpline) -> f64 {
    2.0 * fit.parameters.len() as f64 - 2.0 * fit.ln_likelihood
}

impl Options {
    fn knots(&self, limits: &Limits) -> Result<Vec<f64>, Failure> {
        let known = limits.lower.iter().zip(&limits.upper);
        let events: Vec<f64> = known
            .filter(|(lower, upper)| lower == upper)
            .map(|(time, _)| *time)
            .collect();
        let mut knots = FlexibleSpline::default_knots(&events, self.k)?;
        if let Some(inner) = &self.knots {
            let (first, last) = (knots[0], knots[knots.len() - 1]);
            knots = [&[first], inner.as_slice(), &[last]].concat();
        }
        match self.bknots.as_deref() {
            None => {}
            Some([first, last]) => {
                let end = knots.len() - 1;
                (knots[0], knots[end]) = (*first, *last);
            }
            Some(_) => return Err(Failure::option("bknots", "verwacht twee getallen")),
        }
        Ok(knots)
    }

    fn curves(
        &self,
        inputs: &Inputs<'_>,
        model: &ModelFrame,
        (fit, newdata, critical): (&FlexibleSpline, &str, f64),
    ) -> Result<Value, Failure> {
        let frame = new_table(inputs, newdata)?;
        let design = model.plan(options())?.apply(&frame)?.without_intercept();
        let (x, offset) = (matrix(&design), model.offset_of(&frame)?);
        if let Some(time) = self
            .times
            .iter()
            .find(|time| !(**time > 0.0 && time.is_finite()))
        {
            return Err(Failure::option(
                "times",
                format!("{time} is geen tijd boven nul"),
            ));
        }
        let mut columns: [Vec<f64>; 7] = Default::default();
        for row in 0..x.rows() {
            let (values, shift) = (x.row(row), offset.as_ref().map_or(0.0, |o| o[row]));
            for &time in &self.times {
                let [survival, cumulative, hazard] = fit.at(time, &values, shift);
                let [lower, upper] = fit.survival_limits(time, (&values, shift), critical);
                let cells = [
                    (row + 1) as f64,
                    time,
                    survival,
                    lower,
                    upper,
                    cumulative,
                    hazard,
                ];
                columns
                    .iter_mut()
                    .zip(cells)
                    .for_each(|(column, cell)| column.push(cell));
            }
        }
        let names = ["row", "time", "surv", "lower", "upper", "cumhaz", "hazard"];
        let named = names.iter().zip(&columns);
        Ok(json::columns(
            named.map(|(name, column)| (name, json::numbers(column))),
        ))
    }
}

fn parameter_names(fit: &FlexibleSpline, names: &[String]) -> Vec<String> {
    let gammas = (0..fit.knots.len()).map(|place| format!("gamma{place}"));
    gammas.chain(names.iter().cloned()).collect()
}

fn table(fit: &FlexibleSpline, names: &[String], critical: f64) -> Coefficients {
    let errors: Vec<f64> = (fit.covariance.diagonal_values().iter())
        .map(|variance| variance.max(0.0).sqrt())
        .collect();
    let at = |sign: f64| -> Vec<f64> {
        let pairs = fit.parameters.iter().zip(&errors);
        pairs.map(|(b, se)| b + sign * critical * se).collect()
    };
    Coefficients::new(&parameter_names(fit, names))
        .with("est", fit.parameters.clone())
        .with("L95%", at(-1.0))
        .with("U95%", at(1.0))
        .with("se", errors.clone())
}

fn result(fit: &FlexibleSpline, names: &[String], rows: usize) -> Map<String, Value> {
    let mut map = Map::new();
    let mut set = |name: &str, value: Value| map.insert(name.into(), value);
    let all = parameter_names(fit, names);
    set("names", json::texts(&all));
    set("coefficients", json::numbers(&fit.parameters));
    set("cov", json::rows(fit.covariance.values(), all.len()));
    set("loglik", json::number(fit.ln_likelihood));
    set("AIC", json::number(aic(fit)));
    set("npars", all.len().into());
    set("knots", json::numbers(&fit.knots));
    set("iter", fit.iterations.into());
    set("N", rows.into());
    map
}
