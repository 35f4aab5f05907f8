//! Erasing a client at the study team, on an order of the koppelpunt around the signed row ids of
//! the institution that asked.
//!
//! Who may be erased: whoever has a row that this institution delivered. What goes: the keys of
//! the client's rows in every delivery of everybody, the links of those rows, and everything
//! that was derived, which is made anew. What stays: publications, and a record of ids that mean
//! nothing any more, by which [`crate::Study::verify_erasures`] looks.

use crate::links::KeptLinks;
use crate::receive::institution_of;
use crate::{ErasureRow, Error, Study, at_rest, clock, files};
use codes::{Coded, Institution};
use envelope::{
    DeliveryId, Expected, FileKind, Manifest, Party, Recipient, SealedFile, Sealing, VerifiedFile,
};
use linkage::{LinkId, read_link_ids, read_rows, study_pseudonym, write_link_ids};
use record::RowId;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

/// Where the records of erasures lie.
pub(crate) const FOLDER: &str = "wissingen";

/// What became of an order to erase.
#[derive(Debug)]
pub struct Erased {
    /// The number of the withdrawal.
    pub request: DeliveryId,
    /// The institution that asked.
    pub institution: String,
    /// Whether the institution had delivered the client at all.
    pub delivered: bool,
    /// Rows of the client in deliveries, of all institutions.
    pub rows: usize,
    /// Whether it was done before; the answer is the same.
    pub before: bool,
    /// The sealed answer for the koppelpunt.
    pub answer: Vec<u8>,
}

/// What an institution is told of an erasure, signed by the study team. It is the same whether or
/// not anybody else delivered the client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErasureProof {
    /// Rows that the institution named.
    pub named: u64,
    /// Those of them that the study had, and that are erased.
    pub erased: u64,
    /// The day, `jjjj-mm-dd`.
    pub erased_on: String,
}

/// All that stays of an erased client: ids that mean nothing any more.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct ErasureRecord {
    /// The number of the withdrawal, in hexadecimal.
    pub(crate) request: String,
    institution: Institution,
    /// The day, `jjjj-mm-dd`.
    day: String,
    /// Rows that the institution named, and how many of them were known.
    named: u64,
    known: u64,
    delivered: bool,
    pub(crate) links: Vec<LinkId>,
    /// The study pseudonyms of that time.
    pub(crate) pseudonyms: Vec<[u8; 16]>,
    /// Every row, with who delivered it, where that is known.
    pub(crate) rows: Vec<(RowId, Option<Institution>)>,
}

impl ErasureRecord {
    /// The name of the erasure among the inputs of what is made after it.
    pub(crate) fn digest(&self) -> estimate::Digest {
        files::digest_of(format!("doorstroom/wissing|{}", self.request).as_bytes())
    }

    fn row_set(&self) -> BTreeSet<RowId> {
        self.rows.iter().map(|(row, _)| *row).collect()
    }

    /// Whether this institution had delivered a row of this link id.
    fn proves(&self, institution: Institution, link: LinkId) -> bool {
        let own = self.rows.iter().any(|(_, from)| *from == Some(institution));
        self.links.contains(&link) && (own || self.institution == institution)
    }
}

/// An order as it was sent, verified.
struct Order {
    request: DeliveryId,
    institution: Institution,
    /// The koppelpunt's newest link file at that time.
    link_file: i64,
    links: Vec<LinkId>,
    rows: BTreeSet<RowId>,
}

impl Study {
    /// Erases a client on an order of the koppelpunt. Doing so twice is the same as once; what a
    /// crash interrupted, goes on when the study is opened again.
    ///
    /// # Errors
    /// A file that is not what it should be; an institution that names rows of another; link
    /// files that have to be received first; keys that are missing from `study.toml`.
    pub fn erase(&self, path: &Path) -> Result<Erased, Error> {
        let bytes = files::read(path)?;
        let digest = files::digest_of(&bytes).to_string();
        self.erase_by(&bytes)
            .map_err(|error| self.record_refusal(&digest, error))
    }

    fn erase_by(&self, bytes: &[u8]) -> Result<Erased, Error> {
        let order = self.read_order(bytes)?;
        // Known before anything is erased: without them nobody would get an answer.
        let recipients = self.answer_recipients(order.institution)?;
        let request = order.request.to_string();
        let erasures = self.database().erasures()?;
        if erasures.iter().any(|row| row.request == request) {
            let record = self.read_record(&self.record_path(&request))?;
            return self.erased(&record, &recipients, true);
        }
        self.refuse_unlinked(&order)?;
        let record = self.find_rows(&order)?;
        self.write_record(&record)?;
        self.carry_out(&record)?;
        self.erased(&record, &recipients, false)
    }

