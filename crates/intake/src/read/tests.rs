use super::*;
use crate::testing::parse_texts;
use crate::{Cell, Column, Invalid, Lines, Missing, Suspicion};
use calendar::Day;
use proptest::prelude::*;

fn read_bytes(name: &str, bytes: &[u8]) -> ParsedTables {
    let file = DeliveryFile {
        name: name.to_owned(),
        bytes: Cow::Borrowed(bytes),
    };
    parse(vec![file], None, &|_: u64| {})
}

fn day(text: &str) -> i32 {
    Day::parse_iso(text).unwrap().number()
}

const PLACEMENTS: &str =
    "plaatsing_id,opname_id,plaatsing_start,plaatsing_eind,voorziening,beveiligingsniveau
1,7,2024-01-01,2024-02-01,BORG,3
2,7,01-02-2024,,BORG,2
3,8,20240301,45352,XXX,n.v.t.
";

#[test]
fn rows_keys_codes_and_dates_are_read() {
    let parsed = parse_texts(&[("plaatsing.csv", PLACEMENTS)]);
    let table = parsed.table("plaatsing");
    assert_eq!(table.rows, 3);
    let starts: Vec<_> = (0..3)
        .map(|row| table.number("plaatsing_start", row))
        .collect();
    assert_eq!(
        starts,
        [
            Some(day("2024-01-01")),
            Some(day("2024-02-01")),
            Some(day("2024-03-01"))
        ]
    );
    assert_eq!(table.number("plaatsing_eind", 2), Some(day("2024-03-01")));
    assert_eq!(table.number("plaatsing_eind", 1), None);
    let facility = table.packed("voorziening");
    assert_eq!(facility[2].cell(), Cell::Invalid(Invalid::UnknownCode));
    assert_eq!(
        table.packed("beveiligingsniveau")[2].cell(),
        Cell::Missing(Missing::NotApplicable)
    );
    let admissions: Vec<_> = (0..3).map(|row| table.number("opname_id", row)).collect();
    assert_eq!(admissions, [Some(0), Some(0), Some(1)]);
    assert_eq!(parsed.key_counts, [0, 0, 2, 3, 0]);
    assert_eq!(table.place(2).unwrap().1, 4);
}

#[test]
fn delimiters_line_ends_marks_and_encodings_make_no_difference() {
    let plain = "client_id,geslacht,onbekende kolom é\n1,M,x\n2,F,y\n";
    let variants: Vec<Vec<u8>> = vec![
        plain.into(),
        plain.replace(',', ";").into(),
        plain.replace(',', "\t").replace('\n', "\r\n").into(),
        format!("\u{feff}{plain}").into(),
        encoding_rs::WINDOWS_1252.encode(plain).0.into_owned(),
        format!("sep=;\r\n{}", plain.replace(',', ";")).into(),
        plain.trim_end().into(),
        format!("{plain}\n\n,,\n").into(),
        plain
            .lines()
            .map(|line| format!("\"{}\"\r\n", line.replace(',', "\",\"")))
            .collect::<String>()
            .into(),
        [0xff, 0xfe]
            .into_iter()
            .chain(plain.encode_utf16().flat_map(u16::to_le_bytes))
            .collect(),
    ];
    for (at, bytes) in variants.iter().enumerate() {
        let parsed = read_bytes("client.csv", bytes);
        let table = parsed.table("client");
        assert_eq!(table.rows, 2, "variant {at}");
        assert_eq!(table.number("geslacht", 1), Some(1), "variant {at}");
        assert_eq!(
            table.origins[0].unknown_columns,
            ["onbekende kolom é"],
            "variant {at}"
        );
        assert!(parsed.unreadable.is_empty());
    }
}

#[test]
fn quoted_cells_may_hold_delimiters_quotes_and_line_ends() {
    let text = "client_id;achternaam;geboortedatum\n1;\"de \"\"Wit\"\"; \nbis\";1-2-1990\n2;Zwart;1980-01-01\n";
    let parsed = parse_texts(&[("persoon.csv", text)]);
    let table = parsed.table("persoon");
    let Column::Text(names) = table.column("achternaam") else {
        panic!("names are text")
    };
    assert_eq!(names.get(0), "de \"Wit\"; \nbis");
    assert_eq!(table.number("geboortedatum", 0), Some(day("1990-02-01")));
    assert_eq!(table.place(0).unwrap().1, 2);
    assert_eq!(table.place(1).unwrap().1, 4);
}

