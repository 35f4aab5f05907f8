use crate::Unreadable;
use crate::schema::{TABLES, TableSpec};
use calendar::Day;
use codes::Institution;
use std::fmt;

/// The tables whose rows have a key of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyDomain {
    /// client_id
    Client,
    /// aanmelding_id
    Referral,
    /// opname_id
    Admission,
    /// plaatsing_id
    Placement,
    /// meting_id
    Measurement,
}

/// Why there is no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// Nothing was filled in, or the column is not there.
    Empty,
    /// The sender wrote that it does not apply (`n.v.t.`, `-`).
    NotApplicable,
    /// The sender wrote that it is not known (`NULL`, `onbekend`).
    Unknown,
}

/// Why what was written is no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Invalid {
    /// Not of the field's form.
    Form,
    /// A date that does not exist, such as 30 February.
    NoSuchDate,
    /// A date of which day and month cannot be told apart, or whose year has two digits.
    Ambiguous,
    /// A code that is not in the list.
    UnknownCode,
    /// A whole number too large to hold.
    TooLarge,
}

/// What stands in a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell<T> {
    /// A value.
    Value(T),
    /// Nothing, and why.
    Missing(Missing),
    /// Something that is no value, and why.
    Invalid(Invalid),
}

impl<T> Cell<T> {
    /// The value, if there is one.
    pub fn value(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            _ => None,
        }
    }
}

/// A cell in four bytes: a whole number, or one of a few reserved marks near `i32::MIN`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Packed(i32);

impl Packed {
    const FIRST_MARK: i32 = i32::MIN;
    const LAST_MARK: i32 = i32::MIN + 7;
    const MARKS: [Cell<i32>; 8] = [
        Cell::Missing(Missing::Empty),
        Cell::Missing(Missing::NotApplicable),
        Cell::Missing(Missing::Unknown),
        Cell::Invalid(Invalid::Form),
        Cell::Invalid(Invalid::NoSuchDate),
        Cell::Invalid(Invalid::Ambiguous),
        Cell::Invalid(Invalid::UnknownCode),
        Cell::Invalid(Invalid::TooLarge),
    ];
    /// Nothing filled in.
    pub const EMPTY: Self = Self(Self::FIRST_MARK);

    /// A value; one that would collide with a mark becomes [`Invalid::TooLarge`].
    pub fn value(value: i32) -> Self {
        if value <= Self::LAST_MARK {
            Self(Self::LAST_MARK)
        } else {
            Self(value)
        }
    }

    /// No value, and why.
    pub fn missing(why: Missing) -> Self {
        Self(Self::FIRST_MARK + why as i32)
    }

    /// Something that is no value, and why.
    pub fn invalid(why: Invalid) -> Self {
        Self(Self::FIRST_MARK + 3 + why as i32)
    }

    /// What stands in the cell.
    pub fn cell(self) -> Cell<i32> {
        if self.is_value() {
            Cell::Value(self.0)
        } else {
            Self::MARKS[(self.0 - Self::FIRST_MARK) as usize]
        }
    }

    /// Whether there is a value.
    pub fn is_value(self) -> bool {
        self.0 > Self::LAST_MARK
    }

    /// The least and the most of some cells, where every mark is less than any value.
    pub(crate) fn range(cells: &[Self]) -> (Self, Self) {
        let (mut least, mut most) = (i32::MAX, i32::MIN);
        for cell in cells {
            least = least.min(cell.0);
            most = most.max(cell.0);
        }
        (Self(least), Self(most))
    }

    /// Whether something stands there that is no value.
    pub fn is_invalid(self) -> bool {
        (Self::FIRST_MARK + 3..=Self::LAST_MARK).contains(&self.0)
    }

    /// Whether nothing stands there.
    pub fn is_missing(self) -> bool {
        self.0 < Self::FIRST_MARK + 3
    }

    /// The value, if there is one.
    #[inline]
    pub fn get(self) -> Option<i32> {
        self.is_value().then_some(self.0)
    }
}

impl fmt::Debug for Packed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_value() { "value" } else { "no value" })
    }
}

/// One column of a table.
#[derive(Clone, Debug)]
pub enum Column {
    /// The delivery does not have it.
    Absent,
    /// Days (since 1970-01-01), whole numbers, code positions, code-set bits or key numbers.
    Packed(Vec<Packed>),
    /// Decimal numbers; where `cells` has no value the number means nothing.
    Decimal {
        /// The numbers.
        numbers: Vec<f64>,
        /// Whether there is a number, and if not, why (the value itself is 0).
        cells: Vec<Packed>,
    },
    /// Identifier text.
    Text(TextColumn),
}

