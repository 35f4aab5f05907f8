//! Earlier releases: what would show by comparing with them.
//!
//! Where fewer clients than the threshold came or went since a number was last shown, the
//! number is shown as it was. The true count it was made from stays its basis, so that small
//! changes add up until they may be seen.

use crate::record::{Record, Shown};
use crate::released::ReleasedCurves;
use crate::screen::Planned;
use crate::system::{System, VarId, Variable};
use crate::wire::Wire;
use crate::{Ledger, Policy, Publication, Published, Refusal, Released};
use std::collections::BTreeMap;

/// The base that counts must be rounded to once there is an earlier release: sums of changes
/// are protected by it.
const LEAST_BASE: u64 = 5;

/// What was shown before.
pub(crate) struct Earlier {
    shown: BTreeMap<String, Shown>,
    last: Option<Publication>,
}

impl Earlier {
    /// Everything that earlier releases showed, the latest of each number.
    ///
    /// # Errors
    ///
    /// [`Refusal::RoundingNeeded`] where counts are hardly rounded and there is something to
    /// compare with.
    pub(crate) fn new(ledger: &Ledger, policy: &Policy) -> Result<Self, Refusal> {
        let mut shown = BTreeMap::new();
        for record in ledger.records() {
            shown.extend(of_record(record));
        }
        let number = ledger.next_number() - 1;
        if number == 0 {
            return Ok(Self { shown, last: None });
        }
        if policy.settings().rounding_base < LEAST_BASE {
            return Err(Refusal::RoundingNeeded { base: LEAST_BASE });
        }
        Ok(Self {
            shown,
            last: Some(ledger.reopen(number)?),
        })
    }

    /// How a number is shown now, and whether it was kept as it was.
    pub(crate) fn show(&self, variable: &Variable, policy: &Policy) -> (Shown, bool) {
        let now = Shown {
            count: policy.rounded(variable.value),
            basis: variable.value,
        };
        match self.shown.get(&variable.key) {
            Some(&before) if policy.is_small(before.basis.abs_diff(variable.value)) => {
                (before, true)
            }
            _ => (now, false),
        }
    }

    /// What was shown of a number.
    pub(crate) fn shown(&self, variable: &Variable) -> Option<Shown> {
        self.shown.get(&variable.key).copied()
    }

    /// The earlier curves, where a count behind them changed by a few clients: the new ones
    /// next to them would show when something happened to those few.
    pub(crate) fn kept(
        &self,
        planned: &Planned,
        system: &System,
        policy: &Policy,
        now: &Published,
    ) -> Option<Published> {
        let changed = |id: VarId| self.show(system.variable(id), policy).1;
        if !planned.plan.counts_behind().into_iter().any(changed) {
            return None;
        }
        let before = self.last.as_ref()?.result(now.id.as_str())?;
        match (&before.released, &now.released) {
            (Released::Curves(before_curves), Released::Curves(curves))
                if same_groups(before_curves, curves) =>
            {
                Published::read(before.write())
            }
            _ => None,
        }
    }
}

fn same_groups(before: &ReleasedCurves, now: &ReleasedCurves) -> bool {
    let labels = |curves: &ReleasedCurves| -> Vec<String> {
        curves
            .series()
            .iter()
            .map(|series| series.label().to_owned())
            .collect()
    };
    before.strata() == now.strata() && labels(before) == labels(now)
}

fn of_record(record: &Record) -> impl Iterator<Item = (String, Shown)> {
    let numbers = record.numbers.iter();
    numbers.filter_map(|number| Some((number.key.clone(), number.shown?)))
}