#[test]
fn rows_of_other_lengths_are_kept_and_told() {
    let parsed = parse_texts(&[("client.csv", "client_id;geslacht\n1\n2;M;x\n3;F\n")]);
    let table = parsed.table("client");
    assert_eq!(table.rows, 3);
    let found: Vec<_> = table
        .ragged
        .iter()
        .map(|row| (row.row, row.cells, row.expected))
        .collect();
    assert_eq!(found, [(0, 1, 2), (1, 3, 2)]);
    assert!(matches!(table.origins[0].lines, Lines::From(2)));
}

#[test]
fn a_quote_that_is_never_closed_is_named_with_its_line() {
    let parsed = parse_texts(&[("client.csv", "client_id;geslacht\n1;M\n2;\"F\n3;M\n")]);
    assert_eq!(
        parsed.unreadable,
        [Unreadable::UnclosedQuote {
            file: "client.csv".into(),
            line: 3
        }]
    );
    assert_eq!(parsed.table("client").rows, 1);
}

#[test]
fn identifiers_are_found_where_they_do_not_belong() {
    let text = "client_id;geslacht;opmerking\n111222333;M;niets bijzonders\n2;J.P. Jansen;gesproken met dhr. De Boer\n3;M;bsn 123456782\n4;M;Kerkstraat 12, 1234 AB\n5;F;06-12345678\n";
    let parsed = parse_texts(&[("client.csv", text)]);
    let found: Vec<_> = parsed
        .table("client")
        .suspicions
        .iter()
        .map(|(row, column, kind)| (*row, column.as_str(), *kind))
        .collect();
    assert_eq!(
        found,
        [
            (0, "client_id", Suspicion::Bsn),
            (1, "geslacht", Suspicion::Name),
            (1, "opmerking", Suspicion::Name),
            (2, "opmerking", Suspicion::Bsn),
            (3, "opmerking", Suspicion::Address),
            (4, "opmerking", Suspicion::Address),
        ]
    );
}

#[test]
fn sources_without_a_table_or_content_are_told() {
    let parsed = parse_texts(&[
        ("iets anders.csv", "a;b\n1;2\n"),
        ("client.csv", ""),
        ("opname.csv", "opname_id;opname_id\n"),
    ]);
    assert_eq!(parsed.unmapped.len(), 1);
    let remarks: Vec<_> = parsed.remarks.iter().map(|remark| &remark.kind).collect();
    assert_eq!(
        remarks,
        [
            &RemarkKind::Empty,
            &RemarkKind::DuplicateHeader("opname_id".into())
        ]
    );
}

/// Everything that is read, in one text, to compare ways of reading.
fn shape(parsed: &ParsedTables) -> String {
    let mut text = String::new();
    for table in parsed
        .tables
        .iter()
        .filter(|table| !table.origins.is_empty())
    {
        for (spec, column) in table.spec.fields.iter().zip(&table.columns) {
            text += &format!(
                "{} {:?}\n",
                spec.name,
                match column {
                    Column::Absent => Vec::new(),
                    Column::Packed(cells) => cells
                        .iter()
                        .map(|cell| format!("{:?}", cell.cell()))
                        .collect(),
                    Column::Decimal { numbers, cells } => numbers
                        .iter()
                        .zip(cells)
                        .map(|(number, cell)| format!("{number} {:?}", cell.cell()))
                        .collect(),
                    Column::Text(texts) => (0..texts.len())
                        .map(|row| texts.get(row).to_owned())
                        .collect::<Vec<_>>(),
                }
            );
        }
        text += &format!(
            "{:?} {:?} {:?}",
            table.ragged,
            table.suspicions,
            (0..table.rows)
                .map(|row| table.place(row).unwrap().1)
                .collect::<Vec<_>>()
        );
    }
    format!("{text} {:?} {:?}", parsed.unreadable, parsed.key_counts)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        read_bytes("client.csv", &bytes);
        let mut with_header = b"client_id;geslacht;iq_totaal\n".to_vec();
        with_header.extend(&bytes);
        read_bytes("client.csv", &with_header);
    }

    #[test]
    fn chunks_read_the_same_as_one_piece(
        cells in prop::collection::vec(
            prop::sample::select(vec!["1", "2", "77", ";", ";", ";", "\n", "\n", "\r\n", "\"", "\"", "\"\"", "a b", " ", "12,5", "01-02-2024", "é", "LANGE-SLEUTEL-0001", "-"]),
            0..120,
        ),
        chunk in 1usize..40,
    ) {
        let text = format!("meting_id;client_id;totaalscore;meetdatum\n{}", cells.concat());
        let file = || vec![DeliveryFile { name: "meting.csv".to_owned(), bytes: Cow::Borrowed(text.as_bytes()) }];
        let whole = parse_in_chunks(file(), None, &|_: u64| {}, usize::MAX);
        let parts = parse_in_chunks(file(), None, &|_: u64| {}, chunk);
        prop_assert_eq!(shape(&whole), shape(&parts));
    }
}
