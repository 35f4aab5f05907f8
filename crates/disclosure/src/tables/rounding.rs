//! Rounded tables, the totals from what is shown.

use super::rules::Rules;
use super::table::{Entry, Table};

/// The table with small counts hidden, the others rounded, and totals recomputed from the
/// rounded cells that are shown, as OpenSAFELY asks: so a total says nothing of what is hidden.
/// Only innermost cells count; what is hidden in a table of its own needs no other cell hidden.
pub fn rounded(table: &Table, rules: &Rules) -> Table {
    let sums = table.sums();
    let margins = table.is_margin(&sums);
    let mut shown = table.clone();
    for (cell, _) in shown
        .cells
        .iter_mut()
        .zip(&margins)
        .filter(|(_, margin)| !**margin)
    {
        cell.entry = match cell.entry {
            Entry::Shown(value) if rules.is_small(value) => Entry::Hidden,
            Entry::Shown(value) => Entry::Shown(rules.rounded(value)),
            other => other,
        };
    }
    // A total is the sum along the first dimension in which it is one; that of fewer labels
    // first, so that the parts of a total are there before it.
    let depth = |cell: usize| -> usize {
        let at = table.cells[cell].at.iter().zip(&table.dimensions);
        at.map(|(&label, dimension)| dimension.labels[label].0.len())
            .sum()
    };
    let mut order: Vec<usize> = (0..sums.len())
        .filter(|&sum| margins[sums[sum].whole])
        .collect();
    order.sort_by_key(|&sum| (std::cmp::Reverse(depth(sums[sum].whole)), sum));
    for sum in order {
        let parts = sums[sum].parts.iter();
        let total = parts.filter_map(|&part| match shown.cells[part].entry {
            Entry::Shown(value) => Some(value),
            _ => None,
        });
        shown.cells[sums[sum].whole].entry = Entry::Shown(total.sum());
    }
    shown
}
