//! Rows that end with one of several causes.

use crate::NotEstimable;
use crate::time_order::{Clock, unless_dense};

/// Groups, followed from the start to `time`.
#[derive(Clone, Copy, Debug)]
pub struct CompetingData<'a> {
    /// When each row ends.
    pub time: &'a [f64],
    /// Why: 0 censored, or a cause from 1.
    pub cause: &'a [u32],
    /// How many causes there are.
    pub causes: usize,
    /// The group of each row, from 0.
    pub group: &'a [u32],
    /// How many groups there are.
    pub groups: usize,
}

impl CompetingData<'_> {
    /// Checks the rows, and sorts them within the given strata.
    pub(super) fn clock(&self, strata: Option<&[u32]>) -> Result<Clock, NotEstimable> {
        let rows = self.time.len();
        NotEstimable::unless_length("cause", rows, self.cause.len())?;
        NotEstimable::unless_length("group", rows, self.group.len())?;
        unless_dense("group", self.group)?;
        let limits = [
            ("cause", self.cause, self.causes + 1),
            ("group", self.group, self.groups),
        ];
        for (what, codes, limit) in limits {
            if let Some(position) = codes.iter().position(|&code| code as usize >= limit) {
                return Err(NotEstimable::UnknownCode {
                    what,
                    code: codes[position] as usize,
                    position,
                });
            }
        }
        if let Some(row) = self.time.iter().position(|&time| time < 0.0) {
            return Err(NotEstimable::NegativeTime { row });
        }
        Clock::new(None, self.time, strata)
    }
}
