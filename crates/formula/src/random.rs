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
}

impl RandomTerm {
    /// The name of the groups: `herd`, `batch:cask`.
    pub fn group_label(&self) -> String {
        let labels: Vec<String> = self.group.iter().map(Expression::to_string).collect();
        labels.join(":")
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
            group: group.clone(),
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

/// The grouping factors, each as the variables that it combines.
fn groups(group: &Expression) -> Result<Vec<Vec<Expression>>, Error> {
    match group.unbracketed() {
        Expression::Binary(Binary::Divide, left, right) => {
            let mut outer = groups(left)?;
            let all = outer.last().cloned().unwrap_or_default();
            for inner in groups(right)? {
                outer.push([all.as_slice(), &inner].concat());
            }
            Ok(outer)
        }
        Expression::Binary(Binary::Colon, left, right) => {
            let mut combined = Vec::new();
            for left in groups(left)? {
                for right in groups(right)? {
                    combined.push([left.as_slice(), &right].concat());
                }
            }
            Ok(combined)
        }
        plain @ (Expression::Name(_) | Expression::Call(_)) => Ok(vec![vec![plain.clone()]]),
        other => Err(no_term(other)),
    }
}

fn no_term(part: &Expression) -> Error {
    Error::NoTerm {
        part: part.to_string(),
    }
}
