//! Cuts the text of a CSV chunk into rows and cells.
//!
//! A quote has a meaning only where a cell begins; `""` within such a cell is one quote. Any
//! other quote is an ordinary character, and makes the chunk irregular: then the count of
//! quotes no longer tells where rows begin, and the file has to be read in one piece.

use super::block::Block;
use super::columns::Chunk;
use super::encoding::Encoding;
use super::marks;
use super::plan::Plan;

/// How many bytes are cut at a time: few enough for their marks to stay in the fastest cache.
const WINDOW: usize = 1 << 13;

/// How a text file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Dialect {
    pub(super) delimiter: u8,
    pub(super) encoding: Encoding,
    /// Whether there is any quote in the file.
    pub(super) quotes: bool,
}

/// A chunk that has been read.
pub(super) struct SplitChunk {
    pub(super) chunk: Chunk,
    /// A quote stands where it should not.
    pub(super) irregular: bool,
    /// Line, from the chunk's first, of a quote that is never closed.
    pub(super) unclosed: Option<u32>,
}

/// Reads one chunk, which starts where a row starts.
pub(super) fn split(bytes: &[u8], dialect: Dialect, plan: &Plan) -> SplitChunk {
    let mut splitter = Splitter {
        bytes,
        dialect,
        plan,
        block: Block::new(plan.width),
        out: SplitChunk {
            chunk: Chunk::new(plan, expected_rows(bytes)),
            irregular: false,
            unclosed: None,
        },
        line: 0,
        row_start: 0,
    };
    if dialect.quotes {
        splitter.quoted();
    } else {
        splitter.plain();
    }
    splitter.flush();
    splitter.out.chunk.line_count = splitter.line;
    splitter.out
}

/// About how many rows there are, going by the first ones.
fn expected_rows(bytes: &[u8]) -> usize {
    let sample = &bytes[..bytes.len().min(1 << 12)];
    let rows = memchr::memchr_iter(b'\n', sample).count();
    rows * bytes.len() / sample.len().max(1) + rows / 8 + 1
}

struct Splitter<'a> {
    bytes: &'a [u8],
    dialect: Dialect,
    plan: &'a Plan,
    block: Block,
    out: SplitChunk,
    line: u32,
    row_start: usize,
}

