use super::short_text::pack;
use crate::Missing;
use codes::CodeList;
use std::collections::HashMap;

/// Finds the position of a code from its bytes, with one look-up.
pub(super) struct CodeMatcher {
    /// Codes that fit in a number, by open addressing; at most a quarter of the slots is taken.
    slots: Vec<Option<(u128, Match)>>,
    /// The others.
    long: HashMap<Box<[u8]>, Match>,
}

/// What the sender's code stands for.
#[derive(Clone, Copy)]
pub(super) enum Match {
    /// The code at this position of the list.
    Position(u8),
    /// The profile says that this code stands for missing.
    Missing(Missing),
}

impl CodeMatcher {
    /// For the list's own codes and the sender's codes of a profile, which go first.
    pub(super) fn new<'a>(
        list: &CodeList,
        own: impl Iterator<Item = (&'a str, Match)> + Clone,
    ) -> Self {
        let size = (4 * (list.codes.len() + own.clone().count())).next_power_of_two();
        let mut matcher = Self {
            slots: vec![None; size],
            long: HashMap::new(),
        };
        for (key, found) in own {
            matcher.insert(key.as_bytes(), found);
        }
        for (position, code) in list.codes.iter().enumerate() {
            matcher.insert(code.key.as_bytes(), Match::Position(position as u8));
        }
        matcher
    }

    fn insert(&mut self, key: &[u8], found: Match) {
        match pack(key) {
            Some(short) => {
                let at = self.slot(short);
                self.slots[at].get_or_insert((short, found));
            }
            None => {
                self.long.entry(key.into()).or_insert(found);
            }
        }
    }

    /// What `key` stands for, if it is known.
    pub(super) fn find(&self, key: &[u8]) -> Option<Match> {
        match pack(key) {
            Some(short) => self.slots[self.slot(short)].map(|(_, found)| found),
            None => self.long.get(key).copied(),
        }
    }

    /// The slot that holds the key, or the free one where it belongs.
    fn slot(&self, key: u128) -> usize {
        let folded = key as u64 ^ (key >> 64) as u64;
        let mut at = (folded.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40) as usize;
        loop {
            at &= self.slots.len() - 1;
            match self.slots[at] {
                Some((taken, _)) if taken != key => at += 1,
                _ => return at,
            }
        }
    }
}
