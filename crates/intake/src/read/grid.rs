//! A sheet in memory: only cells with content, as text.

use super::block::Block;
use super::columns::Chunk;
use super::encoding::Encoding;
use super::plan::Plan;
use super::{Piece, PieceHead};
use crate::Unreadable;
use rayon::prelude::*;

/// More columns than any dictionary table or record system has.
pub(super) const MOST_COLUMNS: usize = 2_000;

/// Where a cell stands: its column, and its text in the grid's bytes.
#[derive(Clone, Copy)]
struct GridCell {
    row: u32,
    column: u32,
    start: u32,
    length: u32,
}

/// The filled cells of a sheet. Rows are counted from 0.
#[derive(Default)]
pub(super) struct Grid {
    bytes: Vec<u8>,
    cells: Vec<GridCell>,
}

impl Grid {
    /// Adds a cell; empty text is left out.
    pub(super) fn push(
        &mut self,
        row: u32,
        column: u32,
        text: &str,
        file: &str,
    ) -> Result<(), Unreadable> {
        if text.is_empty() {
            return Ok(());
        }
        let start =
            u32::try_from(self.bytes.len() + text.len()).map_err(|_| Unreadable::TooLarge {
                file: file.to_owned(),
                limit_mib: super::archive::MOST_BYTES >> 20,
            })? - text.len() as u32;
        self.bytes.extend_from_slice(text.as_bytes());
        self.cells.push(GridCell {
            row,
            column,
            start,
            length: text.len() as u32,
        });
        Ok(())
    }

    /// Puts the cells in order; programs write them so, but need not.
    pub(super) fn finish(&mut self) {
        let order = |cell: &GridCell| (cell.row, cell.column);
        if !self.cells.is_sorted_by_key(order) {
            self.cells.sort_by_key(order);
        }
    }

    /// The first rows as text, each with its line from 1.
    pub(super) fn text_rows(&self, most: usize, width: usize) -> Vec<(u32, Vec<String>)> {
        let rows = self.cells.chunk_by(|a, b| a.row == b.row).take(most);
        rows.map(|cells| {
            let inside = cells.iter().filter(|cell| (cell.column as usize) < width);
            let last = inside
                .clone()
                .next_back()
                .map_or(0, |cell| cell.column as usize + 1);
            let mut row = vec![String::new(); last];
            for cell in inside {
                row[cell.column as usize] =
                    String::from_utf8_lossy(self.text(cell)).trim().to_owned();
            }
            (cells[0].row + 1, row)
        })
        .collect()
    }

    /// All rows as text, empty ones too.
    pub(super) fn all_rows(&self, file: &str) -> Result<Vec<Vec<String>>, Unreadable> {
        /// More rows than a table of results has.
        const MOST_ROWS: u32 = 100_000;
        let mut rows: Vec<Vec<String>> = Vec::new();
        for cell in &self.cells {
            let (row, column) = (cell.row as usize, cell.column as usize);
            if column >= MOST_COLUMNS {
                return Err(Unreadable::TooManyColumns {
                    file: file.to_owned(),
                    limit: MOST_COLUMNS,
                });
            }
            if cell.row >= MOST_ROWS {
                break;
            }
            if rows.len() <= row {
                rows.resize(row + 1, Vec::new());
            }
            let row = &mut rows[row];
            row.resize(column.max(row.len()), String::new());
            row.push(String::from_utf8_lossy(self.text(cell)).into_owned());
        }
        Ok(rows)
    }

    fn text(&self, cell: &GridCell) -> &[u8] {
        &self.bytes[cell.start as usize..][..cell.length as usize]
    }

    /// The column names: those of the row `line` (from 1), or of the first row with content
    /// behind it; and the position of the first cell below.
    pub(super) fn headers(
        &self,
        line: u32,
        file: &str,
    ) -> Result<Option<(Vec<String>, usize)>, Unreadable> {
        let first = self.cells.partition_point(|cell| cell.row + 1 < line);
        let Some(row) = self.cells.get(first).map(|cell| cell.row) else {
            return Ok(None);
        };
        let end = self.cells.partition_point(|cell| cell.row <= row);
        let named = self.cells[first..end]
            .last()
            .map_or(0, |cell| cell.column + 1);
        let filled = self.cells[end..].iter().map(|cell| cell.column + 1).max();
        let width = named.max(filled.unwrap_or(0)) as usize;
        if width > MOST_COLUMNS {
            return Err(Unreadable::TooManyColumns {
                file: file.to_owned(),
                limit: MOST_COLUMNS,
            });
        }
        let mut headers = vec![String::new(); width];
        for cell in &self.cells[first..end] {
            headers[cell.column as usize] =
                String::from_utf8_lossy(self.text(cell)).trim().to_owned();
        }
        Ok(Some((headers, end)))
    }

    /// Reads the rows from the cell at `first` on.
    pub(super) fn read(&self, plan: Plan, first: usize) -> Piece {
        const CELLS: usize = 1 << 19;
        let cells = &self.cells[first..];
        let mut starts = Vec::new();
        let mut start = 0;
        while start < cells.len() {
            starts.push(start);
            let near = (start + CELLS).min(cells.len() - 1);
            let row = cells[near].row;
            start += cells[start..].partition_point(|cell| cell.row <= row);
        }
        let ends = starts.iter().skip(1).copied().chain([cells.len()]);
        let parts: Vec<&[GridCell]> = starts
            .iter()
            .zip(ends)
            .map(|(start, end)| &cells[*start..end])
            .collect();
        let chunks = parts.into_par_iter().map(|part| self.chunk(&plan, part));
        let chunks: Vec<Chunk> = chunks.collect();
        Piece {
            head: PieceHead::from(plan),
            // Chunks of a grid count their lines from the top of the sheet.
            first_line: 1,
            chunks,
        }
    }

    fn chunk(&self, plan: &Plan, cells: &[GridCell]) -> Chunk {
        let mut chunk = Chunk::new(plan, cells.len() / plan.width.max(1) + 1);
        let mut block = Block::new(plan.width);
        for row in cells.chunk_by(|a, b| a.row == b.row) {
            let mut column = 0;
            for cell in row {
                while column < cell.column {
                    block.push(0, 0);
                    column += 1;
                }
                // Two cells in one place only occur in damaged files; the first counts.
                if column == cell.column {
                    block.push(cell.start as usize, cell.length as usize);
                    column += 1;
                }
            }
            while (column as usize) < plan.width {
                block.push(0, 0);
                column += 1;
            }
            block.end_row(row[0].row);
            if block.is_full() {
                chunk.take(plan, Encoding::Utf8, &self.bytes, &mut block);
            }
        }
        chunk.take(plan, Encoding::Utf8, &self.bytes, &mut block);
        chunk
    }
}
