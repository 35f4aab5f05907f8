//! Gives the keys of a domain their numbers.
//!
//! Keys are numbered in the order in which they first stand in the table that owns them; keys
//! that it does not have follow, in the order of the dictionary's tables. So the numbers do
//! not depend on how the work was spread.

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
    numbers.reserve(primary.iter().map(|(keys, _)| keys.codes.len()).sum());
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
    numbers: HashTable<u32>,
    state: RandomState,
    /// The key of each number; a long one points into `long`.
    known: Vec<KeyCode>,
    long: LongKeys,
}

impl KeyNumbers {
    fn reserve(&mut self, more: usize) {
        let Self {
            numbers,
            state,
            known,
            long,
        } = self;
        known.reserve(more);
        numbers.reserve(more, |number| {
            hash(state, known[*number as usize], long).unwrap_or_default()
        });
    }

    /// The number of a key, a new one if it has none.
    fn number(&mut self, code: KeyCode, keys: &KeyColumn) -> Packed {
        let Self {
            numbers,
            state,
            known,
            long,
        } = self;
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
                _ => self.find(*code, &keys.long),
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

    fn find(&self, code: KeyCode, texts: &LongKeys) -> Option<usize> {
        let hash = hash(&self.state, code, texts).ok()?;
        let same = |number: &u32| equal(self.known[*number as usize], &self.long, code, texts);
        let number = self.numbers.find(hash, same)?;
        Some(*number as usize)
    }
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
