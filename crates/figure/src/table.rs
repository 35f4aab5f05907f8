use crate::dutch;
use disclosure::Cell;

/// A table as data: what it shows is decided here, once, for page, factsheet and workbook.
#[derive(Clone, Debug, PartialEq)]
pub struct DataTable {
    id: String,
    caption: String,
    columns: Vec<Column>,
    rows: Vec<Row>,
    notes: Vec<String>,
    sortable: bool,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Heading above this and its neighbours with the same group, if any.
    pub group: Option<String>,
    /// Heading.
    pub title: String,
    /// What is in it.
    pub kind: ColumnKind,
}

/// What is in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// Words; set to the left.
    Text,
    /// Numbers; set to the right.
    Number,
}

impl Column {
    /// A column of words.
    pub fn text(title: impl Into<String>) -> Self {
        Self {
            group: None,
            title: title.into(),
            kind: ColumnKind::Text,
        }
    }

    /// A column of numbers.
    pub fn number(title: impl Into<String>) -> Self {
        Self {
            group: None,
            title: title.into(),
            kind: ColumnKind::Number,
        }
    }

    /// The same column under a common heading.
    pub fn under(mut self, group: impl Into<String>) -> Self {
        self.group = Some(group.into());
        self
    }

    /// The heading on one line, for files that have a single heading row.
    pub fn full_title(&self) -> String {
        match &self.group {
            Some(group) => format!("{group}: {}", self.title),
            None => self.title.clone(),
        }
    }
}

/// A row of a table; its first cell is its heading.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// What kind of row it is.
    pub kind: RowKind,
    /// As many cells as the table has columns.
    pub cells: Vec<Value>,
}

/// What kind of row it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowKind {
    /// An ordinary row.
    Body,
    /// A heading over the rows that follow; all cells but the first are empty.
    Section,
    /// A total.
    Total,
}

/// A typed cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Nothing belongs here.
    Empty,
    /// Words.
    Text(String),
    /// A count that may be shown.
    Count(u64),
    /// A count that is hidden.
    Hidden,
    /// A share, 0–1, shown as a percentage.
    Share {
        /// The share.
        share: f64,
        /// Decimals of the percentage.
        decimals: u8,
    },
    /// A number.
    Number {
        /// The number.
        value: f64,
        /// Decimals shown.
        decimals: u8,
    },
    /// A number of days.
    Days(f64),
    /// An interval; an end of `None` is not reached.
    Interval {
        /// Lower end.
        lower: Option<f64>,
        /// Upper end.
        upper: Option<f64>,
        /// What the ends are.
        measure: Measure,
    },
    /// A moment that the curve does not reach.
    NotReached,
    /// A number that cannot be shown because it rests on too few.
    Withheld,
}

/// What the ends of an interval are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Shares, 0–1, shown as percentages with these decimals.
    Share(u8),
    /// Numbers with these decimals.
    Number(u8),
    /// Days.
    Days,
}

impl Value {
    /// A count as the gate let it through.
    pub fn of_cell(cell: Cell) -> Self {
        match cell {
            Cell::Count(count) => Self::Count(count),
            Cell::Suppressed => Self::Hidden,
        }
    }

    /// A share of published numbers, with one decimal; withheld where it cannot be made.
    pub fn of_share(share: Option<f64>) -> Self {
        share.map_or(Self::Withheld, |share| Self::Share { share, decimals: 1 })
    }

    /// What people read, in Dutch.
    pub fn text(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) => text.clone(),
            Self::Count(count) => dutch::count(*count),
            Self::Hidden => dutch::HIDDEN_SIGN.to_owned(),
            Self::Share { share, decimals } => dutch::percentage(*share, *decimals),
            Self::Number { value, decimals } => dutch::number(*value, *decimals),
            Self::Days(days) => dutch::number(*days, 0),
            Self::Interval {
                lower,
                upper,
                measure,
            } => measure.interval(*lower, *upper),
            Self::NotReached => "niet bereikt".to_owned(),
            Self::Withheld => "–".to_owned(),
        }
    }

    /// The number behind it (a share as 0–1), for sorting and for workbooks; `None` for words,
    /// intervals and what is hidden.
    pub fn as_number(&self) -> Option<f64> {
        match self {
            Self::Count(count) => Some(*count as f64),
            Self::Share { share, .. } => Some(*share),
            Self::Number { value, .. } | Self::Days(value) => Some(*value),
            _ => None,
        }
    }

    /// Whether something is there that may not be shown.
    pub fn is_hidden(&self) -> bool {
        matches!(self, Self::Hidden | Self::Withheld)
    }
}

