//! Parquet → table. Flat columns only; compressed with Snappy, LZ4, gzip or not at all.

use crate::column::FactorBuilder;
use crate::read::{NOT_A_NUMBER, table, typed};
use crate::{Column, Error, Frame, Schema, limits};
use ::parquet::basic::{ConvertedType, LogicalType, TimeUnit};
use ::parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use ::parquet::data_type::{ByteArray, DataType};
use ::parquet::file::reader::{FileReader, SerializedFileReader};
use ::parquet::schema::types::ColumnDescriptor;
use bytes::Bytes;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Records that are read at once.
const BATCH: usize = 8192;
const SECONDS_PER_DAY: f64 = 86_400.0;

/// Reads a Parquet file. Numbers become numbers, texts text (or factors, as the schema says),
/// days and moments days since 1970-01-01.
///
/// # Errors
/// Nested columns, binary ones, an unknown compression, and a damaged file.
pub fn read_parquet(bytes: Vec<u8>, schema: &Schema) -> Result<Frame, Error> {
    // The reader is known to panic on some damaged files.
    catch_unwind(AssertUnwindSafe(|| read(bytes, schema)))
        .unwrap_or_else(|_| Err(table("het Parquet-bestand is beschadigd")))
}

fn read(bytes: Vec<u8>, schema: &Schema) -> Result<Frame, Error> {
    let reader = SerializedFileReader::new(Bytes::from(bytes)).map_err(unreadable)?;
    let descriptor = reader.metadata().file_metadata().schema_descr_ptr();
    if descriptor.num_columns() > limits::TABLE_COLUMNS {
        return Err(Error::TooLarge {
            what: "Het aantal kolommen van de tabel".into(),
            limit: limits::TABLE_COLUMNS,
        });
    }
    let mut frame = Frame::new();
    for place in 0..descriptor.num_columns() {
        let column = descriptor.column(place);
        if column.max_rep_level() > 0 || column.path().parts().len() != 1 {
            return Err(table(format!(
                "kolom '{}' is genest",
                column.path().string()
            )));
        }
        if frame.get(column.name()).is_some() {
            return Err(table(format!(
                "de kolom '{}' komt twee keer voor",
                column.name()
            )));
        }
        let values = read_column(&reader, place, &column, schema)?;
        frame.set(column.name(), values)?;
    }
    Ok(frame)
}

/// A column as it is read, row group after row group.
enum Collected {
    Numbers(Vec<f64>),
    Truth(Vec<Option<bool>>),
    Texts(FactorBuilder),
}

fn read_column(
    reader: &SerializedFileReader<Bytes>,
    place: usize,
    column: &ColumnDescriptor,
    schema: &Schema,
) -> Result<Column, Error> {
    let unit = unit(column);
    let mut collected: Option<Collected> = None;
    for group in 0..reader.num_row_groups() {
        let group = reader.get_row_group(group).map_err(unreadable)?;
        let chunk = group.get_column_reader(place).map_err(unreadable)?;
        read_chunk(chunk, column, unit, &mut collected)?;
    }
    match collected {
        None => Ok(Column::Number(Vec::new())),
        Some(Collected::Numbers(values)) => Ok(Column::Number(values)),
        Some(Collected::Truth(values)) => Ok(Column::Logical(values)),
        Some(Collected::Texts(builder)) => {
            typed(column.name(), builder.finish(), schema.get(column.name()))
        }
    }
}

/// What a stored whole number is multiplied by.
fn unit(column: &ColumnDescriptor) -> f64 {
    match (column.logical_type_ref(), column.converted_type()) {
        (Some(LogicalType::Decimal { scale, .. }), _) => 10_f64.powi(-*scale),
        (_, ConvertedType::DECIMAL) => 10_f64.powi(-column.type_scale()),
        (Some(LogicalType::Timestamp { unit, .. }), _) => match unit {
            TimeUnit::MILLIS => 1e-3 / SECONDS_PER_DAY,
            TimeUnit::MICROS => 1e-6 / SECONDS_PER_DAY,
            TimeUnit::NANOS => 1e-9 / SECONDS_PER_DAY,
        },
        (_, ConvertedType::TIMESTAMP_MILLIS) => 1e-3 / SECONDS_PER_DAY,
        (_, ConvertedType::TIMESTAMP_MICROS) => 1e-6 / SECONDS_PER_DAY,
        _ => 1.0,
    }
}

