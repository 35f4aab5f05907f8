//! Hashing a match key to the group.

use curve25519_dalek::RistrettoPoint;
use linkage::{METHOD, MatchKey};
use sha2::{Digest, Sha512};

/// The point of a key: SHA-512 of its unambiguous encoding, then the one-way map of RFC 9496
/// §4.3.4.
///
/// Every part (method, project, tag of the key, field) stands behind its length, so that no two
/// different keys have one encoding, whatever characters they hold.
pub(crate) fn point(project: &str, key: &MatchKey, fields: &[&str]) -> RistrettoPoint {
    let mut hasher = Sha512::new();
    let tag = key.tag();
    for part in [METHOD, project, &tag].iter().chain(fields) {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part.as_bytes());
    }
    RistrettoPoint::from_uniform_bytes(&hasher.finalize().into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use linkage::Part;
    use proptest::prelude::*;

    fn full_name() -> MatchKey {
        MatchKey::new(&[Part::Surname, Part::GivenName]).unwrap()
    }

    /// RFC 9496, appendix A.3: the one-way map on SHA-512 of a text.
    #[test]
    fn the_map_is_that_of_the_rfc() {
        let text = "Ristretto is traditionally a short shot of espresso coffee";
        let element = RistrettoPoint::from_uniform_bytes(&Sha512::digest(text).into());
        let hex: String = element
            .compress()
            .as_bytes()
            .iter()
            .map(|b| format!("{b:02x}"))
            .collect();
        assert_eq!(
            hex,
            "3066f82a1a747d45120d1740f14358531a8f04bbffe6a819f86dfe50f44a0a46"
        );
    }

    #[test]
    fn every_part_matters() {
        let other = MatchKey::new(&[Part::GivenName, Part::Surname]).unwrap();
        let base = point("borg", &full_name(), &["a", "b"]);
        assert_eq!(base, point("borg", &full_name(), &["a", "b"]));
        assert_ne!(base, point("borg2", &full_name(), &["a", "b"]));
        assert_ne!(base, point("borg", &other, &["a", "b"]));
        assert_ne!(base, point("borg", &full_name(), &["b", "a"]));
    }

    proptest! {
        #[test]
        fn fields_cannot_run_into_each_other(
            one in prop::collection::vec("[a|\\u{0}]{0,3}", 0..4),
            two in prop::collection::vec("[a|\\u{0}]{0,3}", 0..4),
        ) {
            let of = |fields: &[String]| {
                let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
                point("p", &full_name(), &fields)
            };
            prop_assert_eq!(of(&one) == of(&two), one == two);
        }
    }
}
