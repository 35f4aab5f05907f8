//! What the koppelpunt decided of link ids, replayed in the link files that are kept here.

use crate::{Error, Study};
use codes::{Coded, Institution};
use linkage::{Decision, LinkId};
use record::RowId;
use std::collections::BTreeSet;

/// A split, as the database keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Split {
    /// The link id that the rows had.
    pub(crate) from: LinkId,
    /// Code of the institution that delivered them.
    pub(crate) institution: String,
    /// The link id that they have.
    pub(crate) to: LinkId,
}

impl Study {
    /// Replays decisions, in order. Doing so twice is the same as once.
    ///
    /// # Errors
    /// A link file that cannot be read any more; what the file system or the ledger says.
    pub(crate) fn replay(&self, decisions: &[Decision]) -> Result<(), Error> {
        for decision in decisions {
            match decision {
                Decision::Merge {
                    kept,
                    other,
                    reason,
                } => {
                    // What was split and is merged again was never split.
                    self.database().forget_splits((*kept, *other))?;
                    self.relink(|_, link| (link == *other).then_some(*kept))?;
                    self.tell("personen samengevoegd", reason)?;
                }
                Decision::Split {
                    from,
                    institution,
                    to,
                    reason,
                } => {
                    let split = Split {
                        from: *from,
                        institution: institution.clone(),
                        to: *to,
                    };
                    self.database().add_split(&split)?;
                    self.replay_split(&split)?;
                    self.tell("persoon gesplitst", reason)?;
                }
            }
        }
        Ok(())
    }

    fn tell(&self, what: &str, reason: &str) -> Result<(), Error> {
        self.database()
            .add_event(what, "door het koppelpunt", reason)
    }

    /// Replays the splits in deliveries that came after them.
    ///
    /// # Errors
    /// As [`Study::replay`].
    pub(crate) fn replay_splits(&self) -> Result<(), Error> {
        let splits = self.database().splits()?;
        splits.iter().try_for_each(|split| self.replay_split(split))
    }

    fn replay_split(&self, split: &Split) -> Result<(), Error> {
        let mut rows = BTreeSet::new();
        for file in self.kept_links()? {
            let of = file?.1.links.into_iter();
            rows.extend(
                of.filter(|(_, link)| *link == split.from)
                    .map(|(row, _)| row),
            );
        }
        let institution = Institution::from_key(&split.institution);
        let deliverers = self.deliverers(&rows)?;
        let theirs =
            |row: &RowId| deliverers.get(row).copied() == institution && institution.is_some();
        self.relink(|row, link| (link == split.from && theirs(&row)).then_some(split.to))
    }

    /// Gives rows another link id, where this says so; files of which nothing changes stay as
    /// they are.
    fn relink(&self, to: impl Fn(RowId, LinkId) -> Option<LinkId>) -> Result<(), Error> {
        for file in self.kept_links()? {
            let (digest, mut kept) = file?;
            let mut changed = false;
            for (row, link) in &mut kept.links {
                if let Some(other) = to(*row, *link) {
                    *link = other;
                    changed = true;
                }
            }
            if changed {
                self.keep_links(&digest, &kept)?;
            }
        }
        Ok(())
    }
}
