//! The cascade of unique exact keys, for one delivery against the register.

use crate::declaration::{Mask, mask};
use crate::link::ReviewReason;
use crate::part::Subject;
use crate::quality::KeyQuality;
use crate::register::{PersonIndex, Register};
use crate::sensitivity::{Evaluation, Seen, evidence};
use crate::{EvaluatedKey, EvaluatedTable, KeyDeclaration, SensitivityRange};
use rayon::prelude::*;

/// The position of a row in its delivery.
type RowIndex = u32;

/// Which keys link, and how careful linking is.
#[derive(Clone, Debug, PartialEq)]
pub struct LinkagePolicy {
    /// The match keys, strictest first.
    pub keys: KeyDeclaration,
    /// A weak key links on its own only while the expected number of chance links it brings is
    /// at most this share of the links.
    pub max_chance_share: f64,
    /// … and at most this share of the pairs that the key itself would link.
    pub max_chance_of_link: f64,
    /// The assumed probability that two different persons share a weak key, before any data.
    pub assumed_coincidence: f64,
    /// How often, at most, something is assumed to be wrong of which the links do not show it.
    pub assumed_error: f64,
}

impl LinkagePolicy {
    /// These keys, at most one chance link in two thousand per key and one in ten of the links
    /// that the key makes itself, and a coincidence of one in 10⁹ pairs (assumption: 25,000 birth
    /// dates times a frequent name or a postcode). What links do not show is assumed to be wrong
    /// in at most one of fifty pairs.
    pub fn usual(keys: KeyDeclaration) -> Self {
        Self {
            keys,
            max_chance_share: 0.000_5,
            max_chance_of_link: 0.1,
            assumed_coincidence: 1e-9,
            assumed_error: 0.02,
        }
    }
}

/// How far the links of a key can be trusted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Trust {
    /// It links on its own.
    Alone,
    /// It links where another key agrees; otherwise the row is to be looked at again.
    WithAnother,
    /// It links where another key agrees; otherwise most of its pairs are strangers, and nobody
    /// is bothered with them.
    Chance,
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
    table: &'a EvaluatedTable,
    policy: &'a LinkagePolicy,
    held: Vec<Mask>,
    /// Per person whether a row of this delivery was linked to it.
    pub(crate) taken: Vec<bool>,
    /// Per row the person it was linked to.
    pub(crate) person_of: Vec<Option<PersonIndex>>,
    /// Per row why a key that it shares with somebody did not link it.
    pub(crate) doubt: Vec<Option<ReviewReason>>,
    quality: Vec<KeyQuality>,
    linked: u64,
}

impl<'a> Cascade<'a> {
    /// `register` must be aligned to the keys of the policy.
    pub(crate) fn new(
        register: &'a Register,
        table: &'a EvaluatedTable,
        policy: &'a LinkagePolicy,
    ) -> Self {
        Self {
            register,
            table,
            policy,
            held: register.keys_held(policy.keys.len()),
            taken: vec![false; register.places()],
            person_of: vec![None; table.len()],
            doubt: vec![None; table.len()],
            quality: vec![KeyQuality::default(); policy.keys.len()],
            linked: 0,
        }
    }

    /// Per person one bit per key of which it holds a value.
    pub(crate) fn held(&self) -> &[Mask] {
        &self.held
    }

    /// Tries all keys, strictest first.
    pub(crate) fn run(&mut self) {
        for key in 0..self.policy.keys.len() {
            self.pass(key);
        }
    }

    fn is_strict(&self, key: usize) -> bool {
        self.policy.keys.keys()[key].is_strict()
    }

    fn pass(&mut self, key: usize) {
        let keyed = self.unlinked_with(key);
        let candidates = self.candidates(key, &keyed);
        let (conflicting, possible): (Vec<Candidate>, Vec<Candidate>) = candidates
            .into_iter()
            .partition(|candidate| self.numbers_conflict(*candidate));
        let expected = self.expected_by_chance(key, &keyed);
        let trust = self.trust(key, expected, possible.len());
        let quality = &mut self.quality[key];
        quality.unique = (conflicting.len() + possible.len()) as u64;
        quality.expected_by_chance = expected;
        quality.needed_support = trust != Trust::Alone;
        for candidate in conflicting {
            self.refuse(candidate.row, key, Some(ReviewReason::ConflictingNumber));
        }
        for candidate in possible {
            if trust == Trust::Alone || self.supported(candidate, key) {
                self.accept(candidate, key);
            } else {
                let doubt = trust == Trust::WithAnother;
                self.refuse(
                    candidate.row,
                    key,
                    doubt.then_some(ReviewReason::WeakKeyOnly),
                );
            }
        }
    }

