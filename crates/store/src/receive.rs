use crate::links::{KeptLinks, Linked};
use crate::snapshot::{DeliveredContent, assemble, distinct_pseudonyms};
use crate::{DeliveryRow, DeliveryStatus, Error, Study, clock, files};
use calendar::Day;
use codes::{Coded, Institution};
use envelope::{Cover, Expected, FileKind, Party, SealedFile, SenderState, VerifiedFile};
use linkage::study_pseudonym;
use rayon::prelude::*;
use record::{ClientIndex, Content, SCHEMA_VERSION};
use std::collections::BTreeSet;
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
const LINKED_VERSION: u32 = 3;

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
        let place = self.vault().path(&digest.to_string());
        let outcome = files::Copied::of(&mut original, (path, digest), &place)
            .and_then(|copied| self.take_in(copied, (path, &digest.to_string()), correction));
        outcome.map_err(|error| self.record_refusal(&digest.to_string(), error))
    }

    /// Refusals are events too; their text names no client. Where the event cannot be kept, the
    /// user still reads why the file was refused.
    pub(crate) fn record_refusal(&self, digest: &str, refusal: Error) -> Error {
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
            FileKind::LinksForStudy => self.take_in_links(named.1, verified),
            _ => self.take_in_delivery(named, verified, correction),
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
        let cover = verified.cover();
        let bytes = verified.decrypt_to_vec(self.identity())?;
        let content = Content::<Day>::from_bytes(&bytes)?;
        drop(bytes);
        // As many as were sent, whoever is refused: the receipt must not tell of withdrawals.
        let clients = content.clients.len() as u64;
        let content = without(content, &self.refused_rows()?);
        self.vault().keep(digest, &cover, content)?;
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
        self.replay_splits()?;
        Ok(Received::Delivery {
            institution,
            correction: is_correction,
            clients,
        })
    }

    fn take_in_links(&self, digest: &str, verified: Verified) -> Result<Received, Error> {
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
        let cover = verified.cover();
        let bytes = verified.decrypt_to_vec(self.identity())?;
        let (kept, decisions) = KeptLinks::of(&cover, &bytes)?;
        // Rows of who withdrew may have come before it was known that they may not stay.
        self.erase_rows(&kept.refused())?;
        self.replay(&decisions)?;
        self.keep_links(digest, &kept)?;
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
        let links = self.linked()?;
        let mut delivered = Vec::new();
        for row in &deliveries {
            match self.open_delivery(row, &links)? {
                Ok(delivery) => delivered.push(delivery),
                Err(institution) => return Ok(Joined::Waiting(institution)),
            }
        }
        drop(links);
        let pseudonyms = distinct_pseudonyms(&delivered);
        let linked = assemble(delivered, self.protocol().dates());
        let bytes = postcard::to_stdvec(&(pseudonyms, &linked));
        let bytes = bytes.expect("plain rows always serialise");
        let path = self.snapshot_path(&inputs);
        self.lockbox().write(&moment(&inputs), &path, |writer| {
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
                self.lockbox().remove(&moment(&stem(&path)), &path)?;
            }
        }
        Ok(())
    }

    /// Opens every delivery and link file that the ledger names, and looks at nothing in them.
    ///
    /// # Errors
    /// One that is not there, or was changed.
    pub fn check_kept(&self) -> Result<(), Error> {
        for delivery in self.database().deliveries()? {
            self.vault().open(&delivery.digest)?;
        }
        self.linked().map(drop)
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

    fn open_delivery(
        &self,
        row: &DeliveryRow,
        links: &Linked,
    ) -> Result<Result<DeliveredContent, Institution>, Error> {
        let (cover, content) = self.vault().open(&row.digest)?;
        check_sibling(row, &cover, links)?;
        let senders = self.senders()?;
        let manifest = cover.verify(&Expected {
            study: &self.protocol().study.id,
            kind: FileKind::ContentForStudy,
            addressee: Party::Study,
            senders: &senders,
        })?;
        let institution = institution_of(&manifest.sender)?;
        let period = manifest.period;
        let left_behind = manifest.left_behind.unwrap_or_default();
        let pseudonym = |id: &record::RowId| {
            links
                .of_row
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
}

/// Whether the links of a delivery belong to the file that was received: the institution named
/// it to the koppelpunt.
fn check_sibling(row: &DeliveryRow, cover: &Cover, links: &Linked) -> Result<(), Error> {
    let linked = links.contents.get(&(row.institution.clone(), row.number));
    match linked {
        Some(linked) if *linked != cover.ciphertext_digest() => Err(Error::Refused(format!(
            "Levering {} van {} is een ander bestand dan de instelling aan het koppelpunt noemde: de twee bestanden zijn niet samen verzegeld. Laat de instelling beide opnieuw verzegelen (`doorstroom seal --correction`) en samen versturen.",
            row.number, row.institution
        ))),
        _ => Ok(()),
    }
}

/// The content without these rows.
fn without(content: Content<Day>, refused: &BTreeSet<record::RowId>) -> Content<Day> {
    if !content.row_ids.iter().any(|row| refused.contains(row)) {
        return content;
    }
    let rows = (0..).map(ClientIndex).zip(&content.row_ids);
    let kept = rows.filter(|(_, row)| !refused.contains(row));
    let kept: Vec<ClientIndex> = kept.map(|(client, _)| client).collect();
    content.of_clients(&kept)
}

/// The name of the key of joined rows.
pub(crate) fn moment(inputs: &str) -> String {
    format!("moment-{inputs}")
}

/// The name of a file without its ending.
pub(crate) fn stem(path: &Path) -> String {
    let stem = path.file_stem().map(|stem| stem.to_string_lossy());
    stem.unwrap_or_default().into_owned()
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

pub(crate) fn institution_of(sender: &Party) -> Result<Institution, Error> {
    let known = match sender {
        Party::Institution(code) => Institution::from_key(code.as_str()),
        _ => None,
    };
    known.ok_or_else(|| {
        Error::Refused("De afzender van deze levering is geen instelling uit lijst CL01.".into())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::NewStudy;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

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
