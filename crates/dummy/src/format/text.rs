use crate::sheet::{Cell, Sheet};

/// `;` between, decimal comma, Windows-1252, lines end as on Windows.
pub(super) fn semicolon(sheet: &Sheet) -> Vec<u8> {
    let text = separated(sheet, ';', ',');
    let (bytes, _, _) = encoding_rs::WINDOWS_1252.encode(&text);
    bytes.into_owned()
}

/// `,` between, UTF-8 with a byte-order mark.
pub(super) fn comma(sheet: &Sheet) -> Vec<u8> {
    format!("\u{feff}{}", separated(sheet, ',', '.')).into_bytes()
}

/// Tabs between, UTF-8.
pub(super) fn tab(sheet: &Sheet) -> Vec<u8> {
    separated(sheet, '\t', '.').into_bytes()
}

fn separated(sheet: &Sheet, separator: char, decimal_mark: char) -> String {
    let mut text = String::new();
    let header = sheet.header.iter().map(|name| quoted(name, separator));
    line(&mut text, header, separator);
    for row in &sheet.rows {
        line(
            &mut text,
            row.iter()
                .map(|cell| quoted(&written(cell, decimal_mark), separator)),
            separator,
        );
    }
    text
}

fn line(text: &mut String, cells: impl Iterator<Item = String>, separator: char) {
    for (at, cell) in cells.enumerate() {
        if at > 0 {
            text.push(separator);
        }
        text.push_str(&cell);
    }
    text.push_str("\r\n");
}

fn written(cell: &Cell, decimal_mark: char) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => text.clone(),
        Cell::Number(number) => format!("{number:.0}"),
        Cell::Decimal(number) => format!("{number:.1}").replace('.', &decimal_mark.to_string()),
        Cell::Date(day) => day.to_string(),
    }
}

fn quoted(text: &str, separator: char) -> String {
    if text.contains([separator, '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}
