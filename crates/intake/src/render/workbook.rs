//! Findings as a workbook, for the people who mend them.

use crate::{Finding, Findings, ParsedTables, Severity, all_rules};
use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError,
};

/// Rows that a sheet can hold below its header and above the line that says there are more.
const MAX_ROWS: usize = 1_048_574;

/// Findings as .xlsx: a summary, every finding with its place (filtered and sorted by whoever
/// reads it), and the rules.
///
/// # Errors
/// Where the workbook cannot be written.
pub fn workbook(findings: &Findings, tables: &ParsedTables) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    // A fixed day instead of the clock's: equal findings make equal files.
    let made = ExcelDateTime::from_ymd(2000, 1, 1)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&made));
    let styles = Styles::new();
    summary(workbook.add_worksheet(), findings, tables, &styles)?;
    list(workbook.add_worksheet(), findings, tables, &styles)?;
    rules(workbook.add_worksheet(), &styles)?;
    workbook.save_to_buffer()
}

struct Styles {
    title: Format,
    header: Format,
    wrapped: Format,
}

impl Styles {
    fn new() -> Self {
        let header = Format::new().set_bold().set_align(FormatAlign::Top);
        Self {
            title: Format::new().set_bold().set_font_size(14),
            header: header
                .set_background_color(Color::RGB(0x1F_3A_5F))
                .set_font_color(Color::White),
            wrapped: Format::new().set_text_wrap().set_align(FormatAlign::Top),
        }
    }
}

fn header(
    sheet: &mut Worksheet,
    row: u32,
    columns: &[(&str, f64)],
    styles: &Styles,
) -> Result<(), XlsxError> {
    for (column, (name, width)) in (0u16..).zip(columns) {
        sheet.write_string_with_format(row, column, *name, &styles.header)?;
        sheet.set_column_width(column, *width)?;
    }
    Ok(())
}

fn summary(
    sheet: &mut Worksheet,
    findings: &Findings,
    tables: &ParsedTables,
    styles: &Styles,
) -> Result<(), XlsxError> {
    sheet.set_name("Samenvatting")?;
    sheet.write_string_with_format(0, 0, "Bevindingen van de controle", &styles.title)?;
    sheet.write_string(1, 0, "Rijen gecontroleerd")?;
    sheet.write_number(1, 1, tables.rows() as f64)?;
    for (row, severity) in (2u32..).zip(Severity::WORST_FIRST) {
        sheet.write_string(row, 0, severity.label())?;
        sheet.write_number(row, 1, findings.count_as(severity) as f64)?;
    }
    let columns = [
        ("regel", 34.0),
        ("aantal", 10.0),
        ("ernst", 14.0),
        ("wat", 44.0),
        ("herstel", 80.0),
    ];
    header(sheet, 6, &columns, styles)?;
    for (row, found) in (7u32..).zip(findings.by_rule()) {
        let rule = found[0].rule;
        sheet.write_string(row, 0, rule.code)?;
        sheet.write_number(row, 1, findings.count_of(rule) as f64)?;
        sheet.write_string(row, 2, rule.severity.label())?;
        sheet.write_string(row, 3, rule.title)?;
        sheet.write_string_with_format(row, 4, rule.mend, &styles.wrapped)?;
    }
    Ok(())
}

fn list(
    sheet: &mut Worksheet,
    findings: &Findings,
    tables: &ParsedTables,
    styles: &Styles,
) -> Result<(), XlsxError> {
    sheet.set_name("Bevindingen")?;
    let columns = [
        ("ernst", 14.0),
        ("regel", 8.0),
        ("tabel", 20.0),
        ("bestand", 30.0),
        ("blad", 18.0),
        ("rij", 9.0),
        ("andere rij", 11.0),
        ("kolom", 26.0),
        ("wat is er mis", 70.0),
        ("herstel", 70.0),
    ];
    header(sheet, 0, &columns, styles)?;
    sheet.set_freeze_panes(1, 0)?;
    let mut last = 0;
    for (row, finding) in (1u32..).zip(findings.iter().take(MAX_ROWS)) {
        write_finding(sheet, row, finding, tables)?;
        last = row;
    }
    sheet.autofilter(0, 0, last, 9)?;
    let listed = u64::from(last);
    if findings.count() > listed {
        let more = findings.count() - listed;
        sheet.write_string(
            last + 1,
            0,
            format!("en nog {more} bevindingen, niet uitgeschreven"),
        )?;
    }
    Ok(())
}

fn write_finding(
    sheet: &mut Worksheet,
    row: u32,
    finding: &Finding,
    tables: &ParsedTables,
) -> Result<(), XlsxError> {
    let place = &finding.place;
    let source = place
        .source_position(tables)
        .map(|position| &tables.sources[position]);
    let what = finding.what(tables);
    let texts = [
        (0, Some(finding.rule.severity.label())),
        (1, Some(finding.rule.code)),
        (2, place.spec().map(|spec| spec.name)),
        (3, source.map(|source| source.file.as_str())),
        (4, source.and_then(|source| source.sheet.as_deref())),
        (7, place.column_name(tables)),
        (8, Some(what.as_str())),
        (9, Some(finding.rule.mend)),
    ];
    for (column, text) in texts {
        if let Some(text) = text {
            sheet.write_string(row, column, text)?;
        }
    }
    for (column, line) in [(5, place.line(tables)), (6, place.other_line(tables))] {
        if let Some(line) = line {
            sheet.write_number(row, column, line)?;
        }
    }
    Ok(())
}

fn rules(sheet: &mut Worksheet, styles: &Styles) -> Result<(), XlsxError> {
    sheet.set_name("Regels")?;
    let columns = [
        ("regel", 8.0),
        ("ernst", 14.0),
        ("wat", 44.0),
        ("waarom", 60.0),
        ("voorbeeld (verzonnen)", 60.0),
        ("herstel", 60.0),
    ];
    header(sheet, 0, &columns, styles)?;
    sheet.set_freeze_panes(1, 0)?;
    for (row, rule) in (1u32..).zip(all_rules()) {
        let texts = [
            rule.code,
            rule.severity.label(),
            rule.title,
            rule.why,
            rule.example,
            rule.mend,
        ];
        for (column, text) in (0u16..).zip(texts) {
            sheet.write_string_with_format(row, column, text, &styles.wrapped)?;
        }
    }
    Ok(())
}
