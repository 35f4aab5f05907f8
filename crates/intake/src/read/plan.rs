//! What to do with each column of a source.

use super::matcher::{CodeMatcher, Match};
use crate::Missing;
use crate::RemarkKind;
use crate::profile::{DateForm, DecimalMark, TableMapping};
use crate::schema::{FieldKind, FieldSpec, TABLES, TableSpec};
use std::collections::HashSet;

/// How the columns of one source fill one dictionary table.
pub(super) struct Plan {
    pub(super) table: &'static TableSpec,
    /// The number of columns of the source.
    pub(super) width: usize,
    /// One per field of the table; none where the source does not have it.
    pub(super) readers: Vec<Option<FieldReader>>,
    /// Columns that no mapping uses, to be searched for identifiers.
    pub(super) scanned: Vec<(usize, String)>,
    /// Position of the field that must be filled for a row to count.
    pub(super) only_if: Option<usize>,
    /// Position of the key field of which only the first row with each value counts.
    pub(super) one_per: Option<usize>,
    pub(super) remarks: Vec<RemarkKind>,
}

/// How one field is read.
pub(super) struct FieldReader {
    pub(super) from: From,
    pub(super) kind: Reading,
    /// Further texts that stand for "unknown".
    pub(super) unknown: Vec<Vec<u8>>,
    /// The sender's column name; the field's own where the value is fixed.
    pub(super) header: String,
}

/// Where the text of a field comes from.
pub(super) enum From {
    Column(usize),
    Fixed(Vec<u8>),
}

/// What to make of the text.
pub(super) enum Reading {
    Date(DateForm),
    Integer,
    Decimal(DecimalMark),
    Code(CodeMatcher),
    CodeSet(CodeMatcher, u8),
    Key,
    Text,
}

/// Column names that are the same but for capitals and spaces count as the same.
pub(super) fn fold(name: &str) -> String {
    name.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .to_lowercase()
}

impl Plan {
    /// For the columns `headers`, of which those in `used_elsewhere` belong to other mappings
    /// of the same source.
    pub(super) fn new(
        table: &'static TableSpec,
        headers: &[String],
        mapping: Option<&TableMapping>,
        used_elsewhere: Option<&HashSet<String>>,
    ) -> Self {
        let folded: Vec<String> = headers.iter().map(|header| fold(header)).collect();
        let field_position = |name: &str| table.fields.iter().position(|field| field.name == name);
        let mut plan = Self {
            table,
            width: headers.len(),
            readers: table.fields.iter().map(|_| None).collect(),
            scanned: Vec::new(),
            only_if: mapping.and_then(|own| field_position(own.only_if.as_deref()?)),
            one_per: mapping.and_then(|own| field_position(own.one_per.as_deref()?)),
            remarks: Vec::new(),
        };
        let mut used = plan.use_mapping(&folded, headers, mapping);
        plan.use_own_names(&folded, headers, &mut used);
        if let Some(elsewhere) = used_elsewhere {
            plan.look_at_the_rest(&folded, headers, |name, at| {
                used.contains(&at) || elsewhere.contains(name)
            });
        }
        plan
    }

    fn use_mapping(
        &mut self,
        folded: &[String],
        headers: &[String],
        mapping: Option<&TableMapping>,
    ) -> HashSet<usize> {
        let mut used = HashSet::new();
        let Some(mapping) = mapping else {
            return used;
        };
        for (column, field) in &mapping.columns {
            let found = folded.iter().position(|header| *header == fold(column));
            match (found, self.table.position(field)) {
                (Some(at), Some(position)) if self.readers[position].is_none() => {
                    self.readers[position] = Some(FieldReader::new(
                        &self.table.fields[position],
                        From::Column(at),
                        headers[at].clone(),
                        Some(mapping),
                    ));
                    used.insert(at);
                }
                (None, _) => self
                    .remarks
                    .push(RemarkKind::MappedColumnAbsent(column.clone())),
                _ => {}
            }
        }
        for (field, value) in &mapping.fixed {
            if let Some(position) = self.table.position(field) {
                let spec = &self.table.fields[position];
                let from = From::Fixed(value.as_bytes().to_vec());
                self.readers[position] = Some(FieldReader::new(
                    spec,
                    from,
                    spec.name.to_owned(),
                    Some(mapping),
                ));
            }
        }
        used
    }

