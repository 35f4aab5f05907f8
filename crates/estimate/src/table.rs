use crate::INSTITUTIONS;
use serde::{Deserialize, Serialize};

/// A count with the evidence to judge it by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// What is counted, in the unit of the result.
    pub count: u64,
    /// The distinct clients behind it; at most `count`.
    pub clients: u64,
    /// The part of `count` that each institution contributed.
    pub per_institution: [u64; INSTITUTIONS],
}

impl Count {
    /// One unit of one client at one institution.
    pub fn one(institution: usize) -> Self {
        let mut per_institution = [0; INSTITUTIONS];
        per_institution[institution] = 1;
        Self {
            count: 1,
            clients: 1,
            per_institution,
        }
    }

    /// The sum, for counts whose clients are known to be different.
    pub fn plus(mut self, other: Self) -> Self {
        self.count += other.count;
        self.clients += other.clients;
        for (own, add) in self.per_institution.iter_mut().zip(other.per_institution) {
            *own += add;
        }
        self
    }
}

/// Counts in one or two dimensions. Categories exclude each other, so that margins are sums.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FrequencyTable {
    /// What the rows are.
    pub row_title: String,
    /// What the columns are; a table in one dimension has a single column.
    pub column_title: String,
    /// Row labels.
    pub rows: Vec<String>,
    /// Column labels.
    pub columns: Vec<String>,
    /// Counts, row by row.
    pub cells: Vec<Count>,
    /// Whether each column belongs to one institution.
    pub columns_are_institutions: bool,
    /// Whether the rows have an order of their own (steps, classes) that must be kept.
    pub ordered: bool,
}

impl FrequencyTable {
    /// The count in a row and a column.
    pub fn cell(&self, row: usize, column: usize) -> &Count {
        &self.cells[row * self.columns.len() + column]
    }
}

/// Characteristics ("table 1") of groups. Groups exclude each other; the total is their sum.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Characteristics {
    /// Group labels.
    pub groups: Vec<String>,
    /// Distinct clients per group.
    pub sizes: Vec<Count>,
    /// Whether each group is one institution.
    pub groups_are_institutions: bool,
    /// The characteristics, in order.
    pub blocks: Vec<Block>,
}

/// One characteristic.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Block {
    /// Counts per level.
    Categories {
        /// What it is.
        title: String,
        /// Levels, "onbekend" among them.
        levels: Vec<String>,
        /// Counts, level by level, one per group.
        cells: Vec<Count>,
        /// Whether a client is in one level only; otherwise levels may overlap (diagnoses).
        exclusive: bool,
    },
    /// A measured quantity.
    Quantity {
        /// What it is, with its unit.
        title: String,
        /// One summary per group.
        per_group: Vec<Summary>,
        /// The summary over all groups.
        total: Summary,
    },
}

/// Summary of a quantity; one value per client. NaN-free: empty summaries have `n` = 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Clients with a value.
    pub n: u64,
    /// Clients without one.
    pub missing: u64,
    /// Sum of the values.
    pub sum: f64,
    /// Mean.
    pub mean: f64,
    /// Standard deviation (n − 1).
    pub sd: f64,
    /// Median and quartiles (R's type 7).
    pub quartiles: [f64; 3],
    /// The two largest values, evidence for dominance.
    pub largest: [f64; 2],
    /// The part of `n` that each institution contributed.
    pub per_institution: [u64; INSTITUTIONS],
}

/// Who was left out of a cohort, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attrition {
    /// What was there to begin with.
    pub start_label: String,
    /// How many there were to begin with.
    pub start: Count,
    /// The steps, in order.
    pub steps: Vec<AttritionStep>,
}

/// One step of attrition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AttritionStep {
    /// Dutch reason, as "geen einddatum vóór de opname".
    pub reason: String,
    /// Left out at this step.
    pub excluded: Count,
    /// What remains after it.
    pub remaining: Count,
}

/// Summaries of a duration in days per group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Durations {
    /// Group labels.
    pub groups: Vec<String>,
    /// Whether each group is one institution.
    pub groups_are_institutions: bool,
    /// One summary per group.
    pub per_group: Vec<Summary>,
    /// The summary over all groups.
    pub total: Summary,
    /// Days from which a duration counts as long.
    pub long_from_days: u32,
    /// How many are long, per group.
    pub long: Vec<Count>,
}
