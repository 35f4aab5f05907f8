//! The forms of identifiers.

use crate::read::suspect::passes_eleven_test;

/// The nine digits of a BSN, with the leading zeros that spreadsheets drop; `None` where the
/// text is no BSN by the eleven-test.
pub(super) fn bsn(text: &str) -> Option<u32> {
    let number = |digits: &[u8; 9]| {
        digits
            .iter()
            .fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'))
    };
    if let Ok(digits) = <&[u8; 9]>::try_from(text.as_bytes())
        && passes_eleven_test(digits)
    {
        return Some(number(digits));
    }
    let mut digits = [b'0'; 9];
    let mut free = digits.len();
    let marks = |byte: &u8| matches!(byte, b'.' | b' ' | b'-');
    for byte in text.bytes().rev().filter(|byte| !marks(byte)) {
        free = free.checked_sub(1)?;
        digits[free] = byte;
    }
    (free <= 1 && passes_eleven_test(&digits)).then(|| number(&digits))
}

/// Whether text is a Dutch postcode: four digits that do not start with 0, and perhaps two
/// letters.
pub(super) fn is_postcode(text: &str) -> bool {
    let (mut digits, mut letters) = (0, 0);
    for byte in text.bytes().filter(|byte| *byte != b' ') {
        match byte {
            b'0' if digits == 0 => return false,
            b'0'..=b'9' if letters == 0 => digits += 1,
            b'a'..=b'z' | b'A'..=b'Z' => letters += 1,
            _ => return false,
        }
    }
    digits == 4 && matches!(letters, 0 | 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_eleven_test_takes_nine_digits_or_eight_with_a_lost_zero() {
        assert_eq!(bsn("111222333"), Some(111_222_333));
        assert_eq!(bsn("123456782"), Some(123_456_782));
        assert_eq!(bsn("123456783"), None);
        assert_eq!(bsn("1234567"), None);
        assert_eq!(bsn("000000000"), None);
        assert_eq!(bsn("12345678x"), None);
    }

    #[test]
    fn postcodes_have_four_digits_and_perhaps_two_letters() {
        assert!(is_postcode("1234 AB") && is_postcode("1234"));
        assert!(!is_postcode("0234") && !is_postcode("12345") && !is_postcode("1234 A"));
    }
}
