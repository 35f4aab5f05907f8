//! At the institution: what the study team says that it received.

use super::{identified_by, open_sealed, read_protocol};
use crate::exit::{Exit, Failure};
use crate::keyboard::key_folder;
use envelope::{FileKind, Party, SignedCheckpoint};
use std::path::Path;
use store::{DeliveryReceipt, InstitutionKeys};

/// Opens a receipt, holds it against what was sealed, and keeps the state of the log.
///
/// # Errors
/// A file that is no receipt of this study for this institution; a receipt of something else
/// than was sealed.
pub fn receipt(file: &Path, study: &Path, keys: &Path) -> Result<DeliveryReceipt, Failure> {
    let protocol = read_protocol(study)?;
    let keys = InstitutionKeys::open(key_folder(keys))?;
    let institution = identified_by(&protocol, &keys)?;
    let senders = store::senders(&protocol, study)?;
    let sought = (
        FileKind::ReceiptForInstitution,
        Party::Institution(institution),
    );
    let verified = open_sealed(file, &protocol, &senders, sought)?;
    let bytes = verified.decrypt_to_vec(&keys.keys.identity)?;
    let unreadable = || {
        let sentence = "Dit ontvangstbewijs is niet leesbaar. Vraag de studie het opnieuw te maken met dezelfde versie van Doorstroom.";
        Failure::new(Exit::Sealed, sentence)
    };
    let receipt: DeliveryReceipt = serde_json::from_slice(&bytes).map_err(|_| unreadable())?;
    let checkpoint: SignedCheckpoint = receipt.checkpoint.parse().map_err(|_| unreadable())?;
    let by_study = senders.get(&Party::Study);
    if by_study.is_none_or(|key| checkpoint.verified_by(key).is_none()) {
        return Err(unreadable());
    }
    keys.keep_receipt(&protocol.study.id, &receipt, &checkpoint)?;
    Ok(receipt)
}
