//! Delimited text → table. Columns of numbers are restored to the exact doubles.

use crate::column::FactorBuilder;
use crate::{Column, Error, Factor, Frame, limits};
use csv::{ByteRecord, Reader, ReaderBuilder};
use std::collections::{HashMap, HashSet};

/// What is known of the columns before they are read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schema {
    columns: HashMap<String, ColumnType>,
}

/// What a column holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ColumnType {
    /// Numbers.
    Number,
    /// Text.
    Text,
    /// A factor with these levels in this order.
    Factor {
        /// The levels; the first is the reference.
        levels: Vec<String>,
        /// Whether the factor is ordered.
        ordered: bool,
    },
    /// Days written as `2024-02-01`, read as days since 1970-01-01.
    Date,
    /// `TRUE` and `FALSE`.
    Logical,
}

impl Schema {
    /// Nothing is known.
    pub fn unknown() -> Self {
        Self::default()
    }

    /// Says what a column holds.
    pub fn set(&mut self, name: &str, kind: ColumnType) {
        self.columns.insert(name.into(), kind);
    }

    /// What a column holds, if that is known.
    pub fn get(&self, name: &str) -> Option<&ColumnType> {
        self.columns.get(name)
    }
}

/// Reads delimited text with a header. An empty cell and `NA` are missing.
///
/// The separator is the one of comma, semicolon and tab that the header uses most; where it is not
/// the comma, numbers may have a decimal comma. Without a
/// schema a column is of numbers if every cell is one, logical if every cell is `TRUE` or
/// `FALSE`, and else text.
///
/// # Errors
/// No header, names that occur twice, rows of unequal length, text that is not UTF-8, or cells
/// that are not of the type in the schema.
///
/// ```
/// use formula::{Column, Schema, read_csv};
/// let frame = read_csv(b"age,sex\n61,F\n,M\n", &Schema::unknown()).unwrap();
/// assert_eq!(frame.rows(), 2);
/// assert!(matches!(frame.column("sex").unwrap(), Column::Text(_)));
/// ```
pub fn read_csv(bytes: &[u8], schema: &Schema) -> Result<Frame, Error> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let separator = separator(bytes);
    let names = header(bytes, separator)?;
    let mut numeric = numbers(bytes, separator, &names, schema)?;
    let texts = texts(bytes, separator, &names, &numeric)?;
    let mut frame = Frame::new();
    for (place, (name, text)) in names.iter().zip(texts).enumerate() {
        let column = match (text, numeric[place].take()) {
            (Some(factor), _) => typed(name, factor, schema.get(name))?,
            (None, Some(values)) => Column::Number(values),
            (None, None) => unreachable!("a column is of numbers or of texts"),
        };
        frame.set(name, column)?;
    }
    Ok(frame)
}

fn separator(bytes: &[u8]) -> u8 {
    let end = bytes
        .iter()
        .position(|&byte| byte == b'\n')
        .unwrap_or(bytes.len());
    let count = |separator: &u8| {
        bytes[..end]
            .iter()
            .filter(|byte| *byte == separator)
            .count()
    };
    // Of equal counts the first listed wins: max_by_key takes the last.
    *[b'\t', b';', b',']
        .iter()
        .max_by_key(|separator| count(separator))
        .expect("three candidates")
}

fn reader(bytes: &[u8], separator: u8) -> Reader<&[u8]> {
    ReaderBuilder::new()
        .delimiter(separator)
        .has_headers(true)
        .from_reader(bytes)
}

fn header(bytes: &[u8], separator: u8) -> Result<Vec<String>, Error> {
    let mut reader = reader(bytes, separator);
    let record = reader.byte_headers().map_err(unreadable)?;
    if record.is_empty() {
        return Err(table("er is geen kopregel"));
    }
    if record.len() > limits::TABLE_COLUMNS {
        return Err(Error::TooLarge {
            what: "Het aantal kolommen van de tabel".into(),
            limit: limits::TABLE_COLUMNS,
        });
    }
    let mut names = Vec::with_capacity(record.len());
    let mut seen = HashMap::new();
    for (place, cell) in record.iter().enumerate() {
        let name = std::str::from_utf8(cell).map_err(|_| table("de kopregel is geen UTF-8"))?;
        if seen.insert(name, place).is_some() {
            return Err(table(format!("de kolom '{name}' komt twee keer voor")));
        }
        names.push(name.to_owned());
    }
    Ok(names)
}

/// The columns of which every cell is a number; `None` for the others.
fn numbers(
    bytes: &[u8],
    separator: u8,
    names: &[String],
    schema: &Schema,
) -> Result<Vec<Option<Vec<f64>>>, Error> {
    let may_be_numeric =
        |name: &String| matches!(schema.get(name), None | Some(ColumnType::Number));
    let rows = most_rows(bytes, names.len());
    let mut columns: Vec<Option<Vec<f64>>> = names
        .iter()
        .map(|name| may_be_numeric(name).then(|| Vec::with_capacity(rows)))
        .collect();
    let mut reader = reader(bytes, separator);
    let mut record = ByteRecord::new();
    while reader.read_byte_record(&mut record).map_err(unreadable)? {
        for (place, cell) in record.iter().enumerate() {
            let Some(values) = &mut columns[place] else {
                continue;
            };
            match number(cell).or_else(|| with_comma(cell, separator)) {
                Some(value) => values.push(value),
                None if schema.get(&names[place]).is_some() => {
                    let (name, row) = (&names[place], values.len() + 1);
                    return Err(table(format!("rij {row} van kolom '{name}' is geen getal")));
                }
                None => columns[place] = None,
            }
        }
    }
    Ok(columns)
}

