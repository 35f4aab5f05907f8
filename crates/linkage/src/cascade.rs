//! The cascade of unique exact keys, for one delivery against the register.

use crate::link::ReviewReason;
use crate::quality::{KeyQuality, TwoLists};
use crate::register::{PersonIndex, Register, numbers_of};
use crate::table::mask;
use crate::{EvaluatedKey, KeyLabel, Keys, RowId};
use rayon::prelude::*;

/// A row with its evaluated keys.
pub(crate) type KeyedRow = (RowId, Keys<EvaluatedKey>);

/// The position of a row in its delivery.
type RowIndex = u32;

/// How careful linking is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LinkagePolicy {
    /// A weak key links on its own only while the expected number of chance links it brings is
    /// at most this share of the links.
    pub max_chance_share: f64,
    /// The assumed probability that two different persons share a weak key, before any data.
    pub assumed_coincidence: f64,
}

impl Default for LinkagePolicy {
    /// At most one chance link in two thousand per key; a coincidence of one in 10⁹ pairs
    /// (assumption: 25,000 birth dates times a frequent name or a postcode).
    fn default() -> Self {
        Self {
            max_chance_share: 0.000_5,
            assumed_coincidence: 1e-9,
        }
    }
}

/// A row and a person that share a key which nobody else has.
#[derive(Clone, Copy)]
struct Candidate {
    row: RowIndex,
    person: PersonIndex,
}

/// The state of linking one delivery.
pub(crate) struct Cascade<'a> {
    register: &'a Register,
    rows: &'a [KeyedRow],
    policy: LinkagePolicy,
    labels_held: Vec<u8>,
    /// Per person whether a row of this delivery was linked to it.
    pub(crate) taken: Vec<bool>,
    /// Per row the person it was linked to.
    pub(crate) person_of: Vec<Option<PersonIndex>>,
    /// Per row why a key that it shares with somebody did not link it.
    pub(crate) doubt: Vec<Option<ReviewReason>>,
    quality: [KeyQuality; KeyLabel::COUNT],
    linked: u64,
}

impl<'a> Cascade<'a> {
    pub(crate) fn new(register: &'a Register, rows: &'a [KeyedRow], policy: LinkagePolicy) -> Self {
        Self {
            register,
            rows,
            policy,
            labels_held: register.labels_held(),
            taken: vec![false; register.persons()],
            person_of: vec![None; rows.len()],
            doubt: vec![None; rows.len()],
            quality: Default::default(),
            linked: 0,
        }
    }

    /// Tries all keys, strictest first.
    pub(crate) fn run(&mut self) {
        for label in KeyLabel::ALL {
            self.pass(label);
        }
    }

    fn pass(&mut self, label: KeyLabel) {
        let keyed = self.unlinked_with(label);
        let candidates = self.candidates(label, &keyed);
        let expected = self.expected_by_chance(label, &keyed);
        let budget = self.policy.max_chance_share * (self.linked + candidates.len() as u64) as f64;
        let alone_suffices = label.is_strict() || expected <= budget;
        let quality = &mut self.quality[label.position()];
        quality.unique = candidates.len() as u64;
        quality.expected_by_chance = expected;
        quality.needed_support = !alone_suffices;
        for candidate in candidates {
            if self.numbers_conflict(candidate) {
                self.refuse(candidate.row, label, ReviewReason::ConflictingNumber);
            } else if alone_suffices || self.supported(candidate, label) {
                self.accept(candidate, label);
            } else {
                self.refuse(candidate.row, label, ReviewReason::WeakKeyOnly);
            }
        }
    }

    /// The unlinked rows that have this key, ordered by it.
    fn unlinked_with(&mut self, label: KeyLabel) -> Vec<(EvaluatedKey, RowIndex)> {
        let rows = (0..).zip(self.rows);
        let mut keyed: Vec<(EvaluatedKey, RowIndex)> = rows
            .filter(|(row, _)| self.person_of[*row as usize].is_none())
            .filter_map(|(row, (_, keys))| Some((keys[label.position()]?, row)))
            .collect();
        keyed.par_sort_unstable();
        let with_key = self
            .rows
            .iter()
            .filter(|(_, keys)| keys[label.position()].is_some());
        self.quality[label.position()].rows = with_key.count() as u64;
        keyed
    }

