use figure::{DataTable, Measure, Row, RowKind, Value};

/// Heading of the column that names the part of a table a row belongs to.
const PART: &str = "Onderdeel";

/// A table as files need it: one heading row, a row per record, a number or a word per cell.
pub(super) struct FlatTable<'a> {
    pub source: &'a DataTable,
    pub columns: Vec<FlatColumn>,
    pub rows: Vec<FlatRow>,
}

/// A column of a file.
pub(super) struct FlatColumn {
    pub title: String,
    /// Whether numbers are expected here; what is hidden then stands at the right, too.
    pub is_numeric: bool,
    pub content: Content,
}

/// What a column holds, for the code book.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    Words,
    Counts,
    Shares,
    Days,
    Numbers,
    Mixed,
}

pub(super) struct FlatRow {
    pub is_total: bool,
    pub cells: Vec<FlatCell>,
}

/// A cell of a file.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum FlatCell {
    Empty,
    Text(String),
    /// What stands for a number that is not there: `x`, `–`, `niet bereikt`.
    Sign(String),
    Number {
        value: f64,
        decimals: u8,
        /// The value is a share, to be shown as a percentage.
        is_share: bool,
    },
}

impl<'a> FlatTable<'a> {
    pub fn new(source: &'a DataTable) -> Self {
        let layout = Layout::of(source);
        Self {
            source,
            columns: layout.columns(source),
            rows: layout.rows(source),
        }
    }
}

/// How the columns of a table are spread over those of a file.
struct Layout {
    has_parts: bool,
    /// Per column: whether it becomes a column for each end of its intervals.
    splits: Vec<bool>,
}

impl Layout {
    fn of(source: &DataTable) -> Self {
        let has_parts = source.rows().iter().any(|row| row.kind == RowKind::Section);
        let splits = (0..source.columns().len()).map(|column| is_interval_column(source, column));
        Self {
            has_parts,
            splits: splits.collect(),
        }
    }

    fn columns(&self, source: &DataTable) -> Vec<FlatColumn> {
        let mut columns = Vec::new();
        if self.has_parts {
            columns.push(FlatColumn {
                title: PART.to_owned(),
                is_numeric: false,
                content: Content::Words,
            });
        }
        for (position, column) in source.columns().iter().enumerate() {
            let content = content(source, position);
            let mut push = |title: String| {
                columns.push(FlatColumn {
                    title,
                    is_numeric: content != Content::Words,
                    content,
                });
            };
            let title = column.full_title();
            match self.splits[position] {
                true => {
                    push(format!("{title}, ondergrens"));
                    push(format!("{title}, bovengrens"));
                }
                false => push(title),
            }
        }
        columns
    }

    fn rows(&self, source: &DataTable) -> Vec<FlatRow> {
        let mut part = FlatCell::Empty;
        let mut rows = Vec::new();
        for row in source.rows() {
            match row.kind {
                RowKind::Section => part = FlatCell::Text(row.cells[0].text()),
                RowKind::Body | RowKind::Total => rows.push(self.row(row, &part)),
            }
        }
        rows
    }

    fn row(&self, row: &Row, part: &FlatCell) -> FlatRow {
        let mut cells = Vec::new();
        if self.has_parts {
            cells.push(part.clone());
        }
        for (value, &splits) in row.cells.iter().zip(&self.splits) {
            match splits {
                true => cells.extend(ends(value)),
                false => cells.push(cell(value)),
            }
        }
        FlatRow {
            is_total: row.kind == RowKind::Total,
            cells,
        }
    }
}

fn values(source: &DataTable, column: usize) -> impl Iterator<Item = &Value> {
    let is_record = |row: &&Row| row.kind != RowKind::Section;
    source
        .rows()
        .iter()
        .filter(is_record)
        .map(move |row| &row.cells[column])
}

/// Whether a column holds intervals and no other numbers.
fn is_interval_column(source: &DataTable, column: usize) -> bool {
    let mut known = values(source, column)
        .filter(|value| !stands_for_nothing(value))
        .peekable();
    known.peek().is_some() && known.all(|value| matches!(value, Value::Interval { .. }))
}

fn stands_for_nothing(value: &Value) -> bool {
    value.is_hidden() || matches!(value, Value::Empty | Value::NotReached)
}

fn content(source: &DataTable, column: usize) -> Content {
    let mut contents: Vec<Content> = values(source, column)
        .filter(|value| !stands_for_nothing(value))
        .map(content_of)
        .collect();
    contents.dedup();
    match contents.as_slice() {
        // All hidden: the table itself knows what would have been there.
        [] if source.columns()[column].kind == figure::ColumnKind::Text => Content::Words,
        [] => Content::Numbers,
        [one] => *one,
        _ => Content::Mixed,
    }
}

fn content_of(value: &Value) -> Content {
    match value {
        Value::Count(_) => Content::Counts,
        Value::Share { .. } => Content::Shares,
        Value::Days(_) => Content::Days,
        Value::Number { .. } => Content::Numbers,
        Value::Interval { measure, .. } => match measure {
            Measure::Share(_) => Content::Shares,
            Measure::Days => Content::Days,
            Measure::Number(_) => Content::Numbers,
        },
        _ => Content::Words,
    }
}

fn number(value: f64, decimals: u8) -> FlatCell {
    FlatCell::Number {
        value,
        decimals,
        is_share: false,
    }
}

fn share(value: f64, decimals: u8) -> FlatCell {
    FlatCell::Number {
        value,
        decimals,
        is_share: true,
    }
}

fn cell(value: &Value) -> FlatCell {
    match value {
        Value::Empty => FlatCell::Empty,
        Value::Text(text) => FlatCell::Text(text.clone()),
        Value::Count(count) => number(*count as f64, 0),
        Value::Days(days) => number(*days, 0),
        Value::Number { value, decimals } => number(*value, *decimals),
        Value::Share {
            share: value,
            decimals,
        } => share(*value, *decimals),
        // An interval among other numbers keeps to its cell.
        other => FlatCell::Sign(other.text()),
    }
}

/// The ends of an interval as two cells.
fn ends(value: &Value) -> [FlatCell; 2] {
    let Value::Interval {
        lower,
        upper,
        measure,
    } = value
    else {
        return [cell(value), cell(value)];
    };
    let end = |limit: &Option<f64>| match (limit, measure) {
        (None, _) => FlatCell::Sign(Value::NotReached.text()),
        (Some(limit), Measure::Share(decimals)) => share(*limit, *decimals),
        (Some(limit), Measure::Number(decimals)) => number(*limit, *decimals),
        (Some(limit), Measure::Days) => number(*limit, 0),
    };
    [end(lower), end(upper)]
}
