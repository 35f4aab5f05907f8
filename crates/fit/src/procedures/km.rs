//! `km`: survival curves by Kaplan and Meier, as R's `survfit(Surv(...) ~ groups)`.

use super::Fit;
use crate::arguments::ModelArguments;
use crate::text::{TextTable, signif};
use crate::{Failure, Fitted, Inputs, json};
use clap::{Args, ValueEnum};
use formula::{Factor, Survival};
use serde_json::{Map, Value};
use statistics::{
    Confidence, FROM_START, FollowUp, KaplanMeier, Level, Quantile, RiskTable, Transform,
};

/// Options of `km`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    #[command(flatten)]
    model: ModelArguments,
    /// Schaal van de betrouwbaarheidsgrenzen.
    #[arg(long, value_enum, default_value_t = Scale::Log)]
    conf_type: Scale,
}

/// Scales of confidence limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Scale {
    /// log S
    Log,
    /// log(−log S)
    LogLog,
    /// S zelf
    Plain,
    /// logit S
    Logit,
    /// arcsin √S
    Arcsin,
}

impl Scale {
    fn transform(self) -> Transform {
        match self {
            Self::Log => Transform::Log,
            Self::LogLog => Transform::LogLog,
            Self::Plain => Transform::Plain,
            Self::Logit => Transform::Logit,
            Self::Arcsin => Transform::Arcsin,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Log => "log",
            Self::LogLog => "log-log",
            Self::Plain => "plain",
            Self::Logit => "logit",
            Self::Arcsin => "arcsin",
        }
    }
}

impl Fit for Options {
    fn fit(&self, inputs: &Inputs<'_>) -> Result<Fitted, Failure> {
        let model = self.model.model(inputs, &[])?;
        let survival = model.survival()?;
        let groups = model.groups(&[])?;
        let confidence = Confidence {
            level: Level::P95,
            transform: self.conf_type.transform(),
        };
        let curves = curves(survival, groups.as_ref(), confidence)?;
        Ok(Fitted::new(
            self.result(&curves, groups.as_ref()),
            summary(&curves),
        ))
    }
}

/// A curve and the group that it is of.
struct Curve {
    name: String,
    rows: usize,
    table: RiskTable,
    curve: KaplanMeier,
}

fn curves(
    survival: &Survival,
    groups: Option<&Factor>,
    confidence: Confidence,
) -> Result<Vec<Curve>, Failure> {
    let all = vec![0; survival.stop.len()];
    let names = groups.map_or_else(|| vec![String::new()], |groups| groups.levels.clone());
    let codes = groups.map_or(&all, |groups| &groups.codes);
    let curve = |(group, name): (usize, String)| {
        let rows: Vec<usize> = (0..codes.len())
            .filter(|&row| codes[row] as usize == group)
            .collect();
        let table = risk_table(&survival.rows(&rows))?;
        Ok(Curve {
            name,
            rows: rows.len(),
            curve: KaplanMeier::estimate(&table, confidence),
            table,
        })
    };
    names.into_iter().enumerate().map(curve).collect()
}

fn risk_table(survival: &Survival) -> Result<RiskTable, Failure> {
    let entry: Vec<i32> = match survival.start.is_empty() {
        true => vec![FROM_START; survival.stop.len()],
        false => days(&survival.start)?,
    };
    let exit = days(&survival.stop)?;
    let event: Vec<u8> = survival
        .status
        .iter()
        .map(|&status| u8::from(status > 0))
        .collect();
    let rows = FollowUp {
        entry: &entry,
        exit: &exit,
        event: &event,
    };
    Ok(RiskTable::count(rows, 1)?)
}

fn days(times: &[f64]) -> Result<Vec<i32>, Failure> {
    let day = |&time: &f64| {
        let whole = time.fract() == 0.0 && time.abs() < f64::from(i32::MAX);
        whole
            .then_some(time as i32)
            .ok_or_else(|| Failure::new("not_whole_days", "De tijden zijn geen hele dagen."))
    };
    times.iter().map(day).collect()
}

impl Options {
    fn result(&self, curves: &[Curve], groups: Option<&Factor>) -> Value {
        let mut result = Map::new();
        let mut set = |name: &str, value: Value| {
            result.insert(name.into(), value);
        };
        let counts = |pick: fn(&Curve) -> &Vec<u64>| -> Value {
            curves.iter().flat_map(pick).copied().collect()
        };
        let limits = |pick: fn(&statistics::Limits) -> f64| -> Value {
            let all = curves.iter().flat_map(|curve| &curve.curve.limits);
            all.map(|limits| json::optional(limits.as_ref().map(pick)))
                .collect()
        };
        let of_curves = |pick: fn(&KaplanMeier) -> Vec<f64>| -> Value {
            let values: Vec<f64> = curves.iter().flat_map(|curve| pick(&curve.curve)).collect();
            json::numbers(&values)
        };
        set("n", curves.iter().map(|curve| curve.rows).collect());
        if groups.is_some() {
            let lengths = curves
                .iter()
                .map(|curve| (&curve.name, curve.table.times.len().into()));
            set("strata", json::columns(lengths));
        }
        set("type", "right".into());
        set(
            "time",
            curves
                .iter()
                .flat_map(|curve| &curve.table.times)
                .copied()
                .collect(),
        );
        set("n.risk", counts(|curve| &curve.table.n_risk));
        set("n.event", counts(|curve| &curve.curve.n_event));
        set("n.censor", counts(|curve| &curve.table.n_censor));
        set("surv", of_curves(|curve| curve.survival.clone()));
        set(
            "std.err",
            of_curves(|curve| {
                let or_infinite = |se: &Option<f64>| se.unwrap_or(f64::INFINITY);
                curve.std_err_log.iter().map(or_infinite).collect()
            }),
        );
        set("std.err.is.log.scale", true.into());
        set("lower", limits(|limits| limits.lower));
        set("upper", limits(|limits| limits.upper));
        set("conf.type", self.conf_type.name().into());
        set("conf.int", json::number(0.95));
        Value::Object(result)
    }
}

/// As R prints a `survfit`.
fn summary(curves: &[Curve]) -> String {
    let mut table = TextTable::new(["n", "events", "median", "0.95LCL", "0.95UCL"]);
    for curve in curves {
        let events: u64 = curve.curve.n_event.iter().sum();
        let day = |day: Option<f64>| day.map_or("NA".into(), |day| signif(day, 7));
        let quantile = match curve.curve.quantile(0.5) {
            Quantile::NotReached => [None; 3],
            Quantile::At { days, lower, upper } => [Some(days), lower, upper],
        };
        let cells = [curve.rows.to_string(), events.to_string()]
            .into_iter()
            .chain(quantile.map(day));
        table.row(curve.name.clone(), cells);
    }
    table.print()
}
