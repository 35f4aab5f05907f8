use crate::{Error, KoppelSecret, MatchSecret};
use curve25519_dalek::RistrettoPoint;
use curve25519_dalek::ristretto::CompressedRistretto;
use curve25519_dalek::traits::IsIdentity;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::fmt;

/// How many points share one inversion; large enough to make its cost vanish, small enough to
/// stay in the cache.
const BATCH: usize = 256;

macro_rules! element {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name([u8; 32]);

        impl $name {
            /// The canonical 32 bytes (RFC 9496).
            pub const fn as_bytes(&self) -> &[u8; 32] {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), " { … }"))
            }
        }
    };
}

element! {
    /// `X = a·H(key)`: a match key under the institutions' secret, as it travels.
    BlindedKey
}

element! {
    /// `Y = k·X`: a match key under both secrets, as the koppelpunt compares and keeps it.
    EvaluatedKey
}

impl BlindedKey {
    /// A key as it was received; whether it is a group element shows when it is evaluated.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Blinds points of the group, in parallel; the points are overwritten.
    pub fn blind(points: &mut [RistrettoPoint], secret: &MatchSecret) -> Vec<Self> {
        points
            .par_chunks_mut(BATCH)
            .flat_map_iter(|chunk| secret.multiply(chunk).into_iter().map(Self))
            .collect()
    }

    fn element(&self) -> Option<RistrettoPoint> {
        element(self.0)
    }
}

fn element(bytes: [u8; 32]) -> Option<RistrettoPoint> {
    CompressedRistretto(bytes)
        .decompress()
        .filter(|point| !point.is_identity())
}

impl EvaluatedKey {
    /// A key that was evaluated elsewhere. It is compared only, so any bytes will do.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    pub(crate) fn element(&self) -> Option<RistrettoPoint> {
        element(self.0)
    }
}

/// Evaluates blinded keys under the koppelpunt's secret, in parallel and in order.
///
/// # Errors
/// [`Error::NotAnElement`] for bytes that are no element of the group, or are its identity,
/// which would be the same key for everybody.
pub fn evaluate(keys: &[BlindedKey], secret: &KoppelSecret) -> Result<Vec<EvaluatedKey>, Error> {
    multiply_each(keys, BlindedKey::element, |points| secret.multiply(points))
}

/// Multiplies elements, in parallel and in order.
pub(crate) fn multiply_each<K: Sync>(
    keys: &[K],
    element: impl Fn(&K) -> Option<RistrettoPoint> + Sync,
    multiply: impl Fn(&mut [RistrettoPoint]) -> Vec<[u8; 32]> + Sync,
) -> Result<Vec<EvaluatedKey>, Error> {
    let evaluate_chunk = |(chunk_index, chunk): (usize, &[K])| {
        let mut points = Vec::with_capacity(chunk.len());
        for (offset, key) in chunk.iter().enumerate() {
            let position = chunk_index * BATCH + offset;
            points.push(element(key).ok_or(Error::NotAnElement { position })?);
        }
        Ok(multiply(&mut points))
    };
    let chunks: Vec<Result<Vec<[u8; 32]>, Error>> = keys
        .par_chunks(BATCH)
        .enumerate()
        .map(evaluate_chunk)
        .collect();
    let mut evaluated = Vec::with_capacity(keys.len());
    // In order, so that the first bad key is reported whichever thread met one first.
    for chunk in chunks {
        evaluated.extend(chunk?.into_iter().map(EvaluatedKey));
    }
    Ok(evaluated)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand_chacha::ChaCha20Rng;

    fn secrets() -> (MatchSecret, KoppelSecret, ChaCha20Rng) {
        let mut rng = ChaCha20Rng::seed_from_u64(4);
        (
            MatchSecret::generate(&mut rng),
            KoppelSecret::generate(&mut rng),
            rng,
        )
    }

    #[test]
    fn equal_points_give_equal_keys_whatever_the_batch() {
        let (a, k, mut rng) = secrets();
        let point = RistrettoPoint::random(&mut rng);
        let mut many: Vec<_> = (0..600).map(|_| RistrettoPoint::random(&mut rng)).collect();
        many[511] = point;
        let blinded = BlindedKey::blind(&mut many, &a);
        let alone = BlindedKey::blind(&mut [point], &a);
        assert_eq!(blinded[511], alone[0]);
        let evaluated = evaluate(&blinded, &k).unwrap();
        assert_eq!(evaluated[511], evaluate(&alone, &k).unwrap()[0]);
        assert_ne!(evaluated[511].as_bytes(), blinded[511].as_bytes());
    }

    #[test]
    fn the_first_key_that_is_no_element_is_reported() {
        let (a, k, mut rng) = secrets();
        let mut points: Vec<_> = (0..900).map(|_| RistrettoPoint::random(&mut rng)).collect();
        let good = BlindedKey::blind(&mut points, &a);
        // All ones is no canonical field element; all zeros is the identity.
        for bad in [[0xff; 32], [0; 32]] {
            let mut keys = good.clone();
            keys[300] = BlindedKey::from_bytes(bad);
            keys[800] = BlindedKey::from_bytes(bad);
            let error = evaluate(&keys, &k).unwrap_err();
            assert!(matches!(error, Error::NotAnElement { position: 300 }));
        }
    }
}
