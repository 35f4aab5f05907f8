//! Keys of the sender's rows: packed while reading, numbered when everything has been read.

use super::cells::missing_word;
use crate::Missing;

/// A key in eight bytes. Nearly every key fits (up to 16 digits, or up to 10 letters, digits
/// and hyphens); a longer one stands in the column's own texts.
///
/// Equal codes mean equal keys, except for codes that point into texts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct KeyCode(u64);

const TAG: u32 = 62;
const DIGITS: u64 = 1 << TAG;
const LETTERS: u64 = 2 << TAG;
const TEXT: u64 = 3 << TAG;
const LENGTH: u32 = 54;

/// What a key code stands for.
pub(super) enum Key {
    /// No key.
    Missing(Missing),
    /// The code is the key.
    Short(u64),
    /// The key is the text at this position.
    Long(usize),
}

impl KeyCode {
    pub(super) fn key(self) -> Key {
        match self.0 >> TAG {
            0 => Key::Missing(match self.0 {
                0 => Missing::Empty,
                1 => Missing::NotApplicable,
                _ => Missing::Unknown,
            }),
            3 => Key::Long((self.0 & !TEXT) as usize),
            _ => Key::Short(self.0),
        }
    }

    pub(super) fn missing(why: Missing) -> Self {
        Self(why as u64)
    }
}

/// The keys of one column of one chunk.
#[derive(Default)]
pub(super) struct KeyColumn {
    pub(super) codes: Vec<KeyCode>,
    pub(super) texts: Vec<Box<[u8]>>,
}

impl KeyColumn {
    /// Adds a (trimmed) cell.
    pub(super) fn push(&mut self, cell: &[u8]) {
        let code = if let Some(number) = pack_digits(cell) {
            KeyCode(number)
        } else if let Some(why) = missing_word(cell) {
            KeyCode::missing(why)
        } else if let Some(letters) = pack_letters(cell) {
            KeyCode(letters)
        } else {
            self.texts.push(cell.into());
            KeyCode(TEXT | (self.texts.len() as u64 - 1))
        };
        self.codes.push(code);
    }
}

fn pack_digits(cell: &[u8]) -> Option<u64> {
    if cell.is_empty() || cell.len() > 16 {
        return None;
    }
    let mut sum = 0u64;
    for byte in cell {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        sum = sum * 10 + u64::from(digit);
    }
    Some(DIGITS | (cell.len() as u64) << LENGTH | sum)
}

/// Six bits a character, none of them zero, so that the length need not be kept.
fn pack_letters(cell: &[u8]) -> Option<u64> {
    if cell.len() > 10 {
        return None;
    }
    cell.iter()
        .try_fold(0u64, |sum, byte| {
            let six = match byte {
                b'0'..=b'9' => byte - b'0' + 1,
                b'A'..=b'Z' => byte - b'A' + 11,
                b'a'..=b'z' => byte - b'a' + 37,
                b'-' => 63,
                _ => return None,
            };
            Some(sum << 6 | u64::from(six))
        })
        .map(|sum| LETTERS | sum)
}
