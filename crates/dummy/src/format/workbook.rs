use crate::Error;
use crate::dialect::Plan;
use crate::sheet::{Cell, Sheet};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet};

/// One .xlsx with a sheet per plan; dates are date cells.
pub(super) fn write(filled: &[&(&Plan, Sheet)]) -> Result<Vec<u8>, Error> {
    let mut workbook = Workbook::new();
    // No time of making, so that equal content gives equal bytes.
    let made = ExcelDateTime::from_ymd(2026, 7, 1)?;
    let properties = rust_xlsxwriter::DocProperties::new()
        .set_title("Synthetische gegevens")
        .set_creation_datetime(&made);
    workbook.set_properties(&properties);
    let date = Format::new().set_num_format("dd-mm-yyyy");
    for (plan, sheet) in filled {
        let worksheet = workbook.add_worksheet();
        if let Some(name) = plan.sheet {
            worksheet.set_name(name)?;
        }
        fill(worksheet, plan, sheet, &date)?;
    }
    Ok(workbook.save_to_buffer()?)
}

fn fill(worksheet: &mut Worksheet, plan: &Plan, sheet: &Sheet, date: &Format) -> Result<(), Error> {
    let header = plan.header_line - 1;
    if header > 0 {
        worksheet.write_string(0, 0, "Synthetisch overzicht")?;
    }
    for (column, name) in (0u16..).zip(&sheet.header) {
        worksheet.write_string(header, column, name)?;
    }
    for (row, cells) in (header + 1..).zip(&sheet.rows) {
        for (column, cell) in (0u16..).zip(cells) {
            match cell {
                Cell::Empty => {}
                Cell::Text(text) => {
                    worksheet.write_string(row, column, text)?;
                }
                Cell::Number(number) | Cell::Decimal(number) => {
                    worksheet.write_number(row, column, *number)?;
                }
                Cell::Date(day) => {
                    let (year, month, day) = day.ymd();
                    let value = ExcelDateTime::from_ymd(year as u16, month as u8, day as u8)?;
                    worksheet.write_datetime_with_format(row, column, &value, date)?;
                }
            }
        }
    }
    Ok(())
}
