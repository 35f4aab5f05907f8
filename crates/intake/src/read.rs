//! From the bytes of a delivery to typed tables.

mod archive;
mod assemble;
mod block;
mod cells;
mod columns;
mod dates;
mod encoding;
mod grid;
mod intern;
mod keys;
mod kind;
mod marks;
mod matcher;
mod numbers;
mod ods_guard;
mod plan;
mod sample;
mod sheets;
mod short_text;
mod split;
mod spss;
pub(crate) mod suspect;
mod text_file;
mod workbook;

use crate::profile::{Profile, TableMapping};
use crate::schema::TableSpec;
use crate::{ParsedTables, Remark, RemarkKind, Source, Unreadable};
use columns::Chunk;
use encoding::Encoding;
use grid::Grid;
use kind::{Kind, kind};
use plan::{Plan, fold, table_named};
use rayon::prelude::*;
use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;
use text_file::TextFile;

pub use archive::open_delivery;
pub(crate) use plan::missing_target;
pub(crate) use sample::{Sample, samples};
pub use sheets::{Sheet, read_sheets};

/// One file of a delivery, in memory. Debug output shows its name and size only.
#[derive(Clone)]
pub struct DeliveryFile<'a> {
    /// Name within the delivery, with `/` between folders.
    pub name: String,
    /// What it holds.
    pub bytes: Cow<'a, [u8]>,
}

impl fmt::Debug for DeliveryFile<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} bytes)", self.name, self.bytes.len())
    }
}

/// Is told how far reading has come, from any thread.
pub trait Progress: Sync {
    /// So many bytes more have been read.
    fn read(&self, bytes: u64);
}

impl<F: Fn(u64) + Sync> Progress for F {
    fn read(&self, bytes: u64) {
        self(bytes);
    }
}

/// The size of the pieces that text files are read in.
const CHUNK: usize = 1 << 20;

/// Reads a delivery. A bad cell never stops the rest of its file, a broken file never stops
/// the other files: what could not be read stands in [`ParsedTables::unreadable`].
///
/// Without a profile, files and sheets must carry the names of the dictionary's tables; with
/// one, those it does not cover may.
pub fn parse(
    files: Vec<DeliveryFile<'_>>,
    profile: Option<&Profile>,
    progress: &dyn Progress,
) -> ParsedTables {
    parse_in_chunks(files, profile, progress, CHUNK)
}

pub(crate) fn parse_in_chunks(
    mut files: Vec<DeliveryFile<'_>>,
    profile: Option<&Profile>,
    progress: &dyn Progress,
    chunk: usize,
) -> ParsedTables {
    files.sort_by(|a, b| a.name.cmp(&b.name));
    let reader = Reader {
        profile,
        progress,
        chunk,
    };
    let read: Vec<FileContent> = files
        .into_par_iter()
        .map(|file| reader.file(&file))
        .collect();
    let mut parsed = ParsedTables::empty();
    parsed.info.institution = profile.and_then(|profile| profile.institution);
    let mut pieces = Vec::new();
    for content in read {
        parsed.unreadable.extend(content.unreadable);
        for sheet in content.sheets {
            let source = parsed.sources.len();
            if sheet.is_unmapped {
                parsed.unmapped.push(sheet.source.clone());
            }
            parsed.sources.push(sheet.source);
            let remarks = sheet
                .remarks
                .into_iter()
                .map(|kind| Remark { source, kind });
            parsed.remarks.extend(remarks);
            pieces.extend(sheet.pieces.into_iter().map(|piece| (source, piece)));
        }
    }
    assemble::assemble(&mut parsed, pieces);
    assemble::read_info(&mut parsed);
    parsed
}

/// What the rows of a piece have in common.
struct PieceHead {
    table: &'static TableSpec,
    width: usize,
    headers: Vec<Option<String>>,
    scanned: Vec<String>,
    unknown_columns: Vec<String>,
    one_per: Option<usize>,
}

