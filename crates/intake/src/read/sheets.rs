//! Sheets and text files as they are, without a dictionary.

use super::encoding::Encoding;
use super::grid::MOST_COLUMNS;
use super::kind::{Kind, kind};
use super::text_file::{sniff, without_declaration, without_mark};
use super::workbook;
use crate::Unreadable;

/// The texts of a sheet, row by row; rows may differ in length. Debug output shows sizes only.
#[derive(Clone, PartialEq, Eq)]
pub struct Sheet {
    /// Its name in the workbook; empty for a text file.
    pub name: String,
    /// Its rows, spaces kept.
    pub rows: Vec<Vec<String>>,
}

impl std::fmt::Debug for Sheet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({} rows)", self.name, self.rows.len())
    }
}

/// Reads the visible sheets of a workbook with anything on them, or a file of delimited text as
/// one sheet.
///
/// # Errors
/// A file of another kind, behind a password, or damaged.
pub fn read_sheets(name: &str, bytes: &[u8]) -> Result<Vec<Sheet>, Unreadable> {
    match kind(name, bytes)? {
        Kind::Sav => Err(Unreadable::UnknownKind {
            file: name.to_owned(),
        }),
        Kind::Text => Ok(vec![text_sheet(name, bytes)?]),
        kind => {
            let sheets = workbook::sheets(name, kind, bytes)?.into_iter();
            let visible = sheets.filter(|sheet| !sheet.hidden);
            let read = |sheet: workbook::SheetGrid| {
                Ok(Sheet {
                    rows: sheet.grid.all_rows(name)?,
                    name: sheet.name,
                })
            };
            visible.map(read).collect()
        }
    }
}

/// How many of the first lines tell what stands between cells.
const LINES: usize = 20;

fn text_sheet(name: &str, bytes: &[u8]) -> Result<Sheet, Unreadable> {
    let bytes = without_mark(bytes);
    let (body, declared, _) = without_declaration(&bytes);
    let encoding = Encoding::of(body);
    let end = memchr::memchr_iter(b'\n', body).nth(LINES);
    let delimiter = declared.unwrap_or_else(|| sniff(&body[..end.unwrap_or(body.len())]));
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(body);
    let mut rows = Vec::new();
    for record in reader.byte_records() {
        let record = record.map_err(|_| Unreadable::Damaged {
            file: name.to_owned(),
            part: format!("regel {}", rows.len() + 1),
        })?;
        if record.len() > MOST_COLUMNS {
            return Err(Unreadable::TooManyColumns {
                file: name.to_owned(),
                limit: MOST_COLUMNS,
            });
        }
        rows.push(
            record
                .iter()
                .map(|cell| encoding.decode(cell).into_owned())
                .collect(),
        );
    }
    Ok(Sheet {
        name: String::new(),
        rows,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_as_it_stands() {
        let rows = |bytes: &[u8]| read_sheets("t.csv", bytes).unwrap().remove(0).rows;
        let expected = vec![vec!["regio", "n"], vec!["  Zuid, West", "5"]];
        assert_eq!(rows(b"regio;n\r\n  Zuid, West;5\r\n"), expected);
        assert_eq!(rows(b"\xef\xbb\xbfregio,n\n\"  Zuid, West\",5\n"), expected);
        assert_eq!(rows(b"sep=;\nregio;n\n  Zuid, West;5"), expected);
        assert_eq!(rows(b"caf\xe9;1")[0][0], "café");
    }

    #[test]
    fn visible_sheets_are_read_with_their_gaps() {
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        sheet.write(0, 0, "regio").unwrap();
        sheet.write(2, 1, 12).unwrap();
        book.add_worksheet()
            .set_hidden(true)
            .write(0, 0, 1)
            .unwrap();
        let sheets = read_sheets("t.xlsx", &book.save_to_buffer().unwrap()).unwrap();
        assert_eq!(sheets.len(), 1);
        assert_eq!(sheets[0].rows, [vec!["regio"], vec![], vec!["", "12"]]);
        assert!(read_sheets("t.pdf", b"%PDF").is_err());
    }
}
