//! Workbooks, SPSS files, zips, and files that are something else.

use super::*;
use arrow_array::{ArrayRef, Date32Array, Float64Array, RecordBatch, StringArray};
use calendar::Day;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use std::io::{Cursor, Write};
use std::sync::Arc;
use zip::write::SimpleFileOptions;

fn read_as(name: &str, bytes: Vec<u8>) -> ParsedTables {
    let file = DeliveryFile {
        name: name.to_owned(),
        bytes: Cow::Owned(bytes),
    };
    parse(vec![file], None, &|_: u64| {})
}

fn day(text: &str) -> Option<i32> {
    Day::parse_iso(text).map(Day::number)
}

fn zip_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn workbook() -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("persoon").unwrap();
    sheet.write_string(0, 0, "client_id").unwrap();
    sheet.write_string(0, 1, "achternaam").unwrap();
    sheet.write_string(0, 2, "geboortedatum").unwrap();
    let date = Format::new().set_num_format("dd-mm-yyyy");
    let birth = ExcelDateTime::from_ymd(1990, 2, 28).unwrap();
    sheet.write_number(1, 0, 42.0).unwrap();
    sheet.write_string(1, 1, "Jansen").unwrap();
    sheet
        .write_datetime_with_format(1, 2, &birth, &date)
        .unwrap();
    sheet.write_string(3, 0, "0043").unwrap();
    sheet.write_string(3, 2, "01-03-1991").unwrap();
    sheet.write_blank(1_000, 5, &date).unwrap();
    let hidden = book.add_worksheet().set_name("itemscore").unwrap();
    hidden.set_hidden(true);
    for (column, name) in ["meting_id", "item_nr", "item_score"].iter().enumerate() {
        hidden.write_string(0, column as u16, *name).unwrap();
        hidden.write_number(1, column as u16, 2.0).unwrap();
    }
    book.save_to_buffer().unwrap()
}

#[test]
fn a_workbook_is_read_with_dates_blank_rows_and_hidden_sheets() {
    let parsed = read_as("alles.xlsx", workbook());
    assert_eq!(parsed.unreadable, []);
    let table = parsed.table("persoon");
    assert_eq!(table.rows, 2);
    assert_eq!(table.number("geboortedatum", 0), day("1990-02-28"));
    assert_eq!(table.number("geboortedatum", 1), day("1991-03-01"));
    assert_eq!(table.place(1).unwrap().1, 4);
    assert_eq!(parsed.table("itemscore").number("item_nr", 0), Some(2));
    assert_eq!(
        parsed.remarks,
        [Remark {
            source: 1,
            kind: RemarkKind::HiddenSheet
        }]
    );
}

#[test]
fn the_template_reads_as_an_empty_delivery() {
    let parsed = read_as("sjabloon.xlsx", crate::template::workbook().unwrap());
    assert_eq!(parsed.unreadable, []);
    assert_eq!((parsed.rows(), parsed.unmapped.len()), (0, 0));
    assert!(parsed.tables.iter().all(|table| table.origins.len() == 1));
    assert!(
        parsed
            .tables
            .iter()
            .all(|table| table.origins[0].unknown_columns.is_empty())
    );
    for (name, bytes) in crate::template::csv_files() {
        let parsed = read_as(&name, bytes);
        assert!(
            parsed.remarks.is_empty() && parsed.unmapped.is_empty(),
            "{name}"
        );
    }
}

const ODS_START: &str = r#"<?xml version="1.0"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet><table:table table:name="client">"#;
const ODS_END: &str = "</table:table></office:spreadsheet></office:body></office:document-content>";

fn ods(rows: &str) -> Vec<u8> {
    let content = format!("{ODS_START}{rows}{ODS_END}");
    let manifest = r#"<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>"#;
    zip_of(&[
        (
            "mimetype",
            b"application/vnd.oasis.opendocument.spreadsheet",
        ),
        ("content.xml", content.as_bytes()),
        ("META-INF/manifest.xml", manifest.as_bytes()),
    ])
}

#[test]
fn a_spreadsheet_is_read_and_its_empty_repeats_cost_nothing() {
    let cell = |text: &str| {
        format!(
            r#"<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>"#
        )
    };
    let row = |cells: &[&str]| {
        let cells: String = cells.iter().map(|text| cell(text)).collect();
        format!("<table:table-row>{cells}</table:table-row>")
    };
    let empty = r#"<table:table-row table:number-rows-repeated="1048570"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>"#;
    let rows = [
        row(&["client_id", "geslacht"]),
        row(&["1", "M"]),
        row(&["2", "x"]),
        empty.to_owned(),
    ];
    let parsed = read_as("export.ods", ods(&rows.concat()));
    assert_eq!(parsed.unreadable, []);
    assert_eq!(parsed.table("client").rows, 2);
    assert_eq!(parsed.table("client").number("geslacht", 0), Some(0));
}

#[test]
fn a_spreadsheet_that_repeats_filled_cells_over_the_sheet_is_a_bomb() {
    let rows = r#"<table:table-row table:number-rows-repeated="1048576"><table:table-cell office:value-type="string" table:number-columns-repeated="16384"><text:p>x</text:p></table:table-cell></table:table-row>"#;
    let parsed = read_as("export.ods", ods(rows));
    assert!(matches!(
        parsed.unreadable[..],
        [Unreadable::TooManyCells { .. }]
    ));
}

