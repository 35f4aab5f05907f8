use super::Cells;
use crate::{Column, Table};
use calendar::Day;
use codes::Sex;
use record::ClientIndex;
use std::fmt;

/// Who one client is, as the institution wrote it. Debug output is redacted.
#[derive(Clone, PartialEq, Eq)]
pub struct IdentifierRow {
    /// The client's row in the content.
    pub client: ClientIndex,
    /// Burgerservicenummer.
    pub bsn: Option<String>,
    /// Strafrechtsketennummer.
    pub skn: Option<String>,
    /// Surname at birth.
    pub achternaam: Option<String>,
    /// Prefix of the surname.
    pub tussenvoegsel: Option<String>,
    /// Given names, or the name used.
    pub voornamen: Option<String>,
    /// Initials.
    pub voorletters: Option<String>,
    /// Date of birth.
    pub geboortedatum: Option<Day>,
    /// Sex.
    pub geslacht: Option<Sex>,
    /// Postcode.
    pub postcode: Option<String>,
}

impl fmt::Debug for IdentifierRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdentifierRow { … }")
    }
}

/// Who the clients are. Rows are made one at a time, so that a large delivery does not stand
/// in memory twice.
#[derive(Debug)]
pub struct IdentifierTable {
    table: Table,
}

impl IdentifierTable {
    pub(crate) fn new(table: Table) -> Self {
        Self { table }
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.table.rows
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.table.rows == 0
    }

    /// The rows, in the order of the delivery.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = IdentifierRow> + '_ {
        (0..self.table.rows).map(|row| row_of(&self.table, row))
    }
}

impl IntoIterator for IdentifierTable {
    type Item = IdentifierRow;
    type IntoIter = IdentifierRows;

    fn into_iter(self) -> IdentifierRows {
        IdentifierRows {
            rows: 0..self.table.rows,
            table: self.table,
        }
    }
}

/// The rows of an [`IdentifierTable`], one at a time.
#[derive(Debug)]
pub struct IdentifierRows {
    table: Table,
    rows: std::ops::Range<usize>,
}

impl Iterator for IdentifierRows {
    type Item = IdentifierRow;

    fn next(&mut self) -> Option<IdentifierRow> {
        self.rows.next().map(|row| row_of(&self.table, row))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.rows.size_hint()
    }
}

impl ExactSizeIterator for IdentifierRows {}

fn row_of(table: &Table, row: usize) -> IdentifierRow {
    let text = |field| match table.column(field) {
        Column::Text(texts) => Some(texts.get(row).to_owned()).filter(|text| !text.is_empty()),
        _ => None,
    };
    IdentifierRow {
        client: ClientIndex(Cells::of(table, "client_id").position(row)),
        bsn: text("bsn"),
        skn: text("skn"),
        achternaam: text("achternaam"),
        tussenvoegsel: text("tussenvoegsel"),
        voornamen: text("voornamen"),
        voorletters: text("voorletters"),
        geboortedatum: Cells::of(table, "geboortedatum").day(row),
        geslacht: Cells::of(table, "geslacht").code(row),
        postcode: text("postcode"),
    }
}
