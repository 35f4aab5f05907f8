//! Empty deliveries to fill in.

use crate::dictionary::kind_label;
use crate::dictionary::sheets::{heading, new_workbook, write_headings};
use crate::schema::{FieldKind, FieldSpec, TABLES, TableSpec};
use codes::{CodeList, all_lists};
use rust_xlsxwriter::{
    DataValidation, DataValidationErrorStyle, DataValidationRule, ExcelDateTime, Format, Note,
    Workbook, Worksheet, XlsxError,
};

/// The sheet that explains the template.
pub(crate) const EXPLANATION: &str = "Uitleg";
/// The sheet with the code lists.
pub(crate) const CODE_LISTS: &str = "Codelijsten";
const LAST_ROW: u32 = 1_048_575;

/// Whether a sheet is one of the template's own, and no data.
pub(crate) fn is_explanation(sheet: &str) -> bool {
    sheet == EXPLANATION || sheet == CODE_LISTS
}

/// An empty csv file per table: its name and what it holds.
pub fn csv_files() -> Vec<(String, Vec<u8>)> {
    let file = |table: &TableSpec| {
        let names: Vec<&str> = table.fields.iter().map(|field| field.name).collect();
        let text = format!("{}\r\n", names.join(";"));
        (format!("{}.csv", table.name), text.into_bytes())
    };
    TABLES.iter().map(file).collect()
}

/// An empty workbook (.xlsx) with a sheet per table: column names with explanations, drop-downs
/// for codes, limits for numbers and dates.
///
/// # Errors
/// Only where the writer of workbooks refuses its own limits, which the dictionary keeps.
pub fn workbook() -> Result<Vec<u8>, XlsxError> {
    let mut book: Workbook = new_workbook()?;
    explanation_sheet(book.add_worksheet())?;
    for table in TABLES {
        table_sheet(book.add_worksheet(), table)?;
    }
    list_sheet(book.add_worksheet())?;
    book.save_to_buffer()
}

fn explanation_sheet(sheet: &mut Worksheet) -> Result<(), XlsxError> {
    sheet.set_name(EXPLANATION)?;
    write_headings(sheet, &["tabel", "veld", "verplicht", "soort", "uitleg"])?;
    for (column, width) in [24.0, 28.0, 10.0, 34.0, 90.0].into_iter().enumerate() {
        sheet.set_column_width(column as u16, width)?;
    }
    let mut row = 0;
    for table in TABLES {
        row += 1;
        sheet.write_string_with_format(row, 0, table.name, &heading())?;
        sheet.write_string(row, 2, if table.required { "ja" } else { "nee" })?;
        sheet.write_string(row, 4, table.description)?;
        for field in table.fields {
            row += 1;
            sheet.write_string(row, 1, field.name)?;
            sheet.write_string(row, 2, if field.required { "ja" } else { "nee" })?;
            sheet.write_string(row, 3, kind_label(field))?;
            sheet.write_string(row, 4, field.description)?;
        }
    }
    Ok(())
}

fn table_sheet(sheet: &mut Worksheet, table: &TableSpec) -> Result<(), XlsxError> {
    sheet.set_name(table.name)?;
    sheet.set_freeze_panes(1, 0)?;
    let (text, date) = (
        Format::new().set_num_format("@"),
        Format::new().set_num_format("dd-mm-yyyy"),
    );
    for (column, field) in (0..).zip(table.fields) {
        let must = if field.required { " Verplicht." } else { "" };
        let note = format!("{}{must} Soort: {}.", field.description, kind_label(field));
        sheet.write_string_with_format(0, column, field.name, &heading())?;
        sheet.insert_note(0, column, &Note::new(note).set_author("Doorstroom"))?;
        sheet.set_column_width(column, (field.name.len() as f64 + 4.0).max(14.0))?;
        match field.kind {
            FieldKind::Date => sheet.set_column_format(column, &date)?,
            // As text, so that a number keeps the zeros in front.
            FieldKind::Integer { .. } | FieldKind::Decimal { .. } => sheet,
            _ => sheet.set_column_format(column, &text)?,
        };
        if let Some(validation) = validation(field)? {
            sheet.add_data_validation(1, column, LAST_ROW, column, &validation)?;
        }
    }
    Ok(())
}

fn validation(field: &FieldSpec) -> Result<Option<DataValidation>, XlsxError> {
    let rule = DataValidation::new();
    let rule = match field.kind {
        FieldKind::Code(list) => rule.allow_list_formula(list_range(list()).as_str().into()),
        FieldKind::Date => rule.allow_date(DataValidationRule::Between(
            ExcelDateTime::from_ymd(1900, 3, 1)?,
            ExcelDateTime::from_ymd(2150, 12, 31)?,
        )),
        FieldKind::Integer { min, max } => {
            rule.allow_whole_number(DataValidationRule::Between(min, max))
        }
        FieldKind::Decimal { min, max } => {
            rule.allow_decimal_number(DataValidationRule::Between(min, max))
        }
        _ => return Ok(None),
    };
    let rule = rule
        .set_input_title(shortened(field.name, 32))?
        .set_input_message(shortened(field.description, 255))?
        .set_error_title("Waarde niet toegestaan")?
        .set_error_message(shortened(
            &format!("Hier hoort een {}.", kind_label(field)),
            255,
        ))?
        // A warning only: what cannot be known may be left as text such as "onbekend".
        .set_error_style(DataValidationErrorStyle::Warning);
    Ok(Some(rule))
}

fn shortened(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

/// Each list has two columns on the sheet of code lists: the codes, and what they mean.
fn list_column(list: &CodeList) -> u16 {
    let position = all_lists().iter().position(|other| other.id == list.id);
    2 * position.expect("every list of a field is among all lists") as u16
}

fn list_range(list: &CodeList) -> String {
    let column = rust_xlsxwriter::column_number_to_name(list_column(list));
    let last = list.codes.len() + 1;
    format!("={CODE_LISTS}!${column}$2:${column}${last}")
}

fn list_sheet(sheet: &mut Worksheet) -> Result<(), XlsxError> {
    sheet.set_name(CODE_LISTS)?;
    sheet.set_freeze_panes(1, 0)?;
    for list in all_lists() {
        let column = list_column(list);
        sheet.write_string_with_format(0, column, list.id, &heading())?;
        sheet.write_string_with_format(0, column + 1, list.title, &heading())?;
        sheet.set_column_width(column + 1, 40)?;
        for (row, code) in (1..).zip(list.codes) {
            sheet.write_string(row, column, code.key)?;
            sheet.write_string(row, column + 1, code.label)?;
        }
    }
    Ok(())
}
