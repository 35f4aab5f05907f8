//! What a fit reads, and what it wants to say besides its result.

use crate::Failure;
use std::cell::{Cell, RefCell};
use std::io;

/// Where the bytes of files come from; this crate opens none itself.
pub trait Files {
    /// The bytes of a file.
    ///
    /// # Errors
    /// As the file system has them; [`io::ErrorKind::NotFound`] where there is none.
    fn read(&self, name: &str) -> io::Result<Vec<u8>>;

    /// Told when the table in a file has been read: what follows is statistics. Who measures
    /// time starts a clock here.
    fn table_is_read(&self, _name: &str) {}
}

/// Something the user should know although the fit succeeded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// A name for programs: stable, English, in snake case.
    pub code: String,
    /// A Dutch sentence.
    pub message: String,
}

/// Rows of the table and rows used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rows {
    /// Rows after `--where` and `--na-omit`.
    pub read: usize,
    /// Rows that the fit used.
    pub used: usize,
}

/// What a procedure gets: files to read from, and a place for warnings.
pub struct Inputs<'a> {
    files: &'a dyn Files,
    warnings: RefCell<Vec<Warning>>,
    rows: Cell<Option<Rows>>,
}

impl<'a> Inputs<'a> {
    /// Inputs over these files.
    pub fn new(files: &'a dyn Files) -> Self {
        Self {
            files,
            warnings: RefCell::default(),
            rows: Cell::default(),
        }
    }

    /// The bytes of a file.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn read(&self, name: &str) -> Result<Vec<u8>, Failure> {
        self.files
            .read(name)
            .map_err(|error| unreadable(name, &error))
    }

    /// The bytes of a file, if there is one.
    ///
    /// # Errors
    /// It is there but cannot be read.
    pub fn read_if_there(&self, name: &str) -> Result<Option<Vec<u8>>, Failure> {
        match self.files.read(name) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(unreadable(name, &error)),
        }
    }

    pub(crate) fn table_is_read(&self, name: &str) {
        self.files.table_is_read(name);
    }

    /// Tells the user something; the same is told once.
    pub fn warn(&self, code: impl Into<String>, message: impl Into<String>) {
        let warning = Warning {
            code: code.into(),
            message: message.into(),
        };
        let mut warnings = self.warnings.borrow_mut();
        if !warnings.contains(&warning) {
            warnings.push(warning);
        }
    }

    /// Remembers how many rows were used; of several tables the last counts.
    pub fn count_rows(&self, rows: Rows) {
        self.rows.set(Some(rows));
    }

    pub(crate) fn into_told(self) -> (Vec<Warning>, Option<Rows>) {
        (self.warnings.into_inner(), self.rows.get())
    }
}

fn unreadable(name: &str, error: &io::Error) -> Failure {
    let reason = match error.kind() {
        io::ErrorKind::NotFound => "het bestand is er niet".into(),
        io::ErrorKind::PermissionDenied => "het bestand mag niet gelezen worden".into(),
        _ => error.to_string(),
    };
    Failure::new("unreadable_file", format!("{name}: {reason}."))
}
