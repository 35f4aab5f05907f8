use crate::keyring::{Keyring, epoch_name};
use crate::lock::FolderLock;
use crate::lockbox::{self, Lockbox};
use crate::receipt::RECEIPTS;
use crate::receive::moment;
use crate::vault::Vault;
use crate::{Database, Error, KeyFolder, Protocol, erasure, files};
use calendar::HalfYear;
use disclosure::LetterKey;
use envelope::{Identity, Party, Recipient, SigningKey, VerifyingKey};
use estimate::{Digest, Estimate};
use linkage::StudySecret;
use rand::CryptoRng;
use record::LinkedContent;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The study team's folder.
///
/// ```text
/// study.toml            the protocol; no secret
/// sleutels/             the study's secret keys, and the lock on them, where there is one
/// leveringen/           content, each client under a key of its own, named by the digest of the
///                       sealed file it came in; of that file the signed cover stays
/// koppelingen/          link files, likewise
/// momenten/             linked content on relative days, named by its inputs
/// resultaten/<run>/     estimates, with a manifest; named by the run's inputs
/// kluissleutels/        the keys of all these; backups leave it out, or keep the newest only
/// wissingen/            who was erased: ids that mean nothing any more, and who asked
/// publicaties/             the ledger of releases, encrypted, one file each
/// ontvangstbewijzen/    receipts for the institutions, sealed
/// doorstroom.sqlite     what was received, run and released; audit events
/// ```
pub struct Study {
    folder: PathBuf,
    protocol: Protocol,
    protocol_digest: Digest,
    database: Database,
    identity: Identity,
    signing_key: SigningKey,
    letter_key: LetterKey,
    pub(crate) keyring: Keyring,
    pub(crate) secret: StudySecret,
    /// How often that secret was replaced, plus one.
    pub(crate) secret_epoch: u32,
    _lock: FolderLock,
}

/// What a new study is made of. The texts go into `study.toml` as they are.
#[derive(Clone, Debug, Default)]
pub struct NewStudy {
    /// Name in sealed files.
    pub id: String,
    /// Dutch title.
    pub title: String,
    /// Who answers for releases.
    pub author: String,
    /// Whether the data are invented.
    pub synthetic: bool,
    /// Who agreed to the BSN as match key; empty leaves it off.
    pub bsn_agreed: String,
    /// The koppelpunt's public keys (encryption, signing); empty where not known yet.
    pub koppelpunt: (String, String),
    /// Code, public signing key and public encryption key per institution.
    pub institutions: Vec<[String; 3]>,
    /// First and last half-year of the intake cohort.
    pub intake: Option<(HalfYear, HalfYear)>,
    /// First and last half-year of the exit cohort.
    pub exits: Option<(HalfYear, HalfYear)>,
    /// Whether institutions may be named beside figures.
    pub name_institutions: bool,
}

/// What a run remembers beside its estimates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunManifest {
    /// Digest over all inputs: content, protocol, code version.
    pub run: Digest,
    /// Digests of the deliveries and link files.
    pub inputs: Vec<Digest>,
    /// Digest of `study.toml`.
    pub protocol: Digest,
    /// Version of the program.
    pub code_version: String,
    /// How many results there are.
    pub results: usize,
}

const KEYS: &str = "sleutels";
const RECEIVES: &str = "studie-ontvangt.geheim";
const SIGNS: &str = "studie-tekent.geheim";

/// The secret by which institutions get their letters, once the pseudonyms have another.
pub(crate) const LETTERS: &str = "studie-letters.geheim";

const PSEUDONYMS: &str = "studie-pseudoniem";

/// The file of the pseudonyms' secret of an epoch.
pub(crate) fn pseudonym_name(epoch: u32) -> String {
    epoch_name(PSEUDONYMS, epoch)
}

pub(crate) fn parse_secret(text: &str) -> Result<StudySecret, String> {
    StudySecret::parse(text).map_err(|error| error.sentence())
}

const FOLDERS: [&str; 9] = [
    "sleutels",
    lockbox::KEYS,
    erasure::FOLDER,
    "leveringen",
    "koppelingen",
    "momenten",
    "resultaten",
    "publicaties",
    RECEIPTS,
];

