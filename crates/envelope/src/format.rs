//! The fixed parts of the file format.

use crate::{Digest, Error};
use sha2::{Digest as _, Sha256};

pub(crate) const MAGIC: [u8; 8] = *b"DSTROOM\n";
pub(crate) const END_MAGIC: [u8; 8] = *b"\nDSTREND";
pub(crate) const VERSION: u16 = 1;
/// A manifest takes about one kilobyte; this bounds what a hostile file can make us read.
pub(crate) const MAX_HEADER: u32 = 64 * 1024;
pub(crate) const PREFIX_LENGTH: usize = 8 + 2 + 4;
pub(crate) const TRAILER_LENGTH: usize = 32 + 8 + 64 + 8;

const SIGNATURE_CONTEXT: &[u8] = b"doorstroom/sealed-file/v1";

/// What stands in front of the manifest.
pub(crate) fn prefix(header_length: u32) -> [u8; PREFIX_LENGTH] {
    let mut bytes = [0; PREFIX_LENGTH];
    bytes[..8].copy_from_slice(&MAGIC);
    bytes[8..10].copy_from_slice(&VERSION.to_be_bytes());
    bytes[10..].copy_from_slice(&header_length.to_be_bytes());
    bytes
}

/// The header length that a prefix announces.
pub(crate) fn read_prefix(bytes: &[u8; PREFIX_LENGTH]) -> Result<u32, Error> {
    if bytes[..8] != MAGIC {
        return Err(Error::NotSealed);
    }
    let version = u16::from_be_bytes([bytes[8], bytes[9]]);
    if version != VERSION {
        return Err(Error::UnknownVersion(version));
    }
    let length = u32::from_be_bytes([bytes[10], bytes[11], bytes[12], bytes[13]]);
    if length > MAX_HEADER {
        return Err(Error::HeaderTooLarge(length));
    }
    Ok(length)
}

/// What stands behind the ciphertext.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Trailer {
    pub(crate) digest: Digest,
    pub(crate) length: u64,
    pub(crate) signature: [u8; 64],
}

impl Trailer {
    pub(crate) fn to_bytes(self) -> [u8; TRAILER_LENGTH] {
        let mut bytes = [0; TRAILER_LENGTH];
        bytes[..32].copy_from_slice(self.digest.as_bytes());
        bytes[32..40].copy_from_slice(&self.length.to_be_bytes());
        bytes[40..104].copy_from_slice(&self.signature);
        bytes[104..].copy_from_slice(&END_MAGIC);
        bytes
    }

    /// `None` where the end mark is missing.
    pub(crate) fn from_bytes(bytes: &[u8; TRAILER_LENGTH]) -> Option<Self> {
        let digest = *bytes.first_chunk::<32>()?;
        let length = *bytes[32..].first_chunk::<8>()?;
        let signature = *bytes[40..].first_chunk::<64>()?;
        (bytes[104..] == END_MAGIC).then_some(Self {
            digest: Digest::from_bytes(digest),
            length: u64::from_be_bytes(length),
            signature,
        })
    }
}

/// What is signed: the context, and the digests of everything around and in the file.
pub(crate) fn signed_message(header: &Digest, payload: &Digest, length: u64) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update(SIGNATURE_CONTEXT);
    hasher.update(header.as_bytes());
    hasher.update(payload.as_bytes());
    hasher.update(length.to_be_bytes());
    hasher.finalize().into()
}

/// The digest of prefix and manifest, by which a file is named in the chain.
pub(crate) fn header_digest(prefix: &[u8; PREFIX_LENGTH], manifest: &[u8]) -> Digest {
    let mut hasher = Sha256::new();
    hasher.update(prefix);
    hasher.update(manifest);
    Digest::from_bytes(hasher.finalize().into())
}