impl Measure {
    fn interval(self, lower: Option<f64>, upper: Option<f64>) -> String {
        match (self, lower, upper) {
            (Self::Share(decimals), Some(lower), Some(upper)) => {
                dutch::percentage_interval(lower, upper, decimals)
            }
            (Self::Share(decimals), lower, upper) => {
                dutch::open_interval(lower.map(|v| v * 100.0), upper.map(|v| v * 100.0), decimals)
            }
            (Self::Number(decimals), lower, upper) => dutch::open_interval(lower, upper, decimals),
            (Self::Days, lower, upper) => dutch::open_interval(lower, upper, 0),
        }
    }
}

impl Row {
    /// An ordinary row.
    pub fn body(cells: Vec<Value>) -> Self {
        Self {
            kind: RowKind::Body,
            cells,
        }
    }

    /// A total.
    pub fn total(cells: Vec<Value>) -> Self {
        Self {
            kind: RowKind::Total,
            cells,
        }
    }

    /// A heading over the rows that follow, in a table of so many columns.
    pub fn section(title: impl Into<String>, columns: usize) -> Self {
        let mut cells = vec![Value::Empty; columns];
        cells[0] = Value::Text(title.into());
        Self {
            kind: RowKind::Section,
            cells,
        }
    }
}

impl DataTable {
    /// A table without rows; rows are added with [`DataTable::push`].
    pub(crate) fn new(id: String, caption: String, columns: Vec<Column>) -> Self {
        Self {
            id,
            caption,
            columns,
            rows: Vec::new(),
            notes: Vec::new(),
            sortable: true,
        }
    }

    /// Adds a row.
    ///
    /// # Panics
    /// If it has not as many cells as there are columns.
    pub(crate) fn push(&mut self, row: Row) {
        assert_eq!(row.cells.len(), self.columns.len(), "a cell per column");
        self.rows.push(row);
    }

    pub(crate) fn note(&mut self, note: impl Into<String>) {
        self.notes.push(note.into());
    }

    /// Says that the order of the rows carries meaning.
    pub(crate) fn keep_order(&mut self) {
        self.sortable = false;
    }

    /// Unique name; fits as a file name and as an anchor.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Dutch caption, above the table.
    pub fn caption(&self) -> &str {
        &self.caption
    }

    /// The columns; the first holds the row headings.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The rows.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Dutch notes, below the table.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Whether the rows may be put in another order.
    pub fn is_sortable(&self) -> bool {
        self.sortable && self.rows.iter().all(|row| row.kind != RowKind::Section)
    }

    /// Whether a count in it is hidden.
    pub fn has_hidden(&self) -> bool {
        self.cells().any(|cell| *cell == Value::Hidden)
    }

    /// Whether a number in it is withheld because it rests on too few.
    pub fn has_withheld(&self) -> bool {
        self.cells().any(|cell| *cell == Value::Withheld)
    }

    fn cells(&self) -> impl Iterator<Item = &Value> {
        self.rows.iter().flat_map(|row| &row.cells)
    }

    /// The headings that span columns: heading (if any) and number of columns, from the left.
    pub fn column_groups(&self) -> Vec<(Option<&str>, usize)> {
        let mut groups: Vec<(Option<&str>, usize)> = Vec::new();
        for column in &self.columns {
            let group = column.group.as_deref();
            match groups.last_mut() {
                Some((last, span)) if group.is_some() && *last == group => *span += 1,
                _ => groups.push((group, 1)),
            }
        }
        groups
    }
}
