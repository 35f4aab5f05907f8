//! The kinds of file.

mod ods;
mod spss;
mod text;
mod workbook;

use crate::Error;
use crate::dialect::{FileKind, Plan};
use crate::sheet::Sheet;
use std::io::{Cursor, Write};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// The zip in which comma-separated files are packed.
const PACKAGE: &str = "levering.zip";

pub(crate) fn write(filled: &[(&Plan, Sheet)]) -> Result<Vec<(String, Vec<u8>)>, Error> {
    let mut files = Vec::new();
    let of_kind = |kind: FileKind| {
        filled
            .iter()
            .filter(move |(plan, _)| plan.kind == kind)
            .collect::<Vec<_>>()
    };
    let workbook = of_kind(FileKind::Workbook);
    if let Some((plan, _)) = workbook.first() {
        files.push((plan.file.to_owned(), workbook::write(&workbook)?));
    }
    let document = of_kind(FileKind::OpenDocument);
    if let Some((plan, _)) = document.first() {
        files.push((plan.file.to_owned(), ods::write(&document)?));
    }
    for (plan, sheet) in of_kind(FileKind::Semicolon) {
        files.push((plan.file.to_owned(), text::semicolon(sheet)));
    }
    for (plan, sheet) in of_kind(FileKind::Tab) {
        files.push((plan.file.to_owned(), text::tab(sheet)));
    }
    for (plan, sheet) in of_kind(FileKind::Spss) {
        files.push((plan.file.to_owned(), spss::write(sheet)?));
    }
    let commas = of_kind(FileKind::ZippedComma);
    if !commas.is_empty() {
        let members = commas
            .iter()
            .map(|(plan, sheet)| (format!("{}.csv", plan.file), text::comma(sheet)));
        files.push((PACKAGE.to_owned(), zipped(members)?));
    }
    Ok(files)
}

/// A zip in memory. Its files carry no time, so that equal content gives equal bytes.
fn zipped(members: impl Iterator<Item = (String, Vec<u8>)>) -> Result<Vec<u8>, Error> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        zip.start_file(name, SimpleFileOptions::default())?;
        zip.write_all(&bytes)?;
    }
    Ok(zip.finish()?.into_inner())
}
