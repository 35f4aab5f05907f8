//! Clients who withdraw: detached from their link id, and refused from then on.
//!
//! Their evaluated keys stay in the register, because only by them a later delivery of anybody
//! can be refused; as group elements they are carried along when a secret is replaced.

use crate::declaration::{Mask, mask};
use crate::register::PersonIndex;
use crate::{Error, EvaluatedKey, EvaluatedTable, KeyDeclaration, Keys, LinkId, Register};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The random number of a withdrawal, by which its answers name it.
pub type WithdrawalId = [u8; 16];

/// How a person of the register stands.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Standing {
    /// Rows are linked to this link id.
    Known(LinkId),
    /// Withdrawal was asked, and the study team did not answer yet: rows are refused. Without a
    /// link id for a client whom the register did not know.
    Leaving(Option<LinkId>),
    /// Withdrawn: rows are refused.
    Withdrawn,
    /// Merged with somebody else, who has its keys now: no row is it any more.
    Merged,
}

impl Standing {
    /// The link id that rows get; `None` where they are refused.
    pub(crate) fn link_id(self) -> Option<LinkId> {
        match self {
            Self::Known(link) => Some(link),
            _ => None,
        }
    }
}

/// A withdrawal as the koppelpunt remembers it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Withdrawal {
    /// The institution that asked.
    institution: String,
    /// Who leaves by it; empty once it was answered.
    persons: Vec<PersonIndex>,
    /// Whether the study team answered.
    answered: bool,
}

impl Register {
    /// Takes in the withdrawal of one client: everybody who has one of its strict keys, and not
    /// another number, is refused from now on. Gives their link ids, in order, for the study
    /// team to erase. A client whom the register does not know is entered, to be refused.
    ///
    /// The same withdrawal again gives the same link ids, as long as it was not answered.
    ///
    /// # Errors
    /// Other keys than declared; not exactly one row; a withdrawal that was answered before, or
    /// that another institution asked.
    pub fn withdraw(
        &mut self,
        id: WithdrawalId,
        institution: &str,
        client: &EvaluatedTable,
        declaration: &KeyDeclaration,
    ) -> Result<Vec<LinkId>, Error> {
        if client.width() != declaration.len() {
            return Err(Error::OtherKeys);
        }
        if client.len() != 1 {
            return Err(Error::Unreadable("withdrawal"));
        }
        match self.withdrawals.get(&id) {
            Some(known) if known.answered || known.institution != institution => {
                return Err(Error::WithdrawnBefore);
            }
            Some(known) => return Ok(self.leaving(&known.persons)),
            None => {}
        }
        self.align(declaration);
        let persons = self.take_leave(client.keys(0), declaration)?;
        let links = self.leaving(&persons);
        let withdrawal = Withdrawal {
            institution: institution.to_owned(),
            persons,
            answered: false,
        };
        self.withdrawals.insert(id, withdrawal);
        Ok(links)
    }

    /// Takes in the study team's answer: whose link id was `erased` is withdrawn for good; whose
    /// was not, because the institution never delivered them, is known again. `delivered` tells
    /// whether the institution had delivered the client at all.
    ///
    /// # Errors
    /// A withdrawal that is not waiting for an answer.
    pub fn answer_withdrawal(
        &mut self,
        id: WithdrawalId,
        erased: &[LinkId],
        delivered: bool,
    ) -> Result<(), Error> {
        let waiting = self.withdrawals.get_mut(&id);
        let withdrawal = waiting
            .filter(|withdrawal| !withdrawal.answered)
            .ok_or(Error::NoSuchWithdrawal)?;
        withdrawal.answered = true;
        let persons = std::mem::take(&mut withdrawal.persons);
        let erased: BTreeSet<LinkId> = erased.iter().copied().collect();
        let elsewhere: BTreeSet<PersonIndex> = self
            .withdrawals
            .values()
            .flat_map(|other| other.persons.iter().copied())
            .collect();
        let mut forgotten = BTreeSet::new();
        for person in persons {
            let standing = &mut self.persons[person as usize];
            match *standing {
                Standing::Leaving(Some(link))
                    if !erased.contains(&link) && !elsewhere.contains(&person) =>
                {
                    *standing = Standing::Known(link);
                }
                Standing::Leaving(None) if delivered => *standing = Standing::Withdrawn,
                Standing::Leaving(None) if !elsewhere.contains(&person) => {
                    *standing = Standing::Withdrawn;
                    forgotten.insert(person);
                }
                _ => {}
            }
        }
        // Also those whom only the study team found, by row id.
        for standing in &mut self.persons {
            if let Standing::Known(link) | Standing::Leaving(Some(link)) = *standing
                && erased.contains(&link)
            {
                *standing = Standing::Withdrawn;
            }
        }
        self.forget_keys(&forgotten);
        Ok(())
    }

