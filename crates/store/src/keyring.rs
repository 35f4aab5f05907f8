//! Secret keys on disk: readable by their owner alone, or behind a lock.
//!
//! A lock is one more file, `slot.age`: an age identity, encrypted to a passphrase or to a
//! hardware key. Behind it, every secret file is encrypted to that identity, so that another
//! passphrase means one other file, and a passphrase is asked once.

use crate::{Error, files};
use age::secrecy::SecretString;
use envelope::{Identity, Recipient};
use rand::CryptoRng;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use zeroize::Zeroizing;

const LOCK: &str = "slot.age";
const HARDWARE: &str = "slot.hardware";

/// How the names of secret files end.
const SECRET: &str = ".geheim";

/// What every age file starts with.
const AGE_MAGIC: &[u8] = b"age-encryption.org/v1";

/// log₂ of scrypt's work factor; with r = 8 and p = 1 this takes 128 MiB and about half a second
/// (OWASP, Password Storage Cheat Sheet: at least 2^17).
const WORK: u8 = 17;

/// The most work that opening a lock may cost; more is an attempt to exhaust the machine.
const MOST_WORK: u8 = 20;

/// The shortest passphrase, in characters. An assumption of ours: four or five common words.
pub const SHORTEST_PASSPHRASE: usize = 16;

/// The person at the keyboard.
pub trait Prompt: Send + Sync {
    /// Asks for a passphrase, or a hardware key's PIN; `None` where nobody can answer.
    fn ask(&self, question: &str) -> Option<Zeroizing<String>>;

    /// Says what a hardware key waits for.
    fn tell(&self, message: &str);
}

/// A folder with secret keys, and how to ask for the passphrase where they are behind a lock.
#[derive(Clone)]
pub struct KeyFolder {
    path: PathBuf,
    prompt: Option<Arc<dyn Prompt>>,
}

impl KeyFolder {
    /// The folder, and whom to ask.
    pub fn asking(path: &Path, prompt: Arc<dyn Prompt>) -> Self {
        Self {
            path: path.to_path_buf(),
            prompt: Some(prompt),
        }
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn below(&self, name: &str) -> Self {
        Self {
            path: self.path.join(name),
            prompt: self.prompt.clone(),
        }
    }
}

impl<P: AsRef<Path> + ?Sized> From<&P> for KeyFolder {
    /// Keys that lie open; a lock is refused, for there is nobody to ask.
    fn from(path: &P) -> Self {
        Self {
            path: path.as_ref().to_path_buf(),
            prompt: None,
        }
    }
}

/// To what the keys of a folder are locked.
pub enum Lock {
    /// A passphrase.
    Passphrase(Zeroizing<String>),
    /// A hardware key behind an age plugin: the public key that files are encrypted to
    /// (`age1yubikey1…`), and the text by which the plugin finds the key again.
    Hardware {
        /// The public key.
        recipient: String,
        /// The plugin's own identity text (`AGE-PLUGIN-…`); no secret by itself.
        identity: String,
    },
}

/// The secret files of one folder.
pub(crate) struct Keyring {
    folder: PathBuf,
    behind: Option<Identity>,
}

impl Keyring {
    /// The secret files of a folder that has no lock.
    pub(crate) fn open_plain(folder: &Path) -> Self {
        Self {
            folder: folder.to_path_buf(),
            behind: None,
        }
    }

    /// Opens the lock, where there is one.
    pub(crate) fn open(place: &KeyFolder) -> Result<Self, Error> {
        let lock = place.path.join(LOCK);
        let behind = lock.exists().then(|| open_lock(place, &lock)).transpose()?;
        Ok(Self {
            folder: place.path.clone(),
            behind,
        })
    }

    /// Reads a secret file.
    pub(crate) fn read(&self, name: &str) -> Result<Zeroizing<String>, Error> {
        let path = self.folder.join(name);
        let bytes = Zeroizing::new(files::read(&path)?);
        let clear = match &self.behind {
            Some(identity) if bytes.starts_with(AGE_MAGIC) => decrypt(&bytes, identity, &path)?,
            _ => bytes,
        };
        let text = std::str::from_utf8(&clear).map_err(|_| Error::Malformed {
            path,
            message: "dit is geen sleutelbestand. Zet de laatste reservekopie terug.".into(),
        })?;
        Ok(Zeroizing::new(text.to_owned()))
    }

