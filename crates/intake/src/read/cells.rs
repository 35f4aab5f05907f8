//! One cell: bytes in, typed value out. Nothing here allocates.

use crate::{Invalid, Missing, Packed};

/// The cell without spaces around it.
pub(super) fn trim(cell: &[u8]) -> &[u8] {
    match (cell.first(), cell.last()) {
        (Some(first), Some(last)) if outer(*first) || outer(*last) => trim_slow(cell),
        _ => cell,
    }
}

/// Space, control, or (part of) a no-break space in UTF-8 and Windows-1252.
fn outer(byte: u8) -> bool {
    byte <= b' ' || byte == 0xa0 || byte == 0xc2
}

fn trim_slow(mut cell: &[u8]) -> &[u8] {
    loop {
        cell = match cell {
            [0xc2, 0xa0, rest @ ..] | [rest @ .., 0xc2, 0xa0] => rest,
            [0xa0, rest @ ..] => rest,
            // In UTF-8 this byte may also end another letter, so it only goes where it stands
            // behind plain text.
            [rest @ .., 0xa0] if rest.last().is_none_or(u8::is_ascii) => rest,
            [first, rest @ ..] if *first <= b' ' => rest,
            [rest @ .., last] if *last <= b' ' => rest,
            _ => return cell,
        };
    }
}

/// Whether the (trimmed) cell is one of the words that stand for missing everywhere.
pub(super) fn missing_word(cell: &[u8]) -> Option<Missing> {
    const UNKNOWN: [&str; 7] = ["null", "onbekend", "onb.", "nb", "n.b.", "?", "#n/b"];
    const INAPPLICABLE: [&str; 6] = ["n.v.t.", "n.v.t", "nvt", "nvt.", "-", "--"];
    // Nearly every cell is told apart by its first letter or its length.
    match cell {
        [] => return Some(Missing::Empty),
        [b'n' | b'N' | b'?' | b'#' | b'-', ..] | [b'o' | b'O', b'n' | b'N', ..]
            if cell.len() <= 8 => {}
        _ => return None,
    }
    let is = |word: &&str| cell.eq_ignore_ascii_case(word.as_bytes());
    if INAPPLICABLE.iter().any(&is) {
        Some(Missing::NotApplicable)
    } else if UNKNOWN.iter().any(is) {
        Some(Missing::Unknown)
    } else {
        None
    }
}

/// A whole number; `12,0` and `12.00` count as whole.
pub(super) fn integer(cell: &[u8]) -> Packed {
    let (negative, digits) = match cell {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] => (false, digits),
        digits => (false, digits),
    };
    let whole = match digits.iter().position(|byte| matches!(byte, b',' | b'.')) {
        Some(at) if at + 1 < digits.len() && digits[at + 1..].iter().all(|byte| *byte == b'0') => {
            &digits[..at]
        }
        Some(_) => return Packed::invalid(Invalid::Form),
        None => digits,
    };
    match magnitude(whole) {
        Some(Ok(value)) if negative => Packed::value(-value),
        Some(Ok(value)) => Packed::value(value),
        Some(Err(reason)) => Packed::invalid(reason),
        None => Packed::invalid(Invalid::Form),
    }
}

fn magnitude(digits: &[u8]) -> Option<Result<i32, Invalid>> {
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    if digits.len() > 9 {
        return Some(Err(Invalid::TooLarge));
    }
    Some(Ok(digits
        .iter()
        .fold(0, |sum, byte| sum * 10 + i32::from(byte - b'0'))))
}

/// The number that one to nine digits write, if they are digits.
pub(super) fn digits(bytes: &[u8]) -> Option<u32> {
    let mut sum = 0u32;
    for byte in bytes {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        sum = sum * 10 + u32::from(digit);
    }
    (!bytes.is_empty() && bytes.len() <= 9).then_some(sum)
}