impl Study {
    /// Makes a study folder with fresh keys and a commented `study.toml`.
    ///
    /// # Errors
    /// A folder that already holds a study; whatever the file system says.
    pub fn create<R: CryptoRng + ?Sized>(
        folder: &Path,
        new: &NewStudy,
        rng: &mut R,
    ) -> Result<Self, Error> {
        // Checked before anything is written: a name that cannot be, would lock its own folder.
        let identity = Identity::generate(rng);
        let signing_key = SigningKey::generate(rng);
        let text = new.to_toml(&identity.recipient(), &signing_key.verifying_key());
        Protocol::parse(&text, &folder.join("study.toml"))?;
        files::create_folder(folder)?;
        let lock = FolderLock::exclusive(folder)?;
        if folder.join("study.toml").exists() {
            return Err(Error::Refused(format!(
                "In {} staat al een studie. Kies een andere map.",
                folder.display()
            )));
        }
        for name in FOLDERS {
            files::create_folder(&folder.join(name))?;
        }
        let keyring = Keyring::open_plain(&folder.join(KEYS));
        keyring.write(RECEIVES, &identity.to_text())?;
        keyring.write(SIGNS, &signing_key.to_text())?;
        keyring.write(&pseudonym_name(1), &StudySecret::generate(rng).to_text())?;
        files::write_bytes(&folder.join("study.toml"), text.as_bytes())?;
        Self::open_with(&folder.into(), lock)
    }

    /// Opens a study folder to change it, and sweeps what a crash may have left half-written;
    /// nobody else uses the folder meanwhile.
    ///
    /// # Errors
    /// A folder that is no study, or in use; a protocol or key that cannot be read.
    pub fn open(place: impl Into<KeyFolder>) -> Result<Self, Error> {
        let place = place.into();
        let folder = place.path();
        refuse_no_study(folder)?;
        let lock = FolderLock::exclusive(folder)?;
        files::sweep(folder)?;
        for name in FOLDERS {
            files::create_folder(&folder.join(name))?;
            files::sweep(&folder.join(name))?;
        }
        let study = Self::open_with(&place, lock)?;
        study.settle_release()?;
        study.check_releases()?;
        study.settle_erasures()?;
        Ok(study)
    }

    /// Opens a study folder to read it; others may read it too, but nobody changes it meanwhile.
    ///
    /// # Errors
    /// As [`Study::open`].
    pub fn open_to_read(place: impl Into<KeyFolder>) -> Result<Self, Error> {
        let place = place.into();
        refuse_no_study(place.path())?;
        let lock = FolderLock::shared(place.path())?;
        let study = Self::open_with(&place, lock)?;
        study.check_releases()?;
        Ok(study)
    }

