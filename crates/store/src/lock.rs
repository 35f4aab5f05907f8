use crate::Error;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::path::Path;

const NAME: &str = ".slot";

/// A folder that one command at a time may change, or several may read.
///
/// The operating system gives the lock back when the program ends, however it ends.
#[derive(Debug)]
pub(crate) struct FolderLock {
    _file: File,
}

impl FolderLock {
    /// For who changes the folder: nobody else uses it meanwhile.
    ///
    /// # Errors
    /// [`Error::InUse`] where another command uses the folder.
    pub(crate) fn exclusive(folder: &Path) -> Result<Self, Error> {
        Self::take(folder, File::try_lock)
    }

    /// For who only reads the folder: nobody changes it meanwhile.
    ///
    /// # Errors
    /// [`Error::InUse`] where another command changes the folder.
    pub(crate) fn shared(folder: &Path) -> Result<Self, Error> {
        Self::take(folder, File::try_lock_shared)
    }

    fn take(folder: &Path, lock: fn(&File) -> Result<(), TryLockError>) -> Result<Self, Error> {
        let path = folder.join(NAME);
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let file = match options.open(&path) {
            // The name of the folder says more than that of a file nobody knows of.
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Err(Error::at(folder)(error));
            }
            opened => opened.map_err(Error::at(&path))?,
        };
        match lock(&file) {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(Error::InUse {
                path: folder.to_path_buf(),
            }),
            Err(TryLockError::Error(error)) => Err(Error::at(&path)(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_changes_or_several_read() {
        let folder = tempfile::tempdir().unwrap();
        let readers = [(); 2].map(|()| FolderLock::shared(folder.path()).unwrap());
        let refused = FolderLock::exclusive(folder.path()).unwrap_err();
        assert!(matches!(refused, Error::InUse { .. }));
        drop(readers);
        let writer = FolderLock::exclusive(folder.path()).unwrap();
        assert!(FolderLock::shared(folder.path()).is_err());
        assert!(FolderLock::exclusive(folder.path()).is_err());
        drop(writer);
        assert!(FolderLock::exclusive(folder.path()).is_ok());
    }
}
