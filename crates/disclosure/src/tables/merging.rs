//! Which labels to take together before anything is hidden.

use super::rules::Rules;
use super::table::{Contributors, Entry, Table};
use serde::Serialize;
use std::collections::BTreeMap;

/// Labels that would better be taken together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Merge {
    /// The table.
    pub table: String,
    /// The dimension.
    pub dimension: String,
    /// The labels.
    pub labels: Vec<String>,
    /// How many cells are unsafe by themselves now.
    pub unsafe_before: usize,
    /// How many would be then.
    pub unsafe_after: usize,
}

/// Per table, the dimension of which taking together the labels with mostly unsafe cells leaves
/// the fewest unsafe cells; nothing where that saves none.
pub(super) fn merges(tables: &[Table], rules: &Rules) -> Vec<Merge> {
    tables
        .iter()
        .filter_map(|table| merge(table, rules))
        .collect()
}

fn merge(table: &Table, rules: &Rules) -> Option<Merge> {
    let before = table
        .cells
        .iter()
        .filter(|cell| is_unsafe(cell.entry, cell.contributors, rules));
    let unsafe_before = before.count();
    let all = (0..table.dimensions.len()).filter_map(|dimension| {
        let labels = mostly_unsafe(table, dimension, rules);
        let unsafe_after = unsafe_when_merged(table, dimension, &labels, rules);
        let of = &table.dimensions[dimension];
        let saves = labels.len() > 1 && unsafe_after < unsafe_before;
        saves.then(|| Merge {
            table: table.name.clone(),
            dimension: of.name.clone(),
            labels: labels
                .iter()
                .map(|&label| of.labels[label].text())
                .collect(),
            unsafe_before,
            unsafe_after,
        })
    });
    all.min_by_key(|merge| merge.unsafe_after)
}

fn is_unsafe(entry: Entry, contributors: Option<Contributors>, rules: &Rules) -> bool {
    matches!(entry, Entry::Shown(value) if rules.must_span(value, contributors).is_some())
}

/// The labels of a dimension of which at least half of the inner cells are unsafe.
fn mostly_unsafe(table: &Table, dimension: usize, rules: &Rules) -> Vec<usize> {
    let margins = table.is_margin(&table.sums());
    let mut counts: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
    for (cell, _) in table
        .cells
        .iter()
        .zip(margins)
        .filter(|(_, margin)| !margin)
    {
        let (found, all) = counts.entry(cell.at[dimension]).or_default();
        *found += usize::from(is_unsafe(cell.entry, cell.contributors, rules));
        *all += 1;
    }
    let mostly = counts
        .into_iter()
        .filter(|&(_, (found, all))| found * 2 >= all && found > 0);
    let labels = mostly.map(|(label, _)| label);
    labels
        .filter(|&label| table.dimensions[dimension].labels[label].0.len() == 1)
        .collect()
}

fn unsafe_when_merged(table: &Table, dimension: usize, labels: &[usize], rules: &Rules) -> usize {
    let Some(&first) = labels.first() else {
        return usize::MAX;
    };
    let mut merged: BTreeMap<Vec<usize>, (i64, Option<Contributors>)> = BTreeMap::new();
    for cell in &table.cells {
        let Entry::Shown(value) = cell.entry else {
            continue;
        };
        let mut at = cell.at.clone();
        if labels.contains(&at[dimension]) {
            at[dimension] = first;
        }
        let one = merged.entry(at).or_insert((0, None));
        one.0 += value;
        one.1 = together(one.1, cell.contributors);
    }
    let unsafe_now = |&(value, contributors): &(i64, Option<Contributors>)| {
        is_unsafe(Entry::Shown(value), contributors, rules)
    };
    merged.values().filter(|one| unsafe_now(one)).count()
}

/// The contributors of two groups without anybody in common.
fn together(one: Option<Contributors>, other: Option<Contributors>) -> Option<Contributors> {
    let (Some(one), Some(other)) = (one, other) else {
        return one.or(other);
    };
    let mut largest = [one.largest, one.second, other.largest, other.second];
    largest.sort_unstable();
    Some(Contributors {
        count: one.count + other.count,
        largest: largest[3],
        second: largest[2],
    })
}
