//! Factors and the outlook on the made-up network.

use super::network;
use estimate::{Coding, Estimate, NotEstimable, Projection, Regression, Shape};

fn results(persons: usize) -> Vec<Estimate> {
    let linked = network::fabricate(persons, 7);
    analysis::analyse(&linked, &network::study(), &network::provenance())
}

fn outcome<'a>(results: &'a [Estimate], id: &str) -> &'a Result<Shape, NotEstimable> {
    let found = results.iter().find(|result| result.meta.id.as_str() == id);
    &found.expect("every result is made").outcome
}

fn model<'a>(results: &'a [Estimate], id: &str) -> &'a Regression {
    match outcome(results, id) {
        Ok(Shape::Regression(model)) => model,
        other => panic!("{id}: {other:?}"),
    }
}

fn expectation<'a>(results: &'a [Estimate], id: &str) -> &'a Projection {
    match outcome(results, id) {
        Ok(Shape::Projection(expectation)) => expectation,
        other => panic!("{id}: {other:?}"),
    }
}

/// Thirty clients of a network in which many return: the models and the outlook say that nothing can
/// be said.
#[test]
fn of_few_clients_nothing_is_said() {
    let results = results(30);
    for id in analysis::RESULT_IDS {
        if id.starts_with("factoren-terugkeer") || id.starts_with("vooruitblik") {
            let few = matches!(
                outcome(&results, id),
                Err(NotEstimable::TooFewEvents { .. })
            );
            assert!(few, "{id}: {:?}", outcome(&results, id));
        }
    }
}

#[test]
fn groups_of_a_term_are_everybody_in_the_model() {
    let results = results(600);
    for id in [
        "factoren-gepland",
        "factoren-voortijdig",
        "factoren-terugkeer",
    ] {
        let model = model(&results, id);
        for term in &model.terms {
            if let Coding::Levels(levels) = &term.coding {
                let all = levels
                    .iter()
                    .map(|level| level.size)
                    .fold(term.missing, |a, b| a.plus(b));
                assert_eq!(all, model.size, "{id}: {}", term.label);
                assert!(levels.iter().all(|level| level.events.count >= 10));
            }
        }
    }
}

/// What is known at exit only is set beside return, and never beside the exit itself.
#[test]
fn what_happens_at_exit_does_not_foretell_it() {
    let results = results(600);
    let labels = |id| -> Vec<String> {
        let terms = model(&results, id).terms.iter();
        terms.map(|term| term.label.clone()).collect()
    };
    let at_exit = "Manier van vertrek".to_owned();
    assert!(labels("factoren-terugkeer").contains(&at_exit));
    assert!(!labels("factoren-voortijdig").contains(&at_exit));
}

#[test]
fn the_outlook_goes_where_the_scenario_points() {
    let results = results(600);
    let last = |id: &str, scenario: usize| {
        let points = &expectation(&results, id).scenarios[scenario].points;
        points.last().expect("five years of quarters").1.estimate
    };
    let beds = |scenario| last("vooruitblik-plaatsen", scenario);
    let waiting = |scenario| last("vooruitblik-wachten", scenario);
    // Waiting half as long halves those who wait; they take as many beds less.
    assert!((waiting(1) / waiting(0) - 0.5).abs() < 0.1);
    assert!((beds(0) - beds(1) - (waiting(0) - waiting(1))).abs() < 0.1 * beds(0));
    // More who come, and fewer who come back.
    assert!(beds(2) > 1.1 * beds(0));
    assert!(beds(3) < beds(0));
    let first = &expectation(&results, "vooruitblik-plaatsen").scenarios[0].points[0];
    assert!(first.0.get() > 0, "the present is a count");
}
