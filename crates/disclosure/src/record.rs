//! The private record of a release: the exact counts behind it, what of them was shown, and
//! the sums that hold among them.

use crate::system::{Display, System, Variable};
use estimate::INSTITUTIONS;
use serde::{Deserialize, Serialize};

/// What later releases are compared with.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Record {
    pub(crate) numbers: Vec<RecordedNumber>,
    /// Sums: positions in `numbers` with their coefficients.
    pub(crate) sums: Vec<Vec<(usize, i64)>>,
}

/// One number of a release.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RecordedNumber {
    pub(crate) key: String,
    pub(crate) value: u64,
    pub(crate) parts: [u64; INSTITUTIONS],
    pub(crate) owner: Option<usize>,
    pub(crate) few_clients: bool,
    pub(crate) pooled: bool,
    pub(crate) display: Display,
    /// What was shown, and the true count that it was made from. They differ from `value`
    /// where a change was too small to be shown.
    pub(crate) shown: Option<Shown>,
}

/// A number as it was shown.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Shown {
    /// What the reader saw.
    pub(crate) count: u64,
    /// The true count at the time.
    pub(crate) basis: u64,
}

impl Record {
    pub(crate) fn new(system: &System, shown: &[Option<Shown>]) -> Self {
        let number = |(variable, shown): (&Variable, &Option<Shown>)| RecordedNumber {
            key: variable.key.clone(),
            value: variable.value,
            parts: variable.parts,
            owner: variable.owner,
            few_clients: variable.few_clients,
            pooled: variable.pooled,
            display: variable.display,
            shown: *shown,
        };
        Self {
            numbers: system.variables().iter().zip(shown).map(number).collect(),
            sums: system
                .equations()
                .iter()
                .map(|equation| equation.terms.iter().map(|&(id, c)| (id.0, c)).collect())
                .collect(),
        }
    }
}
