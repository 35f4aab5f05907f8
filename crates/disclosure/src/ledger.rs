//! The ledger: everything ever released, chained by digests.
//!
//! An entry is text in five lines: the digest of the four below it; what binds it (number,
//! the entry before it, policy, who approved); the header; the results as published; and the
//! *private record*: the exact counts and sums behind the release. The private record is what
//! later releases are compared with. It holds small counts, so a ledger belongs in the
//! restricted study folder and is never published.

use crate::record::Record;
use crate::wire::Wire;
use crate::{Policy, PolicyDraft, Publication, PublicationHeader, Published, Refusal};
use estimate::Digest;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// Everything ever released.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    entries: Vec<LedgerEntry>,
}

/// One release.
#[derive(Clone)]
pub struct LedgerEntry {
    number: u32,
    bytes: Vec<u8>,
    digest: Digest,
    record: Record,
}

/// What binds an entry to its place and its approval.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Binding {
    pub(crate) format: String,
    pub(crate) number: u32,
    /// Digest of the entry before it, in hexadecimal.
    pub(crate) previous: String,
    pub(crate) policy: PolicyDraft,
    pub(crate) author: String,
    pub(crate) checkers: Vec<String>,
}

/// The form of an entry.
pub(crate) const FORMAT: &str = "doorstroom-publicatie-2";

/// SHA-256 of parts, each preceded by its length, under a label.
pub(crate) fn digest(label: &str, parts: &[&[u8]]) -> Digest {
    let mut hasher = Sha256::new();
    for part in std::iter::once(label.as_bytes()).chain(parts.iter().copied()) {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    Digest(hasher.finalize().into())
}

/// The digest of what is released: the results, under their policy, at their place.
pub(crate) fn release_digest(results: &str, policy: &PolicyDraft, previous: Digest) -> Digest {
    let policy = serde_json::to_string(policy).expect("settings have a form in JSON");
    digest(
        "doorstroom/release/v1",
        &[results.as_bytes(), policy.as_bytes(), &previous.0],
    )
}

/// The published results as text.
pub(crate) fn results_text(results: &[Published]) -> String {
    serde_json::Value::Array(results.iter().map(Wire::write).collect()).to_string()
}

impl Ledger {
    /// A ledger without releases.
    pub fn empty() -> Self {
        Self::default()
    }

    /// Reads a ledger from its entries, the first release first.
    ///
    /// # Errors
    ///
    /// [`Refusal::LedgerBroken`] where an entry is not what was written, or the chain is
    /// interrupted.
    pub fn read(entries: &[&[u8]]) -> Result<Self, Refusal> {
        let mut ledger = Self::empty();
        for bytes in entries {
            let entry = LedgerEntry::read(bytes, &ledger)?;
            ledger.entries.push(entry);
        }
        Ok(ledger)
    }

    /// The ledger with one more release.
    ///
    /// # Errors
    ///
    /// [`Refusal::LedgerBroken`] where the entry does not follow on the last one.
    pub fn with(&self, entry: LedgerEntry) -> Result<Self, Refusal> {
        let entry = LedgerEntry::read(&entry.bytes, self)?;
        let mut ledger = self.clone();
        ledger.entries.push(entry);
        Ok(ledger)
    }

    /// The entries, the first release first.
    pub fn entries(&self) -> &[LedgerEntry] {
        &self.entries
    }

    /// The digest of the last entry; keep it elsewhere too, so that a ledger from which the
    /// last entries were cut can be told.
    pub fn head(&self) -> Digest {
        self.entries
            .last()
            .map_or(Digest([0; 32]), |entry| entry.digest)
    }

    /// The number of the next release.
    pub fn next_number(&self) -> u32 {
        self.entries.len() as u32 + 1
    }

    /// Reads a release back.
    ///
    /// # Errors
    ///
    /// [`Refusal::NoSuchRelease`]; [`Refusal::LedgerBroken`] where it cannot be read.
    pub fn reopen(&self, number: u32) -> Result<Publication, Refusal> {
        let index = number
            .checked_sub(1)
            .ok_or(Refusal::NoSuchRelease(number))? as usize;
        let entry = self
            .entries
            .get(index)
            .ok_or(Refusal::NoSuchRelease(number))?;
        let (_, publication, _) = open(&entry.bytes, number)?;
        Ok(publication)
    }

    pub(crate) fn records(&self) -> impl Iterator<Item = &Record> {
        self.entries.iter().map(|entry| &entry.record)
    }
}

impl LedgerEntry {
    /// The entry of a release that was approved.
    pub(crate) fn write(
        binding: &Binding,
        publication: &Publication,
        record: Record,
    ) -> LedgerEntry {
        let json = |value: Result<String, serde_json::Error>| value.expect("plain data has a form");
        let body = [
            json(serde_json::to_string(binding)),
            json(serde_json::to_string(&publication.header)),
            results_text(&publication.results),
            json(serde_json::to_string(&record)),
        ]
        .join("\n");
        let bytes = format!("{}\n{body}\n", seal(&body)).into_bytes();
        let digest = digest("doorstroom/ledger-entry/v1", &[&bytes]);
        LedgerEntry {
            number: binding.number,
            bytes,
            digest,
            record,
        }
    }

    fn read(bytes: &[u8], before: &Ledger) -> Result<Self, Refusal> {
        let number = before.next_number();
        let broken = |what| Refusal::LedgerBroken { number, what };
        let (binding, publication, record) = open(bytes, number)?;
        if binding.number != number || publication.header.release_number != number {
            return Err(broken("het nummer klopt niet"));
        }
        if binding.previous != before.head().to_string() {
            return Err(broken("het volgt niet op het vorige"));
        }
        Policy::new(binding.policy.clone()).map_err(|_| broken("het beleid is te ruim"))?;
        let results = results_text(&publication.results);
        let expected = release_digest(&results, &binding.policy, before.head());
        if publication.header.digest != expected.to_string() {
            return Err(broken("de inhoud is niet wat is goedgekeurd"));
        }
        let digest = digest("doorstroom/ledger-entry/v1", &[bytes]);
        Ok(Self {
            number,
            bytes: bytes.to_vec(),
            digest,
            record,
        })
    }

    /// What to store, unchanged, in the restricted study folder.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The digest of the entry, by which the next one follows on it.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// The number of the release, from 1.
    pub fn number(&self) -> u32 {
        self.number
    }
}

impl std::fmt::Debug for LedgerEntry {
    /// The number and digest only: an entry holds small counts.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LedgerEntry")
            .field("number", &self.number)
            .field("digest", &self.digest)
            .finish_non_exhaustive()
    }
}

