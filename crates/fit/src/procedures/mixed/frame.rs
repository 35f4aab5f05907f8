//! A model frame with random effects, as the engine wants it.

use crate::Failure;
use formula::{DesignOptions, DesignPlan, Frame, ModelFrame};
use statistics::matrix::Matrix;
use statistics::mixed::{MixedData, RandomTerm};

/// A term of random effects with its names.
pub(crate) struct NamedTerm {
    /// The grouping factor: `Subject`, `cask:batch`.
    pub(crate) group: String,
    /// The same, made unique: `Subject.1`.
    pub(crate) name: String,
    /// `(Intercept)`, `Days`.
    pub(crate) effects: Vec<String>,
    pub(crate) design: Matrix,
    pub(crate) codes: Vec<usize>,
    pub(crate) levels: Vec<String>,
    plan: DesignPlan,
    /// Its place in the formula.
    place: usize,
}

/// Everything a mixed model is fitted to, with names.
pub(crate) struct MixedFrame {
    pub(crate) names: Vec<String>,
    pub(crate) assign: Vec<usize>,
    pub(crate) term_labels: Vec<String>,
    pub(crate) x: Matrix,
    pub(crate) y: Vec<f64>,
    pub(crate) weights: Option<Vec<f64>>,
    pub(crate) offset: Option<Vec<f64>>,
    /// In R's order: groupings with most levels first.
    pub(crate) terms: Vec<NamedTerm>,
    plan: DesignPlan,
}

impl MixedFrame {
    /// From a formula with random effects, its outcome and its weights.
    pub(crate) fn of(
        model: &ModelFrame,
        (y, weights): (Vec<f64>, Option<Vec<f64>>),
    ) -> Result<Self, Failure> {
        if model.terms.random.is_empty() {
            let message = "De formule heeft geen toevallige effecten: (1 | groep).";
            return Err(Failure::new("no_random_effects", message));
        }
        let plan = model.plan(DesignOptions::default())?;
        let design = model.design(DesignOptions::default())?;
        Ok(Self {
            x: Matrix::from_values(design.rows, design.columns(), design.values),
            names: design.names,
            assign: design.assign,
            term_labels: design.terms,
            y,
            weights,
            offset: model.offset.clone(),
            terms: named_terms(model)?,
            plan,
        })
    }

    /// The random effects for the engine.
    pub(crate) fn random(&self) -> Vec<RandomTerm<'_>> {
        self.terms
            .iter()
            .map(|term| RandomTerm {
                effects: &term.design,
                groups: &term.codes,
                levels: term.levels.len(),
            })
            .collect()
    }

    pub(crate) fn data<'a>(&'a self, random: &'a [RandomTerm<'a>]) -> MixedData<'a> {
        MixedData {
            x: &self.x,
            y: &self.y,
            weights: self.weights.as_deref(),
            offset: self.offset.as_deref(),
            random,
        }
    }

    /// The linear predictor for new data; a group that the model does not know has effect 0.
    pub(crate) fn predict(
        &self,
        model: &ModelFrame,
        new: &Frame,
        (coefficients, modes): (&[f64], Option<&[Matrix]>),
    ) -> Result<Vec<f64>, Failure> {
        let design = self.plan.apply(new)?;
        let x = Matrix::from_values(design.rows, design.columns(), design.values);
        let mut predictor = x.times(coefficients);
        if let Some(offset) = model.offset_of(new)? {
            predictor.iter_mut().zip(offset).for_each(|(p, o)| *p += o);
        }
        let Some(modes) = modes else {
            return Ok(predictor);
        };
        let groups = model.random_groups_of(new)?;
        for (term, modes) in self.terms.iter().zip(modes) {
            let design = term.plan.apply(new)?;
            let known = &groups[term.place];
            for (row, target) in predictor.iter_mut().enumerate() {
                let level = known.text(row);
                let level = level.and_then(|text| term.levels.iter().position(|l| l == text));
                let Some(level) = level else { continue };
                for effect in 0..modes.rows() {
                    *target += design.column(effect)[row] * modes[(effect, level)];
                }
            }
        }
        Ok(predictor)
    }
}

/// The random effects in R's order, with R's names.
fn named_terms(model: &ModelFrame) -> Result<Vec<NamedTerm>, Failure> {
    let designs = model.random_designs()?;
    let plans = model.random_plans()?;
    let mut terms: Vec<NamedTerm> = model
        .terms
        .random
        .iter()
        .zip(designs)
        .zip(plans)
        .zip(model.random_groups())
        .enumerate()
        .map(|(place, (((term, design), plan), groups))| NamedTerm {
            name: term.group_label(),
            group: term.group_label(),
            design: Matrix::from_values(design.rows, design.columns(), design.values),
            effects: design.names,
            codes: groups.codes.iter().map(|&code| code as usize).collect(),
            levels: groups.levels,
            plan,
            place,
        })
        .collect();
    terms.sort_by_key(|term| std::cmp::Reverse(term.levels.len()));
    for place in 0..terms.len() {
        let before = terms[..place]
            .iter()
            .filter(|term| term.group == terms[place].group)
            .count();
        if before > 0 {
            terms[place].name = format!("{}.{before}", terms[place].group);
        }
    }
    Ok(terms)
}

/// The groupings, each once, in order, with the places of their terms.
pub(crate) fn groupings(terms: &[NamedTerm]) -> Vec<(&str, Vec<usize>)> {
    let mut found: Vec<(&str, Vec<usize>)> = Vec::new();
    for (place, term) in terms.iter().enumerate() {
        match found.iter_mut().find(|(group, _)| *group == term.group) {
            Some((_, places)) => places.push(place),
            None => found.push((&term.group, vec![place])),
        }
    }
    found
}