    /// Reads a secret file as a key.
    pub(crate) fn key<T>(
        &self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<T, Error> {
        parse(self.read(name)?.trim()).map_err(|message| Error::Malformed {
            path: self.folder.join(name),
            message,
        })
    }

    /// Whether there is such a secret file.
    pub(crate) fn holds(&self, name: &str) -> bool {
        self.folder.join(name).exists()
    }

    /// The names of all secret files, in order.
    pub(crate) fn names(&self) -> Result<Vec<String>, Error> {
        let name = |path: PathBuf| Some(path.file_name()?.to_str()?.to_owned());
        let names = files::finished_files(&self.folder)?.into_iter();
        let secret = names.filter_map(name).filter(|name| name.ends_with(SECRET));
        Ok(secret.collect())
    }

    /// The newest epoch of which there is a secret file of this name; 1 where there is none.
    pub(crate) fn newest_epoch(&self, name: &str) -> Result<u32, Error> {
        let epochs = self.names()?;
        let epochs = epochs.iter().filter_map(|file| epoch_of(name, file));
        Ok(epochs.max().unwrap_or(1))
    }

    /// Writes a new secret file; one that is there is never overwritten.
    pub(crate) fn write(&self, name: &str, text: &str) -> Result<(), Error> {
        files::refuse_existing_secret(&self.folder.join(name))?;
        self.replace(name, text)
    }

    /// Writes a secret file, over the one that is there.
    pub(crate) fn replace(&self, name: &str, text: &str) -> Result<(), Error> {
        let path = self.folder.join(name);
        match &self.behind {
            Some(identity) => {
                files::write_secret(&path, &encrypt(text, &identity.recipient(), &path)?)
            }
            None => files::write_secret(&path, text.as_bytes()),
        }
    }

    /// Removes a secret file, where it is there.
    pub(crate) fn remove(&self, name: &str) -> Result<(), Error> {
        let path = self.folder.join(name);
        if path.exists() {
            files::remove(&path)
        } else {
            Ok(())
        }
    }

    /// Puts all secrets behind a lock, or behind another one than before. The lock is there
    /// before anything is behind it, so that a crash in between loses nothing; doing it again
    /// finishes it.
    pub(crate) fn lock<R: CryptoRng + ?Sized>(
        &mut self,
        lock: &Lock,
        rng: &mut R,
    ) -> Result<(), Error> {
        let identity = match self.behind.take() {
            Some(known) => known,
            None => Identity::generate(rng),
        };
        write_lock(&self.folder, lock, &identity)?;
        self.behind = Some(identity);
        for name in self.names()? {
            let text = self.read(&name)?;
            self.replace(&name, &text)?;
        }
        Ok(())
    }
}

/// The file of the secret of an epoch: `koppelgeheim.geheim`, then `koppelgeheim-2.geheim`.
pub(crate) fn epoch_name(name: &str, epoch: u32) -> String {
    match epoch {
        1 => format!("{name}{SECRET}"),
        _ => format!("{name}-{epoch}{SECRET}"),
    }
}

fn epoch_of(name: &str, file: &str) -> Option<u32> {
    let rest = file.strip_prefix(name)?.strip_suffix(SECRET)?;
    match rest.strip_prefix('-') {
        Some(number) => number.parse().ok(),
        None => rest.is_empty().then_some(1),
    }
}

fn open_lock(place: &KeyFolder, path: &Path) -> Result<Identity, Error> {
    let Some(prompt) = &place.prompt else {
        return Err(Error::Refused(format!(
            "De sleutels in {} zijn beveiligd met een wachtzin of hardwaresleutel, en er is niemand om die aan te vragen. Voer de opdracht uit in een terminal, of geef in DOORSTROOM_WACHTZIN_BESTAND een bestand met de wachtzin op.",
            place.path.display()
        )));
    };
    let bytes = files::read(path)?;
    let decryptor = age::Decryptor::new(bytes.as_slice()).map_err(|_| damaged(path))?;
    let text = if decryptor.is_scrypt() {
        let question = format!("Wachtzin van de sleutels in {}", place.path.display());
        let passphrase = prompt.ask(&question).ok_or_else(|| no_answer(place))?;
        let mut identity = age::scrypt::Identity::new(secret(&passphrase));
        identity.set_max_work_factor(MOST_WORK);
        read_with(decryptor, &identity).map_err(|error| refused(&error, path))?
    } else {
        let hardware = hardware_of(place, prompt)?;
        read_with(decryptor, &hardware).map_err(|error| refused(&error, path))?
    };
    let text = std::str::from_utf8(&text).map_err(|_| damaged(path))?;
    Identity::parse(text).map_err(|_| damaged(path))
}

fn write_lock(folder: &Path, lock: &Lock, identity: &Identity) -> Result<(), Error> {
    let path = folder.join(LOCK);
    let text = identity.to_text();
    match lock {
        Lock::Passphrase(passphrase) => {
            if passphrase.chars().count() < SHORTEST_PASSPHRASE {
                return Err(Error::Refused(format!(
                    "De wachtzin is te kort: neem er een van ten minste {SHORTEST_PASSPHRASE} tekens, bijvoorbeeld vijf losse woorden."
                )));
            }
            let mut recipient = age::scrypt::Recipient::new(secret(passphrase));
            recipient.set_work_factor(WORK);
            files::write_secret(&path, &encrypt_to(&text, &recipient, &path)?)
        }
        Lock::Hardware {
            recipient,
            identity,
        } => {
            let unreadable = |what: &str| {
                Error::Refused(format!(
                    "`{what}` is geen sleutel van een age-plugin. Kopieer de regel zoals het programma van de hardwaresleutel haar toont."
                ))
            };
            let known: age::plugin::Recipient =
                recipient.parse().map_err(|_| unreadable("--hardware"))?;
            let _: age::plugin::Identity = identity
                .parse()
                .map_err(|_| unreadable("--hardware-identity"))?;
            let wrapped = age::plugin::RecipientPluginV1::new(
                known.plugin(),
                std::slice::from_ref(&known),
                &[],
                age::NoCallbacks,
            )
            .map_err(|_| no_plugin())?;
            files::write_secret(&folder.join(HARDWARE), identity.as_bytes())?;
            files::write_secret(&path, &encrypt_to(&text, &wrapped, &path)?)
        }
    }
}

fn hardware_of(
    place: &KeyFolder,
    prompt: &Arc<dyn Prompt>,
) -> Result<age::plugin::IdentityPluginV1<Callbacks>, Error> {
    let path = place.path.join(HARDWARE);
    let text = files::read_text(&path)?;
    let identity: age::plugin::Identity = text.trim().parse().map_err(|_| damaged(&path))?;
    age::plugin::IdentityPluginV1::new(
        identity.plugin(),
        std::slice::from_ref(&identity),
        Callbacks(prompt.clone()),
    )
    .map_err(|_| no_plugin())
}

/// What a plugin asks goes to the person at the keyboard.
#[derive(Clone)]
struct Callbacks(Arc<dyn Prompt>);

impl age::Callbacks for Callbacks {
    fn display_message(&self, message: &str) {
        self.0.tell(message);
    }

