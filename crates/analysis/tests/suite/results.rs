//! Answers that are not numbers, and the edges of the observation window.

use crate::network::{fabricate, provenance, study};
use analysis::{StudyDefinition, analyse, analyse_with, survival_csv, survival_export};
use codes::LegalGround;
use estimate::{Estimate, NotEstimable, Shape};
use record::LinkedContent;
use std::sync::Mutex;

fn outcome(results: &[Estimate], id: &str) -> Result<Shape, NotEstimable> {
    let result = results.iter().find(|result| result.meta.id.as_str() == id);
    result.expect("every result is made").outcome.clone()
}

#[test]
fn nobody_selected_is_an_answer() {
    let results = analyse(&LinkedContent::default(), &study(), &provenance());
    for result in results {
        assert_eq!(
            result.outcome,
            Err(NotEstimable::EmptyCohort),
            "{:?}",
            result.meta.id
        );
        assert_eq!((result.meta.n, result.meta.clients), (0, 0));
    }
}

#[test]
fn too_few_returns_are_an_answer() {
    let study = StudyDefinition {
        min_events: 10_000,
        ..study()
    };
    let results = analyse(&fabricate(500, 1), &study, &provenance());
    for id in [
        "terugkeer-elke-borg",
        "terugkeer-instroomcohort",
        "verblijfsduur",
    ] {
        let Err(NotEstimable::TooFewEvents { seen, needed }) = outcome(&results, id) else {
            panic!("{id} gives a number");
        };
        assert!(needed == 10_000 && 0 < seen && seen < 500);
    }
    assert!(outcome(&results, "bestemming").is_ok());
}

#[test]
fn an_institution_with_few_exits_has_no_curve_of_its_own() {
    let linked = fabricate(800, 2);
    let all = analyse(&linked, &study(), &provenance());
    let Ok(Shape::Curves(curves)) = outcome(&all, "verblijfsduur-instelling") else {
        panic!("there are enough exits");
    };
    let most = curves
        .series
        .iter()
        .map(|series| series.events.count)
        .max()
        .unwrap();
    let few = StudyDefinition {
        min_events: most,
        ..study()
    };
    let Ok(Shape::Curves(few)) = outcome(
        &analyse(&linked, &few, &provenance()),
        "verblijfsduur-instelling",
    ) else {
        panic!("one institution has enough");
    };
    assert!(few.series.len() < curves.series.len());
    assert_eq!(few.strata.len(), few.series.len());
    for (position, series) in few.series.iter().enumerate() {
        assert_eq!(series.stratum, position);
        assert_eq!(series.label, few.strata[position].label);
    }
}

#[test]
fn who_objected_is_in_no_result() {
    let mut linked = fabricate(300, 4);
    for client in &mut linked.content.clients {
        client.ground = LegalGround::Objection;
    }
    let results = analyse(&linked, &study(), &provenance());
    assert_eq!(
        outcome(&results, "kenmerken"),
        Err(NotEstimable::EmptyCohort)
    );
    assert_eq!(
        outcome(&results, "bestemming"),
        Err(NotEstimable::EmptyCohort)
    );
    assert!(
        survival_export(&linked, &study())
            .iter()
            .all(|rows| rows.is_empty())
    );
    let Ok(Shape::Attrition(attrition)) = outcome(&results, "instroom-verloop") else {
        panic!("attrition says why");
    };
    assert_eq!(
        attrition.steps[0].reason,
        "bezwaar gemaakt, of niet om toestemming gevraagd"
    );
    assert_eq!(attrition.steps[0].excluded, attrition.start);
    assert_eq!(attrition.steps[0].remaining.count, 0);
}

#[test]
fn who_stayed_behind_is_counted_per_institution() {
    let mut linked = fabricate(300, 4);
    linked.left_behind[1] = record::LeftBehind {
        objected: 3,
        not_asked: 2,
    };
    let results = analyse(&linked, &study(), &provenance());
    let Ok(Shape::Frequency(table)) = outcome(&results, "deelname") else {
        panic!("a table of counts");
    };
    let row = |row: usize| -> Vec<u64> {
        let columns = 0..table.columns.len();
        columns
            .map(|column| table.cell(row, column).count)
            .collect()
    };
    let used: u64 = row(0).iter().sum();
    assert_eq!(used, linked.content.clients.len() as u64);
    assert_eq!(row(1), [0, 3, 0, 0]);
    assert_eq!(row(2), [0, 2, 0, 0]);
    assert_eq!(table.cell(1, 1).per_institution, [0, 3, 0, 0]);
    assert!(table.columns_are_institutions, "the gate must know");
}

#[test]
fn origin_is_only_shown_where_the_protocol_names_it() {
    let titles = |study: &StudyDefinition| -> Vec<String> {
        let results = analyse(&fabricate(300, 4), study, &provenance());
        let Ok(Shape::Characteristics(table)) = outcome(&results, "kenmerken") else {
            panic!("there are clients");
        };
        let blocks = table.blocks.iter().map(|block| match block {
            estimate::Block::Categories { title, .. } | estimate::Block::Quantity { title, .. } => {
                title.clone()
            }
        });
        blocks.collect()
    };
    let mut study = study();
    assert!(!titles(&study).contains(&"herkomst (groep)".to_owned()));
    study.covariates.push(analysis::Covariate::Origin);
    assert!(titles(&study).contains(&"herkomst (groep)".to_owned()));
}

#[test]
fn texts_are_about_the_protocol_and_not_about_the_data() {
    let few = analyse(&fabricate(100, 8), &study(), &provenance());
    let many = analyse(&fabricate(900, 9), &study(), &provenance());
    for (few, many) in few.iter().zip(&many) {
        assert_eq!(few.meta.title, many.meta.title);
        assert_eq!(few.meta.definition, many.meta.definition);
        assert_eq!(few.meta.plain, many.meta.plain);
        assert!(few.meta.plain.ends_with('.') && few.meta.definition.ends_with('.'));
    }
}

#[test]
fn progress_is_told_for_each_result() {
    let told = Mutex::new(Vec::new());
    let note = |stage| told.lock().expect("nobody panics holding it").push(stage);
    let results = analyse_with(&fabricate(50, 1), &study(), &provenance(), note);
    assert_eq!(told.into_inner().unwrap().len(), results.len() + 2);
}

#[test]
fn exported_rows_are_a_table_that_r_can_read() {
    let csv = survival_csv(&survival_export(&fabricate(200, 6), &study()));
    let mut lines = csv.lines();
    assert_eq!(
        lines.next(),
        Some("result,stratum,institution,entry,exit,event,cause")
    );
    let rows: Vec<Vec<&str>> = lines.map(|line| line.split(',').collect()).collect();
    assert!(rows.len() > 200);
    assert!(rows.iter().all(|row| row.len() == 7));
    let days = |row: &[&str]| -> (i32, i32) { (row[3].parse().unwrap(), row[4].parse().unwrap()) };
    assert!(
        rows.iter()
            .map(|row| days(row))
            .all(|(entry, exit)| -1 <= entry && entry < exit)
    );
}