    /// Pairs of an unlinked row and an untaken person that share a key which no other unlinked
    /// row and no other untaken person has; found by walking two ordered lists.
    fn candidates(
        &mut self,
        label: KeyLabel,
        keyed: &[(EvaluatedKey, RowIndex)],
    ) -> Vec<Candidate> {
        let register = self.register;
        let mut held = register.entries(label);
        let mut candidates = Vec::new();
        for same in keyed.chunk_by(|a, b| a.0 == b.0) {
            let key = same[0].0;
            held = &held[gallop(held, &key)..];
            let holders = held.iter().take_while(|(held, _)| *held == key);
            let mut free = holders
                .map(|(_, person)| *person)
                .filter(|p| !self.taken[*p as usize]);
            let Some(person) = free.next() else { continue };
            self.quality[label.position()].candidates += same.len() as u64;
            if same.len() == 1 && free.next().is_none() {
                let row = same[0].1;
                candidates.push(Candidate { row, person });
            } else {
                for (_, row) in same {
                    self.doubt[*row as usize].get_or_insert(ReviewReason::SeveralPersons);
                }
            }
        }
        self.one_row_per_person(candidates)
    }

    /// A person who holds two keys of a label can be a candidate twice; then neither counts.
    fn one_row_per_person(&mut self, mut candidates: Vec<Candidate>) -> Vec<Candidate> {
        candidates.par_sort_unstable_by_key(|candidate| (candidate.person, candidate.row));
        let mut kept = Vec::with_capacity(candidates.len());
        for same in candidates.chunk_by(|a, b| a.person == b.person) {
            if let [only] = same {
                kept.push(*only);
            } else {
                for candidate in same {
                    self.doubt[candidate.row as usize].get_or_insert(ReviewReason::SeveralPersons);
                }
            }
        }
        kept
    }

    /// How many pairs of different persons are expected to share this key by chance among what
    /// is still unlinked.
    ///
    /// # Method
    /// Two rows of one delivery are two persons, so pairs that share this key while their full
    /// names differ count coincidences. With a Gamma(1, 1/p₀) prior on the probability that a
    /// pair coincides, its posterior mean is (1 + coincidences) / (1/p₀ + pairs).
    fn expected_by_chance(&self, label: KeyLabel, keyed: &[(EvaluatedKey, RowIndex)]) -> f64 {
        if label.is_strict() {
            return 0.0;
        }
        let (coincidences, with_key) = self.coincidences(label);
        let pairs = with_key * (with_key - 1.0).max(0.0) / 2.0;
        let probability = (1.0 + coincidences) / (1.0 / self.policy.assumed_coincidence + pairs);
        probability * self.linkable_pairs(label, keyed)
    }

    /// Pairs of an unlinked row and a free person that this key could link: not those of which
    /// both have a number, because that decides.
    fn linkable_pairs(&self, label: KeyLabel, keyed: &[(EvaluatedKey, RowIndex)]) -> f64 {
        let bit = 1 << label.position();
        let persons = self.labels_held.iter().zip(&self.taken);
        let free: Vec<u8> = persons
            .filter(|(held, taken)| *held & bit != 0 && !**taken)
            .map(|(held, _)| *held)
            .collect();
        let decided = |number: &KeyLabel| {
            let bit = 1 << number.position();
            let rows = keyed.iter().map(|(_, row)| &self.rows[*row as usize].1);
            let rows = rows.filter(|keys| mask(keys) & bit != 0).count();
            let persons = free.iter().filter(|held| **held & bit != 0).count();
            rows as f64 * persons as f64
        };
        // The two numbers overlap; counting only the one that decides most errs on the safe side.
        let numbers = KeyLabel::ALL.iter().filter(|label| label.is_number());
        let decided = numbers.map(decided).fold(0.0, f64::max);
        keyed.len() as f64 * free.len() as f64 - decided
    }

