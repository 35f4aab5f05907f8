//! From the factors of the protocol to the columns of a model.

use super::rows::RiskRows;
use super::values::{Scale, scale};
use cohort::Factor;
use estimate::Count;
use statistics::matrix::Matrix;

/// The terms that the data can carry.
pub(crate) struct Design {
    pub(crate) terms: Vec<Term>,
    /// Factors of the protocol that are left out, because a group would be too small.
    pub(crate) left_out: u32,
}

/// A factor with its place in the rows.
pub(crate) struct Term {
    /// Its position in [`RiskRows::values`].
    pub(crate) place: usize,
    pub(crate) label: &'static str,
    pub(crate) coding: Coding,
    /// Subjects of whom the value is not known.
    pub(crate) missing: Count,
}

pub(crate) enum Coding {
    Levels(Vec<Level>),
    Number { step: f64, per: &'static str },
}

/// A level that somebody has; the first is the reference.
pub(crate) struct Level {
    /// Its position on the scale of the factor.
    pub(crate) value: f64,
    pub(crate) label: &'static str,
    pub(crate) size: Count,
    pub(crate) events: Count,
}

impl Term {
    /// Columns of the model.
    pub(crate) fn columns(&self) -> usize {
        match &self.coding {
            Coding::Levels(levels) => levels.len() - 1,
            Coding::Number { .. } => 1,
        }
    }
}

impl Design {
    /// The factors of which every group has at least `least` clients, and as many with the event.
    /// A subject belongs to the group that it was in at the end of its follow-up.
    pub(crate) fn new(rows: &RiskRows, cause: u8, least: u64) -> Self {
        let last = rows.last_rows();
        let factors = rows.factors.iter().enumerate();
        let terms: Vec<Option<Term>> = factors
            .map(|(place, &factor)| term(rows, (place, factor), (&last, cause), least))
            .collect();
        let left_out = terms.iter().filter(|term| term.is_none()).count() as u32;
        Self {
            terms: terms.into_iter().flatten().collect(),
            left_out,
        }
    }

    /// Leaves out the terms of these columns.
    pub(crate) fn without(mut self, columns: &[usize]) -> Self {
        let mut next = 0;
        let before = self.terms.len();
        self.terms.retain(|term| {
            let own = next..next + term.columns();
            next = own.end;
            !columns.iter().any(|column| own.contains(column))
        });
        self.left_out += (before - self.terms.len()) as u32;
        self
    }

    pub(crate) fn columns(&self) -> usize {
        self.terms.iter().map(Term::columns).sum()
    }

    /// The term that each column belongs to.
    pub(crate) fn term_of_column(&self) -> Vec<usize> {
        let terms = self.terms.iter().enumerate();
        terms
            .flat_map(|(position, term)| std::iter::repeat_n(position, term.columns()))
            .collect()
    }

    /// The columns of the model: indicators of levels, and numbers in their steps.
    pub(crate) fn matrix(&self, values: &[Vec<f64>]) -> Matrix {
        let mut columns: Vec<Vec<f64>> = Vec::with_capacity(self.columns());
        for term in &self.terms {
            let own = values[term.place].iter();
            match &term.coding {
                Coding::Number { step, .. } => {
                    columns.push(own.map(|value| value / step).collect())
                }
                Coding::Levels(levels) => {
                    for level in &levels[1..] {
                        let is = |value: &f64| f64::from(u8::from(*value == level.value));
                        columns.push(own.clone().map(is).collect());
                    }
                }
            }
        }
        Matrix::from_columns(&columns)
    }
}

fn term(
    rows: &RiskRows,
    (place, factor): (usize, Factor),
    (last, cause): (&[usize], u8),
    least: u64,
) -> Option<Term> {
    let value = |subject: usize| rows.values[place][last[subject]];
    let (label, scale) = scale(factor);
    let missing = rows.count(|subject| value(subject).is_nan());
    let coding = match scale {
        Scale::Number { step, per } => {
            let known = (0..rows.subjects())
                .map(value)
                .filter(|value| !value.is_nan());
            let (mut count, mut range) = (0, (f64::INFINITY, f64::NEG_INFINITY));
            for value in known {
                count += 1;
                range = (range.0.min(value), range.1.max(value));
            }
            (count >= least && range.0 < range.1).then_some(Coding::Number { step, per })?
        }
        Scale::Levels(labels) => {
            let levels = labels.iter().enumerate().map(|(position, &label)| {
                let position = position as f64;
                let is = |subject: usize| value(subject) == position;
                Level {
                    value: position,
                    label,
                    size: rows.count(is),
                    events: rows.count(|subject| is(subject) && rows.event[subject] == cause),
                }
            });
            let levels: Vec<Level> = levels.filter(|level| level.size.count > 0).collect();
            let small = |level: &Level| level.size.clients < least || level.events.clients < least;
            if levels.len() < 2 || levels.iter().any(small) {
                return None;
            }
            Coding::Levels(levels)
        }
    };
    Some(Term {
        place,
        label,
        coding,
        missing,
    })
}
