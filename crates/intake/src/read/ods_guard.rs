//! Counts the cells that an .ods claims before anything is made of them: one short line of XML
//! can repeat a cell over a whole sheet.

use crate::Unreadable;
use memchr::memmem;
use std::io::{Cursor, Read};

/// A full sheet of fifty columns.
const MOST_CELLS: u64 = 50 << 20;

/// Refuses a spreadsheet that claims more filled cells than a delivery can have.
pub(super) fn check(name: &str, bytes: &[u8]) -> Result<(), Unreadable> {
    let damaged = || Unreadable::Damaged {
        file: name.to_owned(),
        part: "de inhoud (content.xml)".to_owned(),
    };
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| damaged())?;
    let mut content = archive.by_name("content.xml").map_err(|_| damaged())?;
    let mut xml = Vec::new();
    content.read_to_end(&mut xml).map_err(|_| damaged())?;
    if claimed(&xml) > MOST_CELLS {
        return Err(Unreadable::TooManyCells {
            file: name.to_owned(),
            limit: MOST_CELLS,
        });
    }
    Ok(())
}

/// The number of filled cells, repeats multiplied out.
fn claimed(xml: &[u8]) -> u64 {
    let starts: Vec<usize> = memmem::find_iter(xml, b"<table:table-row").collect();
    let ends = starts.iter().skip(1).copied().chain([xml.len()]);
    starts.iter().zip(ends).fold(0, |sum, (start, end)| {
        let row = &xml[*start..end];
        let rows = repeats(tag(row), b"table:number-rows-repeated=\"");
        sum.saturating_add(rows.saturating_mul(width(row)))
    })
}

/// How far the last filled cell of a row reaches.
fn width(row: &[u8]) -> u64 {
    let (mut at, mut filled) = (0u64, 0u64);
    for start in memmem::find_iter(row, b"table-cell") {
        // Closing tags have no attributes and add nothing.
        if start < 7 || !row[..start].ends_with(b"<table:") && !row[..start].ends_with(b"covered-")
        {
            continue;
        }
        let tag = tag(&row[start..]);
        at = at.saturating_add(repeats(tag, b"table:number-columns-repeated=\""));
        if !tag.ends_with(b"/") || memmem::find(tag, b"office:value").is_some() {
            filled = at;
        }
    }
    filled
}

fn tag(xml: &[u8]) -> &[u8] {
    &xml[..memchr::memchr(b'>', xml).unwrap_or(xml.len())]
}

fn repeats(tag: &[u8], attribute: &[u8]) -> u64 {
    let Some(at) = memmem::find(tag, attribute) else {
        return 1;
    };
    let digits = tag[at + attribute.len()..]
        .iter()
        .take_while(|byte| byte.is_ascii_digit());
    digits.fold(0u64, |sum, byte| {
        sum.saturating_mul(10)
            .saturating_add(u64::from(byte - b'0'))
    })
}
