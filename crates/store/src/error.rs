use std::io;
use std::path::{Path, PathBuf};

/// What can go wrong in a folder of ours. [`Error::sentence`] is what the user reads.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file system says no.
    #[error("{path}: {source}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
    /// The database says no.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    /// The database could not be brought up to date.
    #[error("database migration: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// `study.toml` or a key file is not as it should be.
    #[error("{path}: {message}")]
    Malformed {
        /// The file.
        path: PathBuf,
        /// A Dutch sentence with the place.
        message: String,
    },
    /// A sealed file was refused.
    #[error(transparent)]
    Envelope(#[from] envelope::Error),
    /// What stands in a sealed file is not content.
    #[error(transparent)]
    Content(#[from] record::ContentError),
    /// Encryption or decryption of our own files failed.
    #[error("{path}: {message}")]
    Cipher {
        /// The file.
        path: PathBuf,
        /// What the cipher said.
        message: String,
    },
    /// An expected "no", as a Dutch sentence.
    #[error("{0}")]
    Refused(String),
}

impl Error {
    /// An I/O error at a path.
    pub fn at(path: &Path) -> impl FnOnce(io::Error) -> Self + use<> {
        let path = path.to_path_buf();
        move |source| Self::Io { path, source }
    }

    /// What the user reads: what, where, and how to mend it.
    pub fn sentence(&self) -> String {
        match self {
            Self::Io { path, source } if source.kind() == io::ErrorKind::NotFound => {
                format!("{} bestaat niet. Controleer het pad.", path.display())
            }
            Self::Io { path, source } if source.kind() == io::ErrorKind::PermissionDenied => {
                format!(
                    "{} mag niet worden gelezen of geschreven. Controleer de rechten van de map.",
                    path.display()
                )
            }
            Self::Io { path, source } => format!(
                "{} kon niet worden gelezen of geschreven: {source}.",
                path.display()
            ),
            Self::Database(error) => format!(
                "De database van de studiemap geeft een fout ({error}). Sluit andere programma's die de map gebruiken en probeer opnieuw."
            ),
            Self::Migration(error) => format!(
                "De database van de studiemap past niet bij deze versie van Doorstroom ({error}). Gebruik de versie waarmee de map is gemaakt, of een nieuwere."
            ),
            Self::Malformed { path, message } => format!("{}: {message}", path.display()),
            Self::Envelope(error) => error.sentence(),
            Self::Content(error) => format!(
                "De verzegelde inhoud kan niet worden gelezen ({error}). Vraag de instelling de levering opnieuw te verzegelen met dezelfde versie van Doorstroom."
            ),
            Self::Cipher { path, message } => format!(
                "{} kan niet worden ontsleuteld ({message}). Controleer of de sleutel bij deze map hoort.",
                path.display()
            ),
            Self::Refused(sentence) => sentence.clone(),
        }
    }
}
