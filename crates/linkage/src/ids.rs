use crate::SecretError;
use crate::secret::{decode, encode};
use hmac::{Hmac, KeyInit, Mac};
use rand::CryptoRng;
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use std::fmt;
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
