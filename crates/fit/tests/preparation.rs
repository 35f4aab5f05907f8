//! What is done to a table before anything is estimated, and how a call is refused.
#![allow(clippy::unwrap_used, reason = "a test may fail by a panic")]

use fit::{Files, FitCall, Inputs};
use serde_json::{Value, json};
use std::io;

struct Tables;

impl Files for Tables {
    fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        let text = match name {
            "t.csv" => "t,d,x,g\n5,1,10,b\n9,0,,a\n3,1,30,b\n7,0,40,a\n",
            "in/s.csv" => "t,d,g,when\n5,1,b,2000-03-01\n9,0,a,\n",
            "in/SCHEMA.json" => {
                r#"{"s": {"columns": {"g": {"type": "factor", "levels": ["b", "a"]}, "when": {"type": "Date"}}}}"#
            }
            "bad/t.csv" => "t,d\n1,1\n",
            "bad/SCHEMA.json" => "{",
            "other/t.csv" => "t,d\n1,1\n2,0\n",
            "other/SCHEMA.json" => "[]",
            _ => return Err(io::ErrorKind::NotFound.into()),
        };
        Ok(text.as_bytes().to_vec())
    }
}

fn result(call: &str) -> Value {
    let outcome = FitCall::parse(call).unwrap().run(&Tables);
    outcome
        .unwrap_or_else(|failure| panic!("{call}: {failure:?}"))
        .to_json()
}

fn code(call: &str) -> String {
    match FitCall::parse(call) {
        Err(failure) => failure.code,
        Ok(call) => call.run(&Tables).unwrap_err().code,
    }
}

/// The columns of a table that is not really split.
fn columns(options: &str) -> Value {
    result(&format!(
        "survsplit t.csv 'Surv(t, d) ~ .' --cut 1000 {options}"
    ))["result"]
        .clone()
}

#[test]
fn columns_are_made_in_the_order_that_is_given() {
    let table = columns("--set 'y = x / 10' --set 'z = y + 1' --set 'd = 1 - d'");
    assert_eq!(table["z"], json!([2.0, null, 4.0, 5.0]));
    assert_eq!(table["d"], json!([0.0, 1.0, 0.0, 1.0]));
}

#[test]
fn rows_are_chosen() {
    assert_eq!(columns("--where 'g == \"b\"'")["t"], json!([5.0, 3.0]));
    assert_eq!(
        columns("--subset 'x > 15' --where 't < 5'")["t"],
        json!([3.0])
    );
    assert_eq!(columns("--na-omit t,x")["t"], json!([5.0, 3.0, 7.0]));
    assert_eq!(columns("--na-omit")["t"], json!([5.0, 3.0, 7.0]));
    assert_eq!(columns("--na-omit t,d")["t"], json!([5.0, 9.0, 3.0, 7.0]));
    assert_eq!(
        columns("--set 'big = x > 15' --where big")["t"],
        json!([3.0, 7.0])
    );
}

#[test]
fn follow_up_is_split() {
    let table = columns("--split 'Surv(t, d)' --split-at 4,8 --split-episode e --split-id row");
    assert_eq!(
        table["row"],
        json!([1.0, 1.0, 2.0, 2.0, 2.0, 3.0, 4.0, 4.0])
    );
    assert_eq!(table["e"], json!([1.0, 2.0, 1.0, 2.0, 3.0, 1.0, 1.0, 2.0]));
    assert_eq!(table["t"], json!([4.0, 5.0, 4.0, 8.0, 9.0, 3.0, 4.0, 7.0]));
    assert_eq!(table["d"], json!([0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0]));
}

/// Whoever starts after a cut is in a later episode from the start; what ends on a cut is not cut.
#[test]
fn cuts_at_the_ends_of_an_interval_don_t_count() {
    let call = "survsplit t.csv 'Surv(s, t, d) ~ x' --set 's = t - 2' --cut 3,5,7 --episode e";
    let table = &result(call)["result"];
    assert_eq!(table["s"], json!([3.0, 7.0, 1.0, 5.0]));
    assert_eq!(table["t"], json!([5.0, 9.0, 3.0, 7.0]));
    assert_eq!(table["e"], json!([2.0, 4.0, 1.0, 3.0]));
}

