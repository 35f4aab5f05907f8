/// Why a delivery or a file in it could not be read. Each text says what is wrong, where, and
/// how to mend it; none holds a cell's value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// The file's kind cannot be told from its name.
    #[error(
        "{file}: dit soort bestand wordt niet gelezen. Lever .xlsx, .ods, .csv of .sav, of een zip daarvan."
    )]
    UnknownKind {
        /// The file's name.
        file: String,
    },
    /// The file is something else than its name says.
    #[error(
        "{file}: dit is geen {expected} maar {found}. Sla het bestand op als {expected} en lever het opnieuw."
    )]
    Disguised {
        /// The file's name.
        file: String,
        /// What the name promises.
        expected: &'static str,
        /// What the first bytes are.
        found: &'static str,
    },
    /// A workbook behind a password.
    #[error(
        "{file}: de werkmap is beveiligd met een wachtwoord. Haal de beveiliging eraf en lever opnieuw."
    )]
    Encrypted {
        /// The file's name.
        file: String,
    },
    /// The file is cut short or damaged.
    #[error("{file}: het bestand is beschadigd of afgebroken ({part}). Maak de export opnieuw.")]
    Damaged {
        /// The file's name.
        file: String,
        /// Where the damage shows.
        part: String,
    },
    /// A quoted cell that never ends, so that the rest of the file cannot be told apart.
    #[error(
        "{file}, regel {line}: een aanhalingsteken wordt geopend maar niet gesloten; de regels erna zijn niet te lezen. Verdubbel aanhalingstekens binnen een cel of laat ze weg."
    )]
    UnclosedQuote {
        /// The file's name.
        file: String,
        /// The line on which the quote opens.
        line: u32,
    },
    /// The file is larger than can be read.
    #[error(
        "{file}: het bestand is groter dan {limit_mib} MiB (uitgepakt). Splits de levering in kleinere bestanden."
    )]
    TooLarge {
        /// The file's name.
        file: String,
        /// The limit.
        limit_mib: u64,
    },
    /// A table wider than any table of the dictionary or of a record system.
    #[error(
        "{file}: de tabel heeft meer dan {limit} kolommen en is niet gelezen. Lever alleen de kolommen die nodig zijn."
    )]
    TooManyColumns {
        /// The file's name.
        file: String,
        /// The limit.
        limit: usize,
    },
    /// A spreadsheet that claims more filled cells than a delivery can have.
    #[error(
        "{file}: het rekenblad telt meer dan {limit} gevulde cellen en is niet gelezen. Verwijder herhaalde rijen en kolommen, of lever csv."
    )]
    TooManyCells {
        /// The file's name.
        file: String,
        /// The limit.
        limit: u64,
    },
    /// Compressed data that unpack to suspiciously much.
    #[error(
        "{file}: het bestand pakt uit tot meer dan {ratio} keer zijn eigen omvang en is daarom niet gelezen. Maak de export opnieuw, zonder lege opgemaakte rijen."
    )]
    Bomb {
        /// The file's name.
        file: String,
        /// The limit.
        ratio: u64,
    },
    /// A zip with more entries than a delivery can have.
    #[error(
        "de zip heeft {entries} bestanden; meer dan {limit} wordt niet gelezen. Lever alleen de bestanden die bij de levering horen."
    )]
    TooManyEntries {
        /// How many there are.
        entries: u64,
        /// The limit.
        limit: u64,
    },
    /// A name in a zip that points outside it.
    #[error(
        "ingang {number} van de zip heeft een naam die buiten de zip wijst of geen gewoon bestand is. Maak de zip opnieuw van gewone bestanden."
    )]
    HostilePath {
        /// Which entry, from 1.
        number: u64,
    },
    /// Two files with the same name.
    #[error(
        "{file}: deze naam komt meer dan eens voor in de levering. Geef elk bestand een eigen naam."
    )]
    Repeated {
        /// The name.
        file: String,
    },
    /// An entry of a zip behind a password.
    #[error("{file}: dit bestand in de zip is versleuteld. Maak de zip opnieuw zonder wachtwoord.")]
    EncryptedEntry {
        /// The file's name.
        file: String,
    },
    /// The bytes are no zip.
    #[error(
        "de levering is geen leesbare zip, of zij is afgebroken. Maak de zip opnieuw en controleer of zij helemaal is overgekomen."
    )]
    NoZip,
}

impl Unreadable {
    /// What is wrong, where, and how to mend it, in Dutch.
    pub fn sentence(&self) -> String {
        let text = self.to_string();
        let mut letters = text.chars();
        match (self.file(), letters.next()) {
            (None, Some(first)) => first.to_uppercase().chain(letters).collect(),
            _ => text,
        }
    }

    /// The file that it is about, where it is about one.
    pub fn file(&self) -> Option<&str> {
        match self {
            Self::UnknownKind { file }
            | Self::Disguised { file, .. }
            | Self::Encrypted { file }
            | Self::Damaged { file, .. }
            | Self::UnclosedQuote { file, .. }
            | Self::TooLarge { file, .. }
            | Self::TooManyColumns { file, .. }
            | Self::TooManyCells { file, .. }
            | Self::Bomb { file, .. }
            | Self::Repeated { file }
            | Self::EncryptedEntry { file } => Some(file),
            Self::TooManyEntries { .. } | Self::HostilePath { .. } | Self::NoZip => None,
        }
    }
}
