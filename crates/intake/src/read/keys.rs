//! Keys of the sender's rows: packed while reading, numbered when everything has been read.

use super::cells::missing_word;
use super::short_text::{MOST, pack, unpack};
use crate::Missing;

/// A key in sixteen bytes. Nearly every key fits (up to 15 bytes); a longer one stands in the
/// column's own texts.
///
/// Equal codes mean equal keys, except for codes that point into texts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct KeyCode(u128);

/// The last byte of a code: the length of a short key, or one of these.
const MISSING: u8 = 0;
const LONG: u8 = u8::MAX;

/// What a key code stands for.
pub(super) enum Key {
    /// No key.
    Missing(Missing),
    /// The code is the key.
    Short,
    /// The key is the text at this position.
    Long(usize),
}

impl KeyCode {
    pub(super) fn key(self) -> Key {
        match (self.0 >> (8 * MOST)) as u8 {
            MISSING => Key::Missing(match self.0 {
                0 => Missing::Empty,
                1 => Missing::NotApplicable,
                _ => Missing::Unknown,
            }),
            LONG => Key::Long(self.0 as u64 as usize),
            _ => Key::Short,
        }
    }

    /// The bits of a short key, for a table of keys.
    pub(super) fn bits(self) -> u128 {
        self.0
    }

    /// Where a short key stands among all short keys: by length, then by bytes; numbers that were
    /// given out one after the other stand in their own order.
    pub(super) fn rank(self) -> Option<u128> {
        let length = self.0 >> (8 * MOST);
        let bytes = (self.0 << 8).swap_bytes();
        matches!(self.key(), Key::Short).then_some(length << (8 * MOST) | bytes)
    }

    fn missing(why: Missing) -> Self {
        Self(why as u128)
    }

    pub(super) fn long(position: usize) -> Self {
        Self(position as u128 | u128::from(LONG) << (8 * MOST))
    }
}

/// Long keys, one behind the other.
#[derive(Default)]
pub(super) struct LongKeys {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl LongKeys {
    /// Adds a key; gives its position.
    pub(super) fn push(&mut self, key: &[u8]) -> usize {
        self.bytes.extend_from_slice(key);
        self.ends.push(self.bytes.len());
        self.ends.len() - 1
    }

    pub(super) fn get(&self, position: usize) -> &[u8] {
        let start = position
            .checked_sub(1)
            .map_or(0, |before| self.ends[before]);
        &self.bytes[start..self.ends[position]]
    }
}

/// The keys of one column of one chunk.
#[derive(Default)]
pub(super) struct KeyColumn {
    pub(super) codes: Vec<KeyCode>,
    pub(super) long: LongKeys,
}

impl KeyColumn {
    pub(super) fn with_capacity(rows: usize) -> Self {
        Self {
            codes: Vec::with_capacity(rows),
            long: LongKeys::default(),
        }
    }

    /// Adds a (trimmed) cell.
    pub(super) fn push(&mut self, cell: &[u8]) {
        let code = match (missing_word(cell), pack(cell)) {
            (Some(why), _) => KeyCode::missing(why),
            (None, Some(short)) => KeyCode(short),
            (None, None) => KeyCode::long(self.long.push(cell)),
        };
        self.codes.push(code);
    }

    /// The key as it was written; empty where there is none.
    pub(super) fn text(&self, code: KeyCode) -> String {
        let (bytes, length) = unpack(code.0);
        let text = match code.key() {
            Key::Missing(_) => &[],
            Key::Short => &bytes[..length],
            Key::Long(at) => self.long.get(at),
        };
        String::from_utf8_lossy(text).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_reads_back_as_it_was_written() {
        let written = [
            "7",
            "007",
            "123456789012345",
            "1234567890123456",
            "A-07z",
            "0a",
            "zeer lang nummer",
            "é1",
            "",
            "nog een lang nummer",
        ];
        let mut keys = KeyColumn::default();
        for key in written {
            keys.push(key.as_bytes());
        }
        let read: Vec<String> = keys.codes.iter().map(|code| keys.text(*code)).collect();
        assert_eq!(read, written);
    }

    #[test]
    fn keys_given_out_in_turn_rank_in_turn() {
        let rank = |text: &str| {
            let mut keys = KeyColumn::default();
            keys.push(text.as_bytes());
            keys.codes[0].rank()
        };
        let turn = [
            "1", "9", "10", "99", "c1", "c2", "c10", "o1x0", "o1x1", "o2x0",
        ];
        let ranks: Vec<_> = ["1", "9", "10", "99", "c10"].map(rank).to_vec();
        assert!(ranks.is_sorted() && turn.iter().all(|key| rank(key).is_some()));
        assert!(rank("c9") < rank("c10") && rank("o1x1") < rank("o2x0"));
        assert_eq!(rank(""), None);
        assert_eq!(rank("een heel lang nummer"), None);
    }

    #[test]
    fn keys_of_one_text_have_one_code() {
        let code = |text: &str| {
            let mut keys = KeyColumn::default();
            keys.push(text.as_bytes());
            keys.codes[0].bits()
        };
        assert_eq!(code("c12"), code("c12"));
        assert_ne!(code("7"), code("07"));
        assert_ne!(code("a"), code("a\0"));
    }
}
