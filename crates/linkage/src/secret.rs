//! The two secret scalars of the scheme.

use crate::group::multiply_each;
use crate::{Error, EvaluatedKey};
use bech32::primitives::decode::CheckedHrpstring;
use bech32::{Bech32m, Hrp};
use curve25519_dalek::{RistrettoPoint, Scalar};
use rand::CryptoRng;
use std::fmt;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// Text that is not the secret that was expected, or has a typing error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a {0}, or mistyped")]
pub struct SecretError(pub(crate) &'static str);

impl SecretError {
    /// One Dutch sentence for the person who runs the command.
    pub fn sentence(&self) -> String {
        "Deze geheime sleutel is niet leesbaar: verkeerde soort sleutel, of een tikfout.".into()
    }
}

pub(crate) fn encode(prefix: &'static str, key: &[u8; 32]) -> Zeroizing<String> {
    let prefix = Hrp::parse(prefix).expect("the prefixes are short, lower-case ASCII");
    Zeroizing::new(bech32::encode::<Bech32m>(prefix, key).expect("32 bytes fit Bech32m"))
}

/// Reads the one line of a key file that is neither empty nor a comment.
pub(crate) fn decode(prefix: &'static str, text: &str) -> Result<Zeroizing<[u8; 32]>, SecretError> {
    let lines = text.lines().map(str::trim);
    let mut keys = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    let (Some(key), None) = (keys.next(), keys.next()) else {
        return Err(SecretError(prefix));
    };
    let checked = CheckedHrpstring::new::<Bech32m>(key).map_err(|_| SecretError(prefix))?;
    if checked.hrp().to_lowercase() != prefix {
        return Err(SecretError(prefix));
    }
    let bytes = Zeroizing::new(checked.byte_iter().collect::<Vec<u8>>());
    let key: [u8; 32] = bytes
        .as_slice()
        .try_into()
        .map_err(|_| SecretError(prefix))?;
    Ok(Zeroizing::new(key))
}

/// A secret, non-zero scalar, kept with its half.
///
/// Points are multiplied by the half and doubled when they are compressed, because compressing
/// doubles of a whole batch shares one inversion.
#[derive(Zeroize, ZeroizeOnDrop)]
struct SecretScalar {
    whole: Scalar,
    half: Scalar,
}

impl SecretScalar {
    fn new(whole: Scalar) -> Option<Self> {
        let half = whole.div_by_2();
        (whole != Scalar::ZERO).then_some(Self { whole, half })
    }

    fn generate<R: CryptoRng + ?Sized>(rng: &mut R) -> Self {
        // Zero comes up once in 2^252 draws; drawing again keeps the type's promise all the same.
        loop {
            if let Some(secret) = Self::new(Scalar::random(rng)) {
                return secret;
            }
        }
    }

    fn multiply(&self, points: &mut [RistrettoPoint]) -> Vec<[u8; 32]> {
        for point in points.iter_mut() {
            *point *= self.half;
        }
        RistrettoPoint::double_and_compress_batch(points.iter())
            .iter()
            .map(|compressed| compressed.to_bytes())
            .collect()
    }

    fn parse(prefix: &'static str, text: &str) -> Result<Self, SecretError> {
        let bytes = decode(prefix, text)?;
        let scalar: Option<Scalar> = Scalar::from_canonical_bytes(*bytes).into();
        scalar.and_then(Self::new).ok_or(SecretError(prefix))
    }
}

macro_rules! secret {
    ($(#[$meta:meta])* $name:ident, $prefix:literal, $ratio:ident) => {
        $(#[$meta])*
        pub struct $name(SecretScalar);

        impl $name {
            /// A fresh secret.
            pub fn generate<R: CryptoRng + ?Sized>(rng: &mut R) -> Self {
                Self(SecretScalar::generate(rng))
            }

            /// The secret as one line of text, for the key file.
            pub fn to_text(&self) -> Zeroizing<String> {
                encode($prefix, self.0.whole.as_bytes())
            }

            /// Reads what `to_text` wrote; lines that start with `#` are comments.
            ///
            /// # Errors
            /// Text that is no such secret, or mistyped.
            pub fn parse(text: &str) -> Result<Self, SecretError> {
                SecretScalar::parse($prefix, text).map(Self)
            }

            /// What carries keys under this secret over to another: new / old. Alone it says
            /// nothing about either.
            pub fn ratio_to(&self, new: &Self) -> $ratio {
                let ratio = new.0.whole * self.0.whole.invert();
                $ratio(SecretScalar::new(ratio).expect("two secrets that are not zero"))
            }

            /// Multiplies each point by the secret and gives its canonical 32 bytes.
            pub(crate) fn multiply(&self, points: &mut [RistrettoPoint]) -> Vec<[u8; 32]> {
                self.0.multiply(points)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), " { … }"))
            }
        }
    };
}

