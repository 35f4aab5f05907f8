//! Model matrices against R: `reference/model_matrix.R` makes the expected values.
#![allow(clippy::unwrap_used, reason = "a test may fail by a panic")]

use formula::{ColumnType, DesignOptions, Formula, Frame, ModelFrame, Schema, read_csv};
use serde::Deserialize;

const DATA: &str = "\
y,x,z,f,g,o,l,t,k
3,0.5,10,b,lo,1,TRUE,u,1
1,1,12,a,hi,2,FALSE,v,2
4,1.5,9,c,lo,3,TRUE,w,3
1,2,14,a,hi,4,TRUE,u,1
5,2.5,11,b,lo,1,FALSE,v,2
9,3,13,c,lo,2,FALSE,w,3
2,3.5,8,a,hi,3,TRUE,u,1
6,4,15,b,hi,4,FALSE,v,2
5,NA,10,c,lo,1,TRUE,w,3
3,5,12,a,hi,2,FALSE,u,1
5,5.5,16,,lo,3,TRUE,v,2
8,6,7,b,hi,4,FALSE,w,3
";

#[derive(Deserialize)]
struct Case {
    formula: String,
    rows: Vec<usize>,
    names: Vec<String>,
    values: Vec<Vec<f64>>,
}

fn frame() -> Frame {
    let mut schema = Schema::unknown();
    let factor = |levels: &[&str], ordered| ColumnType::Factor {
        levels: levels.iter().map(ToString::to_string).collect(),
        ordered,
    };
    schema.set("f", factor(&["b", "a", "c"], false));
    schema.set("g", factor(&["hi", "lo"], false));
    schema.set("o", factor(&["1", "2", "3", "4"], true));
    read_csv(DATA.as_bytes(), &schema).unwrap()
}

fn cases() -> Vec<Case> {
    serde_json::from_str(include_str!("reference/model_matrix.json")).unwrap()
}

#[test]
fn columns_and_values_are_those_of_r() {
    let frame = frame();
    for case in cases() {
        let formula = Formula::parse(&case.formula).unwrap();
        let model = ModelFrame::new(&formula, &frame, &[])
            .unwrap_or_else(|error| panic!("{}: {error}", case.formula));
        let rows: Vec<usize> = model.rows.iter().map(|row| row + 1).collect();
        assert_eq!(rows, case.rows, "{}", case.formula);
        let design = model.design(DesignOptions::default()).unwrap();
        assert_eq!(design.names, case.names, "{}", case.formula);
        for (column, name) in design.names.iter().enumerate() {
            for (row, expected) in case.values.iter().enumerate() {
                let (found, expected) = (design.column(column)[row], expected[column]);
                assert!(
                    (found - expected).abs() <= 1e-12 * expected.abs().max(1.0),
                    "{}: {name}[{row}] {found} instead of {expected}",
                    case.formula
                );
            }
        }
    }
}

/// What a model took from its data (levels, knots, centres) holds for new data: the columns of
/// some rows alone are those that they had among all.
#[test]
fn new_data_get_the_same_columns() {
    let frame = frame();
    for case in cases() {
        let formula = Formula::parse(&case.formula).unwrap();
        let model = ModelFrame::new(&formula, &frame, &[]).unwrap();
        let plan = model.plan(DesignOptions::default()).unwrap();
        let all = model.design(DesignOptions::default()).unwrap();
        let some = [1_usize, 3];
        let rows: Vec<usize> = some.iter().map(|&place| model.rows[place]).collect();
        let new = plan.apply(&frame.select(&rows)).unwrap();
        assert_eq!(new.names, all.names, "{}", case.formula);
        for column in 0..all.columns() {
            for (place, &row) in some.iter().enumerate() {
                let (found, expected) = (new.column(column)[place], all.column(column)[row]);
                assert!(
                    (found - expected).abs() < 1e-12,
                    "{}: {}",
                    case.formula,
                    all.names[column]
                );
            }
        }
    }
}
