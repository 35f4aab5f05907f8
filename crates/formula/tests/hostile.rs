//! Formulas put together at random over a real table: a model or an error, never a panic.
#![allow(clippy::unwrap_used, reason = "a test may fail by a panic")]

use formula::{
    DesignOptions, Evaluator, Expression, Formula, Frame, ModelFrame, Schema, limits, read_csv,
};
use proptest::prelude::*;

const DATA: &str = "\
x,n,f,t,l,one,empty
1,3,a,u,TRUE,k,
2,,b,v,FALSE,k,
-3,5,a,,TRUE,k,
4.5,7,c,w,,k,
0,11,b,u,FALSE,k,
";

fn frame() -> Frame {
    read_csv(DATA.as_bytes(), &Schema::unknown()).unwrap()
}

fn operand() -> impl Strategy<Value = String> {
    let names = [
        "x", "n", "f", "t", "l", "one", "empty", ".", "1", "0", "-1", "2", "NA", "'a'", "nosuch",
    ];
    let calls = [
        "log",
        "I",
        "factor",
        "ns",
        "bs",
        "poly",
        "rcs",
        "scale",
        "strata",
        "cluster",
        "offset",
        "cut",
        "interaction",
        "relevel",
        "ordered",
        "ifelse",
        "pmin",
        "rep",
        "seq",
        "rank",
        "is.na",
        "cbind",
        "ridge",
        "frailty",
        "Surv",
        "as.numeric",
        "as.character",
        "round",
        "quantile",
        "c",
        "cumsum",
        "paste",
    ];
    let options = [
        "",
        ", 2",
        ", df = 3",
        ", c(1, 2, 3)",
        ", levels = c('a', 'b')",
        ", x",
        ", f",
        ", 0",
        ", -1",
        ", NA",
        ", breaks = 2",
        ", type = 'interval2'",
        ", ref = 'b'",
        ", knots = 2",
        ", 1e9",
        ", degree = 0",
    ];
    let plain = prop::sample::select(names.to_vec()).prop_map(String::from);
    let call = (
        prop::sample::select(calls.to_vec()),
        prop::sample::select(names.to_vec()),
        prop::sample::select(options.to_vec()),
    )
        .prop_map(|(function, name, option)| format!("{function}({name}{option})"));
    prop_oneof![plain, call]
}

fn terms() -> impl Strategy<Value = String> {
    let operators = ["+", "-", "*", ":", "/", "%in%", "^", "|", ">", "%%", "&"];
    let tail = (
        prop::sample::select(operators.to_vec()),
        operand(),
        any::<bool>(),
    );
    (operand(), prop::collection::vec(tail, 0..5)).prop_map(|(first, rest)| {
        rest.into_iter()
            .fold(first, |text, (operator, operand, bracket)| match bracket {
                true => format!("({text} {operator} {operand})"),
                false => format!("{text} {operator} {operand}"),
            })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn a_model_or_an_error(outcome in operand(), terms in terms()) {
        let frame = frame();
        let Ok(formula) = Formula::parse(&format!("{outcome} ~ {terms}")) else {
            return Ok(());
        };
        let Ok(model) = ModelFrame::new(&formula, &frame, &[]) else {
            return Ok(());
        };
        let _ = model.survival();
        let _ = model.response_numbers();
        let _ = model.groups(&["strata"]);
        let _ = model.strata();
        prop_assert_eq!(model.random_groups().len(), model.terms.random.len());
        let _ = model.random_designs();
        let options = DesignOptions { except: &["strata", "cluster", "frailty"], always_intercept: true };
        if let Ok(design) = model.design(options) {
            prop_assert_eq!(design.values.len(), design.rows * design.names.len());
            prop_assert_eq!(design.assign.len(), design.names.len());
            let plan = model.plan(options).unwrap();
            let _ = plan.apply(&frame);
        }
    }

    #[test]
    fn a_value_or_an_error(expression in terms()) {
        let frame = frame();
        if let Ok(expression) = Expression::parse(&expression) {
            let evaluator = Evaluator::new(&frame);
            let _ = evaluator.variable(&expression);
            let _ = evaluator.condition(&expression);
        }
    }
}

#[test]
fn long_sums_can_be_evaluated_on_a_small_stack() {
    let test = || {
        let chain = "x + ".repeat(limits::HEIGHT - 20) + "1";
        let expression = Expression::parse(&chain).unwrap();
        let numbers = Evaluator::new(&frame()).numbers(&expression).unwrap();
        assert_eq!(numbers[1], 2.0 * (limits::HEIGHT - 20) as f64 + 1.0);
        let terms: Vec<String> = (0..limits::HEIGHT - 20)
            .map(|k| format!("I(x * {k})"))
            .collect();
        let formula = Formula::parse(&format!("n ~ {}", terms.join(" + "))).unwrap();
        let model = ModelFrame::new(&formula, &frame(), &[]).unwrap();
        let design = model.design(DesignOptions::default()).unwrap();
        assert_eq!(design.columns(), limits::HEIGHT - 19);
    };
    let thread = std::thread::Builder::new()
        .stack_size(1 << 20)
        .spawn(test)
        .unwrap();
    thread.join().unwrap();
}
