//! Where the marks stand that end cells: the delimiter and the line feed.
//!
//! Found without looking at one byte at a time: eight bytes are compared at once, and eight
//! such answers make one word of bits, so that the processor meets hardly a branch that it
//! cannot foresee.

/// The bytes that one word of bits tells of.
const BITS: usize = 64;

/// Adds the positions in `bytes`, counted from `first`, of every delimiter and line feed.
pub(super) fn find(bytes: &[u8], delimiter: u8, first: u32, marks: &mut Vec<u32>) {
    let (pieces, rest) = bytes.as_chunks::<BITS>();
    let mut start = first;
    for piece in pieces {
        let mut bits = hits(piece, delimiter);
        while bits != 0 {
            marks.push(start + bits.trailing_zeros());
            bits &= bits - 1;
        }
        start += BITS as u32;
    }
    for byte in rest {
        if *byte == delimiter || *byte == b'\n' {
            marks.push(start);
        }
        start += 1;
    }
}

/// One bit for each byte that is a mark.
#[inline]
fn hits(piece: &[u8; BITS], delimiter: u8) -> u64 {
    let delimiters = u64::from_le_bytes([delimiter; 8]);
    let line_feeds = u64::from_le_bytes([b'\n'; 8]);
    let (words, _) = piece.as_chunks::<8>();
    let mut bits = 0;
    for (at, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let found = zero_bytes(word ^ delimiters) | zero_bytes(word ^ line_feeds);
        bits |= found >> (7 - at);
    }
    transposed(bits)
}

/// The high bit of each byte that is zero.
#[inline]
fn zero_bytes(word: u64) -> u64 {
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    !(((word & LOW) + LOW) | word | LOW)
}

/// Bit i of byte j becomes bit j of byte i: blocks of one, two and four bits change places
/// across the diagonal (Warren, *Hacker's Delight*, 7–3).
#[inline]
fn transposed(mut bits: u64) -> u64 {
    const STEPS: [(u32, u64); 3] = [
        (7, 0x00aa_00aa_00aa_00aa),
        (14, 0x0000_cccc_0000_cccc),
        (28, 0x0000_0000_f0f0_f0f0),
    ];
    for (shift, mask) in STEPS {
        let differing = (bits ^ (bits >> shift)) & mask;
        bits ^= differing ^ (differing << shift);
    }
    bits
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_marks_are_those_of_a_plain_search(
            bytes in prop::collection::vec(prop::sample::select(b"a;\n\xbb\x3c\x0b\x8a".to_vec()), 0..300),
        ) {
            let mut marks = Vec::new();
            find(&bytes, b';', 7, &mut marks);
            let plain: Vec<u32> = (0..bytes.len())
                .filter(|at| matches!(bytes[*at], b';' | b'\n'))
                .map(|at| at as u32 + 7)
                .collect();
            prop_assert_eq!(marks, plain);
        }
    }
}
