//! SPSS files (.sav, .zsav).

use super::grid::{Grid, MOST_COLUMNS};
use super::workbook::number_text;
use crate::Unreadable;
use ambers::{MissingSpec, SpssMetadata};
use arrow_array::{
    Array, Date32Array, DurationMicrosecondArray, Float64Array, RecordBatch, StringViewArray,
    TimestampMicrosecondArray,
};
use calendar::Day;
use std::io::Cursor;

/// About so much is unpacked at a time.
const BATCH_BYTES: usize = 64 << 20;
const MICROSECONDS_A_DAY: i64 = 86_400_000_000;

/// Reads the cases, with the variables' names as the first row. Values that the file itself
/// calls missing become `onbekend`.
pub(super) fn cases(name: &str, bytes: &[u8]) -> Result<Grid, Unreadable> {
    // The reader of a foreign format is not ours; a panic in it is a damaged file.
    std::panic::catch_unwind(|| read(name, bytes)).unwrap_or_else(|_| Err(damaged(name, 0)))
}

fn damaged(name: &str, row: usize) -> Unreadable {
    Unreadable::Damaged {
        file: name.to_owned(),
        part: if row == 0 {
            "de beschrijving van de variabelen".to_owned()
        } else {
            format!("na rij {row}")
        },
    }
}

fn read(name: &str, bytes: &[u8]) -> Result<Grid, Unreadable> {
    let open =
        |rows| ambers::scan_sav_from_reader(Cursor::new(bytes), rows).map_err(|_| damaged(name, 0));
    let metadata = open(1)?.metadata().clone();
    if metadata.variable_names.len() > MOST_COLUMNS {
        return Err(Unreadable::TooManyColumns {
            file: name.to_owned(),
            limit: MOST_COLUMNS,
        });
    }
    let widths: usize = metadata.variable_storage_widths.values().sum();
    let mut scanner = open((BATCH_BYTES / widths.max(8)).clamp(1, 100_000))?;
    let mut grid = Grid::default();
    for (column, variable) in metadata.variable_names.iter().enumerate() {
        grid.push(0, column as u32, variable, name)?;
    }
    let mut first = 1;
    while let Some(batch) = scanner.next_batch().map_err(|_| damaged(name, first))? {
        add_batch(&mut grid, &batch, &metadata, first as u32, name)?;
        first += batch.num_rows();
    }
    grid.finish();
    Ok(grid)
}

fn add_batch(
    grid: &mut Grid,
    batch: &RecordBatch,
    metadata: &SpssMetadata,
    first: u32,
    name: &str,
) -> Result<(), Unreadable> {
    let columns: Vec<(&dyn Array, &[MissingSpec])> = batch
        .columns()
        .iter()
        .zip(&metadata.variable_names)
        .map(|(column, variable)| {
            let missing = metadata.variable_missing_values.get(variable);
            (column.as_ref(), missing.map_or(&[][..], Vec::as_slice))
        })
        .collect();
    for row in 0..batch.num_rows() {
        for (at, (column, missing)) in columns.iter().enumerate() {
            grid.push(
                first + row as u32,
                at as u32,
                &cell(*column, row, missing),
                name,
            )?;
        }
    }
    Ok(())
}

/// What a text file would hold for the cell.
fn cell(column: &dyn Array, row: usize, missing: &[MissingSpec]) -> String {
    if column.is_null(row) {
        return String::new();
    }
    let any = column.as_any();
    if let Some(numbers) = any.downcast_ref::<Float64Array>() {
        let number = numbers.value(row);
        if missing.iter().any(|spec| covers(spec, number)) {
            "onbekend".to_owned()
        } else {
            number_text(number)
        }
    } else if let Some(texts) = any.downcast_ref::<StringViewArray>() {
        let text = texts.value(row).trim_end();
        let is_missing = missing.iter().any(
            |spec| matches!(spec, MissingSpec::StringValue(value) if value.trim_end() == text),
        );
        if is_missing {
            "onbekend".to_owned()
        } else {
            text.to_owned()
        }
    } else if let Some(days) = any.downcast_ref::<Date32Array>() {
        Day::from_number(days.value(row)).to_string()
    } else if let Some(moments) = any.downcast_ref::<TimestampMicrosecondArray>() {
        let day = moments.value(row).div_euclid(MICROSECONDS_A_DAY);
        i32::try_from(day).map_or_else(
            |_| "buiten de kalender".to_owned(),
            |day| Day::from_number(day).to_string(),
        )
    } else if let Some(lengths) = any.downcast_ref::<DurationMicrosecondArray>() {
        number_text(lengths.value(row) as f64 / 1e6)
    } else {
        "onleesbaar type".to_owned()
    }
}

fn covers(spec: &MissingSpec, number: f64) -> bool {
    match spec {
        MissingSpec::Value(value) => *value == number,
        MissingSpec::Range { lo, hi } => (*lo..=*hi).contains(&number),
        MissingSpec::StringValue(_) => false,
    }
}
