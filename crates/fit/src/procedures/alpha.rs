//! `alpha`: internal consistency of a scale, as R's `psych::alpha`.

use super::Fit;
use super::columns::numeric_columns;
use crate::arguments::DataArguments;
use crate::text::{TextTable, signif};
use crate::{Failure, Fitted, Inputs, json};
use clap::Args;
use serde_json::{Map, Value, json};
use statistics::matrix::Matrix;
use statistics::psychometrics::{CronbachAlpha, ItemStatistics, Scale, omega_total};

/// Options of `alpha`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    #[command(flatten)]
    data: DataArguments,
    /// Items van de schaal; zonder deze optie alle kolommen.
    #[arg(long, value_name = "KOLOMMEN", value_delimiter = ',')]
    items: Vec<String>,
    /// Geef ook McDonalds omega van een schaal met één factor (volledige rijen).
    #[arg(long)]
    omega: bool,
    /// Betrouwbaarheid van Feldts interval.
    #[arg(long, default_value_t = 0.95)]
    conf_level: f64,
}

impl Fit for Options {
    fn fit(&self, inputs: &Inputs<'_>) -> Result<Fitted, Failure> {
        let frame = self.data.frame(inputs)?;
        let names: Vec<String> = match self.items.is_empty() {
            true => frame.names().to_vec(),
            false => self.items.clone(),
        };
        let items = numeric_columns(&frame, &names)?;
        let alpha = CronbachAlpha::estimate(&items)?;
        let (lower, upper) = alpha.limits(self.conf_level)?;
        let mut result = Map::new();
        let mut set = |name: &str, value| result.insert(name.into(), value);
        set("total", total(&alpha));
        if !alpha.without.is_empty() {
            set("alpha.drop", json::table(&names, dropped(&alpha.without)));
        }
        set(
            "item.stats",
            json::table(&names, item_columns(&alpha.items)),
        );
        set(
            "feldt",
            json!({
                "lower": {"raw_alpha": json::number(lower)},
                "upper": {"raw_alpha": json::number(upper)},
            }),
        );
        set("n", alpha.subjects.into());
        let mut text = summary(&alpha, &names, (lower, upper));
        if self.omega {
            let (omega, loadings) = omega_total(&covariance(&items)?)?;
            set("omega.tot", json::number(omega));
            set("loadings", json::numbers(&loadings));
            text.push_str(&format!("\nOmega total: {}\n", signif(omega, 3)));
        }
        Ok(Fitted::new(Value::Object(result), text))
    }
}

fn total(alpha: &CronbachAlpha) -> Value {
    let scale = &alpha.scale;
    json!({
        "raw_alpha": json::number(scale.raw),
        "std.alpha": json::number(scale.standardised),
        "G6(smc)": json::optional(scale.lambda6),
        "average_r": json::number(scale.mean_correlation),
        "S/N": json::number(scale.signal_to_noise),
        "ase": json::number(scale.std_err),
        "mean": json::number(alpha.mean),
        "sd": json::number(alpha.sd),
        "median_r": json::number(scale.median_correlation),
    })
}

fn dropped(scales: &[Scale]) -> Vec<(&'static str, Value)> {
    let column = |pick: fn(&Scale) -> Option<f64>| {
        json::optionals(&scales.iter().map(pick).collect::<Vec<_>>())
    };
    vec![
        ("raw_alpha", column(|scale| Some(scale.raw))),
        ("std.alpha", column(|scale| Some(scale.standardised))),
        ("G6(smc)", column(|scale| scale.lambda6)),
        ("average_r", column(|scale| Some(scale.mean_correlation))),
        ("S/N", column(|scale| Some(scale.signal_to_noise))),
        ("alpha se", column(|scale| Some(scale.std_err))),
        ("var.r", column(|scale| scale.variance_of_correlations)),
        ("med.r", column(|scale| Some(scale.median_correlation))),
    ]
}

fn item_columns(items: &[ItemStatistics]) -> Vec<(&'static str, Value)> {
    let column = |pick: fn(&ItemStatistics) -> Option<f64>| {
        json::optionals(&items.iter().map(pick).collect::<Vec<_>>())
    };
    vec![
        ("n", items.iter().map(|item| item.n).collect()),
        ("raw.r", column(|item| Some(item.raw_r))),
        ("std.r", column(|item| Some(item.standardised_r))),
        ("r.cor", column(|item| item.corrected_r)),
        ("r.drop", column(|item| Some(item.rest_r))),
        ("mean", column(|item| Some(item.mean))),
        ("sd", column(|item| Some(item.sd))),
    ]
}

/// Covariances of the rows without missing answers.
fn covariance(items: &[Vec<f64>]) -> Result<Matrix, Failure> {
    let rows = items.first().map_or(0, Vec::len);
    let full = |&row: &usize| items.iter().all(|item| !item[row].is_nan());
    let kept: Vec<usize> = (0..rows).filter(full).collect();
    if kept.len() < 2 {
        return Err(statistics::NotEstimable::Empty {
            what: "complete rows",
        }
        .into());
    }
    let n = kept.len() as f64;
    let centred = |item: &Vec<f64>| -> Vec<f64> {
        let mean = kept.iter().map(|&row| item[row]).sum::<f64>() / n;
        kept.iter().map(|&row| item[row] - mean).collect()
    };
    let columns: Vec<Vec<f64>> = items.iter().map(centred).collect();
    let gram = statistics::matrix::gram(&Matrix::from_columns(&columns), None);
    Ok(gram.scaled(1.0 / (n - 1.0)))
}

fn summary(alpha: &CronbachAlpha, names: &[String], limits: (f64, f64)) -> String {
    let cells = |scale: &Scale| {
        [
            scale.raw,
            scale.standardised,
            scale.mean_correlation,
            scale.std_err,
        ]
        .map(|x| signif(x, 3))
    };
    let header = ["raw_alpha", "std.alpha", "average_r", "ase"];
    let mut all = TextTable::new(header);
    all.row("", cells(&alpha.scale));
    let mut without = TextTable::new(header);
    for (name, scale) in names.iter().zip(&alpha.without) {
        without.row(name.clone(), cells(scale));
    }
    let mut items = TextTable::new(["n", "raw.r", "std.r", "r.drop", "mean", "sd"]);
    for (name, item) in names.iter().zip(&alpha.items) {
        let numbers = [
            item.raw_r,
            item.standardised_r,
            item.rest_r,
            item.mean,
            item.sd,
        ];
        let cells = std::iter::once(item.n.to_string()).chain(numbers.map(|x| signif(x, 3)));
        items.row(name.clone(), cells);
    }
    format!(
        "{}\n 95% confidence boundaries (Feldt): {} {}\n\n Reliability if an item is dropped:\n{}\n Item statistics\n{}",
        all.print(),
        signif(limits.0, 2),
        signif(limits.1, 2),
        without.print(),
        items.print()
    )
}
