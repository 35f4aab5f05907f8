//! Proposes a mapping profile from a delivery: by names, and by what stands in the columns.

mod score;
mod write;

use crate::DeliveryFile;
use crate::read::{Sample, samples};
use crate::schema::{FieldSpec, TABLES, TableSpec};
use score::{name_score, value_score};

/// How sure a proposal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certainty {
    /// A guess: a person has to decide.
    Unsure,
    /// Most likely so: a person has to decide.
    Likely,
    /// Name and content both fit.
    Sure,
}

impl Certainty {
    /// What people read.
    pub fn label(self) -> &'static str {
        match self {
            Self::Unsure => "onzeker",
            Self::Likely => "waarschijnlijk",
            Self::Sure => "zeker",
        }
    }
}

/// A column that may be a field.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ProposedColumn {
    pub(crate) column: String,
    pub(crate) field: &'static str,
    pub(crate) certainty: Certainty,
    pub(crate) score: f64,
    pub(crate) codes: Vec<ProposedCode>,
}

/// A sender's code that may be a code of the list.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ProposedCode {
    pub(crate) theirs: String,
    pub(crate) ours: Option<&'static str>,
    pub(crate) certainty: Certainty,
}

/// A source that may be a dictionary table.
#[derive(Clone, Debug)]
pub(crate) struct ProposedTable {
    pub(crate) file: String,
    pub(crate) sheet: Option<String>,
    pub(crate) header_line: u32,
    pub(crate) table: &'static TableSpec,
    pub(crate) certainty: Certainty,
    pub(crate) columns: Vec<ProposedColumn>,
    pub(crate) unused: Vec<String>,
}

/// A proposal, to be read and completed by a person.
#[derive(Clone, Debug)]
pub struct ProposedProfile {
    tables: Vec<ProposedTable>,
    without_table: Vec<String>,
}

/// Proposes a profile for a delivery. Files that cannot be read are left out; checking tells.
pub fn propose(files: &[DeliveryFile<'_>]) -> ProposedProfile {
    let mut proposal = ProposedProfile {
        tables: Vec::new(),
        without_table: Vec::new(),
    };
    for sample in samples(files) {
        let tables = tables_for(&sample);
        if tables.is_empty() {
            proposal.without_table.push(place(&sample));
        }
        proposal.tables.extend(tables);
    }
    proposal
}

fn place(sample: &Sample) -> String {
    match &sample.source.sheet {
        Some(sheet) => format!("{}, blad {sheet}", sample.source.file),
        None => sample.source.file.clone(),
    }
}

/// The tables that a source can fill: the best one, and others whose required fields it has.
fn tables_for(sample: &Sample) -> Vec<ProposedTable> {
    let mut found: Vec<(f64, ProposedTable)> = TABLES
        .iter()
        .filter_map(|table| table_for(sample, table))
        .collect();
    found.sort_by(|(a, one), (b, other)| {
        b.total_cmp(a)
            .then_with(|| one.table.name.cmp(other.table.name))
    });
    // Next to a table that is sure only those count that lack nothing.
    if found
        .first()
        .is_some_and(|(_, best)| best.certainty == Certainty::Sure)
    {
        let mut first = true;
        found.retain(|(_, table)| {
            std::mem::take(&mut first) || table.certainty >= Certainty::Likely
        });
    }
    for (_, table) in found.iter_mut().skip(1) {
        // A second table out of the same source is a person's decision.
        table.certainty = table.certainty.min(Certainty::Likely);
    }
    found.into_iter().map(|(_, table)| table).take(4).collect()
}

fn table_for(sample: &Sample, table: &'static TableSpec) -> Option<(f64, ProposedTable)> {
    let columns = columns_for(sample, table);
    let required: Vec<&FieldSpec> = table.fields.iter().filter(|field| field.required).collect();
    let certainty_of = |name: &str| {
        let column = columns.iter().find(|column| column.field == name);
        column.map(|column| column.certainty)
    };
    let covered = required
        .iter()
        .filter(|field| certainty_of(field.name) >= Some(Certainty::Likely))
        .count();
    let named = score::title_score(sample, table);
    let coverage = covered as f64 / required.len().max(1) as f64;
    let own = columns
        .iter()
        .filter(|column| column.field != "client_id" && column.certainty >= Certainty::Likely)
        .count();
    if coverage < 0.6 || own == 0 {
        return None;
    }
    let all_sure = required
        .iter()
        .all(|field| certainty_of(field.name) == Some(Certainty::Sure));
    let certainty = match () {
        () if named >= 1.0 || all_sure && named >= 0.8 => Certainty::Sure,
        () if coverage >= 0.99 => Certainty::Likely,
        () => Certainty::Unsure,
    };
    let unused = sample.headers.iter().filter(|header| {
        !header.is_empty() && columns.iter().all(|column| column.column != **header)
    });
    let weight = coverage + 2.0 * named + own as f64 / sample.headers.len().max(1) as f64;
    let proposed = ProposedTable {
        file: sample.source.file.clone(),
        sheet: sample.source.sheet.clone(),
        header_line: sample.header_line,
        table,
        certainty,
        unused: unused.cloned().collect(),
        columns,
    };
    Some((weight, proposed))
}

/// The best pairs of columns and fields, each used once.
fn columns_for(sample: &Sample, table: &'static TableSpec) -> Vec<ProposedColumn> {
    let mut pairs = Vec::new();
    for (at, header) in sample.headers.iter().enumerate() {
        for (position, field) in table.fields.iter().enumerate() {
            let named = name_score(header, table.name, field.name);
            if named < 0.7 {
                continue;
            }
            let fitting = value_score(field, &sample.columns[at]);
            let score = 0.6 * named + 0.4 * fitting.unwrap_or(0.7);
            let certainty = match fitting {
                Some(fitting) if named >= 1.0 && fitting >= 0.9 => Certainty::Sure,
                None if named >= 1.0 => Certainty::Likely,
                _ if score >= 0.75 => Certainty::Likely,
                _ => Certainty::Unsure,
            };
            if score >= 0.55 {
                pairs.push((score, at, position, certainty));
            }
        }
    }
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    let mut found: Vec<(usize, ProposedColumn)> = Vec::new();
    let mut used = vec![false; sample.headers.len()];
    for (score, at, position, certainty) in pairs {
        let field = &table.fields[position];
        if used[at] || found.iter().any(|(other, _)| *other == position) {
            continue;
        }
        used[at] = true;
        let column = ProposedColumn {
            column: sample.headers[at].clone(),
            field: field.name,
            certainty,
            score,
            codes: score::codes_for(field, &sample.columns[at]),
        };
        found.push((position, column));
    }
    found.sort_by_key(|(position, _)| *position);
    found.into_iter().map(|(_, column)| column).collect()
}
