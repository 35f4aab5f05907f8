//! Letters for institutions, and results in the order of the letters.
//!
//! Letters in the order of names, or columns in an order that everybody knows, would name the
//! institutions after all. The order comes from a secret of the study: without it all orders
//! are as likely, and it is the same in all its releases.

use crate::ledger::digest;
use crate::naming::{Naming, strata_are_institutions};
use estimate::{
    Block, Characteristics, Curves, Digest, Durations, Estimate, Flow, FrequencyTable,
    INSTITUTIONS, Shape,
};
use std::fmt;

/// The secret of a study that decides which institution gets which letter.
#[derive(Clone)]
pub struct LetterKey(Digest);

impl LetterKey {
    /// A key from a secret of the study: at least 16 random bytes that nobody outside the
    /// study team has. Only the order of the letters follows from it.
    pub fn from_secret(secret: &[u8]) -> Self {
        Self(digest("doorstroom/letter-key/v1", &[secret]))
    }

    /// The positions of the institutions in the order of the letters.
    pub(crate) fn order(&self) -> [usize; INSTITUTIONS] {
        let mut order = std::array::from_fn(|institution| institution);
        order.sort_by_key(|&institution: &usize| self.rank(&institution.to_string()));
        order
    }

    /// Where something comes in the order of the letters.
    pub(crate) fn rank(&self, what: &str) -> Digest {
        digest("doorstroom/letter/v1", &[&self.0.0, what.as_bytes()])
    }
}

impl fmt::Debug for LetterKey {
    /// Nothing of the secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LetterKey { … }")
    }
}

/// The result with its institutions in the order of their letters.
pub(crate) fn arranged(estimate: &Estimate, naming: &Naming) -> Estimate {
    let mut estimate = estimate.clone();
    match &mut estimate.outcome {
        Ok(Shape::Frequency(table)) if table.columns_are_institutions => columns(table, naming),
        Ok(Shape::Characteristics(shape)) if shape.groups_are_institutions => {
            groups(shape, naming);
        }
        Ok(Shape::Durations(shape)) if shape.groups_are_institutions => durations(shape, naming),
        Ok(Shape::Curves(shape)) if strata_are_institutions(shape) => strata(shape, naming),
        Ok(Shape::Flow(flow)) => nodes(flow, naming),
        _ => {}
    }
    estimate
}

/// The old positions of labels, in their new order.
fn order(labels: &[String], naming: &Naming) -> Vec<usize> {
    let mut order: Vec<usize> = (0..labels.len()).collect();
    order.sort_by_key(|&old| (naming.position(&labels[old]), old));
    order
}

/// Rows of as many items as there are labels, each in the new order.
fn reorder<T: Clone>(items: &mut Vec<T>, order: &[usize]) {
    let rows = items.chunks(order.len().max(1));
    let fits = |row: &&[T]| row.len() == order.len();
    let moved = rows
        .take_while(fits)
        .flat_map(|row| order.iter().map(|&old| row[old].clone()));
    let moved: Vec<T> = moved.collect();
    // What does not fit its labels is refused when it is planned.
    if moved.len() == items.len() {
        *items = moved;
    }
}

fn columns(table: &mut FrequencyTable, naming: &Naming) {
    let order = order(&table.columns, naming);
    reorder(&mut table.columns, &order);
    reorder(&mut table.cells, &order);
}

fn groups(shape: &mut Characteristics, naming: &Naming) {
    let order = order(&shape.groups, naming);
    reorder(&mut shape.groups, &order);
    reorder(&mut shape.sizes, &order);
    for block in &mut shape.blocks {
        match block {
            Block::Categories { cells, .. } => reorder(cells, &order),
            Block::Quantity { per_group, .. } => reorder(per_group, &order),
        }
    }
}

fn durations(shape: &mut Durations, naming: &Naming) {
    let order = order(&shape.groups, naming);
    reorder(&mut shape.groups, &order);
    reorder(&mut shape.per_group, &order);
    reorder(&mut shape.long, &order);
}

fn strata(shape: &mut Curves, naming: &Naming) {
    let labels: Vec<String> = shape.strata.iter().map(|one| one.label.clone()).collect();
    let order = order(&labels, naming);
    let new = inverse(&order);
    reorder(&mut shape.strata, &order);
    for series in &mut shape.series {
        series.stratum = new.get(series.stratum).copied().unwrap_or(series.stratum);
    }
    shape.series.sort_by_key(|series| series.stratum);
}

fn nodes(flow: &mut Flow, naming: &Naming) {
    for layer in 0..flow.layers.len() {
        if !flow.layers[layer].is_institutions {
            continue;
        }
        let order = order(&flow.layers[layer].nodes, naming);
        let new = inverse(&order);
        let moved = |old: usize| new.get(old).copied().unwrap_or(old);
        reorder(&mut flow.layers[layer].nodes, &order);
        for link in &mut flow.links {
            if link.layer == layer {
                link.from = moved(link.from);
            } else if link.layer + 1 == layer {
                link.to = moved(link.to);
            }
        }
    }
    flow.links
        .sort_by_key(|link| (link.layer, link.from, link.to));
}

/// The new position of each old one.
fn inverse(order: &[usize]) -> Vec<usize> {
    let mut new = vec![0; order.len()];
    for (position, &old) in order.iter().enumerate() {
        new[old] = position;
    }
    new
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_order_of_the_letters_comes_up_and_each_key_keeps_its_own() {
        let key = |number: u32| LetterKey::from_secret(&number.to_be_bytes());
        let orders: BTreeSet<_> = (0..400).map(|number| key(number).order()).collect();
        assert_eq!(orders.len(), 24, "four institutions have 24 orders");
        assert_eq!(key(7).order(), key(7).order());
        assert_eq!(format!("{:?}", key(7)), "LetterKey { … }");
    }

    #[test]
    fn rows_are_moved_only_where_they_fit_their_labels() {
        let mut items = vec![1, 2, 3, 4, 5, 6];
        reorder(&mut items, &[2, 0, 1]);
        assert_eq!(items, [3, 1, 2, 6, 4, 5]);
        let mut torn = vec![1, 2, 3, 4];
        reorder(&mut torn, &[2, 0, 1]);
        assert_eq!(torn, [1, 2, 3, 4]);
    }
}
