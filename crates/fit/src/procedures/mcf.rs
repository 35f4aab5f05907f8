//! `mcf`: the mean number of recurring events, as R's `reda::mcf`.

use super::Fit;
use super::curve_groups::{CurveData, Group};
use crate::arguments::SurvivalArguments;
use crate::text::{TextTable, signif};
use crate::{Failure, Fitted, Inputs, json};
use clap::{Args, ValueEnum};
use formula::ModelFrame;
use serde_json::Value;
use statistics::recurrent::{CountVariance, MeanCount};

/// Options of `mcf`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    #[command(flatten)]
    survival: SurvivalArguments,
    /// Kolom met personen; zonder deze optie is elke rij een persoon.
    #[arg(long, value_name = "UITDRUKKING")]
    id: Option<String>,
    /// Variantie.
    #[arg(long, value_enum, default_value_t = VarianceName::LawlessNadeau)]
    variance: VarianceName,
    /// Grenzen op logschaal.
    #[arg(long)]
    log_conf_int: bool,
    /// Dekking van de grenzen.
    #[arg(long, alias = "conf-int", value_name = "KANS", default_value_t = 0.95)]
    level: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum VarianceName {
    /// Lawless en Nadeau: robuust
    #[value(alias = "LawlessNadeau")]
    LawlessNadeau,
    /// Poisson
    #[value(alias = "Poisson")]
    Poisson,
}

impl Fit for Options {
    fn fit(&self, inputs: &Inputs<'_>) -> Result<Fitted, Failure> {
        let (model, survival) = self.survival.model(inputs, &[("id", self.id.as_deref())])?;
        let data = CurveData::of(&model, &survival, false)?;
        let variance = match self.variance {
            VarianceName::LawlessNadeau => CountVariance::LawlessNadeau,
            VarianceName::Poisson => CountVariance::Poisson,
        };
        let counts: Vec<MeanCount> = data
            .groups
            .iter()
            .map(|group| MeanCount::estimate(group.observations(), variance))
            .collect::<Result<_, _>>()?;
        self.fitted(&model, &data, &counts)
    }
}

impl Options {
    fn fitted(
        &self,
        model: &ModelFrame,
        data: &CurveData,
        counts: &[MeanCount],
    ) -> Result<Fitted, Failure> {
        let column = |pick: fn(&MeanCount) -> &Vec<f64>| -> Value {
            counts
                .iter()
                .flat_map(pick)
                .map(|&value| json::number(value))
                .collect()
        };
        let mut limits = Vec::new();
        for count in counts {
            limits.extend(count.limits(self.level, self.log_conf_int)?);
        }
        let mut fields: Vec<(String, Value)> = vec![
            ("time".into(), column(|count| &count.times)),
            ("numRisk".into(), column(|count| &count.at_risk)),
            ("instRate".into(), column(|count| &count.rate)),
            ("MCF".into(), column(|count| &count.mean)),
            ("se".into(), column(|count| &count.std_err)),
            (
                "lower".into(),
                limits.iter().map(|limit| json::number(limit.0)).collect(),
            ),
            (
                "upper".into(),
                limits.iter().map(|limit| json::number(limit.1)).collect(),
            ),
        ];
        for (label, levels) in levels(model, &data.groups) {
            let repeated = counts.iter().zip(&levels);
            let column =
                repeated.flat_map(|(count, level)| vec![level.as_str(); count.times.len()]);
            fields.push((label, column.collect()));
        }
        Ok(Fitted::new(
            json::columns(fields),
            self.summary(data, counts)?,
        ))
    }

    fn summary(&self, data: &CurveData, counts: &[MeanCount]) -> Result<String, Failure> {
        let mut text = String::new();
        for (group, count) in data.groups.iter().zip(counts) {
            let mut table =
                TextTable::new(["time", "numRisk", "instRate", "MCF", "se", "lower", "upper"]);
            for (place, limits) in count
                .limits(self.level, self.log_conf_int)?
                .into_iter()
                .enumerate()
            {
                let cells = [
                    count.times[place],
                    count.at_risk[place],
                    count.rate[place],
                    count.mean[place],
                    count.std_err[place],
                    limits.0,
                    limits.1,
                ];
                table.row("", cells.map(|cell| signif(cell, 5)));
            }
            if !group.name.is_empty() {
                text.push_str(&format!("                {}\n", group.name));
            }
            text.push_str(&table.print());
        }
        Ok(text)
    }
}

/// Each grouping variable with its level in every group.
fn levels(model: &ModelFrame, groups: &[Group]) -> Vec<(String, Vec<String>)> {
    let mut levels = Vec::new();
    for variable in &model.variables {
        if let Some(factor) = variable.factor() {
            let level = |group: &Group| {
                let first = group.rows.first().and_then(|&row| factor.text(row));
                first.unwrap_or_default().to_owned()
            };
            levels.push((variable.label.clone(), groups.iter().map(level).collect()));
        }
    }
    levels
}
