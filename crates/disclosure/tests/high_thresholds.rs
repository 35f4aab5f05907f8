//! Thresholds so high that hardly anything may be shown, and results that cannot be protected.
#![allow(clippy::unwrap_used)] // a test may panic

mod common;

use common::{at, key, meta, policy, release, table};
use disclosure::{Cell, Check, Ledger, Policy, PolicyDraft, Released, screen};
use estimate::{Attrition, AttritionStep, Estimate, Shape};

/// All counts in the text of a release.
fn counts(text: &str) -> Vec<u64> {
    let parts = text.split("Count(").skip(1);
    parts
        .map(|part| part.split(')').next().unwrap().parse().unwrap())
        .collect()
}

/// How many numbers are shown of the demonstration results, none of them below the threshold.
fn shown(threshold: u64) -> usize {
    let policy = Policy::new(PolicyDraft {
        threshold,
        ..PolicyDraft::default()
    })
    .unwrap();
    let set = screen(&estimate::sample(), &policy, &Ledger::empty(), &key()).unwrap();
    let counts = counts(&format!("{:?}", set.proposed()));
    // Counts are rounded to five after they are judged.
    let small = |count: &&u64| **count > 0 && **count + 2 < threshold;
    assert_eq!(counts.iter().find(small), None, "threshold {threshold}");
    counts.iter().filter(|&&count| count > 0).count()
}

#[test]
fn a_threshold_of_thirty_still_shows_much() {
    let shown = shown(30);
    assert!(shown > 50, "{shown}");
}

#[test]
fn a_threshold_of_fifty_still_shows_something() {
    assert!(shown(50) > 10);
}

#[test]
fn a_threshold_of_a_hundred_finds_a_way() {
    assert!(shown(100) > 0);
}

#[test]
fn with_fewer_clients_than_the_threshold_nothing_is_shown() {
    assert_eq!(shown(1_000), 0);
}

#[test]
fn a_result_of_which_all_is_hidden_is_withheld_with_a_reason() {
    let few = table("weinig", &[[1, 1, 1, 1], [1, 1, 1, 1]]);
    let many = table("veel", &[[60, 50, 40, 30], [70, 40, 50, 60]]);
    let (publication, _) = release(&[few, many], &policy(), &Ledger::empty());
    let released = |id: &str| publication.result(id).unwrap().released();
    let Released::Withheld(withheld) = released("weinig") else {
        panic!("all is hidden")
    };
    assert!(withheld.sentence().contains("alle aantallen"));
    assert!(matches!(released("veel"), Released::Table(_)));
}

/// The parts of the third institution contradict each other, so that what it could work out
/// cannot be bounded: only that result goes, not the release.
#[test]
fn a_result_that_cannot_be_protected_is_withheld_and_the_others_are_not() {
    let shape = Attrition {
        start_label: "Alles".into(),
        start: at(0, 8),
        steps: vec![AttritionStep {
            reason: "anders".into(),
            excluded: at(2, 3),
            remaining: at(0, 5),
        }],
    };
    let torn = Estimate {
        meta: meta("verloop", [8, 0, 0, 0]),
        outcome: Ok(Shape::Attrition(shape)),
    };
    let good = table("veel", &[[60, 50, 40, 30], [70, 40, 50, 60]]);
    let set = screen(&[torn, good], &policy(), &Ledger::empty(), &key()).unwrap();
    let [torn, good] = set.proposed() else {
        panic!("two results")
    };
    assert!(matches!(torn.released(), Released::Withheld(_)));
    assert_eq!(torn.n(), Cell::Suppressed);
    assert!(matches!(good.released(), Released::Table(_)));
    let checks = &set.results()[0].checks;
    assert!(checks.iter().any(|record| record.check == Check::Audit));
}