    /// The institution that asked a withdrawal, and whether the study team answered.
    pub fn withdrawal(&self, id: WithdrawalId) -> Option<(&str, bool)> {
        let withdrawal = self.withdrawals.get(&id)?;
        Some((withdrawal.institution.as_str(), withdrawal.answered))
    }

    /// How many persons are refused.
    pub fn refused(&self) -> usize {
        let refused = self.persons.iter();
        let refused = refused.filter(|s| matches!(s, Standing::Leaving(_) | Standing::Withdrawn));
        refused.count()
    }

    /// Marks whom these keys name as leaving, and gives them, in order.
    fn take_leave(
        &mut self,
        keys: &Keys<EvaluatedKey>,
        declaration: &KeyDeclaration,
    ) -> Result<Vec<PersonIndex>, Error> {
        let held = self.keys_held(declaration.len());
        let mut persons = self.sharing_strict_key(keys, declaration, &held);
        persons.retain(|person| self.persons[*person as usize] != Standing::Withdrawn);
        for person in &persons {
            let standing = &mut self.persons[*person as usize];
            if let Standing::Known(link) = *standing {
                *standing = Standing::Leaving(Some(link));
            }
        }
        let mut present = keys.iter().enumerate();
        let strictest = present.find_map(|(position, key)| Some((position, (*key)?)));
        let unknown =
            |(position, key): (usize, EvaluatedKey)| self.holders(position, &key).is_empty();
        if persons.is_empty() && strictest.is_some_and(unknown) {
            let person = self.add_person(Standing::Leaving(None))?;
            self.learn(&[(person, keys)]);
            persons.push(person);
        }
        Ok(persons)
    }

    /// Everybody who has one of these strict keys and no other number that decides, in order;
    /// `held` says of which keys each person has any.
    pub(crate) fn sharing_strict_key(
        &self,
        keys: &Keys<EvaluatedKey>,
        declaration: &KeyDeclaration,
        held: &[Mask],
    ) -> Vec<PersonIndex> {
        let strict = declaration.keys().iter().enumerate();
        let strict = strict.filter(|(_, key)| key.is_strict());
        let present = strict.filter_map(|(position, _)| Some((position, keys[position]?)));
        let holders = present.flat_map(|(position, key)| self.holders(position, &key));
        let persons: BTreeSet<PersonIndex> = holders.map(|(_, person)| *person).collect();
        let deciding = mask(keys) & declaration.deciding();
        let differs = |person: PersonIndex| {
            let both = deciding & held[person as usize];
            let mut numbers = keys.iter().enumerate().filter(|(p, _)| both >> p & 1 == 1);
            numbers
                .any(|(position, key)| key.is_some_and(|key| !self.holds(person, position, &key)))
        };
        persons
            .into_iter()
            .filter(|person| !differs(*person))
            .collect()
    }

    fn leaving(&self, persons: &[PersonIndex]) -> Vec<LinkId> {
        let link = |person: &PersonIndex| match self.persons[*person as usize] {
            Standing::Leaving(link) => link,
            _ => None,
        };
        let links: BTreeSet<LinkId> = persons.iter().filter_map(link).collect();
        links.into_iter().collect()
    }
}

/// The withdrawals of a register.
pub(crate) type Withdrawals = BTreeMap<WithdrawalId, Withdrawal>;

/// Whether every withdrawal names persons who are there.
pub(crate) fn fits(withdrawals: &Withdrawals, persons: usize) -> bool {
    let mut named = withdrawals.values().flat_map(|w| &w.persons);
    named.all(|person| (*person as usize) < persons)
}
