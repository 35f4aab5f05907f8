use record::ContentError;

/// Why a delivery could not be sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The sealed file could not be made or opened.
    #[error(transparent)]
    Envelope(#[from] envelope::Error),
    /// The keys in the file could not be read or evaluated.
    #[error(transparent)]
    Keys(#[from] linkage::Error),
    /// The content in the file could not be read.
    #[error(transparent)]
    Content(#[from] ContentError),
    /// Identifiers point at a client that is not there, or two at the same one.
    #[error("identifiers and clients do not fit together")]
    ClientsDiffer,
    /// The keys were made by another method than this program's.
    #[error("keys of another method")]
    OtherMethod,
    /// The keys were made with another secret of the institutions than the register is in.
    #[error("keys of epoch {found}, the register is in {expected}")]
    OtherEpoch {
        /// The epoch of the file.
        found: u32,
        /// The epoch of the register.
        expected: u32,
    },
    /// The payload holds other numbers of rows than the manifest says.
    #[error("table `{table}` holds another number of rows than the manifest says")]
    RowsDiffer {
        /// The table.
        table: String,
    },
    /// A row id occurs twice in the content.
    #[error("a row id occurs twice")]
    RowTwice,
}

impl Error {
    /// One Dutch sentence for the person who runs the command.
    pub fn sentence(&self) -> String {
        match self {
            Self::Envelope(error) => error.sentence(),
            Self::Keys(error) => error.sentence(),
            Self::Content(_) => {
                "De inhoud van dit bestand heeft niet de vorm die hier hoort; gebruik aan beide kanten dezelfde versie van Doorstroom.".into()
            }
            Self::ClientsDiffer => {
                "De identificerende gegevens en de cliëntrijen horen niet bij elkaar; controleer de levering opnieuw.".into()
            }
            Self::OtherMethod => {
                "De koppelsleutels zijn op een andere manier gemaakt dan deze versie van Doorstroom doet; gebruik overal dezelfde versie en verzegel opnieuw.".into()
            }
            Self::OtherEpoch { found, expected } => format!(
                "De koppelsleutels zijn gemaakt met koppelgeheim nummer {found}, het register gebruikt nummer {expected}; verzegel opnieuw met het koppelgeheim dat de instellingen nu delen."
            ),
            Self::RowsDiffer { table } => format!(
                "De tabel „{table}” heeft een ander aantal rijen dan de kop van het bestand zegt; vraag de afzender het opnieuw te maken."
            ),
            Self::RowTwice => {
                "Een rijnummer komt twee keer voor; vraag de afzender het bestand opnieuw te maken.".into()
            }
        }
    }
}
