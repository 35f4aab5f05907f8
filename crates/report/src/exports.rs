//! Released results as files to work with: tables, pictures, and one archive with all.

mod accountability;
mod archive;
mod codebook;
mod flat;
mod picture;
mod text;
mod workbook;

use crate::{Error, words};
use disclosure::{Publication, PublicationHeader, Published};
use figure::DataTable;
use flat::FlatTable;
use std::collections::BTreeSet;
use workbook::Book;

const CSV: &str = "text/csv; charset=utf-8";
const PNG: &str = "image/png";
const SVG: &str = "image/svg+xml";
const TEXT: &str = "text/plain; charset=utf-8";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const ZIP: &str = "application/zip";

/// The most characters that Excel allows in the name of a sheet.
const SHEET_NAME_LENGTH: usize = 31;

/// A file to hand out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportFile {
    /// Path below the folder of the release, with `/` between its parts.
    pub path: String,
    /// The file itself.
    pub bytes: Vec<u8>,
    /// Media type, as a server gives it.
    pub media_type: &'static str,
    /// What it is, in Dutch, fit for the text of a link.
    pub label: String,
    /// The result it belongs to; `None` for files about the whole release.
    pub result_id: Option<String>,
}

/// All files of a release but the factsheet, in the order of the results; the last one,
/// `alles.zip`, holds the others.
///
/// # Errors
/// If a file cannot be made; that is a fault of this program.
pub fn exports(publication: &Publication) -> Result<Vec<ExportFile>, Error> {
    let header = publication.header();
    let mut files = Vec::new();
    for published in publication.results() {
        let tables = figure::data_tables(published, header);
        add_tables(&mut files, published, &tables, header)?;
        add_pictures(&mut files, published, header)?;
    }
    files.push(all_tables(publication)?);
    let read_me = read_me(header, &files)?;
    files.insert(0, read_me);
    let bytes = archive::zip(&files)?;
    files.push(whole(
        "alles.zip",
        ZIP,
        "Alle tabellen en figuren in één bestand",
        bytes,
    ));
    Ok(files)
}

fn whole(path: &str, media_type: &'static str, label: &str, bytes: Vec<u8>) -> ExportFile {
    ExportFile {
        path: path.to_owned(),
        bytes,
        media_type,
        label: label.to_owned(),
        result_id: None,
    }
}

