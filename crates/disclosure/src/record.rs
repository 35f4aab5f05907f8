//! The private record of a release: the exact counts behind it, what of them was shown, and
//! the sums that hold among them.

use crate::screen::EventsByDay;
use crate::system::{Display, System, Variable};
use crate::{ReleasedSeries, ReleasedSummary};
use estimate::INSTITUTIONS;
use serde::{Deserialize, Serialize};

/// What later releases are compared with.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Record {
    pub(crate) numbers: Vec<RecordedNumber>,
    /// Sums: positions in `numbers` with their coefficients.
    pub(crate) sums: Vec<Vec<(usize, i64)>>,
    /// Curves that were made anew for this release.
    pub(crate) curves: Vec<RecordedCurve>,
    /// Summaries that were made anew for this release.
    pub(crate) summaries: Vec<RecordedSummary>,
    /// Models that were made anew for this release.
    #[serde(default)]
    pub(crate) fits: Vec<RecordedFit>,
}

/// A curve: what it was made from, and how it was shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RecordedCurve {
    /// What it measures: result, kind, group and outcome, whatever their labels.
    pub(crate) measure: String,
    /// Who is followed, per institution.
    pub(crate) size: [u64; INSTITUTIONS],
    /// Events, per institution.
    pub(crate) events: [u64; INSTITUTIONS],
    pub(crate) events_by_day: EventsByDay,
    #[serde(with = "crate::wire::form")]
    pub(crate) shown: ReleasedSeries,
}

/// A summary: what it was made from, and how it was shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RecordedSummary {
    /// What it measures: result, quantity and group, whatever the label of the group.
    pub(crate) measure: String,
    /// Who has a value, per institution.
    pub(crate) n: [u64; INSTITUTIONS],
    pub(crate) sum: f64,
    pub(crate) sd: f64,
    pub(crate) quartiles: [f64; 3],
    pub(crate) largest: f64,
    #[serde(with = "crate::wire::form")]
    pub(crate) shown: ReleasedSummary,
}

/// The numbers of a model: what they were made from, and how they were shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RecordedFit {
    /// What it measures: result and kind.
    pub(crate) measure: String,
    /// What each number is of.
    pub(crate) layout: Vec<String>,
    /// Who it is made from, per institution.
    pub(crate) size: [u64; INSTITUTIONS],
    /// Events, per institution.
    pub(crate) events: [u64; INSTITUTIONS],
    /// The numbers as the model gave them.
    pub(crate) exact: Vec<Option<(f64, f64, f64)>>,
    /// The numbers as they were shown.
    pub(crate) shown: Vec<Option<(f64, f64, f64)>>,
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
            curves: Vec::new(),
            summaries: Vec::new(),
            fits: Vec::new(),
        }
    }
}
