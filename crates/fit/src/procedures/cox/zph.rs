//! Tests of proportional hazards, as R's `cox.zph` gives them.

use super::fitted::{ChiSquaredTest, FittedCox};
use crate::{Failure, json};
use formula::{Column, Evaluator, Expression, Frame};
use serde_json::{Map, Value};
use statistics::cox::{CoxData, EventResiduals, PartialLikelihood, Proportionality, Ties};
use statistics::matrix::{ALIAS_TOLERANCE, Cholesky, Matrix};

/// How time enters.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::procedures) enum Transform {
    /// 1 − S(t−) of the whole table
    Km,
    /// The rank among events
    Rank,
    /// Time itself
    Identity,
    /// ln t
    Log,
    /// An expression of `t`
    Custom(String),
}

impl Transform {
    /// A name, or an expression of `t`.
    pub(in crate::procedures) fn parse(text: &str) -> Self {
        match text.trim() {
            "km" => Self::Km,
            "rank" => Self::Rank,
            "identity" => Self::Identity,
            "log" => Self::Log,
            other => Self::Custom(other.into()),
        }
    }

    pub(in crate::procedures) fn name(&self) -> &str {
        match self {
            Self::Km => "km",
            Self::Rank => "rank",
            Self::Identity => "identity",
            Self::Log => "log",
            Self::Custom(expression) => expression,
        }
    }
}

/// Which combinations are tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::procedures) struct Choice {
    /// Terms instead of single coefficients.
    pub(in crate::procedures) terms: bool,
    /// A single degree of freedom for a term of several coefficients.
    pub(in crate::procedures) single_df: bool,
    /// All at once too.
    pub(in crate::procedures) global: bool,
}

impl Default for Choice {
    fn default() -> Self {
        Self {
            terms: true,
            single_df: false,
            global: true,
        }
    }
}

/// What R's `cox.zph` holds.
pub(in crate::procedures) struct Zph {
    pub(in crate::procedures) names: Vec<String>,
    pub(in crate::procedures) tests: Vec<ChiSquaredTest>,
    /// Transformed times of the events.
    x: Vec<f64>,
    times: Vec<f64>,
    y: Matrix,
    variance: Matrix,
    strata: Option<Vec<String>>,
}

/// A row of the table: its name and the coefficients it is about.
struct Part {
    name: String,
    columns: Vec<usize>,
}

impl Zph {
    pub(in crate::procedures) fn new(
        fitted: &FittedCox,
        transform: &Transform,
        choice: Choice,
    ) -> Result<Self, Failure> {
        if fitted.kept().is_empty() {
            let message = "Zonder coëfficiënten is er niets te toetsen.";
            return Err(Failure::new("no_coefficients", message));
        }
        let g = values(fitted, transform)?;
        let sums = &fitted.sums;
        let statistics = Proportionality::new(&fitted.likelihood, sums, &g)?;
        let residuals = statistics.residuals();
        let kept = fitted.kept();
        let parts = parts(fitted, choice.terms);
        let mut names = Vec::new();
        let mut tests = Vec::new();
        let mut test = |name: &str, directions: &Matrix| -> Result<(), Failure> {
            let test = statistics.test(&kept, directions)?;
            names.push(name.to_owned());
            tests.push(ChiSquaredTest {
                statistic: test.chi_squared,
                df: test.df,
            });
            Ok(())
        };
        for part in &parts {
            let directions = match choice.single_df && part.columns.len() > 1 {
                true => combined(fitted, std::slice::from_ref(part)),
                false => chosen(fitted, &part.columns),
            };
            test(&part.name, &directions)?;
        }
        if choice.global {
            test("GLOBAL", &chosen(fitted, &kept))?;
        }
        let moments = fitted.likelihood.risk_sets().moments();
        let (y, variance) = scaled(fitted, &parts, residuals)?;
        Ok(Self {
            names,
            tests,
            x: residuals.moments.iter().map(|&moment| g[moment]).collect(),
            times: residuals
                .moments
                .iter()
                .map(|&moment| moments[moment].time)
                .collect(),
            strata: fitted.rows.strata.as_ref().map(|strata| {
                let name =
                    |&moment: &usize| strata.levels[moments[moment].stratum as usize].clone();
                residuals.moments.iter().map(name).collect()
            }),
            y,
            variance,
        })
    }

    /// The printed table.
    pub(in crate::procedures) fn table(&self) -> Value {
        let column = |pick: &dyn Fn(&ChiSquaredTest) -> Value| {
            Value::Array(self.tests.iter().map(pick).collect())
        };
        json::table(
            &self.names,
            [
                ("chisq", column(&|test| json::number(test.statistic))),
                ("df", column(&|test| test.df.into())),
                ("p", column(&|test| json::number(test.p()))),
            ],
        )
    }

    /// All that R's object holds.
    pub(in crate::procedures) fn to_json(&self) -> Value {
        let mut result = Map::new();
        result.insert("table".into(), self.table());
        result.insert("x".into(), json::numbers(&self.x));
        result.insert("time".into(), json::numbers(&self.times));
        let events = self.x.len();
        result.insert("y".into(), json::numbered_columns(self.y.values(), events));
        let order = self.variance.rows();
        result.insert("var".into(), json::rows(self.variance.values(), order));
        if let Some(strata) = &self.strata {
            result.insert("strata".into(), json::texts(strata));
        }
        Value::Object(result)
    }
}

