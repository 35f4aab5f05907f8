//! Puts the chunks of all sources together into the dictionary's tables.

use super::columns::{Chunk, ChunkColumn, SuspectColumn};
use super::intern::{Numbered, number_keys};
use super::{Piece, PieceHead};
use crate::schema::{FieldKind, TABLES, TableSpec};
use crate::table::KeyDomain;
use crate::{Cell, Column, Lines, Origin, Packed, ParsedTables, RaggedRow, Table, TextColumn};
use rayon::prelude::*;
use std::cmp::Reverse;
use std::collections::HashSet;

const DOMAINS: [KeyDomain; 5] = [
    KeyDomain::Client,
    KeyDomain::Referral,
    KeyDomain::Admission,
    KeyDomain::Placement,
    KeyDomain::Measurement,
];

/// Fills `parsed.tables` and the key counts from the pieces, each with its source.
pub(super) fn assemble(parsed: &mut ParsedTables, pieces: Vec<(usize, Piece)>) {
    let mut by_table: Vec<Vec<(usize, Piece)>> = TABLES.iter().map(|_| Vec::new()).collect();
    for (source, piece) in pieces {
        let position = TABLES
            .iter()
            .position(|table| std::ptr::eq(table, piece.head.table));
        by_table[position.expect("a plan is made for a table of the dictionary")]
            .push((source, piece));
    }
    let mut numbered = number_all(&mut by_table);
    parsed.key_counts = numbered.each_ref().map(|domain| domain.count);
    parsed.client_ids = std::mem::take(&mut numbered[KeyDomain::Client as usize].texts);
    for pieces in by_table.iter_mut() {
        for (_, piece) in pieces {
            keep_one_per_key(piece);
        }
    }
    parsed.tables = TABLES
        .par_iter()
        .zip(by_table)
        .map(|(spec, pieces)| table(spec, pieces))
        .collect();
}

/// The key columns of one domain.
struct KeyColumns<'a> {
    domain: KeyDomain,
    primary: Vec<&'a mut ChunkColumn>,
    foreign: Vec<&'a mut ChunkColumn>,
}

impl KeyColumns<'_> {
    fn primary_keys(&self) -> usize {
        self.primary.iter().map(|column| column.keys()).sum()
    }
}

fn number_all(by_table: &mut [Vec<(usize, Piece)>]) -> [Numbered; 5] {
    let mut jobs = key_columns(by_table);
    // The largest first, so that it does not run alone at the end.
    jobs.sort_by_key(|job| Reverse(job.primary_keys()));
    let mut numbered: Vec<(KeyDomain, Numbered)> = jobs
        .into_par_iter()
        .map(|job| {
            let keep_texts = job.domain == KeyDomain::Client;
            let numbered = number_keys(job.primary, job.foreign, keep_texts);
            (job.domain, numbered)
        })
        .collect();
    numbered.sort_by_key(|(domain, _)| *domain as usize);
    let numbered: Vec<Numbered> = numbered.into_iter().map(|(_, numbered)| numbered).collect();
    numbered.try_into().expect("there is one result per domain")
}

fn key_columns(by_table: &mut [Vec<(usize, Piece)>]) -> Vec<KeyColumns<'_>> {
    let mut jobs: Vec<KeyColumns<'_>> = DOMAINS
        .iter()
        .map(|domain| KeyColumns {
            domain: *domain,
            primary: Vec::new(),
            foreign: Vec::new(),
        })
        .collect();
    for (_, piece) in by_table.iter_mut().flatten() {
        let fields = piece.head.table.fields;
        for chunk in &mut piece.chunks {
            for (column, field) in chunk.columns.iter_mut().zip(fields) {
                match field.kind {
                    _ if !matches!(column, ChunkColumn::Key(_)) => {}
                    FieldKind::PrimaryKey(domain) => jobs[domain as usize].primary.push(column),
                    FieldKind::ForeignKey(domain) => jobs[domain as usize].foreign.push(column),
                    _ => {}
                }
            }
        }
    }
    jobs
}

/// Where a mapping says so, keeps of rows with equal keys only the first.
fn keep_one_per_key(piece: &mut Piece) {
    let Some(field) = piece.head.one_per else {
        return;
    };
    let mut seen = HashSet::new();
    for chunk in &mut piece.chunks {
        let ChunkColumn::Packed(cells) = &chunk.columns[field] else {
            continue;
        };
        let keep: Vec<bool> = cells
            .iter()
            .map(|cell| cell.get().is_none_or(|key| seen.insert(key)))
            .collect();
        if keep.iter().any(|keep| !keep) {
            chunk.retain(&keep);
        }
    }
}

impl Chunk {
    fn retain(&mut self, keep: &[bool]) {
        for column in &mut self.columns {
            match column {
                ChunkColumn::Packed(cells) => retain(cells, keep),
                ChunkColumn::Decimal(numbers, cells) => {
                    retain(numbers, keep);
                    retain(cells, keep);
                }
                ChunkColumn::Text(texts) => {
                    let mut kept = TextColumn::default();
                    for row in (0..keep.len()).filter(|row| keep[*row]) {
                        kept.push(texts.get(row));
                    }
                    *texts = kept;
                }
                ChunkColumn::Absent | ChunkColumn::Key(_) => {}
            }
        }
        retain(&mut self.lines, keep);
        let mut next = 0;
        let renumbered: Vec<u32> = keep
            .iter()
            .map(|keep| {
                let own = next;
                next += u32::from(*keep);
                own
            })
            .collect();
        self.ragged.retain(|(row, _)| keep[*row as usize]);
        self.suspects.retain(|suspect| keep[suspect.row as usize]);
        for (row, _) in &mut self.ragged {
            *row = renumbered[*row as usize];
        }
        for suspect in &mut self.suspects {
            suspect.row = renumbered[suspect.row as usize];
        }
        self.rows = next as usize;
    }
}

