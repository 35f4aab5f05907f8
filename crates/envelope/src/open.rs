use crate::digest::Digesting;
use crate::format::{self, PREFIX_LENGTH, TRAILER_LENGTH, Trailer};
use crate::{
    Cover, Digest, Error, FileKind, Identity, Manifest, Part, Party, SenderState, VerifyingKey,
};
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::io::{self, BufReader, Read, Seek, SeekFrom};

/// What the receiver expects of a file.
#[derive(Clone, Debug)]
pub struct Expected<'a> {
    /// The study.
    pub study: &'a str,
    /// The kind of file.
    pub kind: FileKind,
    /// Who is receiving.
    pub addressee: Party,
    /// Everybody who may send, with the key they sign with.
    pub senders: &'a BTreeMap<Party, VerifyingKey>,
}

/// A file that is built as a sealed file; nothing in it has been verified.
#[derive(Debug)]
pub struct SealedFile<R> {
    reader: R,
    header: Header,
    trailer: Trailer,
}

/// What stands in front of the ciphertext.
#[derive(Clone, Debug)]
pub(crate) struct Header {
    pub(crate) manifest: Manifest,
    pub(crate) digest: Digest,
    /// Prefix and manifest as they stand in the file; the ciphertext starts behind them.
    pub(crate) bytes: Vec<u8>,
}

impl Header {
    /// Where the ciphertext starts.
    fn end(&self) -> u64 {
        self.bytes.len() as u64
    }
}

impl<R: Read + Seek> SealedFile<R> {
    /// Reads the outside of a sealed file.
    ///
    /// # Errors
    /// A file of another kind, another version, or one that is incomplete.
    pub fn read(mut reader: R) -> Result<Self, Error> {
        let length = reader.seek(SeekFrom::End(0))?;
        reader.rewind()?;
        let header = read_header(&mut reader)?;
        let trailer = read_trailer(&mut reader, length)?;
        let behind_header = length - header.end().min(length);
        let announced = trailer.length.saturating_add(TRAILER_LENGTH as u64);
        match behind_header.cmp(&announced) {
            Ordering::Less => return Err(Error::Truncated),
            Ordering::Greater => return Err(Error::Tampered(Part::Payload)),
            Ordering::Equal => {}
        }
        Ok(Self {
            reader,
            header,
            trailer,
        })
    }

    /// What the file claims about itself; good for choosing a command, not for trusting.
    pub fn claimed(&self) -> &Manifest {
        &self.header.manifest
    }

    /// Checks study, kind, route, sender, signature and digest, in that order.
    ///
    /// # Errors
    /// The first of these that does not fit.
    pub fn verify(mut self, expected: &Expected<'_>) -> Result<VerifiedFile<R>, Error> {
        check_claims(&self.header.manifest, expected)?;
        check_signature(&self.header, &self.trailer, expected.senders)?;
        self.reader.seek(SeekFrom::Start(self.header.end()))?;
        let mut body = Digesting::new(self.reader.by_ref().take(self.trailer.length));
        io::copy(&mut body, &mut io::sink())?;
        let (_, digest, _) = body.finish();
        if digest != self.trailer.digest {
            return Err(Error::Tampered(Part::Payload));
        }
        Ok(VerifiedFile { file: self })
    }
}

/// Whether the named sender signed this.
pub(crate) fn check_signature(
    header: &Header,
    trailer: &Trailer,
    senders: &BTreeMap<Party, VerifyingKey>,
) -> Result<(), Error> {
    let sender = &header.manifest.sender;
    let key = senders
        .get(sender)
        .ok_or_else(|| Error::UnknownSender(sender.clone()))?;
    let Trailer {
        digest,
        length,
        signature,
    } = trailer;
    let message = format::signed_message(&header.digest, digest, *length);
    if key.verifies(&message, signature) {
        return Ok(());
    }
    let by_another = senders
        .values()
        .any(|key| key.verifies(&message, signature));
    Err(if by_another {
        Error::WrongSender(sender.clone())
    } else {
        Error::Tampered(Part::Header)
    })
}

/// A file whose sender, route and integrity have been verified.
#[derive(Debug)]
pub struct VerifiedFile<R> {
    file: SealedFile<R>,
}

impl<R: Read + Seek> VerifiedFile<R> {
    /// What the sender says about the file.
    pub fn manifest(&self) -> &Manifest {
        &self.file.header.manifest
    }

    /// The digest of the header: the file's name in the chain.
    pub fn manifest_digest(&self) -> Digest {
        self.file.header.digest
    }

    /// All of the file but its ciphertext.
    pub fn cover(&self) -> Cover {
        Cover {
            header: self.file.header.clone(),
            trailer: self.file.trailer,
        }
    }

    /// The digest of the ciphertext, to compare with what a sibling names.
    pub fn ciphertext_digest(&self) -> Digest {
        self.file.trailer.digest
    }

    /// Whether this file comes after `last`, the state left by the previous accepted one.
    ///
    /// # Errors
    /// As [`Manifest::check_order`], and [`Error::Fork`] where another file with this number
    /// was accepted.
    pub fn check_order(&self, last: Option<&SenderState>) -> Result<(), Error> {
        let manifest = self.manifest();
        match last {
            Some(last)
                if last.delivery == manifest.delivery
                    && last.manifest != self.manifest_digest() =>
            {
                Err(Error::Fork {
                    sender: manifest.sender.clone(),
                    delivery: manifest.delivery,
                    accepted: last.manifest,
                })
            }
            last => manifest.check_order(last),
        }
    }

