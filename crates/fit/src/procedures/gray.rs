//! `gray`: cumulative incidence per group and Gray's test, as R's `cmprsk::cuminc`.

use super::Fit;
use crate::arguments::SurvivalArguments;
use crate::text::{TextTable, p_value, signif};
use crate::{Failure, Fitted, Inputs, json};
use clap::Args;
use formula::{Factor, ModelFrame, Survival};
use serde_json::{Map, Value};
use statistics::competing::{CompetingData, GrayTest, IncidenceCurve};

/// Options of `gray`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    #[command(flatten)]
    model: SurvivalArguments,
    /// Exponent van 1-F in het gewicht van de toets.
    #[arg(long, default_value_t = 0.0, allow_hyphen_values = true)]
    rho: f64,
    /// Geef ook schattingen op deze tijden (R: timepoints): 60,120.
    #[arg(long, value_name = "TIJDEN", value_delimiter = ',')]
    timepoints: Vec<f64>,
}

impl Fit for Options {
    fn fit(&self, inputs: &Inputs<'_>) -> Result<Fitted, Failure> {
        let (model, survival) = self.model.model(inputs, &[])?;
        let survival = outcome(survival)?;
        if model.role("weights").is_some() {
            let message = "Gray's toets kent geen gewichten; aj geeft gewogen curven.";
            return Err(Failure::new("no_weights", message));
        }
        let groups = model.groups(&["strata"])?;
        let strata = model.strata();
        let one_group = vec![0; survival.stop.len()];
        let data = CompetingData {
            time: &survival.stop,
            cause: &survival.status,
            causes: survival.states.len(),
            group: groups.as_ref().map_or(&one_group, |groups| &groups.codes),
            groups: groups.as_ref().map_or(1, |groups| groups.levels.len()),
        };
        let names = Names {
            groups: group_names(&model, groups.as_ref()),
            causes: survival.states.clone(),
        };
        let curves: Vec<IncidenceCurve> = IncidenceCurve::estimate(&data)?
            .into_iter()
            .filter(|curve| survival.status.iter().any(|&s| s as usize == curve.cause))
            .collect();
        let tests = match data.groups {
            1 => Vec::new(),
            _ => GrayTest::test(&data, strata.as_ref().map(|s| s.codes.as_slice()), self.rho)?,
        };
        let tests = told(inputs, tests, &names);
        let mut result = Map::new();
        result.insert("curves".into(), names.curves(&curves));
        result.insert("Tests".into(), names.tests(&tests));
        if !self.timepoints.is_empty() {
            let points = names.timepoints(&curves, &self.timepoints);
            result.insert("timepoints".into(), points);
        }
        Ok(Fitted::new(
            Value::Object(result),
            names.summary(&tests, &curves, &self.timepoints),
        ))
    }
}

/// A single event is one cause.
fn outcome(mut survival: Survival) -> Result<Survival, Failure> {
    if !survival.start.is_empty() {
        let message = "Late instroom (start, stop] kan hier niet; finegray en aj kunnen het wel.";
        return Err(Failure::new("no_left_truncation", message));
    }
    if survival.states.is_empty() {
        survival.states = vec!["1".into()];
    }
    Ok(survival)
}

/// Levels as `cuminc` names groups: without the name of a single variable.
fn group_names(model: &ModelFrame, groups: Option<&Factor>) -> Vec<String> {
    let Some(groups) = groups else {
        return vec!["1".into()];
    };
    let single = model.terms.terms.len() - model.specials("strata").len() == 1;
    let short = |level: &String| match level.split_once('=') {
        Some((_, value)) if single => value.to_owned(),
        _ => level.clone(),
    };
    groups.levels.iter().map(short).collect()
}

/// Tests that can be made; of others the user is told why not.
fn told(
    inputs: &Inputs<'_>,
    tests: Vec<Result<GrayTest, statistics::NotEstimable>>,
    names: &Names,
) -> Vec<GrayTest> {
    let mut made = Vec::new();
    for (test, cause) in tests.into_iter().zip(&names.causes) {
        match test {
            Ok(test) => made.push(test),
            Err(statistics::NotEstimable::NoEvents) => {}
            Err(reason) => {
                let reason = Failure::from(reason);
                let message = format!("Geen toets voor '{cause}': {}", reason.message);
                inputs.warn(reason.code, message);
            }
        }
    }
    made
}

/// The names of groups and causes.
struct Names {
    groups: Vec<String>,
    causes: Vec<String>,
}

