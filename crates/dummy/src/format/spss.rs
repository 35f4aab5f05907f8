//! SPSS system files, for the measurements.

use crate::Error;
use crate::sheet::{Cell, Sheet};
use ambers::{Compression, SpssMetadata};
use arrow::array::{ArrayRef, Date32Array, Float64Array, StringArray};
use arrow::datatypes::{Field, Schema};
use arrow::record_batch::RecordBatch;
use std::io::Cursor;
use std::sync::Arc;

/// One .sav: text variables as wide as needed, dates as DATE11.
pub(super) fn write(sheet: &Sheet) -> Result<Vec<u8>, Error> {
    let columns: Vec<Variable> = (0..sheet.header.len())
        .map(|at| Variable::of(sheet, at))
        .collect();
    let fields: Vec<Field> = sheet
        .header
        .iter()
        .zip(&columns)
        .map(|(name, variable)| Field::new(name, variable.values.data_type().clone(), true))
        .collect();
    let arrays = columns
        .iter()
        .map(|variable| variable.values.clone())
        .collect();
    let schema = Arc::new(Schema::new(fields));
    let batch = RecordBatch::try_new(schema, arrays).map_err(|e| Error::Spss(e.to_string()))?;
    let mut metadata = SpssMetadata::from_arrow_schema(batch.schema().as_ref());
    metadata.file_label = "Synthetische gegevens".to_owned();
    for (name, variable) in sheet.header.iter().zip(&columns) {
        metadata
            .variable_formats
            .insert(name.clone(), variable.format.clone());
    }
    let mut bytes = Cursor::new(Vec::new());
    ambers::write_sav_to_writer(&mut bytes, &batch, &metadata, Compression::Bytecode, None)
        .map_err(|e| Error::Spss(e.to_string()))?;
    let mut bytes = bytes.into_inner();
    // Date and time of making (places 92 and 101 of the header) come from the clock; a fixed one
    // gives equal bytes for equal content.
    bytes[92..109].copy_from_slice(b"01 Jul 2600:00:00");
    Ok(bytes)
}

struct Variable {
    values: ArrayRef,
    format: String,
}

impl Variable {
    fn of(sheet: &Sheet, column: usize) -> Self {
        let cells = || sheet.rows.iter().map(|row| &row[column]);
        if cells().any(|cell| matches!(cell, Cell::Text(_))) {
            return Self::text(cells());
        }
        if cells().any(|cell| matches!(cell, Cell::Date(_))) {
            return Self::dates(cells());
        }
        let number = |cell: &Cell| match cell {
            Cell::Number(number) | Cell::Decimal(number) => Some(*number),
            _ => None,
        };
        Self {
            values: Arc::new(cells().map(number).collect::<Float64Array>()),
            format: "F8.0".to_owned(),
        }
    }

    fn dates<'a>(cells: impl Iterator<Item = &'a Cell>) -> Self {
        let day = |cell: &Cell| match cell {
            Cell::Date(day) => Some(day.number()),
            _ => None,
        };
        Self {
            values: Arc::new(cells.map(day).collect::<Date32Array>()),
            format: "DATE11".to_owned(),
        }
    }

    fn text<'a>(cells: impl Iterator<Item = &'a Cell> + Clone) -> Self {
        let text = |cell: &'a Cell| match cell {
            Cell::Text(text) => Some(text.as_str()),
            _ => None,
        };
        let width = cells
            .clone()
            .filter_map(text)
            .map(str::len)
            .max()
            .unwrap_or(1)
            .max(1);
        Self {
            values: Arc::new(cells.map(text).collect::<StringArray>()),
            format: format!("A{width}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::datatypes::DataType;
    use calendar::Day;

    #[test]
    fn what_is_written_can_be_read() {
        let day = Day::from_ymd(2024, 2, 29).unwrap();
        let sheet = Sheet {
            header: vec!["METING".to_owned(), "DAG".to_owned(), "SCORE".to_owned()],
            rows: vec![
                vec![
                    Cell::Text("TRJM1".to_owned()),
                    Cell::Date(day),
                    Cell::Decimal(31.0),
                ],
                vec![Cell::Text("TRJM20".to_owned()), Cell::Empty, Cell::Empty],
            ],
        };
        let (batch, metadata) =
            ambers::read_sav_from_reader(Cursor::new(write(&sheet).unwrap())).unwrap();
        assert_eq!(batch.num_rows(), 2);
        assert_eq!(metadata.format("DAG"), Some("DATE11"));
        assert_eq!(metadata.format("METING"), Some("A6"));
        assert_eq!(batch.schema().field(1).data_type(), &DataType::Date32);
    }
}
