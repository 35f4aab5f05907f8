//! Merges and splits: decided by a person at the koppelpunt, told to the study team as events,
//! which replays them. Nothing is merged or split silently.

use crate::link::Event;
use crate::register::PersonIndex;
use crate::withdrawal::Standing;
use crate::{Error, KeyDeclaration, LinkId, Register};
use rand::CryptoRng;
use serde::{Deserialize, Serialize};

/// Two link ids that are probably one person.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Proposal {
    /// The person to whom a row was linked.
    pub kept: LinkId,
    /// The person who is probably the same.
    pub other: LinkId,
    /// The tag of the key that says so.
    pub key: String,
}

/// What a person decided about link ids.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Decision {
    /// Rows of `other` are rows of `kept`.
    Merge {
        /// The link id that stays.
        kept: LinkId,
        /// The link id that goes.
        other: LinkId,
        /// Why, in a few words, and without anything about the client.
        reason: String,
    },
    /// Rows that this institution delivered under `from` are rows of somebody else.
    Split {
        /// The link id that they had.
        from: LinkId,
        /// The institution.
        institution: String,
        /// The link id that they have from now on.
        to: LinkId,
        /// Why.
        reason: String,
    },
}

/// What the register remembers of decisions.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Decisions {
    proposals: Vec<Proposal>,
    /// Pairs of which somebody said that they are two persons.
    dismissed: Vec<Proposal>,
    /// Rows of an institution that look like the first person are of the second.
    splits: Vec<(String, PersonIndex, PersonIndex)>,
    /// What the study team was not told yet.
    untold: Vec<Decision>,
}

impl Decisions {
    /// Whether every split names persons who are there.
    pub(crate) fn fits(&self, persons: usize) -> bool {
        let mut named = self.splits.iter().flat_map(|(_, from, to)| [*from, *to]);
        named.all(|person| (person as usize) < persons)
    }

    /// Who a row of this institution is that looks like this person.
    pub(crate) fn of_row(&self, institution: &str, person: PersonIndex) -> PersonIndex {
        let applies = |(of, from, to): &(String, PersonIndex, PersonIndex)| {
            (of == institution && *from == person).then_some(*to)
        };
        self.splits.iter().find_map(applies).unwrap_or(person)
    }

    /// The place of `other` becomes that of `kept`.
    fn merge_places(&mut self, kept: PersonIndex, other: PersonIndex) {
        for (_, from, to) in &mut self.splits {
            for place in [from, to] {
                if *place == other {
                    *place = kept;
                }
            }
        }
        // What was split and is merged again was never split.
        self.splits.retain(|(_, from, to)| from != to);
    }
}

impl Register {
    /// The pairs that are probably one person, and on which nobody decided yet.
    pub fn proposals(&self) -> &[Proposal] {
        &self.decisions.proposals
    }

    /// Remembers what linking proposed, except what was dismissed before.
    pub(crate) fn propose(&mut self, events: &[Event]) {
        for Event::MergeProposed { kept, other, key } in events {
            let proposal = Proposal {
                kept: *kept,
                other: *other,
                key: key.tag(),
            };
            let same = |known: &Proposal| pair(known) == pair(&proposal);
            let decided = self.decisions.dismissed.iter().any(same);
            if !decided && !self.decisions.proposals.iter().any(same) {
                self.decisions.proposals.push(proposal);
            }
        }
        self.decisions.proposals.sort_unstable();
    }

    /// Says that a proposed pair is two persons; it is not proposed again.
    ///
    /// # Errors
    /// A pair that is not proposed.
    pub fn dismiss(&mut self, proposal: &Proposal) -> Result<(), Error> {
        let place = self
            .decisions
            .proposals
            .iter()
            .position(|known| known == proposal);
        let known = self
            .decisions
            .proposals
            .remove(place.ok_or(Error::NoSuchPerson)?);
        self.decisions.dismissed.push(known);
        Ok(())
    }

    /// Merges two persons: keys of `other` are keys of `kept`.
    ///
    /// # Errors
    /// A link id that is nobody's, or of who withdrew; two persons with different numbers.
    pub fn merge(
        &mut self,
        (kept, other): (LinkId, LinkId),
        reason: &str,
        declaration: &KeyDeclaration,
    ) -> Result<(), Error> {
        let (to, from) = (self.place_of(kept)?, self.place_of(other)?);
        if to == from {
            return Err(Error::NoSuchPerson);
        }
        self.align(declaration);
        if self.numbers_differ(to, from, declaration) {
            return Err(Error::NumbersDiffer);
        }
        self.give_keys(from, to);
        self.persons[from as usize] = Standing::Merged;
        let decisions = &mut self.decisions;
        decisions.merge_places(to, from);
        decisions
            .proposals
            .retain(|p| p.kept != other && p.other != other);
        decisions.untold.push(Decision::Merge {
            kept,
            other,
            reason: reason.to_owned(),
        });
        Ok(())
    }

    /// Splits a person: what this institution delivered, and delivers from now on, is somebody
    /// else, who gets the link id that is given back.
    ///
    /// # Errors
    /// A link id that is nobody's, or of who withdrew; rows that were split before.
    pub fn split<R: CryptoRng + ?Sized>(
        &mut self,
        from: LinkId,
        institution: &str,
        reason: &str,
        rng: &mut R,
    ) -> Result<LinkId, Error> {
        let person = self.place_of(from)?;
        if self.decisions.of_row(institution, person) != person {
            return Err(Error::NoSuchPerson);
        }
        let to = LinkId::generate(rng);
        let other = self.add_person(Standing::Known(to))?;
        let decisions = &mut self.decisions;
        decisions
            .splits
            .push((institution.to_owned(), person, other));
        decisions.untold.push(Decision::Split {
            from,
            institution: institution.to_owned(),
            to,
            reason: reason.to_owned(),
        });
        Ok(to)
    }

    /// The decisions that the study team was not told yet, in order; they count as told from
    /// here.
    pub fn take_untold(&mut self) -> Vec<Decision> {
        std::mem::take(&mut self.decisions.untold)
    }

    fn place_of(&self, link: LinkId) -> Result<PersonIndex, Error> {
        let standing = self.persons.iter();
        let place = standing
            .map(|s| s.link_id())
            .position(|known| known == Some(link));
        place
            .map(|place| place as PersonIndex)
            .ok_or(Error::NoSuchPerson)
    }

    /// Whether both have a number that decides, and share none of its values.
    fn numbers_differ(
        &self,
        one: PersonIndex,
        other: PersonIndex,
        declaration: &KeyDeclaration,
    ) -> bool {
        let deciding = declaration.deciding();
        let mut positions = (0..declaration.len()).filter(|p| deciding >> p & 1 == 1);
        positions.any(|position| {
            let values = |person| {
                let entries = self.entries(position).iter();
                entries
                    .filter(move |(_, holder)| *holder == person)
                    .map(|(key, _)| key)
            };
            let (mut ones, others) = (values(one).peekable(), values(other).collect::<Vec<_>>());
            ones.peek().is_some() && !others.is_empty() && !ones.any(|key| others.contains(&key))
        })
    }
}

/// A pair, whichever of the two is kept.
fn pair(proposal: &Proposal) -> (LinkId, LinkId) {
    let (one, other) = (proposal.kept, proposal.other);
    (one.min(other), one.max(other))
}