/// The value of the transform at every moment.
fn values(fitted: &FittedCox, transform: &Transform) -> Result<Vec<f64>, Failure> {
    let moments = fitted.likelihood.risk_sets().moments();
    let times: Vec<f64> = moments.iter().map(|moment| moment.time).collect();
    let values = match transform {
        Transform::Identity => times,
        Transform::Log => times.iter().map(|time| time.ln()).collect(),
        Transform::Rank => ranks(&times, &fitted.rows.survival.stop),
        Transform::Km => kaplan_meier(fitted, &times)?,
        Transform::Custom(expression) => {
            let mut frame = Frame::new();
            frame.set("t", Column::Number(times))?;
            Evaluator::new(&frame).numbers(&Expression::parse(expression)?)?
        }
    };
    match values.iter().all(|value| value.is_finite()) {
        true => Ok(values),
        false => {
            let message = format!(
                "De tijd is onder '{}' niet overal een eindig getal.",
                transform.name()
            );
            Err(Failure::new("bad_transform", message))
        }
    }
}

/// Mean ranks of times among the ends of all rows.
fn ranks(times: &[f64], ends: &[f64]) -> Vec<f64> {
    let mut ends = ends.to_vec();
    ends.sort_unstable_by(f64::total_cmp);
    let rank = |&time: &f64| {
        let below = ends.partition_point(|&end| end < time);
        let until = ends.partition_point(|&end| end <= time);
        (below + until + 1) as f64 / 2.0
    };
    times.iter().map(rank).collect()
}

/// 1 − S just before each time; of all rows together, without weights.
fn kaplan_meier(fitted: &FittedCox, times: &[f64]) -> Result<Vec<f64>, Failure> {
    let nothing = Matrix::zeros(0, 0);
    let data = fitted.rows.data();
    let plain = CoxData {
        entry: data.entry,
        ..CoxData::new(data.exit, data.event, &nothing)
    };
    let all = PartialLikelihood::new(&plain, Ties::Breslow)?;
    let sums = all.sums(&[])?;
    let mut survival = 1.0;
    let mut known = Vec::new();
    for (moment, of) in all.risk_sets().moments().iter().zip(&sums.moments) {
        known.push((moment.time, 1.0 - survival));
        survival *= (of.risk - f64::from(moment.events)) / of.risk;
    }
    let value = |time: &f64| known[known.partition_point(|(known, _)| known < time)].1;
    Ok(times.iter().map(value).collect())
}

fn parts(fitted: &FittedCox, terms: bool) -> Vec<Part> {
    let kept = fitted.kept();
    let design = &fitted.rows.design;
    if !terms {
        let part = |&column: &usize| Part {
            name: design.names[column].clone(),
            columns: vec![column],
        };
        return kept.iter().map(part).collect();
    }
    let part = |(place, name): (usize, &String)| Part {
        name: name.clone(),
        columns: kept
            .iter()
            .copied()
            .filter(|&column| design.assign[column] == place + 1)
            .collect(),
    };
    let parts = design.terms.iter().enumerate().map(part);
    parts.filter(|part| !part.columns.is_empty()).collect()
}

/// Directions along single coefficients.
fn chosen(fitted: &FittedCox, columns: &[usize]) -> Matrix {
    let mut directions = Matrix::zeros(fitted.fit.coefficients.len(), columns.len());
    for (place, &column) in columns.iter().enumerate() {
        directions[(column, place)] = 1.0;
    }
    directions
}

/// A direction per part: of several coefficients the linear predictor that they make.
fn combined(fitted: &FittedCox, parts: &[Part]) -> Matrix {
    let mut directions = Matrix::zeros(fitted.fit.coefficients.len(), parts.len());
    for (place, part) in parts.iter().enumerate() {
        for &column in &part.columns {
            directions[(column, place)] = match part.columns.len() {
                1 => 1.0,
                _ => fitted.fit.coefficients[column],
            };
        }
    }
    directions
}

/// Scaled Schoenfeld residuals per part, and the matrix that scales them.
fn scaled(
    fitted: &FittedCox,
    parts: &[Part],
    residuals: &EventResiduals,
) -> Result<(Matrix, Matrix), Failure> {
    let directions = combined(fitted, parts);
    let information = fitted.likelihood.information(&fitted.sums);
    let information = directions.transpose().sandwich(&information);
    let events = fitted.fit.events as f64;
    let variance = Cholesky::new(&information, ALIAS_TOLERANCE)?
        .inverse()
        .scaled(events);
    let mut y = residuals.values.multiply(&directions).multiply(&variance);
    if !fitted.rows.survival.start.is_empty() {
        y = y.gather_rows(&reversed_ties(&residuals.moments));
    }
    for (column, part) in parts.iter().enumerate() {
        let coefficient = match part.columns[..] {
            [single] => fitted.fit.coefficients[single],
            _ => 1.0,
        };
        y.column_mut(column)
            .iter_mut()
            .for_each(|y| *y += coefficient);
    }
    Ok((y, variance))
}

/// Events in order, those of one moment from the last row to the first: so R lists them for rows
/// with a begin.
fn reversed_ties(moments: &[usize]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..moments.len()).collect();
    order.sort_by_key(|&event| (moments[event], std::cmp::Reverse(event)));
    order
}
