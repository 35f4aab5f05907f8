//! Runs the drawn trajectories of `spec/*.md`.

use crate::drawing::{Drawing, blocks};
use calendar::HalfYear;
use cohort::{
    CohortDefinition, CohortKind, ReturnDefinition, ReturnOutcome, ReturnRules, Scope, TimeOuts,
    select,
};
use trajectory::{Stay, StayIndex};

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
    let episodes = drawing.episodes();
    let left = |stay: &Stay| stay.left().is_some_and(|left| left.number() == exit);
    let index = episodes.trajectories().stays().iter().position(left);
    let index = index.unwrap_or_else(|| panic!("nobody leaves on day {exit}"));
    let person = &drawing.linked.persons[0];
    let delivered = cohort::institutions(&drawing.linked);
    let definition = definition(definition_name);
    match definition.follow(&episodes, person, &delivered, StayIndex(index as u32)) {
        None => "not followed".into(),
        Some(seen) => format!("({}, {}] {}", seen.entry, seen.exit, outcome(seen.outcome)),
    }
}

/// What a cohort over all years is made of.
fn cohort_answer(drawing: &Drawing, name: &str) -> String {
    let half_year = |year| HalfYear::new(year, 1).expect("1 is a half");
    let kind = match name.trim_end_matches('+') {
        "stays" => CohortKind::Intake,
        _ => CohortKind::Exit,
    };
    let mut definition = CohortDefinition::over(kind, half_year(2020), half_year(2030))
        .expect("2020 comes before 2030");
    if name.ends_with('+') {
        definition.time_outs = TimeOuts::Keep;
    }
    let episodes = drawing.episodes();
    let cohort = select(&definition, &episodes, &drawing.linked).cohort;
    let left = |stay: &Stay| {
        stay.left()
            .map_or(String::new(), |day| day.number().to_string())
    };
    let told: Vec<String> = cohort
        .member_stays(&episodes)
        .map(|stay| match kind {
            CohortKind::Intake => format!("{}..{}", stay.admitted.number(), left(&stay)),
            CohortKind::Exit => left(&stay),
        })
        .collect();
    if told.is_empty() {
        return "none".into();
    }
    told.join(" ")
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
        for (name, expected) in &drawing.cohorts {
            let found = cohort_answer(&drawing, name);
            assert_eq!(&found, expected, "line {line}, {name}");
            checked += 1;
        }
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
        checked >= 90,
        "only {checked} answers were found in the document"
    );
}

#[test]
fn an_institution_that_observes_nothing_of_a_person_hides_returns_to_any() {
    let text = "window STEVIG 0..1000\nSTEVIG 0..100 BEH_AFGEROND > VG_6\nfollow 100";
    let drawing = Drawing::parse(text, 0);
    let episodes = drawing.episodes();
    let delivered = [codes::Institution::Stevig, codes::Institution::Wier];
    let follow = |name| {
        let person = &drawing.linked.persons[0];
        definition(name).follow(&episodes, person, &delivered, StayIndex(0))
    };
    assert!(follow("elke").is_none());
    assert!(follow("zelfde").is_some());
}
