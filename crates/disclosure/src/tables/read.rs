//! Reads a table as people make it from a grid of texts: a sheet, or a file of delimited text.
//!
//! The first row with more than one text holds the labels of the columns; the first columns,
//! as far as they hold no numbers, hold those of the rows. `Totaal` is a margin. A label may be
//! a part of another one: `Noord > Drenthe`, or indented below `Noord`. More rows of labels
//! above the numbers are more dimensions; so are more columns of labels. A column named
//! `waarde` or `aantal` makes it a list: every column before it is a dimension. In a list,
//! `bijdragers`, `grootste` and `tweede` say who is behind a magnitude.

use super::table::{Contributors, Dimension, Entry, Label, Table, TableCell};
use super::text::{Value, is_total, is_value_name, value};
use std::collections::BTreeMap;

/// A table, and where each of its cells stands in the grid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    /// The table.
    pub table: Table,
    /// Per cell its row and column, counted from 0.
    pub stands: Vec<(usize, usize)>,
    /// The columns that say who is behind the numbers, which nobody may see.
    pub behind: Option<std::ops::Range<usize>>,
}

/// Why a grid is not a table. Rows and columns are counted from 1; texts are never repeated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// There are no numbers under a row of labels.
    #[error(
        "geen tabel gevonden; zet labels in de eerste rij en de eerste kolom, en getallen daarbinnen"
    )]
    NoTable,
    /// A text that is neither a number nor a mark.
    #[error(
        "rij {row}, kolom {column}: geen getal en geen teken voor een verborgen getal (x, ., *, <5)"
    )]
    NoNumber {
        /// Its row.
        row: usize,
        /// Its column.
        column: usize,
    },
    /// The same labels a second time.
    #[error(
        "rij {row}, kolom {column}: een cel met dezelfde labels stond er al; geef elk label één keer"
    )]
    Twice {
        /// Its row.
        row: usize,
        /// Its column.
        column: usize,
    },
    /// Something in a column without a name, of which nobody knows what it says.
    #[error(
        "rij {row}, kolom {column}: hier staat iets in een kolom zonder naam; geef de kolom een naam \
         of maak de cel leeg"
    )]
    Unnamed {
        /// Its row.
        row: usize,
        /// Its column.
        column: usize,
    },
    /// More decimals than can be kept exactly.
    #[error("rij {row}, kolom {column}: meer dan vier decimalen; rond af")]
    Decimals {
        /// Its row.
        row: usize,
        /// Its column.
        column: usize,
    },
}

/// Reads a table; `name` is what it is called in messages.
///
/// # Errors
///
/// [`ReadError`] says what is wrong, and where.
pub fn read(name: &str, grid: &[Vec<String>]) -> Result<Read, ReadError> {
    let layout = Layout::of(grid).ok_or(ReadError::NoTable)?;
    let mut dimensions = Dimensions::new(&layout, grid);
    let mut found: Vec<(Vec<Label>, Value, (usize, usize))> = Vec::new();
    let mut seen = BTreeMap::new();
    for row in layout.rows(grid) {
        layout.refuse_unnamed(row, grid)?;
        let row_labels = dimensions.row(row, grid);
        for column in layout.columns.clone() {
            let (text, stands) = (cell(grid, row, column), (row, column));
            let value = value(text).ok_or(ReadError::NoNumber {
                row: row + 1,
                column: column + 1,
            })?;
            let mut labels = row_labels.clone();
            labels.extend(dimensions.column_labels(column));
            if seen.insert(labels.clone(), stands).is_some() {
                return Err(ReadError::Twice {
                    row: row + 1,
                    column: column + 1,
                });
            }
            found.push((labels, value, stands));
        }
    }
    let decimals = found
        .iter()
        .map(|(_, value, _)| value.decimals)
        .max()
        .unwrap_or(0);
    if let Some((_, _, (row, column))) = found.iter().find(|one| one.1.decimals > MOST_DECIMALS) {
        return Err(ReadError::Decimals {
            row: row + 1,
            column: column + 1,
        });
    }
    let stands: Vec<(usize, usize)> = found.iter().map(|one| one.2).collect();
    let dimension_names = dimensions.names(&layout, grid);
    let mut table = assemble(name, dimension_names, found, decimals);
    if layout.is_list {
        add_contributors(&mut table, &layout, grid, &stands)?;
    }
    let width = grid[layout.header.start].len();
    let has_behind = layout.is_list && layout.columns.end < width;
    let behind = has_behind.then_some(layout.columns.end..width);
    Ok(Read {
        table,
        stands,
        behind,
    })
}

const MOST_DECIMALS: u32 = 4;

fn cell(grid: &[Vec<String>], row: usize, column: usize) -> &str {
    grid[row].get(column).map_or("", |text| text.trim())
}

/// How many columns a row takes up.
fn filled_width(row: &[String]) -> usize {
    let last = row.iter().rposition(|text| !text.trim().is_empty());
    last.map_or(0, |at| at + 1)
}

