//! Runs the drawn trajectories of `spec/*.md`.

use crate::drawing::{Drawing, blocks};
use cohort::{ReturnDefinition, ReturnOutcome, ReturnRules, Scope};
use record::PersonIndex;
use trajectory::Trajectories;

fn definition(name: &str) -> ReturnDefinition {
    let rules = ReturnRules::default();
    match name {
        "elke" => rules.definition(Scope::AnyInstitution, false),
        "elke+" => rules.definition(Scope::AnyInstitution, true),
        "zelfde" => rules.definition(Scope::SameInstitution, false),
        "zelfde+" => rules.definition(Scope::SameInstitution, true),
        other => panic!("no definition is called {other}"),
    }
}

fn outcome(outcome: ReturnOutcome) -> &'static str {
    match outcome {
        ReturnOutcome::Returned => "returned",
        ReturnOutcome::Died => "died",
        ReturnOutcome::Detained => "detained",
        ReturnOutcome::AdmittedElsewhere => "elsewhere",
        ReturnOutcome::Censored => "censored",
    }
}

fn answer(drawing: &Drawing, definition_name: &str, exit: i32) -> String {
    let trajectories = Trajectories::assemble(&drawing.linked);
    let stays = trajectories.stays_of(PersonIndex(0));
    let index = stays
        .iter()
        .find(|stay| stay.left().is_some_and(|left| left.number() == exit))
        .unwrap_or_else(|| panic!("nobody leaves on day {exit}"));
    let person = &drawing.linked.persons[0];
    let delivered = cohort::institutions(&drawing.linked);
    match definition(definition_name).follow(&trajectories, person, &delivered, index) {
        None => "not followed".into(),
        Some(seen) => format!("({}, {}] {}", seen.entry, seen.exit, outcome(seen.outcome)),
    }
}

#[test]
fn the_return_definition_says_what_its_examples_say() {
    let mut checked = 0;
    for (line, block) in blocks(include_str!("../../spec/return.md")) {
        let drawing = Drawing::parse(block, line);
        assert!(
            !drawing.questions.is_empty(),
            "line {line}: nothing is asked"
        );
        for question in &drawing.questions {
            for (definition, expected) in &question.answers {
                let found = answer(&drawing, definition, question.exit);
                assert_eq!(
                    &found, expected,
                    "line {line}, {definition}, exit {}",
                    question.exit
                );
                checked += 1;
            }
        }
    }
    assert!(
        checked >= 30,
        "only {checked} answers were found in the document"
    );
}

#[test]
fn an_institution_that_observes_nothing_of_a_person_hides_returns_to_any() {
    let text = "window STEVIG 0..1000\nSTEVIG 0..100 BEH_AFGEROND > VG_6\nfollow 100";
    let drawing = Drawing::parse(text, 0);
    let trajectories = Trajectories::assemble(&drawing.linked);
    let index = &trajectories.stays_of(PersonIndex(0))[0];
    let delivered = [codes::Institution::Stevig, codes::Institution::Wier];
    let follow = |name| {
        let person = &drawing.linked.persons[0];
        definition(name).follow(&trajectories, person, &delivered, index)
    };
    assert!(follow("elke").is_none());
    assert!(follow("zelfde").is_some());
}