    fn open_with(place: &KeyFolder, lock: FolderLock) -> Result<Self, Error> {
        let folder = place.path();
        let path = folder.join("study.toml");
        let text = files::read_text(&path)?;
        let protocol = Protocol::parse(&text, &path)?;
        let keyring = Keyring::open(&place.below(KEYS))?;
        let identity = keyring.key(RECEIVES, |text| {
            Identity::parse(text).map_err(|error| error.sentence())
        })?;
        let signing_key = keyring.key(SIGNS, |text| {
            SigningKey::parse(text).map_err(|error| error.sentence())
        })?;
        let secret_epoch = keyring.newest_epoch(PSEUDONYMS)?;
        let secret = keyring.key(&pseudonym_name(secret_epoch), parse_secret)?;
        let letters = match keyring.holds(LETTERS) {
            true => keyring.key(LETTERS, parse_secret)?.to_text(),
            false => secret.to_text(),
        };
        Ok(Self {
            protocol_digest: files::digest_of(text.as_bytes()),
            database: Database::open(&folder.join("doorstroom.sqlite"))?,
            folder: folder.to_path_buf(),
            protocol,
            identity,
            signing_key,
            letter_key: LetterKey::from_secret(letters.as_bytes()),
            keyring,
            secret,
            secret_epoch,
            _lock: lock,
        })
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The text of `study.toml`, for those who read other sections of it.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn protocol_text(&self) -> Result<String, Error> {
        files::read_text(&self.folder.join("study.toml"))
    }

    /// The protocol.
    pub fn protocol(&self) -> &Protocol {
        &self.protocol
    }

    /// The digest of `study.toml`.
    pub fn protocol_digest(&self) -> Digest {
        self.protocol_digest
    }

    /// The ledger.
    pub fn database(&self) -> &Database {
        &self.database
    }

    pub(crate) fn identity(&self) -> &Identity {
        &self.identity
    }

    /// The public halves: to whom others encrypt, and by which they verify.
    pub fn public_keys(&self) -> (Recipient, VerifyingKey) {
        (self.identity.recipient(), self.signing_key.verifying_key())
    }

    /// The key under which the study team signs what it sends.
    pub fn signing_key(&self) -> &SigningKey {
        &self.signing_key
    }

    pub(crate) fn secret(&self) -> &StudySecret {
        &self.secret
    }

    /// The key by which institutions get their letters; the same for as long as the study lives.
    pub fn letter_key(&self) -> LetterKey {
        self.letter_key.clone()
    }

    /// Everybody who may send to the study, with the key they sign with.
    ///
    /// # Errors
    /// A public key in `study.toml` that is none.
    pub fn senders(&self) -> Result<BTreeMap<Party, VerifyingKey>, Error> {
        senders(&self.protocol, &self.folder.join("study.toml"))
    }

    /// Digests of the current deliveries, of the link files and of the erasures, in a fixed order.
    ///
    /// # Errors
    /// What the ledger says.
    pub fn inputs(&self) -> Result<Vec<Digest>, Error> {
        let deliveries = self.database.deliveries()?;
        let current = deliveries
            .iter()
            .filter(|d| d.status == crate::DeliveryStatus::Current);
        let mut inputs: Vec<Digest> = current.filter_map(|d| parse_digest(&d.digest)).collect();
        inputs.extend(
            self.database
                .link_files()?
                .iter()
                .filter_map(|(digest, ..)| parse_digest(digest)),
        );
        // What was computed with an erased client is computed anew.
        let erasures = self.database.erasures()?;
        let with_rows = erasures.iter().filter(|row| row.content_rows > 0);
        inputs.extend(with_rows.filter_map(|row| parse_digest(&row.digest)));
        inputs.sort_unstable();
        Ok(inputs)
    }

    /// The newest linked content.
    ///
    /// # Errors
    /// No content yet, or not of the current deliveries and protocol; a file that cannot be
    /// decrypted.
    pub fn linked_content(&self) -> Result<LinkedContent, Error> {
        let (_, inputs) = self.database.newest_snapshot()?.ok_or_else(|| {
            Error::Refused(
                "Er is nog niets om te analyseren. Ontvang eerst de leveringen en het koppelbestand (`doorstroom receive`).".into(),
            )
        })?;
        if inputs != self.join_digest()? {
            return Err(Error::Refused(
                "De samengevoegde gegevens horen niet bij de huidige leveringen. Voeg ze opnieuw samen met `doorstroom receive`.".into(),
            ));
        }
        let path = self.snapshot_path(&inputs);
        let bytes = self.lockbox().read(&moment(&inputs), &path)?;
        let read: Result<(Vec<[u8; 16]>, LinkedContent), _> = postcard::from_bytes(&bytes);
        let (_, linked) = read.map_err(|error| Error::Cipher {
            path,
            message: error.to_string(),
        })?;
        Ok(linked)
    }

    /// The files of which the keys lie apart.
    pub(crate) fn lockbox(&self) -> Lockbox<'_> {
        Lockbox::new(&self.folder, &self.identity)
    }

    /// The deliveries at rest.
    pub(crate) fn vault(&self) -> Vault<'_> {
        Vault::new(&self.folder, self.lockbox())
    }

    pub(crate) fn snapshot_path(&self, inputs: &str) -> PathBuf {
        self.folder.join("momenten").join(format!("{inputs}.age"))
    }

    /// Keeps the results of a run; the folder appears whole, then the ledger names it.
    ///
    /// # Errors
    /// Whatever the file system, the cipher or the ledger says.
    pub fn save_results(
        &self,
        manifest: &RunManifest,
        estimates: &[Estimate],
    ) -> Result<(), Error> {
        let name = manifest.run.to_string();
        let bytes = postcard::to_stdvec(estimates).expect("plain results always serialise");
        let text =
            serde_json::to_string_pretty(manifest).expect("plain manifests always serialise");
        files::write_folder(&self.folder.join("resultaten").join(&name), |folder| {
            let path = folder.join("schattingen.age");
            self.lockbox().write(&results_key(&name), &path, |writer| {
                writer.write_all(&bytes).map_err(Error::at(&path))
            })?;
            files::write_bytes(&folder.join("manifest.json"), text.as_bytes())
        })?;
        let inputs = serde_json::to_string(
            &manifest
                .inputs
                .iter()
                .map(Digest::to_string)
                .collect::<Vec<_>>(),
        );
        self.database.add_run(
            &name,
            (
                &inputs.expect("text always serialises"),
                &self.join_digest()?,
            ),
            &manifest.code_version,
        )
    }

    /// The results of a finished run.
    ///
    /// # Errors
    /// A run that is not there; a file that cannot be decrypted.
    pub fn results(&self, run: &str) -> Result<Vec<Estimate>, Error> {
        let path = self
            .folder
            .join("resultaten")
            .join(run)
            .join("schattingen.age");
        let bytes = self.lockbox().read(&results_key(run), &path)?;
        postcard::from_bytes(&bytes).map_err(|error| Error::Cipher {
            path,
            message: error.to_string(),
        })
    }
}