    /// Brings erasures to their end that a crash interrupted.
    pub(crate) fn settle_erasures(&self) -> Result<(), Error> {
        let done = self.database().erasures()?;
        for record in self.erasure_records()? {
            if !done.iter().any(|row| row.request == record.request) {
                self.carry_out(&record)?;
            }
        }
        Ok(())
    }

    /// The records of all erasures.
    ///
    /// # Errors
    /// A record that cannot be read any more.
    pub(crate) fn erasure_records(&self) -> Result<Vec<ErasureRecord>, Error> {
        let paths = files::finished_files(&self.folder().join(FOLDER))?;
        paths.iter().map(|path| self.read_record(path)).collect()
    }

    /// Rows that may not be kept, whatever delivery they come in.
    pub(crate) fn refused_rows(&self) -> Result<BTreeSet<RowId>, Error> {
        let mut refused = BTreeSet::new();
        for file in self.kept_links()? {
            refused.extend(file?.1.refused());
        }
        for record in self.erasure_records()? {
            refused.extend(record.row_set());
        }
        Ok(refused)
    }

    /// Drops the keys of these rows in every delivery; how many there were.
    pub(crate) fn erase_rows(&self, rows: &BTreeSet<RowId>) -> Result<usize, Error> {
        if rows.is_empty() {
            return Ok(0);
        }
        let mut erased = 0;
        for delivery in self.database().deliveries()? {
            erased += self.vault().erase(&delivery.digest, rows)?;
        }
        Ok(erased)
    }

    fn read_order(&self, bytes: &[u8]) -> Result<Order, Error> {
        let outer = self.verified(bytes, FileKind::ErasureForStudy)?;
        let (request, link_file) = (outer.manifest().delivery_id, outer.manifest().delivery);
        let (links, inner) = outer.decrypt(self.identity(), |plain| {
            let links = read_link_ids(plain).map_err(linkage_refused)?;
            let mut inner = Vec::new();
            plain
                .read_to_end(&mut inner)
                .map_err(envelope::Error::from)?;
            Ok::<_, Error>((links, inner))
        })?;
        let inner = self.verified(&inner, FileKind::WithdrawnRowsForStudy)?;
        if inner.manifest().delivery_id != request {
            return Err(Error::Refused(
                "In deze wisopdracht zit een andere intrekking dan de opdracht noemt. Gebruik haar niet en vraag het koppelpunt wat er is gebeurd.".into(),
            ));
        }
        let institution = institution_of(&inner.manifest().sender)?;
        let rows = inner.decrypt(self.identity(), |plain| {
            read_rows(plain).map_err(linkage_refused)
        })?;
        Ok(Order {
            request,
            institution,
            link_file: i64::from(link_file),
            links,
            rows: rows.iter().map(|row| RowId(row.0)).collect(),
        })
    }

