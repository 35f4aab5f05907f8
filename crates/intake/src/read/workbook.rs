//! Workbooks (.xlsx, .xls, .ods).

use super::archive::check_package;
use super::grid::Grid;
use super::kind::Kind;
use crate::Unreadable;
use calamine::{Data, DataRef, ExcelDateTime, Ods, Reader, SheetType, SheetVisible, Xls, Xlsx};
use std::io::Cursor;

/// One sheet of a workbook.
pub(super) struct SheetGrid {
    pub(super) name: String,
    pub(super) hidden: bool,
    pub(super) grid: Grid,
}

/// Reads all sheets. Charts and macros are passed over.
pub(super) fn sheets(name: &str, kind: Kind, bytes: &[u8]) -> Result<Vec<SheetGrid>, Unreadable> {
    // The readers of foreign formats are not ours; a panic in one is a damaged file.
    std::panic::catch_unwind(|| read(name, kind, bytes))
        .unwrap_or_else(|_| Err(damaged(name, "de werkmap")))
}

fn read(name: &str, kind: Kind, bytes: &[u8]) -> Result<Vec<SheetGrid>, Unreadable> {
    let whole = |_| damaged(name, "de werkmap");
    match kind {
        Kind::Xls => {
            let book = Xls::new(Cursor::new(bytes)).map_err(|error| match error {
                calamine::XlsError::Password => encrypted(name),
                _ => damaged(name, "de werkmap"),
            })?;
            dense(name, book)
        }
        Kind::Ods => {
            check_package(name, bytes)?;
            super::ods_guard::check(name, bytes)?;
            let book = Ods::new(Cursor::new(bytes)).map_err(|error| match error {
                calamine::OdsError::Password => encrypted(name),
                _ => damaged(name, "de werkmap"),
            })?;
            dense(name, book)
        }
        _ => {
            check_package(name, bytes)?;
            sparse(name, Xlsx::new(Cursor::new(bytes)).map_err(|_| whole(()))?)
        }
    }
}

fn damaged(name: &str, part: &str) -> Unreadable {
    Unreadable::Damaged {
        file: name.to_owned(),
        part: part.to_owned(),
    }
}

fn encrypted(name: &str) -> Unreadable {
    Unreadable::Encrypted {
        file: name.to_owned(),
    }
}

/// Names of the sheets with cells, and whether each is hidden.
fn worksheets<'a, R: Reader<Cursor<&'a [u8]>>>(book: &R) -> Vec<(String, bool)> {
    let sheets = book.sheets_metadata().iter();
    sheets
        .filter(|sheet| sheet.typ == SheetType::WorkSheet)
        .map(|sheet| (sheet.name.clone(), sheet.visible != SheetVisible::Visible))
        .collect()
}

/// Cell by cell: two cells in far corners must not claim all memory between them.
fn sparse(file: &str, mut book: Xlsx<Cursor<&[u8]>>) -> Result<Vec<SheetGrid>, Unreadable> {
    let mut sheets = Vec::new();
    for (name, hidden) in worksheets(&book) {
        let broken = || damaged(file, &format!("blad {name}"));
        let mut grid = Grid::default();
        let mut cells = book.worksheet_cells_reader(&name).map_err(|_| broken())?;
        while let Some(cell) = cells.next_cell().map_err(|_| broken())? {
            let (row, column) = cell.get_position();
            match cell.get_value() {
                DataRef::SharedString(text) => grid.push(row, column, text, file)?,
                other => grid.push(row, column, &text(&Data::from(other.clone())), file)?,
            }
        }
        grid.finish();
        sheets.push(SheetGrid { name, hidden, grid });
    }
    Ok(sheets)
}

fn dense<'a, R: Reader<Cursor<&'a [u8]>>>(
    file: &str,
    mut book: R,
) -> Result<Vec<SheetGrid>, Unreadable> {
    let mut sheets = Vec::new();
    for (name, hidden) in worksheets(&book) {
        let range = book
            .worksheet_range(&name)
            .map_err(|_| damaged(file, &format!("blad {name}")))?;
        let (top, left) = range.start().unwrap_or((0, 0));
        let mut grid = Grid::default();
        for (row, column, value) in range.used_cells() {
            grid.push(top + row as u32, left + column as u32, &text(value), file)?;
        }
        grid.finish();
        sheets.push(SheetGrid { name, hidden, grid });
    }
    Ok(sheets)
}

/// What a text file would hold for the cell.
fn text(value: &Data) -> String {
    match value {
        Data::Empty => String::new(),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::Int(number) => number.to_string(),
        Data::Float(number) => number_text(*number),
        Data::Bool(answer) => answer.to_string(),
        Data::DateTime(moment) => date_text(moment),
        Data::Error(error) => error.to_string(),
    }
}

/// Whole numbers without a decimal mark, as keys and codes need them.
pub(super) fn number_text(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 1e15 {
        format!("{number:.0}")
    } else {
        number.to_string()
    }
}

fn date_text(moment: &ExcelDateTime) -> String {
    // A time of day without a date, or a length of time, is a number like any other.
    if !moment.is_datetime() || moment.as_f64() < 1.0 {
        return number_text(moment.as_f64());
    }
    let (year, month, day, ..) = moment.to_ymd_hms_milli();
    format!("{year:04}-{month:02}-{day:02}")
}
