//! A file of delimited text: recognises how it is written and reads it in parallel chunks.

use super::encoding::Encoding;
use super::plan::Plan;
use super::split::{Dialect, SplitChunk, split};
use super::{Piece, PieceHead, Progress};
use rayon::prelude::*;
use std::borrow::Cow;

/// A text file whose column names have been read.
pub(super) struct TextFile<'a> {
    body: &'a [u8],
    dialect: Dialect,
    pub(super) headers: Vec<String>,
    /// Line of the first row.
    first_line: u32,
}

/// The bytes without a byte-order mark; UTF-16, which Excel calls "Unicode text", as UTF-8.
pub(super) fn without_mark(bytes: &[u8]) -> Cow<'_, [u8]> {
    match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => Cow::Borrowed(rest),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => {
            let (encoding, _) =
                encoding_rs::Encoding::for_bom(bytes).expect("both marks are those of UTF-16");
            Cow::Owned(
                encoding
                    .decode_with_bom_removal(bytes)
                    .0
                    .into_owned()
                    .into_bytes(),
            )
        }
        _ => Cow::Borrowed(bytes),
    }
}

impl<'a> TextFile<'a> {
    /// Recognises the dialect and reads the names on line `header_line`; nothing if the file
    /// does not have that line.
    pub(super) fn open(bytes: &'a [u8], header_line: u32, encoding: Encoding) -> Option<Self> {
        let (bytes, declared, skipped) = without_declaration(bytes);
        let mut start = 0;
        let mut line = 1 + skipped;
        while line < header_line || is_blank_line(&bytes[start..]) {
            start += memchr::memchr(b'\n', &bytes[start..])? + 1;
            line += 1;
        }
        let quotes = memchr::memchr(b'"', bytes).is_some();
        let header = header_text(&bytes[start..]);
        if header.iter().all(u8::is_ascii_whitespace) {
            return None;
        }
        let delimiter = declared.unwrap_or_else(|| sniff(header));
        let dialect = Dialect {
            delimiter,
            encoding,
            quotes,
        };
        let body_start = (start + header.len() + 1).min(bytes.len());
        let lines = memchr::memchr_iter(b'\n', header).count() as u32;
        Some(Self {
            body: &bytes[body_start..],
            dialect,
            headers: header_cells(header, dialect),
            first_line: line + lines + 1,
        })
    }

    /// Reads the rows. A quote that is never closed ends the file early and is told apart.
    pub(super) fn read(
        &self,
        plan: Plan,
        chunk_size: usize,
        progress: &dyn Progress,
    ) -> (Piece, Option<u32>) {
        let starts = chunk_starts(self.body, chunk_size, self.dialect.quotes);
        let mut chunks = self.read_chunks(&plan, &starts, progress);
        if chunks.len() > 1
            && chunks
                .iter()
                .any(|chunk| chunk.irregular || chunk.unclosed.is_some())
        {
            chunks = self.read_chunks(&plan, &[0], &|_: u64| {});
        }
        let unclosed = chunks.iter().find_map(|chunk| chunk.unclosed);
        let piece = Piece {
            head: PieceHead::from(plan),
            first_line: self.first_line,
            chunks: chunks.into_iter().map(|chunk| chunk.chunk).collect(),
        };
        (piece, unclosed.map(|line| self.first_line + line))
    }

    fn read_chunks(
        &self,
        plan: &Plan,
        starts: &[usize],
        progress: &dyn Progress,
    ) -> Vec<SplitChunk> {
        let ends = starts.iter().skip(1).copied().chain([self.body.len()]);
        let pieces: Vec<&[u8]> = starts
            .iter()
            .zip(ends)
            .map(|(start, end)| &self.body[*start..end])
            .collect();
        pieces
            .into_par_iter()
            .map(|bytes| {
                let chunk = split(bytes, self.dialect, plan);
                progress.read(bytes.len() as u64);
                chunk
            })
            .collect()
    }
}

