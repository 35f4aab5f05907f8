use crate::snapshot::{DeliveredContent, assemble};
use crate::{DeliveryRow, DeliveryStatus, Error, Study, clock, files};
use calendar::Day;
use codes::{Coded, Institution};
use envelope::{Expected, FileKind, Party, SealedFile, SenderState, VerifiedFile};
use estimate::LinkageEvidence;
use linkage::{LinkId, SensitivityRange, read_links, study_pseudonym};
use rayon::prelude::*;
use record::{Content, SCHEMA_VERSION};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs::File;
use std::path::{Path, PathBuf};

/// What became of a file that was received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Received {
    /// It was here already; nothing was done.
    AlreadyHere,
    /// A delivery was taken in.
    Delivery {
        /// Who delivered.
        institution: Institution,
        /// Whether it replaced an earlier delivery over the same period.
        correction: bool,
        /// Clients in it.
        clients: u64,
    },
    /// A link file was taken in.
    Links {
        /// Rows in it.
        rows: u64,
    },
}

/// What the koppelpunt says of the quality of one delivery's linkage; counts and rates only.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LinkQuality {
    /// Code of the institution.
    pub institution: String,
    /// Number of the delivery.
    pub delivery: u32,
    /// Rows in it.
    pub rows: u64,
    /// Rows linked to a person that was known already.
    pub linked: u64,
    /// Rows that could not be decided.
    pub undecided: u64,
    /// Estimated share of true links that were found, from below and from above.
    pub sensitivity: Option<(f64, f64)>,
    /// Per match key, in the order of the declaration, what it did.
    pub keys: Vec<KeyLinks>,
}

/// What one match key did for one delivery; counts only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyLinks {
    /// The key.
    pub key: String,
    /// Rows that it linked.
    pub linked: u64,
    /// Rows that it would have linked, but for a rule.
    pub refused: u64,
    /// Links that other keys support, and in which it can be compared.
    pub comparable: u64,
    /// Those in which it agrees.
    pub agreed: u64,
}

/// What became of the linked content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Joined {
    /// It was made anew.
    Made {
        /// Linked persons.
        persons: usize,
        /// Rows.
        rows: usize,
    },
    /// It is as it was.
    Unchanged,
    /// Rows of this institution wait for their link file.
    Waiting(Institution),
}

type Verified = VerifiedFile<File>;

/// The layout of linked content; another one is made anew from the deliveries.
const LINKED_VERSION: u32 = 2;

impl Study {
    /// Takes in a sealed file. Doing so twice is the same as once; a crash on the way leaves
    /// the study as it was.
    ///
    /// # Errors
    /// A file that is not what it should be, not from whom it should be, out of order, or a
    /// correction without a reason.
    pub fn receive(&self, path: &Path, correction: Option<&str>) -> Result<Received, Error> {
        let mut original = File::open(path).map_err(Error::at(path))?;
        let digest = files::digest_of_file(&mut original, path)?;
        if self.is_here(&digest.to_string())? {
            let digest = digest.to_string();
            self.database()
                .add_event("bestand ontvangen", &digest, "was er al")?;
            return Ok(Received::AlreadyHere);
        }
        let place = self.delivery_path(&digest.to_string());
        let outcome = files::Copied::of(&mut original, (path, digest), &place)
            .and_then(|copied| self.take_in(copied, (path, &digest.to_string()), correction));
        outcome.map_err(|error| self.record_refusal(&digest.to_string(), error))
    }

    /// Refusals are events too; their text names no client. Where the event cannot be kept, the
    /// user still reads why the file was refused.
    fn record_refusal(&self, digest: &str, refusal: Error) -> Error {
        let sentence = refusal.sentence();
        match self
            .database()
            .add_event("bestand geweigerd", digest, &sentence)
        {
            Ok(()) => refusal,
            Err(because) => Error::Unrecorded {
                refusal: Box::new(refusal),
                because: Box::new(because),
            },
        }
    }