    /// Pairs of rows that share this key while their full names differ, and rows with the key.
    fn coincidences(&self, label: KeyLabel) -> (f64, f64) {
        let full_name = KeyLabel::FullName.position();
        let mut keyed: Vec<(EvaluatedKey, EvaluatedKey)> = self
            .rows
            .iter()
            .filter_map(|(_, keys)| Some((keys[label.position()]?, keys[full_name]?)))
            .collect();
        keyed.par_sort_unstable();
        let pairs = |count: usize| (count * (count - 1) / 2) as f64;
        let different = |same: &[(EvaluatedKey, EvaluatedKey)]| {
            let alike = same
                .chunk_by(|a, b| a.1 == b.1)
                .map(|names| pairs(names.len()));
            pairs(same.len()) - alike.sum::<f64>()
        };
        let coincidences = keyed.chunk_by(|a, b| a.0 == b.0).map(different).sum();
        (coincidences, keyed.len() as f64)
    }

    /// Whether both have a number of the same kind, and the person does not hold the row's.
    fn numbers_conflict(&self, candidate: Candidate) -> bool {
        let keys = &self.rows[candidate.row as usize].1;
        let both = numbers_of(keys) & self.labels_held[candidate.person as usize];
        KeyLabel::ALL.iter().any(|label| {
            both >> label.position() & 1 == 1
                && keys[label.position()]
                    .is_some_and(|key| !self.register.holds(candidate.person, *label, &key))
        })
    }

    /// Whether another key than this one agrees too.
    fn supported(&self, candidate: Candidate, by: KeyLabel) -> bool {
        let keys = &self.rows[candidate.row as usize].1;
        KeyLabel::ALL.iter().any(|label| {
            *label != by
                && keys[label.position()]
                    .is_some_and(|key| self.register.holds(candidate.person, *label, &key))
        })
    }

    /// Per key how often it agrees in links that other keys support too.
    pub(crate) fn agreement(&self) -> ([KeyQuality; KeyLabel::COUNT], TwoLists) {
        let compared: Vec<(u8, u8)> = (0..self.rows.len())
            .into_par_iter()
            .filter_map(|row| self.person_of[row].map(|person| self.compare(row, person)))
            .collect();
        let mut keys = self.quality;
        let mut two_lists = TwoLists::default();
        for (both, agree) in compared {
            for (position, quality) in keys.iter_mut().enumerate() {
                let bit = 1 << position;
                let comparable = both & bit != 0 && agree & !bit != 0;
                quality.comparable += u64::from(comparable);
                quality.agreed += u64::from(comparable && agree & bit != 0);
            }
            two_lists.count(both, agree);
        }
        (keys, two_lists)
    }

    /// One bit per label that both have, and one per label that agrees.
    fn compare(&self, row: usize, person: PersonIndex) -> (u8, u8) {
        let keys = &self.rows[row].1;
        let both = mask(keys) & self.labels_held[person as usize];
        let agree = KeyLabel::ALL.iter().filter(|label| {
            keys[label.position()].is_some_and(|key| self.register.holds(person, **label, &key))
        });
        (both, agree.map(|label| 1 << label.position()).sum())
    }

    fn accept(&mut self, candidate: Candidate, label: KeyLabel) {
        self.person_of[candidate.row as usize] = Some(candidate.person);
        self.taken[candidate.person as usize] = true;
        self.quality[label.position()].linked += 1;
        self.linked += 1;
    }

    fn refuse(&mut self, row: RowIndex, label: KeyLabel, reason: ReviewReason) {
        self.doubt[row as usize].get_or_insert(reason);
        self.quality[label.position()].refused += 1;
    }
}

/// The position of the first entry whose key is not below `key`, by doubling steps: walking a
/// long list along a short one then costs little.
fn gallop(entries: &[(EvaluatedKey, PersonIndex)], key: &EvaluatedKey) -> usize {
    let mut step = 1;
    while step < entries.len() && entries[step].0 < *key {
        step *= 2;
    }
    let reach = entries.len().min(step + 1);
    let from = step / 2;
    from + entries[from..reach].partition_point(|(held, _)| held < key)
}
