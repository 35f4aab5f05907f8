//! Several tables as one: the same group of people in two tables is one number.

use super::rules::Rules;
use super::table::{Entry, Label, Table};
use std::collections::{BTreeMap, BTreeSet};

/// A number, wherever it stands.
#[derive(Clone, Debug)]
pub(super) struct JoinedNumber {
    /// Where it stands: table and cell. Empty for what stands nowhere, but belongs to a sum.
    pub(super) stands: Vec<(usize, usize)>,
    /// What readers know of it from all tables together.
    pub(super) least: i64,
    pub(super) most: Option<i64>,
    pub(super) is_margin: bool,
}

impl JoinedNumber {
    /// Its value, where readers know it exactly.
    pub(super) fn known(&self) -> Option<i64> {
        self.most.filter(|&most| most == self.least)
    }
}

/// A line of a table: cells that add up to a total along one dimension, as numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct JoinedLine {
    pub(super) table: usize,
    pub(super) dimension: usize,
    pub(super) whole: usize,
    pub(super) parts: Vec<usize>,
    pub(super) complete: bool,
}

impl JoinedLine {
    /// Σ parts − whole.
    pub(super) fn terms(&self) -> Vec<(usize, i64)> {
        let mut terms: BTreeMap<usize, i64> = BTreeMap::new();
        for (number, c) in self
            .parts
            .iter()
            .map(|&part| (part, 1))
            .chain([(self.whole, -1)])
        {
            *terms.entry(number).or_default() += c;
        }
        terms.into_iter().filter(|&(_, c)| c != 0).collect()
    }
}

/// The same group with another number in another table: another moment, or another population.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Apart {
    pub(super) one: (usize, usize),
    pub(super) other: (usize, usize),
}

/// All tables together.
#[derive(Clone, Debug, Default)]
pub(super) struct Joined {
    pub(super) numbers: Vec<JoinedNumber>,
    pub(super) lines: Vec<JoinedLine>,
    /// Per table and cell, its number.
    pub(super) of: Vec<Vec<usize>>,
    pub(super) apart: Vec<Apart>,
    /// What all numbers were multiplied by, to be whole.
    pub(super) scale: Vec<i64>,
}

/// A group of people: labels by dimension, totals left out.
type Group = BTreeMap<String, String>;

/// Brings tables together. Tables that say different things of the same group are kept apart.
pub(super) fn join(tables: &[Table], rules: &Rules) -> Joined {
    let decimals = tables.iter().map(|table| table.decimals).max().unwrap_or(0);
    let scale: Vec<i64> = tables
        .iter()
        .map(|table| 10_i64.pow(decimals - table.decimals))
        .collect();
    let groups = groups(tables);
    let bounds: Vec<Vec<(i64, Option<i64>)>> = tables
        .iter()
        .zip(&scale)
        .map(|(table, &scale)| bounds(table, rules, scale))
        .collect();
    let mut joined = Joined {
        scale,
        ..Joined::default()
    };
    let times = times(&groups, &bounds);
    let mut index: BTreeMap<(usize, &Group), usize> = BTreeMap::new();
    for (table, groups) in groups.iter().enumerate() {
        let mut of = Vec::with_capacity(groups.len());
        for (cell, group) in groups.iter().enumerate() {
            let (least, most) = bounds[table][cell];
            let number = *index
                .entry((times[table], group))
                .or_insert(joined.numbers.len());
            if number == joined.numbers.len() {
                let stands = Vec::new();
                joined.numbers.push(JoinedNumber {
                    stands,
                    least,
                    most,
                    is_margin: false,
                });
            }
            let one = &mut joined.numbers[number];
            one.stands.push((table, cell));
            one.least = one.least.max(least);
            one.most = one.most.into_iter().chain(most).min();
            of.push(number);
        }
        joined.of.push(of);
    }
    joined.apart = apart(&groups, &times, &bounds);
    add_lines(tables, &mut joined);
    joined
}

fn bounds(table: &Table, rules: &Rules, scale: i64) -> Vec<(i64, Option<i64>)> {
    let any_negative =
        |cell: &super::table::TableCell| matches!(cell.entry, Entry::Shown(v) if v < 0);
    let least = if table.cells.iter().any(any_negative) {
        i64::from(i32::MIN)
    } else {
        0
    };
    let known = |entry: Entry| match entry {
        Entry::Shown(value) => {
            let (least, most) = rules.known(value * scale);
            (least, Some(most))
        }
        Entry::Between(least, most) => (least * scale, most.map(|most| most * scale)),
        Entry::Hidden => (least, None),
    };
    table.cells.iter().map(|cell| known(cell.entry)).collect()
}