#[test]
fn a_schema_beside_the_table_gives_types() {
    let call = "survsplit in/s.csv 'Surv(t, d) ~ g + when' --cut 1000 --set 'n = as.integer(g)'";
    let table = &result(&call.replace("+ when", "+ when + n"))["result"];
    assert_eq!(table["g"], json!(["b", "a"]));
    assert_eq!(table["n"], json!([1.0, 2.0]));
    assert_eq!(table["when"], json!([11017.0, null]));
    let relevelled = call
        .replace("~ g", "~ n + g")
        .replace("--cut", "--levels g=a,b --cut");
    assert_eq!(result(&relevelled)["result"]["n"], json!([2.0, 1.0]));
}

#[test]
fn rows_and_warnings_are_told() {
    let outcome = result("survcheck t.csv 'Surv(t, d) ~ x' --id t");
    assert_eq!(outcome["rows"], json!({"read": 4, "used": 3}));
    let noisy = result("basis t.csv 'scale(log(x - 15))'");
    assert_eq!(noisy["warnings"][0]["code"], "nan_produced");
    let other = result("basis other/t.csv 'scale(t)'");
    assert_eq!(other["warnings"][0]["code"], "schema_not_used");
    let text = FitCall::parse("survcheck t.csv 'Surv(t, d) ~ x' --id t").unwrap();
    assert!(
        text.run(&Tables)
            .unwrap()
            .to_text()
            .contains("1 van 4 rijen weggelaten")
    );
}

#[test]
fn every_refusal_has_a_name() {
    for (call, expected) in [
        ("nosuch t.csv", "bad_call"),
        ("basis t.csv", "bad_call"),
        ("basis t.csv 'scale(x)' --nosuch", "bad_call"),
        ("basis t.csv 'scale(x", "bad_call"),
        ("basis lost.csv 'scale(x)'", "unreadable_file"),
        ("basis bad/t.csv 'scale(t)'", "unreadable_schema"),
        ("basis t.parquet 'scale(x)'", "unreadable_file"),
        ("basis t.csv 'scale(y)'", "unknown_column"),
        ("basis t.csv 'scale(g)'", "wrong_kind"),
        ("basis t.csv 'scale(x'", "formula_syntax"),
        ("basis t.csv x", "no_basis"),
        ("basis t.csv 'scale(x)' --set 'y'", "formula_syntax"),
        ("basis t.csv 'scale(x)' --where g", "wrong_kind"),
        ("basis t.csv 'scale(x)' --levels g", "bad_option"),
        ("basis t.csv 'scale(x)' --na-omit y", "unknown_column"),
        ("basis t.csv 'scale(x)' --split 'Surv(t, d)'", "bad_call"),
        (
            "basis t.csv 'scale(x)' --split 't' --split-at 3",
            "bad_option",
        ),
        (
            "basis t.csv 'scale(x)' --split 'Surv(t, d == 1)' --split-at 3",
            "bad_option",
        ),
        ("survcheck t.csv 't ~ 1' --id t", "wrong_kind"),
        ("survcheck t.csv 'Surv(t, d) ~ log(-t)' --id t", "no_rows"),
    ] {
        assert_eq!(code(call), expected, "{call}");
    }
}

#[test]
fn new_data_are_read() {
    let frame = fit::arguments::new_data("age=60, 70; sex=F,M; year=1").unwrap();
    assert_eq!(frame.numbers("age").unwrap(), [60.0, 70.0]);
    assert_eq!(frame.numbers("year").unwrap(), [1.0, 1.0]);
    assert_eq!(frame.factor("sex").unwrap().levels, ["F", "M"]);
    assert!(fit::arguments::new_data("age").is_err());
    assert!(fit::arguments::new_data("age=1,2,3; sex=F,M").is_err());
    let inputs = Inputs::new(&Tables);
    let table = |text: &str| fit::arguments::new_table(&inputs, text);
    assert_eq!(table("age=60").unwrap().rows(), 1);
    assert_eq!(
        table("in/s.csv").unwrap().factor("g").unwrap().levels,
        ["b", "a"]
    );
    assert_eq!(table("lost.csv").unwrap_err().code, "unreadable_file");
}
