//! Whether and how institutions are named.

use crate::{LetterKey, Policy};
use estimate::{Count, Curves, Estimate, Flow, INSTITUTIONS, Shape};
use std::collections::{BTreeMap, BTreeSet};

/// Public names of institutions: their own where the policy allows it, otherwise letters in an
/// order that only the study knows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Naming {
    letters: BTreeMap<String, String>,
}

impl Naming {
    /// The names for all labels of institutions that occur in the results. An institution is
    /// known by its part in the numbers; one that has none anywhere gets a letter that is left.
    pub(crate) fn new(estimates: &[Estimate], policy: &Policy, key: &LetterKey) -> Self {
        if policy.settings().name_institutions {
            return Self::default();
        }
        let mut parts: BTreeMap<String, [u64; INSTITUTIONS]> = BTreeMap::new();
        for (label, own) in estimates.iter().flat_map(institution_labels) {
            add(parts.entry(label).or_default(), &own);
        }
        let order = key.order();
        let position = |institution: usize| order.iter().position(|&one| one == institution);
        let known: BTreeMap<&String, usize> = parts
            .iter()
            .filter_map(|(label, parts)| Some((label, position(sole_owner(parts)?)?)))
            .collect();
        let mut unknown: Vec<&String> = parts
            .keys()
            .filter(|label| !known.contains_key(label))
            .collect();
        unknown.sort_by_key(|label| key.rank(label));
        let taken: BTreeSet<usize> = known.values().copied().collect();
        let left = (0..).filter(|position| !taken.contains(position));
        let letters = known.iter().map(|(&label, &at)| (label, at));
        let letters = letters.chain(unknown.into_iter().zip(left));
        Self {
            letters: letters
                .map(|(label, at)| (label.clone(), format!("Instelling {}", letter(at))))
                .collect(),
        }
    }

    /// Where a label comes among the institutions; labels of others keep their places.
    pub(crate) fn position(&self, label: &str) -> Option<&String> {
        self.letters.get(label)
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

/// The letter at a position; doubled after the last.
fn letter(position: usize) -> String {
    let letter = char::from(b'A' + (position % 26) as u8);
    letter.to_string().repeat(position / 26 + 1)
}

fn add(sum: &mut [u64; INSTITUTIONS], more: &[u64; INSTITUTIONS]) {
    sum.iter_mut()
        .zip(more)
        .for_each(|(sum, more)| *sum += more);
}

/// A label with the parts of the institutions in what it stands for.
type Labelled = (String, [u64; INSTITUTIONS]);

/// Labels with the counts that belong to each, in rows of one per label.
fn labelled<'a>(labels: &[String], counts: impl Iterator<Item = &'a Count>) -> Vec<Labelled> {
    let mut all: Vec<Labelled> = labels
        .iter()
        .map(|label| (label.clone(), [0; INSTITUTIONS]))
        .collect();
    for (position, count) in counts.enumerate() {
        if let Some((_, parts)) = all.get_mut(position % labels.len().max(1)) {
            add(parts, &count.per_institution);
        }
    }
    all
}

/// The labels in a result that belong to institutions, with their parts.
fn institution_labels(estimate: &Estimate) -> Vec<Labelled> {
    match &estimate.outcome {
        Ok(Shape::Frequency(table)) if table.columns_are_institutions => {
            labelled(&table.columns, table.cells.iter())
        }
        Ok(Shape::Characteristics(shape)) if shape.groups_are_institutions => {
            labelled(&shape.groups, shape.sizes.iter())
        }
        Ok(Shape::Durations(shape)) if shape.groups_are_institutions => {
            let parts = shape.per_group.iter().map(|group| group.per_institution);
            shape.groups.iter().cloned().zip(parts).collect()
        }
        Ok(Shape::Flow(flow)) => node_labels(flow),
        Ok(Shape::Curves(curves)) if strata_are_institutions(curves) => {
            let strata = curves.strata.iter();
            strata
                .map(|stratum| (stratum.label.clone(), stratum.size.per_institution))
                .collect()
        }
        _ => Vec::new(),
    }
}

fn node_labels(flow: &Flow) -> Vec<Labelled> {
    let mut all = Vec::new();
    for (index, layer) in flow.layers.iter().enumerate() {
        if !layer.is_institutions {
            continue;
        }
        let first = all.len();
        all.extend(
            layer
                .nodes
                .iter()
                .map(|node| (node.clone(), [0; INSTITUTIONS])),
        );
        for link in &flow.links {
            let node = match (link.layer == index, link.layer + 1 == index) {
                (true, _) => link.from,
                (_, true) => link.to,
                _ => continue,
            };
            if let Some((_, parts)) = all.get_mut(first + node) {
                add(parts, &link.count.per_institution);
            }
        }
    }
    all
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
