//! The first rows of every source, as text, to propose a mapping profile from.

use super::encoding::Encoding;
use super::grid::{Grid, MOST_COLUMNS};
use super::kind::{Kind, kind};
use super::{DeliveryFile, spss, text_file, workbook};
use crate::{Source, Unreadable};

/// How many rows are looked at.
const ROWS: usize = 2_000;
/// Where the line of column names is looked for.
const FIRST_LINES: usize = 12;

/// The start of a source. Debug output is left out on purpose: cells may say who somebody is.
pub(crate) struct Sample {
    pub(crate) source: Source,
    pub(crate) header_line: u32,
    pub(crate) headers: Vec<String>,
    /// The filled cells of each column.
    pub(crate) columns: Vec<Vec<String>>,
}

/// The start of every source that can be read, in the order of the files' names.
pub(crate) fn samples(files: &[DeliveryFile<'_>]) -> Vec<Sample> {
    let mut files: Vec<&DeliveryFile<'_>> = files.iter().collect();
    files.sort_by(|a, b| a.name.cmp(&b.name));
    let found = files
        .into_iter()
        .flat_map(|file| of_file(file).unwrap_or_default());
    found.collect()
}

fn of_file(file: &DeliveryFile<'_>) -> Result<Vec<Sample>, Unreadable> {
    let source = |sheet| Source {
        file: file.name.clone(),
        sheet,
    };
    let sheets = match kind(&file.name, &file.bytes)? {
        Kind::Text => vec![(source(None), text_rows(&file.bytes))],
        Kind::Sav => {
            let grid = spss::cases(&file.name, &file.bytes)?;
            vec![(source(None), grid.rows(ROWS))]
        }
        kind => workbook::sheets(&file.name, kind, &file.bytes)?
            .into_iter()
            .filter(|sheet| !crate::template::is_explanation(&sheet.name))
            .map(|sheet| (source(Some(sheet.name)), sheet.grid.rows(ROWS)))
            .collect(),
    };
    Ok(sheets
        .into_iter()
        .filter_map(|(source, rows)| sample(source, rows))
        .collect())
}

/// Rows with their line numbers.
type Rows = Vec<(u32, Vec<String>)>;

fn text_rows(bytes: &[u8]) -> Rows {
    let bytes = text_file::without_mark(bytes);
    let encoding = Encoding::of(&bytes);
    let (bytes, declared, skipped) = text_file::without_declaration(&bytes);
    // A title above the names has fewer delimiters, so the richest of the first lines decides.
    let lines = bytes.split(|byte| *byte == b'\n').take(FIRST_LINES);
    let marks = |line: &&[u8]| {
        line.iter()
            .filter(|byte| matches!(byte, b';' | b',' | b'\t'))
            .count()
    };
    let richest = lines.max_by_key(marks).unwrap_or_default();
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(declared.unwrap_or_else(|| text_file::sniff(richest)))
        .has_headers(false)
        .flexible(true)
        .from_reader(bytes);
    let mut rows = Vec::new();
    let mut record = csv::ByteRecord::new();
    while rows.len() < ROWS && reader.read_byte_record(&mut record).unwrap_or(false) {
        let line = record.position().map_or(0, |position| position.line()) as u32;
        let cells = record.iter().take(MOST_COLUMNS);
        let cells = cells.map(|cell| encoding.decode(cell).trim().to_owned());
        rows.push((line + skipped, cells.collect()));
    }
    rows
}

impl Grid {
    fn rows(&self, most: usize) -> Rows {
        self.text_rows(most, MOST_COLUMNS)
    }
}

fn sample(source: Source, rows: Rows) -> Option<Sample> {
    let filled = |row: &[String]| row.iter().filter(|cell| !cell.is_empty()).count();
    let most = rows
        .iter()
        .take(FIRST_LINES)
        .map(|(_, row)| filled(row))
        .max()?;
    let is_header = |row: &[String]| {
        let named = row
            .iter()
            .filter(|cell| cell.chars().any(char::is_alphabetic))
            .count();
        2 * named >= most.max(2) && named == filled(row)
    };
    let at = rows
        .iter()
        .take(FIRST_LINES)
        .position(|(_, row)| is_header(row))?;
    let (header_line, headers) = rows[at].clone();
    let mut columns = vec![Vec::new(); headers.len()];
    for (_, row) in &rows[at + 1..] {
        for (column, cell) in columns.iter_mut().zip(row) {
            if !cell.is_empty() {
                column.push(cell.clone());
            }
        }
    }
    Some(Sample {
        source,
        header_line,
        headers,
        columns,
    })
}