fn retain<T>(cells: &mut Vec<T>, keep: &[bool]) {
    let mut keep = keep.iter();
    cells.retain(|_| *keep.next().expect("there is one answer per row"));
}

fn table(spec: &'static TableSpec, pieces: Vec<(usize, Piece)>) -> Table {
    let mut table = Table::empty(spec);
    let mut chunks = Vec::new();
    for (source, piece) in pieces {
        add_places(&mut table, source, &piece);
        chunks.extend(piece.chunks);
    }
    let mut fields: Vec<Vec<(usize, ChunkColumn)>> =
        spec.fields.iter().map(|_| Vec::new()).collect();
    for chunk in chunks {
        for (field, column) in fields.iter_mut().zip(chunk.columns) {
            field.push((chunk.rows, column));
        }
    }
    let rows = table.rows;
    table.columns = fields
        .into_par_iter()
        .map(|parts| concat(parts, rows))
        .collect();
    table
}

/// Adds the rows of a piece to the table's places, without their cells.
fn add_places(table: &mut Table, source: usize, piece: &Piece) {
    let head: &PieceHead = &piece.head;
    let first_row = table.rows;
    let mut first_line = piece.first_line;
    let mut lines = Vec::with_capacity(piece.chunks.iter().map(|chunk| chunk.rows).sum());
    for chunk in &piece.chunks {
        let before = table.rows as u32;
        table
            .ragged
            .extend(chunk.ragged.iter().map(|(row, cells)| RaggedRow {
                row: before + row,
                cells: *cells,
                expected: head.width as u32,
            }));
        table
            .suspicions
            .extend(chunk.suspects.iter().map(|suspect| {
                let name = match suspect.column {
                    SuspectColumn::Field(field) => {
                        head.headers[field as usize].clone().unwrap_or_default()
                    }
                    SuspectColumn::Scanned(at) => head.scanned[at as usize].clone(),
                };
                (before + suspect.row, name, suspect.kind)
            }));
        lines.extend(chunk.lines.iter().map(|line| first_line + line));
        first_line += chunk.line_count;
        table.rows += chunk.rows;
    }
    let regular = lines.windows(2).all(|pair| pair[0] + 1 == pair[1]);
    table.origins.push(Origin {
        source,
        first_row,
        lines: match lines.first() {
            Some(first) if regular => Lines::From(*first),
            None => Lines::From(piece.first_line),
            _ => Lines::Each(lines),
        },
        headers: head.headers.clone(),
        unknown_columns: head.unknown_columns.clone(),
    });
}

/// One column from its parts, each with its number of rows.
fn concat(parts: Vec<(usize, ChunkColumn)>, rows: usize) -> Column {
    let Some((_, kind)) = parts
        .iter()
        .find(|(_, column)| !matches!(column, ChunkColumn::Absent))
    else {
        return Column::Absent;
    };
    match kind {
        ChunkColumn::Text(_) => {
            let mut texts = TextColumn::default();
            for (count, part) in parts {
                match part {
                    ChunkColumn::Text(part) => texts.append(&part),
                    _ => (0..count).for_each(|_| texts.push("")),
                }
            }
            Column::Text(texts)
        }
        ChunkColumn::Decimal(..) => {
            let (mut numbers, mut cells) = (Vec::with_capacity(rows), Vec::with_capacity(rows));
            for (count, part) in parts {
                if let ChunkColumn::Decimal(some, packed) = part {
                    numbers.extend(some);
                    cells.extend(packed);
                } else {
                    numbers.resize(numbers.len() + count, 0.0);
                    cells.resize(cells.len() + count, Packed::EMPTY);
                }
            }
            Column::Decimal { numbers, cells }
        }
        _ => {
            let mut cells = Vec::with_capacity(rows);
            for (count, part) in parts {
                match part {
                    ChunkColumn::Packed(part) => cells.extend(part),
                    _ => cells.resize(cells.len() + count, Packed::EMPTY),
                }
            }
            Column::Packed(cells)
        }
    }
}

/// What the table `levering` says of the delivery as a whole.
pub(super) fn read_info(parsed: &mut ParsedTables) {
    use codes::{Coded, Institution};
    let levering = parsed.table("levering");
    if levering.rows == 0 {
        return;
    }
    let info = crate::DeliveryInfo {
        institution: match levering
            .packed("instelling_code")
            .first()
            .map(|cell| cell.cell())
        {
            Some(Cell::Value(position)) => Institution::at(position as usize),
            _ => None,
        },
        observed_from: levering.day("waarneming_vanaf", 0),
        observed_until: levering.day("waarneming_tot", 0),
    };
    parsed.info = crate::DeliveryInfo {
        institution: info.institution.or(parsed.info.institution),
        ..info
    };
}
