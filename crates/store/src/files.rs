//! Files that are there whole or not at all.

use crate::Error;
use estimate::Digest;
use sha2::{Digest as _, Sha256};
use std::fs::{self, File};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

/// Name part of files that are still being written; leftovers are swept by [`sweep`].
const UNFINISHED: &str = ".onvoltooid-";

/// How the name of a folder ends that was set aside for its successor.
const OLD: &str = ".oud";

/// Writes a file so that after any crash it is there whole or not at all: into a neighbour,
/// flushed to disk, then renamed over the target, and the folder flushed as well.
///
/// # Errors
/// Whatever the file system says, with the path; what `fill` says.
pub fn write_atomically<T, E>(
    path: &Path,
    fill: impl FnOnce(&mut dyn Write) -> Result<T, E>,
) -> Result<T, E>
where
    E: From<Error>,
{
    let unfinished = neighbour(path);
    let file = File::create(&unfinished).map_err(Error::at(&unfinished))?;
    let mut writer = io::BufWriter::with_capacity(1 << 20, file);
    let made = match fill(&mut writer) {
        Ok(made) => made,
        Err(error) => {
            drop(writer);
            // The reason that counts is the one of `fill`; what stays behind is swept later.
            let _ = fs::remove_file(&unfinished);
            return Err(error);
        }
    };
    let file = writer
        .into_inner()
        .map_err(|error| Error::at(&unfinished)(error.into_error()))?;
    file.sync_all().map_err(Error::at(&unfinished))?;
    fs::rename(&unfinished, path).map_err(Error::at(path))?;
    sync_folder(path)?;
    Ok(made)
}

/// A private copy of a file, to be judged before it gets its place. Unless it is kept, nothing
/// of it stays.
pub struct Copied {
    path: PathBuf,
    kept: bool,
}

impl Copied {
    /// Copies an opened file beside `place`; whoever changes the original afterwards changes
    /// nothing here.
    ///
    /// # Errors
    /// Whatever the file system says, with the path; bytes that no longer have this digest.
    pub fn of(
        original: &mut File,
        (from, expected): (&Path, Digest),
        place: &Path,
    ) -> Result<Self, Error> {
        let copied = Self {
            path: neighbour(place),
            kept: false,
        };
        let mut file = File::create(&copied.path).map_err(Error::at(&copied.path))?;
        original.rewind().map_err(Error::at(from))?;
        let mut hasher = Sha256::new();
        read_through(original, from, |piece| {
            hasher.update(piece);
            file.write_all(piece).map_err(Error::at(&copied.path))
        })?;
        file.sync_all().map_err(Error::at(&copied.path))?;
        if Digest(hasher.finalize().into()) == expected {
            Ok(copied)
        } else {
            Err(Error::Refused(format!(
                "{} is veranderd terwijl het werd gelezen. Wacht tot het bestand compleet is en probeer het opnieuw.",
                from.display()
            )))
        }
    }

    /// The copy, opened to be read.
    ///
    /// # Errors
    /// Whatever the file system says, with the path.
    pub fn open(&self) -> Result<File, Error> {
        File::open(&self.path).map_err(Error::at(&self.path))
    }

    /// Gives the copy its place, in the same file system.
    ///
    /// # Errors
    /// Whatever the file system says, with the path.
    pub fn keep(mut self, place: &Path) -> Result<(), Error> {
        fs::rename(&self.path, place).map_err(Error::at(place))?;
        self.kept = true;
        sync_folder(place)
    }
}