    /// Judges the own copy of a file, so that what is checked is what is kept.
    fn take_in(
        &self,
        copied: files::Copied,
        named: (&Path, &str),
        correction: Option<&str>,
    ) -> Result<Received, Error> {
        let sealed = SealedFile::read(copied.open()?)?;
        let kind = match sealed.claimed().kind {
            FileKind::LinksForStudy => FileKind::LinksForStudy,
            // Anything else is held against what an institution sends; a wrong kind is refused.
            _ => FileKind::ContentForStudy,
        };
        let senders = self.senders()?;
        let study = self.protocol().study.id.clone();
        let verified = sealed.verify(&Expected {
            study: &study,
            kind,
            addressee: Party::Study,
            senders: &senders,
        })?;
        match kind {
            FileKind::LinksForStudy => self.take_in_links(copied, named.1, verified),
            _ => self.take_in_delivery(copied, named, verified, correction),
        }
    }

    fn is_here(&self, digest: &str) -> Result<bool, Error> {
        let deliveries = self.database().deliveries()?;
        let links = self.database().link_files()?;
        Ok(deliveries.iter().any(|row| row.digest == digest)
            || links.iter().any(|(own, ..)| own == digest))
    }

    fn take_in_delivery(
        &self,
        copied: files::Copied,
        (path, digest): (&Path, &str),
        verified: Verified,
        correction: Option<&str>,
    ) -> Result<Received, Error> {
        let manifest = verified.manifest().clone();
        let state = verified.state();
        if manifest.schema_version != SCHEMA_VERSION {
            return Err(Error::Refused(format!(
                "{}: deze levering is gemaakt met versie {} van het gegevensmodel, de studie gebruikt versie {SCHEMA_VERSION}. Laat de instelling dezelfde versie van Doorstroom gebruiken en opnieuw verzegelen.",
                path.display(),
                manifest.schema_version
            )));
        }
        let institution = institution_of(&manifest.sender)?;
        let earlier = self.deliveries_of(institution)?;
        verified.check_order(earlier.last().and_then(sender_state).as_ref())?;
        let current = earlier
            .iter()
            .find(|row| row.status == DeliveryStatus::Current);
        let period = (
            manifest.period.from.to_string(),
            manifest.period.until.to_string(),
        );
        let replaces = current
            .map(|row| check_replacement(row, &period, correction))
            .transpose()?;
        let is_correction = replaces.as_ref().is_some_and(|(_, correction)| *correction);
        // Only what can be read is taken in.
        let clients = self.check_content(verified)?;
        copied.keep(&self.delivery_path(digest))?;
        let row = DeliveryRow {
            id: 0,
            institution: institution.key().into(),
            number: i64::from(manifest.delivery),
            delivery_id: manifest.delivery_id.to_string(),
            period_from: period.0,
            period_until: period.1,
            digest: digest.into(),
            manifest: state.manifest.to_string(),
            clients: clients as i64,
            content_rows: manifest.rows.values().sum::<u64>() as i64,
            received_at: clock::timestamp(),
            status: DeliveryStatus::Current,
            correction: correction.filter(|_| is_correction).map(str::to_owned),
        };
        self.database()
            .add_delivery(&row, replaces.map(|(id, _)| id))?;
        Ok(Received::Delivery {
            institution,
            correction: is_correction,
            clients,
        })
    }

    fn check_content(&self, verified: Verified) -> Result<u64, Error> {
        let bytes = verified.decrypt_to_vec(self.identity())?;
        Ok(Content::<Day>::from_bytes(&bytes)?.clients.len() as u64)
    }

    fn take_in_links(
        &self,
        copied: files::Copied,
        digest: &str,
        verified: Verified,
    ) -> Result<Received, Error> {
        let (manifest, state) = (verified.manifest().clone(), verified.state());
        let last = self
            .database()
            .link_files()?
            .last()
            .and_then(|(_, number, manifest)| {
                Some(SenderState {
                    delivery: u32::try_from(*number).ok()?,
                    manifest: manifest.parse().ok()?,
                })
            });
        verified.check_order(last.as_ref())?;
        // Only what can be read is taken in: it would be in the way of every joining.
        let bytes = verified.decrypt_to_vec(self.identity())?;
        read_link_file(&bytes)?;
        copied.keep(&self.links_path(digest))?;
        self.database().add_link_file(
            digest,
            i64::from(manifest.delivery),
            &state.manifest.to_string(),
        )?;
        Ok(Received::Links {
            rows: manifest.rows.values().sum(),
        })
    }