/// Where labels and numbers stand.
struct Layout {
    /// Rows with labels of columns.
    header: std::ops::Range<usize>,
    /// Columns with labels of rows: all before the numbers.
    columns: std::ops::Range<usize>,
    is_list: bool,
}

impl Layout {
    fn of(grid: &[Vec<String>]) -> Option<Self> {
        let filled = |row: &Vec<String>| row.iter().filter(|text| !text.trim().is_empty()).count();
        let first = grid.iter().position(|row| filled(row) > 1)?;
        if let Some(at) = list_column(&grid[first]) {
            return Some(Self {
                header: first..first + 1,
                columns: at..at + 1,
                is_list: true,
            });
        }
        let widest = grid.iter().map(|row| filled_width(row)).max()?;
        // Something far behind the labels makes them seem to have gaps; its row is refused later.
        Self::cross(grid, first, widest)
            .or_else(|| Self::cross(grid, first, filled_width(&grid[first])))
    }

    /// A table of rows by columns, as wide as this.
    fn cross(grid: &[Vec<String>], first: usize, width: usize) -> Option<Self> {
        // The first row with a number behind its first cell ends the labels.
        let number = |row: &Vec<String>| {
            row.iter()
                .skip(1)
                .any(|text| matches!(value(text.trim()), Some(value) if value.is_said))
        };
        let head = last_header(grid, first, width);
        let body = (head + 1..grid.len()).find(|&row| number(&grid[row]))?;
        let label_columns = (1..width)
            .find(|&column| {
                let texts = (body..grid.len()).map(|row| cell(grid, row, column));
                texts
                    .filter(|text| !text.is_empty())
                    .any(|text| value(text).is_some())
            })
            .unwrap_or(1);
        let header_width = filled_width(&grid[body - 1]);
        (label_columns < header_width).then_some(Self {
            header: first..body,
            columns: label_columns..header_width,
            is_list: false,
        })
    }

    /// Refuses a row with anything behind the columns that have a name.
    fn refuse_unnamed(&self, row: usize, grid: &[Vec<String>]) -> Result<(), ReadError> {
        let is_named = |column: &usize| {
            let mut header = self.header.clone();
            header.any(|row| !cell(grid, row, *column).is_empty())
        };
        let behind = self.columns.end..grid[row].len();
        let unnamed =
            behind.filter(|column| !cell(grid, row, *column).is_empty() && !is_named(column));
        match unnamed.min() {
            Some(column) => Err(ReadError::Unnamed {
                row: row + 1,
                column: column + 1,
            }),
            None => Ok(()),
        }
    }

    /// The rows with numbers; notes below a table, of one text, are none.
    fn rows(&self, grid: &[Vec<String>]) -> Vec<usize> {
        let is_row = |&row: &usize| {
            let filled = |column: &usize| !cell(grid, row, *column).is_empty();
            let labelled = (0..self.columns.start).any(|column| filled(&column));
            labelled && self.columns.clone().any(|column| filled(&column))
        };
        (self.header.end..grid.len()).filter(is_row).collect()
    }
}

/// The last row of labels for sure: a row with gaps holds labels over several columns, and has
/// more labels below it.
fn last_header(grid: &[Vec<String>], first: usize, width: usize) -> usize {
    const MOST: usize = 3;
    let gaps = |row: usize| {
        let start = (0..width)
            .find(|&column| !cell(grid, row, column).is_empty())
            .unwrap_or(0);
        (start..width).any(|column| cell(grid, row, column).is_empty())
    };
    let rows = first..grid.len().min(first + MOST);
    rows.into_iter().find(|&row| !gaps(row)).unwrap_or(first)
}

/// The column of the numbers of a list.
fn list_column(header: &[String]) -> Option<usize> {
    let mut named = (1..header.len()).filter(|&column| is_value_name(header[column].trim()));
    let column = named.next().filter(|_| named.next().is_none())?;
    let rest_is_known = header[column + 1..]
        .iter()
        .all(|name| name.trim().is_empty() || contributor_column(name).is_some());
    rest_is_known.then_some(column)
}

fn contributor_column(name: &str) -> Option<usize> {
    let name = name.trim().to_lowercase();
    let names = [
        ["bijdragers", "contributors"],
        ["grootste", "largest"],
        ["tweede", "second"],
    ];
    names
        .iter()
        .position(|names| names.contains(&name.as_str()))
}

/// The labels of rows and columns.
struct Dimensions {
    rows: usize,
    /// Per column of labels, what stood last in it, by indentation.
    last: Vec<Vec<(usize, Vec<String>)>>,
    /// Per column of numbers, its labels.
    columns: BTreeMap<usize, Vec<Label>>,
}

