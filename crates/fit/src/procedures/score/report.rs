//! Scores, their intervals and their differences, named as R names them.

use super::Metric;
use super::risks::RiskModel;
use crate::text::{TextTable, p_value, signif};
use crate::{Failure, Fitted, json};
use serde_json::{Map, Value};
use statistics::distribution::Normal;
use statistics::prediction::RiskScore;

/// Scores by model and time; none of a model that has no such score.
pub(super) type Measured = Vec<Vec<Option<RiskScore>>>;

pub(super) struct Report<'a> {
    pub(super) times: &'a [f64],
    pub(super) models: &'a [RiskModel],
    pub(super) level: f64,
    pub(super) rows: usize,
}

/// A row of a table of scores, or of differences.
struct Line<'a> {
    model: &'a str,
    reference: Option<&'a str>,
    time: f64,
    value: f64,
    se: f64,
    limits: (f64, f64),
    /// IPA of a Brier score, p of a difference.
    last: f64,
}

impl Metric {
    fn names(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Auc => ("auc", "AUC", "delta.AUC"),
            Self::Brier => ("brier", "Brier", "delta.Brier"),
        }
    }
}

impl Report<'_> {
    pub(super) fn fitted(
        &self,
        measured: &[(Metric, Measured)],
        with_risks: bool,
    ) -> Result<Fitted, Failure> {
        let z = Normal::critical(self.level)?;
        let mut result = Map::new();
        let mut text = format!("n = {}\n", self.rows);
        for (metric, scores) in measured {
            let (key, name, delta) = metric.names();
            let scored = self.scores(scores, z);
            let last = (*metric == Metric::Brier).then_some("IPA");
            result.insert(key.into(), table(&scored, name, last));
            text.push_str(&format!("\n{name}\n{}", print(&scored, name, last)));
            let compared = self.differences(scores, z)?;
            if !compared.is_empty() {
                let contrasts = table(&compared, delta, Some("p"));
                result.insert(format!("{key}.contrasts"), contrasts);
                text.push_str(&format!("\n{}", print(&compared, delta, Some("p"))));
            }
        }
        if with_risks {
            let risks = self.models.iter().map(|model| {
                let by_time: Value = model
                    .risks
                    .iter()
                    .map(|risks| json::numbers(risks))
                    .collect();
                (&model.name, by_time)
            });
            result.insert("risks".into(), json::columns(risks));
        }
        Ok(Fitted::new(Value::Object(result), text))
    }

    fn scores(&self, scores: &Measured, z: f64) -> Vec<Line<'_>> {
        let null = self.models.iter().position(|model| model.is_null);
        let mut lines = Vec::new();
        for (model, of_model) in self.models.iter().zip(scores) {
            for (place, (score, &time)) in of_model.iter().zip(self.times).enumerate() {
                let (value, se) = estimate(score.as_ref());
                let without = null.and_then(|null| scores[null].get(place)?.as_ref());
                lines.push(Line {
                    model: &model.name,
                    reference: None,
                    time,
                    value,
                    se,
                    limits: ((value - z * se).max(0.0), (value + z * se).min(1.0)),
                    last: without.map_or(f64::NAN, |without| 1.0 - value / without.value),
                });
            }
        }
        lines
    }

    /// Each model against each earlier one, by time.
    fn differences(&self, scores: &Measured, z: f64) -> Result<Vec<Line<'_>>, Failure> {
        let mut lines = Vec::new();
        for (place, &time) in self.times.iter().enumerate() {
            for (reference, against) in scores.iter().enumerate() {
                for (model, of_model) in scores.iter().enumerate().skip(reference + 1) {
                    let (Some(a), Some(b)) = (of_model.get(place), against.get(place)) else {
                        continue;
                    };
                    let (value, se) = match (a, b) {
                        (Some(a), Some(b)) => (a.value - b.value, a.std_error_of_difference(b)?),
                        _ => (f64::NAN, f64::NAN),
                    };
                    lines.push(Line {
                        model: &self.models[model].name,
                        reference: Some(&self.models[reference].name),
                        time,
                        value,
                        se,
                        limits: (value - z * se, value + z * se),
                        last: Normal::two_sided(value / se),
                    });
                }
            }
        }
        Ok(lines)
    }
}

/// Value and standard error, NaN where there is no score.
fn estimate(score: Option<&RiskScore>) -> (f64, f64) {
    score.map_or((f64::NAN, f64::NAN), |score| {
        (score.value, score.std_error())
    })
}

fn table(lines: &[Line<'_>], name: &str, last: Option<&str>) -> Value {
    let of = |pick: &dyn Fn(&Line<'_>) -> f64| {
        json::numbers_or_na(&lines.iter().map(pick).collect::<Vec<_>>())
    };
    let models: Vec<&str> = lines.iter().map(|line| line.model).collect();
    let references: Vec<&str> = lines.iter().filter_map(|line| line.reference).collect();
    let mut columns = vec![("model", json::texts(&models))];
    if !references.is_empty() {
        columns.push(("reference", json::texts(&references)));
    }
    columns.extend([
        ("times", of(&|line| line.time)),
        (name, of(&|line| line.value)),
        ("se", of(&|line| line.se)),
        ("lower", of(&|line| line.limits.0)),
        ("upper", of(&|line| line.limits.1)),
    ]);
    if let Some(last) = last {
        columns.push((last, of(&|line| line.last)));
    }
    json::columns(columns)
}

fn print(lines: &[Line<'_>], name: &str, last: Option<&str>) -> String {
    let header = ["times", name, "se", "lower", "upper"];
    let mut table = TextTable::new(header.into_iter().chain(last));
    for line in lines {
        let label = match line.reference {
            Some(reference) => format!("{} - {reference}", line.model),
            None => line.model.to_owned(),
        };
        let numbers = [line.time, line.value, line.se, line.limits.0, line.limits.1];
        let shown = numbers.map(|value| signif(value, 5));
        let last = last.map(|last| match last {
            "p" => p_value(line.last),
            _ => signif(line.last, 4),
        });
        table.row(label, shown.into_iter().chain(last));
    }
    table.print()
}
