use crate::SecretError;
use crate::secret::{decode, encode};
use hmac::{Hmac, KeyInit, Mac};
use rand::CryptoRng;
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use std::fmt;
use std::str::FromStr;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// The random number of one client's row in one delivery; the same 16 bytes as in the content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RowId(pub [u8; 16]);

/// The random number under which the koppelpunt and the study team know a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LinkId(pub [u8; 16]);

impl LinkId {
    pub(crate) fn generate<R: CryptoRng + ?Sized>(rng: &mut R) -> Self {
        let mut bytes = [0; 16];
        rng.fill_bytes(&mut bytes);
        Self(bytes)
    }
}

/// 32 hexadecimal digits.
impl fmt::Display for LinkId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Text that is no link id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a link id has 32 hexadecimal digits")]
pub struct LinkIdError;

impl FromStr for LinkId {
    type Err = LinkIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.bytes().all(|digit| digit.is_ascii_hexdigit());
        if text.len() != 32 || !digits {
            return Err(LinkIdError);
        }
        let number = u128::from_str_radix(text, 16).map_err(|_| LinkIdError)?;
        Ok(Self(number.to_be_bytes()))
    }
}

/// The number under which the study team's database knows a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Pseudonym(pub [u8; 16]);

/// The study team's secret `k_S`, under which link ids become pseudonyms.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct StudySecret([u8; 32]);

const STUDY_PREFIX: &str = "doorstroom-studie-geheim-";

impl StudySecret {
    /// A fresh secret.
    pub fn generate<R: CryptoRng + ?Sized>(rng: &mut R) -> Self {
        let mut secret = Self([0; 32]);
        rng.fill_bytes(&mut secret.0);
        secret
    }

    /// The secret as one line of text, for the key file.
    pub fn to_text(&self) -> Zeroizing<String> {
        encode(STUDY_PREFIX, &self.0)
    }

    /// Reads what [`StudySecret::to_text`] wrote; lines that start with `#` are comments.
    ///
    /// # Errors
    /// Text that is no such secret, or mistyped.
    pub fn parse(text: &str) -> Result<Self, SecretError> {
        decode(STUDY_PREFIX, text).map(|bytes| Self(*bytes))
    }
}

impl fmt::Debug for StudySecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StudySecret { … }")
    }
}

/// The pseudonym of a person in the study's database: HMAC-SHA-256 of the link id under `k_S`,
/// the first 128 bits.
///
/// Whoever steals the database cannot tell which link ids, and so which rows at the koppelpunt,
/// its persons are.
pub fn study_pseudonym(secret: &StudySecret, link: LinkId) -> Pseudonym {
    let mut mac = Hmac::<Sha256>::new_from_slice(&secret.0).expect("HMAC takes keys of any length");
    mac.update(b"doorstroom/v1|study-pseudonym|");
    mac.update(&link.0);
    let digest: [u8; 32] = mac.finalize().into_bytes().into();
    let first = digest.first_chunk().expect("32 bytes hold 16");
    Pseudonym(*first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_id_reads_back_as_it_was_written_and_other_text_is_none() {
        let link = LinkId(std::array::from_fn(|at| at as u8 * 17));
        let text = link.to_string();
        assert_eq!(text, "00112233445566778899aabbccddeeff");
        assert_eq!(text.parse(), Ok(link));
        assert_eq!(text.to_uppercase().parse(), Ok(link));
        for wrong in [
            "",
            &text[1..],
            &format!("{text}0"),
            &text.replace("00", "+0"),
            &text.replace("00", "é"),
        ] {
            assert_eq!(wrong.parse::<LinkId>(), Err(LinkIdError), "{wrong}");
        }
    }

    #[test]
    fn a_pseudonym_depends_on_the_secret_and_on_the_link() {
        let (one, two) = (StudySecret([1; 32]), StudySecret([2; 32]));
        let of = |secret: &StudySecret, link| study_pseudonym(secret, LinkId([link; 16]));
        assert_eq!(of(&one, 7), of(&one, 7));
        assert_ne!(of(&one, 7), of(&two, 7));
        assert_ne!(of(&one, 7), of(&one, 8));
    }

    #[test]
    fn the_secret_reads_back_and_hides_itself() {
        let secret = StudySecret([3; 32]);
        let read = StudySecret::parse(&secret.to_text()).unwrap();
        assert_eq!(read.0, secret.0);
        assert_eq!(format!("{secret:?}"), "StudySecret { … }");
    }
}
