//! The documents beside the code: are they what the code says?
#![allow(clippy::unwrap_used, reason = "a test may fail by a panic")]

use fit::{Files, FitCall};
use serde_json::Value;
use std::collections::BTreeSet;
use std::io;

fn document(name: &str) -> String {
    let path = format!("{}/../../docs/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn the_list_of_options_is_current() {
    assert!(
        document("fit-options.md") == fit::manual::markdown(),
        "make it again: cargo run -p fit --example list_options > docs/fit-options.md"
    );
}

struct Table;

impl Files for Table {
    fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        match name {
            "t.csv" => Ok(b"x,y\n1,-1\n2,1\nNA,3\n4,5\n".to_vec()),
            _ => Err(io::ErrorKind::NotFound.into()),
        }
    }
}

fn keys(value: &Value) -> BTreeSet<&str> {
    value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

/// What the schema of `docs/fit.schema.json` says of an object's fields, held against one.
fn conforms(schema: &Value, value: &Value) {
    assert_eq!(keys(&schema["properties"]), keys(value));
    for required in schema["required"].as_array().unwrap() {
        assert!(keys(value).contains(required.as_str().unwrap()));
    }
}

#[test]
fn outcomes_and_failures_are_as_the_schema_says() {
    let schema: Value = serde_json::from_str(&document("fit.schema.json")).unwrap();
    let call = FitCall::parse(r#"basis t.csv "scale(log(y))""#).unwrap();
    let outcome = call.run(&Table).unwrap().to_json();
    conforms(&schema["$defs"]["outcome"], &outcome);
    let defined = &schema["$defs"]["warning"];
    assert!(!outcome["warnings"].as_array().unwrap().is_empty());
    for warning in outcome["warnings"].as_array().unwrap() {
        conforms(defined, warning);
    }
    conforms(&schema["$defs"]["rows"], &outcome["rows"]);
    let failure = FitCall::parse(r#"basis t.csv "scale(z)""#)
        .unwrap()
        .run(&Table)
        .unwrap_err();
    conforms(&schema["$defs"]["failure"], &failure.to_json());
}
