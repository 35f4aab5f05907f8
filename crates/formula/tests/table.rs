//! Delimited text → table.
#![allow(clippy::unwrap_used, reason = "a test may fail by a panic")]

use formula::{Column, ColumnType, Error, Frame, Schema, read_csv};
use proptest::prelude::*;

fn read(text: &str) -> Result<Frame, Error> {
    read_csv(text.as_bytes(), &Schema::unknown())
}

proptest! {
    /// What R prints with 17 digits, and what is shortest, come back as the same double.
    #[test]
    fn doubles_are_restored(values in prop::collection::vec(any::<f64>().prop_filter("finite", |x| x.is_finite()), 1..20)) {
        let mut text = String::from("shortest,digits\n");
        for value in &values {
            text += &format!("{value:?},{value:.16e}\n");
        }
        let frame = read(&text).unwrap();
        for column in ["shortest", "digits"] {
            let bits = |values: &[f64]| values.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
            prop_assert_eq!(bits(&frame.numbers(column).unwrap()), bits(&values));
        }
    }

    #[test]
    fn any_bytes_give_a_table_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read_csv(&bytes, &Schema::unknown());
        let mut with_header = b"a,b\n".to_vec();
        with_header.extend(bytes);
        let _ = read_csv(&with_header, &Schema::unknown());
    }
}

#[test]
fn types_follow_the_cells() {
    let frame = read("n,l,t,empty\n1,TRUE,x,\n,NA,1,NA\n-2.5e3,FALSE,NA,\n").unwrap();
    assert!(
        matches!(frame.column("n").unwrap(), Column::Number(n) if n[1].is_nan() && n[2] == -2500.0)
    );
    let truth = vec![Some(true), None, Some(false)];
    assert_eq!(*frame.column("l").unwrap(), Column::Logical(truth));
    assert!(
        matches!(frame.column("t").unwrap(), Column::Text(t) if t.text(1) == Some("1") && t.is_missing(2))
    );
    assert!(
        matches!(frame.column("empty").unwrap(), Column::Number(n) if n.iter().all(|x| x.is_nan()))
    );
    // Words that Rust takes for numbers and R does not.
    for word in ["infinity", "nan", "inf", "1_000", "0x1f"] {
        let frame = read(&format!("a\n{word}\n")).unwrap();
        assert!(
            matches!(frame.column("a").unwrap(), Column::Text(_)),
            "{word}"
        );
    }
    assert_eq!(
        read("a\nInf\n-Inf\n").unwrap().numbers("a").unwrap(),
        [f64::INFINITY, f64::NEG_INFINITY]
    );
}

#[test]
fn separators_quotes_and_marks_are_read() {
    for text in [
        "a;b\n1;x\n",
        "a\tb\n1\tx\n",
        "\u{feff}a,b\r\n1,x\r\n",
        "\"a\",\"b\"\n1,\"x\"\n",
    ] {
        let frame = read(text).unwrap();
        assert_eq!(frame.names(), ["a", "b"], "{text:?}");
        assert_eq!(frame.numbers("a").unwrap(), [1.0]);
        assert_eq!(frame.column("b").unwrap().text(0).as_deref(), Some("x"));
    }
    let dutch = read("a;b\n1,5;x\n-2;1,2,3\n3.25;1,5\n").unwrap();
    assert_eq!(dutch.numbers("a").unwrap(), [1.5, -2.0, 3.25]);
    assert!(matches!(dutch.column("b").unwrap(), Column::Text(_)));
    let quoted = read("t,n\n\"a, \"\"b\"\"\nc\",1\n").unwrap();
    assert_eq!(
        quoted.column("t").unwrap().text(0).as_deref(),
        Some("a, \"b\"\nc")
    );
}

#[test]
fn a_schema_rules() {
    let mut schema = Schema::unknown();
    let levels = ["10", "9"].map(String::from).to_vec();
    schema.set(
        "f",
        ColumnType::Factor {
            levels,
            ordered: false,
        },
    );
    schema.set("d", ColumnType::Date);
    schema.set("c", ColumnType::Text);
    schema.set("n", ColumnType::Number);
    let frame = read_csv(b"f,d,c,n\n9,2000-03-01,1,2\n10,,2,\n", &schema).unwrap();
    assert_eq!(frame.factor("f").unwrap().codes, [1, 0]);
    assert_eq!(frame.numbers("d").unwrap()[0], 11017.0);
    assert!(matches!(frame.column("c").unwrap(), Column::Text(_)));
    let wrong = |text: &[u8]| read_csv(text, &schema).unwrap_err().to_string();
    let unknown = wrong(b"f\n9\n11\n");
    assert!(
        unknown.contains("rij 2") && !unknown.contains("11"),
        "{unknown}"
    );
    assert!(wrong(b"d\n1-1-2000\n").contains("JJJJ-MM-DD"));
    // The sentence tells the row, not the cell.
    let sentence = wrong(b"n\n1\nsecret\n");
    assert!(
        sentence.contains("rij 2") && !sentence.contains("secret"),
        "{sentence}"
    );
}

#[test]
fn what_is_no_table_is_told() {
    let sentence = |text: &str| read(text).unwrap_err().to_string();
    assert!(sentence("").contains("kopregel"));
    assert!(sentence("a,a\n1,2\n").contains("twee keer"));
    assert!(sentence("a,b\n1,2\n1\n").contains("regel 3"));
    let latin = read_csv(b"a\n\xe9\n", &Schema::unknown())
        .unwrap_err()
        .to_string();
    assert!(latin.contains("UTF-8"));
    assert_eq!(read("a,b\n").unwrap().rows(), 0);
}

#[test]
fn names_that_nearly_fit_are_suggested() {
    let frame = read("ph.ecog,Age\n1,2\n").unwrap();
    let sentence = |name: &str| frame.column(name).unwrap_err().to_string();
    assert!(sentence("ph_ecog").contains("'ph.ecog'"));
    assert!(sentence("age").contains("'Age'"));
    assert!(!sentence("other").contains("Bedoelt"));
}