fn seal(body: &str) -> Digest {
    digest("doorstroom/ledger-body/v1", &[body.as_bytes()])
}

fn open(bytes: &[u8], number: u32) -> Result<(Binding, Publication, Record), Refusal> {
    let broken = |what| Refusal::LedgerBroken { number, what };
    let text = std::str::from_utf8(bytes).map_err(|_| broken("het is geen tekst"))?;
    let body = text
        .strip_suffix('\n')
        .and_then(|text| text.split_once('\n'));
    let (written, body) = body.ok_or(broken("het is afgebroken"))?;
    if written != seal(body).to_string() {
        return Err(broken("het is veranderd"));
    }
    let lines: Vec<&str> = body.split('\n').collect();
    let [binding, header, results, record] = lines[..] else {
        return Err(broken("het heeft een andere vorm"));
    };
    let form = broken("het heeft een andere vorm");
    let binding: Binding = serde_json::from_str(binding).map_err(|_| form.clone())?;
    if binding.format != FORMAT {
        return Err(form);
    }
    let header: PublicationHeader = serde_json::from_str(header).map_err(|_| form.clone())?;
    let results = serde_json::from_str(results).map_err(|_| form.clone())?;
    let results = Vec::<Published>::read(results).ok_or(form.clone())?;
    let record: Record = serde_json::from_str(record).map_err(|_| form)?;
    Ok((binding, Publication { header, results }, record))
}