impl From<Plan> for PieceHead {
    fn from(plan: Plan) -> Self {
        Self {
            table: plan.table,
            width: plan.width,
            unknown_columns: plan.unknown_columns(),
            headers: plan
                .readers
                .into_iter()
                .map(|reader| reader.map(|reader| reader.header))
                .collect(),
            scanned: plan.scanned.into_iter().map(|(_, name)| name).collect(),
            one_per: plan.one_per,
        }
    }
}

/// The rows that one source gives to one table.
struct Piece {
    head: PieceHead,
    /// Line of the first line of the first chunk.
    first_line: u32,
    chunks: Vec<Chunk>,
}

/// What was read of one source.
struct SheetContent {
    source: Source,
    is_unmapped: bool,
    remarks: Vec<RemarkKind>,
    pieces: Vec<Piece>,
}

impl SheetContent {
    fn new(source: Source, targets: &[Target<'_>]) -> Self {
        Self {
            source,
            is_unmapped: targets.is_empty(),
            remarks: Vec::new(),
            pieces: Vec::new(),
        }
    }
}

/// What was read of one file.
#[derive(Default)]
struct FileContent {
    sheets: Vec<SheetContent>,
    unreadable: Vec<Unreadable>,
}

impl FileContent {
    fn of(sheet: SheetContent) -> Self {
        Self {
            sheets: vec![sheet],
            unreadable: Vec::new(),
        }
    }
}

struct Reader<'a> {
    profile: Option<&'a Profile>,
    progress: &'a dyn Progress,
    chunk: usize,
}

/// What a source is to become: a table under its own name, or what a profile says.
enum Target<'a> {
    Named(&'static TableSpec),
    Mapped(&'static TableSpec, &'a TableMapping),
}

impl Target<'_> {
    fn header_line(&self) -> u32 {
        match self {
            Self::Named(_) => 1,
            Self::Mapped(_, mapping) => mapping.header_line,
        }
    }

    fn plan(&self, headers: &[String], used_elsewhere: Option<&HashSet<String>>) -> Plan {
        match self {
            Self::Named(table) => Plan::new(table, headers, None, used_elsewhere),
            Self::Mapped(table, mapping) => {
                Plan::new(table, headers, Some(mapping), used_elsewhere)
            }
        }
    }
}

