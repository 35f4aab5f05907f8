//! What `survreg` tells.

use super::Result;
use super::rows::NewRows;
use crate::coefficients::{Coefficients, normal_p_values, ratios};
use crate::text::{p_value, signif};
use crate::{Failure, Inputs, json};
use serde_json::{Map, Value};
use statistics::distribution::{ChiSquared, Distribution};
use statistics::matrix::Matrix;
use statistics::parametric::{Accelerated, AcceleratedOptions, Contribution, Standard};

pub(super) fn warn(inputs: &Inputs<'_>, fit: &Accelerated, names: &[String]) {
    if fit.infinite.is_empty() {
        return;
    }
    let name = |&place: &usize| names.get(place).map_or("schaal", String::as_str);
    let list: Vec<&str> = fit.infinite.iter().map(name).collect();
    let message = format!(
        "De aannemelijkheid groeit nog terwijl {} naar oneindig loopt; de standaardfouten zeggen niets.",
        list.join(", ")
    );
    inputs.warn("infinite_coefficient", message);
}

/// Coefficients, then ln σ, then the shape.
fn parameter_names(result: &Result<'_>) -> Vec<String> {
    let mut names = result.names.clone();
    if result.fit.scale_estimated {
        match result.rows.stratum_names.as_slice() {
            [] => names.push("Log(scale)".into()),
            strata => names.extend(strata.iter().cloned()),
        }
    }
    if shape(&result.fit).is_some() {
        names.push("Q".into());
    }
    names
}

fn shape(fit: &Accelerated) -> Option<f64> {
    match fit.family.standard {
        Standard::GeneralisedGamma(q) => Some(q),
        _ => None,
    }
}

fn coefficients(fit: &Accelerated) -> Vec<Option<f64>> {
    let value = |(column, &value)| (!fit.aliased.contains(&column)).then_some(value);
    fit.coefficients.iter().enumerate().map(value).collect()
}

fn parameters(fit: &Accelerated) -> Vec<f64> {
    let mut all: Vec<f64> = coefficients(fit)
        .into_iter()
        .map(|value| value.unwrap_or(f64::NAN))
        .collect();
    if fit.scale_estimated {
        all.extend(fit.scales.iter().map(|scale| scale.ln()));
    }
    all.extend(shape(fit));
    all
}

fn chi_squared(fit: &Accelerated) -> (f64, usize, f64) {
    let statistic = 2.0 * (fit.ln_likelihood - fit.ln_likelihood_null);
    let df = fit.df.saturating_sub(fit.df_null);
    let p = ChiSquared::new(df as f64).map_or(f64::NAN, |chi| chi.upper(statistic));
    (statistic, df, p)
}

fn table(result: &Result<'_>) -> Coefficients {
    let values = parameters(&result.fit);
    let errors = |covariance: &Matrix| -> Vec<f64> {
        let root = |(variance, value): (f64, &f64)| match value.is_nan() {
            true => f64::NAN,
            false => variance.max(0.0).sqrt(),
        };
        let variances = covariance.diagonal_values();
        variances.into_iter().zip(&values).map(root).collect()
    };
    let error = errors(&result.covariance);
    let z = ratios(&values, &error);
    let p = normal_p_values(&z);
    let table = Coefficients::new(&parameter_names(result)).with("Value", values.clone());
    let table = match result.is_robust {
        true => table
            .with("Std. Err", error)
            .with("(Naive SE)", errors(&result.fit.covariance)),
        false => table.with("Std. Error", error),
    };
    table.with("z", z).with("p", p)
}

pub(super) fn json(result: &Result<'_>) -> Map<String, Value> {
    let fit = &result.fit;
    let mut map = Map::new();
    let mut set = |name: &str, value: Value| map.insert(name.into(), value);
    let matrix = |m: &Matrix| json::rows(m.values(), m.rows());
    set("names", json::texts(&result.names));
    set("coef", json::optionals(&coefficients(fit)));
    match result.rows.strata {
        None => set("scale", json::number(fit.scales[0])),
        Some(_) => set("scale", json::numbers(&fit.scales)),
    };
    if let Some(q) = shape(fit) {
        set("shape", json::number(q));
    }
    set("icoef", json::numbers(&parameters(fit)));
    set("var", matrix(&result.covariance));
    if result.is_robust {
        set("naive.var", matrix(&fit.covariance));
    }
    set(
        "loglik",
        json::numbers(&[fit.ln_likelihood_null, fit.ln_likelihood]),
    );
    set("score", json::numbers(&fit.score));
    set("df", fit.df.into());
    set("idf", fit.df_null.into());
    set(
        "df.residual",
        json::number(result.x.rows() as f64 - fit.df as f64),
    );
    set("iter", fit.iterations.into());
    set("n", result.x.rows().into());
    set("linear.predictors", json::numbers(&fit.linear_predictor));
    set("summary.table", table(result).to_json());
    let (statistic, df, p) = chi_squared(fit);
    set("chi", json::number(statistic));
    set("chisq.df", df.into());
    set("pvalue", json::or_na(p));
    let (n, k, ll) = (result.x.rows() as f64, fit.df as f64, fit.ln_likelihood);
    set("aic", json::number(2.0 * k - 2.0 * ll));
    set("bic", json::number(n.ln() * k - 2.0 * ll));
    map
}

