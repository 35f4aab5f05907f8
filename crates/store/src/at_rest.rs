//! Files about clients lie encrypted on disk, to the key of the folder they lie in.

use crate::{Error, files};
use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

/// Encrypts what `fill` writes to `identity`'s own public key; the file appears whole.
///
/// # Errors
/// What the file system or the cipher says; what `fill` says.
pub fn write(
    path: &Path,
    identity: &envelope::Identity,
    fill: impl FnOnce(&mut dyn Write) -> Result<(), Error>,
) -> Result<(), Error> {
    let recipient: age::x25519::Recipient = identity
        .recipient()
        .to_string()
        .parse()
        .map_err(cipher(path))?;
    files::write_atomically(path, |file| {
        let recipients = std::iter::once(&recipient as &dyn age::Recipient);
        let encryptor = age::Encryptor::with_recipients(recipients).map_err(cipher(path))?;
        let mut writer = encryptor.wrap_output(file).map_err(Error::at(path))?;
        fill(&mut writer)?;
        writer.finish().map(|_| ()).map_err(Error::at(path))
    })
}

/// Decrypts a file that [`write`] made.
///
/// # Errors
/// What the file system says; a key that does not fit; a file that was changed.
pub fn read(path: &Path, identity: &envelope::Identity) -> Result<Vec<u8>, Error> {
    let own: age::x25519::Identity = identity.to_text().trim().parse().map_err(cipher(path))?;
    let file =
        std::io::BufReader::with_capacity(1 << 20, File::open(path).map_err(Error::at(path))?);
    let decryptor = age::Decryptor::new(file).map_err(cipher(path))?;
    let identities = std::iter::once(&own as &dyn age::Identity);
    let mut bytes = Vec::new();
    let mut reader = decryptor.decrypt(identities).map_err(cipher(path))?;
    reader.read_to_end(&mut bytes).map_err(cipher(path))?;
    Ok(bytes)
}

fn cipher<E: std::fmt::Display>(path: &Path) -> impl FnOnce(E) -> Error + use<E> {
    let path = path.to_path_buf();
    move |error| Error::Cipher {
        path,
        message: error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    #[test]
    fn only_the_own_key_reads_and_a_changed_byte_is_seen() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.age");
        let mut rng = StdRng::seed_from_u64(1);
        let own = envelope::Identity::generate(&mut rng);
        let other = envelope::Identity::generate(&mut rng);
        write(&path, &own, |writer| {
            writer.write_all(b"inhoud").map_err(Error::at(&path))
        })
        .unwrap();
        assert_eq!(read(&path, &own).unwrap(), b"inhoud");
        assert!(read(&path, &other).is_err());
        let mut bytes = files::read(&path).unwrap();
        assert!(!bytes.windows(6).any(|window| window == b"inhoud"));
        *bytes.last_mut().unwrap() ^= 1;
        files::write_bytes(&path, &bytes).unwrap();
        assert!(read(&path, &own).is_err());
    }
}
