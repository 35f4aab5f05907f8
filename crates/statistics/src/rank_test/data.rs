//! What rank tests are computed from.

use crate::NotEstimable;
use crate::time_order::{Clock, unless_dense};

/// Groups, followed over `(entry, time]`.
#[derive(Clone, Copy, Debug)]
pub struct RankData<'a> {
    /// When each row comes under observation (left truncation); `None` if all do at the start.
    pub entry: Option<&'a [f64]>,
    /// When it ends.
    pub time: &'a [f64],
    /// Whether it ends with the event.
    pub event: &'a [bool],
    /// The group of each row, from 0.
    pub group: &'a [u32],
    /// How many groups there are.
    pub groups: usize,
    /// Strata from 0, within which groups are compared.
    pub strata: Option<&'a [u32]>,
    /// How many people each row stands for.
    pub counts: Option<&'a [f64]>,
}

impl RankData<'_> {
    /// The checked rows, sorted.
    pub(super) fn clock(&self) -> Result<Clock, NotEstimable> {
        let clock = Clock::new(self.entry, self.time, self.strata)?;
        let rows = self.time.len();
        NotEstimable::unless_length("event", rows, self.event.len())?;
        NotEstimable::unless_length("group", rows, self.group.len())?;
        unless_dense("group", self.group)?;
        if let Some(position) = self
            .group
            .iter()
            .position(|&group| group as usize >= self.groups)
        {
            return Err(NotEstimable::UnknownCode {
                what: "group",
                code: self.group[position] as usize,
                position,
            });
        }
        self.check_counts(rows)?;
        Ok(clock)
    }

    fn check_counts(&self, rows: usize) -> Result<(), NotEstimable> {
        let Some(counts) = self.counts else {
            return Ok(());
        };
        NotEstimable::unless_length("counts", rows, counts.len())?;
        NotEstimable::unless_finite("counts", counts)?;
        match counts
            .iter()
            .find(|&&count| count < 0.0 || count.fract() != 0.0)
        {
            Some(&value) => Err(NotEstimable::Domain {
                what: "counts",
                value,
            }),
            None => Ok(()),
        }
    }

    pub(super) fn count(&self, row: usize) -> f64 {
        self.counts.map_or(1.0, |counts| counts[row])
    }
}
