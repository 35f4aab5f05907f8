//! Three recovery parts of a folder's secret keys, of which any two bring them back.
//!
//! Each part is one text file: a share of a fresh key, and all secrets encrypted to that key.
//! One part alone is a ciphertext that nobody can open.

use crate::keyring::Keyring;
use crate::{Error, KeyFolder, files};
use age::armor::{ArmoredReader, ArmoredWriter, Format};
use envelope::{Identity, IdentityPart, Recipient};
use rand::CryptoRng;
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::Path;
use zeroize::Zeroizing;

const BEGIN: &str = "-----BEGIN AGE ENCRYPTED FILE-----";

/// The texts of the three parts of all secrets in this folder: an institution's, the
/// koppelpunt's, or a study's folder `sleutels`.
///
/// # Errors
/// A folder without keys; a lock that stays closed.
pub fn recovery_parts<R: CryptoRng + ?Sized>(
    place: &KeyFolder,
    rng: &mut R,
) -> Result<Vec<Zeroizing<String>>, Error> {
    let keyring = Keyring::open(place)?;
    let names = keyring.names()?;
    if names.is_empty() {
        return Err(Error::Refused(format!(
            "In {} staan geen sleutels.",
            place.path().display()
        )));
    }
    let mut secrets = BTreeMap::new();
    for name in names {
        let text = keyring.read(&name)?;
        secrets.insert(name, text);
    }
    let key = Identity::generate(rng);
    let sealed = encrypt(&secrets, &key.recipient())?;
    let parts = envelope::divide(&key, rng);
    Ok(parts.iter().map(|part| page(part, &sealed)).collect())
}

fn page(part: &IdentityPart, sealed: &str) -> Zeroizing<String> {
    Zeroizing::new(format!(
        "# Hersteldeel {} van {} van geheime sleutels van Doorstroom.\n\
         # Bewaar elk deel bij iemand anders. Twee delen samen geven de sleutels terug\n\
         # (`doorstroom key recover`); één deel alleen zegt niets.\n\
         {part}\n{sealed}",
        part.number(),
        envelope::PARTS,
    ))
}

/// Brings the secrets of two parts back, in a folder that holds none of them. Returns the names
/// of the files.
///
/// # Errors
/// Parts that are damaged, of different keys, or twice the same; a folder that holds a key of
/// such a name.
pub fn recover(parts: &[Zeroizing<String>], folder: &Path) -> Result<Vec<String>, Error> {
    let shares = parts.iter().map(|text| share(text));
    let shares: Vec<IdentityPart> = shares.collect::<Result<_, _>>()?;
    let key = envelope::unite(&shares)
        .map_err(|_| refused("Geef twee verschillende hersteldelen van dezelfde sleutels op."))?;
    let sealed = sealed_of(&parts[0])?;
    let secrets = decrypt(sealed, &key)?;
    files::create_folder(folder)?;
    let keyring = Keyring::open_plain(folder);
    if !keyring.names()?.is_empty() {
        return Err(Error::Refused(format!(
            "In {} staan al sleutels. Die worden nooit overschreven: kies een lege map.",
            folder.display()
        )));
    }
    for (name, text) in &secrets {
        keyring.write(name, text)?;
    }
    Ok(secrets.into_keys().collect())
}

fn share(text: &str) -> Result<IdentityPart, Error> {
    let lines = text.lines().map(str::trim);
    let mut lines = lines.take_while(|line| *line != BEGIN);
    let line = lines.find(|line| !line.is_empty() && !line.starts_with('#'));
    line.and_then(|line| line.parse().ok()).ok_or_else(|| {
        refused("Een van de bestanden is geen hersteldeel van Doorstroom, of bevat een tikfout.")
    })
}

fn sealed_of(text: &str) -> Result<&str, Error> {
    let start = text.find(BEGIN);
    start.map(|start| &text[start..]).ok_or_else(|| {
        refused("Het hersteldeel is niet compleet: het versleutelde deel ontbreekt.")
    })
}

type Secrets = BTreeMap<String, Zeroizing<String>>;

fn encrypt(secrets: &Secrets, recipient: &Recipient) -> Result<String, Error> {
    let plain: BTreeMap<&str, &str> = secrets
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    let bytes = Zeroizing::new(serde_json::to_vec(&plain).expect("text always serialises"));
    let recipient: age::x25519::Recipient =
        recipient.to_string().parse().expect("age's own text form");
    let armored = || -> std::io::Result<Vec<u8>> {
        let recipients = std::iter::once(&recipient as &dyn age::Recipient);
        let encryptor = age::Encryptor::with_recipients(recipients).expect("one recipient");
        let armor = ArmoredWriter::wrap_output(Vec::new(), Format::AsciiArmor)?;
        let mut writer = encryptor.wrap_output(armor)?;
        writer.write_all(&bytes)?;
        writer.finish()?.finish()
    };
    let armored = armored().expect("writing to memory cannot fail");
    Ok(String::from_utf8(armored).expect("armour is ASCII"))
}

fn decrypt(sealed: &str, key: &Identity) -> Result<Secrets, Error> {
    let other = |_| {
        refused(
            "Deze hersteldelen horen niet bij elkaar, of een ervan is beschadigd. Geef twee delen van dezelfde sleutels en dezelfde dag op.",
        )
    };
    let own: age::x25519::Identity = key.to_text().parse().expect("age's own text form");
    let mut bytes = Zeroizing::new(Vec::new());
    let decryptor = age::Decryptor::new(ArmoredReader::new(sealed.as_bytes())).map_err(other)?;
    let identities = std::iter::once(&own as &dyn age::Identity);
    let mut reader = decryptor.decrypt(identities).map_err(other)?;
    reader
        .read_to_end(&mut bytes)
        .map_err(|error| other(error.into()))?;
    let plain: BTreeMap<String, String> = serde_json::from_slice(&bytes)
        .map_err(|_| refused("Het hersteldeel is van een andere versie van Doorstroom."))?;
    if let Some(name) = plain.keys().find(|name| !is_plain_name(name)) {
        return Err(refused(&format!(
            "Het hersteldeel noemt een vreemd bestand: {name:?}."
        )));
    }
    let secrets = plain.into_iter();
    Ok(secrets
        .map(|(name, text)| (name, Zeroizing::new(text)))
        .collect())
}

/// Whether a name is a file of a keyring, and no path to elsewhere.
fn is_plain_name(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    name.strip_suffix(".geheim")
        .is_some_and(|stem| !stem.is_empty() && stem.bytes().all(allowed))
}

fn refused(sentence: &str) -> Error {
    Error::Refused(sentence.to_owned())
}
