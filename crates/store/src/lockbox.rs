//! Files about clients whose keys lie apart, so that a file can be closed for good, in every copy
//! of it, by dropping its key.
//!
//! Each file is encrypted to a random key of its own. That key lies in the folder [`KEYS`],
//! encrypted to the study's key. Backups leave that folder out, or keep its newest state only:
//! then an old copy of a file whose key was dropped opens no more.

use crate::randomness::secure_rng;
use crate::{Error, at_rest, files};
use envelope::Identity;
use std::io::Write;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// The folder with keys, in the study folder.
pub(crate) const KEYS: &str = "kluissleutels";

/// Opens and closes the files of one study folder.
#[derive(Clone, Copy)]
pub(crate) struct Lockbox<'a> {
    folder: &'a Path,
    identity: &'a Identity,
}

impl<'a> Lockbox<'a> {
    pub(crate) fn new(folder: &'a Path, identity: &'a Identity) -> Self {
        Self { folder, identity }
    }

    /// Where the key of this name lies.
    pub(crate) fn key_path(&self, name: &str) -> PathBuf {
        self.folder.join(KEYS).join(format!("{name}.age"))
    }

    /// Writes a file whole, under a fresh key of this name.
    ///
    /// Until the new file is in place the old key stays beside the new one, so that a crash in
    /// between closes nothing.
    ///
    /// # Errors
    /// What the file system or the cipher says; what `fill` says.
    pub(crate) fn write(
        &self,
        name: &str,
        path: &Path,
        fill: impl FnOnce(&mut dyn Write) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let key = Identity::generate(&mut secure_rng());
        let mut keys = vec![key.to_text()];
        if path.exists() && self.key_path(name).exists() {
            keys.extend(self.keys(name)?);
        }
        self.write_keys(name, &keys)?;
        at_rest::write(path, &key, fill)?;
        if keys.len() > 1 {
            self.write_keys(name, &keys[..1])?;
        }
        Ok(())
    }

    /// Reads a file that [`Lockbox::write`] wrote.
    ///
    /// # Errors
    /// What the file system says; a key that is gone or does not fit; a file that was changed.
    pub(crate) fn read(&self, name: &str, path: &Path) -> Result<Vec<u8>, Error> {
        let mut failed = None;
        for text in self.keys(name)? {
            let opened = Identity::parse(&text).map_err(|error| Error::Cipher {
                path: self.key_path(name),
                message: error.sentence(),
            });
            match opened.and_then(|key| at_rest::read(path, &key)) {
                Ok(bytes) => return Ok(bytes),
                Err(error) => failed = Some(error),
            }
        }
        Err(failed.unwrap_or_else(|| Error::Cipher {
            path: self.key_path(name),
            message: "no key".into(),
        }))
    }

    /// Drops the key, then the file. Doing so twice is the same as once.
    ///
    /// # Errors
    /// What the file system says.
    pub(crate) fn remove(&self, name: &str, path: &Path) -> Result<(), Error> {
        self.drop_key(name)?;
        if path.exists() {
            files::remove(path)?;
        }
        Ok(())
    }

    /// Drops the key: no copy of the file opens any more.
    ///
    /// # Errors
    /// What the file system says.
    pub(crate) fn drop_key(&self, name: &str) -> Result<(), Error> {
        files::shred(&self.key_path(name))
    }

    /// Drops every key of which the name starts so.
    ///
    /// # Errors
    /// What the file system says.
    pub(crate) fn drop_keys_starting(&self, start: &str) -> Result<(), Error> {
        for path in files::finished_files(&self.folder.join(KEYS))? {
            let name = path.file_name().map(|name| name.to_string_lossy());
            if name.is_some_and(|name| name.starts_with(start)) {
                files::shred(&path)?;
            }
        }
        Ok(())
    }

    /// Writes what lies in the folder of keys; what lay there before is overwritten.
    ///
    /// # Errors
    /// What the file system or the cipher says.
    pub(crate) fn write_key_file(&self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        let path = self.key_path(name);
        files::shred_predecessor(&path, || {
            at_rest::write(&path, self.identity, |writer| {
                writer.write_all(bytes).map_err(Error::at(&path))
            })
        })
    }

    /// Reads what [`Lockbox::write_key_file`] wrote.
    ///
    /// # Errors
    /// What the file system says; a key that does not fit; a file that was changed.
    pub(crate) fn read_key_file(&self, name: &str) -> Result<Zeroizing<Vec<u8>>, Error> {
        at_rest::read(&self.key_path(name), self.identity).map(Zeroizing::new)
    }

    fn write_keys(&self, name: &str, keys: &[Zeroizing<String>]) -> Result<(), Error> {
        let lines: Vec<&str> = keys.iter().map(|key| key.as_str()).collect();
        let text = Zeroizing::new(lines.join("\n"));
        self.write_key_file(name, text.as_bytes())
    }

    fn keys(&self, name: &str) -> Result<Vec<Zeroizing<String>>, Error> {
        let bytes = self.read_key_file(name)?;
        let text = std::str::from_utf8(&bytes).map_err(|_| Error::Cipher {
            path: self.key_path(name),
            message: "not text".into(),
        })?;
        Ok(text
            .lines()
            .map(|line| Zeroizing::new(line.to_owned()))
            .collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(lockbox: Lockbox<'_>, path: &Path, text: &str) {
        let fill =
            |writer: &mut dyn Write| writer.write_all(text.as_bytes()).map_err(Error::at(path));
        lockbox.write("a", path, fill).unwrap();
    }

    #[test]
    fn a_file_closes_for_good_when_its_key_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        files::create_folder(&folder.path().join(KEYS)).unwrap();
        let identity = Identity::generate(&mut secure_rng());
        let lockbox = Lockbox::new(folder.path(), &identity);
        let path = folder.path().join("a.age");
        put(lockbox, &path, "een");
        assert_eq!(lockbox.read("a", &path).unwrap(), b"een");
        assert!(
            at_rest::read(&path, &identity).is_err(),
            "not the study's key"
        );
        let old = files::read(&path).unwrap();
        put(lockbox, &path, "twee");
        assert_eq!(lockbox.read("a", &path).unwrap(), b"twee");
        // A copy from before opens no more: its key went when the file was replaced.
        files::write_bytes(&path, &old).unwrap();
        assert!(lockbox.read("a", &path).is_err());
        lockbox.remove("a", &path).unwrap();
        lockbox.remove("a", &path).unwrap();
        assert!(!path.exists() && !lockbox.key_path("a").exists());
    }

    #[test]
    fn a_crash_between_key_and_file_closes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        files::create_folder(&folder.path().join(KEYS)).unwrap();
        let identity = Identity::generate(&mut secure_rng());
        let lockbox = Lockbox::new(folder.path(), &identity);
        let path = folder.path().join("a.age");
        put(lockbox, &path, "een");
        let failed = lockbox.write("a", &path, |_| Err(Error::Refused("nee".into())));
        assert!(failed.is_err());
        assert_eq!(lockbox.read("a", &path).unwrap(), b"een");
    }
}