    fn deliveries_of(&self, institution: Institution) -> Result<Vec<DeliveryRow>, Error> {
        let rows = self.database().deliveries()?;
        let mut own: Vec<_> = rows
            .into_iter()
            .filter(|row| row.institution == institution.key())
            .collect();
        own.sort_by_key(|row| row.number);
        Ok(own)
    }

    /// Joins the current deliveries with their links into linked content on relative days, if
    /// anything changed since the last time.
    ///
    /// # Errors
    /// A sealed file that cannot be read any more; what the file system or the ledger says.
    pub fn join(&self) -> Result<Joined, Error> {
        let inputs = self.join_digest()?;
        if self
            .database()
            .newest_snapshot()?
            .is_some_and(|(_, known)| known == inputs)
        {
            // A crash may have come between joining and this.
            self.remove_unused_snapshots()?;
            return Ok(Joined::Unchanged);
        }
        let mut deliveries = self.database().deliveries()?;
        deliveries.retain(|row| row.status == DeliveryStatus::Current);
        if deliveries.is_empty() {
            // Nothing to join is not the same as an empty study to analyse.
            return Ok(Joined::Unchanged);
        }
        let links = self.links()?;
        let mut delivered = Vec::new();
        for row in &deliveries {
            match self.open_delivery(row, &links)? {
                Ok(delivery) => delivered.push(delivery),
                Err(institution) => return Ok(Joined::Waiting(institution)),
            }
        }
        drop(links);
        let linked = assemble(delivered, self.protocol().dates());
        let bytes = postcard::to_stdvec(&linked).expect("plain rows always serialise");
        let path = self.snapshot_path(&inputs);
        crate::at_rest::write(&path, self.identity(), |writer| {
            writer.write_all(&bytes).map_err(Error::at(&path))
        })?;
        let (persons, rows) = (linked.persons.len(), linked.content.rows());
        self.database().add_snapshot(
            &files::digest_of(&bytes).to_string(),
            &inputs,
            persons,
            rows,
        )?;
        self.remove_unused_snapshots()?;
        Ok(Joined::Made { persons, rows })
    }

    /// Removes joined rows that are neither the newest nor those of a run: data about people are
    /// kept no longer than they are used. The database is written before anything goes, so
    /// that after a crash it never names rows that are gone and asked for.
    fn remove_unused_snapshots(&self) -> Result<(), Error> {
        let in_use = self.database().snapshots_in_use()?;
        let in_use: BTreeSet<PathBuf> = in_use
            .iter()
            .map(|inputs| self.snapshot_path(inputs))
            .collect();
        for path in files::finished_files(&self.folder().join("momenten"))? {
            if !in_use.contains(&path) {
                files::remove(&path)?;
            }
        }
        Ok(())
    }

    /// The digest of everything that linked content is a function of.
    pub(crate) fn join_digest(&self) -> Result<String, Error> {
        let dates = format!(
            "{:?} schema {SCHEMA_VERSION} linked {LINKED_VERSION} secret {} code {}",
            self.protocol().dates(),
            self.secret_epoch,
            env!("CARGO_PKG_VERSION")
        );
        let mut bytes = dates.into_bytes();
        for digest in self.inputs()? {
            bytes.extend(digest.0);
        }
        Ok(files::digest_of(&bytes).to_string())
    }

    fn links(&self) -> Result<HashMap<[u8; 16], LinkId>, Error> {
        let mut links = HashMap::new();
        for (digest, ..) in self.database().link_files()? {
            let verified = self.verify_again(&self.links_path(&digest), FileKind::LinksForStudy)?;
            let bytes = verified.decrypt_to_vec(self.identity())?;
            let (pairs, _) = read_link_file(&bytes)?;
            links.extend(pairs.into_iter().map(|(row, link)| (row.0, link)));
        }
        Ok(links)
    }