impl Names {
    fn cause(&self, cause: usize) -> &str {
        &self.causes[cause - 1]
    }

    fn of(&self, curve: &IncidenceCurve) -> String {
        let group = self.groups.get(curve.group).map_or("1", String::as_str);
        format!("{group} {}", self.cause(curve.cause))
    }

    /// Step curves as `cuminc` stores them: each jump twice, up to the last observation.
    fn curves(&self, curves: &[IncidenceCurve]) -> Value {
        let curve = |curve: &IncidenceCurve| {
            let steps = |values: &[f64]| {
                let mut doubled = vec![0.0; 2];
                doubled.extend(values.iter().flat_map(|&value| [value; 2]));
                doubled
            };
            let mut times = vec![0.0];
            times.extend(curve.times.iter().flat_map(|&time| [time; 2]));
            times.push(curve.last);
            let value = json::columns([
                ("time", json::numbers(&times)),
                ("est", json::numbers(&steps(&curve.estimate))),
                ("var", json::numbers(&steps(&curve.variance))),
            ]);
            (self.of(curve), value)
        };
        json::columns(curves.iter().map(curve))
    }

    fn tests(&self, tests: &[GrayTest]) -> Value {
        if self.groups.len() < 2 {
            return Value::Null;
        }
        let causes: Vec<&str> = tests.iter().map(|test| self.cause(test.cause)).collect();
        let of = |pick: fn(&GrayTest) -> f64| -> Vec<f64> { tests.iter().map(pick).collect() };
        json::table(
            &causes,
            [
                ("stat", json::numbers(&of(|test| test.chi_squared))),
                ("pv", json::numbers(&of(|test| test.p))),
                ("df", json::numbers(&of(|test| test.df as f64))),
            ],
        )
    }

    fn timepoints(&self, curves: &[IncidenceCurve], times: &[f64]) -> Value {
        let names: Vec<String> = curves.iter().map(|curve| self.of(curve)).collect();
        let matrix = |pick: fn((f64, f64)) -> f64| -> Value {
            let row = |curve: &IncidenceCurve| -> Value {
                let cell = |&time: &f64| json::optional(curve.at(time).map(pick));
                times.iter().map(cell).collect()
            };
            curves.iter().map(row).collect()
        };
        let labels: Vec<String> = times.iter().map(|&time| signif(time, 15)).collect();
        let estimates = [
            ("rownames", json::texts(&names)),
            ("times", json::texts(&labels)),
            ("value", matrix(|(estimate, _)| estimate)),
        ];
        json::columns([
            ("est", json::columns(estimates)),
            ("var", matrix(|(_, variance)| variance)),
        ])
    }

    fn summary(&self, tests: &[GrayTest], curves: &[IncidenceCurve], times: &[f64]) -> String {
        let mut text = String::new();
        if !tests.is_empty() {
            let mut table = TextTable::new(["stat", "pv", "df"]);
            for test in tests {
                let cells = [
                    signif(test.chi_squared, 7),
                    p_value(test.p),
                    test.df.to_string(),
                ];
                table.row(self.cause(test.cause), cells);
            }
            text.push_str(&format!("Tests:\n{}", table.print()));
        }
        let last = curves.iter().map(|curve| curve.last).fold(0.0, f64::max);
        let ticks = pretty(last);
        let times = if times.is_empty() { &ticks } else { times };
        for (title, pick) in [
            ("est", (|(estimate, _)| estimate) as fn((f64, f64)) -> f64),
            ("var", |(_, variance)| variance),
        ] {
            let mut table = TextTable::new(times.iter().map(|&time| signif(time, 7)));
            for curve in curves {
                let cell = |&time: &f64| match curve.at(time) {
                    Some(point) => signif(pick(point), 5),
                    None => "NA".into(),
                };
                table.row(self.of(curve), times.iter().map(cell).collect::<Vec<_>>());
            }
            text.push_str(&format!("\n${title}\n{}", table.print()));
        }
        text
    }
}

/// About five round times between 0 and the last.
fn pretty(last: f64) -> Vec<f64> {
    if last <= 0.0 {
        return vec![0.0];
    }
    let raw = last / 5.0;
    let power = 10f64.powf(raw.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .map(|factor| factor * power)
        .find(|&step| step >= raw * 0.75)
        .unwrap_or(10.0 * power);
    let count = (last / step).floor() as usize;
    (1..=count).map(|tick| tick as f64 * step).collect()
}
