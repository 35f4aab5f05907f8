//! The rows of a multi-state Cox model, once for each transition that they are at risk of.

use super::{Effects, StateRows};
use crate::cox::CoxData;
use crate::matrix::Matrix;

/// The rows of some transitions, with a column per coefficient.
pub(super) struct Expanded {
    pub(super) coefficients: Vec<usize>,
    /// The caller's row of each.
    pub(super) rows: Vec<u32>,
    start: Vec<f64>,
    stop: Vec<f64>,
    event: Vec<bool>,
    strata: Vec<u32>,
    weights: Option<Vec<f64>>,
    offset: Option<Vec<f64>>,
    design: Matrix,
}

impl Expanded {
    pub(super) fn of(
        source: StateRows<'_>,
        effects: &Effects,
        transitions: &[usize],
        strata: usize,
    ) -> Self {
        let coefficients = effects.coefficients_of(transitions);
        let mut rows = Vec::new();
        let mut own = Vec::new();
        for &transition in transitions {
            let (from, _) = effects.transitions.pair(transition);
            let at_risk = (0..source.from.len()).filter(|&row| source.from[row] as usize == from);
            rows.extend(at_risk.map(|row| row as u32));
            own.resize(rows.len(), transition);
        }
        let pick =
            |values: &[f64]| -> Vec<f64> { rows.iter().map(|&row| values[row as usize]).collect() };
        let pairs = || {
            rows.iter()
                .map(|&row| row as usize)
                .zip(own.iter().copied())
        };
        let event = pairs().map(|(row, transition)| {
            let to = effects.transitions.pair(transition).1;
            source.to[row].is_some_and(|entered| entered as usize == to)
        });
        let stratum = pairs().map(|(row, transition)| {
            effects.stratum(
                transition,
                source.strata.map_or(0, |codes| codes[row]),
                strata,
            )
        });
        let mut design = Matrix::zeros(rows.len(), coefficients.len());
        // Rows of one transition lie together: fill column by column.
        let mut begin = 0;
        for &transition in transitions {
            let length = own[begin..]
                .iter()
                .take_while(|&&other| other == transition)
                .count();
            let range = begin..begin + length;
            for (column, &place) in effects.map[transition].iter().enumerate() {
                let Some(place) = place else { continue };
                let place = position(&coefficients, place);
                let values = source.design.column(column);
                let target = &mut design.column_mut(place)[range.clone()];
                for (value, &row) in target.iter_mut().zip(&rows[range.clone()]) {
                    *value += values[row as usize];
                }
            }
            if let Some(place) = effects.proportional[transition] {
                design.column_mut(position(&coefficients, place))[range].fill(1.0);
            }
            begin += length;
        }
        Self {
            start: pick(source.start),
            stop: pick(source.stop),
            event: event.collect(),
            strata: stratum.collect(),
            weights: source.weights.map(pick),
            offset: source.offset.map(pick),
            coefficients,
            design,
            rows,
        }
    }

    pub(super) fn data(&self) -> CoxData<'_> {
        CoxData {
            entry: Some(&self.start),
            strata: Some(&self.strata),
            weights: self.weights.as_deref(),
            offset: self.offset.as_deref(),
            ..CoxData::new(&self.stop, &self.event, &self.design)
        }
    }
}

fn position(coefficients: &[usize], coefficient: usize) -> usize {
    coefficients.binary_search(&coefficient).unwrap_or(0)
}

impl Effects {
    /// The coefficients of some transitions, ascending.
    fn coefficients_of(&self, transitions: &[usize]) -> Vec<usize> {
        let mut used: Vec<usize> = transitions
            .iter()
            .flat_map(|&transition| {
                self.map[transition]
                    .iter()
                    .chain([&self.proportional[transition]])
            })
            .flatten()
            .copied()
            .collect();
        used.sort_unstable();
        used.dedup();
        used
    }

    /// The covariates of a transition by coefficient.
    pub(super) fn covariates(
        &self,
        transition: usize,
        coefficients: &[usize],
        value: impl Fn(usize) -> f64,
    ) -> Vec<f64> {
        let mut x = vec![0.0; coefficients.len()];
        for (column, place) in self.map[transition].iter().enumerate() {
            if let Some(place) = place {
                x[position(coefficients, *place)] += value(column);
            }
        }
        if let Some(place) = self.proportional[transition] {
            x[position(coefficients, place)] = 1.0;
        }
        x
    }

    /// The stratum of a row of a transition: its baseline, and where it is stratified the
    /// stratum by covariates.
    pub(super) fn stratum(&self, transition: usize, code: u32, strata: usize) -> u32 {
        let code = if self.stratified[transition] { code } else { 0 };
        (self.baseline[transition] * strata) as u32 + code
    }
}

/// Groups of transitions that share coefficients or a baseline.
pub(super) fn components(effects: &Effects) -> Vec<Vec<usize>> {
    let count = effects.transitions.len();
    let mut group: Vec<usize> = (0..count).collect();
    let shares = |one: usize, other: usize| {
        let uses = |transition: usize| {
            effects.map[transition]
                .iter()
                .chain([&effects.proportional[transition]])
                .flatten()
        };
        effects.baseline[one] == effects.baseline[other]
            || uses(one).any(|place| uses(other).any(|known| known == place))
    };
    for one in 0..count {
        for other in 0..one {
            if group[one] != group[other] && shares(one, other) {
                let (kept, gone) = (group[other].min(group[one]), group[other].max(group[one]));
                group
                    .iter_mut()
                    .filter(|group| **group == gone)
                    .for_each(|group| *group = kept);
            }
        }
    }
    let members =
        |first: usize| -> Vec<usize> { (0..count).filter(|&t| group[t] == first).collect() };
    (0..count)
        .map(members)
        .filter(|members| !members.is_empty())
        .collect()
}
