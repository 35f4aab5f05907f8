use crate::digest::Digesting;
use crate::format::{self, Trailer};
use crate::{Digest, Error, Manifest, Recipient, SenderState, SigningKey};
use std::io::{self, Write};

/// With what a file is sealed.
#[derive(Clone, Copy, Debug)]
pub struct Sealing<'a> {
    /// The sender's key, under which the file is signed.
    pub signing_key: &'a SigningKey,
    /// Who can read it; the second, if any, is a recovery key.
    pub recipients: &'a [Recipient],
}

/// What the sender keeps of a file that was sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The digest of the header, which the next file of this kind names as its predecessor.
    pub manifest: Digest,
    /// The digest of the ciphertext, which a sibling file may name.
    pub ciphertext: Digest,
    /// The length of the ciphertext.
    pub ciphertext_length: u64,
}

impl Receipt {
    /// What the sender and the receiver remember of the file with this manifest.
    pub fn state(&self, manifest: &Manifest) -> SenderState {
        SenderState {
            delivery: manifest.delivery,
            manifest: self.manifest,
        }
    }
}

/// Writes a sealed file to `out`; `payload` writes the plaintext, which is never held whole.
///
/// # Errors
/// [`Error::WrongRoute`] where the manifest's kind, sender and addressee do not go together;
/// [`Error::Io`] where writing fails. What was written until then is no valid sealed file.
pub fn seal<W: Write>(
    manifest: &Manifest,
    sealing: Sealing<'_>,
    mut out: W,
    payload: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<Receipt, Error> {
    let (prefix, header) = header_of(manifest)?;
    let header_digest = format::header_digest(&prefix, &header);
    out.write_all(&prefix)?;
    out.write_all(&header)?;

    let mut body = Digesting::new(out);
    let mut plain = encryptor(sealing.recipients)?.wrap_output(&mut body)?;
    plain.write_all(header_digest.as_bytes())?;
    payload(&mut plain)?;
    plain.finish()?;
    let (mut out, digest, length) = body.finish();

    let message = format::signed_message(&header_digest, &digest, length);
    let signature = sealing.signing_key.sign(&message);
    let trailer = Trailer {
        digest,
        length,
        signature,
    };
    out.write_all(&trailer.to_bytes())?;
    out.flush()?;
    Ok(Receipt {
        manifest: header_digest,
        ciphertext: digest,
        ciphertext_length: length,
    })
}

fn header_of(manifest: &Manifest) -> Result<([u8; format::PREFIX_LENGTH], Vec<u8>), Error> {
    if !manifest.kind.fits(&manifest.sender, &manifest.addressee) {
        return Err(Error::WrongRoute {
            kind: manifest.kind,
            sender: manifest.sender.clone(),
            addressee: manifest.addressee.clone(),
        });
    }
    let header = serde_json::to_vec(manifest).map_err(Error::HeaderUnreadable)?;
    let length = u32::try_from(header.len()).unwrap_or(u32::MAX);
    if length > format::MAX_HEADER {
        return Err(Error::HeaderTooLarge(length));
    }
    Ok((format::prefix(length), header))
}

fn encryptor(recipients: &[Recipient]) -> Result<age::Encryptor, Error> {
    let recipients = recipients.iter().map(Recipient::as_age);
    age::Encryptor::with_recipients(recipients).map_err(|error| {
        Error::Io(io::Error::new(
            io::ErrorKind::InvalidInput,
            error.to_string(),
        ))
    })
}
