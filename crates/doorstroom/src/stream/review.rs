//! At the institution: what the koppelpunt asks about rows, told about own clients.

use super::{identified_by, open_sealed, read_protocol};
use crate::exit::Failure;
use crate::keyboard::key_folder;
use envelope::{FileKind, Party};
use linkage::ReviewReason;
use record::RowId;
use std::path::Path;
use store::InstitutionKeys;

/// A review file, told in the institution's own numbers.
pub struct Review {
    /// The client and why, in the order of the numbers.
    pub clients: Vec<(String, ReviewReason)>,
    /// How many rows no sealed delivery of these keys had.
    pub unknown: usize,
}

/// Opens a review file and looks its rows up in what was kept when sealing.
///
/// # Errors
/// A file that is no review file of this study for this institution; keys that do not fit.
pub fn review(file: &Path, study: &Path, keys: &Path) -> Result<Review, Failure> {
    let protocol = read_protocol(study)?;
    let keys = InstitutionKeys::open_to_read(key_folder(keys))?;
    let institution = identified_by(&protocol, &keys)?;
    let senders = store::senders(&protocol, study)?;
    let sought = (
        FileKind::ReviewForInstitution,
        Party::Institution(institution),
    );
    let verified = open_sealed(file, &protocol, &senders, sought)?;
    let bytes = verified.decrypt_to_vec(&keys.keys.identity)?;
    let rows = linkage::read_review(&mut bytes.as_slice())?;
    let known = keys.clients_of_rows()?;
    let mut clients = Vec::with_capacity(rows.len());
    for row in &rows {
        if let Some(client) = known.get(&RowId(row.row.0)) {
            clients.push((client.clone(), row.reason));
        }
    }
    clients.sort_unstable();
    Ok(Review {
        unknown: rows.len() - clients.len(),
        clients,
    })
}
