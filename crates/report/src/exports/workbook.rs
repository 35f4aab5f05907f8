use super::accountability::Line;
use super::codebook::Codebook;
use super::flat::{FlatCell, FlatRow, FlatTable};
use crate::Error;
use disclosure::PublicationHeader;
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet,
};

/// Heading row of a sheet with a table: below title, subtitle and an empty row.
const HEADING_ROW: u32 = 3;
/// Widths of columns, in characters.
const NARROWEST: usize = 9;
const WIDEST: usize = 60;
const A4: u8 = 9;
const INK: u32 = 0x1b2530;
const MUTED: u32 = 0x4a5866;
const TINT: u32 = 0xeef3f7;
const LINE: u32 = 0xc9d3dc;
const WARNING_FILL: u32 = 0xfff1cc;
const WARNING_INK: u32 = 0x5c3d00;

/// A workbook that is being written.
pub(super) struct Book<'a> {
    workbook: Workbook,
    header: &'a PublicationHeader,
}

impl<'a> Book<'a> {
    /// An empty workbook with this title; its time is the day of release, so that equal
    /// releases give equal bytes.
    pub fn new(title: &str, header: &'a PublicationHeader) -> Result<Self, Error> {
        let mut workbook = Workbook::new();
        let released =
            ExcelDateTime::parse_from_str(&header.released_on).map_err(|_| Error::ReleaseDay)?;
        let properties = DocProperties::new()
            .set_title(title)
            .set_subject(&header.study_title)
            .set_author("Doorstroom")
            .set_comment(match header.synthetic {
                true => figure::SYNTHETIC_MARK,
                false => "",
            })
            .set_creation_datetime(&released);
        workbook.set_properties(&properties);
        Ok(Self { workbook, header })
    }

    /// A sheet with a table under its title, with notes below it.
    pub fn table(
        &mut self,
        name: &str,
        table: &FlatTable<'_>,
        subtitle: &str,
    ) -> Result<(), Error> {
        let subtitle_format = match self.header.synthetic {
            true => warning_format(),
            false => note_format(),
        };
        let sheet = self.sheet(name)?;
        sheet.write_with_format(0, 0, table.source.caption(), &title_format())?;
        sheet.write_with_format(1, 0, subtitle, &subtitle_format)?;
        for (column, it) in (0u16..).zip(&table.columns) {
            sheet.write_with_format(
                HEADING_ROW,
                column,
                &it.title,
                &heading_format(it.is_numeric),
            )?;
        }
        let mut row = HEADING_ROW;
        for record in &table.rows {
            row += 1;
            write_record(sheet, row, record, table)?;
        }
        let last_column = last_index(table.columns.len());
        let totals = table
            .rows
            .iter()
            .rev()
            .take_while(|row| row.is_total)
            .count();
        let filtered = table.rows.len() - totals;
        if filtered > 0 {
            let last_row =
                HEADING_ROW + u32::try_from(filtered).expect("fewer rows than a sheet holds");
            sheet.autofilter(HEADING_ROW, 0, last_row, last_column)?;
        }
        sheet.set_freeze_panes(HEADING_ROW + 1, 1)?;
        sheet.set_repeat_rows(HEADING_ROW, HEADING_ROW)?;
        sheet.set_landscape();
        for (note, at) in table.source.notes().iter().zip(row + 2..) {
            sheet.write_with_format(at, 0, note, &note_format())?;
        }
        set_widths(sheet, table)
    }

    /// The sheet "Codeboek".
    pub fn codebook(&mut self, codebook: &Codebook) -> Result<(), Error> {
        let sheet = self.sheet("Codeboek")?;
        for (column, title) in (0u16..).zip(codebook.heading) {
            sheet.write_with_format(0, column, title, &heading_format(false))?;
        }
        for (row, cells) in (1u32..).zip(&codebook.rows) {
            for (column, cell) in (0u16..).zip(cells) {
                sheet.write_with_format(row, column, cell, &text_format(false))?;
            }
        }
        let last_row = u32::try_from(codebook.rows.len()).expect("fewer rows than a sheet holds");
        sheet.autofilter(0, 0, last_row, 3)?;
        sheet.set_freeze_panes(1, 0)?;
        for (column, width) in (0u16..).zip([42, 42, 14, 70]) {
            sheet.set_column_width(column, width)?;
        }
        Ok(())
    }

    /// The sheet "Verantwoording".
    pub fn accountability(&mut self, lines: &[Line]) -> Result<(), Error> {
        let sheet = self.sheet("Verantwoording")?;
        for (row, (label, text)) in (0u32..).zip(lines) {
            sheet.write_with_format(row, 0, label, &label_format())?;
            sheet.write_with_format(row, 1, text, &text_format(true))?;
        }
        sheet.set_column_width(0, 38)?;
        sheet.set_column_width(1, 90)?;
        Ok(())
    }

    /// The sheet "Inhoud": a line per sheet, that leads to it.
    pub fn contents(&mut self, title: &str, entries: &[(String, String)]) -> Result<(), Error> {
        let sheet = self.sheet("Inhoud")?;
        sheet.write_with_format(0, 0, title, &title_format())?;
        for (row, (name, caption)) in (2u32..).zip(entries) {
            let target = format!("internal:'{name}'!A1");
            sheet.write_url_with_text(row, 0, target.as_str(), name)?;
            sheet.write_with_format(row, 1, caption, &text_format(false))?;
        }
        sheet.set_column_width(0, 34)?;
        sheet.set_column_width(1, 90)?;
        Ok(())
    }