pub(super) fn text(result: &Result<'_>) -> String {
    let fit = &result.fit;
    let mut text = table(result).to_text();
    let scales: Vec<String> = match result.rows.stratum_names.as_slice() {
        [] => vec![signif(fit.scales[0], 3)],
        names => (names.iter().zip(&fit.scales))
            .map(|(name, scale)| format!("{name}: {}", signif(*scale, 3)))
            .collect(),
    };
    let fixed = if fit.scale_estimated { "" } else { " (fixed)" };
    text.push_str(&format!("\nScale{fixed}= {}\n", scales.join(", ")));
    let (statistic, df, p) = chi_squared(fit);
    text.push_str(&format!(
        "\nLoglik(model)= {}   Loglik(intercept only)= {}\n",
        signif(fit.ln_likelihood, 7),
        signif(fit.ln_likelihood_null, 7)
    ));
    if df > 0 {
        text.push_str(&format!(
            "\tChisq= {} on {df} degrees of freedom, p= {}\n",
            signif(statistic, 4),
            p_value(p)
        ));
    }
    if result.is_robust {
        text.push_str("(Loglikelihood assumes independent observations)\n");
    }
    text.push_str(&format!(
        "Number of Newton-Raphson Iterations: {}\nn= {}\n",
        fit.iterations,
        result.x.rows()
    ));
    text
}

/// Terms added one after the other.
pub(super) fn anova(
    result: &Result<'_>,
    options: AcceleratedOptions,
) -> std::result::Result<(Value, String), Failure> {
    let n = result.x.rows() as f64;
    let mut fits = vec![(result.fit.df_null, result.fit.ln_likelihood_null)];
    for term in 1..=result.terms.len() {
        let columns: Vec<usize> = (0..result.assign.len())
            .filter(|&column| result.assign[column] <= term)
            .collect();
        let x = result.x.gather_columns(&columns);
        let fit = Accelerated::fit(result.rows.data(&x), options)?;
        fits.push((fit.df, fit.ln_likelihood));
    }
    let names: Vec<String> = std::iter::once("NULL".to_owned())
        .chain(result.terms.iter().cloned())
        .collect();
    let steps: Vec<(f64, f64)> = std::iter::once((f64::NAN, f64::NAN))
        .chain(fits.windows(2).map(|pair| {
            let df = pair[1].0 as f64 - pair[0].0 as f64;
            (df, 2.0 * (pair[1].1 - pair[0].1))
        }))
        .collect();
    let p = |&(df, deviance): &(f64, f64)| {
        ChiSquared::new(df).map_or(f64::NAN, |chi| chi.upper(deviance))
    };
    let table = Coefficients::new(&names)
        .with("Df", steps.iter().map(|step| step.0).collect())
        .with("Deviance", steps.iter().map(|step| step.1).collect())
        .with(
            "Resid. Df",
            fits.iter().map(|fit| n - fit.0 as f64).collect(),
        )
        .with("-2*LL", fits.iter().map(|fit| -2.0 * fit.1).collect())
        .with("Pr(>Chi)", steps.iter().map(p).collect());
    let text = format!(
        "\nTerms added sequentially (first to last)\n{}",
        table.to_text()
    );
    Ok((table.to_json(), text))
}

/// `residuals(type = "matrix")`.
pub(super) fn contributions(rows: &[Contribution]) -> Matrix {
    let column = |f: fn(&Contribution) -> f64| -> Vec<f64> { rows.iter().map(f).collect() };
    Matrix::from_columns(&[
        column(|c| c.g),
        column(|c| c.dg),
        column(|c| c.ddg),
        column(|c| c.ds),
        column(|c| c.dds),
        column(|c| c.dsg),
    ])
}

/// A single column as vector, several as rows.
pub(super) fn vector_or_rows(values: &Matrix) -> Value {
    match values.columns() {
        1 => json::numbers(values.column(0)),
        _ => json::rows(values.values(), values.rows()),
    }
}

/// Each term's part of the linear predictor, less its mean over the rows of the fit.
pub(super) fn terms(result: &Result<'_>, rows: &NewRows) -> Value {
    let n = rows.x.rows();
    let (count, p) = (result.terms.len(), result.names.len());
    let mut fit = Matrix::zeros(n, count);
    let mut error = Matrix::zeros(n, count);
    let means: Vec<f64> = (0..p)
        .map(|column| result.x.column(column).iter().sum::<f64>() / result.x.rows() as f64)
        .collect();
    for term in 0..count {
        for row in 0..n {
            let slope = |column: usize| match result.assign[column] == term + 1 {
                true => rows.x[(row, column)] - means[column],
                false => 0.0,
            };
            let mut slopes: Vec<f64> = (0..p).map(slope).collect();
            let parts = slopes.iter().zip(&result.fit.coefficients);
            fit[(row, term)] = parts.map(|(x, b)| x * b).sum();
            slopes.resize(result.covariance.rows(), 0.0);
            error[(row, term)] = result.covariance.quadratic_form(&slopes).max(0.0).sqrt();
        }
    }
    let columns = |m: &Matrix| {
        let named = result.terms.iter().enumerate();
        json::columns(named.map(|(place, name)| (name, json::numbers(m.column(place)))))
    };
    let mut map = Map::new();
    map.insert("fit".into(), columns(&fit));
    map.insert("se.fit".into(), columns(&error));
    Value::Object(map)
}
