use crate::Missing;
use codes::CodeList;

/// Finds the position of a code from its bytes, with one look-up.
pub(super) struct CodeMatcher {
    slots: Vec<Option<(Box<[u8]>, Match)>>,
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
            slots: (0..size).map(|_| None).collect(),
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
        let mut at = self.start(key);
        while let Some((taken, _)) = &self.slots[at] {
            if **taken == *key {
                return;
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
        self.slots[at] = Some((key.into(), found));
    }

    /// What `key` stands for, if it is known.
    pub(super) fn find(&self, key: &[u8]) -> Option<Match> {
        let mut at = self.start(key);
        // At most a quarter of the slots is taken, so an empty one always ends the search.
        while let Some((taken, found)) = &self.slots[at] {
            if **taken == *key {
                return Some(*found);
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
        None
    }

    fn start(&self, key: &[u8]) -> usize {
        let ends = match key {
            [first, .., last] => u64::from(*first) << 8 | u64::from(*last),
            [only] => u64::from(*only),
            [] => 0,
        };
        let middle = key.get(key.len() / 2).map_or(0, |byte| u64::from(*byte));
        let mixed =
            (ends << 16 | middle << 8 | key.len() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed >> 40) as usize & (self.slots.len() - 1)
    }
}
