//! Tables made by anybody, from files: for `audit` and `protect`.

use crate::arguments::TableRules;
use crate::exit::{Exit, Failure};
use disclosure::tables::{Dominance, Measure, Read, ReadError, Rules, read};
use serde::Serialize;
use std::path::{Path, PathBuf};

/// A table, and the rows that it was read from.
pub struct Opened {
    /// The table and where its cells stand.
    pub read: Read,
    /// The texts of its sheet.
    pub rows: Vec<Vec<String>>,
}

/// Reads the tables of all files: one of a text file, one of each sheet that holds a table.
///
/// # Errors
/// A file that cannot be read, or in which there is no table.
pub fn open(paths: &[PathBuf]) -> Result<Vec<Opened>, Failure> {
    let mut opened = Vec::new();
    for path in paths {
        opened.extend(tables_of(path)?);
    }
    Ok(opened)
}

fn tables_of(path: &Path) -> Result<Vec<Opened>, Failure> {
    let bytes = store::files::read(path)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let sheets = intake::read_sheets(&name, &bytes)
        .map_err(|error| Failure::new(Exit::Unreadable, error.sentence()))?;
    let several = sheets.len() > 1;
    let unreadable = |called: &str, error: &ReadError| {
        Failure::new(Exit::Unreadable, format!("{called}: {error}."))
    };
    let mut tables = Vec::new();
    for sheet in sheets {
        let called = if several {
            format!("{name}, blad {}", sheet.name)
        } else {
            name.to_string()
        };
        match read(&called, &sheet.rows) {
            Ok(read) => tables.push(Opened {
                read,
                rows: sheet.rows,
            }),
            Err(ReadError::NoTable) if several => {
                eprintln!("Let op: {called}: geen tabel gevonden; dit blad telt niet mee.");
            }
            Err(error) => return Err(unreadable(&called, &error)),
        }
    }
    if tables.is_empty() {
        return Err(unreadable(&name, &ReadError::NoTable));
    }
    Ok(tables)
}

fn wrong<T>(option: &str, bounds: &str) -> Result<T, Failure> {
    let sentence = format!("`{option}` moet {bounds} zijn.");
    Err(Failure::new(Exit::Usage, sentence))
}

/// A base of rounding, where it is one.
///
/// # Errors
/// A number below 1.
pub fn rounding_base(option: &str, base: i64) -> Result<i64, Failure> {
    if (1..=1_000_000).contains(&base) {
        Ok(base)
    } else {
        wrong(option, "een getal van 1 of hoger")
    }
}

/// The rules that were asked for.
///
/// # Errors
/// A rule outside its bounds.
pub fn rules(options: &TableRules) -> Result<Rules, Failure> {
    if !(0.5..=1.0).contains(&options.group_share) {
        return wrong("--group-share", "een getal van 0.5 tot en met 1");
    }
    if !(1.0..=100.0).contains(&options.p_percent) {
        return wrong("--p-percent", "een getal van 1 tot en met 100");
    }
    if !(1..=1_000_000).contains(&options.threshold) {
        return wrong("--threshold", "een getal van 1 of hoger");
    }
    if options
        .dominance
        .is_some_and(|share| !(1.0..100.0).contains(&share))
    {
        return wrong("--dominance", "een getal van 1 tot 100");
    }
    let measure = if options.magnitudes {
        Measure::Magnitudes
    } else {
        Measure::Counts
    };
    let dominance = options
        .dominance
        .map_or(Dominance::Percent(options.p_percent), |share| {
            Dominance::Share(2, share)
        });
    Ok(Rules {
        measure,
        threshold: options.threshold,
        group_share: options.group_share,
        dominance,
        ..Rules::default()
    })
}

/// A report as JSON.
///
/// # Errors
/// None in practice: reports are made of numbers and texts.
pub fn json(report: &impl Serialize) -> Result<String, Failure> {
    serde_json::to_string_pretty(report)
        .map(|text| text + "\n")
        .map_err(|error| {
            let sentence = format!("De uitvoer kon niet worden gemaakt: {error}.");
            Failure::new(Exit::Io, sentence)
        })
}
