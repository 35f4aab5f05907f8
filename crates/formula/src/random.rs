//! Random effects of mixed models: `(1 + x | g)`.

use crate::expression::{Binary, Expression};
use crate::{Error, Terms};

/// Effects that vary over the levels of a group.
#[derive(Clone, Debug, PartialEq)]
pub struct RandomTerm {
    /// What varies; its effects are correlated with each other.
    pub effects: Terms,
    /// The columns whose combinations are the groups.
    pub group: Vec<Expression>,
    label: String,
}

impl RandomTerm {
    /// The name of the groups: `herd`, `batch:cask`; of `batch/cask` R calls the inner ones
    /// `cask:batch`.
    pub fn group_label(&self) -> String {
        self.label.clone()
    }
}

/// `(effects | group)`; `a/b` as group gives `a` and `a:b`, `||` effects without correlation.
pub(crate) fn random_terms(bar: &Expression) -> Result<Vec<RandomTerm>, Error> {
    let Expression::Binary(operator, effects, group) = bar else {
        return Err(no_term(bar));
    };
    let correlated = Terms::of(effects, Vec::new())?;
    if !correlated.offsets.is_empty() || !correlated.random.is_empty() {
        return Err(no_term(bar));
    }
    let blocks = match operator {
        Binary::Or => vec![correlated],
        _ => separate(&correlated),
    };
    let terms = groups(group)?.into_iter().flat_map(|group| {
        blocks.iter().map(move |effects| RandomTerm {
            effects: effects.clone(),
            group: group.variables.clone(),
            label: group.label.clone(),
        })
    });
    Ok(terms.collect())
}

/// One block per effect.
fn separate(effects: &Terms) -> Vec<Terms> {
    let intercept = effects.intercept.then(|| Terms {
        terms: Vec::new(),
        ..effects.clone()
    });
    let slopes = effects.terms.iter().map(|term| Terms {
        terms: vec![term.clone()],
        intercept: false,
        ..effects.clone()
    });
    intercept.into_iter().chain(slopes).collect()
}

/// A grouping factor: the variables that it combines.
#[derive(Clone)]
struct Group {
    variables: Vec<Expression>,
    label: String,
}

impl Group {
    /// The combinations of two factors, the first varying slowest.
    fn with(&self, other: &Self) -> Self {
        let bracketed = match other.variables.len() {
            1 => other.label.clone(),
            _ => format!("({})", other.label),
        };
        Self {
            variables: [self.variables.as_slice(), &other.variables].concat(),
            label: format!("{}:{bracketed}", self.label),
        }
    }
}

fn groups(group: &Expression) -> Result<Vec<Group>, Error> {
    match group.unbracketed() {
        Expression::Binary(Binary::Divide, left, right) => {
            let mut outer = groups(left)?;
            let all = outer.last().cloned();
            for inner in groups(right)? {
                outer.push(match &all {
                    Some(all) => inner.with(all),
                    None => inner,
                });
            }
            Ok(outer)
        }
        Expression::Binary(Binary::Colon, left, right) => {
            let mut combined = Vec::new();
            for left in groups(left)? {
                for right in groups(right)? {
                    let mut both = left.with(&right);
                    both.label = format!("{}:{}", left.label, right.label);
                    combined.push(both);
                }
            }
            Ok(combined)
        }
        plain @ (Expression::Name(_) | Expression::Call(_)) => Ok(vec![Group {
            variables: vec![plain.clone()],
            label: plain.to_string(),
        }]),
        other => Err(no_term(other)),
    }
}

fn no_term(part: &Expression) -> Error {
    Error::NoTerm {
        part: part.to_string(),
    }
}
