//! Which row is which person, as the koppelpunt said: kept under a key of its own, and rewritten
//! without the rows of whoever is erased.

use crate::{Error, Study};
use envelope::{Cover, Digest, Expected, FileKind, Party};
use estimate::LinkageEvidence;
use linkage::{Decision, LinkId, SensitivityRange, read_links, read_rows};
use record::RowId;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;

/// What the koppelpunt says of the quality of one delivery's linkage; counts and rates only.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LinkQuality {
    /// Code of the institution.
    pub institution: String,
    /// Number of the delivery.
    pub delivery: u32,
    /// The ciphertext of the file for the study that belongs to these links, as the institution
    /// told the koppelpunt.
    pub content: Option<Digest>,
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

/// What the koppelpunt says beside the links.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LinkReport {
    /// How well each delivery was linked.
    pub quality: Vec<LinkQuality>,
    /// What was decided of link ids that were given before, in order.
    pub decisions: Vec<Decision>,
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

/// What all link files say together.
#[derive(Default)]
pub(crate) struct Linked {
    /// The link id of every row.
    pub(crate) of_row: HashMap<[u8; 16], LinkId>,
    /// Per institution and number of a delivery, the ciphertext that the links are of.
    pub(crate) contents: BTreeMap<(String, i64), Digest>,
}

/// A link file at rest.
#[derive(Serialize, Deserialize)]
pub(crate) struct KeptLinks {
    /// The cover of the sealed file.
    cover: Vec<u8>,
    /// The link id of each row.
    pub(crate) links: Vec<(RowId, LinkId)>,
    /// Rows of who withdrew, which may not be kept.
    refused: Vec<RowId>,
    /// What the koppelpunt says of the quality, as it said it.
    quality: Vec<u8>,
}

impl KeptLinks {
    /// Reads the payload of a link file.
    ///
    /// # Errors
    /// Bytes of another form.
    pub(crate) fn of(cover: &Cover, bytes: &[u8]) -> Result<(Self, Vec<Decision>), Error> {
        let refused = |error: linkage::Error| Error::Refused(error.sentence());
        let mut rest = bytes;
        let links = read_links(&mut rest).map_err(refused)?;
        let not_kept = read_rows(&mut rest).map_err(refused)?;
        let report: LinkReport = serde_json::from_slice(rest).map_err(|_| unreadable())?;
        let kept = Self {
            cover: cover.to_bytes(),
            links: links
                .iter()
                .map(|(row, link)| (RowId(row.0), *link))
                .collect(),
            refused: not_kept.iter().map(|row| RowId(row.0)).collect(),
            quality: serde_json::to_vec(&report.quality).expect("plain numbers always serialise"),
        };
        Ok((kept, report.decisions))
    }

    /// Rows of who withdrew, which may not be kept.
    pub(crate) fn refused(&self) -> BTreeSet<RowId> {
        self.refused.iter().copied().collect()
    }

    fn quality(&self) -> Result<Vec<LinkQuality>, Error> {
        serde_json::from_slice(&self.quality).map_err(|_| unreadable())
    }
}

fn unreadable() -> Error {
    Error::Refused("Het koppelbestand bevat geen leesbare kwaliteitscijfers. Vraag het koppelpunt het opnieuw te maken.".into())
}

impl Study {
    /// Keeps a link file, or what is left of it.
    ///
    /// # Errors
    /// What the file system or the cipher says.
    pub(crate) fn keep_links(&self, digest: &str, kept: &KeptLinks) -> Result<(), Error> {
        let bytes = postcard::to_stdvec(kept).expect("plain links always serialise");
        let path = self.links_path(digest);
        self.lockbox().write(&key_name(digest), &path, |writer| {
            writer.write_all(&bytes).map_err(Error::at(&path))
        })
    }

    /// The link files, in order, each with its digest; verified again.
    ///
    /// # Errors
    /// A link file that cannot be read any more.
    pub(crate) fn kept_links(
        &self,
    ) -> Result<impl Iterator<Item = Result<(String, KeptLinks), Error>> + '_, Error> {
        let files = self.database().link_files()?;
        Ok(files.into_iter().map(|(digest, ..)| {
            let kept = self.read_links(&digest)?;
            Ok((digest, kept))
        }))
    }

    fn read_links(&self, digest: &str) -> Result<KeptLinks, Error> {
        let path = self.links_path(digest);
        let bytes = self.lockbox().read(&key_name(digest), &path)?;
        let kept: KeptLinks = postcard::from_bytes(&bytes).map_err(|error| Error::Cipher {
            path,
            message: error.to_string(),
        })?;
        let senders = self.senders()?;
        Cover::read(&kept.cover)?.verify(&Expected {
            study: &self.protocol().study.id,
            kind: FileKind::LinksForStudy,
            addressee: Party::Study,
            senders: &senders,
        })?;
        Ok(kept)
    }

    /// What all link files say of rows and of deliveries.
    ///
    /// # Errors
    /// A link file that cannot be read any more.
    pub(crate) fn linked(&self) -> Result<Linked, Error> {
        let mut linked = Linked::default();
        for file in self.kept_links()? {
            let (_, kept) = file?;
            for quality in kept.quality()? {
                let delivery = (quality.institution, i64::from(quality.delivery));
                let content = quality.content.map(|content| (delivery, content));
                linked.contents.extend(content);
            }
            let rows = kept.links.into_iter();
            linked.of_row.extend(rows.map(|(row, link)| (row.0, link)));
        }
        Ok(linked)
    }

    /// How much was linked of the newest delivery of each institution, as the koppelpunt told.
    ///
    /// # Errors
    /// A link file that cannot be read any more.
    pub fn linkage_quality(&self) -> Result<Vec<LinkQuality>, Error> {
        let mut newest: BTreeMap<String, LinkQuality> = BTreeMap::new();
        for file in self.kept_links()? {
            let (_, kept) = file?;
            let qualities = kept.quality()?.into_iter();
            newest.extend(qualities.map(|quality| (quality.institution.clone(), quality)));
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

    fn links_path(&self, digest: &str) -> PathBuf {
        self.folder()
            .join("koppelingen")
            .join(format!("{digest}.age"))
    }
}

/// The name of the key of a link file.
pub(crate) fn key_name(digest: &str) -> String {
    format!("koppeling-{digest}")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deliveries_count_by_their_links() {
        let quality = |rows, linked, sensitivity| LinkQuality {
            institution: "WIER".into(),
            delivery: 1,
            content: None,
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
}