/// Excel may be told the delimiter in a first line `sep=;`.
pub(super) fn without_declaration(bytes: &[u8]) -> (&[u8], Option<u8>, u32) {
    match bytes {
        [
            b's' | b'S',
            b'e' | b'E',
            b'p' | b'P',
            b'=',
            mark @ (b';' | b',' | b'\t' | b'|'),
            rest @ ..,
        ] if matches!(rest.first(), Some(b'\r' | b'\n')) => {
            let line_feed = memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
            (&rest[line_feed..], Some(*mark), 1)
        }
        _ => (bytes, None, 0),
    }
}

fn is_blank_line(bytes: &[u8]) -> bool {
    let end = memchr::memchr(b'\n', bytes);
    end.is_some_and(|end| {
        bytes[..end]
            .iter()
            .all(|byte| matches!(byte, b' ' | b'\r' | b'\t'))
    })
}

/// The row of column names, which may hold line feeds within quotes.
fn header_text(bytes: &[u8]) -> &[u8] {
    let mut quoted = false;
    let end = bytes.iter().position(|byte| {
        quoted ^= *byte == b'"';
        *byte == b'\n' && !quoted
    });
    &bytes[..end.unwrap_or(bytes.len())]
}

/// The delimiter that stands most often between the column names; a semicolon if none does.
pub(super) fn sniff(header: &[u8]) -> u8 {
    let mut counts = [(b';', 0), (b',', 0), (b'\t', 0)];
    let mut quoted = false;
    for byte in header {
        quoted ^= *byte == b'"';
        for (mark, count) in &mut counts {
            *count += usize::from(byte == mark && !quoted);
        }
    }
    // The first of equals wins, so look from the back.
    let best = counts.iter().rev().max_by_key(|(_, count)| *count);
    best.map_or(b';', |(mark, _)| *mark)
}

fn header_cells(header: &[u8], dialect: Dialect) -> Vec<String> {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(dialect.delimiter)
        .has_headers(false)
        .from_reader(header);
    let mut record = csv::ByteRecord::new();
    let read = reader.read_byte_record(&mut record);
    // Reading from memory cannot fail, and bytes are not checked for their encoding.
    read.expect("a row of bytes in memory can be read");
    record
        .iter()
        .map(|cell| dialect.encoding.decode(cell).trim().to_owned())
        .collect()
}

/// Where chunks of about `size` bytes may start: always where a row starts, as long as quotes
/// stand only where they have a meaning.
fn chunk_starts(body: &[u8], size: usize, quotes: bool) -> Vec<usize> {
    let near: Vec<usize> = (0..body.len()).step_by(size.max(1)).collect();
    let inside = if quotes {
        inside_quotes(body, &near, size)
    } else {
        vec![false; near.len()]
    };
    let mut starts = vec![0];
    for (near, inside) in near.into_iter().zip(inside).skip(1) {
        if near < *starts.last().expect("there is always a first chunk") {
            continue;
        }
        if let Some(start) = next_row(body, near, inside).filter(|start| *start < body.len()) {
            starts.push(start);
        }
    }
    starts.dedup();
    starts
}

/// For each place whether an odd number of quotes stands before it.
fn inside_quotes(body: &[u8], places: &[usize], size: usize) -> Vec<bool> {
    let counts: Vec<usize> = places
        .par_iter()
        .map(|start| {
            let end = (start + size.max(1)).min(body.len());
            memchr::memchr_iter(b'"', &body[*start..end]).count()
        })
        .collect();
    let mut odd = false;
    counts
        .into_iter()
        .map(|count| {
            let before = odd;
            odd ^= count % 2 == 1;
            before
        })
        .collect()
}

/// The first start of a row at or behind `from`.
fn next_row(body: &[u8], from: usize, mut inside: bool) -> Option<usize> {
    for at in memchr::memchr2_iter(b'"', b'\n', &body[from..]) {
        if body[from + at] == b'"' {
            inside = !inside;
        } else if !inside {
            return Some(from + at + 1);
        }
    }
    None
}