/// A file of one result: what it is called, what it is, and what is in it.
fn of_result(
    published: &Published,
    path: String,
    kind: (&'static str, String),
    bytes: Vec<u8>,
) -> ExportFile {
    ExportFile {
        path,
        bytes,
        media_type: kind.0,
        label: kind.1,
        result_id: Some(published.id().as_str().to_owned()),
    }
}

fn add_tables(
    files: &mut Vec<ExportFile>,
    published: &Published,
    tables: &[DataTable],
    header: &PublicationHeader,
) -> Result<(), Error> {
    if tables.is_empty() {
        return Ok(());
    }
    let flat: Vec<FlatTable<'_>> = tables.iter().map(FlatTable::new).collect();
    let path = format!("tabellen/{}.xlsx", published.id().as_str());
    let label = format!("{} (Excel)", published.title());
    let bytes = workbook(published, &flat, header)?;
    files.push(of_result(published, path, (XLSX, label), bytes));
    for table in &flat {
        let path = format!("tabellen/{}.csv", table.source.id());
        let label = format!("{} (csv)", table.source.caption());
        files.push(of_result(published, path, (CSV, label), text::csv(table)?));
    }
    Ok(())
}

fn add_pictures(
    files: &mut Vec<ExportFile>,
    published: &Published,
    header: &PublicationHeader,
) -> Result<(), Error> {
    for chart in figure::charts(published, header) {
        let path = |extension: &str| format!("figuren/{}.{extension}", chart.id());
        let svg = chart.svg().as_bytes().to_vec();
        let label = format!("{} (svg)", chart.title());
        files.push(of_result(published, path("svg"), (SVG, label), svg));
        let label = format!("{} (png)", chart.title());
        files.push(of_result(
            published,
            path("png"),
            (PNG, label),
            picture::png(&chart)?,
        ));
    }
    Ok(())
}

/// The tables of one result, with code book and account.
fn workbook(
    published: &Published,
    tables: &[FlatTable<'_>],
    header: &PublicationHeader,
) -> Result<Vec<u8>, Error> {
    let mut book = Book::new(published.title(), header)?;
    for (position, table) in tables.iter().enumerate() {
        let name = match position {
            0 => "Tabel".to_owned(),
            position => format!("Tabel {}", position + 1),
        };
        book.table(&name, table, &subtitle(published, header))?;
    }
    book.codebook(&codebook::codebook(tables))?;
    let mut lines = accountability::release(header)?;
    lines.extend(accountability::result(published));
    book.accountability(&lines)?;
    book.into_bytes()
}

/// The tables of all results in one workbook.
fn all_tables(publication: &Publication) -> Result<ExportFile, Error> {
    let header = publication.header();
    let sources: Vec<(&Published, Vec<DataTable>)> = publication
        .results()
        .iter()
        .map(|published| (published, figure::data_tables(published, header)))
        .collect();
    let tables = sources.iter().flat_map(|(published, tables)| {
        tables
            .iter()
            .map(|table| (*published, FlatTable::new(table)))
    });
    let (results, tables): (Vec<&Published>, Vec<FlatTable<'_>>) = tables.unzip();
    let names = sheet_names(&tables);
    let captions = tables.iter().map(|table| table.source.caption().to_owned());
    let entries: Vec<(String, String)> = names.iter().cloned().zip(captions).collect();

    let mut book = Book::new(&header.study_title, header)?;
    book.contents(&header.study_title, &entries)?;
    for ((table, published), name) in tables.iter().zip(results).zip(&names) {
        book.table(name, table, &subtitle(published, header))?;
    }
    book.codebook(&codebook::codebook(&tables))?;
    let mut lines = accountability::release(header)?;
    for published in publication.results() {
        lines.extend(accountability::result(published));
    }
    book.accountability(&lines)?;
    let bytes = book.into_bytes()?;
    Ok(whole(
        "alle-tabellen.xlsx",
        XLSX,
        "Alle tabellen (Excel)",
        bytes,
    ))
}

/// Names of sheets: the ids of the tables, cut to what Excel allows, each used once.
fn sheet_names(tables: &[FlatTable<'_>]) -> Vec<String> {
    let mut used = BTreeSet::new();
    let name = |table: &FlatTable<'_>| {
        let id = table.source.id();
        let cut = |suffix: &str| {
            let room = SHEET_NAME_LENGTH - suffix.len();
            format!("{}{suffix}", id.chars().take(room).collect::<String>())
        };
        let names =
            std::iter::once(cut("")).chain((2u32..).map(|number| cut(&format!("~{number}"))));
        let free = names.into_iter().find(|name| used.insert(name.clone()));
        free.expect("there are more numbers than tables")
    };
    tables.iter().map(name).collect()
}

fn subtitle(published: &Published, header: &PublicationHeader) -> String {
    let mark = match header.synthetic {
        true => format!("{} · ", figure::SYNTHETIC_MARK),
        false => String::new(),
    };
    format!(
        "{mark}{} · gegevens tot en met {} · publicatie {}",
        words::basis(published),
        header.data_until,
        header.release_number
    )
}

/// What is in the archive, and what may be done with it.
fn read_me(header: &PublicationHeader, files: &[ExportFile]) -> Result<ExportFile, Error> {
    let mut lines: Vec<String> = vec![header.study_title.clone(), String::new()];
    for (label, text) in accountability::release(header)? {
        lines.push(format!("{label}: {text}"));
    }
    lines.push(String::new());
    lines.push("Bestanden".to_owned());
    for file in files {
        lines.push(format!("{}: {}", file.path, file.label));
    }
    let text = lines.join("\r\n") + "\r\n";
    Ok(whole(
        "LEESMIJ.txt",
        TEXT,
        "Wat er in de bestanden staat",
        text.into_bytes(),
    ))
}