/// A column of text in one allocation. Debug output is redacted.
#[derive(Clone, Default)]
pub struct TextColumn {
    bytes: String,
    ends: Vec<u32>,
}

impl TextColumn {
    /// Adds a cell; empty text is a missing one.
    pub fn push(&mut self, text: &str) {
        self.bytes.push_str(text);
        self.ends
            .push(u32::try_from(self.bytes.len()).expect("a text column stays under 4 GiB"));
    }

    /// Adds all cells of another column.
    pub(crate) fn append(&mut self, other: &Self) {
        let shift = u32::try_from(self.bytes.len()).expect("a text column stays under 4 GiB");
        self.bytes.push_str(&other.bytes);
        self.ends.extend(other.ends.iter().map(|end| end + shift));
    }

    /// The text of a row, empty where there is none.
    pub fn get(&self, row: usize) -> &str {
        let start = if row == 0 {
            0
        } else {
            self.ends[row - 1] as usize
        };
        &self.bytes[start..self.ends[row] as usize]
    }

    /// Whether any byte of any cell is such a byte; a look at all of it at once.
    pub(crate) fn holds(&self, is_such: impl Fn(&u8) -> bool) -> bool {
        // No early end within a piece, so that many bytes are looked at together.
        let in_piece = |piece: &[u8]| piece.iter().fold(false, |any, byte| any | is_such(byte));
        self.bytes.as_bytes().chunks(1 << 12).any(in_piece)
    }

    /// Whether any cell is without text.
    pub(crate) fn any_missing(&self) -> bool {
        self.ends.first() == Some(&0) || self.ends.windows(2).any(|ends| ends[0] == ends[1])
    }

    /// The number of cells.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are no cells.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }
}

impl fmt::Debug for TextColumn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} cells of text", self.ends.len())
    }
}

/// A file (and sheet) that rows came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Name within the delivery, with `/` between folders.
    pub file: String,
    /// Sheet, for workbooks.
    pub sheet: Option<String>,
}

/// A run of rows of one table that came from one source.
#[derive(Clone, Debug)]
pub struct Origin {
    /// Position in [`ParsedTables::sources`].
    pub source: usize,
    /// The first row of the table that came from it.
    pub first_row: usize,
    /// The line (or sheet row) of each of its rows, as the sender's program numbers them.
    pub lines: Lines,
    /// The sender's column name of each field, where it was mapped.
    pub headers: Vec<Option<String>>,
    /// Columns of the source that the dictionary does not know.
    pub unknown_columns: Vec<String>,
}

/// Something about a source as a whole that is worth a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// Position in [`ParsedTables::sources`].
    pub source: usize,
    /// What it is.
    pub kind: RemarkKind,
}

/// What there is to say about a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RemarkKind {
    /// There is nothing in it, not even a line of column names.
    Empty,
    /// The sheet is hidden in the sender's program; it has been read.
    HiddenSheet,
    /// Two columns carry this name; only the first was read.
    DuplicateHeader(String),
    /// Column (from 1) with content but without a name; it was only searched for identifiers.
    NamelessColumn(usize),
    /// A file of text that is not UTF-8 and was read as Windows-1252.
    ReadAsWindows1252,
    /// The mapping profile names a column that the source does not have.
    MappedColumnAbsent(String),
}

/// A row with another number of cells than the line of column names has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RaggedRow {
    /// Row of the table, from 0.
    pub row: u32,
    /// The number of cells it has.
    pub cells: u32,
    /// The number of column names.
    pub expected: u32,
}

/// The line numbers of a run of rows.
#[derive(Clone, Debug)]
pub enum Lines {
    /// One after the other, from this line on.
    From(u32),
    /// Any.
    Each(Vec<u32>),
}

/// Something in a cell that has no business there, found while reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suspicion {
    /// Nine digits that pass the eleven-test of the BSN.
    Bsn,
    /// Text that looks like a person's name.
    Name,
    /// Text that looks like an address, postcode, telephone number or e-mail address.
    Address,
}