    /// How much was linked of the newest delivery of each institution, as the koppelpunt told.
    ///
    /// # Errors
    /// A link file that cannot be read any more.
    pub fn linkage_quality(&self) -> Result<Vec<LinkQuality>, Error> {
        let mut newest: BTreeMap<String, LinkQuality> = BTreeMap::new();
        for (digest, ..) in self.database().link_files()? {
            let verified = self.verify_again(&self.links_path(&digest), FileKind::LinksForStudy)?;
            let bytes = verified.decrypt_to_vec(self.identity())?;
            let (_, qualities) = read_link_file(&bytes)?;
            newest.extend(
                qualities
                    .into_iter()
                    .map(|quality| (quality.institution.clone(), quality)),
            );
        }
        Ok(newest.into_values().collect())
    }

    /// How much of what belongs together was linked over all institutions, and what that does to
    /// returns; `None` where nothing was linked.
    ///
    /// # Errors
    /// As [`Study::linkage_quality`].
    pub fn linkage_evidence(&self) -> Result<Option<LinkageEvidence>, Error> {
        Ok(evidence_of(&self.linkage_quality()?))
    }

    fn open_delivery(
        &self,
        row: &DeliveryRow,
        links: &HashMap<[u8; 16], LinkId>,
    ) -> Result<Result<DeliveredContent, Institution>, Error> {
        let verified =
            self.verify_again(&self.delivery_path(&row.digest), FileKind::ContentForStudy)?;
        let institution = institution_of(&verified.manifest().sender)?;
        let period = verified.manifest().period;
        let left_behind = verified.manifest().left_behind.unwrap_or_default();
        let bytes = verified.decrypt_to_vec(self.identity())?;
        let content = Content::<Day>::from_bytes(&bytes)?;
        drop(bytes);
        let pseudonym = |id: &record::RowId| {
            links
                .get(&id.0)
                .map(|link| study_pseudonym(self.secret(), *link).0)
        };
        let pseudonyms: Option<Vec<[u8; 16]>> = content.row_ids.par_iter().map(pseudonym).collect();
        Ok(pseudonyms
            .ok_or(institution)
            .map(|pseudonyms| DeliveredContent {
                institution,
                observed_from: period.from,
                observed_until: period.until,
                left_behind: record::LeftBehind {
                    objected: left_behind.objected,
                    not_asked: left_behind.not_asked,
                },
                content,
                pseudonyms,
            }))
    }

    fn verify_again(&self, path: &Path, kind: FileKind) -> Result<Verified, Error> {
        let senders = self.senders()?;
        let study = self.protocol().study.id.clone();
        let sealed = SealedFile::read(File::open(path).map_err(Error::at(path))?)?;
        Ok(sealed.verify(&Expected {
            study: &study,
            kind,
            addressee: Party::Study,
            senders: &senders,
        })?)
    }

    fn delivery_path(&self, digest: &str) -> PathBuf {
        self.folder()
            .join("leveringen")
            .join(format!("{digest}.verzegeld"))
    }

    fn links_path(&self, digest: &str) -> PathBuf {
        self.folder()
            .join("koppelingen")
            .join(format!("{digest}.verzegeld"))
    }
}

/// Whether a delivery may take the place of the current one, and whether that is a correction.
fn check_replacement(
    current: &DeliveryRow,
    period: &(String, String),
    correction: Option<&str>,
) -> Result<(i64, bool), Error> {
    if period.1 < current.period_until {
        return Err(Error::Refused(format!(
            "De levering loopt tot {}, maar er is al een levering tot {}. Een oudere levering komt er niet meer bij.",
            period.1, current.period_until
        )));
    }
    let starts_later = period.0 > current.period_from;
    let is_correction = starts_later || period.1 == current.period_until;
    if is_correction && correction.is_none_or(|reason| reason.trim().is_empty()) {
        let why = if starts_later {
            format!(
                "De levering begint op {}, de vorige op {}. Een nieuwe levering bevat ook de eerdere jaren. Is dit toch zo bedoeld",
                period.0, current.period_from
            )
        } else {
            "Over deze periode is al een levering van deze instelling ontvangen. Is dit een correctie".into()
        };
        return Err(Error::Refused(format!(
            "{why}, geef dan de reden op: `doorstroom receive STUDIE BESTAND --correction \"reden\"`."
        )));
    }
    Ok((current.id, is_correction))
}

fn sender_state(row: &DeliveryRow) -> Option<SenderState> {
    Some(SenderState {
        delivery: u32::try_from(row.number).ok()?,
        manifest: row.manifest.parse().ok()?,
    })
}

