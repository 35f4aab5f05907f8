//! Short text as one number, to compare and to look up without going through its bytes.

/// How many bytes fit.
pub(super) const MOST: usize = 15;

/// The text, padded with zeros, and behind it its length; nothing for text that is empty or
/// does not fit. Equal numbers mean equal texts.
#[inline]
pub(super) fn pack(text: &[u8]) -> Option<u128> {
    let low = |low: u64| u128::from(low) | (text.len() as u128) << (8 * MOST);
    match *text {
        [] => None,
        [a] => Some(low(u64::from(a))),
        [a, b] => Some(low(u64::from(u16::from_le_bytes([a, b])))),
        [a, b, c] => Some(low(u64::from(u32::from_le_bytes([a, b, c, 0])))),
        // From here on the last bytes are read as one piece that overlaps the first.
        _ if text.len() < 8 => {
            let (first, last) = (text.first_chunk()?, text.last_chunk()?);
            let beyond = u32::from_le_bytes(*last).unbounded_shr(8 * (8 - text.len() as u32));
            Some(low(
                u64::from(u32::from_le_bytes(*first)) | u64::from(beyond) << 32
            ))
        }
        _ if text.len() <= MOST => {
            let (first, last) = (text.first_chunk()?, text.last_chunk()?);
            let beyond = u64::from_le_bytes(*last).unbounded_shr(8 * (16 - text.len() as u32));
            Some(low(u64::from_le_bytes(*first)) | u128::from(beyond) << 64)
        }
        _ => None,
    }
}

/// The bytes of a packed text, and how many of them count.
pub(super) fn unpack(packed: u128) -> ([u8; 16], usize) {
    let bytes = packed.to_le_bytes();
    (bytes, usize::from(bytes[MOST]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_fits_is_packed_and_read_back(text in prop::collection::vec(any::<u8>(), 0..20)) {
            match pack(&text) {
                Some(packed) => {
                    let (bytes, length) = unpack(packed);
                    prop_assert_eq!(&bytes[..length], &text[..]);
                    prop_assert!(bytes[length..MOST].iter().all(|byte| *byte == 0));
                }
                None => prop_assert!(text.is_empty() || text.len() > MOST),
            }
        }
    }
}