fn read_chunk(
    chunk: ColumnReader,
    column: &ColumnDescriptor,
    unit: f64,
    collected: &mut Option<Collected>,
) -> Result<(), Error> {
    let optional = column.max_def_level() > 0;
    let number = |unit: f64, value: f64| if unit == 1.0 { value } else { value * unit };
    match chunk {
        ColumnReader::Int32ColumnReader(chunk) => {
            let is_unsigned = matches!(column.converted_type(), ConvertedType::UINT_32);
            let value = |value: &i32| match is_unsigned {
                true => f64::from(*value as u32),
                false => number(unit, f64::from(*value)),
            };
            batches(chunk, optional, numbers(collected)?, |v| {
                v.map_or(f64::NAN, value)
            })
        }
        ColumnReader::Int64ColumnReader(chunk) => {
            let value = |value: &i64| number(unit, *value as f64);
            batches(chunk, optional, numbers(collected)?, |v| {
                v.map_or(f64::NAN, value)
            })
        }
        ColumnReader::FloatColumnReader(chunk) => {
            let value = |value: &f32| known(f64::from(*value));
            batches(chunk, optional, numbers(collected)?, |v| {
                v.map_or(f64::NAN, value)
            })
        }
        ColumnReader::DoubleColumnReader(chunk) => {
            batches(chunk, optional, numbers(collected)?, |v| {
                v.map_or(f64::NAN, |value| known(*value))
            })
        }
        ColumnReader::BoolColumnReader(chunk) => {
            let values = match collected.get_or_insert_with(|| Collected::Truth(Vec::new())) {
                Collected::Truth(values) => values,
                _ => return Err(unreadable_kind()),
            };
            batches(chunk, optional, values, |value| value.copied())
        }
        ColumnReader::ByteArrayColumnReader(chunk) => texts(chunk, column, optional, collected),
        _ => Err(table(format!(
            "kolom '{}' is van een soort die hier niet past",
            column.name()
        ))),
    }
}

/// A stored NaN is told apart from a missing value.
fn known(value: f64) -> f64 {
    if value.is_nan() { NOT_A_NUMBER } else { value }
}

fn numbers(collected: &mut Option<Collected>) -> Result<&mut Vec<f64>, Error> {
    match collected.get_or_insert_with(|| Collected::Numbers(Vec::new())) {
        Collected::Numbers(values) => Ok(values),
        _ => Err(unreadable_kind()),
    }
}

fn texts(
    chunk: ColumnReaderImpl<::parquet::data_type::ByteArrayType>,
    column: &ColumnDescriptor,
    optional: bool,
    collected: &mut Option<Collected>,
) -> Result<(), Error> {
    let builder = match collected.get_or_insert_with(|| Collected::Texts(FactorBuilder::default()))
    {
        Collected::Texts(builder) => builder,
        _ => return Err(unreadable_kind()),
    };
    let mut read: Vec<Option<ByteArray>> = Vec::new();
    batches(chunk, optional, &mut read, |value| value.cloned())?;
    for value in &read {
        let text = value
            .as_ref()
            .map(|bytes| std::str::from_utf8(bytes.data()))
            .transpose()
            .map_err(|_| table(format!("kolom '{}' is geen UTF-8", column.name())))?;
        builder.push(text);
    }
    Ok(())
}

/// Reads a chunk batch by batch; `convert` gets `None` where a value is missing.
fn batches<T: DataType, V>(
    mut chunk: ColumnReaderImpl<T>,
    optional: bool,
    to: &mut Vec<V>,
    convert: impl Fn(Option<&T::T>) -> V,
) -> Result<(), Error> {
    let (mut levels, mut values) = (Vec::new(), Vec::new());
    loop {
        levels.clear();
        values.clear();
        let levels_wanted = optional.then_some(&mut levels);
        let (records, _, _) = chunk
            .read_records(BATCH, levels_wanted, None, &mut values)
            .map_err(unreadable)?;
        if records == 0 {
            return Ok(());
        }
        let mut present = values.iter();
        match optional {
            false => to.extend(present.map(|value| convert(Some(value)))),
            true => {
                let value = |level: &i16| match level {
                    0 => convert(None),
                    _ => convert(present.next()),
                };
                to.extend(levels.iter().map(value));
            }
        }
    }
}

fn unreadable_kind() -> Error {
    table("een kolom wisselt van soort")
}

fn unreadable(error: ::parquet::errors::ParquetError) -> Error {
    let text = error.to_string();
    match text.contains("Disabled feature") || text.contains("codec") {
        true => {
            table("de compressie van dit Parquet-bestand wordt niet gelezen; kies Snappy of geen")
        }
        false => table("het Parquet-bestand is beschadigd"),
    }
}
