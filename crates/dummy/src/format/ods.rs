//! A small but valid OpenDocument spreadsheet (ODF 1.2: mimetype, manifest, content).

use super::zipped;
use crate::Error;
use crate::dialect::Plan;
use crate::sheet::{Cell, Sheet};
use std::fmt::Write;

const MIME: &str = "application/vnd.oasis.opendocument.spreadsheet";

const MANIFEST: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.2">
 <manifest:file-entry manifest:full-path="/" manifest:version="1.2" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>
 <manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>
</manifest:manifest>
"#;

const OPENING: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2"><office:body><office:spreadsheet>"#;

const CLOSING: &str = "</office:spreadsheet></office:body></office:document-content>\n";

/// One .ods with a sheet per plan; dates are date cells.
pub(super) fn write(filled: &[&(&Plan, Sheet)]) -> Result<Vec<u8>, Error> {
    let mut content = String::from(OPENING);
    for (plan, sheet) in filled {
        table(&mut content, plan.sheet.unwrap_or(plan.file), sheet)
            .expect("writing into a String cannot fail");
    }
    content.push_str(CLOSING);
    // The mimetype comes first, as the format asks.
    let members = [
        ("mimetype", MIME.to_owned()),
        ("META-INF/manifest.xml", MANIFEST.to_owned()),
        ("content.xml", content),
    ];
    zipped(
        members
            .into_iter()
            .map(|(name, text)| (name.to_owned(), text.into_bytes())),
    )
}

fn table(content: &mut String, name: &str, sheet: &Sheet) -> std::fmt::Result {
    write!(content, "<table:table table:name=\"{}\">", escaped(name))?;
    write!(
        content,
        "<table:table-column table:number-columns-repeated=\"{}\"/>",
        sheet.header.len()
    )?;
    content.push_str("<table:table-row>");
    for name in &sheet.header {
        text(content, name)?;
    }
    content.push_str("</table:table-row>");
    for row in &sheet.rows {
        content.push_str("<table:table-row>");
        for value in row {
            cell(content, value)?;
        }
        content.push_str("</table:table-row>");
    }
    content.push_str("</table:table>");
    Ok(())
}

fn cell(content: &mut String, value: &Cell) -> std::fmt::Result {
    match value {
        Cell::Empty => content.write_str("<table:table-cell/>"),
        Cell::Text(own) => text(content, own),
        Cell::Number(number) | Cell::Decimal(number) => write!(
            content,
            "<table:table-cell office:value-type=\"float\" office:value=\"{number}\"><text:p>{number}</text:p></table:table-cell>"
        ),
        Cell::Date(day) => write!(
            content,
            "<table:table-cell office:value-type=\"date\" office:date-value=\"{day}\"><text:p>{day}</text:p></table:table-cell>"
        ),
    }
}

fn text(content: &mut String, own: &str) -> std::fmt::Result {
    write!(
        content,
        "<table:table-cell office:value-type=\"string\"><text:p>{}</text:p></table:table-cell>",
        escaped(own)
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
