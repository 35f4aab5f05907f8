//! What an institution remembers of clients who withdrew: by its own numbers, for itself alone.

use crate::party::ROWS;
use crate::{ErasureProof, Error, InstitutionKeys, at_rest, files};
use envelope::DeliveryId;
use record::RowId;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

const FOLDER: &str = "intrekkingen";

/// A withdrawal that was sealed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptWithdrawal {
    /// Its number, in hexadecimal.
    pub request: String,
    /// The study.
    pub study: String,
    /// The client, by the institution's own number.
    pub client: String,
    /// The day on which it was asked, `jjjj-mm-dd`.
    pub asked_on: String,
    /// The study team's proof, once it came.
    pub proof: Option<ErasureProof>,
}

impl InstitutionKeys {
    /// The row ids under which each client went out for a study.
    ///
    /// # Errors
    /// A list that cannot be read or decrypted.
    pub fn rows_of_clients(&self, study: &str) -> Result<BTreeMap<String, Vec<RowId>>, Error> {
        let mut rows: BTreeMap<String, Vec<RowId>> = BTreeMap::new();
        for delivery in self.sealed(study).deliveries() {
            let path = self.folder.join(ROWS);
            let path = path.join(format!("{}.age", delivery.delivery_id));
            // A crash between keeping the log and the list leaves neither; an older folder may
            // have no lists yet.
            if !path.exists() {
                continue;
            }
            for (row, client) in self.read_rows(&path)? {
                rows.entry(client).or_default().push(row);
            }
        }
        Ok(rows)
    }

    /// Keeps a withdrawal, or its answer, encrypted.
    ///
    /// # Errors
    /// Whatever the file system or the cipher says.
    pub fn keep_withdrawal(&self, withdrawal: &KeptWithdrawal) -> Result<(), Error> {
        files::create_folder(&self.folder.join(FOLDER))?;
        let path = self.withdrawal_path(&withdrawal.request);
        let bytes = postcard::to_stdvec(withdrawal).expect("plain text always serialises");
        at_rest::write(&path, &self.keys.identity, |writer| {
            writer.write_all(&bytes).map_err(Error::at(&path))
        })
    }

    /// The withdrawal with this number.
    ///
    /// # Errors
    /// A file that cannot be read or decrypted.
    pub fn withdrawal(&self, request: DeliveryId) -> Result<Option<KeptWithdrawal>, Error> {
        let path = self.withdrawal_path(&request.to_string());
        path.exists()
            .then(|| self.read_withdrawal(path))
            .transpose()
    }

    /// Every client whose withdrawal was sealed for a study.
    ///
    /// # Errors
    /// A file that cannot be read or decrypted.
    pub fn withdrawn_clients(&self, study: &str) -> Result<BTreeSet<String>, Error> {
        let mut clients = BTreeSet::new();
        for path in files::finished_files(&self.folder.join(FOLDER))? {
            let withdrawal = self.read_withdrawal(path)?;
            if withdrawal.study == study {
                clients.insert(withdrawal.client);
            }
        }
        Ok(clients)
    }

    fn withdrawal_path(&self, request: &str) -> PathBuf {
        self.folder.join(FOLDER).join(format!("{request}.age"))
    }

    fn read_withdrawal(&self, path: PathBuf) -> Result<KeptWithdrawal, Error> {
        let bytes = at_rest::read(&path, &self.keys.identity)?;
        postcard::from_bytes(&bytes).map_err(|error| Error::Cipher {
            path,
            message: error.to_string(),
        })
    }
}
