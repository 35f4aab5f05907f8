//! Parquet files, written here and read back; damaged ones too.
#![cfg(feature = "parquet")]
#![allow(clippy::unwrap_used, reason = "a test may fail by a panic")]

use formula::{Column, ColumnType, Error, Schema, read_parquet};
use parquet::basic::Compression;
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DoubleType, Int32Type, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use std::sync::Arc;

const MESSAGE: &str = "message table {
    required double x;
    optional int32 n;
    optional binary t (UTF8);
    required boolean b;
    optional int32 d (DATE);
    required int64 m (TIMESTAMP(MILLIS,true));
}";

/// Two row groups of three rows.
fn written(compression: Compression) -> Vec<u8> {
    let message = Arc::new(parse_message_type(MESSAGE).unwrap());
    let properties = WriterProperties::builder()
        .set_compression(compression)
        .build();
    let mut bytes = Vec::new();
    let mut file = SerializedFileWriter::new(&mut bytes, message, Arc::new(properties)).unwrap();
    for _ in 0..2 {
        let mut group = file.next_row_group().unwrap();
        for place in 0..6 {
            let mut column = group.next_column().unwrap().unwrap();
            match place {
                0 => column
                    .typed::<DoubleType>()
                    .write_batch(&[0.1, 0.1 + 0.2, 3.0], None, None),
                1 => column
                    .typed::<Int32Type>()
                    .write_batch(&[7, 9], Some(&[1, 0, 1]), None),
                2 => {
                    let texts = [ByteArray::from("é"), ByteArray::from("a")];
                    column
                        .typed::<ByteArrayType>()
                        .write_batch(&texts, Some(&[1, 1, 0]), None)
                }
                3 => column
                    .typed::<BoolType>()
                    .write_batch(&[true, false, true], None, None),
                4 => column
                    .typed::<Int32Type>()
                    .write_batch(&[11017], Some(&[0, 0, 1]), None),
                _ => column.typed::<Int64Type>().write_batch(
                    &[0, 43_200_000, 86_400_000],
                    None,
                    None,
                ),
            }
            .unwrap();
            column.close().unwrap();
        }
        group.close().unwrap();
    }
    file.close().unwrap();
    bytes
}

#[test]
fn columns_come_back_as_they_were() {
    for compression in [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::LZ4_RAW,
        Compression::GZIP(Default::default()),
    ] {
        let frame = read_parquet(written(compression), &Schema::unknown()).unwrap();
        assert_eq!(frame.rows(), 6);
        assert_eq!(frame.numbers("x").unwrap()[..3], [0.1, 0.1 + 0.2, 3.0]);
        let n = frame.numbers("n").unwrap();
        assert!((n[0], n[2]) == (7.0, 9.0) && n[1].is_nan() && n[4].is_nan());
        let Column::Text(t) = frame.column("t").unwrap() else {
            panic!("text")
        };
        assert_eq!(
            (t.text(0), t.text(1), t.text(2), t.text(3)),
            (Some("é"), Some("a"), None, Some("é"))
        );
        let truth = [true, false, true, true, false, true].map(Some).to_vec();
        assert_eq!(*frame.column("b").unwrap(), Column::Logical(truth));
        // 2000-03-01
        assert_eq!(frame.numbers("d").unwrap()[5], 11017.0);
        assert_eq!(frame.numbers("m").unwrap()[..3], [0.0, 0.5, 1.0]);
    }
}

#[test]
fn a_schema_gives_levels() {
    let mut schema = Schema::unknown();
    let levels = vec!["a".into(), "é".into()];
    schema.set(
        "t",
        ColumnType::Factor {
            levels,
            ordered: false,
        },
    );
    let frame = read_parquet(written(Compression::SNAPPY), &schema).unwrap();
    assert_eq!(frame.factor("t").unwrap().levels, ["a", "é"]);
}

#[test]
fn damaged_files_give_an_error() {
    let whole = written(Compression::SNAPPY);
    for length in (0..whole.len()).step_by(7) {
        let damaged = read_parquet(whole[..length].to_vec(), &Schema::unknown());
        assert!(matches!(damaged, Err(Error::Table { .. })), "{length}");
    }
    for place in (0..whole.len()).step_by(11) {
        let mut damaged = whole.clone();
        damaged[place] ^= 0x55;
        // Some bytes don't matter, or change a value; none may bring the program down.
        let _ = read_parquet(damaged, &Schema::unknown());
    }
}