    /// The bytes of the .xlsx file.
    pub fn into_bytes(mut self) -> Result<Vec<u8>, Error> {
        Ok(self.workbook.save_to_buffer()?)
    }

    /// A sheet that is printed on A4, in its width, with the mark of invented data.
    fn sheet(&mut self, name: &str) -> Result<&mut Worksheet, Error> {
        let sheet = self.workbook.add_worksheet();
        sheet.set_name(name)?;
        sheet.set_paper_size(A4);
        sheet.set_print_fit_to_pages(1, 0);
        let release = format!("Publicatie {}", self.header.release_number);
        sheet.set_footer(format!("&L{release}&RPagina &P van &N"));
        if self.header.synthetic {
            sheet.set_header(format!("&R&B{}", figure::SYNTHETIC_MARK));
            sheet.set_tab_color(WARNING_FILL);
        }
        Ok(sheet)
    }
}

fn last_index(length: usize) -> u16 {
    u16::try_from(length.saturating_sub(1)).expect("fewer columns than a sheet holds")
}

fn write_record(
    sheet: &mut Worksheet,
    row: u32,
    record: &FlatRow,
    table: &FlatTable<'_>,
) -> Result<(), Error> {
    for ((column, cell), it) in (0u16..).zip(&record.cells).zip(&table.columns) {
        let format = cell_format(record.is_total);
        match cell {
            FlatCell::Empty => sheet.write_blank(row, column, &format)?,
            FlatCell::Text(text) => sheet.write_string_with_format(row, column, text, &format)?,
            FlatCell::Sign(sign) => {
                let align = if it.is_numeric {
                    FormatAlign::Right
                } else {
                    FormatAlign::Left
                };
                let format = format.set_align(align).set_font_color(MUTED);
                sheet.write_string_with_format(row, column, sign, &format)?
            }
            FlatCell::Number {
                value,
                decimals,
                is_share,
            } => {
                let format = format.set_num_format(number_format(*decimals, *is_share));
                sheet.write_number_with_format(row, column, *value, &format)?
            }
        };
    }
    Ok(())
}

/// The number format in the notation of the file; Excel shows it in the reader's language, so
/// that a Dutch Excel gives `1.234,5`.
fn number_format(decimals: u8, is_share: bool) -> String {
    let whole = if is_share { "0" } else { "#,##0" };
    let fraction = match decimals {
        0 => String::new(),
        decimals => format!(".{}", "0".repeat(usize::from(decimals))),
    };
    let unit = if is_share { "%" } else { "" };
    format!("{whole}{fraction}{unit}")
}

fn set_widths(sheet: &mut Worksheet, table: &FlatTable<'_>) -> Result<(), Error> {
    for (position, column) in table.columns.iter().enumerate() {
        let cells = table.rows.iter().map(|row| match &row.cells[position] {
            FlatCell::Text(text) | FlatCell::Sign(text) => text.chars().count(),
            FlatCell::Empty | FlatCell::Number { .. } => NARROWEST,
        });
        // Headings of numbers may wrap; a heading of one line would make them too wide.
        let heading = match column.is_numeric {
            true => column.title.chars().count().div_ceil(2),
            false => column.title.chars().count(),
        };
        let width = cells
            .chain([heading])
            .max()
            .unwrap_or(NARROWEST)
            .clamp(NARROWEST, WIDEST)
            + 3;
        sheet.set_column_width(last_index(position + 1), width as f64)?;
    }
    Ok(())
}

fn base_format() -> Format {
    Format::new()
        .set_font_color(INK)
        .set_align(FormatAlign::Top)
}

fn title_format() -> Format {
    base_format().set_bold().set_font_size(14)
}

fn note_format() -> Format {
    base_format().set_font_color(MUTED).set_italic()
}

fn label_format() -> Format {
    base_format().set_bold().set_text_wrap()
}

fn text_format(may_wrap: bool) -> Format {
    match may_wrap {
        true => base_format().set_text_wrap(),
        false => base_format(),
    }
}

fn heading_format(is_numeric: bool) -> Format {
    let align = if is_numeric {
        FormatAlign::Right
    } else {
        FormatAlign::Left
    };
    Format::new()
        .set_bold()
        .set_font_color(INK)
        .set_background_color(TINT)
        .set_border_bottom(FormatBorder::Medium)
        .set_text_wrap()
        .set_align(FormatAlign::Bottom)
        .set_align(align)
}

fn cell_format(is_total: bool) -> Format {
    let format = base_format()
        .set_border_bottom(FormatBorder::Thin)
        .set_border_bottom_color(LINE);
    match is_total {
        true => format.set_bold().set_border_top(FormatBorder::Thin),
        false => format,
    }
}

/// The format of the line that marks invented data.
fn warning_format() -> Format {
    Format::new()
        .set_bold()
        .set_font_color(WARNING_INK)
        .set_background_color(WARNING_FILL)
}
