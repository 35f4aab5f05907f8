//! Mapping profiles: which of a sender's tables, columns and codes are which of ours.

mod propose;
mod synonyms;
mod text;

pub use propose::{Certainty, ProposedProfile, propose};
pub use text::ProfileError;

use codes::Institution;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A mapping profile, checked: every table, field and code that it names exists.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    /// What it is called.
    pub name: String,
    /// Whose record system it is about.
    pub institution: Option<Institution>,
    /// Version, counted by its keeper.
    pub version: u32,
    /// One entry per pair of source and dictionary table.
    pub tables: Vec<TableMapping>,
}

/// How one source fills one dictionary table.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableMapping {
    /// File name within the delivery; `*` matches anything.
    #[serde(rename = "bestand")]
    pub file: String,
    /// Sheet, for workbooks; every sheet where absent.
    #[serde(rename = "blad", default, skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// Line of the column names.
    #[serde(rename = "kopregel", default = "first_line")]
    pub header_line: u32,
    /// The dictionary table.
    #[serde(rename = "tabel")]
    pub table: String,
    /// Only rows in which this dictionary field is filled.
    #[serde(
        rename = "alleen_als",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub only_if: Option<String>,
    /// Keep only the first of rows with the same value in this key field.
    #[serde(rename = "een_per", default, skip_serializing_if = "Option::is_none")]
    pub one_per: Option<String>,
    /// How dates are written.
    #[serde(rename = "datumvorm", default)]
    pub date_form: DateForm,
    /// What stands before the decimals.
    #[serde(rename = "decimaalteken", default)]
    pub decimal_mark: DecimalMark,
    /// Further texts that stand for missing, in every column.
    #[serde(rename = "leeg", default)]
    pub missing: Vec<String>,
    /// Further texts that stand for "unknown", per dictionary field (as 9, 99 and 999).
    #[serde(rename = "onbekend", default)]
    pub unknown: BTreeMap<String, Vec<String>>,
    /// Separator between several codes in one cell.
    #[serde(rename = "meervoud", default = "bar")]
    pub separator: char,
    /// The sender's column → field.
    #[serde(rename = "kolommen", default)]
    pub columns: BTreeMap<String, String>,
    /// Field → the sender's code → code of the list.
    #[serde(rename = "codes", default)]
    pub codes: BTreeMap<String, BTreeMap<String, String>>,
    /// Field → the value it has in every row.
    #[serde(rename = "vast", default)]
    pub fixed: BTreeMap<String, String>,
}

fn first_line() -> u32 {
    1
}

fn bar() -> char {
    '|'
}

/// How dates are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum DateForm {
    /// Recognised in each cell; what can be read in two ways is refused.
    #[default]
    #[serde(rename = "herken")]
    Recognise,
    /// Day first: `dd-mm-jjjj`, also without leading zeros and with `/` or `.`.
    #[serde(rename = "dd-mm-jjjj", alias = "d-m-jjjj")]
    DayFirst,
    /// `jjjj-mm-dd`.
    #[serde(rename = "jjjj-mm-dd")]
    YearFirst,
    /// `jjjjmmdd`.
    #[serde(rename = "jjjjmmdd")]
    Compact,
    /// Month first, as American programs write.
    #[serde(rename = "mm-dd-jjjj")]
    MonthFirst,
    /// The serial number of Excel (1900 system).
    #[serde(rename = "excel")]
    Serial,
}

/// What stands before the decimals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum DecimalMark {
    /// Recognised in each cell.
    #[default]
    #[serde(rename = "herken")]
    Recognise,
    /// A comma; points group thousands.
    #[serde(rename = ",")]
    Comma,
    /// A point; commas group thousands.
    #[serde(rename = ".")]
    Point,
}

impl TableMapping {
    /// Whether the mapping is about this source.
    pub fn covers(&self, file: &str, sheet: Option<&str>) -> bool {
        let name = file.rsplit('/').next().unwrap_or(file);
        let named = glob(&self.file, file) || glob(&self.file, name);
        named
            && self
                .sheet
                .as_deref()
                .is_none_or(|own| sheet.is_some_and(|sheet| glob(own, sheet)))
    }
}

/// Whether `pattern`, in which `*` stands for anything, covers `name`; capitals do not count.
fn glob(pattern: &str, name: &str) -> bool {
    let (pattern, name) = (pattern.to_lowercase(), name.to_lowercase());
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| name.strip_prefix(first)) else {
        return false;
    };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else {
        return rest.is_empty();
    };
    for part in parts {
        let Some(at) = rest.find(part) else {
            return false;
        };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests;
