//! Whether and how institutions are named.

use crate::Policy;
use estimate::{Curves, Estimate, Shape};
use std::collections::{BTreeMap, BTreeSet};

/// Public names of institutions: their own where the policy allows it, otherwise letters in
/// the order of their labels.
#[derive(Clone, Debug, Default)]
pub(crate) struct Naming {
    letters: BTreeMap<String, String>,
}

impl Naming {
    /// The names for all labels of institutions that occur in the results.
    pub(crate) fn new(estimates: &[Estimate], policy: &Policy) -> Self {
        if policy.settings().name_institutions {
            return Self::default();
        }
        let labels: BTreeSet<&str> = estimates.iter().flat_map(institution_labels).collect();
        let letters = ('A'..='Z').map(|letter| format!("Instelling {letter}"));
        let named = labels.into_iter().map(str::to_owned).zip(letters);
        Self {
            letters: named.collect(),
        }
    }

    /// A label as readers see it.
    pub(crate) fn label(&self, label: &str) -> String {
        match self.letters.get(label) {
            Some(letter) => letter.clone(),
            None => self.text(label),
        }
    }

    /// A text in which no institution is named.
    pub(crate) fn text(&self, text: &str) -> String {
        let mut names: Vec<_> = self
            .letters
            .iter()
            .filter(|(name, _)| name.len() > 2)
            .collect();
        names.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        names
            .into_iter()
            .fold(text.to_owned(), |text, (name, letter)| {
                replace_word(&text, name, letter)
            })
    }
}

/// Replaces `word` where it stands on its own.
fn replace_word(text: &str, word: &str, by: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(word) {
        let (before, after) = (&rest[..at], &rest[at + word.len()..]);
        let joined = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let inside = joined(before.chars().next_back()) || joined(after.chars().next());
        out.push_str(before);
        out.push_str(if inside { word } else { by });
        rest = after;
    }
    out.push_str(rest);
    out
}

/// All labels, if they are those of institutions.
fn all(labels: &[String], are_institutions: bool) -> Vec<&str> {
    let labels = labels.iter().map(String::as_str);
    labels.filter(|_| are_institutions).collect()
}

/// The labels in a result that belong to institutions.
fn institution_labels(estimate: &Estimate) -> Vec<&str> {
    match &estimate.outcome {
        Err(_) | Ok(Shape::Attrition(_)) => Vec::new(),
        Ok(Shape::Frequency(table)) => all(&table.columns, table.columns_are_institutions),
        Ok(Shape::Characteristics(shape)) => all(&shape.groups, shape.groups_are_institutions),
        Ok(Shape::Durations(shape)) => all(&shape.groups, shape.groups_are_institutions),
        Ok(Shape::Flow(flow)) => {
            let layers = flow.layers.iter().filter(|layer| layer.is_institutions);
            layers
                .flat_map(|layer| layer.nodes.iter().map(String::as_str))
                .collect()
        }
        Ok(Shape::Curves(curves)) if strata_are_institutions(curves) => curves
            .strata
            .iter()
            .map(|stratum| stratum.label.as_str())
            .collect(),
        Ok(Shape::Curves(_)) => Vec::new(),
    }
}

/// Whether each group of a curve lies with another institution. A single group may be the only
/// one with enough events, or all there are; its label is known from the other results then.
pub(crate) fn strata_are_institutions(curves: &Curves) -> bool {
    let owners: Vec<Option<usize>> = curves
        .strata
        .iter()
        .map(|stratum| sole_owner(&stratum.size.per_institution))
        .collect();
    let distinct: BTreeSet<usize> = owners.iter().flatten().copied().collect();
    owners.len() > 1 && distinct.len() == owners.len()
}

/// The institution that alone contributed.
pub(crate) fn sole_owner(parts: &[u64]) -> Option<usize> {
    let mut contributors = (0..parts.len()).filter(|&i| parts[i] > 0);
    let first = contributors.next()?;
    contributors.next().is_none().then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_words_are_replaced() {
        let named = replace_word("Noord, Noordwijk en (Noord)", "Noord", "Instelling B");
        assert_eq!(named, "Instelling B, Noordwijk en (Instelling B)");
    }
}