    /// How far a key is to be trusted that would link this many pairs, of which so many are
    /// expected to be strangers.
    fn trust(&self, key: usize, expected: f64, possible: usize) -> Trust {
        let all = self.linked as f64 + possible as f64;
        let few = expected <= self.policy.max_chance_share * all
            && expected <= self.policy.max_chance_of_link * possible as f64;
        if self.is_strict(key) || few {
            Trust::Alone
        } else if expected < 0.5 * possible as f64 {
            Trust::WithAnother
        } else {
            Trust::Chance
        }
    }

    /// The unlinked rows that have this key, ordered by it.
    fn unlinked_with(&mut self, key: usize) -> Vec<(EvaluatedKey, RowIndex)> {
        let mut with_key = 0;
        let mut keyed = Vec::new();
        for (row, person) in (0..).zip(&self.person_of) {
            let Some(value) = self.table.keys(row as usize)[key] else {
                continue;
            };
            with_key += 1;
            if person.is_none() {
                keyed.push((value, row));
            }
        }
        keyed.par_sort_unstable();
        self.quality[key].rows = with_key;
        keyed
    }

    /// Pairs of an unlinked row and an untaken person that share a key which no other unlinked
    /// row and no other untaken person has; found by walking two ordered lists.
    fn candidates(
        &mut self,
        position: usize,
        keyed: &[(EvaluatedKey, RowIndex)],
    ) -> Vec<Candidate> {
        let register = self.register;
        let mut held = register.entries(position);
        let mut candidates = Vec::new();
        for same in keyed.chunk_by(|a, b| a.0 == b.0) {
            let key = same[0].0;
            held = &held[gallop(held, &key)..];
            let holders = held.iter().take_while(|(held, _)| *held == key);
            let mut free = holders
                .map(|(_, person)| *person)
                .filter(|p| !self.taken[*p as usize]);
            let Some(person) = free.next() else { continue };
            self.quality[position].candidates += same.len() as u64;
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

    /// A person who holds two values of a key can be a candidate twice; then neither counts.
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
    fn expected_by_chance(&self, key: usize, keyed: &[(EvaluatedKey, RowIndex)]) -> f64 {
        if self.is_strict(key) {
            return 0.0;
        }
        let (coincidences, with_key) = self.coincidences(key);
        let pairs = with_key * (with_key - 1.0).max(0.0) / 2.0;
        let probability = (1.0 + coincidences) / (1.0 / self.policy.assumed_coincidence + pairs);
        probability * self.linkable_pairs(key, keyed)
    }

    /// Pairs of an unlinked row and a free person that this key could link: not those of which
    /// both have a number that decides.
    fn linkable_pairs(&self, key: usize, keyed: &[(EvaluatedKey, RowIndex)]) -> f64 {
        let bit = 1 << key;
        let deciding = self.policy.keys.deciding();
        let persons = self.held.iter().zip(&self.taken);
        let free = persons.filter(|(held, taken)| *held & bit != 0 && !**taken);
        let (mut persons, mut numbered) = (0_u64, 0_u64);
        for (held, _) in free {
            persons += 1;
            numbered += u64::from(held & deciding != 0);
        }
        let rows = keyed.iter().map(|(_, row)| self.table.keys(*row as usize));
        let rows = rows.filter(|keys| mask(keys) & deciding != 0).count();
        keyed.len() as f64 * persons as f64 - rows as f64 * numbered as f64
    }

    /// Pairs of rows that share this key while their full names differ, and rows with the key.
    ///
    /// Where the study declares no key of the full name, all pairs that share this key count.
    fn coincidences(&self, key: usize) -> (f64, f64) {
        let full_name = self.policy.keys.full_name();
        let rows = 0..self.table.len();
        let mut keyed: Vec<(EvaluatedKey, (EvaluatedKey, usize))> = rows
            .filter_map(|row| {
                let keys = self.table.keys(row);
                let value = keys[key]?;
                // Without a name a row counts as different from all others.
                Some(match full_name {
                    Some(name) => (value, (keys[name]?, 0)),
                    None => (value, (value, row)),
                })
            })
            .collect();
        keyed.par_sort_unstable();
        let pairs = |count: usize| (count * (count - 1) / 2) as f64;
        let different = |same: &[(EvaluatedKey, (EvaluatedKey, usize))]| {
            let alike = same
                .chunk_by(|a, b| a.1 == b.1)
                .map(|names| pairs(names.len()));
            pairs(same.len()) - alike.sum::<f64>()
        };
        let coincidences = keyed.chunk_by(|a, b| a.0 == b.0).map(different).sum();
        (coincidences, keyed.len() as f64)
    }

    /// Whether both have a number that decides, and the person does not hold the row's.
    fn numbers_conflict(&self, candidate: Candidate) -> bool {
        let keys = self.table.keys(candidate.row as usize);
        let both = mask(keys) & self.held[candidate.person as usize] & self.policy.keys.deciding();
        both & !self.agreeing(candidate) != 0
    }

    /// Whether another key than this one agrees too.
    fn supported(&self, candidate: Candidate, by: usize) -> bool {
        self.agreeing(candidate) & !(1 << by) != 0
    }

    /// One bit per key that agrees.
    fn agreeing(&self, candidate: Candidate) -> Mask {
        let keys = self.table.keys(candidate.row as usize).iter().enumerate();
        let agree = keys.filter(|(position, key)| {
            key.is_some_and(|key| self.register.holds(candidate.person, *position, &key))
        });
        agree.map(|(position, _)| 1 << position).sum()
    }

    /// Per key how often it agrees in links that other keys support too.
    pub(crate) fn agreement(&self) -> Vec<KeyQuality> {
        let mut keys = self.quality.clone();
        for (both, agree) in self.compared() {
            for (position, quality) in keys.iter_mut().enumerate() {
                let bit = 1 << position;
                let comparable = both & bit != 0 && agree & !bit != 0;
                quality.comparable += u64::from(comparable);
                quality.agreed += u64::from(comparable && agree & bit != 0);
            }
        }
        keys
    }

    /// The share of true links that were found; `undecided` rows may be missed links.
    pub(crate) fn sensitivity(&self, undecided: u64) -> Option<SensitivityRange> {
        let declaration = &self.policy.keys;
        let trusted: Vec<bool> = self.quality.iter().map(|key| !key.needed_support).collect();
        let compared = self.compared();
        let seen = Subject::ALL.map(|subject| {
            let pair = evidence(subject, declaration, &trusted);
            let holding = declaration.holding(subject);
            let mut seen = Seen::default();
            for (both, agree) in &compared {
                seen.missing += u64::from(holding != 0 && both & holding == 0);
                if let Some(pair) = pair {
                    let has = |mask: Mask, key: usize| mask >> key & 1 == 1;
                    let shows = has(*both, pair.with) && has(*agree, pair.without);
                    seen.compared += u64::from(shows);
                    seen.differing += u64::from(shows && !has(*agree, pair.with));
                }
            }
            (seen, pair.is_some())
        });
        let evaluation = Evaluation {
            declaration,
            trusted: &trusted,
            seen: &seen,
            assumed_error: self.policy.assumed_error,
            linked: self.linked,
            undecided,
        };
        evaluation.range()
    }

    /// Per link which keys both sides have, and which agree.
    fn compared(&self) -> Vec<(Mask, Mask)> {
        let rows = (0..).zip(&self.person_of);
        let linked: Vec<Candidate> = rows
            .filter_map(|(row, person)| person.map(|person| Candidate { row, person }))
            .collect();
        linked.par_iter().map(|link| self.compare(*link)).collect()
    }

    /// One bit per key that both have, and one per key that agrees.
    fn compare(&self, link: Candidate) -> (Mask, Mask) {
        let keys = self.table.keys(link.row as usize);
        let both = mask(keys) & self.held[link.person as usize];
        (both, self.agreeing(link))
    }

    fn accept(&mut self, candidate: Candidate, key: usize) {
        self.person_of[candidate.row as usize] = Some(candidate.person);
        self.taken[candidate.person as usize] = true;
        self.quality[key].linked += 1;
        self.linked += 1;
    }

    fn refuse(&mut self, row: RowIndex, key: usize, reason: Option<ReviewReason>) {
        let doubt = &mut self.doubt[row as usize];
        *doubt = doubt.or(reason);
        self.quality[key].refused += 1;
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
