use crate::{ParsedTables, Rule};
use serde::Serialize;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; nothing has to be done.
    Note,
    /// Probably wrong; the delivery can be used.
    Warning,
    /// The delivery cannot be used before it is mended.
    Blocking,
}

impl Severity {
    /// What people read.
    pub fn label(self) -> &'static str {
        match self {
            Self::Note => "opmerking",
            Self::Warning => "waarschuwing",
            Self::Blocking => "blokkerend",
        }
    }
}

/// Where a finding points. All parts are positions; none is a value.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Position of the table in the dictionary, if the finding is about one.
    pub table: Option<u8>,
    /// Row of the table, from 0, if it is about one.
    pub row: Option<u32>,
    /// Position of the field in the table's dictionary entry, if it is about one.
    pub field: Option<u8>,
    /// Another row that takes part (the twin of a duplicate, the other of an overlap).
    pub other_row: Option<u32>,
    /// Position of the source, where there is no row to tell it from.
    pub source: Option<u16>,
    /// A column name of the sender, where the dictionary has no field for it.
    pub column: Option<Box<str>>,
    /// Numbers that the sentence needs (counts, limits, differences); never a cell's value.
    pub numbers: [i64; 2],
}

/// A fault in the data: which rule, where. Never the cell's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule that found it.
    pub rule: &'static Rule,
    /// Where.
    pub place: Place,
}

impl Finding {
    /// What is wrong and how to mend it, in one Dutch text.
    pub fn sentence(&self, tables: &ParsedTables) -> String {
        (self.rule.sentence)(&self.place, tables)
    }
}

/// All findings of a delivery: every one counted, per rule and column the first many kept.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    found: Vec<Finding>,
    left_out: u64,
}

impl Findings {
    /// The findings kept, in the order of rule, table, row and column.
    pub fn iter(&self) -> impl Iterator<Item = &Finding> {
        self.found.iter()
    }

    /// How many there are, those not kept included.
    pub fn count(&self) -> u64 {
        self.found.len() as u64 + self.left_out
    }

    /// The worst severity, if there is any finding.
    pub fn worst(&self) -> Option<Severity> {
        self.found.iter().map(|finding| finding.rule.severity).max()
    }

    pub(crate) fn from_parts(mut found: Vec<Finding>, left_out: u64) -> Self {
        found.sort_by(|a, b| (a.rule.code, &a.place).cmp(&(b.rule.code, &b.place)));
        Self { found, left_out }
    }
}
