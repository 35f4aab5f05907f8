//! The releases of a study: a row in the ledger and an encrypted file each. The two must agree:
//! what the gate compares later releases with is only what is in both.

use crate::{Error, ReleaseRow, Study, at_rest, files};
use disclosure::Ledger;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

const FOLDER: &str = "publicaties";

impl Study {
    /// Everything that was ever released, read back and compared with the database.
    ///
    /// # Errors
    /// A file that cannot be decrypted; a chain that is broken; a file that holds another
    /// release than the database names.
    pub fn ledger(&self) -> Result<Ledger, Error> {
        self.check_releases()?;
        let rows = self.database().releases()?;
        let read =
            |row: &ReleaseRow| at_rest::read(&self.release_path(row.number), self.identity());
        let entries: Vec<Vec<u8>> = rows.iter().map(read).collect::<Result<_, _>>()?;
        let entries: Vec<&[u8]> = entries.iter().map(Vec::as_slice).collect();
        let ledger = Ledger::read(&entries).map_err(refused)?;
        for (number, row) in (1..).zip(&rows) {
            let publication = ledger.reopen(number).map_err(refused)?;
            if publication.header().digest != row.digest {
                return Err(differs(&format!("publicatie {number} is een andere")));
            }
        }
        Ok(ledger)
    }

    /// Adds a release to the ledger: begun in the database, then the file, then finished, so that
    /// a crash in between is told from a file that somebody took away or put back.
    ///
    /// # Errors
    /// Whatever the file system, the cipher or the ledger says.
    pub fn save_release(&self, row: &ReleaseRow, entry: &[u8]) -> Result<(), Error> {
        self.database().begin_release(row)?;
        let path = self.release_path(row.number);
        at_rest::write(&path, self.identity(), |writer| {
            writer.write_all(entry).map_err(Error::at(&path))
        })?;
        self.database().finish_release(row)
    }

    /// Brings a release that a crash interrupted to its end: with its file it is one, without
    /// it never was.
    pub(crate) fn settle_release(&self) -> Result<(), Error> {
        let Some(row) = self.database().pending_release()? else {
            return Ok(());
        };
        if self.release_path(row.number).exists() {
            self.database().finish_release(&row)
        } else {
            self.database().drop_pending_release()
        }
    }

    /// Whether database and folder name the same releases.
    pub(crate) fn check_releases(&self) -> Result<(), Error> {
        let rows = self.database().releases()?;
        let named: BTreeSet<i64> = rows.iter().map(|row| row.number).collect();
        let mut there = numbers(&self.folder().join(FOLDER))?;
        if let Some(begun) = self.database().pending_release()? {
            // Only who may change the study settles it.
            if !named.contains(&begun.number) {
                there.remove(&begun.number);
            }
        }
        if let Some(number) = there.difference(&named).next() {
            return Err(differs(&format!(
                "publicatie {number} staat alleen in de map"
            )));
        }
        if let Some(number) = named.difference(&there).next() {
            return Err(differs(&format!(
                "publicatie {number} staat alleen in de database"
            )));
        }
        match (1..).zip(&named).find(|(wanted, number)| wanted != *number) {
            Some((missing, _)) => Err(differs(&format!("publicatie {missing} ontbreekt"))),
            None => Ok(()),
        }
    }

    fn release_path(&self, number: i64) -> PathBuf {
        self.folder().join(FOLDER).join(format!("{number:04}.age"))
    }
}

/// The numbers of the releases of which the file is there.
fn numbers(folder: &Path) -> Result<BTreeSet<i64>, Error> {
    let number = |path: &PathBuf| -> Option<i64> {
        let name = path.file_name()?.to_str()?;
        name.strip_suffix(".age")?.parse().ok()
    };
    Ok(files::finished_files(folder)?
        .iter()
        .filter_map(number)
        .collect())
}

fn refused(refusal: disclosure::Refusal) -> Error {
    Error::Refused(format!("Geweigerd: {refusal}."))
}

fn differs(how: &str) -> Error {
    Error::Refused(format!(
        "De publicaties in de database van de studiemap en die in de map `{FOLDER}` verschillen: {how}. Er is iets teruggezet of weggehaald. Zet de hele studiemap uit één reservekopie terug; zonder de eerdere publicaties kan niets veilig worden vrijgegeven."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::NewStudy;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    fn study(folder: &Path) -> Study {
        let new = NewStudy {
            id: "proef".into(),
            title: "Proef".into(),
            ..NewStudy::default()
        };
        Study::create(folder, &new, &mut StdRng::seed_from_u64(1)).unwrap()
    }

    fn row(number: i64) -> ReleaseRow {
        ReleaseRow {
            number,
            digest: "d".into(),
            run: "r".into(),
            author: "a".into(),
            checkers: "b; c".into(),
            released_at: "2026-07-02T10:00:00Z".into(),
        }
    }

    #[test]
    fn a_release_that_a_crash_interrupted_is_settled() {
        let folder = tempfile::tempdir().unwrap();
        // Begun, and no file came: it never was.
        study(folder.path())
            .database()
            .begin_release(&row(1))
            .unwrap();
        let again = Study::open(folder.path()).unwrap();
        assert_eq!(again.database().releases().unwrap(), []);
        assert_eq!(again.database().pending_release().unwrap(), None);
        // Begun, and the file came: it is one. Who only reads leaves it as it is.
        again.database().begin_release(&row(1)).unwrap();
        files::write_bytes(&again.release_path(1), b"publicatie").unwrap();
        drop(again);
        let reader = Study::open_to_read(folder.path()).unwrap();
        assert_eq!(reader.database().releases().unwrap(), []);
        drop(reader);
        let settled = Study::open(folder.path()).unwrap();
        assert_eq!(settled.database().releases().unwrap(), [row(1)]);
        assert_eq!(settled.database().pending_release().unwrap(), None);
        assert!(
            settled.ledger().is_err(),
            "what the file holds is judged as ever"
        );
    }

    #[test]
    fn database_and_folder_name_the_same_releases() {
        let folder = tempfile::tempdir().unwrap();
        let study = study(folder.path());
        assert!(study.check_releases().is_ok());
        assert!(study.ledger().unwrap().entries().is_empty());
        files::write_bytes(&study.release_path(2), b"publicatie").unwrap();
        let says = |study: &Study| study.check_releases().unwrap_err().sentence();
        assert!(says(&study).contains("publicatie 2 staat alleen in de map"));
        study.database().finish_release(&row(2)).unwrap();
        assert!(says(&study).contains("publicatie 1 ontbreekt"));
        study.database().finish_release(&row(1)).unwrap();
        assert!(says(&study).contains("publicatie 1 staat alleen in de database"));
        drop(study);
        assert!(Study::open(folder.path()).is_err());
        assert!(Study::open_to_read(folder.path()).is_err());
    }
}