/// Per table, the first of the moments at which it does not contradict an earlier table.
fn times(groups: &[Vec<Group>], bounds: &[Vec<(i64, Option<i64>)>]) -> Vec<usize> {
    let mut known: Vec<BTreeMap<&Group, (i64, Option<i64>)>> = Vec::new();
    let mut times = Vec::with_capacity(groups.len());
    for (groups, bounds) in groups.iter().zip(bounds) {
        let clashes = |known: &BTreeMap<&Group, (i64, Option<i64>)>| {
            groups.iter().zip(bounds).any(|(group, &(least, most))| {
                known.get(group).is_some_and(|&(other_least, other_most)| {
                    most.is_some_and(|most| most < other_least)
                        || other_most.is_some_and(|other| other < least)
                })
            })
        };
        let time = (0..known.len())
            .find(|&time| !clashes(&known[time]))
            .unwrap_or(known.len());
        if time == known.len() {
            known.push(BTreeMap::new());
        }
        for (group, &(least, most)) in groups.iter().zip(bounds) {
            let one = known[time].entry(group).or_insert((least, most));
            one.0 = one.0.max(least);
            one.1 = one.1.into_iter().chain(most).min();
        }
        times.push(time);
    }
    times
}

fn apart(groups: &[Vec<Group>], times: &[usize], bounds: &[Vec<(i64, Option<i64>)>]) -> Vec<Apart> {
    let mut first: BTreeMap<&Group, Vec<(usize, usize)>> = BTreeMap::new();
    let mut apart = Vec::new();
    for (table, groups) in groups.iter().enumerate() {
        for (cell, group) in groups.iter().enumerate() {
            let before = first.entry(group).or_default();
            for &(other, other_cell) in before.iter() {
                if times[other] != times[table] && bounds[other][other_cell] != bounds[table][cell]
                {
                    apart.push(Apart {
                        one: (other, other_cell),
                        other: (table, cell),
                    });
                }
            }
            before.push((table, cell));
        }
    }
    apart
}

fn add_lines(tables: &[Table], joined: &mut Joined) {
    for (table, one) in tables.iter().enumerate() {
        let sums = one.sums();
        for (cell, margin) in one.is_margin(&sums).into_iter().enumerate() {
            let number = joined.of[table][cell];
            joined.numbers[number].is_margin |= margin;
        }
        for sum in sums {
            let mut parts: Vec<usize> = sum
                .parts
                .iter()
                .map(|&cell| joined.of[table][cell])
                .collect();
            if !sum.complete {
                parts.push(joined.numbers.len());
                joined.numbers.push(JoinedNumber {
                    stands: Vec::new(),
                    least: 0,
                    most: None,
                    is_margin: false,
                });
            }
            joined.lines.push(JoinedLine {
                table,
                dimension: sum.dimension,
                whole: joined.of[table][sum.whole],
                parts,
                complete: sum.complete,
            });
        }
    }
}

/// Per table and cell, the group of people that it is about.
fn groups(tables: &[Table]) -> Vec<Vec<Group>> {
    let names = names(tables);
    let of_table = |(table, names): (&Table, &Vec<String>)| {
        let labels: Vec<Vec<String>> = table
            .dimensions
            .iter()
            .map(|dimension| short(&dimension.labels))
            .collect();
        let of_cell = |cell: &super::table::TableCell| -> Group {
            let at = cell.at.iter().enumerate();
            at.filter(|&(d, &label)| !table.dimensions[d].labels[label].is_total())
                .map(|(d, &label)| (names[d].clone(), labels[d][label].clone()))
                .collect()
        };
        table.cells.iter().map(of_cell).collect()
    };
    tables.iter().zip(&names).map(of_table).collect()
}

/// Labels without the groups that they are in, where that is clear: the same place may be
/// grouped by county in one table and by size in another.
fn short(labels: &[Label]) -> Vec<String> {
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    for last in labels.iter().filter_map(|label| label.0.last()) {
        *times.entry(last).or_default() += 1;
    }
    let one = |label: &Label| match label.0.last() {
        Some(last) if times[last.as_str()] == 1 => last.to_lowercase(),
        _ => label.text().to_lowercase(),
    };
    labels.iter().map(one).collect()
}

/// The names of the dimensions. One without a name is the one with the same labels elsewhere.
fn names(tables: &[Table]) -> Vec<Vec<String>> {
    let set = |labels: &[Label]| -> BTreeSet<String> {
        let named = labels.iter().filter(|label| !label.is_total());
        named.map(|label| label.text().to_lowercase()).collect()
    };
    let mut known: BTreeMap<BTreeSet<String>, String> = BTreeMap::new();
    let dimensions = || tables.iter().flat_map(|table| &table.dimensions);
    for dimension in dimensions().filter(|dimension| !dimension.name.is_empty()) {
        known
            .entry(set(&dimension.labels))
            .or_insert_with(|| dimension.name.to_lowercase());
    }
    let name = |dimension: &super::table::Dimension| {
        if !dimension.name.is_empty() {
            return dimension.name.to_lowercase();
        }
        let labels = set(&dimension.labels);
        known
            .get(&labels)
            .cloned()
            .unwrap_or_else(|| labels.into_iter().collect::<Vec<_>>().join("|"))
    };
    let of_table = |table: &Table| {
        let mut names: Vec<String> = Vec::with_capacity(table.dimensions.len());
        for dimension in &table.dimensions {
            // Two dimensions of one table are never the same, whatever they are called.
            let (name, before) = (name(dimension), names.len());
            let taken = names.contains(&name);
            names.push(if taken {
                format!("{name}#{before}")
            } else {
                name
            });
        }
        names
    };
    tables.iter().map(of_table).collect()
}
