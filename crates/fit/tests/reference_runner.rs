//! The runner of reference cases, on folders made up here: what it must accept, and what it must
//! not let pass.
#![allow(clippy::unwrap_used, reason = "a test may fail by a panic")]

use fit::Files;
use fit::reference::{Comparison, Status, Tree, cases, compare, run_case};
use std::collections::{BTreeMap, HashMap};
use std::io;

struct Folder(HashMap<&'static str, String>);

impl Files for Folder {
    fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        let text = self.0.get(name).ok_or(io::ErrorKind::NotFound)?;
        Ok(text.clone().into_bytes())
    }
}

fn compared(expected: &str, actual: &str) -> Comparison {
    let tree = |text: &str| serde_json::from_str::<Tree>(text).unwrap();
    compare(&tree(expected), &tree(actual), 1e-8)
}

fn agree(expected: &str, actual: &str) {
    let comparison = compared(expected, actual);
    assert!(comparison.passes(), "{expected} / {actual}: {comparison:?}");
}

fn differ(expected: &str, actual: &str) {
    let comparison = compared(expected, actual);
    assert!(
        !comparison.passes(),
        "{expected} / {actual}: {comparison:?}"
    );
}

#[test]
fn numbers_agree_within_the_tolerance() {
    agree(r#"{"x": 100}"#, r#"{"x": 100.0000009}"#);
    differ(r#"{"x": 100}"#, r#"{"x": 100.0000011}"#);
    // Near 0 the absolute part counts.
    agree(r#"{"x": 0}"#, r#"{"x": 9e-11}"#);
    differ(r#"{"x": 0}"#, r#"{"x": 2e-10}"#);
    agree(r#"{"x": [1, 2]}"#, r#"{"x": [1, 2]}"#);
    differ(r#"{"x": [1, 2]}"#, r#"{"x": [2, 1]}"#);
    differ(r#"{"x": [1, 2]}"#, r#"{"x": [1, 2, 3]}"#);
}

#[test]
fn the_largest_difference_is_told_with_its_place() {
    let comparison = compared(
        r#"{"a": [1, 2], "b": 4}"#,
        r#"{"a": [1, 2.0000002], "b": 4}"#,
    );
    assert_eq!(comparison.field, "a[2]");
    assert!((comparison.largest - 1e-7).abs() < 1e-9);
    assert_eq!(comparison.failed, 1);
}

#[test]
fn what_is_no_number_agrees_by_kind() {
    agree(
        r#"{"x": ["NaN", "Inf", "-Inf", null]}"#,
        r#"{"x": ["NaN", "Inf", "-Inf", null]}"#,
    );
    for other in ["null", "\"Inf\"", "0", "\"text\"", "[]"] {
        differ(r#"{"x": "NaN"}"#, &format!(r#"{{"x": {other}}}"#));
    }
    differ(r#"{"x": [null]}"#, r#"{"x": [0]}"#);
    differ(r#"{"x": "Inf"}"#, r#"{"x": "-Inf"}"#);
    differ(r#"{"x": "Inf"}"#, r#"{"x": 1e300}"#);
    agree(r#"{"x": "log"}"#, r#"{"x": "log"}"#);
    differ(r#"{"x": "log"}"#, r#"{"x": "plain"}"#);
}

#[test]
fn absent_fields_fail_unless_r_has_none_either() {
    differ(r#"{"x": 1, "y": 2}"#, r#"{"x": 1}"#);
    agree(r#"{"x": 1, "y": null}"#, r#"{"x": 1}"#);
    differ(r#"{"x": 1, "y": null}"#, r#"{"x": 1, "y": 3}"#);
    agree(r#"{"x": 1}"#, r#"{"x": 1, "more": 3}"#);
    agree(r#"{"x": 1, "iter": 4}"#, r#"{"x": 1}"#);
    // Nothing compared is nothing shown.
    differ("{}", "{}");
    differ(r#"{"iter": 3}"#, r#"{"iter": 3}"#);
}

#[test]
fn names_and_arrays_answer_each_other_in_the_order_of_r() {
    agree(
        r#"{"fixef": {"(Intercept)": 2, "Days": 1}}"#,
        r#"{"fixef": [2, 1]}"#,
    );
    differ(
        r#"{"fixef": {"(Intercept)": 2, "Days": 1}}"#,
        r#"{"fixef": [1, 2]}"#,
    );
    agree(
        r#"{"m": {"z": [1, 2], "a": [3, 4]}}"#,
        r#"{"m": [[1, 3], [2, 4]]}"#,
    );
    agree(
        r#"{"m": [[1, 3], [2, 4]]}"#,
        r#"{"m": {"c1": [1, 2], "c2": [3, 4]}}"#,
    );
    agree(r#"{"x": [5]}"#, r#"{"x": 5}"#);
    agree(r#"{"x": 5}"#, r#"{"x": [5]}"#);
    agree(r#"{"m": [[1], [2]]}"#, r#"{"m": [1, 2]}"#);
    agree(r#"{"option": "500"}"#, r#"{"option": 500}"#);
}

#[test]
fn heads_and_moments_are_computed_from_the_whole() {
    agree(
        r#"{"r": {"first2": [1, 2], "sum": 6, "sumsq": 14}}"#,
        r#"{"r": [1, 2, 3]}"#,
    );
    differ(
        r#"{"r": {"first2": [1, 2], "sum": 6, "sumsq": 14}}"#,
        r#"{"r": [1, 2, -3]}"#,
    );
    let table = r#"{"r": {"first50": {"c1": [1, 2], "c2": [3, 4]}, "colsum": [3, 7], "colsumsq": [5, 25]}}"#;
    agree(table, r#"{"r": {"c1": [1, 2], "c2": [3, 4]}}"#);
    agree(table, r#"{"r": [[1, 3], [2, 4]]}"#);
    differ(table, r#"{"r": [[1, 3], [2, 5]]}"#);
    agree(r#"{"fitted.first2": [1, 2]}"#, r#"{"fitted": [1, 2, 3]}"#);
    agree(
        r#"{"dim": [3, 1], "first50": {"c1": [1, 2, 3]}, "colsum": [6], "colsumsq": [14]}"#,
        r#"{"c1": [1, 2, 3], "other": [9]}"#,
    );
}

#[test]
fn rows_are_found_by_their_time() {
    // Thinned: no events are told, so any rows may be left out.
    let thinned = r#"{"t": {"time": [1, 3], "p": [0.1, 0.3]}}"#;
    agree(
        thinned,
        r#"{"t": {"time": [1, 2, 3], "p": [0.1, 0.2, 0.3]}}"#,
    );
    differ(
        thinned,
        r#"{"t": {"time": [1, 2, 4], "p": [0.1, 0.2, 0.3]}}"#,
    );
    // Rows without event and censoring don't count, on either side.
    let full =
        r#"{"time": [1, 2, 3], "n.event": [1, 0, 1], "n.censor": [0, 0, 2], "s": [9, 9, 7]}"#;
    let short = r#"{"time": [1, 3], "n.event": [1, 1], "n.censor": [0, 2], "s": [9, 7]}"#;
    agree(full, short);
    agree(short, full);
    // A row with an event does.
    let more =
        r#"{"time": [1, 2, 3], "n.event": [1, 1, 1], "n.censor": [0, 0, 2], "s": [9, 8, 7]}"#;
    differ(more, short);
    differ(short, more);
    differ(
        full,
        r#"{"time": [1, 3], "n.event": [1, 1], "n.censor": [0, 2], "s": [9, 6]}"#,
    );
}

#[test]
fn stacked_curves_are_walked_one_by_one() {
    let expected = r#"{"strata": {"g=0": 2, "g=1": 3}, "time": [1, 2, 1, 2, 3],
        "n.event": [1, 1, 1, 0, 1], "n.censor": [0, 0, 0, 0, 0], "s": [5, 4, 3, 3, 1]}"#;
    let actual = r#"{"strata": {"g=0": 2, "g=1": 2}, "time": [1, 2, 1, 3],
        "n.event": [1, 1, 1, 1], "n.censor": [0, 0, 0, 0], "s": [5, 4, 3, 1]}"#;
    agree(expected, actual);
    differ(expected, &actual.replace("[5, 4, 3, 1]", "[5, 4, 1, 3]"));
    let states = r#"{"time": [1, 2], "n.event": {"a": [1, 0], "b": [0, 0]}, "n.censor": {"a": [0, 0], "b": [0, 0]},
        "pstate": {"a": [0.5, 0.5], "b": [0.5, 0.5]}}"#;
    agree(
        states,
        r#"{"time": [1], "n.event": {"a": [1], "b": [0]}, "n.censor": {"a": [0], "b": [0]},
        "pstate": {"a": [0.5], "b": [0.5]}}"#,
    );
}

/// A folder that nobody has seen: a table with a schema, and cases with their calls.
fn folder() -> (Folder, BTreeMap<String, String>) {
    let manifest = r#"[
        {"id": "poly", "file": "cases/x/poly.json"}, {"id": "wrong", "file": "cases/x/wrong.json"},
        {"id": "nocall", "file": "cases/x/poly.json"}, {"id": "nocolumn", "file": "cases/x/poly.json"},
        {"id": "badcall", "file": "cases/x/poly.json"}, {"id": "lost", "file": "cases/x/lost.json"}]"#;
    // (-1, 0, 1)/√2: the linear polynomial over three equal steps.
    let case = |last: f64| {
        format!(
            r#"{{"rtol": 1e-12, "expected": {{"c1": [{}, 0, {last}]}}}}"#,
            -0.5_f64.sqrt()
        )
    };
    let files = HashMap::from([
        ("manifest.json", manifest.to_owned()),
        ("cases/x/poly.json", case(0.5_f64.sqrt())),
        ("cases/x/wrong.json", case(0.7)),
        ("data/made up.csv", "day,group\n4,b\n6,a\n8,b\n".to_owned()),
        (
            "data/SCHEMA.json",
            r#"{"made up": {"columns": {"group": {"type": "factor", "levels": ["b", "a"]}}}}"#
                .into(),
        ),
    ]);
    let call = |expression: &str| format!("basis 'made up.csv' \"{expression}\"");
    let calls = [
        ("poly", call("poly(day, 1)")),
        ("wrong", call("poly(day, 1)")),
        ("nocolumn", call("poly(days, 1)")),
        ("badcall", "nosuchprocedure x.csv".to_owned()),
        ("lost", call("poly(day, 1)")),
    ];
    let calls = calls.map(|(id, call)| (id.to_owned(), call));
    (Folder(files), BTreeMap::from(calls))
}

#[test]
fn a_folder_never_seen_is_run() {
    let (folder, calls) = folder();
    let reports: Vec<_> = cases(&folder)
        .unwrap()
        .iter()
        .map(|(id, file)| run_case(&folder, id, file, &calls))
        .collect();
    let status = |id: &str| {
        &reports
            .iter()
            .find(|report| report.id == id)
            .unwrap()
            .status
    };
    assert!(
        matches!(status("poly"), Status::Passed(_)),
        "{:?}",
        status("poly")
    );
    assert!(matches!(status("wrong"), Status::Differs(c) if c.failed == 1 && c.field == "c1[3]"));
    assert_eq!(*status("nocall"), Status::NoCall);
    let code = |id: &str| match status(id) {
        Status::Failed(failure) => failure.code.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(code("nocolumn"), "unknown_column");
    assert_eq!(code("badcall"), "bad_call");
    assert_eq!(code("lost"), "unreadable_file");
    assert_eq!(reports.iter().filter(|report| report.passed()).count(), 1);
    for report in &reports {
        assert!(
            report
                .line()
                .starts_with(if report.passed() { "ok" } else { "FOUT" })
        );
    }
}