macro_rules! ratio {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        pub struct $name(SecretScalar);

        impl $name {
            /// Carries evaluated keys over, in order.
            pub(crate) fn apply(&self, keys: &[EvaluatedKey]) -> Result<Vec<EvaluatedKey>, Error> {
                multiply_each(keys, EvaluatedKey::element, |points| self.0.multiply(points))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), " { … }"))
            }
        }
    };
}

ratio! {
    /// a′ / a: what the institutions send the koppelpunt when they replace their secret.
    MatchRatio
}

ratio! {
    /// k′ / k: never leaves the koppelpunt.
    KoppelRatio
}

impl PartialEq for MatchRatio {
    fn eq(&self, other: &Self) -> bool {
        self.0.whole == other.0.whole
    }
}

impl MatchRatio {
    /// The ratio as one line of text, for the file to the koppelpunt.
    pub fn to_text(&self) -> Zeroizing<String> {
        encode(RATIO_PREFIX, self.0.whole.as_bytes())
    }

    /// Reads what [`MatchRatio::to_text`] wrote.
    ///
    /// # Errors
    /// Text that is no ratio, or mistyped.
    pub fn parse(text: &str) -> Result<Self, SecretError> {
        SecretScalar::parse(RATIO_PREFIX, text).map(Self)
    }
}

const RATIO_PREFIX: &str = "doorstroom-instellingen-verhouding-";

secret! {
    /// The institutions' secret `a`: shared by the institutions, and never seen by anybody else.
    MatchSecret, "doorstroom-instellingen-geheim-", MatchRatio
}

secret! {
    /// The koppelpunt's secret `k`, which nobody else ever sees.
    KoppelSecret, "doorstroom-koppelpunt-geheim-", KoppelRatio
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand_chacha::ChaCha20Rng;

    #[test]
    fn the_batch_equals_one_multiplication_at_a_time() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let secret = MatchSecret::generate(&mut rng);
        let points: Vec<_> = (0..20).map(|_| RistrettoPoint::random(&mut rng)).collect();
        let expected: Vec<_> = points
            .iter()
            .map(|point| (point * secret.0.whole).compress().to_bytes())
            .collect();
        assert_eq!(secret.multiply(&mut points.clone()), expected);
    }

    #[test]
    fn text_reads_back_and_one_secret_is_not_taken_for_the_other() {
        let mut rng = ChaCha20Rng::seed_from_u64(2);
        let secret = MatchSecret::generate(&mut rng);
        let text = secret.to_text();
        let read = MatchSecret::parse(&text).unwrap();
        assert_eq!(read.0.whole, secret.0.whole);
        assert!(KoppelSecret::parse(&text).is_err());
        let commented = format!("# comment\n\n{}\n", text.as_str());
        assert!(MatchSecret::parse(&commented).is_ok());
        let twice = format!("{0}\n{0}", text.as_str());
        assert!(MatchSecret::parse(&twice).is_err());
        assert_eq!(format!("{secret:?}"), "MatchSecret { … }");
    }

    #[test]
    fn every_single_typing_error_is_found() {
        let text = KoppelSecret::generate(&mut ChaCha20Rng::seed_from_u64(3)).to_text();
        for position in 0..text.len() {
            let mut typed = text.as_bytes().to_vec();
            typed[position] = if typed[position] == b'q' { b'p' } else { b'q' };
            let typed = String::from_utf8(typed).unwrap();
            assert!(KoppelSecret::parse(&typed).is_err(), "{position}");
        }
    }

    #[test]
    fn zero_is_no_secret() {
        let text = encode("doorstroom-koppelpunt-geheim-", &[0; 32]);
        assert!(KoppelSecret::parse(&text).is_err());
    }
}
