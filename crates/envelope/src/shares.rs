//! An identity in three parts, of which any two give it back (Shamir's secret sharing over
//! GF(2⁸), one polynomial of degree one per byte). One part alone says nothing.

use crate::Identity;
use crate::keytext::{self, KeyError};
use bech32::primitives::decode::CheckedHrpstring;
use bech32::{Bech32m, Hrp};
use blahaj::{Share, Sharks};
use rand::CryptoRng;
use std::fmt;
use std::str::FromStr;
use zeroize::Zeroizing;

/// How many parts give the identity back.
pub const PARTS_NEEDED: u8 = 2;

/// How many parts there are.
pub const PARTS: usize = 3;

const PREFIX: &str = "doorstroom-hersteldeel-";

/// One of the three parts; one line of text.
pub struct IdentityPart(Share);

impl IdentityPart {
    /// Which part it is: 1, 2 or 3.
    pub fn number(&self) -> u8 {
        self.0.x.0
    }
}

impl fmt::Display for IdentityPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let prefix = Hrp::parse(PREFIX).expect("short, lower-case ASCII");
        let bytes = Zeroizing::new(Vec::<u8>::from(&self.0));
        let text = Zeroizing::new(bech32::encode::<Bech32m>(prefix, &bytes).expect("33 bytes fit"));
        f.write_str(&text)
    }
}

impl fmt::Debug for IdentityPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IdentityPart {{ {} of {PARTS} }}", self.number())
    }
}

impl FromStr for IdentityPart {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unreadable = || KeyError::Unreadable(PREFIX);
        let checked = CheckedHrpstring::new::<Bech32m>(text.trim()).map_err(|_| unreadable())?;
        let bytes = Zeroizing::new(checked.byte_iter().collect::<Vec<u8>>());
        let numbered = bytes
            .first()
            .is_some_and(|&x| (1..=PARTS as u8).contains(&x));
        if checked.hrp().to_lowercase() != PREFIX || bytes.len() != 33 || !numbered {
            return Err(unreadable());
        }
        Share::try_from(bytes.as_slice())
            .map(Self)
            .map_err(|_| unreadable())
    }
}

/// Divides an identity.
pub fn divide<R: CryptoRng + ?Sized>(identity: &Identity, rng: &mut R) -> Vec<IdentityPart> {
    let secret = keytext::identity_bytes(&identity.to_text());
    let mut rng = rng;
    let parts = Sharks(PARTS_NEEDED).dealer_rng(secret.as_slice(), &mut rng);
    parts.take(PARTS).map(IdentityPart).collect()
}

/// The identity of two of its parts. Parts of different identities give an identity that opens
/// nothing: which one it should be, only the ciphertext knows.
///
/// # Errors
/// Fewer than two different parts.
pub fn unite(parts: &[IdentityPart]) -> Result<Identity, KeyError> {
    let shares = parts.iter().map(|part| &part.0);
    let missing = || KeyError::Missing(PREFIX);
    let bytes = Sharks(PARTS_NEEDED)
        .recover(shares)
        .map_err(|_| missing())?;
    let bytes = Zeroizing::new(bytes);
    let bytes: &[u8; 32] = bytes.as_slice().try_into().map_err(|_| missing())?;
    Ok(Identity::from_bytes(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    fn reread(part: &IdentityPart) -> IdentityPart {
        part.to_string().parse().unwrap()
    }

    #[test]
    fn any_two_parts_give_the_identity_back_in_any_order() {
        let mut rng = StdRng::seed_from_u64(1);
        let identity = Identity::generate(&mut rng);
        let parts = divide(&identity, &mut rng);
        assert_eq!(
            parts.iter().map(IdentityPart::number).collect::<Vec<_>>(),
            [1, 2, 3]
        );
        for (one, other) in [(0, 1), (1, 2), (2, 0), (1, 0)] {
            let again = unite(&[reread(&parts[one]), reread(&parts[other])]).unwrap();
            assert_eq!(*again.to_text(), *identity.to_text());
        }
    }

    #[test]
    fn one_part_is_not_enough_however_often_it_is_given() {
        let mut rng = StdRng::seed_from_u64(2);
        let parts = divide(&Identity::generate(&mut rng), &mut rng);
        assert!(unite(&[]).is_err());
        assert!(unite(&[reread(&parts[0])]).is_err());
        assert!(unite(&[reread(&parts[0]), reread(&parts[0])]).is_err());
    }

    /// With one part known, every byte of the secret is as likely as any other: over many
    /// divisions of one identity the first byte of its first part takes all values.
    #[test]
    fn one_part_says_nothing() {
        let mut rng = StdRng::seed_from_u64(3);
        let identity = Identity::generate(&mut rng);
        let mut seen = [0_u32; 256];
        for _ in 0..25_600 {
            let part = &divide(&identity, &mut rng)[0];
            seen[usize::from(part.0.y[0].0)] += 1;
        }
        // Pearson's statistic with 255 degrees of freedom; its 0.999 quantile is 330.5.
        let chi: f64 = seen
            .iter()
            .map(|&n| (f64::from(n) - 100.0).powi(2) / 100.0)
            .sum();
        assert!(chi < 330.5, "{chi}");
    }

    #[test]
    fn a_typing_error_is_seen_and_parts_show_nothing() {
        let mut rng = StdRng::seed_from_u64(4);
        let part = &divide(&Identity::generate(&mut rng), &mut rng)[1];
        assert_eq!(format!("{part:?}"), "IdentityPart { 2 of 3 }");
        let text = part.to_string();
        let wrong = text.replace(&text[40..41], if &text[40..41] == "q" { "p" } else { "q" });
        assert!(wrong.parse::<IdentityPart>().is_err());
        assert!("".parse::<IdentityPart>().is_err());
    }
}
