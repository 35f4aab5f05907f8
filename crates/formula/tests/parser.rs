//! The parser: what R prints is read back, and nothing that is thrown at it breaks it.
#![allow(clippy::unwrap_used, reason = "a test may fail by a panic")]

use formula::{Argument, Binary, Call, Error, Expression, Formula, Unary, limits};
use proptest::prelude::*;

fn leaf() -> impl Strategy<Value = Expression> {
    prop_oneof![
        (0.0..1e6_f64).prop_map(|x| Expression::Number((x * 8.0).round() / 8.0)),
        "[a-z.][a-z_]{0,6}[a-z]"
            .prop_filter("no reserved word", |name| name != "NA")
            .prop_map(Expression::Name),
        "[ -~é]{0,8}".prop_map(Expression::Text),
        "[a-z]{1,3} [a-z`]{1,3}".prop_map(Expression::Name),
        any::<bool>().prop_map(Expression::Logical),
        Just(Expression::Missing),
    ]
}

fn bracketed(inner: Expression) -> Box<Expression> {
    Box::new(Expression::Bracketed(Box::new(inner)))
}

fn tree() -> impl Strategy<Value = Expression> {
    let binary = prop::sample::select(vec![
        Binary::Or,
        Binary::OrOr,
        Binary::And,
        Binary::AndAnd,
        Binary::Equal,
        Binary::NotEqual,
        Binary::Less,
        Binary::LessEqual,
        Binary::Greater,
        Binary::GreaterEqual,
        Binary::Plus,
        Binary::Minus,
        Binary::Times,
        Binary::Divide,
        Binary::In,
        Binary::Remainder,
        Binary::Quotient,
        Binary::Colon,
        Binary::Power,
    ]);
    let unary = prop::sample::select(vec![Unary::Minus, Unary::Plus, Unary::Not]);
    leaf().prop_recursive(5, 40, 3, move |inner| {
        let argument = (prop::option::of("[a-z]{2,5}"), inner.clone())
            .prop_map(|(name, value)| Argument { name, value });
        prop_oneof![
            (binary.clone(), inner.clone(), inner.clone())
                .prop_map(|(op, a, b)| Expression::Binary(op, bracketed(a), bracketed(b))),
            (unary.clone(), inner.clone()).prop_map(|(op, a)| Expression::Unary(op, bracketed(a))),
            ("[a-z]{2,6}", prop::collection::vec(argument, 0..4)).prop_map(
                |(function, arguments)| Expression::Call(Call {
                    namespace: None,
                    function,
                    arguments,
                })
            ),
        ]
    })
}

proptest! {
    #[test]
    fn printed_trees_are_read_back(tree in tree()) {
        prop_assert_eq!(Expression::parse(&tree.to_string()), Ok(tree));
    }

    #[test]
    fn any_text_gives_a_tree_or_an_error(text in "[ -~\\n]{0,60}") {
        if let Ok(tree) = Expression::parse(&text) {
            // Printing and reading once more changes nothing.
            prop_assert_eq!(Expression::parse(&tree.to_string()).map(|t| t.to_string()), Ok(tree.to_string()));
        }
        let _ = Formula::parse(&text);
    }

    #[test]
    fn pieces_of_formulas_never_break_it(pieces in prop::collection::vec(
        prop::sample::select(vec!["(", ")", "~", "+", "-", "*", ":", "^", "%in%", "/", "|", "x", "f(", ",", "=",
            "1", "0", "\"", "`", "$", "::", "Surv(", ".", "!", "<", "e", "&&", "NA", "-1"]), 0..40)) {
        if let Ok(formula) = Formula::parse(&pieces.concat()) {
            let _ = formula.terms(&["a".into(), "b".into()]);
        }
    }
}

fn labels(text: &str) -> Vec<String> {
    let columns = ["y", "a", "b", "c"].map(String::from);
    Formula::parse(text)
        .unwrap()
        .terms(&columns)
        .unwrap()
        .labels()
}

