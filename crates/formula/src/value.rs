//! What an expression gives.

use crate::expression::Expression;
use crate::{Column, Survival};
use std::fmt::{self, Debug, Formatter};

/// What an expression gives.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// One value per row, or a constant (of any length).
    Column(Column),
    /// Several columns that are one variable: a basis, `cbind()`, `ridge()`.
    Table(Table),
    /// The outcome `Surv()`.
    Survival(Survival),
}

/// Several columns of numbers.
#[derive(Clone, PartialEq)]
pub struct Table {
    /// What comes after the variable's name in the names of the model matrix.
    pub names: Vec<String>,
    /// The columns.
    pub columns: Vec<Vec<f64>>,
    /// The same variable with all that it took from the data written out, for new data: knots,
    /// centres, coefficients.
    pub fixed: Option<Expression>,
}

impl Value {
    /// Rows.
    pub fn len(&self) -> usize {
        match self {
            Self::Column(column) => column.len(),
            Self::Table(table) => table.columns.first().map_or(0, Vec::len),
            Self::Survival(survival) => survival.stop.len(),
        }
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether a row misses anything.
    pub fn is_missing(&self, row: usize) -> bool {
        match self {
            Self::Column(column) => column.is_missing(row),
            Self::Table(table) => table.columns.iter().any(|column| column[row].is_nan()),
            Self::Survival(survival) => survival.is_missing(row),
        }
    }

    /// The rows at these positions.
    pub fn rows(&self, rows: &[usize]) -> Self {
        match self {
            Self::Column(column) => Self::Column(column.rows(rows)),
            Self::Table(table) => Self::Table(Table {
                names: table.names.clone(),
                columns: table
                    .columns
                    .iter()
                    .map(|column| rows.iter().map(|&row| column[row]).collect())
                    .collect(),
                fixed: table.fixed.clone(),
            }),
            Self::Survival(survival) => Self::Survival(survival.rows(rows)),
        }
    }

    /// A constant repeated to `rows` rows; a column of that length as it is.
    pub(crate) fn stretched(self, rows: usize) -> Option<Self> {
        match self.len() {
            length if length == rows => Some(self),
            1 => Some(self.rows(&vec![0; rows])),
            _ => None,
        }
    }
}

/// Names and size only: cells are nobody's business in a log.
impl Debug for Table {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Table")
            .field("names", &self.names)
            .finish_non_exhaustive()
    }
}
