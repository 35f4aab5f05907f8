//! A table as somebody made it: dimensions with labels, and what stands in each cell.

use std::collections::BTreeMap;

/// What a reader finds in a cell, in units of the table's last decimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Entry {
    /// A number.
    Shown(i64),
    /// A mark that says between which numbers it lies, such as `<5`; no upper end in `>100`.
    Between(i64, Option<i64>),
    /// A mark that says nothing, such as `x`.
    Hidden,
}

/// A label of a dimension. The total has no path; a part of a group has the group before it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Label(pub Vec<String>);

impl Label {
    /// The total of a dimension.
    pub fn total() -> Self {
        Self(Vec::new())
    }

    /// Whether it is the total of its dimension.
    pub fn is_total(&self) -> bool {
        self.0.is_empty()
    }

    /// As people write it; `totaal` for the total.
    pub fn text(&self) -> String {
        if self.is_total() {
            "totaal".to_owned()
        } else {
            self.0.join(" > ")
        }
    }
}

/// A way in which the table is broken down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dimension {
    /// Its name; empty where the table does not say.
    pub name: String,
    /// Its labels, in the order of the table.
    pub labels: Vec<Label>,
}

impl Dimension {
    /// Per label the ones that add up to it, by index: those to which it is the nearest above.
    pub(super) fn parts(&self) -> Vec<Vec<usize>> {
        let paths = self.labels.iter().map(|label| label.0.as_slice());
        let index: BTreeMap<&[String], usize> = paths.clone().zip(0..).collect();
        let mut parts = vec![Vec::new(); self.labels.len()];
        for (part, path) in paths.enumerate() {
            let mut above = (0..path.len()).rev().map(|length| &path[..length]);
            if let Some(&whole) = above.find_map(|above| index.get(above)) {
                parts[whole].push(part);
            }
        }
        parts
    }
}

/// What is known of the contributors to a magnitude, for the rules of dominance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contributors {
    /// How many there are.
    pub count: u64,
    /// The largest contribution, in units of the table's last decimal.
    pub largest: i64,
    /// The second largest, likewise.
    pub second: i64,
}

/// A cell: a label of each dimension by index, and what stands there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableCell {
    /// Per dimension, the index of its label.
    pub at: Vec<usize>,
    /// What stands there.
    pub entry: Entry,
    /// Who is behind it, where the table says so.
    pub contributors: Option<Contributors>,
}

/// A table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// What it is called in messages: the file, or the sheet.
    pub name: String,
    /// How it is broken down.
    pub dimensions: Vec<Dimension>,
    /// Its cells, at most one for each combination of labels.
    pub cells: Vec<TableCell>,
    /// Decimals of its numbers; 0 in a table of counts.
    pub decimals: u32,
}

/// A sum in a table: cells by index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TableSum {
    pub(super) whole: usize,
    pub(super) parts: Vec<usize>,
    /// Whether all parts are cells of the table.
    pub(super) complete: bool,
    pub(super) dimension: usize,
}

impl Table {
    /// A table of counts with all its margins, from inner cells in the order of the labels, the
    /// last dimension running fastest.
    pub fn with_margins(name: &str, dimensions: &[(&str, &[&str])], inner: &[i64]) -> Self {
        let mut cells: BTreeMap<Vec<usize>, i64> = BTreeMap::new();
        for (index, &value) in inner.iter().enumerate() {
            let mut rest = index;
            let mut at = vec![0; dimensions.len()];
            for (place, (_, labels)) in at.iter_mut().zip(dimensions).rev() {
                *place = rest % labels.len();
                rest /= labels.len();
            }
            // A cell counts in each margin that leaves out any of its labels.
            for margins in 0..1_usize << dimensions.len() {
                let mut key = at.clone();
                for (place, key) in key.iter_mut().enumerate() {
                    if margins >> place & 1 == 1 {
                        *key = dimensions[place].1.len();
                    }
                }
                *cells.entry(key).or_default() += value;
            }
        }
        let dimension = |&(name, labels): &(&str, &[&str])| Dimension {
            name: name.to_owned(),
            labels: labels
                .iter()
                .map(|&label| Label(vec![label.to_owned()]))
                .chain([Label::total()])
                .collect(),
        };
        Self {
            name: name.to_owned(),
            dimensions: dimensions.iter().map(dimension).collect(),
            cells: cells
                .into_iter()
                .map(|(at, value)| TableCell {
                    at,
                    entry: Entry::Shown(value),
                    contributors: None,
                })
                .collect(),
            decimals: 0,
        }
    }

    /// Where a cell stands, for people.
    pub fn place(&self, cell: usize) -> String {
        let labels = self.cells[cell].at.iter().zip(&self.dimensions);
        let words: Vec<String> = labels
            .filter_map(|(&label, dimension)| {
                let label = &dimension.labels[label];
                let text = label.text();
                match (label.is_total(), dimension.name.is_empty()) {
                    (true, _) => None,
                    (false, true) => Some(text),
                    (false, false) => Some(format!("{} {text}", dimension.name)),
                }
            })
            .collect();
        if words.is_empty() {
            "totaal".to_owned()
        } else {
            words.join(", ")
        }
    }

    /// A number of this table as people write it, with a decimal comma.
    pub fn written(&self, value: i64) -> String {
        super::written(value, self.decimals)
    }

    /// Whether a cell is a margin: a total, or a group of which the parts stand beside it.
    pub(super) fn is_margin(&self, sums: &[TableSum]) -> Vec<bool> {
        let mut margins = vec![false; self.cells.len()];
        for sum in sums.iter().filter(|sum| sum.parts.len() > 1) {
            margins[sum.whole] = true;
        }
        margins
    }

    /// The sums that a reader knows to hold.
    pub(super) fn sums(&self) -> Vec<TableSum> {
        let index: BTreeMap<&[usize], usize> = self
            .cells
            .iter()
            .enumerate()
            .map(|(index, cell)| (cell.at.as_slice(), index))
            .collect();
        let parts: Vec<Vec<Vec<usize>>> = self.dimensions.iter().map(Dimension::parts).collect();
        let mut sums = Vec::new();
        for (whole, cell) in self.cells.iter().enumerate() {
            for (dimension, &label) in cell.at.iter().enumerate() {
                let wanted = &parts[dimension][label];
                let mut at = cell.at.clone();
                let found: Vec<usize> = wanted
                    .iter()
                    .filter_map(|&part| {
                        at[dimension] = part;
                        index.get(at.as_slice()).copied()
                    })
                    .collect();
                if !found.is_empty() {
                    sums.push(TableSum {
                        whole,
                        complete: found.len() == wanted.len(),
                        parts: found,
                        dimension,
                    });
                }
            }
        }
        sums
    }
}
