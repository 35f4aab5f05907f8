//! The folders of the other two roles: an institution's keys, and the koppelpunt's register.

use crate::keyring::{Keyring, epoch_name};
use crate::lock::FolderLock;
use crate::{Error, KeyFolder, SealedDelivery, SealedLog, at_rest, files};
use envelope::{DeliveryId, FileKind, Party, SecretKeys, SenderState};
use linkage::{KoppelSecret, MatchSecret, Register};
use rand::CryptoRng;
use record::RowId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const KEYS: &str = "sleutels.geheim";
const SHARED: &str = "koppelgeheim";
const STATE: &str = "stand.json";
const REGISTER: &str = "register.age";
pub(crate) const ROWS: &str = "rijen";

/// The last file sent or accepted per route ("B STEVIG"): the chain that shows gaps and replays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainState {
    last: BTreeMap<String, SenderState>,
}

impl ChainState {
    /// The last file of this kind of this party.
    pub fn last(&self, kind: FileKind, party: &Party) -> Option<&SenderState> {
        self.last.get(&route(kind, party))
    }

    /// Remembers the newest file of this kind of this party.
    pub fn remember(&mut self, kind: FileKind, party: &Party, state: SenderState) {
        self.last.insert(route(kind, party), state);
    }
}

fn route(kind: FileKind, party: &Party) -> String {
    format!("{kind:?} {party}")
}

/// An institution's folder: its own keys, the institutions' shared secret, what was sealed.
///
/// ```text
/// sleutels.geheim       the institution's own keys
/// koppelgeheim.geheim   the secret that the institutions share, and nobody else; after it was
///                       replaced koppelgeheim-2.geheim, and so on
/// slot.age              the lock on these, where there is one
/// stand.json            what was sealed, per study; digests and numbers
/// logstanden/           what the study signed of its log, from its receipts
/// rijen/<delivery>.age  which row is which client, encrypted; never leaves the institution
/// intrekkingen/<n>.age  which client withdrew, and the proof of erasure; likewise
/// ```
pub struct InstitutionKeys {
    pub(crate) folder: PathBuf,
    pub(crate) keyring: Keyring,
    /// The institution's own keys.
    pub keys: SecretKeys,
    /// The secret that the institutions share, and nobody else.
    pub match_secret: MatchSecret,
    /// The epoch of that secret: 1, and 1 more for each time that it was replaced.
    pub key_epoch: u32,
    sealed: SealedState,
    _lock: FolderLock,
}

/// What was sealed, per study.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SealedState {
    studies: BTreeMap<String, SealedLog>,
}

impl InstitutionKeys {
    /// Makes the folder; `shared` is the secret of the institutions where another one made it
    /// already.
    ///
    /// # Errors
    /// A folder that holds keys already; a shared secret that is none.
    pub fn create<R: CryptoRng + ?Sized>(
        folder: &Path,
        shared: Option<&str>,
        rng: &mut R,
    ) -> Result<Self, Error> {
        let lock = take_empty(folder)?;
        let match_secret = match shared {
            Some(text) => {
                MatchSecret::parse(text.trim()).map_err(|error| Error::Refused(error.sentence()))?
            }
            None => MatchSecret::generate(rng),
        };
        let keyring = Keyring::open_plain(folder);
        keyring.write(&secret_name(1), &match_secret.to_text())?;
        keyring.write(KEYS, &SecretKeys::generate(rng).to_text())?;
        Self::open_with(&folder.into(), lock)
    }

    /// Opens the folder to seal with; nobody else uses it meanwhile.
    ///
    /// # Errors
    /// A file that is missing or not readable; a folder that is in use.
    pub fn open(place: impl Into<KeyFolder>) -> Result<Self, Error> {
        let place = place.into();
        let folder = place.path();
        let lock = take(folder, FolderLock::exclusive)?;
        files::sweep(folder)?;
        if folder.join(ROWS).exists() {
            files::sweep(&folder.join(ROWS))?;
        }
        Self::open_with(&place, lock)
    }

    /// Opens the folder to read it only.
    ///
    /// # Errors
    /// As [`InstitutionKeys::open`].
    pub fn open_to_read(place: impl Into<KeyFolder>) -> Result<Self, Error> {
        let place = place.into();
        let lock = take(place.path(), FolderLock::shared)?;
        Self::open_with(&place, lock)
    }

