//! A delivery of text files that can be damaged.

use calendar::{Day, DayCount, DayPoint};
use intake::schema::{TABLES, TableSpec};
use intake::{DeliveryFile, ParsedTables, parse};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// One file: column names and rows.
#[derive(Clone, Default)]
pub struct Sheet {
    pub columns: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

/// Files by the name of their table, and any others by their own name.
#[derive(Clone, Default)]
pub struct Delivery {
    pub sheets: BTreeMap<&'static str, Sheet>,
    pub others: Vec<(String, String)>,
}

impl Delivery {
    /// Every table of the dictionary with its columns, without rows.
    pub fn empty() -> Self {
        let sheet = |table: &TableSpec| Sheet {
            columns: table
                .fields
                .iter()
                .map(|field| field.name.to_owned())
                .collect(),
            rows: Vec::new(),
        };
        Self {
            sheets: TABLES
                .iter()
                .map(|table| (table.name, sheet(table)))
                .collect(),
            others: Vec::new(),
        }
    }

    /// Adds a row from pairs of column and cell; the other cells are empty. Returns its number.
    pub fn add(&mut self, table: &str, cells: &[(&str, &str)]) -> usize {
        let sheet = self.sheet(table);
        let width = sheet.columns.len();
        sheet.rows.push(vec![String::new(); width]);
        let row = sheet.rows.len() - 1;
        for (column, cell) in cells {
            self.set(table, row, column, cell);
        }
        row
    }

    pub fn sheet(&mut self, table: &str) -> &mut Sheet {
        self.sheets
            .get_mut(table)
            .expect("the delivery has the table")
    }

    fn position(&self, table: &str, column: &str) -> usize {
        let mut columns = self.sheets[table].columns.iter();
        columns
            .position(|name| name == column)
            .expect("the table has the column")
    }

    pub fn get(&self, table: &str, row: usize, column: &str) -> String {
        self.sheets[table].rows[row][self.position(table, column)].clone()
    }

    pub fn set(&mut self, table: &str, row: usize, column: &str, cell: &str) {
        let at = self.position(table, column);
        self.sheet(table).rows[row][at] = cell.to_owned();
    }

    /// Moves the date in a cell by some days.
    pub fn shift(&mut self, table: &str, row: usize, column: &str, days: i32) {
        let moved = shifted(&self.get(table, row, column), days);
        self.set(table, row, column, &moved);
    }

    /// The first row whose cell in `column` is `cell`.
    pub fn find(&self, table: &str, column: &str, cell: &str) -> usize {
        let at = self.position(table, column);
        let mut rows = self.sheets[table].rows.iter();
        rows.position(|row| row[at] == cell)
            .expect("a row has the cell")
    }

    /// Every row whose cell in `column` is `cell`.
    pub fn find_all(&self, table: &str, column: &str, cell: &str) -> Vec<usize> {
        let at = self.position(table, column);
        let rows = self.sheets[table].rows.iter().enumerate();
        rows.filter(|(_, row)| row[at] == cell)
            .map(|(row, _)| row)
            .collect()
    }

    /// Adds a copy of a row.
    pub fn copy(&mut self, table: &str, row: usize) -> usize {
        let sheet = self.sheet(table);
        sheet.rows.push(sheet.rows[row].clone());
        sheet.rows.len() - 1
    }

    pub fn remove_row(&mut self, table: &str, row: usize) {
        self.sheet(table).rows.remove(row);
    }

    pub fn remove_rows(&mut self, table: &str, column: &str, cell: &str) {
        let at = self.position(table, column);
        self.sheet(table).rows.retain(|row| row[at] != cell);
    }

    pub fn remove_column(&mut self, table: &str, column: &str) {
        let at = self.position(table, column);
        let sheet = self.sheet(table);
        sheet.columns.remove(at);
        for row in &mut sheet.rows {
            row.remove(at);
        }
    }

    pub fn add_column(&mut self, table: &str, column: &str, cell: &str) {
        let sheet = self.sheet(table);
        sheet.columns.push(column.to_owned());
        for row in &mut sheet.rows {
            row.push(cell.to_owned());
        }
    }

    /// The files, as text with semicolons.
    pub fn files(&self) -> Vec<(String, String)> {
        let line = |cells: &[String]| cells.join(";") + "\n";
        let text = |sheet: &Sheet| -> String {
            std::iter::once(&sheet.columns)
                .chain(&sheet.rows)
                .map(|cells| line(cells))
                .collect()
        };
        let sheets = self.sheets.iter();
        let named = sheets.map(|(table, sheet)| (format!("{table}.csv"), text(sheet)));
        named.chain(self.others.iter().cloned()).collect()
    }

    pub fn parse(&self) -> ParsedTables {
        let files = self.files().into_iter().map(|(name, text)| DeliveryFile {
            name,
            bytes: Cow::Owned(text.into_bytes()),
        });
        parse(files.collect(), None, &|_: u64| {})
    }
}

/// The date so many days later.
pub fn shifted(date: &str, days: i32) -> String {
    let day = Day::parse_iso(date).expect("clean dates are in ISO form");
    day.plus(DayCount::new(days)).to_string()
}
