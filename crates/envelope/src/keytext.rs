//! The text forms of keys: one line per key, Bech32m, so that a typing error is found.

use bech32::primitives::decode::CheckedHrpstring;
use bech32::{Bech32, Bech32m, Hrp};
use zeroize::Zeroizing;

/// Why text is not the key that was expected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The text is no key of this kind, or has a typing error.
    #[error("not a {0}, or mistyped")]
    Unreadable(&'static str),
    /// A key file lacks a key.
    #[error("the key file holds no {0}")]
    Missing(&'static str),
    /// A key file holds a line that is no key that belongs there, or the same key twice.
    #[error("line {0} of the key file is not a key that belongs there")]
    UnexpectedLine(usize),
}

impl KeyError {
    /// One Dutch sentence for the person who runs the command.
    pub fn sentence(&self) -> String {
        match self {
            Self::Unreadable(_) => {
                "Deze sleutel is niet leesbaar: verkeerde soort sleutel, of een tikfout.".into()
            }
            Self::Missing(_) => "In het sleutelbestand ontbreekt een sleutel.".into(),
            Self::UnexpectedLine(line) => format!(
                "Regel {line} van het sleutelbestand is geen sleutel die daar hoort, of staat er dubbel."
            ),
        }
    }
}

/// Writes 32 bytes of key under a prefix that tells their kind.
pub(crate) fn encode(prefix: &'static str, key: &[u8; 32]) -> Zeroizing<String> {
    let prefix = Hrp::parse(prefix).expect("the prefixes are short, lower-case ASCII");
    Zeroizing::new(bech32::encode::<Bech32m>(prefix, key).expect("32 bytes fit Bech32m"))
}

/// Reads what [`encode`] wrote.
pub(crate) fn decode(prefix: &'static str, text: &str) -> Result<Zeroizing<[u8; 32]>, KeyError> {
    let unreadable = || KeyError::Unreadable(prefix);
    let checked = CheckedHrpstring::new::<Bech32m>(text.trim()).map_err(|_| unreadable())?;
    if checked.hrp().to_lowercase() != prefix {
        return Err(unreadable());
    }
    let bytes = Zeroizing::new(checked.byte_iter().collect::<Vec<u8>>());
    let key: [u8; 32] = bytes.as_slice().try_into().map_err(|_| unreadable())?;
    Ok(Zeroizing::new(key))
}

/// The 32 bytes of an age identity in its text form.
pub(crate) fn identity_bytes(text: &str) -> Zeroizing<[u8; 32]> {
    let checked = CheckedHrpstring::new::<Bech32>(text).expect("an identity's own text");
    let mut bytes = Zeroizing::new([0; 32]);
    for (place, byte) in bytes.iter_mut().zip(checked.byte_iter()) {
        *place = byte;
    }
    bytes
}

/// The lines of a key file that hold a key, with their number: no comments, no empty lines.
pub(crate) fn secret_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line.trim()))
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
}