fn institution_of(sender: &Party) -> Result<Institution, Error> {
    let known = match sender {
        Party::Institution(code) => Institution::from_key(code.as_str()),
        _ => None,
    };
    known.ok_or_else(|| {
        Error::Refused("De afzender van deze levering is geen instelling uit lijst CL01.".into())
    })
}

/// The evidence of several deliveries together: links found over true links, from below and
/// from above, and the factors of `docs/methods/linkage.md`, 6.
fn evidence_of(qualities: &[LinkQuality]) -> Option<LinkageEvidence> {
    let (mut linked, mut rows, mut most, mut least) = (0.0, 0.0, 0.0, 0.0);
    for quality in qualities {
        rows += quality.rows as f64;
        if let Some((low, high)) = quality.sensitivity {
            linked += quality.linked as f64;
            most += quality.linked as f64 / low;
            least += quality.linked as f64 / high;
        }
    }
    (linked > 0.0).then(|| {
        let range = SensitivityRange {
            low: linked / most,
            high: linked / least,
        };
        LinkageEvidence {
            sensitivity: (range.low, range.high),
            return_factors: range.return_factors(linked / rows),
        }
    })
}

type LinkFile = (Vec<(linkage::RowId, LinkId)>, Vec<LinkQuality>);

/// The links of a link file, and what the koppelpunt says of their quality.
fn read_link_file(bytes: &[u8]) -> Result<LinkFile, Error> {
    let mut rest = bytes;
    let links = read_links(&mut rest).map_err(|error| Error::Refused(error.sentence()))?;
    let qualities = serde_json::from_slice(rest).map_err(|_| {
        Error::Refused("Het koppelbestand bevat geen leesbare kwaliteitscijfers. Vraag het koppelpunt het opnieuw te maken.".into())
    })?;
    Ok((links, qualities))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::NewStudy;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    #[test]
    fn deliveries_count_by_their_links() {
        let quality = |rows, linked, sensitivity| LinkQuality {
            institution: "WIER".into(),
            delivery: 1,
            rows,
            linked,
            undecided: 0,
            sensitivity,
            keys: Vec::new(),
        };
        assert_eq!(evidence_of(&[quality(10, 0, None)]), None);
        // 90 of 100 and 30 of 60 links at worst, all at best: 120 of 160.
        let two = [
            quality(200, 90, Some((0.9, 1.0))),
            quality(200, 30, Some((0.5, 1.0))),
        ];
        let evidence = evidence_of(&two).unwrap();
        assert!((evidence.sensitivity.0 - 0.75).abs() < 1e-12);
        assert!((evidence.sensitivity.1 - 1.0).abs() < 1e-12);
        let (least, most) = evidence.return_factors.unwrap();
        assert!((least - 1.0).abs() < 1e-12);
        assert!((most - 1.0 / (0.75 - 0.3 * 0.25)).abs() < 1e-12);
    }

    #[test]
    fn a_refusal_is_told_even_where_it_cannot_be_recorded() {
        let folder = tempfile::tempdir().unwrap();
        let new = NewStudy {
            id: "proef".into(),
            ..NewStudy::default()
        };
        let study = Study::create(folder.path(), &new, &mut StdRng::seed_from_u64(1)).unwrap();
        let path = folder.path().join("a.verzegeld");
        files::write_bytes(&path, b"geen verzegeld bestand").unwrap();
        let refused = study.receive(&path, None).unwrap_err();
        assert!(matches!(
            refused,
            Error::Envelope(envelope::Error::NotSealed)
        ));
        let events = study.database().events().unwrap();
        assert_eq!(events.last().unwrap().what, "bestand geweigerd");
        assert_eq!(
            files::finished_files(&folder.path().join("leveringen"))
                .unwrap()
                .len(),
            0
        );

        study.database().execute("DROP TABLE event");
        let refused = study.receive(&path, None).unwrap_err();
        let Error::Unrecorded { refusal, because } = &refused else {
            panic!("{refused}")
        };
        assert!(matches!(
            **refusal,
            Error::Envelope(envelope::Error::NotSealed)
        ));
        assert!(matches!(**because, Error::Database(_)));
        assert!(refused.sentence().starts_with(&refusal.sentence()));
    }
}