#[test]
fn terms_are_those_of_r() {
    // attr(terms(formula), "term.labels")
    assert_eq!(
        labels("y ~ a*b*c"),
        ["a", "b", "c", "a:b", "a:c", "b:c", "a:b:c"]
    );
    assert_eq!(
        labels("y ~ (a + b + c)^2"),
        ["a", "b", "c", "a:b", "a:c", "b:c"]
    );
    assert_eq!(labels("y ~ a/b/c"), ["a", "a:b", "a:b:c"]);
    assert_eq!(labels("y ~ b:a + a"), ["a", "b:a"]);
    assert_eq!(labels("y ~ a %in% b"), ["a:b"]);
    assert_eq!(labels("y ~ ."), ["a", "b", "c"]);
    assert_eq!(labels("y ~ . - b"), ["a", "c"]);
    assert_eq!(labels("y ~ a + offset(b)"), ["a"]);
    assert_eq!(
        labels("y ~ rx*strata(b) + c:strata(b)"),
        ["rx", "strata(b)", "rx:strata(b)", "strata(b):c"]
    );
    assert_eq!(labels("y ~ (a + b) * c - a:c"), ["a", "b", "c", "b:c"]);
}

#[test]
fn intercepts_come_and_go() {
    let intercept = |text| Formula::parse(text).unwrap().terms(&[]).unwrap().intercept;
    assert!(intercept("y ~ a"));
    assert!(!intercept("y ~ a - 1"));
    assert!(!intercept("y ~ 0 + a"));
    assert!(!intercept("y ~ a + 0"));
    assert!(intercept("y ~ a - 1 + 1"));
    assert!(intercept("y ~ a - 0"));
}

#[test]
fn random_effects_are_kept_apart() {
    let terms = |text| Formula::parse(text).unwrap().terms(&[]).unwrap();
    let nested = terms("y ~ x + (1 + x | a/b)");
    assert_eq!(nested.labels(), ["x"]);
    let groups: Vec<String> = nested
        .random
        .iter()
        .map(|term| term.group_label())
        .collect();
    assert_eq!(groups, ["a", "b:a"]);
    let split = terms("y ~ (x || g)");
    assert_eq!(split.random.len(), 2);
    assert!(split.random[0].effects.intercept && split.random[0].effects.terms.is_empty());
    assert!(!split.random[1].effects.intercept);
}

/// In a thread with half the stack that threads have by default.
fn with_small_stack(test: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new()
        .stack_size(1 << 20)
        .spawn(test)
        .unwrap();
    thread.join().unwrap();
}

#[test]
fn depth_cannot_exhaust_the_stack() {
    with_small_stack(|| {
        for (open, close) in [
            ("(", ")"),
            ("f(", ")"),
            ("-", ""),
            ("!", ""),
            ("x^", ""),
            ("~", ""),
        ] {
            for depth in [limits::NESTING / 2, 100_000, 20_000] {
                let text = format!("{}x{}", open.repeat(depth), close.repeat(depth));
                match Expression::parse(&text) {
                    Ok(tree) => {
                        assert!(depth <= limits::NESTING);
                        assert!(!tree.to_string().is_empty());
                    }
                    Err(error) => assert!(
                        matches!(
                            error,
                            Error::TooDeep | Error::TooLong { .. } | Error::NoTerm { .. }
                        ),
                        "{error}"
                    ),
                }
            }
        }
        for operator in ["+", "*", ":", "/", "%in%", "==", "&"] {
            for length in [limits::HEIGHT - 10, 20_000] {
                let text = format!("y ~ x{}", format!("{operator}x").repeat(length));
                if let Ok(formula) = Formula::parse(&text) {
                    assert!(length < limits::HEIGHT);
                    let _ = formula.terms(&[]);
                }
            }
        }
    });
}

#[test]
fn a_few_letters_cannot_ask_for_a_huge_model() {
    let many: Vec<String> = (0..40).map(|k| format!("x{k}")).collect();
    let everything = Formula::parse(&format!("y ~ {}", many.join("*"))).unwrap();
    assert!(matches!(everything.terms(&[]), Err(Error::TooLarge { .. })));
    let power = Formula::parse(&format!("y ~ ({})^20", many.join("+"))).unwrap();
    assert!(matches!(power.terms(&[]), Err(Error::TooLarge { .. })));
}

#[test]
fn errors_say_where() {
    let position = |text| match Formula::parse(text) {
        Err(Error::Syntax { position, .. }) => position,
        other => panic!("{other:?}"),
    };
    assert_eq!(position("y ~ a +"), 8);
    assert_eq!(position("y ~ a b"), 7);
    assert_eq!(position("y ~ f(a"), 8);
    assert_eq!(position("y ~ a[1]"), 6);
    assert_eq!(position("y ~ \"a"), 7);
    assert_eq!(position("a + b"), 1);
}
