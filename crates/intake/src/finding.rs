use crate::schema::{FieldSpec, TABLES, TableSpec};
use crate::{ParsedTables, Rule};
use serde::Serialize;
use std::collections::BTreeMap;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; nothing has to be done.
    Note,
    /// Probably wrong; the delivery can be used.
    Warning,
    /// The delivery cannot be used before it is mended.
    Blocking,
}

impl Severity {
    /// All, the worst first.
    pub const WORST_FIRST: [Self; 3] = [Self::Blocking, Self::Warning, Self::Note];

    /// What people read.
    pub fn label(self) -> &'static str {
        match self {
            Self::Note => "opmerking",
            Self::Warning => "waarschuwing",
            Self::Blocking => "blokkerend",
        }
    }
}

/// Where a finding points. All parts are positions; none is a value.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Position of the table in the dictionary, if the finding is about one.
    pub table: Option<u8>,
    /// Row of the table, from 0, if it is about one.
    pub row: Option<u32>,
    /// Position of the field in the table's dictionary entry, if it is about one.
    pub field: Option<u8>,
    /// Another row that takes part (the twin of a duplicate, the other of an overlap).
    pub other_row: Option<u32>,
    /// Position of the source, where there is no row to tell it from.
    pub source: Option<u16>,
    /// A column name of the sender, where the dictionary has no field for it.
    pub column: Option<Box<str>>,
    /// Numbers that the sentence needs (counts, limits, differences); never a cell's value.
    pub numbers: [i64; 2],
}

impl Place {
    /// The delivery as a whole.
    pub fn delivery() -> Self {
        Self::default()
    }

    /// A table, by its position in the dictionary.
    pub fn table_at(position: usize) -> Self {
        Self {
            table: Some(u8::try_from(position).expect("the dictionary has few tables")),
            ..Self::default()
        }
    }

    /// A table, by its name in the dictionary.
    ///
    /// # Panics
    /// On a name that the dictionary does not have: a fault in the program, not in the data.
    pub fn table(name: &str) -> Self {
        let position = TABLES.iter().position(|spec| spec.name == name);
        Self::table_at(position.expect("rules only name tables of the dictionary"))
    }

    /// One of its rows.
    pub fn row(mut self, row: usize) -> Self {
        self.row = Some(u32::try_from(row).expect("tables hold fewer than 2^32 rows"));
        self
    }

    /// The other row that takes part.
    pub fn other(mut self, row: usize) -> Self {
        self.other_row = Some(u32::try_from(row).expect("tables hold fewer than 2^32 rows"));
        self
    }

    /// A field, by its position in the table.
    pub fn field_at(mut self, position: usize) -> Self {
        self.field = Some(u8::try_from(position).expect("tables have few fields"));
        self
    }

    /// A field, by its name.
    ///
    /// # Panics
    /// On a name that the table does not have: a fault in the program, not in the data.
    pub fn field(self, name: &str) -> Self {
        let position = self.spec().and_then(|spec| spec.position(name));
        self.field_at(position.expect("rules only name fields of their table"))
    }

    /// A source, where there is no row.
    pub fn source(mut self, position: usize) -> Self {
        self.source = u16::try_from(position).ok();
        self
    }

    /// A column of the sender that the dictionary does not know.
    pub fn column(mut self, name: &str) -> Self {
        self.column = Some(name.into());
        self
    }

    /// Numbers for the sentence: counts, limits, differences; never a cell's value.
    pub fn numbers(mut self, first: i64, second: i64) -> Self {
        self.numbers = [first, second];
        self
    }

