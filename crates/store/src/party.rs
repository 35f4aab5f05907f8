//! The folders of the other two roles: an institution's keys, and the koppelpunt's register.

use crate::{Error, at_rest, files};
use envelope::{FileKind, Party, SecretKeys, SenderState};
use linkage::{KoppelSecret, MatchSecret, Register};
use rand::CryptoRng;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const KEYS: &str = "sleutels.geheim";
const STATE: &str = "stand.json";

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

    fn read(path: &Path) -> Result<Self, Error> {
        if !path.exists() {
            return Ok(Self::default());
        }
        serde_json::from_slice(&files::read(path)?).map_err(|error| Error::Malformed {
            path: path.to_path_buf(),
            message: format!("de stand van verzonden en ontvangen bestanden is niet leesbaar ({error}). Zet de laatste reservekopie terug."),
        })
    }

    fn write(&self, path: &Path) -> Result<(), Error> {
        files::write_bytes(
            path,
            &serde_json::to_vec_pretty(self).expect("a map of numbers always serialises"),
        )
    }
}

fn route(kind: FileKind, party: &Party) -> String {
    format!("{kind:?} {party}")
}

/// An institution's folder: its own keys, the institutions' shared secret, and its chain.
#[derive(Debug)]
pub struct InstitutionKeys {
    folder: PathBuf,
    /// The institution's own keys.
    pub keys: SecretKeys,
    /// The secret that the institutions share, and nobody else.
    pub match_secret: MatchSecret,
    /// What was sent before.
    pub chain: ChainState,
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
        refuse_existing(folder)?;
        let match_secret = match shared {
            Some(text) => {
                MatchSecret::parse(text.trim()).map_err(|error| Error::Refused(error.sentence()))?
            }
            None => MatchSecret::generate(rng),
        };
        files::write_secret(&folder.join("koppelgeheim.geheim"), &match_secret.to_text())?;
        files::write_secret(&folder.join(KEYS), &SecretKeys::generate(rng).to_text())?;
        Self::open(folder)
    }

    /// Opens the folder.
    ///
    /// # Errors
    /// A file that is missing or not readable.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        let path = folder.join("koppelgeheim.geheim");
        let match_secret =
            MatchSecret::parse(files::read_text(&path)?.trim()).map_err(|error| {
                Error::Malformed {
                    path,
                    message: error.sentence(),
                }
            })?;
        Ok(Self {
            folder: folder.to_path_buf(),
            keys: read_keys(folder)?,
            match_secret,
            chain: ChainState::read(&folder.join(STATE))?,
        })
    }

    /// Keeps the chain.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn save(&self) -> Result<(), Error> {
        self.chain.write(&self.folder.join(STATE))
    }
}

/// The koppelpunt's folder: its keys, its secret, its register of evaluated keys, its chain.
pub struct Koppelpunt {
    folder: PathBuf,
    /// The koppelpunt's own keys.
    pub keys: SecretKeys,
    /// The secret that only the koppelpunt holds.
    pub secret: KoppelSecret,
    /// Which evaluated keys belong to which link id.
    pub register: Register,
    /// What was received and sent before.
    pub chain: ChainState,
}

/// Register and chain change together, so they lie in one file.
#[derive(Serialize, Deserialize)]
struct KoppelpuntState {
    chain: ChainState,
    register: Vec<u8>,
}

impl Koppelpunt {
    /// Makes the folder with fresh keys and an empty register.
    ///
    /// # Errors
    /// A folder that holds keys already.
    pub fn create<R: CryptoRng + ?Sized>(folder: &Path, rng: &mut R) -> Result<Self, Error> {
        refuse_existing(folder)?;
        files::write_secret(
            &folder.join("koppelgeheim.geheim"),
            &KoppelSecret::generate(rng).to_text(),
        )?;
        files::write_secret(&folder.join(KEYS), &SecretKeys::generate(rng).to_text())?;
        Self::open(folder)
    }

    /// Opens the folder.
    ///
    /// # Errors
    /// A file that is missing or not readable.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        let path = folder.join("koppelgeheim.geheim");
        let secret = KoppelSecret::parse(files::read_text(&path)?.trim()).map_err(|error| {
            Error::Malformed {
                path,
                message: error.sentence(),
            }
        })?;
        files::sweep(folder)?;
        let keys = read_keys(folder)?;
        let path = folder.join("register.age");
        let (register, chain) = if path.exists() {
            let bytes = at_rest::read(&path, &keys.identity)?;
            let malformed = |message: String| Error::Malformed {
                path: path.clone(),
                message,
            };
            let state: KoppelpuntState = postcard::from_bytes(&bytes).map_err(|error| {
                malformed(format!(
                    "het register is niet leesbaar ({error}). Zet de laatste reservekopie terug."
                ))
            })?;
            let register = Register::from_bytes(&state.register)
                .map_err(|error| malformed(error.sentence()))?;
            (register, state.chain)
        } else {
            (Register::default(), ChainState::default())
        };
        Ok(Self {
            folder: folder.to_path_buf(),
            keys,
            secret,
            register,
            chain,
        })
    }

    /// Keeps register and chain, encrypted, in one step.
    ///
    /// # Errors
    /// Whatever the file system or the cipher says.
    pub fn save(&self) -> Result<(), Error> {
        let path = self.folder.join("register.age");
        let state = KoppelpuntState {
            chain: self.chain.clone(),
            register: self.register.to_bytes(),
        };
        let bytes = postcard::to_stdvec(&state).expect("plain maps always serialise");
        at_rest::write(&path, &self.keys.identity, |writer| {
            writer.write_all(&bytes).map_err(Error::at(&path))
        })
    }
}

fn refuse_existing(folder: &Path) -> Result<(), Error> {
    if folder.join(KEYS).exists() {
        return Err(Error::Refused(format!(
            "In {} staan al sleutels. Die worden nooit overschreven: kies een andere map.",
            folder.display()
        )));
    }
    files::create_folder(folder)
}

fn read_keys(folder: &Path) -> Result<SecretKeys, Error> {
    let path = folder.join(KEYS);
    if !path.exists() {
        return Err(Error::Refused(format!(
            "In {} staan geen sleutels. Maak ze met `doorstroom key new`.",
            folder.display()
        )));
    }
    let text = files::read_text(&path)?;
    SecretKeys::parse(&text).map_err(|error| Error::Malformed {
        path,
        message: error.sentence(),
    })
}