    fn open_with(place: &KeyFolder, lock: FolderLock) -> Result<Self, Error> {
        let folder = place.path();
        let keyring = Keyring::open(place)?;
        let key_epoch = keyring.newest_epoch(SHARED)?;
        Ok(Self {
            match_secret: keyring.key(&secret_name(key_epoch), |text| {
                MatchSecret::parse(text).map_err(|error| error.sentence())
            })?,
            key_epoch,
            keys: read_keys(&keyring)?,
            sealed: SealedState::read(&folder.join(STATE))?,
            folder: folder.to_path_buf(),
            keyring,
            _lock: lock,
        })
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether nothing was sealed with these keys yet, for any study.
    pub(crate) fn sealed_nothing(&self) -> bool {
        self.sealed.studies.is_empty()
    }

    /// What was sealed for a study.
    pub fn sealed(&self, study: &str) -> SealedLog {
        let known = self.sealed.studies.get(study);
        known.cloned().unwrap_or_default()
    }

    /// Keeps that a delivery was sealed, and after which one it comes.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn remember(
        &mut self,
        study: &str,
        sealed: SealedDelivery,
        after: Option<DeliveryId>,
    ) -> Result<(), Error> {
        let log = self.sealed.studies.entry(study.to_owned()).or_default();
        log.add(sealed, after);
        let bytes = serde_json::to_vec_pretty(&self.sealed).expect("a plain log always serialises");
        files::write_bytes(&self.folder.join(STATE), &bytes)
    }

    /// Keeps which row of a delivery is which client, by the institution's own numbers.
    ///
    /// # Errors
    /// Whatever the file system or the cipher says.
    pub fn keep_rows(&self, delivery: DeliveryId, rows: &[(RowId, String)]) -> Result<(), Error> {
        let folder = self.folder.join(ROWS);
        files::create_folder(&folder)?;
        let path = folder.join(format!("{delivery}.age"));
        let bytes = postcard::to_stdvec(rows).expect("plain rows always serialise");
        at_rest::write(&path, &self.keys.identity, |writer| {
            writer.write_all(&bytes).map_err(Error::at(&path))
        })
    }

    /// The client, by the institution's own number, of each row of any delivery.
    ///
    /// # Errors
    /// A list that cannot be read or decrypted.
    pub fn clients_of_rows(&self) -> Result<BTreeMap<RowId, String>, Error> {
        let folder = self.folder.join(ROWS);
        let mut clients = BTreeMap::new();
        for path in files::finished_files(&folder)? {
            clients.extend(self.read_rows(&path)?);
        }
        Ok(clients)
    }

    pub(crate) fn read_rows(&self, path: &Path) -> Result<Vec<(RowId, String)>, Error> {
        let bytes = at_rest::read(path, &self.keys.identity)?;
        postcard::from_bytes(&bytes).map_err(|error| Error::Cipher {
            path: path.to_path_buf(),
            message: error.to_string(),
        })
    }
}

impl SealedState {
    fn read(path: &Path) -> Result<Self, Error> {
        if !path.exists() {
            return Ok(Self::default());
        }
        serde_json::from_slice(&files::read(path)?).map_err(|error| Error::Malformed {
            path: path.to_path_buf(),
            message: format!("de stand van wat is verzegeld, is niet leesbaar (regel {}, teken {}). Zet de laatste reservekopie terug.", error.line(), error.column()),
        })
    }
}

/// The koppelpunt's folder: its keys, its secret, its register of evaluated keys, its chain.
pub struct Koppelpunt {
    folder: PathBuf,
    pub(crate) keyring: Keyring,
    /// The koppelpunt's own keys.
    pub keys: SecretKeys,
    /// The secret that only the koppelpunt holds.
    pub secret: KoppelSecret,
    /// How often that secret was replaced, plus one: it names the file that it lies in.
    pub(crate) secret_epoch: u32,
    /// Which evaluated keys belong to which link id.
    pub register: Register,
    /// What was received and sent before.
    pub chain: ChainState,
    _lock: FolderLock,
}

/// Register and chain change together, so they lie in one file, which also says under which
/// secret the register's keys are: replacing that secret is one step too.
#[derive(Default, Serialize, Deserialize)]
struct KoppelpuntState {
    chain: ChainState,
    replaced: u32,
    register: Option<Vec<u8>>,
}

