//! Results and texts of mixed models, in R's layout.

use super::frame::{MixedFrame, NamedTerm, groupings};
use crate::text::{TextTable, signif};
use crate::{Inputs, json};
use serde_json::{Map, Value};
use statistics::matrix::Matrix;
use statistics::mixed::InformationCriteria;

/// `VarCorr`: per term its covariance, names, standard deviations and correlations.
pub(crate) fn variances(terms: &[NamedTerm], covariances: &[Matrix]) -> Value {
    let of = |(term, covariance): (&NamedTerm, &Matrix)| {
        let sd = deviations(covariance);
        let correlation = correlations(covariance, &sd);
        let mut object = Map::new();
        object.insert("cov".into(), rows(covariance));
        object.insert("names".into(), json::texts(&term.effects));
        object.insert("sd".into(), json::numbers(&sd));
        object.insert("cor".into(), rows(&correlation));
        (term.name.clone(), Value::Object(object))
    };
    Value::Object(terms.iter().zip(covariances).map(of).collect())
}

fn rows(matrix: &Matrix) -> Value {
    json::rows(matrix.values(), matrix.rows())
}

pub(crate) fn deviations(covariance: &Matrix) -> Vec<f64> {
    let variances = covariance.diagonal_values();
    variances
        .iter()
        .map(|variance| variance.max(0.0).sqrt())
        .collect()
}

/// NaN beside an effect without variance.
fn correlations(covariance: &Matrix, sd: &[f64]) -> Matrix {
    let q = covariance.rows();
    let mut result = Matrix::identity(q);
    for i in 0..q {
        for j in 0..q {
            if i != j {
                result[(i, j)] = covariance[(i, j)] / (sd[i] * sd[j]);
            }
        }
    }
    result
}

/// `ranef`: per grouping its levels and effects, and if known their conditional covariances.
pub(crate) fn random_effects(
    terms: &[NamedTerm],
    modes: &[Matrix],
    conditional: Option<&[Vec<Matrix>]>,
) -> Value {
    let of = |(group, places): (&str, Vec<usize>)| {
        let mut columns = Map::new();
        let mut variances = Map::new();
        for &place in &places {
            for (effect, name) in terms[place].effects.iter().enumerate() {
                let values = modes[place].row(effect);
                columns.insert(name.clone(), json::numbers(&values));
                if let Some(conditional) = conditional {
                    let each = conditional[place].iter();
                    let values: Vec<f64> = each.map(|matrix| matrix[(effect, effect)]).collect();
                    variances.insert(name.clone(), json::numbers(&values));
                }
            }
        }
        let mut object = Map::new();
        object.insert("level".into(), json::texts(&terms[places[0]].levels));
        object.insert("columns".into(), Value::Object(columns));
        if let Some(conditional) = conditional {
            object.insert("condVar".into(), Value::Object(variances));
            let matrices =
                |place: &usize| Value::Array(conditional[*place].iter().map(rows).collect());
            let names = places.iter().map(|&place| terms[place].name.clone());
            let all = names.zip(places.iter().map(matrices));
            object.insert("postVar".into(), Value::Object(all.collect()));
        }
        (group.to_owned(), Value::Object(object))
    };
    Value::Object(groupings(terms).into_iter().map(of).collect())
}

/// Levels per grouping.
pub(crate) fn group_counts(terms: &[NamedTerm]) -> Value {
    let of = |(group, places): (&str, Vec<usize>)| {
        (group.to_owned(), terms[places[0]].levels.len().into())
    };
    Value::Object(groupings(terms).into_iter().map(of).collect())
}

/// Names the terms whose covariance is singular.
pub(crate) fn warn_singular(inputs: &Inputs<'_>, terms: &[NamedTerm], singular: &[usize]) {
    if singular.is_empty() {
        return;
    }
    let names: Vec<&str> = singular
        .iter()
        .map(|&term| terms[term].name.as_str())
        .collect();
    let message = format!(
        "Singulier model: van {} is een variantie 0 of een correlatie ±1. De toevallige effecten \
         zijn rijker dan de gegevens dragen.",
        names.join(", ")
    );
    inputs.warn("singular_fit", message);
}

/// Names the columns that were dropped.
pub(crate) fn warn_aliased(inputs: &Inputs<'_>, names: &[String], aliased: &[usize]) {
    if aliased.is_empty() {
        return;
    }
    let names: Vec<&str> = aliased
        .iter()
        .map(|&column| names[column].as_str())
        .collect();
    let message = format!(
        "Weggelaten, want te berekenen uit andere kolommen: {}.",
        names.join(", ")
    );
    inputs.warn("aliased_columns", message);
}

/// `logLik`, `AIC`, `BIC` and how many parameters they count.
pub(crate) fn set_criteria(result: &mut Map<String, Value>, criteria: &InformationCriteria) {
    result.insert("logLik".into(), json::number(criteria.ln_likelihood));
    result.insert("AIC".into(), json::number(criteria.aic));
    result.insert("BIC".into(), json::number(criteria.bic));
    result.insert("npar".into(), criteria.parameters.into());
}

/// "AIC 1755.6  BIC 1774.8  logLik -871.8".
pub(crate) fn criteria_text(criteria: &InformationCriteria, digits: usize) -> String {
    format!(
        "AIC {}  BIC {}  logLik {}",
        signif(criteria.aic, digits),
        signif(criteria.bic, digits),
        signif(criteria.ln_likelihood, digits),
    )
}

/// The block "Random effects" of R's summary; `sigma` where there is a residual variance.
pub(crate) fn random_text(
    terms: &[NamedTerm],
    covariances: &[Matrix],
    sigma: Option<f64>,
) -> String {
    let mut table = TextTable::new(["Name", "Variance", "Std.Dev.", "Corr"]);
    for (term, covariance) in terms.iter().zip(covariances) {
        let sd = deviations(covariance);
        let correlation = correlations(covariance, &sd);
        for (effect, name) in term.effects.iter().enumerate() {
            let group = if effect == 0 { term.name.as_str() } else { "" };
            let correlations: Vec<String> = (0..effect)
                .map(|other| format!("{:.2}", correlation[(effect, other)]))
                .collect();
            table.row(
                format!(" {group}"),
                [
                    name.clone(),
                    signif(covariance[(effect, effect)], 5),
                    signif(sd[effect], 5),
                    correlations.join(" "),
                ],
            );
        }
    }
    if let Some(sigma) = sigma {
        let cells = ["".into(), signif(sigma * sigma, 5), signif(sigma, 5)];
        table.row(" Residual", cells);
    }
    table.print()
}

/// "Number of obs: 180, groups: Subject, 18".
pub(crate) fn sizes_text(frame: &MixedFrame) -> String {
    let groups: Vec<String> = groupings(&frame.terms)
        .into_iter()
        .map(|(group, places)| format!("{group}, {}", frame.terms[places[0]].levels.len()))
        .collect();
    format!(
        "Number of obs: {}, groups:  {}\n",
        frame.y.len(),
        groups.join("; ")
    )
}