/// One dictionary table as delivered, possibly from several files.
#[derive(Clone, Debug)]
pub struct Table {
    /// Its entry in the dictionary.
    pub spec: &'static TableSpec,
    /// The number of rows.
    pub rows: usize,
    /// One column per field of the dictionary, each `rows` long unless absent.
    pub columns: Vec<Column>,
    /// Where the rows came from, in order.
    pub origins: Vec<Origin>,
    /// Suspicious cells: row, column name of the sender, what it looks like.
    pub suspicions: Vec<(u32, String, Suspicion)>,
    /// Rows of text files with too few or too many cells, in order. Cells that lack are
    /// missing, cells too many are left out.
    pub ragged: Vec<RaggedRow>,
}

impl Table {
    /// A table without rows.
    pub fn empty(spec: &'static TableSpec) -> Self {
        Self {
            spec,
            rows: 0,
            columns: spec.fields.iter().map(|_| Column::Absent).collect(),
            origins: Vec::new(),
            suspicions: Vec::new(),
            ragged: Vec::new(),
        }
    }

    /// The column of a field.
    pub fn column(&self, field: &str) -> &Column {
        self.spec
            .position(field)
            .map_or(&Column::Absent, |position| &self.columns[position])
    }

    /// The packed cells of a field; empty where the delivery does not have the column.
    pub fn packed(&self, field: &str) -> &[Packed] {
        match self.column(field) {
            Column::Packed(cells) | Column::Decimal { cells, .. } => cells,
            _ => &[],
        }
    }

    /// The whole number, code position or key in a cell.
    pub fn number(&self, field: &str, row: usize) -> Option<i32> {
        self.packed(field).get(row).and_then(|cell| cell.get())
    }

    /// The day in a cell.
    pub fn day(&self, field: &str, row: usize) -> Option<Day> {
        self.number(field, row).map(Day::from_number)
    }

    /// Where a row came from: its origin and its line there.
    pub fn place(&self, row: usize) -> Option<(&Origin, u32)> {
        let at = self
            .origins
            .partition_point(|origin| origin.first_row <= row)
            .checked_sub(1)?;
        let origin = &self.origins[at];
        let within = row - origin.first_row;
        let line = match &origin.lines {
            Lines::From(first) => first + within as u32,
            Lines::Each(lines) => *lines.get(within)?,
        };
        Some((origin, line))
    }
}

/// What is known of a delivery as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeliveryInfo {
    /// Who sent it.
    pub institution: Option<Institution>,
    /// The first day of which the data are complete.
    pub observed_from: Option<Day>,
    /// The first day of which they no longer are.
    pub observed_until: Option<Day>,
}

/// A delivery, read.
#[derive(Clone, Debug)]
pub struct ParsedTables {
    /// What is known of it as a whole, from the table `levering`.
    pub info: DeliveryInfo,
    /// One table per entry of the dictionary, in its order; empty where not delivered.
    pub tables: Vec<Table>,
    /// The files and sheets, in order.
    pub sources: Vec<Source>,
    /// Files and sheets that no dictionary table could be made of.
    pub unmapped: Vec<Source>,
    /// How many different keys each domain has, in the order of [`KeyDomain`].
    pub key_counts: [usize; 5],
    /// The sender's own number of each client, by its key; it never leaves the institution.
    pub client_ids: TextColumn,
    /// What there is to say about sources as a whole, in the order of the sources.
    pub remarks: Vec<Remark>,
    /// Files that could not be read. The others were; a delivery with such a file is never
    /// valid.
    pub unreadable: Vec<Unreadable>,
}

impl ParsedTables {
    /// A delivery without rows.
    pub fn empty() -> Self {
        Self {
            info: DeliveryInfo::default(),
            tables: TABLES.iter().map(Table::empty).collect(),
            sources: Vec::new(),
            unmapped: Vec::new(),
            key_counts: [0; 5],
            client_ids: TextColumn::default(),
            remarks: Vec::new(),
            unreadable: Vec::new(),
        }
    }

    /// The table with this name in the dictionary.
    ///
    /// # Panics
    /// On a name that the dictionary does not have: a fault in the program, not in the data.
    pub fn table(&self, name: &str) -> &Table {
        let position = TABLES.iter().position(|spec| spec.name == name);
        &self.tables[position.expect("rules only ask for tables of the dictionary")]
    }

    /// The number of rows over all tables.
    pub fn rows(&self) -> usize {
        self.tables.iter().map(|table| table.rows).sum()
    }
}
