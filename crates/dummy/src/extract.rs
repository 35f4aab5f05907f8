//! What one institution has in its own system, as rows of the dictionary.

use calendar::Day;
use codes::{Coded, Institution};
use intake::schema::{TABLES, TableSpec};
use std::borrow::Cow;

/// A value in a cell.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    /// Nothing.
    Empty,
    /// A code of the field's list.
    Code(&'static str),
    /// Identifier text, a key, or something that does not belong there.
    Text(Cow<'static, str>),
    /// A date.
    Day(Day),
    /// A whole number.
    Whole(i64),
}

impl Value {
    pub(crate) fn code(code: impl Coded) -> Self {
        Self::Code(code.key())
    }

    pub(crate) fn text(text: impl Into<Cow<'static, str>>) -> Self {
        Self::Text(text.into())
    }

    pub(crate) fn whole(number: impl Into<i64>) -> Self {
        Self::Whole(number.into())
    }

    pub(crate) fn yes_no(yes: bool) -> Self {
        Self::Code(if yes { "J" } else { "N" })
    }
}

impl From<Day> for Value {
    fn from(day: Day) -> Self {
        Self::Day(day)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Empty, Into::into)
    }
}

/// The rows of one table of the dictionary.
#[derive(Clone)]
pub(crate) struct Rows {
    pub(crate) spec: &'static TableSpec,
    pub(crate) rows: Vec<Vec<Value>>,
}

impl Rows {
    /// Adds a row; fields not named stay empty.
    pub(crate) fn push<const N: usize>(&mut self, values: [(&str, Value); N]) {
        let mut row = vec![Value::Empty; self.spec.fields.len()];
        for (field, value) in values {
            row[self.position(field)] = value;
        }
        self.rows.push(row);
    }

    pub(crate) fn position(&self, field: &str) -> usize {
        self.spec
            .position(field)
            .expect("only fields of the dictionary are written; tests write them all")
    }

    pub(crate) fn day(&self, row: usize, field: &str) -> Option<Day> {
        match self.rows[row][self.position(field)] {
            Value::Day(day) => Some(day),
            _ => None,
        }
    }

    pub(crate) fn set(&mut self, row: usize, field: &str, value: Value) {
        let position = self.position(field);
        self.rows[row][position] = value;
    }
}

/// All tables of one institution, in the order of the dictionary.
#[derive(Clone)]
pub(crate) struct Extract {
    pub(crate) institution: Institution,
    pub(crate) tables: Vec<Rows>,
    /// Whether the export has the columns that the dictionary does not know.
    pub(crate) odd_column: bool,
}

impl Extract {
    pub(crate) fn empty(institution: Institution) -> Self {
        let tables = TABLES
            .iter()
            .map(|spec| Rows {
                spec,
                rows: Vec::new(),
            })
            .collect();
        Self {
            institution,
            tables,
            odd_column: false,
        }
    }

    pub(crate) fn table(&self, name: &str) -> &Rows {
        &self.tables[position(name)]
    }

    pub(crate) fn table_mut(&mut self, name: &str) -> &mut Rows {
        &mut self.tables[position(name)]
    }
}

fn position(name: &str) -> usize {
    TABLES
        .iter()
        .position(|spec| spec.name == name)
        .expect("only tables of the dictionary are written; tests write them all")
}
