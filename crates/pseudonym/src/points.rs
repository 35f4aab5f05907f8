//! Hashing a match key to the group.

use curve25519_dalek::RistrettoPoint;
use linkage::{KeyLabel, METHOD};
use sha2::{Digest, Sha512};

/// The point of a key: SHA-512 of its unambiguous encoding, then the one-way map of RFC 9496
/// §4.3.4.
///
/// Every part (method, project, label, field) stands behind its length, so that no two
/// different keys have one encoding, whatever characters they hold.
pub(crate) fn point(project: &str, label: KeyLabel, fields: &[&str]) -> RistrettoPoint {
    let mut hasher = Sha512::new();
    for part in [METHOD, project, label.tag()].iter().chain(fields) {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part.as_bytes());
    }
    RistrettoPoint::from_uniform_bytes(&hasher.finalize().into())
}