#[test]
fn an_spss_file_is_read_with_dates_and_missing_values() {
    let columns: Vec<(&str, ArrayRef)> = vec![
        (
            "client_id",
            Arc::new(Float64Array::from(vec![1.0, 2.0, 3.0])),
        ),
        ("geslacht", Arc::new(StringArray::from(vec!["M", "F", "x"]))),
        (
            "iq_totaal",
            Arc::new(Float64Array::from(vec![Some(61.0), None, Some(999.0)])),
        ),
        (
            "iq_datum",
            Arc::new(Date32Array::from(vec![day("2020-05-17"), None, None])),
        ),
    ];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let mut metadata = ambers::SpssMetadata::from_arrow_schema(&batch.schema());
    metadata.variable_missing_values.insert(
        "iq_totaal".to_owned(),
        vec![ambers::MissingSpec::Value(999.0)],
    );
    let mut written = Cursor::new(Vec::new());
    let packed = ambers::Compression::Bytecode;
    ambers::write_sav_to_writer(&mut written, &batch, &metadata, packed, None).unwrap();
    let bytes = written.into_inner();
    let parsed = read_as("client.sav", bytes.clone());
    assert_eq!(parsed.unreadable, []);
    let table = parsed.table("client");
    assert_eq!(table.rows, 3);
    assert_eq!(table.number("iq_totaal", 0), Some(61));
    let cells: Vec<_> = table
        .packed("iq_totaal")
        .iter()
        .map(|cell| cell.cell())
        .collect();
    assert_eq!(cells[1], crate::Cell::Missing(crate::Missing::Empty));
    assert_eq!(cells[2], crate::Cell::Missing(crate::Missing::Unknown));
    assert_eq!(table.number("iq_datum", 0), day("2020-05-17"));
    for cut in [3, 40, 200, bytes.len() / 2] {
        let parsed = read_as("client.sav", bytes[..cut.min(bytes.len())].to_vec());
        assert!(
            parsed.table("client").rows < 3 || !parsed.unreadable.is_empty(),
            "cut at {cut}"
        );
    }
}

#[test]
fn files_that_are_something_else_are_named_for_what_they_are() {
    let encrypted: Vec<u8> = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        .iter()
        .copied()
        .chain("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("client.xlsx", b"%PDF-1.7".to_vec(), "PDF"),
        ("client.csv", workbook(), "Excel-werkmap (.xlsx)"),
        ("client.xlsx", b"client_id;geslacht\n".to_vec(), "csv"),
        ("client.xlsx", encrypted, "wachtwoord"),
        ("client.sav", b"\x89PNG\r\n".to_vec(), "afbeelding"),
        ("client.csv", b"<html><table>".to_vec(), "webpagina"),
        ("client.csv", b"a;b\n1;\x00\x01".to_vec(), "binair"),
        ("client.docx", b"PK".to_vec(), "soort bestand"),
        ("client.xlsx", Vec::new(), "leeg"),
        ("client.xlsx", workbook()[..900].to_vec(), "beschadigd"),
    ];
    for (name, bytes, expected) in cases {
        let parsed = read_as(name, bytes);
        let sentence = parsed.unreadable.first().map(Unreadable::sentence);
        assert!(
            sentence
                .as_deref()
                .is_some_and(|text| text.contains(expected)),
            "{name}: {sentence:?}"
        );
    }
}

#[test]
fn one_broken_file_does_not_stop_the_others() {
    let files = vec![
        DeliveryFile {
            name: "a.xlsx".into(),
            bytes: Cow::Borrowed(b"%PDF"),
        },
        DeliveryFile {
            name: "client.csv".into(),
            bytes: Cow::Borrowed(b"client_id;geslacht\n1;M\n"),
        },
    ];
    let parsed = parse(files, None, &|_: u64| {});
    assert_eq!((parsed.unreadable.len(), parsed.rows()), (1, 1));
}

#[test]
fn hostile_zips_are_refused() {
    let good = zip_of(&[
        ("map/client.csv", b"client_id\n1\n"),
        ("__MACOSX/._x", b"x"),
    ]);
    let files = open_delivery("d.zip", &good).unwrap();
    assert_eq!(files.len(), 1);
    assert_eq!(files[0].name, "map/client.csv");
    for name in [
        "../client.csv",
        "/etc/client.csv",
        "a/../../b.csv",
        "C:\\client.csv",
        "..\\x.csv",
    ] {
        let refused = open_delivery("d.zip", &zip_of(&[(name, b"x")]));
        assert!(
            matches!(refused, Err(Unreadable::HostilePath { number: 1 })),
            "{name}"
        );
    }
    assert_eq!(
        open_delivery("d.zip", &good[..good.len() / 2]).unwrap_err(),
        Unreadable::NoZip
    );
    assert_eq!(open_delivery("d.zip", b"").unwrap_err(), Unreadable::NoZip);
    let twice = zip_of(&[("client.csv", b"x"), ("Client.csv", b"x")]);
    assert!(matches!(
        open_delivery("d.zip", &twice),
        Err(Unreadable::Repeated { .. })
    ));
    let mut link = zip::ZipWriter::new(Cursor::new(Vec::new()));
    link.add_symlink("client.csv", "/etc/passwd", SimpleFileOptions::default())
        .unwrap();
    let link = link.finish().unwrap().into_inner();
    assert!(matches!(
        open_delivery("d.zip", &link),
        Err(Unreadable::HostilePath { .. })
    ));
    let mut damaged = good.clone();
    damaged[45] ^= 0xff;
    assert!(open_delivery("d.zip", &damaged).is_err());
}
