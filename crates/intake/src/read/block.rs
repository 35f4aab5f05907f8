/// Where a cell stands: in the chunk, or (marked) in the block's own scratch.
#[derive(Clone, Copy)]
struct Span {
    start: u32,
    length: u32,
}

const IN_SCRATCH: u32 = 1 << 31;

/// Some rows of a chunk, cut into cells but not yet read. All rows have `width` cells.
pub(super) struct Block {
    width: usize,
    spans: Vec<Span>,
    in_row: usize,
    scratch: Vec<u8>,
    /// The line of each row, counted from the chunk's first.
    pub(super) lines: Vec<u32>,
    /// Rows with another number of cells: row within the block and that number.
    pub(super) ragged: Vec<(u32, u32)>,
}

impl Block {
    /// Few enough for the cells and their text to stay in the fastest cache.
    const ROWS: usize = 256;

    pub(super) fn new(width: usize) -> Self {
        Self {
            width,
            spans: Vec::with_capacity(width * Self::ROWS),
            in_row: 0,
            scratch: Vec::new(),
            lines: Vec::with_capacity(Self::ROWS),
            ragged: Vec::new(),
        }
    }

    pub(super) fn clear(&mut self) {
        self.spans.clear();
        self.scratch.clear();
        self.lines.clear();
        self.ragged.clear();
        self.in_row = 0;
    }

    pub(super) fn rows(&self) -> usize {
        self.lines.len()
    }

    pub(super) fn is_full(&self) -> bool {
        self.lines.len() >= Self::ROWS
    }

    /// Adds a cell that stands in the chunk as it is.
    #[inline]
    pub(super) fn push(&mut self, start: usize, length: usize) {
        self.in_row += 1;
        if self.in_row <= self.width {
            self.spans.push(Span {
                start: start as u32,
                length: length as u32,
            });
        }
    }

    /// Adds the cells of a whole row that starts at `start`, each up to one of `ends`; where the
    /// line ends with a carriage return, the last cell is one byte shorter.
    #[inline]
    pub(super) fn push_cells(&mut self, mut start: usize, ends: &[u32], has_return: bool) {
        self.spans.extend(ends.iter().map(|end| {
            let span = Span {
                start: start as u32,
                length: *end - start as u32,
            };
            start = *end as usize + 1;
            span
        }));
        if has_return && let Some(last) = self.spans.last_mut() {
            last.length = last.length.saturating_sub(1);
        }
        self.in_row += ends.len();
    }

    /// Adds a cell whose text differs from what stands in the chunk.
    pub(super) fn push_text(&mut self, text: impl Iterator<Item = u8>) {
        let start = self.scratch.len();
        self.scratch.extend(text);
        self.push(start, self.scratch.len() - start);
        if self.in_row <= self.width
            && let Some(span) = self.spans.last_mut()
        {
            span.length |= IN_SCRATCH;
        }
    }

    /// Ends the row, if it has anything in it.
    #[inline]
    pub(super) fn end_row(&mut self, line: u32) {
        let cells = std::mem::take(&mut self.in_row);
        if cells != self.width {
            self.ragged.push((self.lines.len() as u32, cells as u32));
            for _ in cells..self.width {
                self.spans.push(Span {
                    start: 0,
                    length: 0,
                });
            }
        }
        self.lines.push(line);
    }

    /// Takes back the cells of the row that is being made.
    pub(super) fn drop_row(&mut self) {
        let kept = self.spans.len() - self.in_row.min(self.width);
        self.spans.truncate(kept);
        self.in_row = 0;
    }

    /// The cells of the row that is being made that have any content.
    pub(super) fn row_is_blank(&self) -> bool {
        let from = self.spans.len() - self.in_row.min(self.width);
        self.spans[from..]
            .iter()
            .all(|span| span.length & !IN_SCRATCH == 0)
    }

    /// The bytes of a cell.
    #[inline]
    pub(super) fn cell<'a>(&'a self, chunk: &'a [u8], row: usize, column: usize) -> &'a [u8] {
        self.bytes(chunk, self.spans[row * self.width + column])
    }

    #[inline]
    fn bytes<'a>(&'a self, chunk: &'a [u8], span: Span) -> &'a [u8] {
        let (start, length) = (span.start as usize, (span.length & !IN_SCRATCH) as usize);
        if span.length & IN_SCRATCH == 0 {
            &chunk[start..start + length]
        } else {
            &self.scratch[start..start + length]
        }
    }

    /// The bytes of a column's cells, row by row.
    #[inline]
    pub(super) fn column<'a>(
        &'a self,
        chunk: &'a [u8],
        column: usize,
    ) -> impl Iterator<Item = &'a [u8]> {
        let spans = self.spans.get(column..).unwrap_or_default();
        spans
            .iter()
            .step_by(self.width)
            .map(move |span| self.bytes(chunk, *span))
    }

    /// Keeps only the rows for which `keep` says so.
    pub(super) fn retain(&mut self, keep: &[bool]) {
        let (width, mut kept) = (self.width, 0);
        let mut renumbered = vec![None; keep.len()];
        for (row, _) in keep.iter().enumerate().filter(|(_, keep)| **keep) {
            self.spans
                .copy_within(row * width..(row + 1) * width, kept * width);
            self.lines[kept] = self.lines[row];
            renumbered[row] = Some(kept as u32);
            kept += 1;
        }
        self.spans.truncate(kept * width);
        self.lines.truncate(kept);
        self.ragged = std::mem::take(&mut self.ragged)
            .into_iter()
            .filter_map(|(row, cells)| Some((renumbered[row as usize]?, cells)))
            .collect();
    }
}
