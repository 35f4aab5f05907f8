//! `doorstroom key`: the secrets of institutions, koppelpunt and study.

use crate::arguments::{Key, KeyAction, KeyFiles, Role};
use crate::exit::{Exit, Failure};
use crate::keyboard::{key_folder, new_passphrase, secrets_folder};
use crate::progress::Reporter;
use crate::stream::{KeyPost, read_protocol, secure_rng};
use std::path::{Path, PathBuf};
use store::{InstitutionKeys, Koppelpunt, Lock, Protocol, Study, files};
use zeroize::Zeroizing;

/// Does what was asked with keys.
pub fn run(options: &Key, reporter: &Reporter) -> Result<Exit, Failure> {
    match &options.action {
        KeyAction::New {
            role,
            shared,
            passphrase,
            dir,
        } => make(*role, shared.as_deref(), *passphrase, dir)?,
        KeyAction::Show { dir } => Holder::open(dir)?.print_public(),
        KeyAction::Protect {
            hardware,
            hardware_identity,
            dir,
        } => protect(dir, hardware.as_deref().zip(hardware_identity.as_deref()))?,
        KeyAction::Send { files, dir } => send(dir, files, reporter)?,
        KeyAction::Accept {
            files,
            dir,
            received,
        } => accept(dir, files, received, reporter)?,
        KeyAction::Rotate { study, out, dir } => {
            rotate(dir, study.as_deref().zip(out.as_deref()), reporter)?;
        }
        KeyAction::Share { out, dir } => share(dir, out)?,
        KeyAction::Recover {
            parts,
            passphrase,
            dir,
        } => recover(parts, *passphrase, dir)?,
    }
    Ok(Exit::Fine)
}

/// Whose keys lie in a folder.
enum Holder {
    Institution(Box<InstitutionKeys>),
    Koppelpunt(Box<Koppelpunt>),
    Study(Box<Study>),
}

impl Holder {
    /// Opens the folder, whosever it is.
    fn open(dir: &Path) -> Result<Self, Failure> {
        if dir.join("study.toml").exists() {
            return Ok(Self::Study(Box::new(Study::open(key_folder(dir))?)));
        }
        match InstitutionKeys::open(key_folder(dir)) {
            Ok(keys) => Ok(Self::Institution(Box::new(keys))),
            // The koppelpunt's secret is no secret of institutions, and says so.
            Err(store::Error::Malformed { .. }) => Ok(Self::Koppelpunt(Box::new(
                Koppelpunt::open(key_folder(dir))?,
            ))),
            Err(other) => Err(other.into()),
        }
    }

    fn lock(&mut self, lock: &Lock) -> Result<(), Failure> {
        let mut rng = secure_rng();
        match self {
            Self::Institution(keys) => keys.lock(lock, &mut rng)?,
            Self::Koppelpunt(koppelpunt) => koppelpunt.lock(lock, &mut rng)?,
            Self::Study(study) => study.lock(lock, &mut rng)?,
        }
        Ok(())
    }

    fn print_public(&self) {
        match self {
            Self::Institution(keys) => print_public(&keys.keys),
            Self::Koppelpunt(koppelpunt) => print_public(&koppelpunt.keys),
            Self::Study(study) => {
                let (recipient, verifies) = study.public_keys();
                println!("studie_ontvangt = \"{recipient}\"");
                println!("studie_tekent = \"{verifies}\"");
            }
        }
    }
}

fn print_public(keys: &envelope::SecretKeys) {
    let public = keys.public();
    println!("tekent = \"{}\"", public.verifying_key);
    println!("ontvangt = \"{}\"", public.recipient);
}

fn make(role: Role, shared: Option<&Path>, passphrase: bool, dir: &Path) -> Result<(), Failure> {
    // Asked before anything is made: who gives up here, leaves nothing behind.
    let passphrase = passphrase.then(new_passphrase).transpose()?;
    let mut rng = secure_rng();
    let mut holder = match (role, shared) {
        (Role::Instelling, shared) => {
            let text = shared
                .map(files::read_text)
                .transpose()?
                .map(Zeroizing::new);
            let text = text.as_ref().map(|text| text.as_str());
            Holder::Institution(Box::new(InstitutionKeys::create(dir, text, &mut rng)?))
        }
        (Role::Koppelpunt, None) => {
            Holder::Koppelpunt(Box::new(Koppelpunt::create(dir, &mut rng)?))
        }
        (Role::Koppelpunt, Some(_)) => {
            return Err(Failure::new(
                Exit::Refused,
                "Het koppelpunt mag het koppelgeheim van de instellingen nooit hebben: laat --shared weg.",
            ));
        }
    };
    if let Some(passphrase) = passphrase {
        holder.lock(&Lock::Passphrase(passphrase))?;
    }
    eprintln!(
        "De sleutels staan in {}. Bewaar de map veilig; niemand anders hoort haar te hebben. Maak hersteldelen met `doorstroom key share`.",
        dir.display()
    );
    if role == Role::Instelling && shared.is_none() {
        eprintln!(
            "Het koppelgeheim wordt gedeeld door de instellingen, en door niemand anders. Is dit de eerste instelling, geef het dan aan de andere met `doorstroom key send`; anders neemt u het hunne over met `doorstroom key accept`."
        );
    }
    holder.print_public();
    Ok(())
}

