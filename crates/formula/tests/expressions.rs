//! Expressions against R: `reference/expressions.R` makes the expected values.
#![allow(clippy::unwrap_used, reason = "a test may fail by a panic")]

use formula::{Column, ColumnType, Evaluator, Expression, Frame, Schema, Value, read_csv};
use serde::Deserialize;
use serde_json::Value as Json;

const DATA: &str = "\
x,n,y,l,f,t
0.5,3,100000,TRUE,b,u
1,7,123456,FALSE,a,v
,10,0.30000000000000004,,c,
2,,0.3333333333333333,TRUE,b,w
-2.5,2,0.00001,FALSE,,U
3.25,5,365.25,TRUE,a,10
";

#[derive(Deserialize)]
struct Case {
    text: String,
    printed: String,
    kind: String,
    #[serde(default)]
    levels: Vec<String>,
    values: Vec<Json>,
}

fn frame() -> Frame {
    let mut schema = Schema::unknown();
    let levels = ["b", "a", "c"].map(String::from).to_vec();
    schema.set(
        "f",
        ColumnType::Factor {
            levels,
            ordered: false,
        },
    );
    read_csv(DATA.as_bytes(), &schema).unwrap()
}

fn check_number(case: &Case, row: usize, found: f64) {
    match case.values[row].as_f64() {
        None => assert!(
            found.is_nan(),
            "{}[{row}]: {found} instead of NA",
            case.text
        ),
        Some(expected) => assert!(
            (found - expected).abs() <= 1e-14 * expected.abs(),
            "{}[{row}]: {found} instead of {expected}",
            case.text
        ),
    }
}

#[test]
fn values_are_those_of_r() {
    let frame = frame();
    let cases: Vec<Case> =
        serde_json::from_str(include_str!("reference/expressions.json")).unwrap();
    assert!(cases.len() > 100);
    for case in &cases {
        let expression = Expression::parse(&case.text).unwrap();
        assert_eq!(expression.to_string(), case.printed);
        let value = Evaluator::new(&frame)
            .value(&expression)
            .unwrap_or_else(|error| panic!("{}: {error}", case.text));
        let Value::Column(column) = value else {
            panic!("{}", case.text)
        };
        assert_eq!(column.len(), case.values.len(), "{}", case.text);
        match (case.kind.as_str(), &column) {
            ("factor", Column::Factor(factor)) => {
                assert_eq!(factor.levels, case.levels, "{}", case.text);
            }
            ("logical", Column::Logical(_)) | ("text", Column::Text(_)) => {}
            ("number", Column::Number(_)) => {}
            (kind, column) => panic!("{}: {kind} expected, {column:?} found", case.text),
        }
        for (row, expected) in case.values.iter().enumerate() {
            match &column {
                Column::Number(numbers) => check_number(case, row, numbers[row]),
                Column::Logical(truth) => {
                    assert_eq!(truth[row], expected.as_bool(), "{}[{row}]", case.text)
                }
                other => assert_eq!(
                    other.text(row).as_deref(),
                    expected.as_str(),
                    "{}[{row}]",
                    case.text
                ),
            }
        }
    }
}

#[test]
fn what_cannot_be_evaluated_is_told() {
    let frame = frame();
    let code = |text: &str| {
        let expression = Expression::parse(text).unwrap();
        Evaluator::new(&frame)
            .variable(&expression)
            .map(|_| ())
            .unwrap_err()
            .code()
    };
    assert_eq!(code("nosuch + 1"), "unknown_column");
    assert_eq!(code("nosuch(x)"), "unknown_function");
    assert_eq!(code("t + 1"), "wrong_kind");
    assert_eq!(code("c(1, 2) + 1"), "lengths_differ");
    assert_eq!(code("x + c(1, 2, 3, 4)"), "lengths_differ");
    assert_eq!(code("factor(x, labels = 'a')"), "bad_argument");
    assert_eq!(code("cut(x, c(1, 1))"), "bad_argument");
    assert_eq!(code("relevel(f, ref = 'z')"), "bad_argument");
    assert_eq!(code("log()"), "bad_argument");
    assert_eq!(code("1:1e9"), "too_large");
    assert_eq!(code("rep(1, times = 1e12)"), "too_large");
    assert_eq!(code("seq(0, 1, by = -1)"), "bad_argument");
    assert_eq!(code("ns(x, df = 1e9)"), "bad_argument");
    assert_eq!(code("poly(x, 20)"), "bad_argument");
    assert_eq!(code("f < 'a'"), "wrong_kind");
    assert_eq!(code("x ~ n"), "wrong_kind");
}

#[test]
fn numbers_that_arise_from_nothing_are_told() {
    let frame = frame();
    let evaluator = Evaluator::new(&frame);
    evaluator
        .value(&Expression::parse("log(x)").unwrap())
        .unwrap();
    evaluator
        .value(&Expression::parse("log(n)").unwrap())
        .unwrap();
    let notices = evaluator.into_notices();
    assert_eq!(notices.len(), 1);
    assert_eq!(notices[0].code, "nan_produced");
    assert!(notices[0].message.contains("in 1 rijen"));
}