/// No table of these bytes has more rows than this: each takes a line, and a byte per column.
fn most_rows(bytes: &[u8], columns: usize) -> usize {
    let lines = bytes.iter().filter(|&&byte| byte == b'\n').count();
    lines.min(bytes.len() / columns.max(1))
}

/// What stands in a cell as `NaN`: as missing as an empty one, but told apart where it is a time.
pub(crate) const NOT_A_NUMBER: f64 = f64::from_bits(0x7ff8_0000_0000_0001);

/// Whether a NaN is more than a missing value: read as such, or the result of a computation.
pub(crate) fn is_no_number(value: f64) -> bool {
    value.is_nan() && value.to_bits() != f64::NAN.to_bits()
}

/// The number in a cell; NaN if it is empty or `NA`.
fn number(cell: &[u8]) -> Option<f64> {
    let cell = cell.trim_ascii();
    match cell {
        b"" | b"NA" => return Some(f64::NAN),
        b"Inf" => return Some(f64::INFINITY),
        b"-Inf" => return Some(f64::NEG_INFINITY),
        b"NaN" => return Some(NOT_A_NUMBER),
        _ => {}
    }
    // Rust also reads "infinity" and "nan"; R does not.
    if cell
        .iter()
        .any(|byte| byte.is_ascii_alphabetic() && !matches!(byte, b'e' | b'E'))
    {
        return None;
    }
    std::str::from_utf8(cell).ok()?.parse().ok()
}

/// The number in a cell with a decimal comma, as spreadsheets in Dutch write it; only where the
/// comma does not separate cells.
fn with_comma(cell: &[u8], separator: u8) -> Option<f64> {
    let is_comma = |byte: &&u8| **byte == b',';
    if separator == b',' || cell.iter().filter(is_comma).count() != 1 || cell.contains(&b'.') {
        return None;
    }
    let point = |&byte: &u8| if byte == b',' { b'.' } else { byte };
    number(&cell.iter().map(point).collect::<Vec<u8>>())
}

/// The texts of the columns that are not of numbers.
fn texts(
    bytes: &[u8],
    separator: u8,
    names: &[String],
    numeric: &[Option<Vec<f64>>],
) -> Result<Vec<Option<Factor>>, Error> {
    let mut builders: Vec<Option<FactorBuilder>> = numeric
        .iter()
        .map(|column| column.is_none().then(FactorBuilder::default))
        .collect();
    if builders.iter().any(Option::is_some) {
        let mut reader = reader(bytes, separator);
        let mut record = ByteRecord::new();
        while reader.read_byte_record(&mut record).map_err(unreadable)? {
            for (place, cell) in record.iter().enumerate() {
                let Some(builder) = &mut builders[place] else {
                    continue;
                };
                let text = std::str::from_utf8(cell)
                    .map_err(|_| table(format!("kolom '{}' is geen UTF-8", names[place])))?;
                builder.push((!matches!(text, "" | "NA")).then_some(text));
            }
        }
    }
    Ok(builders
        .into_iter()
        .map(|builder| builder.map(FactorBuilder::finish))
        .collect())
}

pub(crate) fn typed(
    name: &str,
    factor: Factor,
    kind: Option<&ColumnType>,
) -> Result<Column, Error> {
    match kind {
        None => Ok(logical(&factor).unwrap_or(Column::Text(factor))),
        Some(ColumnType::Text | ColumnType::Number) => Ok(Column::Text(factor)),
        Some(ColumnType::Logical) => {
            logical(&factor).ok_or_else(|| table(format!("kolom '{name}' is niet TRUE of FALSE")))
        }
        Some(ColumnType::Factor { levels, ordered }) => {
            let known: HashSet<&String> = levels.iter().collect();
            let unknown = factor
                .levels
                .iter()
                .position(|level| !known.contains(level));
            if let Some(unknown) = unknown {
                let row = factor
                    .codes
                    .iter()
                    .position(|&code| code as usize == unknown);
                let row = row.map_or(0, |row| row + 1);
                return Err(table(format!(
                    "rij {row} van kolom '{name}' heeft een waarde die geen niveau is"
                )));
            }
            Ok(Column::Factor(factor.with_levels(levels.clone(), *ordered)))
        }
        Some(ColumnType::Date) => dates(name, &factor),
    }
}

fn logical(factor: &Factor) -> Option<Column> {
    if factor.levels.is_empty()
        || factor
            .levels
            .iter()
            .any(|level| level != "TRUE" && level != "FALSE")
    {
        return None;
    }
    let value = |row: usize| factor.text(row).map(|text| text == "TRUE");
    Some(Column::Logical(
        (0..factor.codes.len()).map(value).collect(),
    ))
}

fn dates(name: &str, factor: &Factor) -> Result<Column, Error> {
    let days: Vec<f64> = factor
        .levels
        .iter()
        .map(|text| {
            crate::date::days_since_1970(text).ok_or_else(|| {
                table(format!(
                    "kolom '{name}' heeft een cel die geen JJJJ-MM-DD is"
                ))
            })
        })
        .collect::<Result<_, _>>()?;
    let value = |&code: &u32| days.get(code as usize).copied().unwrap_or(f64::NAN);
    Ok(Column::Number(factor.codes.iter().map(value).collect()))
}

pub(crate) fn table(message: impl Into<String>) -> Error {
    Error::Table {
        message: message.into(),
    }
}

fn unreadable(error: csv::Error) -> Error {
    match error.kind() {
        csv::ErrorKind::UnequalLengths {
            pos,
            expected_len,
            len,
        } => {
            let line = pos.as_ref().map_or(0, csv::Position::line);
            table(format!(
                "regel {line} heeft {len} cellen, de kopregel {expected_len}"
            ))
        }
        _ => table("de tekst is geen tabel met een scheidingsteken"),
    }
}
