use crate::decision::Decisions;
use crate::declaration::Mask;
use crate::withdrawal::{Standing, Withdrawals, fits};
use crate::{Error, EvaluatedKey, KeyDeclaration, Keys, KoppelSecret, LinkId, MatchRatio};
use rayon::slice::ParallelSliceMut;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

const VERSION: u16 = 4;

/// The position of a person in the register.
pub(crate) type PersonIndex = u32;

/// The last delivery of an institution that was linked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenDelivery {
    /// Its number.
    pub number: u32,
    /// The digest of its signed header, by which its successor names it.
    pub manifest: [u8; 32],
}

/// What the koppelpunt remembers: which evaluated keys belong to which link id, whose rows are
/// refused, and the last delivery of each institution. Nothing of it says who somebody is without
/// the secret `a`.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Register {
    pub(crate) persons: Vec<Standing>,
    /// One per match key that was ever declared.
    columns: Vec<Column>,
    seen: BTreeMap<String, SeenDelivery>,
    /// How often the institutions' secret was replaced.
    rotations: u32,
    /// Every withdrawal, answered or not.
    pub(crate) withdrawals: Withdrawals,
    /// Merges and splits, proposed and decided.
    pub(crate) decisions: Decisions,
}

/// All values of one match key.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
struct Column {
    /// The tag of the key.
    tag: String,
    /// Every (value, person), in order.
    entries: Vec<(EvaluatedKey, PersonIndex)>,
}

impl Register {
    /// An empty register.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many persons it knows, without those who are refused.
    pub fn persons(&self) -> usize {
        let known = self.persons.iter();
        known
            .filter(|standing| standing.link_id().is_some())
            .count()
    }

    /// How many places for persons there are.
    pub(crate) fn places(&self) -> usize {
        self.persons.len()
    }

    /// How many keys it knows, over all match keys.
    pub fn keys(&self) -> usize {
        self.columns.iter().map(|column| column.entries.len()).sum()
    }

    /// The last delivery of this institution that was linked.
    pub fn last_delivery(&self, institution: &str) -> Option<SeenDelivery> {
        self.seen.get(institution).copied()
    }

    /// The bytes in which the register is kept (encrypted, by the caller).
    pub fn to_bytes(&self) -> Vec<u8> {
        postcard::to_stdvec(&(VERSION, self)).expect("a register always serialises")
    }