    /// What to remember once the file has been accepted.
    pub fn state(&self) -> SenderState {
        SenderState {
            delivery: self.manifest().delivery,
            manifest: self.manifest_digest(),
        }
    }

    /// Decrypts the payload and hands it to `parse` as a stream; `parse` must read all of it.
    ///
    /// # Errors
    /// [`Error::WrongRecipient`], [`Error::Repackaged`], what `parse` returns, and
    /// [`Error::Payload`] where `parse` left bytes unread.
    pub fn decrypt<T, E: From<Error>>(
        mut self,
        identity: &Identity,
        parse: impl FnOnce(&mut dyn Read) -> Result<T, E>,
    ) -> Result<T, E> {
        let header = self.file.header.digest;
        let expected = self.file.trailer.digest;
        let mut body = Digesting::new(self.body().map_err(Error::Io)?);
        let mut plain = decryptor(&mut body, identity)?;
        check_binding(&mut plain, &header)?;
        let value = parse(&mut plain)?;
        if io::copy(&mut plain, &mut io::sink()).map_err(undecryptable)? > 0 {
            return Err(Error::Payload("bytes left behind the last row".into()).into());
        }
        drop(plain);
        // The file could have been exchanged between the two passes.
        io::copy(&mut body, &mut io::sink()).map_err(Error::Io)?;
        if body.finish().1 != expected {
            return Err(Error::Tampered(Part::Payload).into());
        }
        Ok(value)
    }

    /// Decrypts the whole payload into memory.
    ///
    /// # Errors
    /// As [`VerifiedFile::decrypt`].
    pub fn decrypt_to_vec(self, identity: &Identity) -> Result<Vec<u8>, Error> {
        // The plaintext is a little shorter than the ciphertext: one allocation.
        let room = usize::try_from(self.file.trailer.length).unwrap_or(0);
        self.decrypt(identity, |plain| {
            let mut bytes = Vec::with_capacity(room);
            plain.read_to_end(&mut bytes).map_err(undecryptable)?;
            Ok(bytes)
        })
    }

    fn body(&mut self) -> io::Result<impl Read + '_> {
        let file = &mut self.file;
        file.reader.seek(SeekFrom::Start(file.header.end()))?;
        Ok(file.reader.by_ref().take(file.trailer.length))
    }
}

pub(crate) fn check_claims(manifest: &Manifest, expected: &Expected<'_>) -> Result<(), Error> {
    if manifest.study != expected.study {
        return Err(Error::WrongStudy {
            expected: expected.study.to_owned(),
            found: manifest.study.clone(),
        });
    }
    if manifest.kind != expected.kind {
        return Err(Error::WrongKind {
            expected: expected.kind,
            found: manifest.kind,
        });
    }
    if !manifest.kind.fits(&manifest.sender, &manifest.addressee) {
        return Err(Error::WrongRoute {
            kind: manifest.kind,
            sender: manifest.sender.clone(),
            addressee: manifest.addressee.clone(),
        });
    }
    if manifest.addressee != expected.addressee {
        return Err(Error::WrongAddressee {
            expected: expected.addressee.clone(),
            found: manifest.addressee.clone(),
        });
    }
    Ok(())
}

pub(crate) fn read_header(reader: &mut impl Read) -> Result<Header, Error> {
    let mut prefix = [0; PREFIX_LENGTH];
    fill(reader, &mut prefix, Error::NotSealed)?;
    let mut bytes = prefix.to_vec();
    bytes.resize(PREFIX_LENGTH + format::read_prefix(&prefix)? as usize, 0);
    let text = &mut bytes[PREFIX_LENGTH..];
    fill(reader, text, Error::Truncated)?;
    Ok(Header {
        manifest: serde_json::from_slice(text).map_err(Error::HeaderUnreadable)?,
        digest: format::header_digest(&prefix, text),
        bytes,
    })
}

fn read_trailer(reader: &mut (impl Read + Seek), length: u64) -> Result<Trailer, Error> {
    let start = length
        .checked_sub(TRAILER_LENGTH as u64)
        .ok_or(Error::Truncated)?;
    reader.seek(SeekFrom::Start(start))?;
    let mut bytes = [0; TRAILER_LENGTH];
    fill(reader, &mut bytes, Error::Truncated)?;
    Trailer::from_bytes(&bytes).ok_or(Error::Truncated)
}

fn fill(reader: &mut impl Read, bytes: &mut [u8], when_short: Error) -> Result<(), Error> {
    match reader.read_exact(bytes) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Err(when_short),
        other => Ok(other?),
    }
}

fn decryptor<R: Read>(body: R, identity: &Identity) -> Result<impl Read + use<R>, Error> {
    let decryptor = age::Decryptor::new_buffered(BufReader::new(body)).map_err(refused)?;
    let identities = std::iter::once(identity.as_age());
    decryptor.decrypt(identities).map_err(refused)
}

fn refused(error: age::DecryptError) -> Error {
    match error {
        age::DecryptError::NoMatchingKeys => Error::WrongRecipient,
        age::DecryptError::Io(error) => Error::Io(error),
        other => Error::Undecryptable(other.to_string()),
    }
}

fn undecryptable(error: io::Error) -> Error {
    Error::Undecryptable(error.to_string())
}

fn check_binding(plain: &mut impl Read, header: &Digest) -> Result<(), Error> {
    let mut found = [0; 32];
    plain.read_exact(&mut found).map_err(undecryptable)?;
    if found == *header.as_bytes() {
        Ok(())
    } else {
        Err(Error::Repackaged)
    }
}