fn protect(dir: &Path, hardware: Option<(&str, &str)>) -> Result<(), Failure> {
    let mut holder = Holder::open(dir)?;
    let lock = match hardware {
        Some((recipient, identity)) => Lock::Hardware {
            recipient: recipient.to_owned(),
            identity: identity.to_owned(),
        },
        None => Lock::Passphrase(new_passphrase()?),
    };
    holder.lock(&lock)?;
    eprintln!(
        "De sleutels in {} zijn beveiligd. Zonder de wachtzin of hardwaresleutel komt niemand erbij; maak daarom ook hersteldelen (`doorstroom key share`). Reservekopieën van vóór vandaag bevatten de sleutels nog zoals ze waren: vernietig die.",
        dir.display()
    );
    Ok(())
}

fn send(dir: &Path, files: &KeyFiles, reporter: &Reporter) -> Result<(), Failure> {
    let protocol = read_protocol(&files.study)?;
    let keys = InstitutionKeys::open(key_folder(dir))?;
    post(files, &protocol).send_secret(&keys, reporter)
}

fn accept(
    dir: &Path,
    files: &KeyFiles,
    received: &[PathBuf],
    reporter: &Reporter,
) -> Result<(), Failure> {
    let protocol = read_protocol(&files.study)?;
    let post = post(files, &protocol);
    match Holder::open(dir)? {
        Holder::Institution(mut keys) => received
            .iter()
            .try_for_each(|path| post.accept_secret(&mut keys, path, reporter)),
        Holder::Koppelpunt(mut koppelpunt) => {
            post.accept_ratios(&mut koppelpunt, received)?;
            reporter.say(&format!(
                "Het register is omgerekend naar periode {} van het koppelgeheim. Verwijder oude reservekopieën van het register.",
                koppelpunt.register.key_epoch()
            ));
            Ok(())
        }
        Holder::Study(_) => Err(Failure::new(
            Exit::Refused,
            "Een studiemap neemt geen geheimen van anderen over.",
        )),
    }
}

fn post<'a>(files: &'a KeyFiles, protocol: &'a Protocol) -> KeyPost<'a> {
    KeyPost {
        protocol,
        study: &files.study,
        out: &files.out,
    }
}

fn rotate(dir: &Path, to: Option<(&Path, &Path)>, reporter: &Reporter) -> Result<(), Failure> {
    match Holder::open(dir)? {
        Holder::Institution(mut keys) => {
            let Some((study, out)) = to else {
                return Err(Failure::new(
                    Exit::Usage,
                    "Een instelling vervangt het geheim van alle instellingen: geef --study study.toml en --out MAP op, voor de bestanden aan de anderen.",
                ));
            };
            let protocol = read_protocol(study)?;
            let post = KeyPost {
                protocol: &protocol,
                study,
                out,
            };
            keys.replace_secret(&mut secure_rng())?;
            post.send_secret(&keys, reporter)?;
            post.send_ratio(&mut keys, reporter)?;
            reporter.say(&format!(
                "Het koppelgeheim is vervangen (periode {}). Stuur elk bestand naar wie het bestemd is. Verzegel niets nieuws totdat het koppelpunt de verhouding heeft verwerkt.",
                keys.key_epoch
            ));
        }
        Holder::Koppelpunt(mut koppelpunt) => {
            koppelpunt.replace_secret(&mut secure_rng())?;
            reporter.say(&format!(
                "Het geheim van het koppelpunt is vervangen en het register ({} personen) omgerekend. Verwijder oude reservekopieën van de map.",
                koppelpunt.register.persons()
            ));
        }
        Holder::Study(mut study) => {
            study.replace_secret(&mut secure_rng())?;
            study.join()?;
            reporter.say("Het pseudoniemgeheim van de studie is vervangen; de pseudoniemen zijn opnieuw gemaakt. Verwijder oude reservekopieën van de map.");
        }
    }
    Ok(())
}

fn share(dir: &Path, out: &Path) -> Result<(), Failure> {
    let parts = store::recovery_parts(&secrets_folder(dir), &mut secure_rng())?;
    files::create_folder(out)?;
    for (number, text) in (1..).zip(&parts) {
        files::write_new_secret(&out.join(format!("hersteldeel-{number}.txt")), text)?;
    }
    eprintln!(
        "Drie hersteldelen staan in {}. Geef elk deel aan iemand anders (op papier of op een stick) en verwijder ze daarna hier. Twee delen samen zijn de sleutels: bewaar ze nooit bij elkaar.",
        out.display()
    );
    Ok(())
}

fn recover(parts: &[PathBuf], passphrase: bool, dir: &Path) -> Result<(), Failure> {
    let passphrase = passphrase.then(new_passphrase).transpose()?;
    let texts = parts
        .iter()
        .map(|path| files::read_text(path).map(Zeroizing::new));
    let texts: Vec<Zeroizing<String>> = texts.collect::<Result<_, _>>()?;
    let place = secrets_folder(dir);
    let names = store::recover(&texts, place.path())?;
    if let Some(passphrase) = passphrase {
        Holder::open(dir)?.lock(&Lock::Passphrase(passphrase))?;
    }
    eprintln!(
        "{} sleutelbestanden zijn teruggezet in {}.",
        names.len(),
        place.path().display()
    );
    Ok(())
}
