//! `pseudo` and `km-residuals`: pseudo-values and the influence of rows on a survival curve, as
//! R's `pseudo` and `residuals` of a `survfit`.

use super::Fit;
use super::curve_groups::{CurveArguments, CurveData, Group};
use crate::text::{TextTable, signif};
use crate::{Failure, Fitted, Inputs, json};
use clap::{Args, ValueEnum};
use formula::Factor;
use serde_json::Value;
use statistics::survival::{Influence, Quantity};

/// Options of `pseudo`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    #[command(flatten)]
    what: What,
}

/// Options of `km-residuals`.
#[derive(Args, Clone, Debug)]
pub struct ResidualOptions {
    #[command(flatten)]
    what: What,
    /// De som per cluster (of per persoon) in plaats van een waarde per rij.
    #[arg(long)]
    collapse: bool,
    /// Maal het gewicht van de rij: true of false. Zonder deze optie alleen bij --collapse.
    #[arg(long, value_name = "JA", num_args = 0..=1, default_missing_value = "true")]
    weighted: Option<bool>,
}

/// Of which curves, of what, and when.
#[derive(Args, Clone, Debug)]
struct What {
    #[command(flatten)]
    curves: CurveArguments,
    /// Tijden.
    #[arg(
        long,
        value_name = "TIJDEN",
        value_delimiter = ',',
        required = true,
        allow_negative_numbers = true
    )]
    times: Vec<f64>,
    /// Wat er op die tijden geschat wordt.
    #[arg(long = "type", value_enum, default_value_t = Kind::Survival)]
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// Overleving
    #[value(alias = "surv", alias = "pstate")]
    Survival,
    /// Cumulatief risico
    #[value(alias = "chaz", alias = "hazard")]
    Cumhaz,
    /// Gemiddelde tijd tot de horizon
    #[value(alias = "rmts", alias = "auc", alias = "sojourn")]
    Rmst,
}

impl Kind {
    fn quantity(self) -> Quantity {
        match self {
            Self::Survival => Quantity::Survival,
            Self::Cumhaz => Quantity::Hazard,
            Self::Rmst => Quantity::Area,
        }
    }
}

impl What {
    fn influence(&self, group: &Group) -> Result<Influence, Failure> {
        let options = self.curves.options();
        Ok(Influence::of(
            group.observations(),
            options,
            self.kind.quantity(),
            &self.times,
        )?)
    }
}

impl Fit for Options {
    fn fit(&self, inputs: &Inputs<'_>) -> Result<Fitted, Failure> {
        let (_, data) = self.what.curves.data(inputs, false)?;
        let mut table = Rows::new(&data, data.id.as_ref(), self.what.times.len())?;
        for group in &data.groups {
            let mut influence = self.what.influence(group)?;
            let members = match &group.id {
                None => group.rows.clone(),
                Some(codes) => table.collapse(&mut influence, codes)?,
            };
            let values = influence.pseudo_values();
            let columns = values.chunks(members.len().max(1));
            table.fill(&members, columns);
        }
        Ok(table.fitted(&self.what.times))
    }
}

impl Fit for ResidualOptions {
    fn fit(&self, inputs: &Inputs<'_>) -> Result<Fitted, Failure> {
        let (_, data) = self.what.curves.data(inputs, false)?;
        let clusters = data.cluster.as_ref().or(data.id.as_ref());
        if self.collapse && clusters.is_none() {
            return Err(Failure::option("collapse", "vraagt om --id of --cluster"));
        }
        let clusters = clusters.filter(|_| self.collapse);
        let mut table = Rows::new(&data, clusters, self.what.times.len())?;
        for group in &data.groups {
            let mut influence = self.what.influence(group)?;
            if let Some(weights) = &group.weights
                && self.weighted.unwrap_or(self.collapse)
            {
                influence = influence.weighted(weights);
            }
            let members = match group.cluster.as_ref().or(group.id.as_ref()) {
                Some(codes) if self.collapse => table.collapse(&mut influence, codes)?,
                _ => group.rows.clone(),
            };
            table.fill(&members, influence.values.iter().map(Vec::as_slice));
        }
        Ok(table.fitted(&self.what.times))
    }
}

/// Values per row or per subject, in the order of the table.
struct Rows {
    names: Vec<String>,
    values: Vec<Vec<f64>>,
    /// The place in the order of appearance of each code, if rows are collapsed.
    place: Vec<usize>,
    /// Which of those places a curve has filled already.
    filled: Vec<bool>,
}

impl Rows {
    fn new(data: &CurveData, collapsed: Option<&Factor>, times: usize) -> Result<Self, Failure> {
        let mut rows = Self {
            names: Vec::new(),
            values: Vec::new(),
            place: Vec::new(),
            filled: Vec::new(),
        };
        match collapsed {
            None => rows.names = (1..=data.rows).map(|row| row.to_string()).collect(),
            Some(factor) => {
                rows.place = vec![usize::MAX; factor.levels.len()];
                for &code in &factor.codes {
                    let place = &mut rows.place[code as usize];
                    if *place == usize::MAX {
                        *place = rows.names.len();
                        rows.names.push(factor.levels[code as usize].clone());
                    }
                }
            }
        }
        rows.filled = vec![false; rows.names.len()];
        rows.values = vec![vec![0.0; times]; rows.names.len()];
        Ok(rows)
    }

    /// Sums the rows of each subject of a curve; gives their places. A subject in two curves
    /// has no single value.
    fn collapse(
        &mut self,
        influence: &mut Influence,
        codes: &[u32],
    ) -> Result<Vec<usize>, Failure> {
        let mut members: Vec<usize> = codes
            .iter()
            .map(|&code| self.place[code as usize])
            .collect();
        let places = members.clone();
        members.sort_unstable();
        members.dedup();
        if members
            .iter()
            .any(|&member| std::mem::replace(&mut self.filled[member], true))
        {
            let message = "Dezelfde persoon zit in meer dan één curve; optellen kan dan niet.";
            return Err(Failure::new("id_in_several_curves", message));
        }
        let local: Vec<u32> = places
            .iter()
            .map(|place| members.partition_point(|member| member < place) as u32)
            .collect();
        *influence = influence.collapsed(&local, members.len())?;
        Ok(members)
    }

    fn fill<'a>(&mut self, members: &[usize], columns: impl Iterator<Item = &'a [f64]>) {
        for (time, column) in columns.enumerate() {
            for (&member, &value) in members.iter().zip(column) {
                self.values[member][time] = value;
            }
        }
    }

    fn fitted(self, times: &[f64]) -> Fitted {
        let rows: Vec<Value> = self.values.iter().map(|row| json::numbers(row)).collect();
        let mut table = TextTable::new(times.iter().map(|&time| signif(time, 7)));
        for (name, row) in self.names.iter().zip(&self.values) {
            table.row(name.clone(), row.iter().map(|&value| signif(value, 7)));
        }
        Fitted::new(Value::Array(rows), table.print())
    }
}