    /// Reads what [`Register::to_bytes`] wrote.
    ///
    /// # Errors
    /// Bytes of another form or version, or that break the register's order.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let (version, register): (u16, Self) =
            postcard::from_bytes(bytes).map_err(|_| Error::RegisterUnreadable)?;
        let persons = register.persons.len();
        let fine = |column: &Column| {
            let mut holders = column.entries.iter().map(|(_, person)| *person as usize);
            column.entries.is_sorted_by(|a, b| a < b) && holders.all(|person| person < persons)
        };
        let whole = register.columns.iter().all(fine)
            && fits(&register.withdrawals, persons)
            && register.decisions.fits(persons);
        if version == VERSION && whole {
            Ok(register)
        } else {
            Err(Error::RegisterUnreadable)
        }
    }

    /// The epoch of the institutions' secret that the keys are in: 1, and 1 more for each time
    /// that it was replaced.
    pub fn key_epoch(&self) -> u32 {
        self.rotations + 1
    }

    /// Carries all keys over to another secret of the institutions, of which only the ratio to
    /// the old one is known here. Deliveries of the old epoch are refused from now on.
    ///
    /// # Errors
    /// A register with keys that are no group elements; it is then unchanged.
    pub fn rotate_match_secret(&mut self, ratio: &MatchRatio) -> Result<(), Error> {
        self.carry_over(|keys| ratio.apply(keys))?;
        self.rotations += 1;
        Ok(())
    }

    /// Carries all keys over to another secret of the koppelpunt.
    ///
    /// # Errors
    /// As [`Register::rotate_match_secret`].
    pub fn rotate_koppel_secret(
        &mut self,
        old: &KoppelSecret,
        new: &KoppelSecret,
    ) -> Result<(), Error> {
        let ratio = old.ratio_to(new);
        self.carry_over(|keys| ratio.apply(keys))
    }

    fn carry_over(
        &mut self,
        apply: impl Fn(&[EvaluatedKey]) -> Result<Vec<EvaluatedKey>, Error>,
    ) -> Result<(), Error> {
        let mut carried = Vec::with_capacity(self.columns.len());
        for column in &self.columns {
            let keys: Vec<EvaluatedKey> = column.entries.iter().map(|(key, _)| *key).collect();
            let persons = column.entries.iter().map(|(_, person)| *person);
            let mut entries: Vec<_> = apply(&keys)?.into_iter().zip(persons).collect();
            entries.par_sort_unstable();
            carried.push(Column {
                tag: column.tag.clone(),
                entries,
            });
        }
        self.columns = carried;
        Ok(())
    }

    /// The link id that rows of this person get; `None` where they are refused.
    pub(crate) fn link_id(&self, person: PersonIndex) -> Option<LinkId> {
        self.persons[person as usize].link_id()
    }

    /// Puts the columns in the order of the declaration. Keys that the register did not know
    /// yet have no values; keys that are declared no longer stay behind the others, unused.
    pub(crate) fn align(&mut self, declaration: &KeyDeclaration) {
        let known = std::mem::take(&mut self.columns);
        let (mut declared, mut rest) = (Vec::new(), known);
        for tag in declaration.tags() {
            let place = rest.iter().position(|column| column.tag == tag);
            declared.push(match place {
                Some(place) => rest.remove(place),
                None => Column {
                    tag,
                    entries: Vec::new(),
                },
            });
        }
        declared.append(&mut rest);
        self.columns = declared;
    }

    /// Every (value, person) of the key at this position, in order.
    pub(crate) fn entries(&self, position: usize) -> &[(EvaluatedKey, PersonIndex)] {
        &self.columns[position].entries
    }

    pub(crate) fn holders(
        &self,
        position: usize,
        key: &EvaluatedKey,
    ) -> &[(EvaluatedKey, PersonIndex)] {
        let entries = self.entries(position);
        let start = entries.partition_point(|(held, _)| held < key);
        let length = entries[start..]
            .iter()
            .take_while(|(held, _)| held == key)
            .count();
        &entries[start..start + length]
    }

    /// Whether this person holds this key.
    pub(crate) fn holds(&self, person: PersonIndex, position: usize, key: &EvaluatedKey) -> bool {
        self.entries(position)
            .binary_search(&(*key, person))
            .is_ok()
    }

    /// Per person one bit per declared key of which it holds a value.
    pub(crate) fn keys_held(&self, declared: usize) -> Vec<Mask> {
        let mut held = vec![0; self.persons.len()];
        for (position, column) in self.columns[..declared].iter().enumerate() {
            for (_, person) in &column.entries {
                held[*person as usize] |= 1 << position;
            }
        }
        held
    }

    /// Gives all keys of one person to another.
    pub(crate) fn give_keys(&mut self, from: PersonIndex, to: PersonIndex) {
        for column in &mut self.columns {
            let own = column
                .entries
                .iter_mut()
                .filter(|(_, person)| *person == from);
            own.for_each(|(_, person)| *person = to);
            column.entries.par_sort_unstable();
            column.entries.dedup();
        }
    }

    /// Leaves out all keys of these persons.
    pub(crate) fn forget_keys(&mut self, persons: &BTreeSet<PersonIndex>) {
        if persons.is_empty() {
            return;
        }
        for column in &mut self.columns {
            let stays = |(_, person): &(EvaluatedKey, PersonIndex)| !persons.contains(person);
            column.entries.retain(stays);
        }
    }

    pub(crate) fn add_person(&mut self, standing: Standing) -> Result<PersonIndex, Error> {
        let person = PersonIndex::try_from(self.persons.len()).map_err(|_| Error::TooMany)?;
        self.persons.push(standing);
        Ok(person)
    }

    /// Adds the keys of each person; keys that it held already change nothing.
    pub(crate) fn learn(&mut self, learned: &[(PersonIndex, &Keys<EvaluatedKey>)]) {
        for (position, column) in self.columns.iter_mut().enumerate() {
            let entries = &mut column.entries;
            let keys = learned.iter();
            let value = |keys: &Keys<EvaluatedKey>| keys.get(position).copied().flatten();
            entries.extend(keys.filter_map(|(person, keys)| Some((value(keys)?, *person))));
            entries.par_sort_unstable();
            entries.dedup();
        }
    }

    pub(crate) fn mark_seen(&mut self, institution: &str, delivery: SeenDelivery) {
        self.seen.insert(institution.to_owned(), delivery);
    }
}

impl fmt::Debug for Register {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Register {{ {} persons, … }}", self.persons())
    }
}