impl Koppelpunt {
    /// Makes the folder with fresh keys and an empty register.
    ///
    /// # Errors
    /// A folder that holds keys already.
    pub fn create<R: CryptoRng + ?Sized>(folder: &Path, rng: &mut R) -> Result<Self, Error> {
        let lock = take_empty(folder)?;
        let keyring = Keyring::open_plain(folder);
        keyring.write(&secret_name(1), &KoppelSecret::generate(rng).to_text())?;
        keyring.write(KEYS, &SecretKeys::generate(rng).to_text())?;
        Self::open_with(&folder.into(), lock)
    }

    /// Opens the folder to link with; nobody else uses it meanwhile.
    ///
    /// # Errors
    /// A file that is missing or not readable; a folder that is in use.
    pub fn open(place: impl Into<KeyFolder>) -> Result<Self, Error> {
        let place = place.into();
        let lock = take(place.path(), FolderLock::exclusive)?;
        files::sweep(place.path())?;
        Self::open_with(&place, lock)
    }

    /// Opens the folder to read it only.
    ///
    /// # Errors
    /// As [`Koppelpunt::open`].
    pub fn open_to_read(place: impl Into<KeyFolder>) -> Result<Self, Error> {
        let place = place.into();
        let lock = take(place.path(), FolderLock::shared)?;
        Self::open_with(&place, lock)
    }

    fn open_with(place: &KeyFolder, lock: FolderLock) -> Result<Self, Error> {
        let folder = place.path();
        let keyring = Keyring::open(place)?;
        let keys = read_keys(&keyring)?;
        let state = KoppelpuntState::read(&folder.join(REGISTER), &keys)?;
        let register = match &state.register {
            Some(bytes) => Register::from_bytes(bytes).map_err(|error| Error::Malformed {
                path: folder.join(REGISTER),
                message: error.sentence(),
            })?,
            None => Register::default(),
        };
        let secret_epoch = state.replaced + 1;
        Ok(Self {
            secret: keyring.key(&secret_name(secret_epoch), |text| {
                KoppelSecret::parse(text).map_err(|error| error.sentence())
            })?,
            secret_epoch,
            keys,
            register,
            chain: state.chain,
            folder: folder.to_path_buf(),
            keyring,
            _lock: lock,
        })
    }

    /// Keeps register and chain, encrypted, in one step.
    ///
    /// # Errors
    /// Whatever the file system or the cipher says.
    pub fn save(&self) -> Result<(), Error> {
        let path = self.folder.join(REGISTER);
        let state = KoppelpuntState {
            chain: self.chain.clone(),
            replaced: self.secret_epoch - 1,
            register: Some(self.register.to_bytes()),
        };
        let bytes = postcard::to_stdvec(&state).expect("plain maps always serialise");
        at_rest::write(&path, &self.keys.identity, |writer| {
            writer.write_all(&bytes).map_err(Error::at(&path))
        })
    }
}

impl KoppelpuntState {
    fn read(path: &Path, keys: &SecretKeys) -> Result<Self, Error> {
        if !path.exists() {
            return Ok(Self::default());
        }
        let bytes = at_rest::read(path, &keys.identity)?;
        postcard::from_bytes(&bytes).map_err(|_| Error::Malformed {
            path: path.to_path_buf(),
            message: "het register is niet leesbaar. Zet de laatste reservekopie terug.".into(),
        })
    }
}

/// The file of the shared secret of an epoch.
pub(crate) fn secret_name(epoch: u32) -> String {
    epoch_name(SHARED, epoch)
}

/// Takes a folder with keys; nothing is written in a folder without.
fn take(
    folder: &Path,
    lock: impl FnOnce(&Path) -> Result<FolderLock, Error>,
) -> Result<FolderLock, Error> {
    if folder.exists() && !folder.join(KEYS).exists() {
        return Err(Error::Refused(format!(
            "In {} staan geen sleutels. Maak ze met `doorstroom key new`.",
            folder.display()
        )));
    }
    lock(folder)
}

/// Makes a folder for new keys and takes it; one that holds keys already is refused.
fn take_empty(folder: &Path) -> Result<FolderLock, Error> {
    files::create_folder(folder)?;
    let lock = FolderLock::exclusive(folder)?;
    if folder.join(KEYS).exists() {
        return Err(Error::Refused(format!(
            "In {} staan al sleutels. Die worden nooit overschreven: kies een andere map.",
            folder.display()
        )));
    }
    Ok(lock)
}

fn read_keys(keyring: &Keyring) -> Result<SecretKeys, Error> {
    keyring.key(KEYS, |text| {
        SecretKeys::parse(text).map_err(|error| error.sentence())
    })
}
