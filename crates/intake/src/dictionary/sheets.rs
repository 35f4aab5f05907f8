use super::{kind_label, validity};
use crate::schema::{TABLES, TableSpec};
use codes::all_lists;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

/// The dictionary as a workbook (.xlsx): a sheet per table, and one with all code lists.
///
/// # Errors
/// Only where the writer of workbooks refuses its own limits, which the dictionary keeps.
pub fn workbook() -> Result<Vec<u8>, XlsxError> {
    let mut book = new_workbook()?;
    for table in TABLES {
        table_sheet(book.add_worksheet(), table)?;
    }
    list_sheet(book.add_worksheet())?;
    book.save_to_buffer()
}

/// A workbook that is the same on every day: no clock is read.
pub(crate) fn new_workbook() -> Result<Workbook, XlsxError> {
    let mut book = Workbook::new();
    let made = ExcelDateTime::from_ymd(2026, 1, 1)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&made));
    Ok(book)
}

pub(crate) fn heading() -> Format {
    Format::new().set_bold().set_text_wrap()
}

pub(crate) fn write_headings(sheet: &mut Worksheet, names: &[&str]) -> Result<(), XlsxError> {
    for (column, name) in names.iter().enumerate() {
        sheet.write_string_with_format(0, column as u16, *name, &heading())?;
    }
    sheet.set_freeze_panes(1, 0)?;
    Ok(())
}

fn table_sheet(sheet: &mut Worksheet, table: &TableSpec) -> Result<(), XlsxError> {
    sheet.set_name(table.name)?;
    write_headings(
        sheet,
        &["veld", "soort", "verplicht", "uitleg", "naam in de analyse"],
    )?;
    let wrap = Format::new().set_text_wrap();
    for (column, width) in [28.0, 34.0, 10.0, 80.0, 24.0].into_iter().enumerate() {
        sheet.set_column_width(column as u16, width)?;
    }
    for (row, field) in (1..).zip(table.fields) {
        sheet.write_string(row, 0, field.name)?;
        sheet.write_string(row, 1, kind_label(field))?;
        sheet.write_string(row, 2, if field.required { "ja" } else { "nee" })?;
        sheet.write_string_with_format(row, 3, field.description, &wrap)?;
        sheet.write_string(row, 4, field.english)?;
    }
    Ok(())
}

fn list_sheet(sheet: &mut Worksheet) -> Result<(), XlsxError> {
    sheet.set_name(crate::template::CODE_LISTS)?;
    write_headings(
        sheet,
        &["lijst", "titel", "code", "betekenis", "geldig", "bron"],
    )?;
    for (column, width) in [8.0, 28.0, 18.0, 50.0, 28.0, 60.0].into_iter().enumerate() {
        sheet.set_column_width(column as u16, width)?;
    }
    let mut row = 0;
    for list in all_lists() {
        for code in list.codes {
            row += 1;
            let cells = [
                list.id,
                list.title,
                code.key,
                code.label,
                &validity(code),
                list.source,
            ];
            for (column, text) in cells.into_iter().enumerate() {
                sheet.write_string(row, column as u16, text)?;
            }
        }
    }
    sheet.autofilter(0, 0, row, 5)?;
    Ok(())
}