impl Splitter<'_> {
    fn flush(&mut self) {
        self.out.chunk.take(
            self.plan,
            self.dialect.encoding,
            self.bytes,
            &mut self.block,
        );
    }

    /// Window by window, so that the marks stay near: nearly all rows of a file are whole rows
    /// with as many cells as there are columns, and are taken at once.
    fn plain(&mut self) {
        let mut marks = Vec::with_capacity(WINDOW);
        let mut cell_start = 0;
        for (window, bytes) in self.bytes.chunks(WINDOW).enumerate() {
            marks.clear();
            let first = (window * WINDOW) as u32;
            marks::find(bytes, self.dialect.delimiter, first, &mut marks);
            let mut rest = &marks[..];
            while let Some((&end, others)) = rest.split_first() {
                if cell_start == self.row_start
                    && let Some((row, others)) = self.whole_row(rest)
                {
                    self.take_row(row);
                    cell_start = self.row_start;
                    rest = others;
                } else {
                    self.end_cell(cell_start, end as usize);
                    cell_start = end as usize + 1;
                    rest = others;
                }
            }
        }
        if self.row_start < self.bytes.len() {
            let end = self.bytes.len();
            self.block.push(
                cell_start,
                without_return(self.bytes, cell_start, end) - cell_start,
            );
            self.end_row(end);
        }
    }

    /// The marks of the next row, where it has a cell for each column, and those behind it.
    #[inline]
    fn whole_row<'m>(&self, marks: &'m [u32]) -> Option<(&'m [u32], &'m [u32])> {
        let (row, others) = marks.split_at_checked(self.plan.width)?;
        let ends_row = |mark: &u32| self.bytes[*mark as usize] == b'\n';
        let (last, inner) = row.split_last()?;
        (ends_row(last) && !inner.iter().any(ends_row)).then_some((row, others))
    }

    /// Reads a whole row, whose cells end at `ends`.
    #[inline]
    fn take_row(&mut self, ends: &[u32]) {
        let end = ends[ends.len() - 1] as usize;
        let has_return = end > self.row_start && self.bytes[end - 1] == b'\r';
        self.block.push_cells(self.row_start, ends, has_return);
        self.end_row(end);
        self.row_start = end + 1;
        self.line += 1;
    }

    #[inline]
    fn end_cell(&mut self, start: usize, end: usize) {
        if self.bytes[end] == b'\n' {
            self.block
                .push(start, without_return(self.bytes, start, end) - start);
            self.end_row(end);
            self.row_start = end + 1;
            self.line += 1;
        } else {
            self.block.push(start, end - start);
        }
    }

    /// Ends a row that ends before `end`; a row without any content is left out.
    #[inline]
    fn end_row(&mut self, end: usize) {
        // A row of nothing but delimiters is hardly longer than it has columns.
        if end - self.row_start <= 3 * self.plan.width + 2 && self.block.row_is_blank() {
            self.block.drop_row();
        } else {
            self.block.end_row(self.line);
            if self.block.is_full() {
                self.flush();
            }
        }
    }

    fn quoted(&mut self) {
        while self.row_start < self.bytes.len() {
            let rest = &self.bytes[self.row_start..];
            let length = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            if memchr::memchr(b'"', &rest[..length]).is_none() {
                self.plain_row(self.row_start + length);
            } else if !self.quoted_row() {
                return;
            }
        }
    }

    fn plain_row(&mut self, end: usize) {
        let mut start = self.row_start;
        let stop = without_return(self.bytes, start, end);
        let row = start..stop;
        for at in row {
            if self.bytes[at] == self.dialect.delimiter {
                self.block.push(start, at - start);
                start = at + 1;
            }
        }
        self.block.push(start, stop - start);
        self.end_row(end);
        self.row_start = end + 1;
        // The last row of a file may lack its line feed.
        self.line += u32::from(end < self.bytes.len());
    }

    /// Reads a row with quotes in it; false if one is never closed.
    fn quoted_row(&mut self) -> bool {
        let mut at = self.row_start;
        let mut lines = 0;
        loop {
            let end = if self.bytes.get(at) == Some(&b'"') {
                match self.quoted_cell(at) {
                    Some(end) => end,
                    None => {
                        self.block.drop_row();
                        self.out.unclosed = Some(self.line + lines);
                        self.row_start = self.bytes.len();
                        return false;
                    }
                }
            } else {
                let end = self.next_mark(at);
                self.out.irregular |= memchr::memchr(b'"', &self.bytes[at..end]).is_some();
                let stop = if self.bytes.get(end) == Some(&self.dialect.delimiter) {
                    end
                } else {
                    without_return(self.bytes, at, end)
                };
                self.block.push(at, stop - at);
                end
            };
            lines += memchr::memchr_iter(b'\n', &self.bytes[at..end]).count() as u32;
            if self.bytes.get(end) == Some(&self.dialect.delimiter) {
                at = end + 1;
                continue;
            }
            self.end_row(end);
            self.row_start = end + 1;
            self.line += lines + u32::from(end < self.bytes.len());
            return true;
        }
    }

    /// Where the cell that starts at `from` meets a delimiter, a line feed or the end.
    fn next_mark(&self, from: usize) -> usize {
        memchr::memchr2(self.dialect.delimiter, b'\n', &self.bytes[from..])
            .map_or(self.bytes.len(), |at| from + at)
    }

    /// Adds the cell whose opening quote stands at `open`; gives where it ends.
    fn quoted_cell(&mut self, open: usize) -> Option<usize> {
        let inner = open + 1;
        let mut at = inner;
        let mut doubled = false;
        let close = loop {
            let quote = at + memchr::memchr(b'"', &self.bytes[at..])?;
            if self.bytes.get(quote + 1) != Some(&b'"') {
                break quote;
            }
            doubled = true;
            at = quote + 2;
        };
        let end = self.next_mark(close + 1);
        let tail = &self.bytes[close + 1..end];
        let clean = tail.is_empty()
            || (tail == b"\r" && self.bytes.get(end) != Some(&self.dialect.delimiter));
        if clean && !doubled {
            self.block.push(inner, close - inner);
        } else {
            // What stands behind the closing quote belongs to the cell as it is.
            self.out.irregular |= !clean && tail.iter().any(|byte| *byte != b' ' && *byte != b'\r');
            let tail = if clean { &[][..] } else { tail };
            let text = &self.bytes[inner..close];
            let mut skip = false;
            let undoubled = text.iter().copied().filter(|byte| {
                skip = *byte == b'"' && !skip;
                *byte != b'"' || skip
            });
            self.block.push_text(undoubled.chain(tail.iter().copied()));
        }
        Some(end)
    }
}

fn without_return(bytes: &[u8], start: usize, end: usize) -> usize {
    if end > start && bytes[end - 1] == b'\r' {
        end - 1
    } else {
        end
    }
}