impl Reader<'_> {
    fn file(&self, file: &DeliveryFile<'_>) -> FileContent {
        let read = kind(&file.name, &file.bytes).and_then(|kind| match kind {
            Kind::Text => self.text_file(file),
            Kind::Sav => {
                let grid = spss::cases(&file.name, &file.bytes)?;
                let source = self.source(file, None);
                Ok(FileContent::of(self.grid(source, &grid, false)?))
            }
            kind => self.workbook(file, kind),
        });
        read.unwrap_or_else(|unreadable| FileContent {
            sheets: Vec::new(),
            unreadable: vec![unreadable],
        })
    }

    fn source(&self, file: &DeliveryFile<'_>, sheet: Option<String>) -> Source {
        Source {
            file: file.name.clone(),
            sheet,
        }
    }

    fn workbook(&self, file: &DeliveryFile<'_>, kind: Kind) -> Result<FileContent, Unreadable> {
        let mut content = FileContent::default();
        for sheet in workbook::sheets(&file.name, kind, &file.bytes)? {
            if crate::template::is_explanation(&sheet.name) {
                continue;
            }
            let source = self.source(file, Some(sheet.name));
            match self.grid(source, &sheet.grid, sheet.hidden) {
                Ok(sheet) => content.sheets.push(sheet),
                Err(unreadable) => content.unreadable.push(unreadable),
            }
        }
        self.progress.read(file.bytes.len() as u64);
        Ok(content)
    }

    fn grid(&self, source: Source, grid: &Grid, hidden: bool) -> Result<SheetContent, Unreadable> {
        let targets = self.targets(&source.file, source.sheet.as_deref());
        let mut sheet = SheetContent::new(source, &targets);
        if hidden {
            sheet.remarks.push(RemarkKind::HiddenSheet);
        }
        let used = used_columns(&targets);
        for (at, target) in targets.iter().enumerate() {
            match grid.headers(target.header_line(), &sheet.source.file)? {
                None => sheet.remarks.push(RemarkKind::Empty),
                Some((headers, first)) => {
                    let plan = target.plan(&headers, (at == 0).then_some(&used));
                    let mut plan = plan.for_sheet();
                    sheet.remarks.append(&mut plan.remarks);
                    sheet.pieces.push(grid.read(plan, first));
                }
            }
        }
        sheet.remarks.dedup();
        Ok(sheet)
    }

    fn targets(&self, file: &str, sheet: Option<&str>) -> Vec<Target<'_>> {
        let mappings = self.profile.iter().flat_map(|profile| &profile.tables);
        let mapped: Vec<Target<'_>> = mappings
            .filter(|mapping| mapping.covers(file, sheet))
            .filter_map(|mapping| Some(Target::Mapped(TableSpec::named(&mapping.table)?, mapping)))
            .collect();
        if mapped.is_empty() {
            table_named(sheet.unwrap_or(stem(file)))
                .map(Target::Named)
                .into_iter()
                .collect()
        } else {
            mapped
        }
    }

    fn text_file(&self, file: &DeliveryFile<'_>) -> Result<FileContent, Unreadable> {
        let mut content = FileContent::default();
        let targets = self.targets(&file.name, None);
        let mut sheet = SheetContent::new(self.source(file, None), &targets);
        let bytes = text_file::without_mark(&file.bytes);
        let encoding = Encoding::of(&bytes);
        if encoding == Encoding::Windows1252 {
            sheet.remarks.push(RemarkKind::ReadAsWindows1252);
        }
        let used = used_columns(&targets);
        for (at, target) in targets.iter().enumerate() {
            let Some(text) = TextFile::open(&bytes, target.header_line(), encoding) else {
                sheet.remarks.push(RemarkKind::Empty);
                continue;
            };
            if text.headers.len() > grid::MOST_COLUMNS {
                return Err(Unreadable::TooManyColumns {
                    file: file.name.clone(),
                    limit: grid::MOST_COLUMNS,
                });
            }
            let mut plan = target.plan(&text.headers, (at == 0).then_some(&used));
            sheet.remarks.append(&mut plan.remarks);
            let (piece, unclosed) = text.read(plan, self.chunk, self.progress);
            content
                .unreadable
                .extend(unclosed.map(|line| Unreadable::UnclosedQuote {
                    file: file.name.clone(),
                    line,
                }));
            sheet.pieces.push(piece);
        }
        sheet.remarks.dedup();
        content.unreadable.dedup();
        content.sheets.push(sheet);
        Ok(content)
    }
}

/// The columns that any of the mappings of one source uses.
fn used_columns(targets: &[Target<'_>]) -> HashSet<String> {
    let mapped = targets.iter().flat_map(|target| match target {
        Target::Named(_) => Vec::new(),
        Target::Mapped(_, mapping) => mapping.columns.keys().map(|name| fold(name)).collect(),
    });
    mapped.collect()
}

/// The file's name without folders and extension.
fn stem(file: &str) -> &str {
    let name = file.rsplit('/').next().unwrap_or(file);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// Whether a cell can be read as a date.
pub(crate) fn reads_as_date(cell: &str) -> bool {
    dates::date(cell.as_bytes(), Default::default()).is_value()
}

/// The whole number in a cell, if it is one.
pub(crate) fn reads_as_integer(cell: &str) -> Option<i32> {
    cells::integer(cell.as_bytes()).get()
}

/// Whether a cell can be read as a decimal number.
pub(crate) fn reads_as_decimal(cell: &str) -> bool {
    numbers::decimal(cell.as_bytes(), Default::default()).is_some()
}

/// Whether a cell holds a word that stands for missing.
pub(crate) fn reads_as_missing(cell: &str) -> bool {
    cells::missing_word(cell.trim().as_bytes()).is_some()
}

#[cfg(test)]
mod format_tests;
#[cfg(test)]
mod tests;
