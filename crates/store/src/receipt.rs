//! Receipts of deliveries: what the study team received and when, with the state of its log.

use crate::{DeliveryRow, Error, InstitutionKeys, Study, clock, files};
use calendar::Day;
use codes::{Coded, Institution};
use envelope::{
    DeliveryId, Digest, FileKind, Manifest, ObservedPeriod, Party, Recipient, Sealing,
    SignedCheckpoint,
};
use rand::CryptoRng;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

pub(crate) const RECEIPTS: &str = "ontvangstbewijzen";
const CHECKPOINTS: &str = "logstanden";

/// What the study team says that it received.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeliveryReceipt {
    /// The institution's number of the delivery.
    pub delivery: u32,
    /// The digest of the header of file B: of what exactly was received.
    pub manifest: Digest,
    /// When, `jjjj-mm-ddTuu:mm:ssZ`.
    pub received_at: String,
    /// Clients in it.
    pub clients: i64,
    /// Rows in it.
    pub rows: i64,
    /// Whether it replaced an earlier delivery over the same period.
    pub correction: bool,
    /// The signed state of the study's log after it was received.
    pub checkpoint: String,
}

impl Study {
    /// Makes the receipts that are not there yet, for institutions whose public key is known.
    /// Gives institution and file of each.
    ///
    /// # Errors
    /// A public key that is none; whatever the file system or the ledger says.
    pub fn write_receipts<R: CryptoRng + ?Sized>(
        &self,
        rng: &mut R,
    ) -> Result<Vec<(Institution, PathBuf)>, Error> {
        let rows = self.database().deliveries()?;
        let missing = rows.iter().filter(|row| !self.receipt_path(row).exists());
        let mut written = Vec::new();
        // All of them tell the same state of the log.
        let mut checkpoint = None;
        for row in missing {
            let Some((institution, recipient)) = self.sender_of(row)? else {
                continue;
            };
            let state = match checkpoint.take() {
                Some(state) => state,
                None => self.checkpoint()?.to_string(),
            };
            self.write_receipt((row, &state), &recipient, rng)?;
            checkpoint = Some(state);
            written.push((institution, self.receipt_path(row)));
        }
        Ok(written)
    }

    fn sender_of(&self, row: &DeliveryRow) -> Result<Option<(Institution, Recipient)>, Error> {
        let mut entries = self.protocol().institutions.iter();
        let entry = entries.find(|entry| entry.code == row.institution);
        let Some(entry) = entry.filter(|entry| !entry.receives.is_empty()) else {
            return Ok(None);
        };
        let recipient = entry.receives.parse().map_err(|_| Error::Malformed {
            path: self.folder().join("study.toml"),
            message: format!(
                "de openbare sleutel `ontvangt` van {} is niet leesbaar; kopieer hem opnieuw, als één regel.",
                entry.code
            ),
        })?;
        Ok(Institution::from_key(&row.institution).map(|institution| (institution, recipient)))
    }

    fn write_receipt<R: CryptoRng + ?Sized>(
        &self,
        (row, checkpoint): (&DeliveryRow, &str),
        recipient: &Recipient,
        rng: &mut R,
    ) -> Result<(), Error> {
        let receipt = DeliveryReceipt {
            delivery: u32::try_from(row.number).unwrap_or(u32::MAX),
            manifest: row.manifest.parse().map_err(|_| unreadable_row())?,
            received_at: row.received_at.clone(),
            clients: row.clients,
            rows: row.content_rows,
            correction: row.correction.is_some(),
            checkpoint: checkpoint.to_owned(),
        };
        let payload = serde_json::to_vec(&receipt).expect("plain values always serialise");
        let manifest = self.receipt_manifest(row, rng)?;
        let sealing = Sealing {
            signing_key: self.signing_key(),
            recipients: std::slice::from_ref(recipient),
        };
        files::write_atomically(&self.receipt_path(row), |file| {
            envelope::seal(&manifest, sealing, file, |plain| plain.write_all(&payload))?;
            Ok::<(), Error>(())
        })
    }

    fn receipt_manifest<R: CryptoRng + ?Sized>(
        &self,
        row: &DeliveryRow,
        rng: &mut R,
    ) -> Result<Manifest, Error> {
        let day = |text: &str| Day::parse_iso(text).ok_or_else(unreadable_row);
        let addressee = Party::institution(&row.institution).map_err(|_| unreadable_row())?;
        let (kind, parties) = (FileKind::ReceiptForInstitution, (Party::Study, addressee));
        let (study, id) = (&self.protocol().study.id, DeliveryId::generate(rng));
        Ok(Manifest {
            delivery: u32::try_from(row.number).unwrap_or(u32::MAX),
            period: ObservedPeriod {
                from: day(&row.period_from)?,
                until: day(&row.period_until)?,
            },
            method: linkage::METHOD.to_owned(),
            ..Manifest::single(study, kind, parties, id, clock::today())
        })
    }

    fn receipt_path(&self, row: &DeliveryRow) -> PathBuf {
        let (study, institution) = (&self.protocol().study.id, &row.institution);
        let name = format!(
            "{study}-ontvangstbewijs-{institution}-{:03}.verzegeld",
            row.number
        );
        self.folder().join(RECEIPTS).join(name)
    }
}

fn unreadable_row() -> Error {
    Error::Refused("De database van de studiemap noemt een levering die niet leesbaar is. Zet de laatste reservekopie van de hele map terug.".into())
}

impl InstitutionKeys {
    /// Holds a receipt against what was sealed, and keeps the state of the study's log that it
    /// carries.
    ///
    /// # Errors
    /// A receipt of something that these keys did not seal; a state of the log that contradicts
    /// one that was kept before.
    pub fn keep_receipt(
        &self,
        study: &str,
        receipt: &DeliveryReceipt,
        verified: &SignedCheckpoint,
    ) -> Result<(), Error> {
        if !self
            .sealed(study)
            .has_sealed(receipt.delivery, receipt.manifest)
        {
            return Err(Error::Refused(format!(
                "Dit bewijs gaat over levering {} met kenmerk {}, en die is met deze sleutels niet verzegeld. Er is iets anders ontvangen dan u verstuurde: meld het de studie.",
                receipt.delivery,
                receipt.manifest.short()
            )));
        }
        self.keep_checkpoint(study, verified)
    }

    /// Two states with equally many events and different digests: somebody got another log.
    fn keep_checkpoint(&self, study: &str, signed: &SignedCheckpoint) -> Result<(), Error> {
        let text = signed.to_string();
        let place = |text: &str| text.lines().nth(2).unwrap_or_default().to_owned();
        let head = |text: &str| text.lines().nth(3).unwrap_or_default().to_owned();
        let folder = self.folder().join(CHECKPOINTS);
        files::create_folder(&folder)?;
        let path = folder.join(format!("{study}-{}.txt", place(&text)));
        if path.exists() && head(&files::read_text(&path)?) != head(&text) {
            return Err(Error::Refused(format!(
                "De studie toonde eerder een andere stand van hetzelfde logboek ({}). Het logboek is veranderd: bewaar beide en meld het de functionaris gegevensbescherming.",
                path.display()
            )));
        }
        files::write_bytes(&path, text.as_bytes())
    }
}
