//! Exit codes, one per cause.

use std::path::Path;
use std::process::ExitCode;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done; at most notes.
    Fine,
    /// Done, with warnings.
    Warnings,
    /// Stopped by blocking findings.
    Blocking,
    /// Input that cannot be read.
    Unreadable,
    /// An expected "no": of the gate, of the order of deliveries, of a key.
    Refused,
    /// A sealed file that is not what it should be.
    Sealed,
    /// Something of an erased client can still be opened.
    NotErased,
    /// The command line is wrong.
    Usage,
    /// Reading or writing failed.
    Io,
    /// Another command uses the folder; later it may go.
    Busy,
}

/// The codes, for `--help`.
pub const HELP: &str = "\
Eindcodes:
  0 goed, hooguit opmerkingen        1 waarschuwingen
  2 blokkerende bevindingen          3 onleesbare invoer
  4 geweigerd, met de reden          5 een verzegeld bestand klopt niet
  6 van een gewiste cliënt is nog iets te openen
  64 verkeerde opdracht              74 lezen of schrijven mislukt
  75 de map is in gebruik door een andere opdracht";

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Fine => 0,
            Exit::Warnings => 1,
            Exit::Blocking => 2,
            Exit::Unreadable => 3,
            Exit::Refused => 4,
            Exit::Sealed => 5,
            Exit::NotErased => 6,
            Exit::Usage => 64,
            Exit::Io => 74,
            Exit::Busy => 75,
        })
    }
}

/// Why a command stopped, in Dutch for its user.
#[derive(Debug)]
pub struct Failure {
    exit: Exit,
    sentence: String,
}

impl Failure {
    /// A failure with this code and sentence.
    pub fn new(exit: Exit, sentence: impl Into<String>) -> Self {
        Self {
            exit,
            sentence: sentence.into(),
        }
    }

    /// The same, with the name of the file that it is about: a command may get many.
    pub fn about(mut self, path: &Path) -> Self {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if !self.sentence.contains(name.as_ref()) {
            self.sentence = format!("{name}: {}", self.sentence);
        }
        self
    }

    /// The code.
    pub fn exit(&self) -> Exit {
        self.exit
    }

    /// What the user reads.
    pub fn sentence(&self) -> &str {
        &self.sentence
    }
}

impl From<store::Error> for Failure {
    fn from(error: store::Error) -> Self {
        Self::new(exit_of(&error), error.sentence())
    }
}

fn exit_of(error: &store::Error) -> Exit {
    match error {
        store::Error::Io { .. } | store::Error::Database(_) | store::Error::Migration(_) => {
            Exit::Io
        }
        store::Error::Malformed { .. } | store::Error::Content(_) | store::Error::Cipher { .. } => {
            Exit::Unreadable
        }
        store::Error::Envelope(_) => Exit::Sealed,
        store::Error::InUse { .. } => Exit::Busy,
        store::Error::Refused(_) => Exit::Refused,
        store::Error::Unrecorded { refusal, .. } => exit_of(refusal),
    }
}

impl From<envelope::Error> for Failure {
    fn from(error: envelope::Error) -> Self {
        Self::new(Exit::Sealed, error.sentence())
    }
}

impl From<linkage::Error> for Failure {
    fn from(error: linkage::Error) -> Self {
        Self::new(Exit::Sealed, error.sentence())
    }
}

impl From<disclosure::Refusal> for Failure {
    fn from(refusal: disclosure::Refusal) -> Self {
        Self::new(Exit::Refused, format!("Geweigerd: {refusal}."))
    }
}