/// The name of the key of a run's results.
pub(crate) fn results_key(run: &str) -> String {
    format!("resultaat-{run}")
}

fn refuse_no_study(folder: &Path) -> Result<(), Error> {
    if folder.join("study.toml").exists() {
        return Ok(());
    }
    Err(Error::Refused(format!(
        "{} is geen studiemap: er staat geen study.toml in. Maak er een met `doorstroom new`.",
        folder.display()
    )))
}

/// The parties of a protocol with the keys they sign with.
///
/// # Errors
/// A public key that is none, with its place.
pub fn senders(protocol: &Protocol, path: &Path) -> Result<BTreeMap<Party, VerifyingKey>, Error> {
    let malformed = |what: &str| Error::Malformed {
        path: path.to_path_buf(),
        message: format!(
            "de openbare sleutel van {what} is niet leesbaar; kopieer hem opnieuw, als één regel."
        ),
    };
    let mut senders = BTreeMap::new();
    for entry in &protocol.institutions {
        let party = Party::institution(&entry.code).map_err(|_| malformed(&entry.code))?;
        senders.insert(
            party,
            entry.verifies.parse().map_err(|_| malformed(&entry.code))?,
        );
    }
    let linkage = &protocol.linkage;
    let others = [
        (
            Party::Koppelpunt,
            &linkage.koppelpunt_verifies,
            "het koppelpunt",
        ),
        (Party::Study, &linkage.study_verifies, "de studie"),
    ];
    for (party, key, name) in others.into_iter().filter(|(_, key, _)| !key.is_empty()) {
        senders.insert(party, key.parse().map_err(|_| malformed(name))?);
    }
    Ok(senders)
}

pub(crate) fn parse_digest(text: &str) -> Option<Digest> {
    text.parse::<envelope::Digest>()
        .ok()
        .map(|digest| Digest(*digest.as_bytes()))
}

impl NewStudy {
    fn to_toml(&self, recipient: &Recipient, verifying_key: &VerifyingKey) -> String {
        let half = |half: Option<HalfYear>, fallback: &str| {
            half.map_or(fallback.into(), |half| half.to_string())
        };
        let institutions: String = self
            .institutions
            .iter()
            .map(|[code, signs, receives]| {
                format!("[[instelling]]\ncode = \"{code}\"\ntekent = \"{signs}\"\nontvangt = \"{receives}\"\n\n")
            })
            .collect();
        let institutions = if institutions.is_empty() {
            "# Per instelling die levert (zie `doorstroom key show`):\n# [[instelling]]\n# code = \"STEVIG\"\n# tekent = \"…\"\n# ontvangt = \"…\"\n".into()
        } else {
            institutions
        };
        let values: [(&str, String); 16] = [
            ("{id}", self.id.clone()),
            ("{title}", quoted(&self.title)),
            ("{author}", quoted(&self.author)),
            ("{synthetic}", self.synthetic.to_string()),
            ("{bsn}", (!self.bsn_agreed.is_empty()).to_string()),
            ("{agreed}", quoted(&self.bsn_agreed)),
            ("{koppelpunt_recipient}", self.koppelpunt.0.clone()),
            ("{koppelpunt_verifies}", self.koppelpunt.1.clone()),
            ("{study_recipient}", recipient.to_string()),
            ("{study_verifies}", verifying_key.to_string()),
            ("{institutions}", institutions),
            ("{intake_from}", half(self.intake.map(|i| i.0), "2024-H1")),
            ("{intake_until}", half(self.intake.map(|i| i.1), "2024-H2")),
            ("{exit_from}", half(self.exits.map(|e| e.0), "2019-H1")),
            ("{exit_until}", half(self.exits.map(|e| e.1), "2025-H2")),
            ("{name_institutions}", self.name_institutions.to_string()),
        ];
        values.iter().fold(
            include_str!("../templates/study.toml").to_owned(),
            |text, (mark, value)| text.replace(mark, value),
        )
    }
}

/// Text that may stand between double quotes in TOML.
fn quoted(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', " ")
}
