//! The four institutions' own ways of exporting: file names, column names, codes and forms.
//!
//! One description serves both the files and the mapping profile that goes with them.

use crate::Error;
use crate::extract::Extract;
use crate::{format, plans, profile, sheet};
use codes::Institution;

/// How an institution exports.
pub(crate) struct Dialect {
    pub(crate) institution: Institution,
    pub(crate) system: &'static str,
    pub(crate) plans: Vec<Plan>,
    pub(crate) forms: Forms,
}

/// How values are written.
#[derive(Clone, Copy)]
pub(crate) struct Forms {
    pub(crate) date: DateForm,
    /// What stands in a cell without a value, by turns.
    pub(crate) missing: &'static [&'static str],
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum DateForm {
    /// jjjj-mm-dd
    Iso,
    /// dd-mm-jjjj
    Dutch,
    /// A real date cell.
    Cell,
}

/// The kinds of file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileKind {
    Workbook,
    OpenDocument,
    /// `;`, Windows-1252
    Semicolon,
    /// `,`, UTF-8 with BOM, packed in a zip
    ZippedComma,
    /// Tab, UTF-8
    Tab,
    Spss,
}

/// One sheet or file, filled from one or more tables.
pub(crate) struct Plan {
    pub(crate) kind: FileKind,
    pub(crate) file: &'static str,
    pub(crate) sheet: Option<&'static str>,
    /// The line of the column names, from 1; lines before it hold a title.
    pub(crate) header_line: u32,
    /// The first is the main one; further tables are joined on its first field.
    pub(crate) parts: Vec<Part>,
    /// A column that the dictionary does not have.
    pub(crate) extra: Option<&'static str>,
}

/// The columns of one table within a plan.
pub(crate) struct Part {
    pub(crate) table: &'static str,
    /// Field of the dictionary and the sender's name for it.
    pub(crate) columns: Vec<(&'static str, String)>,
    /// Field, and pairs of the dictionary's code and the sender's.
    pub(crate) codes: Vec<(&'static str, Vec<(&'static str, &'static str)>)>,
    /// Fields that are the same in all rows and have no column.
    pub(crate) constants: Vec<(&'static str, &'static str)>,
    /// The field that tells in which rows this table is present.
    pub(crate) only_if: Option<&'static str>,
}

impl Dialect {
    pub(crate) fn of(institution: Institution) -> Self {
        match institution {
            Institution::Stevig => plans::stevig(),
            Institution::Wier => plans::wier(),
            Institution::Middenweg => plans::middenweg(),
            Institution::Trajectum => plans::trajectum(),
        }
    }

    /// The files of the delivery.
    pub(crate) fn write(&self, extract: &Extract) -> Result<Vec<(String, Vec<u8>)>, Error> {
        let filled = self
            .plans
            .iter()
            .map(|plan| (plan, sheet::fill(plan, extract, &self.forms)))
            .collect::<Vec<_>>();
        format::write(&filled)
    }

    /// The mapping profile, TOML.
    pub(crate) fn profile(&self) -> String {
        profile::toml(self)
    }
}
