//! What several rules need of the whole delivery, made once before they run: rows by their
//! key, rows by the key of what they belong to, and the stays of each client in order of time.

use super::extent::Extent;
use super::spans::{NEVER, Periods, Span, Spans};
use crate::schema::{FieldKind, FieldSpec, TableSpec};
use crate::{Cell, Column, Invalid, KeyDomain, Packed, ParsedTables, Table};
use codes::{Coded, ExitReason};
use rayon::prelude::*;

/// No row.
const NONE: u32 = u32::MAX;

/// Rows by the key of the row they belong to, each group in order of time.
#[derive(Debug, Default)]
pub(crate) struct Groups {
    starts: Vec<u32>,
    rows: Vec<u32>,
}

impl Groups {
    /// The rows of one key.
    pub(crate) fn of(&self, key: usize) -> &[u32] {
        match self.starts.get(key..key + 2) {
            Some(ends) => &self.rows[ends[0] as usize..ends[1] as usize],
            None => &[],
        }
    }

    /// Every key with its rows.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (usize, &[u32])> {
        let ends = self.starts.windows(2).enumerate();
        ends.map(|(key, ends)| (key, &self.rows[ends[0] as usize..ends[1] as usize]))
    }

    /// Counts, then fills: linear in the number of rows.
    fn by(keys: &[Packed], count: usize) -> Self {
        let mut starts = vec![0u32; count + 1];
        for key in keys.iter().filter_map(|cell| cell.get()) {
            starts[key as usize + 1] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut rows = vec![0; starts[count] as usize];
        let mut next = starts.clone();
        for (row, key) in keys.iter().enumerate() {
            if let Some(key) = key.get() {
                rows[next[key as usize] as usize] = row as u32;
                next[key as usize] += 1;
            }
        }
        Self { starts, rows }
    }

    /// Sorts each group by its day; rows without one come last.
    fn in_order_of(mut self, days: &[Packed]) -> Self {
        let day = |row: &u32| {
            let cell = days.get(*row as usize).and_then(|cell| cell.get());
            (cell.unwrap_or(NEVER), *row)
        };
        for ends in self.starts.windows(2) {
            let group = &mut self.rows[ends[0] as usize..ends[1] as usize];
            if !group.is_sorted_by_key(day) {
                group.sort_unstable_by_key(day);
            }
        }
        self
    }
}

/// The exit of an admission.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Exit {
    /// Its day.
    pub(crate) day: i32,
    /// Its row in `ontslag`.
    pub(crate) row: usize,
}

/// A cell in which something stands that is no value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark {
    /// Its row.
    pub(crate) row: u32,
    /// Position of its field.
    pub(crate) field: u8,
    /// What is wrong with it.
    pub(crate) why: Invalid,
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Index {
    own: [Vec<u32>; 5],
    groups: Vec<Groups>,
    extents: Vec<Vec<Extent>>,
    marks: Vec<Vec<Mark>>,
    exits: Vec<(i32, u32)>,
    stays: Spans,
    presence: Spans,
    deaths: Vec<i32>,
    birth_years: Vec<Packed>,
    last_placements: Vec<(i32, Span)>,
}

impl Index {
    /// Makes the index: linear, but for the sorting of each client's own rows.
    pub(crate) fn new(tables: &ParsedTables) -> Self {
        let groups = || {
            let tables_in_parallel = tables.tables.par_iter();
            tables_in_parallel
                .map(|table| group(table, tables))
                .collect::<Vec<_>>()
        };
        let columns = || {
            let tables_in_parallel = tables.tables.par_iter();
            tables_in_parallel
                .map(|table| {
                    let extents: Vec<Extent> = table.columns.iter().map(Extent::of).collect();
                    let marks = marks(table, &extents);
                    (extents, marks)
                })
                .unzip()
        };
        let keys = || rayon::join(|| own_rows(tables), || exits(tables));
        let (groups, ((extents, marks), (own, exits))) =
            rayon::join(groups, || rayon::join(columns, keys));
        let mut index = Self {
            own,
            groups,
            extents,
            marks,
            exits,
            stays: Spans::default(),
            presence: Spans::default(),
            deaths: Vec::new(),
            birth_years: Vec::new(),
            last_placements: Vec::new(),
        };
        let by_admission = || {
            rayon::join(
                || index.all_stays(tables),
                || last_placements(&index, tables),
            )
        };
        let by_client = || rayon::join(|| index.all_deaths(tables), || birth_years(&index, tables));
        let ((stays, last_placements), (deaths, birth_years)) =
            rayon::join(by_admission, by_client);
        (index.stays, index.presence) = stays;
        index.last_placements = last_placements;
        index.deaths = deaths;
        index.birth_years = birth_years;
        index
    }

