//! A table of typed columns.

use crate::{Column, Error, Factor};
use std::collections::HashMap;
use std::fmt::{self, Debug, Formatter};

/// A table: named columns of one length.
#[derive(Clone, Default)]
pub struct Frame {
    names: Vec<String>,
    columns: Vec<Column>,
    places: HashMap<String, usize>,
    rows: usize,
}

impl Frame {
    /// A table without columns.
    pub fn new() -> Self {
        Self::default()
    }

    /// Rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The names in order.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The column called `name`, if there is one.
    pub fn get(&self, name: &str) -> Option<&Column> {
        self.places.get(name).map(|&place| &self.columns[place])
    }

    /// The column called `name`.
    ///
    /// # Errors
    /// There is none.
    pub fn column(&self, name: &str) -> Result<&Column, Error> {
        self.get(name).ok_or_else(|| Error::UnknownColumn {
            name: name.into(),
            near: self.near(name),
        })
    }

    /// Adds a column, or replaces the one of that name. A single value is repeated.
    ///
    /// # Errors
    /// Its length is not that of the table.
    pub fn set(&mut self, name: &str, column: Column) -> Result<(), Error> {
        if self.columns.is_empty() {
            self.rows = column.len();
        }
        if column.len() != self.rows {
            return Err(Error::Lengths {
                part: name.into(),
                left: self.rows,
                right: column.len(),
            });
        }
        match self.places.get(name) {
            Some(&place) => self.columns[place] = column,
            None => {
                self.places.insert(name.into(), self.columns.len());
                self.names.push(name.into());
                self.columns.push(column);
            }
        }
        Ok(())
    }

    /// Only the rows at these positions, in this order.
    pub fn select(&self, rows: &[usize]) -> Self {
        Self {
            names: self.names.clone(),
            columns: self
                .columns
                .iter()
                .map(|column| column.rows(rows))
                .collect(),
            places: self.places.clone(),
            rows: rows.len(),
        }
    }

    /// Only the rows where none of these columns is missing; all columns if none is named.
    ///
    /// # Errors
    /// An unknown column.
    pub fn without_missing(&self, names: &[String]) -> Result<Self, Error> {
        let names = if names.is_empty() { &self.names } else { names };
        let columns: Vec<&Column> = names
            .iter()
            .map(|name| self.column(name))
            .collect::<Result<_, _>>()?;
        let complete = |row: &usize| columns.iter().all(|column| !column.is_missing(*row));
        let rows: Vec<usize> = (0..self.rows).filter(complete).collect();
        Ok(self.select(&rows))
    }

    /// Makes a column a factor with these levels in this order; other values become missing.
    ///
    /// # Errors
    /// An unknown column.
    pub fn set_levels(&mut self, name: &str, levels: Vec<String>) -> Result<(), Error> {
        let factor = self.column(name)?.to_factor();
        self.set(name, Column::Factor(factor.with_levels(levels, false)))
    }

    /// The factor in a column, made as R makes it where the column holds something else.
    ///
    /// # Errors
    /// An unknown column.
    pub fn factor(&self, name: &str) -> Result<Factor, Error> {
        Ok(self.column(name)?.to_factor())
    }

    /// The numbers in a column; logical values are 0 and 1.
    ///
    /// # Errors
    /// An unknown column, or one without numbers.
    pub fn numbers(&self, name: &str) -> Result<Vec<f64>, Error> {
        self.column(name)?.to_numbers().ok_or_else(|| Error::Kind {
            part: name.into(),
            wanted: "kolom met getallen",
        })
    }

    fn near(&self, name: &str) -> Option<String> {
        let lower = name.to_lowercase();
        let plain = |text: &str| -> String {
            text.to_lowercase()
                .chars()
                .filter(|letter| letter.is_alphanumeric())
                .collect()
        };
        let wanted = plain(name);
        self.names
            .iter()
            .find(|known| known.to_lowercase() == lower || plain(known) == wanted)
            .cloned()
    }
}

/// Names and size only: cells are nobody's business in a log.
impl Debug for Frame {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Frame")
            .field("rows", &self.rows)
            .field("names", &self.names)
            .finish_non_exhaustive()
    }
}
