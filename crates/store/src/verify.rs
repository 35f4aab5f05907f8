//! Looks for an erased client in every file of a folder: everything that the study's keys open,
//! and everything that is not encrypted.

use crate::erasure::{ErasureRecord, FOLDER};
use crate::lockbox::{KEYS, Lockbox};
use crate::receive::{moment, stem};
use crate::study::results_key;
use crate::vault::{self, Vault};
use crate::{Error, Study, at_rest, files, links};
use envelope::{Expected, SealedFile};
use estimate::Estimate;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;
use std::path::{Path, PathBuf};

/// What a search for erased clients looked at and found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verification {
    /// Erasures that were looked for.
    pub erasures: usize,
    /// Files that were looked at, by what they are (in Dutch).
    pub looked: BTreeMap<&'static str, usize>,
    /// What still opens, in the order of the files.
    pub found: Vec<Found>,
}

/// A file in which something of an erased client is left, or of which nobody can tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The file.
    pub path: PathBuf,
    /// What is in it, as a Dutch sentence.
    pub what: &'static str,
}

/// The ids of erased clients, in the forms in which files hold them.
struct Traces {
    ids: BTreeSet<[u8; 16]>,
    /// First bytes of the ids, to pass quickly over all others.
    first: [bool; 256],
    /// Digests that everything made since must name.
    erasures: Vec<estimate::Digest>,
}

impl Traces {
    fn of(records: &[ErasureRecord], pseudonyms: impl Iterator<Item = [u8; 16]>) -> Self {
        let mut ids: BTreeSet<[u8; 16]> = pseudonyms.collect();
        for record in records {
            ids.extend(record.links.iter().map(|link| link.0));
            ids.extend(&record.pseudonyms);
            ids.extend(record.rows.iter().map(|(row, _)| row.0));
        }
        let mut first = [false; 256];
        ids.iter().for_each(|id| first[usize::from(id[0])] = true);
        let erasures = records.iter().filter(|record| !record.rows.is_empty());
        Self {
            ids,
            first,
            erasures: erasures.map(ErasureRecord::digest).collect(),
        }
    }

    /// Whether an id stands in these bytes, as it is or in hexadecimal.
    fn in_bytes(&self, bytes: &[u8]) -> bool {
        let raw = bytes.windows(16).any(|window| {
            self.first[usize::from(window[0])]
                && window.first_chunk().is_some_and(|id| self.ids.contains(id))
        });
        raw || bytes.windows(32).any(|window| self.is_hex(window))
    }

    fn is_hex(&self, digits: &[u8]) -> bool {
        let mut id = [0; 16];
        for (byte, pair) in id.iter_mut().zip(digits.chunks_exact(2)) {
            match (
                char::from(pair[0]).to_digit(16),
                char::from(pair[1]).to_digit(16),
            ) {
                (Some(high), Some(low)) => *byte = (high * 16 + low) as u8,
                _ => return false,
            }
        }
        self.ids.contains(&id)
    }

    /// Whether all of these results were computed after every erasure.
    fn since(&self, estimates: &[Estimate]) -> bool {
        let names_all = |estimate: &Estimate| {
            let inputs = &estimate.meta.provenance.inputs;
            self.erasures.iter().all(|digest| inputs.contains(digest))
        };
        estimates.iter().all(names_all)
    }
}

impl Study {
    /// Looks for every erased client in all files of the study folder and of `also`, such as a
    /// backup: what opens with the study's keys is opened, the rest is read as it is.
    ///
    /// # Errors
    /// A record of an erasure that is gone or cannot be read; what the file system says.
    pub fn verify_erasures(&self, also: &[PathBuf]) -> Result<Verification, Error> {
        let records = self.erasure_records()?;
        for row in self.database().erasures()? {
            if !records.iter().any(|record| record.request == row.request) {
                return Err(Error::Refused(format!(
                    "Het verslag van wissing {} ontbreekt in de map `{FOLDER}`; zonder kan niet worden nagegaan of alles weg is. Zet dat bestand terug uit een reservekopie.",
                    row.request
                )));
            }
        }
        let links = records.iter().flat_map(|record| &record.links);
        let pseudonyms = links.map(|link| linkage::study_pseudonym(self.secret(), *link).0);
        let mut paths = files::files_below(self.folder())?;
        for folder in also {
            paths.extend(files::files_below(folder)?);
        }
        let homes: BTreeSet<PathBuf> = paths.iter().filter_map(|path| home_of_key(path)).collect();
        let lockboxes = homes.iter().map(|home| Lockbox::new(home, self.identity()));
        let search = Search {
            study: self,
            traces: Traces::of(&records, pseudonyms),
            lockboxes: lockboxes.collect(),
        };
        let mut verification = Verification {
            erasures: records.len(),
            ..Verification::default()
        };
        for path in paths {
            let (kind, what) = search.look_at(&path)?;
            *verification.looked.entry(kind).or_default() += 1;
            let found = what.map(|what| Found { path, what });
            verification.found.extend(found);
        }
        Ok(verification)
    }
}

