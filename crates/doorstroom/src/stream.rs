//! The stream, step by step: seal, link, receive, run, release, report.
//!
//! Each step is a function over folders and files, so that the commands and the demo do
//! exactly the same.

mod detach;
mod link;
mod publish;
mod receipt;
mod review;
mod rotation;
mod seal;
mod study;
mod withdraw;

pub use detach::{Desk, detach, erase, forward};
pub use link::link;
pub use publish::{Shown, details, publication, release, report, show};
pub use receipt::receipt;
pub use review::review;
pub use rotation::KeyPost;
pub use seal::{Sealing, seal};
pub use store::secure_rng;
pub use study::{receive, run};
pub use withdraw::{Withdrawing, proof, withdraw};

use crate::exit::{Exit, Failure};
use envelope::{
    Expected, FileKind, InstitutionCode, Party, SealedFile, VerifiedFile, VerifyingKey,
};
use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use store::{InstitutionKeys, Protocol};

/// Reads `study.toml`.
///
/// # Errors
/// A file that is not there or not a protocol.
pub fn read_protocol(path: &Path) -> Result<Protocol, Failure> {
    Ok(Protocol::parse(&store::files::read_text(path)?, path)?)
}

/// Reads and verifies a sealed file of this kind for this party.
///
/// # Errors
/// A file that is not there, or not what it should be, from whom it should be.
fn open_sealed(
    file: &Path,
    protocol: &Protocol,
    senders: &BTreeMap<Party, VerifyingKey>,
    (kind, addressee): (FileKind, Party),
) -> Result<VerifiedFile<File>, Failure> {
    let sealed = SealedFile::read(File::open(file).map_err(store::Error::at(file))?)?;
    Ok(sealed.verify(&Expected {
        study: &protocol.study.id,
        kind,
        addressee,
        senders,
    })?)
}

/// The institution whose public key these keys have in `study.toml`.
fn identified_by(protocol: &Protocol, keys: &InstitutionKeys) -> Result<InstitutionCode, Failure> {
    let own = keys.keys.public().verifying_key.to_string();
    let entry = protocol
        .institutions
        .iter()
        .find(|entry| entry.verifies == own);
    entry
        .and_then(|entry| InstitutionCode::new(&entry.code).ok())
        .ok_or_else(|| {
            Failure::new(
                Exit::Refused,
                "De sleutels in deze map zijn van geen instelling in study.toml. Gebruik de eigen sleutelmap (--keys), of laat de studie de openbare sleutel bijwerken.",
            )
        })
}

/// A public key in `study.toml`.
fn public_key<T: std::str::FromStr>(text: &str, what: &str, path: &Path) -> Result<T, Failure> {
    text.parse().map_err(|_| {
        Failure::new(
            Exit::Unreadable,
            format!(
                "{}: `{what}` ontbreekt of is geen openbare sleutel. Kopieer de regel uit `doorstroom key show`.",
                path.display()
            ),
        )
    })
}
