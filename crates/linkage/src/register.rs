use crate::table::mask;
use crate::{Error, EvaluatedKey, KeyLabel, Keys, LinkId};
use rayon::slice::ParallelSliceMut;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

const VERSION: u16 = 1;

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

/// What the koppelpunt remembers: which evaluated keys belong to which link id, and the last
/// delivery of each institution. Nothing of it says who somebody is without the secret `a`.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Register {
    persons: Vec<LinkId>,
    /// Per key label every (key, person), in order.
    entries: [Vec<(EvaluatedKey, PersonIndex)>; KeyLabel::COUNT],
    seen: BTreeMap<String, SeenDelivery>,
}

impl Register {
    /// An empty register.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many persons it knows.
    pub fn persons(&self) -> usize {
        self.persons.len()
    }

    /// How many keys it knows, over all labels.
    pub fn keys(&self) -> usize {
        self.entries.iter().map(Vec::len).sum()
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
        let fine = |entries: &Vec<(EvaluatedKey, PersonIndex)>| {
            entries.is_sorted_by(|a, b| a < b)
                && entries
                    .iter()
                    .all(|(_, person)| (*person as usize) < persons)
        };
        if version == VERSION && register.entries.iter().all(fine) {
            Ok(register)
        } else {
            Err(Error::RegisterUnreadable)
        }
    }

    pub(crate) fn link_id(&self, person: PersonIndex) -> LinkId {
        self.persons[person as usize]
    }

    /// Every (key, person) of this label, in order.
    pub(crate) fn entries(&self, label: KeyLabel) -> &[(EvaluatedKey, PersonIndex)] {
        &self.entries[label.position()]
    }

    pub(crate) fn holders(
        &self,
        label: KeyLabel,
        key: &EvaluatedKey,
    ) -> &[(EvaluatedKey, PersonIndex)] {
        let entries = self.entries(label);
        let start = entries.partition_point(|(held, _)| held < key);
        let length = entries[start..]
            .iter()
            .take_while(|(held, _)| held == key)
            .count();
        &entries[start..start + length]
    }

    /// Whether this person holds this key.
    pub(crate) fn holds(&self, person: PersonIndex, label: KeyLabel, key: &EvaluatedKey) -> bool {
        self.entries(label).binary_search(&(*key, person)).is_ok()
    }

    /// Per person one bit per label of which it holds a key.
    pub(crate) fn labels_held(&self) -> Vec<u8> {
        let mut held = vec![0; self.persons.len()];
        for (position, entries) in self.entries.iter().enumerate() {
            for (_, person) in entries {
                held[*person as usize] |= 1 << position;
            }
        }
        held
    }

    pub(crate) fn add_person(&mut self, link: LinkId) -> Result<PersonIndex, Error> {
        let person = PersonIndex::try_from(self.persons.len()).map_err(|_| Error::TooMany)?;
        self.persons.push(link);
        Ok(person)
    }

    /// Adds the keys of each person; keys that it held already change nothing.
    pub(crate) fn learn(&mut self, learned: &[(PersonIndex, &Keys<EvaluatedKey>)]) {
        for (position, entries) in self.entries.iter_mut().enumerate() {
            let keys = learned.iter();
            entries.extend(keys.filter_map(|(person, keys)| Some((keys[position]?, *person))));
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
        write!(f, "Register {{ {} persons, … }}", self.persons.len())
    }
}

/// One bit per number that is present among the keys.
pub(crate) fn numbers_of(keys: &Keys<EvaluatedKey>) -> u8 {
    let numbers: u8 = KeyLabel::ALL
        .iter()
        .filter(|label| label.is_number())
        .map(|label| 1 << label.position())
        .sum();
    mask(keys) & numbers
}
