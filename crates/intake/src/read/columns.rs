//! The columns of one chunk: blocks of cells in, typed columns out.

use super::block::Block;
use super::cells::{integer, missing_word, trim};
use super::dates::date;
use super::encoding::Encoding;
use super::keys::KeyColumn;
use super::matcher::{CodeMatcher, Match};
use super::numbers::decimal;
use super::plan::{FieldReader, From, Plan, Reading};
use super::suspect::{passes_eleven_test, suspicion};
use crate::{Invalid, Missing, Packed, Suspicion, TextColumn};

/// One field's cells.
pub(super) enum ChunkColumn {
    Absent,
    Packed(Vec<Packed>),
    Decimal(Vec<f64>, Vec<Packed>),
    Key(KeyColumn),
    Text(TextColumn),
}

impl ChunkColumn {
    /// How many keys it holds.
    pub(super) fn keys(&self) -> usize {
        match self {
            Self::Key(keys) => keys.codes.len(),
            _ => 0,
        }
    }
}

/// A suspicious cell: row of the chunk, which column (of the plan's names), what it looks like.
pub(super) struct Suspect {
    pub(super) row: u32,
    pub(super) column: SuspectColumn,
    pub(super) kind: Suspicion,
}

/// A column of the plan.
#[derive(Clone, Copy)]
pub(super) enum SuspectColumn {
    /// One that fills the field at this position.
    Field(u16),
    /// One of those that no field takes.
    Scanned(u16),
}

/// What a chunk of a source holds.
pub(super) struct Chunk {
    pub(super) rows: usize,
    pub(super) columns: Vec<ChunkColumn>,
    /// The line of each row, counted from the first line of the chunk.
    pub(super) lines: Vec<u32>,
    /// How many lines the chunk has.
    pub(super) line_count: u32,
    pub(super) ragged: Vec<(u32, u32)>,
    pub(super) suspects: Vec<Suspect>,
}

impl Chunk {
    /// For about this many rows.
    pub(super) fn new(plan: &Plan, rows: usize) -> Self {
        let columns = plan.readers.iter().map(|reader| match reader {
            None => ChunkColumn::Absent,
            Some(reader) => match reader.kind {
                Reading::Decimal(_) => {
                    ChunkColumn::Decimal(Vec::with_capacity(rows), Vec::with_capacity(rows))
                }
                Reading::Key => ChunkColumn::Key(KeyColumn::with_capacity(rows)),
                Reading::Text => ChunkColumn::Text(TextColumn::default()),
                _ => ChunkColumn::Packed(Vec::with_capacity(rows)),
            },
        });
        Self {
            rows: 0,
            columns: columns.collect(),
            lines: Vec::with_capacity(rows),
            line_count: 0,
            ragged: Vec::new(),
            suspects: Vec::new(),
        }
    }

    /// Reads the rows of `block`, whose cells stand in `bytes`, and empties it.
    pub(super) fn take(
        &mut self,
        plan: &Plan,
        encoding: Encoding,
        bytes: &[u8],
        block: &mut Block,
    ) {
        if let Some(reader) = plan.only_if.and_then(|field| plan.readers[field].as_ref()) {
            let keep: Vec<bool> = (0..block.rows())
                .map(|row| is_filled(reader, trim(reader.text(block, bytes, row))))
                .collect();
            block.retain(&keep);
        }
        for (field, (reader, column)) in plan.readers.iter().zip(&mut self.columns).enumerate() {
            if let Some(reader) = reader {
                let cells = Cells {
                    block,
                    bytes,
                    reader,
                    encoding,
                };
                let mut suspects = Suspects {
                    found: &mut self.suspects,
                    first_row: self.rows as u32,
                    column: SuspectColumn::Field(field as u16),
                };
                cells.read(column, &mut suspects);
            }
        }
        self.scan(plan, encoding, bytes, block);
        let first = self.rows as u32;
        self.ragged.extend(
            block
                .ragged
                .iter()
                .map(|(row, cells)| (first + row, *cells)),
        );
        self.lines.extend_from_slice(&block.lines);
        self.rows += block.rows();
        block.clear();
    }

    fn scan(&mut self, plan: &Plan, encoding: Encoding, bytes: &[u8], block: &Block) {
        for (at, (column, _)) in plan.scanned.iter().enumerate() {
            let mut suspects = Suspects {
                found: &mut self.suspects,
                first_row: self.rows as u32,
                column: SuspectColumn::Scanned(at as u16),
            };
            for row in 0..block.rows() {
                suspects.look(row, encoding, block.cell(bytes, row, *column));
            }
        }
    }
}

impl FieldReader {
    fn text<'a>(&'a self, block: &'a Block, bytes: &'a [u8], row: usize) -> &'a [u8] {
        match &self.from {
            From::Column(column) => block.cell(bytes, row, *column),
            From::Fixed(text) => text,
        }
    }
}

fn is_filled(reader: &FieldReader, cell: &[u8]) -> bool {
    missing_word(cell).is_none() && !reader.unknown.iter().any(|text| text == cell)
}

struct Suspects<'a> {
    found: &'a mut Vec<Suspect>,
    first_row: u32,
    column: SuspectColumn,
}

impl Suspects<'_> {
    fn look(&mut self, row: usize, encoding: Encoding, cell: &[u8]) {
        // Nothing shorter than a postcode or a short name says who somebody is.
        if cell.len() >= 5
            && let Some(kind) = suspicion(&encoding.decode(cell))
        {
            self.add(row, kind);
        }
    }

    fn add(&mut self, row: usize, kind: Suspicion) {
        self.found.push(Suspect {
            row: self.first_row + row as u32,
            column: self.column,
            kind,
        });
    }
}

