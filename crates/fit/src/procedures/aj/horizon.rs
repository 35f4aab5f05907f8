//! Pseudo-values and residuals at requested times.

use super::{Options, Rows, horizon_failure};
use crate::text::{TextTable, signif};
use crate::{Failure, Fitted, json};
use clap::ValueEnum;
use serde_json::{Map, Value};
use statistics::matrix::Matrix;
use statistics::multistate::aalen_johansen::{OccupationCurve, StateOccupation};
use statistics::multistate::sojourn::Estimand;

/// What pseudo-values and residuals are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Kind {
    /// De kans op elke toestand
    Pstate,
    /// De cumulatieve hazard van elke overgang
    Cumhaz,
    /// De verwachte tijd in elke toestand
    #[value(aliases = ["auc", "rmst", "rmts"])]
    Sojourn,
}

impl Kind {
    fn estimand(self) -> Estimand {
        match self {
            Self::Pstate => Estimand::Occupation,
            Self::Cumhaz => Estimand::Hazard,
            Self::Sojourn => Estimand::Sojourn,
        }
    }
}

/// Rows of the answer: their places, and their values per state (or transition) and time.
struct Answer {
    places: Vec<u32>,
    values: Vec<Vec<f64>>,
}

impl Options {
    /// A table with a row per person (or row of data), and columns c1, c2, … for the states (or
    /// transitions) at the first time, then at the second, as R's array has them.
    pub(super) fn at_horizons(
        &self,
        fit: &StateOccupation,
        rows: &Rows,
    ) -> Result<Fitted, Failure> {
        let kind = self.pseudo.or(self.residuals).unwrap_or(Kind::Pstate);
        let by_person = self.pseudo.is_some() || self.collapse;
        let mut answer = Answer {
            places: Vec::new(),
            values: Vec::new(),
        };
        for curve in &fit.curves {
            self.add_curve(curve, kind, rows, &mut answer)?;
        }
        let mut order: Vec<usize> = (0..answer.places.len()).collect();
        order.sort_by_key(|&place| answer.places[place]);
        let repeated = order
            .windows(2)
            .any(|pair| answer.places[pair[0]] == answer.places[pair[1]]);
        if by_person && repeated {
            let message = "Een persoon komt in meer dan één curve voor; pseudowaarden per persoon zijn er dan niet.";
            return Err(Failure::new("person_in_several_curves", message));
        }
        let columns = answer.values.first().map_or(0, Vec::len);
        let column = |column: usize| -> Vec<f64> {
            order
                .iter()
                .map(|&row| answer.values[row][column])
                .collect()
        };
        let mut result = Map::new();
        for place in 0..columns {
            result.insert(format!("c{}", place + 1), json::numbers(&column(place)));
        }
        let labels = self.labels(fit, rows, kind);
        result.insert("columns".into(), json::texts(&labels));
        result.insert("times".into(), json::numbers(&self.times));
        if let (true, Some(person)) = (by_person, &rows.person) {
            let names = order
                .iter()
                .map(|&row| &person.levels[answer.places[row] as usize]);
            result.insert("id".into(), json::texts(&names.collect::<Vec<_>>()));
        }
        let mut text = TextTable::new(labels);
        for &row in order.iter().take(20) {
            let cells = answer.values[row].iter().map(|value| signif(*value, 5));
            text.row((answer.places[row] + 1).to_string(), cells);
        }
        Ok(Fitted::new(Value::Object(result), text.print()))
    }

    fn add_curve(
        &self,
        curve: &OccupationCurve,
        kind: Kind,
        rows: &Rows,
        answer: &mut Answer,
    ) -> Result<(), Failure> {
        let first = answer.places.len();
        for &at in &self.times {
            let estimand = kind.estimand();
            let (places, values) = match (self.pseudo.is_some(), self.collapse) {
                (true, _) => curve.pseudo_values(estimand, at),
                (_, true) => curve.person_influence(estimand, at),
                _ => curve.row_influence(estimand, at).map(|values| {
                    (
                        curve.data_rows().to_vec(),
                        self.with_weights(values, curve, rows),
                    )
                }),
            }
            .map_err(horizon_failure)?;
            if answer.places.len() == first {
                answer.places.extend(places);
                answer.values.resize(answer.places.len(), Vec::new());
            }
            for (row, target) in answer.values[first..].iter_mut().enumerate() {
                target.extend((0..values.columns()).map(|column| values[(row, column)]));
            }
        }
        Ok(())
    }

    fn with_weights(&self, mut values: Matrix, curve: &OccupationCurve, rows: &Rows) -> Matrix {
        if self.weighted && !rows.weight.is_empty() {
            for column in 0..values.columns() {
                let pairs = values.column_mut(column).iter_mut().zip(curve.data_rows());
                pairs.for_each(|(value, &row)| *value *= rows.weight[row as usize]);
            }
        }
        values
    }

    fn labels(&self, fit: &StateOccupation, rows: &Rows, kind: Kind) -> Vec<String> {
        let names = match kind {
            Kind::Cumhaz => super::output::transition_names(fit),
            _ => rows.states.clone(),
        };
        let at = |time: &f64| {
            let time = formula::print_number(*time);
            names
                .iter()
                .map(move |name| format!("{name} @ {time}"))
                .collect::<Vec<_>>()
        };
        self.times.iter().flat_map(at).collect()
    }
}
