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
    /// Another command uses the folder.
    #[error("{path} is in use")]
    InUse {
        /// The folder.
        path: PathBuf,
    },
    /// A file was refused, and the audit event that says so could not be kept.
    #[error("{refusal}; not recorded: {because}")]
    Unrecorded {
        /// Why the file was refused.
        refusal: Box<Error>,
        /// Why the event could not be kept.
        because: Box<Error>,
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
                "{} kon niet worden gelezen of geschreven: {}.",
                path.display(),
                reason(source)
            ),
            Self::Database(error) => format!(
                "De database van de studiemap (doorstroom.sqlite) geeft een fout{}. Sluit andere programma's die de map gebruiken en probeer opnieuw; helpt dat niet, zet dan de laatste reservekopie van de hele map terug.",
                database_code(error)
            ),
            Self::Migration(_) => "De database van de studiemap past niet bij deze versie van Doorstroom. Gebruik de versie waarmee de map is gemaakt, of een nieuwere.".into(),
            Self::Malformed { path, message } => format!("{}: {message}", path.display()),
            Self::Envelope(error) => error.sentence(),
            Self::Content(_) => "De verzegelde inhoud kan niet worden gelezen. Vraag de instelling de levering opnieuw te verzegelen met dezelfde versie van Doorstroom.".into(),
            Self::Cipher { path, .. } => format!(
                "{} kan niet worden ontsleuteld. Controleer of de sleutel bij deze map hoort; zo ja, dan is het bestand beschadigd: zet de laatste reservekopie terug.",
                path.display()
            ),
            Self::InUse { path } => format!(
                "De map {} is in gebruik door een andere opdracht van Doorstroom. Wacht tot die klaar is en probeer het opnieuw.",
                path.display()
            ),
            Self::Unrecorded { refusal, because } => format!(
                "{} Deze weigering kon niet worden vastgelegd: {}",
                refusal.sentence(),
                because.sentence()
            ),
            Self::Refused(sentence) => sentence.clone(),
        }
    }
}

/// What the operating system says, in Dutch where it is something that users meet.
fn reason(error: &io::Error) -> String {
    use io::ErrorKind;
    let known = match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "de schijf is vol",
        ErrorKind::IsADirectory => "dit is een map, geen bestand",
        ErrorKind::NotADirectory => "dit is een bestand, geen map",
        ErrorKind::ReadOnlyFilesystem => "de schijf staat geen schrijven toe",
        ErrorKind::InvalidData => "dit is geen tekst in UTF-8",
        ErrorKind::UnexpectedEof => "het bestand houdt te vroeg op",
        ErrorKind::AlreadyExists | ErrorKind::DirectoryNotEmpty => "het bestaat al",
        ErrorKind::Interrupted | ErrorKind::TimedOut => "het duurde te lang",
        _ => "",
    };
    match (known, error.raw_os_error()) {
        ("", Some(code)) => format!("het besturingssysteem geeft foutcode {code}"),
        ("", None) => "de schijf of het netwerk geeft een fout".into(),
        (known, _) => known.into(),
    }
}

fn database_code(error: &sqlx::Error) -> String {
    let code = error.as_database_error().and_then(|error| error.code());
    code.map_or(String::new(), |code| format!(" (SQLite-code {code})"))
}