impl Drop for Copied {
    fn drop(&mut self) {
        if !self.kept {
            // What stays behind is swept later.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// [`write_atomically`] for bytes at hand.
///
/// # Errors
/// Whatever the file system says, with the path.
pub fn write_bytes(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    write_atomically(path, |writer| {
        writer.write_all(bytes).map_err(Error::at(path))
    })
}

/// Writes a secret: like [`write_bytes`], readable by the owner alone.
///
/// # Errors
/// Whatever the file system says, with the path.
pub(crate) fn write_secret(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let unfinished = neighbour(path);
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&unfinished).map_err(Error::at(&unfinished))?;
    file.write_all(bytes).map_err(Error::at(&unfinished))?;
    file.sync_all().map_err(Error::at(&unfinished))?;
    fs::rename(&unfinished, path).map_err(Error::at(path))?;
    sync_folder(path)
}

/// Writes a secret into a new file, readable by the owner alone.
///
/// # Errors
/// A file that is there already; whatever the file system says, with the path.
pub fn write_new_secret(path: &Path, text: &str) -> Result<(), Error> {
    refuse_existing_secret(path)?;
    write_secret(path, text.as_bytes())
}

/// Refuses to write a secret where a file is.
pub(crate) fn refuse_existing_secret(path: &Path) -> Result<(), Error> {
    if path.exists() {
        return Err(Error::Refused(format!(
            "{} bestaat al. Een geheime sleutel wordt nooit overschreven: kies een andere map.",
            path.display()
        )));
    }
    Ok(())
}

/// Writes a folder of files so that it appears as a whole: filled beside its place, then
/// renamed. An existing folder of that name is replaced.
///
/// # Errors
/// Whatever the file system says, with the path; what `fill` says.
pub fn write_folder<E>(path: &Path, fill: impl FnOnce(&Path) -> Result<(), E>) -> Result<(), E>
where
    E: From<Error>,
{
    let unfinished = neighbour(path);
    let old = old_of(path);
    if old.exists() {
        // A crash came between: either the new folder is in place, or the old one goes back.
        let settled = if path.exists() {
            fs::remove_dir_all(&old)
        } else {
            fs::rename(&old, path)
        };
        settled.map_err(Error::at(&old))?;
    }
    if unfinished.exists() {
        fs::remove_dir_all(&unfinished).map_err(Error::at(&unfinished))?;
    }
    fs::create_dir_all(&unfinished).map_err(Error::at(&unfinished))?;
    if let Err(error) = fill(&unfinished) {
        // The reason that counts is the one of `fill`.
        let _ = fs::remove_dir_all(&unfinished);
        return Err(error);
    }
    if path.exists() {
        fs::rename(path, &old).map_err(Error::at(path))?;
        fs::rename(&unfinished, path).map_err(Error::at(path))?;
        fs::remove_dir_all(&old).map_err(Error::at(&old))?;
    } else {
        fs::rename(&unfinished, path).map_err(Error::at(path))?;
    }
    sync_folder(path)?;
    Ok(())
}

/// Reads a file whole.
///
/// # Errors
/// Whatever the file system says, with the path.
pub fn read(path: &Path) -> Result<Vec<u8>, Error> {
    fs::read(path).map_err(Error::at(path))
}

/// Reads a file of text.
///
/// # Errors
/// Whatever the file system says, with the path; also text that is not UTF-8.
pub fn read_text(path: &Path) -> Result<String, Error> {
    fs::read_to_string(path).map_err(Error::at(path))
}

/// Makes a folder and those above it.
///
/// # Errors
/// Whatever the file system says, with the path.
pub fn create_folder(path: &Path) -> Result<(), Error> {
    fs::create_dir_all(path).map_err(Error::at(path))
}

/// The SHA-256 digest of a file, read piece by piece.
///
/// # Errors
/// Whatever the file system says, with the path.
pub fn digest(path: &Path) -> Result<Digest, Error> {
    digest_of_file(&mut File::open(path).map_err(Error::at(path))?, path)
}

/// The SHA-256 digest of what is left to read of an opened file.
///
/// # Errors
/// Whatever the file system says, with the path.
pub fn digest_of_file(file: &mut File, path: &Path) -> Result<Digest, Error> {
    let mut hasher = Sha256::new();
    read_through(file, path, |piece| {
        hasher.update(piece);
        Ok(())
    })?;
    Ok(Digest(hasher.finalize().into()))
}

fn read_through(
    file: &mut File,
    path: &Path,
    mut each: impl FnMut(&[u8]) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut buffer = vec![0; 1 << 20];
    loop {
        match file.read(&mut buffer).map_err(Error::at(path))? {
            0 => return Ok(()),
            count => each(&buffer[..count])?,
        }
    }
}

/// The SHA-256 digest of bytes at hand.
pub fn digest_of(bytes: &[u8]) -> Digest {
    Digest(Sha256::digest(bytes).into())
}

/// The files in a folder, in the order of their names, without those still being written;
/// none where the folder is not there.
///
/// # Errors
/// Whatever the file system says, with the path.
pub fn finished_files(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(Error::at(folder))? {
        let entry = entry.map_err(Error::at(folder))?;
        let unfinished = entry.file_name().to_string_lossy().starts_with(UNFINISHED);
        let kind = entry.file_type().map_err(Error::at(&entry.path()))?;
        if kind.is_file() && !unfinished {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}

/// All files below a folder, in the order of their paths, those still being written too. Links
/// are not followed.
///
/// # Errors
/// Whatever the file system says, with the path.
pub(crate) fn files_below(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let (mut found, mut folders) = (Vec::new(), vec![folder.to_path_buf()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).map_err(Error::at(&folder))? {
            let entry = entry.map_err(Error::at(&folder))?;
            let kind = entry.file_type().map_err(Error::at(&entry.path()))?;
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() {
                found.push(entry.path());
            }
        }
    }
    found.sort();
    Ok(found)
}

/// The first bytes of a file, at most `count`.
///
/// # Errors
/// Whatever the file system says, with the path.
pub(crate) fn start(path: &Path, count: u64) -> Result<Vec<u8>, Error> {
    let file = File::open(path).map_err(Error::at(path))?;
    let mut bytes = Vec::new();
    let mut start = file.take(count);
    start.read_to_end(&mut bytes).map_err(Error::at(path))?;
    Ok(bytes)
}

/// Removes every folder in a folder, with what is in it.
///
/// # Errors
/// Whatever the file system says, with the path.
pub(crate) fn remove_folders_in(folder: &Path) -> Result<(), Error> {
    for entry in fs::read_dir(folder).map_err(Error::at(folder))? {
        let path = entry.map_err(Error::at(folder))?.path();
        if path.is_dir() {
            fs::remove_dir_all(&path).map_err(Error::at(&path))?;
        }
    }
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(Error::at(folder))
}

/// Removes a file for good.
///
/// # Errors
/// Whatever the file system says, with the path.
pub fn remove(path: &Path) -> Result<(), Error> {
    fs::remove_file(path).map_err(Error::at(path))?;
    sync_folder(path)
}

/// Removes a file with a key: overwrites it, then removes it. A file that is not there is fine.
///
/// What a disk keeps of overwritten blocks is up to the disk; the file is encrypted as well.
///
/// # Errors
/// Whatever the file system says, with the path.
pub(crate) fn shred(path: &Path) -> Result<(), Error> {
    if !path.exists() {
        return Ok(());
    }
    let file = open_to_overwrite(path)?;
    overwrite(file, path)?;
    remove(path)
}

/// Writes a file with keys by `write`, which renames it into its place, and then overwrites the
/// file that was in that place before.
///
/// # Errors
/// What `write` says; whatever the file system says, with the path.
pub(crate) fn shred_predecessor(
    path: &Path,
    write: impl FnOnce() -> Result<(), Error>,
) -> Result<(), Error> {
    let before = path.exists().then(|| open_to_overwrite(path)).transpose()?;
    write()?;
    match before {
        Some(file) => overwrite(file, path),
        None => Ok(()),
    }
}

fn open_to_overwrite(path: &Path) -> Result<File, Error> {
    let mut options = fs::OpenOptions::new();
    options.write(true).open(path).map_err(Error::at(path))
}

fn overwrite(mut file: File, path: &Path) -> Result<(), Error> {
    let length = file.metadata().map_err(Error::at(path))?.len();
    let mut zeros = io::repeat(0).take(length);
    io::copy(&mut zeros, &mut file).map_err(Error::at(path))?;
    file.sync_all().map_err(Error::at(path))
}

/// Removes what a crash left half-written in a folder.
///
/// # Errors
/// Whatever the file system says, with the path.
pub fn sweep(folder: &Path) -> Result<(), Error> {
    for entry in fs::read_dir(folder).map_err(Error::at(folder))? {
        let path = entry.map_err(Error::at(folder))?.path();
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        if !name.is_some_and(|name| name.starts_with(UNFINISHED)) {
            continue;
        }
        let removed = if let Some(home) = home_of_old(&path).filter(|home| !home.exists()) {
            // Set aside by `write_folder`, and its successor never came: it goes back.
            fs::rename(&path, &home)
        } else if path.is_dir() {
            fs::remove_dir_all(&path)
        } else {
            fs::remove_file(&path)
        };
        removed.map_err(Error::at(&path))?;
    }
    Ok(())
}

/// Where a folder that [`write_folder`] set aside came from.
fn home_of_old(path: &Path) -> Option<PathBuf> {
    let name = path.file_name()?.to_str()?;
    let home = name.strip_prefix(UNFINISHED)?.strip_suffix(OLD)?;
    Some(path.with_file_name(home))
}

/// Where [`write_folder`] sets the old folder aside.
fn old_of(path: &Path) -> PathBuf {
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    path.with_file_name(format!("{UNFINISHED}{}{OLD}", name.unwrap_or_default()))
}

fn neighbour(path: &Path) -> PathBuf {
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    path.with_file_name(format!("{UNFINISHED}{}", name.unwrap_or_default()))
}

fn sync_folder(path: &Path) -> Result<(), Error> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(Error::at(folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_write_leaves_the_old_file_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        write_bytes(&path, b"oud").unwrap();
        let failed: Result<(), Error> = write_atomically(&path, |writer| {
            writer.write_all(b"half").map_err(Error::at(&path))?;
            Err(Error::Refused("nee".into()))
        });
        assert!(failed.is_err());
        assert_eq!(read(&path).unwrap(), b"oud");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_whose_successor_never_came_goes_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("map");
        write_folder(&path, |inside| write_bytes(&inside.join("a"), b"een")).unwrap();
        fs::rename(&path, old_of(&path)).unwrap();
        sweep(folder.path()).unwrap();
        assert_eq!(read_text(&path.join("a")).unwrap(), "een");
        fs::rename(&path, old_of(&path)).unwrap();
        write_folder(&path, |inside| write_bytes(&inside.join("a"), b"twee")).unwrap();
        assert_eq!(read_text(&path.join("a")).unwrap(), "twee");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_copy_is_what_was_read_and_nothing_of_it_stays_unless_kept() {
        let folder = tempfile::tempdir().unwrap();
        let (from, place) = (folder.path().join("a"), folder.path().join("b"));
        write_bytes(&from, b"inhoud").unwrap();
        let mut original = File::open(&from).unwrap();
        let read_before = digest_of_file(&mut original, &from).unwrap();
        let copied = Copied::of(&mut original, (&from, read_before), &place).unwrap();
        // Changed in its place: what was copied stays what it was.
        fs::write(&from, b"anders").unwrap();
        let mut text = String::new();
        copied.open().unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, "inhoud");
        copied.keep(&place).unwrap();
        assert_eq!(read(&place).unwrap(), b"inhoud");
        // Changed between reading and copying: refused.
        let changed = Copied::of(
            &mut original,
            (&from, read_before),
            &folder.path().join("c"),
        );
        assert!(matches!(changed, Err(Error::Refused(_))));
        drop(changed);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    fn leftovers_are_swept() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(".onvoltooid-x"), b"half").unwrap();
        fs::create_dir(folder.path().join(".onvoltooid-map")).unwrap();
        write_bytes(&folder.path().join("heel"), b"heel").unwrap();
        sweep(folder.path()).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_appears_whole_and_replaces_the_old_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("map");
        for text in ["een", "twee"] {
            write_folder(&path, |inside| {
                write_bytes(&inside.join("a"), text.as_bytes())
            })
            .unwrap();
            assert_eq!(read_text(&path.join("a")).unwrap(), text);
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
