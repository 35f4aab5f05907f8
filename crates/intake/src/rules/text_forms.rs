//! The forms of identifiers.

use crate::read::suspect::passes_eleven_test;

/// The nine digits of a BSN, with the leading zeros that spreadsheets drop; `None` where the
/// text is no BSN by the eleven-test.
pub(super) fn bsn(text: &str) -> Option<u32> {
    let mut digits = [b'0'; 9];
    let mut free = digits.len();
    let marks = |byte: &u8| matches!(byte, b'.' | b' ' | b'-');
    for byte in text.bytes().rev().filter(|byte| !marks(byte)) {
        free = free.checked_sub(1)?;
        digits[free] = byte;
    }
    let number = || {
        digits
            .iter()
            .fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'))
    };
    (free <= 1 && passes_eleven_test(&digits)).then(number)
}

/// Whether text is a Dutch postcode: four digits that do not start with 0, and perhaps two
/// letters.
pub(super) fn is_postcode(text: &str) -> bool {
    let plain: Vec<char> = text.chars().filter(|char| *char != ' ').collect();
    let digits = plain
        .iter()
        .take_while(|char| char.is_ascii_digit())
        .count();
    let letters = plain[digits..].iter().all(char::is_ascii_alphabetic);
    digits == 4 && plain[0] != '0' && letters && matches!(plain.len(), 4 | 6)
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
