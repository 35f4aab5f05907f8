//! Gives the keys of a domain their numbers.
//!
//! Keys are numbered in the order in which they first stand in the table that owns them; keys
//! that it does not have follow, in the order of the dictionary's tables. So the numbers do
//! not depend on how the work was spread.
//!
//! Senders mostly give out numbers in turn and export them in that order. As long as each key
//! ranks above the one before, none can repeat, and a key is found by searching from where the
//! last one was found; the first key out of turn makes a hash table of all.

use super::columns::ChunkColumn;
use super::keys::{Key, KeyCode, KeyColumn, LongKeys};
use crate::{Missing, Packed, TextColumn};
use foldhash::fast::RandomState;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use rayon::prelude::*;
use std::hash::BuildHasher;

/// The numbered keys of one domain.
#[derive(Debug)]
pub(super) struct Numbered {
    /// How many different ones there are.
    pub(super) count: usize,
    /// The keys of the table that owns them, as they were written, by their numbers.
    pub(super) texts: TextColumn,
}

/// Numbers the keys of one domain in place; `keep_texts` asks for the keys themselves as well.
pub(super) fn number_keys(
    primary: Vec<&mut ChunkColumn>,
    foreign: Vec<&mut ChunkColumn>,
    keep_texts: bool,
) -> Numbered {
    let mut numbers = KeyNumbers::default();
    let mut texts = TextColumn::default();
    let primary: Vec<_> = primary
        .into_iter()
        .map(|column| (take(column), column))
        .collect();
    let keys = primary.iter().map(|(keys, _)| keys.codes.len()).sum();
    numbers.known.reserve(keys);
    for (keys, column) in primary {
        let cells = keys.codes.iter().map(|code| {
            let known = numbers.known.len();
            let cell = numbers.number(*code, &keys);
            if keep_texts && numbers.known.len() > known {
                texts.push(&keys.text(*code));
            }
            cell
        });
        *column = ChunkColumn::Packed(cells.collect());
    }
    let found: Vec<_> = foreign
        .into_par_iter()
        .map(|column| {
            let keys = take(column);
            let (cells, absent) = numbers.find_all(&keys);
            *column = ChunkColumn::Packed(cells);
            (column, keys, absent)
        })
        .collect();
    for (column, keys, absent) in found {
        if let ChunkColumn::Packed(cells) = column {
            for row in absent {
                cells[row] = numbers.number(keys.codes[row], &keys);
            }
        }
    }
    Numbered {
        count: numbers.known.len(),
        texts,
    }
}

fn take(column: &mut ChunkColumn) -> KeyColumn {
    match std::mem::replace(column, ChunkColumn::Absent) {
        ChunkColumn::Key(keys) => keys,
        _ => KeyColumn::default(),
    }
}

/// The numbers of the keys seen so far.
#[derive(Default)]
struct KeyNumbers {
    /// Numbers, found by the hash of their keys. The hash has a seed of its own in each
    /// process, so that nobody can write keys that all fall together.
    ///
    /// `None` as long as the keys come in the order of their ranks.
    numbers: Option<HashTable<u32>>,
    state: RandomState,
    /// The key of each number; a long one points into `long`.
    known: Vec<KeyCode>,
    long: LongKeys,
}

impl KeyNumbers {
    /// The number of a key, a new one if it has none.
    #[inline]
    fn number(&mut self, code: KeyCode, keys: &KeyColumn) -> Packed {
        if self.numbers.is_none() && code.rank() > self.known.last().and_then(|last| last.rank()) {
            self.known.push(code);
            return Packed::value(self.known.len() as i32 - 1);
        }
        self.number_out_of_turn(code, keys)
    }

    fn number_out_of_turn(&mut self, code: KeyCode, keys: &KeyColumn) -> Packed {
        let Self {
            numbers,
            state,
            known,
            long,
        } = self;
        if let Key::Missing(why) = code.key() {
            return Packed::missing(why);
        }
        let numbers = numbers.get_or_insert_with(|| table(state, known, long, known.capacity()));
        let hash_of = match hash(state, code, &keys.long) {
            Ok(hash) => hash,
            Err(why) => return Packed::missing(why),
        };
        let entry = numbers.entry(
            hash_of,
            |number| equal(known[*number as usize], long, code, &keys.long),
            |number| hash(state, known[*number as usize], long).unwrap_or_default(),
        );
        let number = match entry {
            Entry::Occupied(entry) => *entry.get(),
            Entry::Vacant(entry) => {
                let number = known.len() as u32;
                entry.insert(number);
                known.push(match code.key() {
                    Key::Long(at) => KeyCode::long(long.push(keys.long.get(at))),
                    _ => code,
                });
                number
            }
        };
        Packed::value(number as i32)
    }