/// The folder whose folder of keys this file lies in.
fn home_of_key(path: &Path) -> Option<PathBuf> {
    let keys = path.parent().filter(|folder| stem(folder) == KEYS)?;
    keys.parent().map(Path::to_path_buf)
}

const ROWS: &str = "Hierin staan nog gegevens van een gewiste cliënt.";
const IDS: &str = "Hierin staat nog een nummer van een gewiste cliënt.";
const BEFORE: &str = "Deze resultaten zijn berekend toen een gewiste cliënt er nog bij was.";
/// The file with the results of a run, without its ending.
const RESULTS: &str = "schattingen";
const KEY: &str = "Hierin staat nog de sleutel van een gewiste cliënt.";

/// What a file is, and what was found in it.
type Look = (&'static str, Option<&'static str>);

struct Search<'a> {
    study: &'a Study,
    traces: Traces,
    /// The keys of every folder: an old file may open with keys that lie elsewhere.
    lockboxes: Vec<Lockbox<'a>>,
}

impl Search<'_> {
    fn look_at(&self, path: &Path) -> Result<Look, Error> {
        let folder = path.parent().map(stem).unwrap_or_default();
        // The only file that may name the ids: it is what is looked for.
        if folder == FOLDER && self.study.read_record(path).is_ok() {
            return Ok(("verslagen van wissingen", None));
        }
        let start = files::start(path, 24)?;
        if start.starts_with(vault::MAGIC) {
            return Ok(("leveringen", self.in_vault(path)));
        }
        if start.starts_with(b"age-encryption.org/") {
            return Ok(self.in_encrypted(&folder, path));
        }
        let bytes = files::read(path)?;
        if start.starts_with(b"DSTROOM\n") {
            return Ok(("verzegelde bestanden", self.in_sealed(&bytes)));
        }
        let found = self.traces.in_bytes(&bytes);
        Ok(("onversleutelde bestanden", found.then_some(IDS)))
    }

    fn in_sealed(&self, bytes: &[u8]) -> Option<&'static str> {
        let sealed = SealedFile::read(Cursor::new(bytes)).ok()?;
        let claimed = sealed.claimed().clone();
        let senders = self.study.senders().ok()?;
        let verified = sealed.verify(&Expected {
            study: &claimed.study,
            kind: claimed.kind,
            addressee: claimed.addressee.clone(),
            senders: &senders,
        });
        let plain = verified.ok()?.decrypt_to_vec(self.study.identity()).ok()?;
        self.traces.in_bytes(&plain).then_some(ROWS)
    }

    /// A delivery at rest, with whatever keys there are for it. Without keys, or with others,
    /// nobody opens it.
    fn in_vault(&self, path: &Path) -> Option<&'static str> {
        let opened = self.lockboxes.iter().filter_map(|lockbox| {
            let vault = Vault::new(self.study.folder(), *lockbox);
            vault.rows_that_open(path, &stem(path)).ok()
        });
        let mut rows = opened.flatten();
        rows.any(|row| self.traces.ids.contains(&row.0))
            .then_some(ROWS)
    }

    fn in_encrypted(&self, folder: &str, path: &Path) -> Look {
        let name = stem(path);
        let (kind, key, what) = match folder {
            "momenten" => ("samengevoegde gegevens", moment(&name), ROWS),
            "koppelingen" => ("koppelbestanden", links::key_name(&name), IDS),
            KEYS => ("sleutels", String::new(), KEY),
            run if name == RESULTS => ("resultaten", results_key(run), BEFORE),
            _ => ("andere versleutelde bestanden", String::new(), ROWS),
        };
        let closed = self.lockboxes.iter();
        let closed = closed.filter_map(|lockbox| lockbox.read(&key, path).ok());
        // What lies open to the study's own key is looked at wherever it lies.
        let open = at_rest::read(path, self.study.identity()).ok();
        let found = closed.chain(open).any(|bytes| {
            let before = name == RESULTS && !self.since_every_erasure(&bytes);
            before || self.traces.in_bytes(&bytes)
        });
        (kind, found.then_some(what))
    }

    /// Whether these are results that were computed after every erasure.
    fn since_every_erasure(&self, bytes: &[u8]) -> bool {
        let estimates = postcard::from_bytes::<Vec<Estimate>>(bytes);
        estimates.is_ok_and(|estimates| self.traces.since(&estimates))
    }
}