    /// Columns that carry the dictionary's own name need no mapping.
    fn use_own_names(&mut self, folded: &[String], headers: &[String], used: &mut HashSet<usize>) {
        for (position, spec) in self.table.fields.iter().enumerate() {
            if self.readers[position].is_some() {
                continue;
            }
            let found = folded.iter().position(|header| *header == spec.name);
            if let Some(at) = found.filter(|at| !used.contains(at)) {
                self.readers[position] = Some(FieldReader::new(
                    spec,
                    From::Column(at),
                    headers[at].clone(),
                    None,
                ));
                used.insert(at);
            }
        }
    }

    fn look_at_the_rest(
        &mut self,
        folded: &[String],
        headers: &[String],
        used: impl Fn(&str, usize) -> bool,
    ) {
        for (at, name) in folded.iter().enumerate() {
            if name.is_empty() {
                // Programs often end the line of names with a delimiter too many.
                if at + 1 < folded.len() {
                    self.remarks.push(RemarkKind::NamelessColumn(at + 1));
                }
                self.scanned
                    .push((at, format!("(kolom {} zonder naam)", at + 1)));
            } else if folded[..at].contains(name) {
                self.remarks
                    .push(RemarkKind::DuplicateHeader(headers[at].clone()));
                self.scanned.push((at, headers[at].clone()));
            } else if !used(name, at) {
                self.scanned.push((at, headers[at].clone()));
            }
        }
    }

    /// For sheets, whose numbers are numbers: they are written out with a decimal point.
    pub(super) fn for_sheet(mut self) -> Self {
        for reader in self.readers.iter_mut().flatten() {
            if let Reading::Decimal(mark) = &mut reader.kind {
                *mark = DecimalMark::Recognise;
            }
        }
        self
    }

    /// The sender's names of columns that the dictionary does not know.
    pub(super) fn unknown_columns(&self) -> Vec<String> {
        let names = self.scanned.iter().map(|(_, name)| name);
        names
            .filter(|name| !name.starts_with("(kolom "))
            .cloned()
            .collect()
    }
}

impl FieldReader {
    fn new(spec: &FieldSpec, from: From, header: String, mapping: Option<&TableMapping>) -> Self {
        let kind = match spec.kind {
            FieldKind::PrimaryKey(_) | FieldKind::ForeignKey(_) => Reading::Key,
            FieldKind::Date => {
                Reading::Date(mapping.map_or_else(Default::default, |own| own.date_form))
            }
            FieldKind::Integer { .. } => Reading::Integer,
            FieldKind::Decimal { .. } => {
                Reading::Decimal(mapping.map_or_else(Default::default, |own| own.decimal_mark))
            }
            FieldKind::Code(_) => Reading::Code(matcher(spec, mapping)),
            FieldKind::CodeSet(_) => Reading::CodeSet(
                matcher(spec, mapping),
                mapping.map_or(b'|', |own| own.separator as u8),
            ),
            FieldKind::Identifier(_) => Reading::Text,
        };
        let unknown = mapping.map_or_else(Vec::new, |own| {
            let here = own.unknown.get(spec.name).into_iter().flatten();
            own.missing
                .iter()
                .chain(here)
                .map(|text| text.as_bytes().to_vec())
                .collect()
        });
        Self {
            from,
            kind,
            unknown,
            header,
        }
    }
}

fn matcher(spec: &FieldSpec, mapping: Option<&TableMapping>) -> CodeMatcher {
    let list = spec
        .kind
        .codes()
        .expect("only called for fields with a code list");
    let own = mapping.and_then(|mapping| mapping.codes.get(spec.name));
    let own = own.into_iter().flatten().filter_map(|(theirs, ours)| {
        let found = match list.position(ours) {
            Some(position) => Match::Position(position as u8),
            None => Match::Missing(missing_target(ours)?),
        };
        Some((theirs.trim(), found))
    });
    CodeMatcher::new(list, own)
}

/// The words that a profile may use instead of a code of the list.
pub(crate) fn missing_target(text: &str) -> Option<Missing> {
    match text {
        "leeg" => Some(Missing::Empty),
        "onbekend" => Some(Missing::Unknown),
        "n.v.t." => Some(Missing::NotApplicable),
        _ => None,
    }
}

/// The dictionary table that a file or sheet of this name holds.
pub(super) fn table_named(name: &str) -> Option<&'static TableSpec> {
    let name = fold(name);
    TABLES.iter().find(|table| table.name == name)
}