    /// The dictionary's entry of the table.
    pub fn spec(&self) -> Option<&'static TableSpec> {
        self.table.map(|position| &TABLES[usize::from(position)])
    }

    /// The dictionary's entry of the field.
    pub fn field_spec(&self) -> Option<&'static FieldSpec> {
        let field = usize::from(self.field?);
        self.spec().and_then(|spec| spec.fields.get(field))
    }

    /// The column as the sender names it; the dictionary's name where that is not known.
    pub fn column_name<'a>(&'a self, tables: &'a ParsedTables) -> Option<&'a str> {
        if let Some(column) = &self.column {
            return Some(column);
        }
        let field = usize::from(self.field?);
        let table = &tables.tables[usize::from(self.table?)];
        let header = self
            .row
            .and_then(|row| table.place(row as usize))
            .and_then(|(origin, _)| origin.headers.get(field)?.as_deref());
        header.or_else(|| self.field_spec().map(|spec| spec.name))
    }

    /// Position of the source that the finding points at.
    pub fn source_position(&self, tables: &ParsedTables) -> Option<usize> {
        let of_row = || {
            let table = &tables.tables[usize::from(self.table?)];
            Some(table.place(self.row? as usize)?.0.source)
        };
        self.source.map(usize::from).or_else(of_row)
    }

    /// The line (or sheet row), as the sender's program numbers it.
    pub fn line(&self, tables: &ParsedTables) -> Option<u32> {
        line_of(self.table, self.row, tables)
    }

    /// The line of the other row.
    pub fn other_line(&self, tables: &ParsedTables) -> Option<u32> {
        line_of(self.table, self.other_row, tables)
    }
}

fn line_of(table: Option<u8>, row: Option<u32>, tables: &ParsedTables) -> Option<u32> {
    let table = &tables.tables[usize::from(table?)];
    Some(table.place(row? as usize)?.1)
}

/// A fault in the data: which rule, where. Never the cell's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule that found it.
    pub rule: &'static Rule,
    /// Where.
    pub place: Place,
}

impl Finding {
    /// What is wrong and how to mend it, in one Dutch text.
    pub fn sentence(&self, tables: &ParsedTables) -> String {
        format!("{} {}", self.what(tables), self.rule.mend)
    }

    /// What is wrong, in Dutch.
    pub fn what(&self, tables: &ParsedTables) -> String {
        (self.rule.sentence)(&self.place, tables)
    }
}

/// All findings of a delivery: every one counted, per rule the first many kept.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    found: Vec<Finding>,
    counts: BTreeMap<&'static str, (Severity, u64)>,
}

impl Findings {
    /// The findings kept, in the order of rule, table, row and column.
    pub fn iter(&self) -> impl Iterator<Item = &Finding> {
        self.found.iter()
    }

    /// How many there are, those not kept included.
    pub fn count(&self) -> u64 {
        self.counts.values().map(|(_, count)| count).sum()
    }

    /// How many one rule found, those not kept included.
    pub fn count_of(&self, rule: &Rule) -> u64 {
        self.counts.get(rule.code).map_or(0, |(_, count)| *count)
    }

    /// How many there are of one severity, those not kept included.
    pub fn count_as(&self, severity: Severity) -> u64 {
        let of = self.counts.values().filter(|(own, _)| *own == severity);
        of.map(|(_, count)| count).sum()
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// The worst severity, if there is any finding.
    pub fn worst(&self) -> Option<Severity> {
        self.counts.values().map(|(severity, _)| *severity).max()
    }

    /// The findings kept of each rule that found something, in the order of the codes.
    pub fn by_rule(&self) -> impl Iterator<Item = &[Finding]> {
        self.found.chunk_by(|a, b| a.rule == b.rule)
    }

    /// Findings of several rules together; `counted` says how many each rule found in all.
    pub(crate) fn from_parts(mut found: Vec<Finding>, counted: &[(&'static Rule, u64)]) -> Self {
        found.sort_by(|a, b| (a.rule.code, &a.place).cmp(&(b.rule.code, &b.place)));
        let found_any = counted.iter().filter(|(_, count)| *count > 0);
        Self {
            found,
            counts: found_any
                .map(|(rule, count)| (rule.code, (rule.severity, *count)))
                .collect(),
        }
    }
}