    /// The numbers of all keys of a column, and the rows whose keys have none yet.
    ///
    /// Most tables are sorted like the one that owns the keys, so a key mostly is the one of
    /// the row before, or the next.
    fn find_all(&self, keys: &KeyColumn) -> (Vec<Packed>, Vec<usize>) {
        let mut absent = Vec::new();
        let mut last = 0;
        let cells = keys.codes.iter().enumerate().map(|(row, code)| {
            let number = match code.key() {
                Key::Missing(why) => return Packed::missing(why),
                Key::Short if self.known.get(last) == Some(code) => Some(last),
                Key::Short if self.known.get(last + 1) == Some(code) => Some(last + 1),
                _ => self.find(*code, &keys.long, last),
            };
            match number {
                Some(number) => {
                    last = number;
                    Packed::value(number as i32)
                }
                None => {
                    absent.push(row);
                    Packed::EMPTY
                }
            }
        });
        (cells.collect(), absent)
    }

    /// The number of a key, looked for from `near` on where the keys are in order.
    fn find(&self, code: KeyCode, texts: &LongKeys, near: usize) -> Option<usize> {
        let Some(numbers) = &self.numbers else {
            return self.search(code, near);
        };
        let hash = hash(&self.state, code, texts).ok()?;
        let same = |number: &u32| equal(self.known[*number as usize], &self.long, code, texts);
        let number = numbers.find(hash, same)?;
        Some(*number as usize)
    }

    /// Finds a key among keys in the order of their ranks: in steps that double, forwards from
    /// `near` or, if it ranks below, from the start.
    fn search(&self, code: KeyCode, near: usize) -> Option<usize> {
        let rank = code.rank()?;
        let is_before = |at: usize| self.known.get(at).and_then(|key| key.rank()) < Some(rank);
        let mut start = if is_before(near) { near } else { 0 };
        let mut step = 1;
        while start + step < self.known.len() && is_before(start + step) {
            start += step;
            step *= 2;
        }
        let end = (start + step + 1).min(self.known.len());
        let keys = &self.known[start.min(end)..end];
        let at = start + keys.partition_point(|key| key.rank() < Some(rank));
        (self.known.get(at) == Some(&code)).then_some(at)
    }
}

/// A table of the keys known so far.
fn table(
    state: &RandomState,
    known: &[KeyCode],
    long: &LongKeys,
    capacity: usize,
) -> HashTable<u32> {
    let hash_of = |number: &u32| hash(state, known[*number as usize], long).unwrap_or_default();
    let mut numbers = HashTable::with_capacity(capacity);
    for number in 0..known.len() as u32 {
        numbers.insert_unique(hash_of(&number), number, hash_of);
    }
    numbers
}

/// The hash of a key, or why there is none.
fn hash(state: &RandomState, code: KeyCode, long: &LongKeys) -> Result<u64, Missing> {
    match code.key() {
        Key::Missing(why) => Err(why),
        Key::Short => Ok(state.hash_one(code.bits())),
        Key::Long(at) => Ok(state.hash_one(long.get(at))),
    }
}

fn equal(a: KeyCode, long_a: &LongKeys, b: KeyCode, long_b: &LongKeys) -> bool {
    match (a.key(), b.key()) {
        (Key::Long(a), Key::Long(b)) => long_a.get(a) == long_b.get(b),
        _ => a == b,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashMap;

    fn column(keys: &[String]) -> ChunkColumn {
        let mut column = KeyColumn::default();
        keys.iter().for_each(|key| column.push(key.as_bytes()));
        ChunkColumn::Key(column)
    }

    fn numbers(column: &ChunkColumn) -> Vec<Option<i32>> {
        let ChunkColumn::Packed(cells) = column else {
            unreachable!("keys have been numbered");
        };
        cells.iter().map(|cell| cell.get()).collect()
    }

    /// Numbers in the order in which keys are first met.
    fn plainly(keys: &[String], known: &mut HashMap<String, i32>) -> Vec<Option<i32>> {
        let number = |key: &String| {
            let next = known.len() as i32;
            (!key.is_empty()).then(|| *known.entry(key.clone()).or_insert(next))
        };
        keys.iter().map(number).collect()
    }

    fn key() -> impl Strategy<Value = String> {
        prop_oneof![
            8 => (0..400u32).prop_map(|number| format!("c{number}")),
            1 => (0..40u32).prop_map(|number| format!("een-heel-lang-nummer-{number}")),
            1 => Just(String::new()),
        ]
    }

    proptest! {
        #[test]
        fn keys_in_turn_or_not_get_the_numbers_of_their_first_rows(
            mut owned in prop::collection::vec(key(), 0..200),
            referred in prop::collection::vec(key(), 0..200),
            in_turn in any::<bool>(),
        ) {
            if in_turn {
                owned.retain(|key| key.len() < 6 && !key.is_empty());
                owned.sort_by_key(|key| (key.len(), key.clone()));
                owned.dedup();
            }
            let mut known = HashMap::new();
            let expected = [plainly(&owned, &mut known), plainly(&referred, &mut known)];
            let (mut primary, mut foreign) = (column(&owned), column(&referred));
            let numbered = number_keys(vec![&mut primary], vec![&mut foreign], false);
            prop_assert_eq!(numbered.count, known.len());
            prop_assert_eq!([numbers(&primary), numbers(&foreign)], expected);
        }
    }
}
