//! `lmaj`: probabilities after a landmark time, as `mstate::LMAJ`.

use super::Fit;
use super::multistate::{HistoryArguments, Method, TiesName, VarianceType, head_and_tail, state};
use crate::{Failure, Fitted, Inputs, json};
use clap::Args;
use serde_json::{Map, Value};
use statistics::multistate::{
    HazardOptions, HazardVariance, LandmarkOptions, LandmarkProbabilities,
};

/// Options of `lmaj`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    #[command(flatten)]
    histories: HistoryArguments,
    /// Het landmark: wie op dit tijdstip in een van de toestanden van --from is, telt mee.
    #[arg(long, value_name = "TIJD", allow_negative_numbers = true)]
    s: f64,
    /// Toestand op het landmark, met nummer of naam; een of meer.
    #[arg(long, value_name = "TOESTAND", value_delimiter = ',', required = true)]
    from: Vec<String>,
    /// Vorm van de covariantie van de kansen.
    #[arg(long, value_enum, default_value_t = Method::Aalen)]
    method: Method,
    /// Variantie van de intensiteiten.
    #[arg(long, value_enum, default_value_t = VarianceType::Aalen)]
    vartype: VarianceType,
    /// Gelijktijdige gebeurtenissen. mstate rekent hier met Efron; de schatter van Aalen en
    /// Johansen zelf is breslow.
    #[arg(long, value_enum, default_value_t = TiesName::Efron)]
    ties: TiesName,
    /// Geen standaardfouten.
    #[arg(long)]
    no_variance: bool,
}

impl Fit for Options {
    fn fit(&self, inputs: &Inputs<'_>) -> Result<Fitted, Failure> {
        let table = self.histories.table(inputs)?;
        let from = self
            .from
            .iter()
            .map(|text| state(&table.model, "from", text));
        let from = from.collect::<Result<Vec<usize>, _>>()?;
        let options = LandmarkOptions {
            at: self.s,
            hazards: HazardOptions {
                ties: self.ties.ties(),
                variance: match (self.no_variance, self.vartype) {
                    (true, _) => HazardVariance::None,
                    (false, VarianceType::Aalen) => HazardVariance::Aalen,
                    (false, VarianceType::Greenwood) => HazardVariance::Greenwood,
                },
            },
            form: self.method.form(),
        };
        let transitions = &table.model.transitions;
        let estimate =
            LandmarkProbabilities::estimate(table.histories(), transitions, &from, options)?;
        let columns = columns(&estimate);
        let mut result = Map::new();
        for (name, column) in &columns {
            result.insert(name.clone(), json::numbers(column));
        }
        result.insert("states".into(), json::texts(&table.model.names));
        result.insert("n".into(), estimate.persons.into());
        let text = format!(
            "Landmark Aalen-Johansen, s = {}, n = {}:\n{}",
            self.s,
            estimate.persons,
            head_and_tail(&columns)
        );
        Ok(Fitted::new(Value::Object(result), text))
    }
}

fn columns(estimate: &LandmarkProbabilities) -> Vec<(String, Vec<f64>)> {
    let places = 0..estimate.times.len();
    let mut columns = vec![("time".to_owned(), estimate.times.clone())];
    for state in 0..estimate.states() {
        let column = places
            .clone()
            .map(|place| estimate.probability(place, state));
        columns.push((format!("pstate{}", state + 1), column.collect()));
    }
    for state in 0..estimate.states() {
        let column = places.clone().map(|place| estimate.std_err(place, state));
        if let Some(column) = column.collect::<Option<Vec<f64>>>() {
            columns.push((format!("se{}", state + 1), column));
        }
    }
    columns
}