    /// The row that carries a key in its own table; the first, where there are more.
    pub(crate) fn row_of(&self, domain: KeyDomain, key: i32) -> Option<usize> {
        let row = *self.own[domain as usize].get(key as usize)?;
        (row != NONE).then_some(row as usize)
    }

    /// The rows of a table by the client, admission or measurement that they belong to.
    pub(crate) fn groups(&self, table: &str) -> &Groups {
        let position = crate::schema::TABLES
            .iter()
            .position(|spec| spec.name == table);
        &self.groups[position.expect("rules only ask for tables of the dictionary")]
    }

    /// What the cells of a field hold between them, by the positions of table and field.
    pub(crate) fn extent(&self, table: usize, field: usize) -> &Extent {
        &self.extents[table][field]
    }

    /// The cells of a table (by its position) in which something stands that is no value.
    pub(crate) fn marks(&self, table: usize) -> &[Mark] {
        &self.marks[table]
    }

    /// The first exit of an admission, by its key.
    pub(crate) fn exit(&self, admission: i32) -> Option<Exit> {
        let (day, row) = *self.exits.get(admission as usize)?;
        (row != NONE).then_some(Exit {
            day,
            row: row as usize,
        })
    }

    /// The stays of each client in order of time, by the client's key.
    pub(crate) fn stays(&self) -> &Spans {
        &self.stays
    }

    /// The days on which each client was there, as spans that neither touch nor overlap.
    pub(crate) fn presence(&self) -> &Spans {
        &self.presence
    }

    /// The day on which a client died, if an exit says so.
    pub(crate) fn death(&self, client: i32) -> Option<i32> {
        let day = *self.deaths.get(client as usize)?;
        (day != NEVER).then_some(day)
    }

    /// The year in which a client was born, by the client's key.
    pub(crate) fn birth_year(&self, client: i32) -> Option<i32> {
        self.birth_years.get(client as usize)?.get()
    }

    /// The key of each admission with the placement that ends last; admissions with a placement
    /// that cannot be used are left out.
    pub(crate) fn last_placements(&self) -> &[(i32, Span)] {
        &self.last_placements
    }

    /// The stays of each client, and the union of them.
    fn all_stays(&self, tables: &ParsedTables) -> (Spans, Spans) {
        let table = tables.table("opname");
        let (keys, admitted) = (table.packed("opname_id"), table.packed("opnamedatum"));
        let stay = |row: u32| -> Option<Span> {
            let start = admitted.get(row as usize)?.get()?;
            let key = keys.get(row as usize).and_then(|cell| cell.get());
            let exit = key.and_then(|key| self.exit(key));
            let end = exit.map_or(NEVER, |exit| exit.day.max(start));
            Some(Span { start, end, row })
        };
        let groups = self.groups("opname");
        let mut stays = Spans::default();
        let mut presence = Spans::default();
        for (_, rows) in groups.iter() {
            stays.push(rows.iter().filter_map(|row| stay(*row)));
            presence.push_union(stays.last());
        }
        (stays, presence)
    }

    /// The first day on which each client is said to have died.
    fn all_deaths(&self, tables: &ParsedTables) -> Vec<i32> {
        let mut deaths = vec![NEVER; tables.key_counts[KeyDomain::Client as usize]];
        let exits = tables.table("ontslag");
        let (keys, days) = (exits.packed("opname_id"), exits.packed("ontslagdatum"));
        let clients = tables.table("opname").packed("client_id");
        let value = |cells: &[Packed], row: usize| cells.get(row).and_then(|cell| cell.get());
        let died = Packed::value(ExitReason::Died.position() as i32);
        let reasons = exits.packed("ontslagreden").iter().enumerate();
        for (row, _) in reasons.filter(|(_, reason)| **reason == died) {
            let client = value(keys, row)
                .and_then(|key| self.row_of(KeyDomain::Admission, key))
                .and_then(|row| value(clients, row));
            if let Some((client, day)) = client.zip(value(days, row)) {
                let known = &mut deaths[client as usize];
                *known = day.min(*known);
            }
        }
        deaths
    }
}