    fn confirm(&self, _: &str, _: &str, _: Option<&str>) -> Option<bool> {
        None
    }

    fn request_public_string(&self, _: &str) -> Option<String> {
        None
    }

    fn request_passphrase(&self, description: &str) -> Option<SecretString> {
        self.0.ask(description).map(|answer| secret(&answer))
    }
}

fn secret(text: &str) -> SecretString {
    SecretString::from(text.to_owned())
}

fn encrypt(text: &str, recipient: &Recipient, path: &Path) -> Result<Vec<u8>, Error> {
    let recipient: age::x25519::Recipient =
        recipient.to_string().parse().expect("age's own text form");
    encrypt_to(text, &recipient, path)
}

fn encrypt_to(text: &str, recipient: &dyn age::Recipient, path: &Path) -> Result<Vec<u8>, Error> {
    let encryptor = age::Encryptor::with_recipients(std::iter::once(recipient));
    let encryptor = encryptor.map_err(|error| cipher(&error, path))?;
    let mut bytes = Vec::new();
    let mut writer = encryptor.wrap_output(&mut bytes).map_err(Error::at(path))?;
    writer.write_all(text.as_bytes()).map_err(Error::at(path))?;
    writer.finish().map_err(Error::at(path))?;
    Ok(bytes)
}

fn decrypt(bytes: &[u8], identity: &Identity, path: &Path) -> Result<Zeroizing<Vec<u8>>, Error> {
    let own: age::x25519::Identity = identity
        .to_text()
        .trim()
        .parse()
        .expect("age's own text form");
    let decryptor = age::Decryptor::new(bytes).map_err(|error| cipher(&error, path))?;
    read_with(decryptor, &own).map_err(|error| cipher(&error, path))
}

fn read_with(
    decryptor: age::Decryptor<&[u8]>,
    identity: &dyn age::Identity,
) -> Result<Zeroizing<Vec<u8>>, age::DecryptError> {
    let mut clear = Zeroizing::new(Vec::new());
    let mut reader = decryptor.decrypt(std::iter::once(identity))?;
    reader.read_to_end(&mut clear)?;
    Ok(clear)
}

fn refused(error: &age::DecryptError, path: &Path) -> Error {
    use age::DecryptError as E;
    match error {
        E::ExcessiveWork { .. } => Error::Refused(format!(
            "{} vraagt zoveel rekenwerk dat het niet van Doorstroom kan zijn. Zet de laatste reservekopie van de map terug.",
            path.display()
        )),
        E::DecryptionFailed | E::KeyDecryptionFailed | E::NoMatchingKeys => {
            Error::Refused(format!(
                "De wachtzin of hardwaresleutel past niet op {}. Probeer het opnieuw. Kwijt? Herstel de sleutels uit twee hersteldelen (`doorstroom key recover`).",
                path.display()
            ))
        }
        E::PluginResolve(_) => no_plugin(),
        _ => damaged(path),
    }
}

fn no_plugin() -> Error {
    Error::Refused(
        "Het hulpprogramma van de hardwaresleutel (age-plugin-…) is niet gevonden. Installeer het en zorg dat het in PATH staat.".into(),
    )
}

fn no_answer(place: &KeyFolder) -> Error {
    Error::Refused(format!(
        "Er is geen wachtzin gegeven; de sleutels in {} blijven dicht.",
        place.path.display()
    ))
}

fn damaged(path: &Path) -> Error {
    Error::Malformed {
        path: path.to_path_buf(),
        message: "het slot van de sleutels is beschadigd. Zet de laatste reservekopie van de map terug, of herstel de sleutels uit twee hersteldelen.".into(),
    }
}

fn cipher(error: &dyn std::fmt::Display, path: &Path) -> Error {
    Error::Cipher {
        path: path.to_path_buf(),
        message: error.to_string(),
    }
}