impl Dimensions {
    fn new(layout: &Layout, grid: &[Vec<String>]) -> Self {
        let mut columns: BTreeMap<usize, Vec<Label>> = BTreeMap::new();
        if !layout.is_list {
            for row in layout.header.clone() {
                let mut last = "";
                for column in layout.columns.clone() {
                    let text = cell(grid, row, column);
                    // A text over several columns stands in the first of them.
                    last = if text.is_empty() { last } else { text };
                    columns.entry(column).or_default().push(label(last));
                }
            }
        }
        Self {
            rows: layout.columns.start,
            last: vec![Vec::new(); layout.columns.start],
            columns,
        }
    }

    fn column_labels(&self, column: usize) -> Vec<Label> {
        self.columns.get(&column).cloned().unwrap_or_default()
    }

    /// The labels of a row. An empty one is that of the row above, except in the last column.
    fn row(&mut self, row: usize, grid: &[Vec<String>]) -> Vec<Label> {
        let mut labels = Vec::with_capacity(self.rows);
        for (column, last) in self.last.iter_mut().enumerate() {
            let raw = grid[row].get(column).map_or("", String::as_str);
            let text = raw.trim();
            if text.is_empty() && column + 1 < self.rows {
                labels.push(Label(
                    last.last().map_or_else(Vec::new, |one| one.1.clone()),
                ));
                continue;
            }
            let indent = raw
                .chars()
                .take_while(|letter| letter.is_whitespace())
                .count();
            last.retain(|(above, _)| *above < indent);
            let mut path = match last.last() {
                Some((_, above)) if !is_total(text) => above.clone(),
                _ => Vec::new(),
            };
            path.extend(label(text).0);
            labels.push(Label(path.clone()));
            last.push((indent, path));
        }
        labels
    }

    /// The names of all dimensions: of rows above their labels, of columns in the corner.
    fn names(&self, layout: &Layout, grid: &[Vec<String>]) -> Vec<String> {
        let head = layout.header.end - 1;
        let mut names: Vec<String> = (0..self.rows)
            .map(|column| cell(grid, head, column).to_owned())
            .collect();
        if layout.is_list {
            return names;
        }
        let corner = names.pop().unwrap_or_default();
        let (row, of_columns) = corner.split_once('\\').unwrap_or((corner.as_str(), ""));
        names.push(row.trim().to_owned());
        let above = layout.header.clone().take(layout.header.len() - 1);
        names.extend(above.map(|row| cell(grid, row, self.rows - 1).to_owned()));
        names.push(of_columns.trim().to_owned());
        names
    }
}

fn label(text: &str) -> Label {
    if is_total(text) {
        return Label::total();
    }
    let parts = text.split(" > ").map(|part| part.trim().to_owned());
    Label(parts.filter(|part| !is_total(part)).collect())
}

fn assemble(
    name: &str,
    names: Vec<String>,
    found: Vec<(Vec<Label>, Value, (usize, usize))>,
    decimals: u32,
) -> Table {
    let mut dimensions: Vec<Dimension> = names
        .into_iter()
        .map(|name| Dimension {
            name,
            labels: Vec::new(),
        })
        .collect();
    let mut index: Vec<BTreeMap<Label, usize>> = vec![BTreeMap::new(); dimensions.len()];
    let mut cells = Vec::with_capacity(found.len());
    for (labels, value, _) in found {
        let mut at = Vec::with_capacity(labels.len());
        for ((label, dimension), index) in labels.into_iter().zip(&mut dimensions).zip(&mut index) {
            at.push(*index.entry(label.clone()).or_insert_with(|| {
                dimension.labels.push(label);
                dimension.labels.len() - 1
            }));
        }
        cells.push(TableCell {
            at,
            entry: value.entry(decimals),
            contributors: None,
        });
    }
    Table {
        name: name.to_owned(),
        dimensions,
        cells,
        decimals,
    }
}

fn add_contributors(
    table: &mut Table,
    layout: &Layout,
    grid: &[Vec<String>],
    stands: &[(usize, usize)],
) -> Result<(), ReadError> {
    let header = &grid[layout.header.start];
    let mut columns = [None; 3];
    for (column, name) in header.iter().enumerate().skip(layout.columns.end) {
        if let Some(which) = contributor_column(name) {
            columns[which] = Some(column);
        }
    }
    let [Some(count), Some(largest), second] = columns else {
        return Ok(());
    };
    for (one, &(row, _)) in table.cells.iter_mut().zip(stands) {
        let number = |column: usize, decimals: u32| {
            let wrong = ReadError::NoNumber {
                row: row + 1,
                column: column + 1,
            };
            let text = cell(grid, row, column);
            match value(if text.is_empty() { "0" } else { text }) {
                Some(value) if value.decimals <= table.decimals => match value.entry(decimals) {
                    Entry::Shown(number) => Ok(number),
                    _ => Err(wrong),
                },
                _ => Err(wrong),
            }
        };
        one.contributors = Some(Contributors {
            count: number(count, 0)?.max(0) as u64,
            largest: number(largest, table.decimals)?,
            second: second.map_or(Ok(0), |column| number(column, table.decimals))?,
        });
    }
    Ok(())
}
