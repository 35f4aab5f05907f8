use crate::format::{TRAILER_LENGTH, Trailer};
use crate::open::{Header, check_claims, check_signature, read_header};
use crate::{Digest, Error, Expected, Manifest, SenderState};

/// A sealed file without its ciphertext: what the sender said and signed.
///
/// Whoever must forget a payload keeps its cover. It goes on showing who sent the file, what
/// it said about itself, and the digest and length of what was in it.
#[derive(Clone, Debug)]
pub struct Cover {
    pub(crate) header: Header,
    pub(crate) trailer: Trailer,
}

impl Cover {
    /// The bytes in which a cover is kept.
    pub fn to_bytes(&self) -> Vec<u8> {
        [self.header.bytes.as_slice(), &self.trailer.to_bytes()].concat()
    }

    /// Reads what [`Cover::to_bytes`] wrote; nothing in it has been verified.
    ///
    /// # Errors
    /// Bytes that are no cover.
    pub fn read(bytes: &[u8]) -> Result<Self, Error> {
        let mut rest = bytes;
        let header = read_header(&mut rest)?;
        let trailer: [u8; TRAILER_LENGTH] = rest.try_into().map_err(|_| Error::Truncated)?;
        Ok(Self {
            header,
            trailer: Trailer::from_bytes(&trailer).ok_or(Error::Truncated)?,
        })
    }

    /// Checks study, kind, route, sender and signature, and gives what the sender said.
    ///
    /// # Errors
    /// The first of these that does not fit.
    pub fn verify(&self, expected: &Expected<'_>) -> Result<&Manifest, Error> {
        check_claims(&self.header.manifest, expected)?;
        check_signature(&self.header, &self.trailer, expected.senders)?;
        Ok(&self.header.manifest)
    }

    /// The digest of the ciphertext that was in the file.
    pub fn ciphertext_digest(&self) -> Digest {
        self.trailer.digest
    }

    /// What to remember of the file.
    pub fn state(&self) -> SenderState {
        SenderState {
            delivery: self.header.manifest.delivery,
            manifest: self.header.digest,
        }
    }
}