/// The field that says to which client, admission or measurement a row belongs.
pub(crate) fn owner(spec: &'static TableSpec) -> Option<(&'static FieldSpec, KeyDomain)> {
    spec.fields.iter().find_map(|field| match field.kind {
        FieldKind::ForeignKey(domain) if field.required => Some((field, domain)),
        _ => None,
    })
}

/// The field by whose day the rows of a table are ordered: the first required date, or else
/// the first date.
pub(crate) fn main_date(spec: &'static TableSpec) -> Option<&'static FieldSpec> {
    let dates = || {
        let of_kind = |field: &&FieldSpec| matches!(field.kind, FieldKind::Date);
        spec.fields.iter().filter(of_kind)
    };
    dates()
        .find(|field| field.required)
        .or_else(|| dates().next())
}

fn group(table: &Table, tables: &ParsedTables) -> Groups {
    let Some((field, domain)) = owner(table.spec) else {
        return Groups::default();
    };
    let groups = Groups::by(table.packed(field.name), tables.key_counts[domain as usize]);
    match main_date(table.spec) {
        Some(date) => groups.in_order_of(table.packed(date.name)),
        None => groups,
    }
}

fn marks(table: &Table, extents: &[Extent]) -> Vec<Mark> {
    let mut marks = Vec::new();
    let columns = table.columns.iter().zip(extents).enumerate();
    for (field, (column, _)) in columns.filter(|(_, (_, extent))| extent.has_invalid) {
        let (Column::Packed(cells) | Column::Decimal { cells, .. }) = column else {
            continue;
        };
        for (row, cell) in cells.iter().enumerate() {
            if cell.is_invalid()
                && let Cell::Invalid(why) = cell.cell()
            {
                let (row, field) = (row as u32, field as u8);
                marks.push(Mark { row, field, why });
            }
        }
    }
    marks
}

fn own_rows(tables: &ParsedTables) -> [Vec<u32>; 5] {
    let mut own = tables.key_counts.map(|count| vec![NONE; count]);
    for table in &tables.tables {
        let Some(field) = table.spec.primary_key() else {
            continue;
        };
        let FieldKind::PrimaryKey(domain) = field.kind else {
            continue;
        };
        for (row, key) in table.packed(field.name).iter().enumerate() {
            if let Some(key) = key.get() {
                let known = &mut own[domain as usize][key as usize];
                if *known == NONE {
                    *known = row as u32;
                }
            }
        }
    }
    own
}

fn birth_years(index: &Index, tables: &ParsedTables) -> Vec<Packed> {
    let years = tables.table("client").packed("geboortejaar");
    let year = |row: &u32| years.get(*row as usize).copied();
    let rows = index.own[KeyDomain::Client as usize].iter();
    rows.map(|row| year(row).unwrap_or(Packed::EMPTY)).collect()
}

fn last_placements(index: &Index, tables: &ParsedTables) -> Vec<(i32, Span)> {
    let placements = tables.table("plaatsing");
    let periods = Periods::of(placements, "plaatsing_start", "plaatsing_eind");
    let last_of = |rows: &[u32]| {
        let mut last: Option<Span> = None;
        for row in rows {
            let span = periods.span(*row)?;
            if last.is_none_or(|last| span.end >= last.end) {
                last = Some(span);
            }
        }
        last
    };
    let admissions = index.groups("plaatsing").iter();
    admissions
        .filter_map(|(key, rows)| Some((key as i32, last_of(rows)?)))
        .collect()
}

fn exits(tables: &ParsedTables) -> Vec<(i32, u32)> {
    let table = tables.table("ontslag");
    let days = table.packed("ontslagdatum");
    let mut exits = vec![(NEVER, NONE); tables.key_counts[KeyDomain::Admission as usize]];
    for (row, key) in table.packed("opname_id").iter().enumerate() {
        let day = days.get(row).and_then(|cell| cell.get());
        if let Some((key, day)) = key.get().zip(day)
            && exits[key as usize].1 == NONE
        {
            exits[key as usize] = (day, row as u32);
        }
    }
    exits
}