/// The cells of one field in one block.
struct Cells<'a> {
    block: &'a Block,
    bytes: &'a [u8],
    reader: &'a FieldReader,
    encoding: Encoding,
}

impl<'a> Cells<'a> {
    fn text(&self, row: usize) -> &'a [u8] {
        trim(self.reader.text(self.block, self.bytes, row))
    }

    /// The cells of all rows.
    #[inline]
    fn all(&self) -> impl Iterator<Item = &'a [u8]> + use<'_, 'a> {
        let fixed = match &self.reader.from {
            From::Column(_) => None,
            From::Fixed(text) => Some(&text[..]),
        };
        let column = match self.reader.from {
            From::Column(column) => column,
            From::Fixed(_) => 0,
        };
        let cells = self.block.column(self.bytes, column);
        cells.map(move |cell| trim(fixed.unwrap_or(cell)))
    }

    fn read(&self, column: &mut ChunkColumn, suspects: &mut Suspects<'_>) {
        match (column, &self.reader.kind) {
            (ChunkColumn::Packed(cells), Reading::Date(form)) => {
                self.pack(cells, suspects, |cell| date(cell, *form));
            }
            (ChunkColumn::Packed(cells), Reading::Integer) => self.pack(cells, suspects, integer),
            (ChunkColumn::Packed(cells), Reading::Code(matcher)) => {
                self.pack(cells, suspects, |cell| code(matcher, cell));
            }
            (ChunkColumn::Packed(cells), Reading::CodeSet(matcher, separator)) => {
                self.pack(cells, suspects, |cell| code_set(matcher, *separator, cell));
            }
            (ChunkColumn::Decimal(numbers, cells), Reading::Decimal(mark)) => {
                self.pack(cells, suspects, |cell| match decimal(cell, *mark) {
                    Some(number) => {
                        numbers.push(number);
                        Packed::value(0)
                    }
                    None => Packed::invalid(Invalid::Form),
                });
                // Only values pushed a number; spread them so that each row has its own.
                spread(numbers, cells);
            }
            (ChunkColumn::Key(keys), Reading::Key) => self.keys(keys, suspects),
            (ChunkColumn::Text(texts), Reading::Text) => self.texts(texts),
            _ => unreachable!("a chunk's columns are made from the same plan"),
        }
    }

    fn pack(
        &self,
        cells: &mut Vec<Packed>,
        suspects: &mut Suspects<'_>,
        mut parse: impl FnMut(&[u8]) -> Packed,
    ) {
        let special = !self.reader.unknown.is_empty();
        cells.reserve(self.block.rows());
        for (row, cell) in self.all().enumerate() {
            let packed = if cell.is_empty() {
                Packed::EMPTY
            } else if special && self.reader.unknown.iter().any(|text| text == cell) {
                Packed::missing(Missing::Unknown)
            } else {
                let packed = parse(cell);
                if packed.is_value() {
                    packed
                } else {
                    self.second_look(row, packed, suspects)
                }
            };
            cells.push(packed);
        }
    }

    /// No value: perhaps a word for missing; if not, perhaps something that may not be there.
    #[cold]
    fn second_look(&self, row: usize, packed: Packed, suspects: &mut Suspects<'_>) -> Packed {
        if packed.cell() != crate::Cell::Missing(Missing::Empty)
            && let crate::Cell::Missing(_) = packed.cell()
        {
            return packed;
        }
        let cell = self.text(row);
        if let Some(why) = missing_word(cell) {
            return Packed::missing(why);
        }
        suspects.look(row, self.encoding, cell);
        packed
    }

    fn keys(&self, keys: &mut KeyColumn, suspects: &mut Suspects<'_>) {
        keys.codes.reserve(self.block.rows());
        let special = !self.reader.unknown.is_empty();
        for (row, mut cell) in self.all().enumerate() {
            if special && self.reader.unknown.iter().any(|text| text == cell) {
                cell = b"onbekend";
            }
            keys.push(cell);
            if cell.len() == 9 && passes_eleven_test(cell) {
                suspects.add(row, Suspicion::Bsn);
            }
        }
    }

    fn texts(&self, texts: &mut TextColumn) {
        for cell in self.all() {
            if is_filled(self.reader, cell) {
                texts.push(&self.encoding.decode(cell));
            } else {
                texts.push("");
            }
        }
    }
}

fn code(matcher: &CodeMatcher, cell: &[u8]) -> Packed {
    match matcher.find(cell) {
        Some(Match::Position(position)) => Packed::value(i32::from(position)),
        Some(Match::Missing(why)) => Packed::missing(why),
        None => Packed::invalid(Invalid::UnknownCode),
    }
}

fn code_set(matcher: &CodeMatcher, separator: u8, cell: &[u8]) -> Packed {
    let mut bits = 0;
    for part in cell.split(|byte| *byte == separator) {
        match matcher.find(trim(part)) {
            Some(Match::Position(position)) => bits |= 1 << position,
            Some(Match::Missing(why)) if bits == 0 => return Packed::missing(why),
            Some(Match::Missing(_)) => {}
            None => return Packed::invalid(Invalid::UnknownCode),
        }
    }
    Packed::value(bits)
}

/// Moves the numbers of the last block to their rows; rows without one get 0.
fn spread(numbers: &mut Vec<f64>, cells: &[Packed]) {
    let mut from = numbers.len();
    numbers.resize(cells.len(), 0.0);
    let mut to = cells.len();
    while to > from {
        to -= 1;
        if cells[to].is_value() {
            from -= 1;
            numbers.swap(from, to);
        } else {
            numbers[to] = 0.0;
        }
    }
}