    fn verified<'b>(
        &self,
        bytes: &'b [u8],
        kind: FileKind,
    ) -> Result<VerifiedFile<Cursor<&'b [u8]>>, Error> {
        let senders = self.senders()?;
        Ok(SealedFile::read(Cursor::new(bytes))?.verify(&Expected {
            study: &self.protocol().study.id,
            kind,
            addressee: Party::Study,
            senders: &senders,
        })?)
    }

    /// Every link id that was ever given must be here, or a row that is still under way would be
    /// kept after all.
    fn refuse_unlinked(&self, order: &Order) -> Result<(), Error> {
        let files = self.database().link_files()?;
        let newest = files.last().map_or(0, |(_, number, _)| *number);
        if newest >= order.link_file {
            return Ok(());
        }
        Err(Error::Refused(format!(
            "Het koppelpunt maakte deze wisopdracht na koppelbestand {}; hier is {newest} het nieuwste. Ontvang eerst de koppelbestanden tot en met {} (`doorstroom receive`).",
            order.link_file, order.link_file
        )))
    }

    /// What to erase: whoever the koppelpunt names and this institution delivered, and whoever
    /// has one of the rows that it names.
    fn find_rows(&self, order: &Order) -> Result<ErasureRecord, Error> {
        let earlier = self.erasure_records()?;
        let mut known: BTreeSet<RowId> = earlier.iter().flat_map(ErasureRecord::row_set).collect();
        known.retain(|row| order.rows.contains(row));
        let mut named: BTreeSet<LinkId> = order.links.iter().copied().collect();
        self.each_link(|row, link| {
            if order.rows.contains(&row) {
                named.insert(link);
                known.insert(row);
            }
        })?;
        let mut rows_of: BTreeMap<LinkId, Vec<RowId>> = BTreeMap::new();
        self.each_link(|row, link| {
            if named.contains(&link) {
                rows_of.entry(link).or_default().push(row);
            }
        })?;
        let mut rows = order.rows.clone();
        rows.extend(rows_of.values().flatten());
        let deliverer = self.deliverers(&rows)?;
        if let Some(other) = (order.rows.iter())
            .filter_map(|row| deliverer.get(row))
            .find(|from| **from != order.institution)
        {
            return Err(Error::Refused(format!(
                "{} noemt in deze intrekking een rij die {} heeft geleverd. Er is niets gewist. Vraag beide instellingen wat er is gebeurd.",
                order.institution.label(),
                other.label()
            )));
        }
        known.extend(order.rows.iter().filter(|row| deliverer.contains_key(row)));
        let own = |row: &RowId| {
            order.rows.contains(row) || deliverer.get(row) == Some(&order.institution)
        };
        let proven = |link: &LinkId| {
            let of_link = rows_of.get(link);
            of_link.is_some_and(|rows| rows.iter().any(own))
                || earlier
                    .iter()
                    .any(|record| record.proves(order.institution, *link))
        };
        let links: Vec<LinkId> = named.into_iter().filter(proven).collect();
        let of_links = links.iter().filter_map(|link| rows_of.get(link)).flatten();
        let rows: BTreeSet<RowId> = of_links.copied().chain(known.iter().copied()).collect();
        Ok(ErasureRecord {
            request: order.request.to_string(),
            institution: order.institution,
            day: clock::today().to_string(),
            named: order.rows.len() as u64,
            known: known.len() as u64,
            delivered: !links.is_empty() || !known.is_empty(),
            pseudonyms: (links.iter())
                .map(|link| study_pseudonym(self.secret(), *link).0)
                .collect(),
            rows: (rows.into_iter())
                .map(|row| (row, deliverer.get(&row).copied()))
                .collect(),
            links,
        })
    }

    fn each_link(&self, mut each: impl FnMut(RowId, LinkId)) -> Result<(), Error> {
        for file in self.kept_links()? {
            file?
                .1
                .links
                .iter()
                .for_each(|(row, link)| each(*row, *link));
        }
        Ok(())
    }

    /// Who delivered these rows, of those that are here.
    pub(crate) fn deliverers(
        &self,
        rows: &BTreeSet<RowId>,
    ) -> Result<BTreeMap<RowId, Institution>, Error> {
        let mut deliverers = BTreeMap::new();
        for delivery in self.database().deliveries()? {
            let Some(institution) = Institution::from_key(&delivery.institution) else {
                continue;
            };
            let keys = self.vault().keys(&delivery.digest)?;
            let here = keys.rows().filter(|row| rows.contains(row));
            deliverers.extend(here.map(|row| (row, institution)));
        }
        Ok(deliverers)
    }

    /// Erases what a record names; each step may have been done before. The database comes last.
    fn carry_out(&self, record: &ErasureRecord) -> Result<(), Error> {
        let rows = record.row_set();
        if !rows.is_empty() {
            self.erase_rows(&rows)?;
            self.erase_links(record, &rows)?;
            self.remove_derived()?;
        }
        self.database().add_erasure(&ErasureRow {
            request: record.request.clone(),
            digest: record.digest().to_string(),
            institution: record.institution.key().into(),
            content_rows: rows.len() as i64,
            erased_at: clock::timestamp(),
        })
    }

    fn erase_links(&self, record: &ErasureRecord, rows: &BTreeSet<RowId>) -> Result<(), Error> {
        let goes = |row: &RowId, link: &LinkId| rows.contains(row) || record.links.contains(link);
        for file in self.kept_links()? {
            let (digest, mut kept): (String, KeptLinks) = file?;
            let before = kept.links.len();
            kept.links.retain(|(row, link)| !goes(row, link));
            if kept.links.len() < before {
                self.keep_links(&digest, &kept)?;
            }
        }
        Ok(())
    }

    /// Removes joined rows and results: they are made anew from what is left.
    fn remove_derived(&self) -> Result<(), Error> {
        self.lockbox().drop_keys_starting("moment-")?;
        self.lockbox().drop_keys_starting("resultaat-")?;
        for path in files::finished_files(&self.folder().join("momenten"))? {
            files::remove(&path)?;
        }
        files::remove_folders_in(&self.folder().join("resultaten"))
    }

    fn erased(
        &self,
        record: &ErasureRecord,
        recipients: &(Recipient, Recipient),
        before: bool,
    ) -> Result<Erased, Error> {
        let request: DeliveryId = record
            .request
            .parse()
            .map_err(|_| self.unreadable(record))?;
        let day = calendar::Day::parse_iso(&record.day).ok_or_else(|| self.unreadable(record))?;
        let institution =
            Party::institution(record.institution.key()).map_err(|_| self.unreadable(record))?;
        let letter = |kind, to| {
            let study = &self.protocol().study.id;
            Manifest::single(study, kind, (Party::Study, to), request, day)
        };
        let proof = ErasureProof {
            named: record.named,
            erased: record.known,
            erased_on: record.day.clone(),
        };
        let proof = serde_json::to_vec(&proof).expect("plain numbers always serialise");
        let (koppelpunt, to_institution) = recipients;
        let manifest = letter(FileKind::ErasedForInstitution, institution);
        let inner = self.seal(&manifest, to_institution, |out| out.write_all(&proof))?;
        let manifest = letter(FileKind::ErasedForKoppelpunt, Party::Koppelpunt);
        let answer = self.seal(&manifest, koppelpunt, |out| {
            write_link_ids(out, &record.links)?;
            out.write_all(&[u8::from(record.delivered)])?;
            out.write_all(&inner)
        })?;
        Ok(Erased {
            request,
            institution: record.institution.label().into(),
            delivered: record.delivered,
            rows: record.rows.len(),
            before,
            answer,
        })
    }

    fn seal(
        &self,
        manifest: &Manifest,
        recipient: &Recipient,
        payload: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
    ) -> Result<Vec<u8>, Error> {
        let sealing = Sealing {
            signing_key: self.signing_key(),
            recipients: std::slice::from_ref(recipient),
        };
        let mut sealed = Vec::new();
        envelope::seal(manifest, sealing, &mut sealed, payload)?;
        Ok(sealed)
    }

    /// To whom the answer goes: the koppelpunt, and inside it the institution.
    fn answer_recipients(&self, institution: Institution) -> Result<(Recipient, Recipient), Error> {
        let parse = |text: &str, what: &str| {
            text.parse().map_err(|_| Error::Malformed {
                path: self.folder().join("study.toml"),
                message: format!(
                    "`{what}` ontbreekt of is geen openbare sleutel; zonder kan niemand het antwoord lezen. Kopieer de regel uit `doorstroom key show`."
                ),
            })
        };
        let entries = &self.protocol().institutions;
        let entry = entries
            .iter()
            .find(|e| e.institution() == Some(institution));
        let receives = entry.map_or("", |entry| entry.receives.as_str());
        let koppelpunt = &self.protocol().linkage.koppelpunt_recipient;
        Ok((
            parse(koppelpunt, "koppelpunt_ontvangt")?,
            parse(receives, &format!("ontvangt van {}", institution.key()))?,
        ))
    }

    fn record_path(&self, request: &str) -> PathBuf {
        self.folder().join(FOLDER).join(format!("{request}.age"))
    }

    fn write_record(&self, record: &ErasureRecord) -> Result<(), Error> {
        let path = self.record_path(&record.request);
        let bytes = postcard::to_stdvec(record).expect("plain ids always serialise");
        at_rest::write(&path, self.identity(), |writer| {
            writer.write_all(&bytes).map_err(Error::at(&path))
        })
    }

    pub(crate) fn read_record(&self, path: &Path) -> Result<ErasureRecord, Error> {
        let bytes = at_rest::read(path, self.identity())?;
        postcard::from_bytes(&bytes).map_err(|error| Error::Cipher {
            path: path.to_path_buf(),
            message: error.to_string(),
        })
    }

    fn unreadable(&self, record: &ErasureRecord) -> Error {
        Error::Cipher {
            path: self.record_path(&record.request),
            message: "not a record of an erasure".into(),
        }
    }
}

fn linkage_refused(error: linkage::Error) -> Error {
    Error::Refused(error.sentence())
}
