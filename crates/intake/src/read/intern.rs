//! Gives the keys of a domain their numbers.
//!
//! Keys are numbered in the order in which they first stand in the table that owns them; keys
//! that it does not have follow, in the order of the dictionary's tables. So the numbers do
//! not depend on how the work was spread.

use super::columns::ChunkColumn;
use super::keys::{Key, KeyCode, KeyColumn};
use crate::Packed;
use rayon::prelude::*;
use std::collections::HashMap;

/// Numbers the keys of one domain in place; gives how many different ones there are.
pub(super) fn number_keys(primary: Vec<&mut ChunkColumn>, foreign: Vec<&mut ChunkColumn>) -> usize {
    let mut numbers = KeyNumbers::default();
    for column in primary {
        let keys = take(column);
        numbers.reserve(keys.codes.len());
        let cells = keys.codes.iter().map(|code| numbers.number(*code, &keys));
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
    numbers.count as usize
}

fn take(column: &mut ChunkColumn) -> KeyColumn {
    match std::mem::replace(column, ChunkColumn::Absent) {
        ChunkColumn::Key(keys) => keys,
        _ => KeyColumn::default(),
    }
}

/// An open-addressing table from short keys to numbers, and a map for the long ones.
struct KeyNumbers {
    slots: Vec<(u64, u32)>,
    taken: usize,
    texts: HashMap<Box<[u8]>, u32>,
    count: u32,
}

/// No short key has this code.
const FREE: u64 = 0;

impl Default for KeyNumbers {
    fn default() -> Self {
        Self {
            slots: vec![(FREE, 0); 64],
            taken: 0,
            texts: HashMap::new(),
            count: 0,
        }
    }
}

impl KeyNumbers {
    fn reserve(&mut self, more: usize) {
        let needed = (2 * (self.taken + more)).next_power_of_two();
        if needed > self.slots.len() {
            let old = std::mem::replace(&mut self.slots, vec![(FREE, 0); needed]);
            for (code, number) in old.into_iter().filter(|(code, _)| *code != FREE) {
                let at = self.slot(code);
                self.slots[at] = (code, number);
            }
        }
    }

    /// The slot that holds the code, or the free one where it belongs.
    fn slot(&self, code: u64) -> usize {
        let mask = self.slots.len() - 1;
        let mut at = mix(code) as usize & mask;
        while self.slots[at].0 != code && self.slots[at].0 != FREE {
            at = (at + 1) & mask;
        }
        at
    }

    /// The number of a key, a new one if it has none.
    fn number(&mut self, code: KeyCode, keys: &KeyColumn) -> Packed {
        match code.key() {
            Key::Missing(why) => Packed::missing(why),
            Key::Short(code) => {
                if 2 * (self.taken + 1) > self.slots.len() {
                    self.reserve(self.taken + 1);
                }
                let at = self.slot(code);
                if self.slots[at].0 == FREE {
                    self.slots[at] = (code, self.count);
                    self.taken += 1;
                    self.count += 1;
                }
                Packed::value(self.slots[at].1 as i32)
            }
            Key::Long(at) => {
                let next = self.count;
                let number = *self.texts.entry(keys.texts[at].clone()).or_insert(next);
                self.count += u32::from(number == next);
                Packed::value(number as i32)
            }
        }
    }

    /// The numbers of all keys of a column, and the rows whose keys have none yet.
    fn find_all(&self, keys: &KeyColumn) -> (Vec<Packed>, Vec<usize>) {
        let mut absent = Vec::new();
        let cells = keys.codes.iter().enumerate().map(|(row, code)| {
            let found = match code.key() {
                Key::Missing(why) => return Packed::missing(why),
                Key::Short(code) => {
                    let (own, number) = self.slots[self.slot(code)];
                    (own == code).then_some(number)
                }
                Key::Long(at) => self.texts.get(&keys.texts[at]).copied(),
            };
            match found {
                Some(number) => Packed::value(number as i32),
                None => {
                    absent.push(row);
                    Packed::EMPTY
                }
            }
        });
        (cells.collect(), absent)
    }
}

/// Spreads codes over the slots (the finaliser of SplitMix64).
fn mix(code: u64) -> u64 {
    let code = (code ^ code >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let code = (code ^ code >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    code ^ code >> 31
}
