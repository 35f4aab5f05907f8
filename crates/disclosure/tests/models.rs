//! Models, courses, expectations, measures and quotations at the gate.
#![allow(clippy::unwrap_used)] // a test may panic

mod common;

use common::{meta, policy, release};
use disclosure::{Ledger, Policy, PolicyDraft, Publication, Refusal, Released, screen};
use estimate::{
    BasisCount, Coding, Count, Effect, Estimate, Interval, Level, Method, Projection, Quotation,
    Quotations, Regression, Scenario, Shape, Term,
};

/// As many clients of each of three institutions.
fn of_each(each: u64) -> Count {
    Count {
        count: 3 * each,
        clients: 3 * each,
        per_institution: [each, each, each, 0],
    }
}

fn between(estimate: f64, lower: f64, upper: f64) -> Interval {
    Interval {
        estimate,
        lower,
        upper,
    }
}

/// A model of two groups: clients and events of each institution in each, and the ratio.
fn model([(small, small_events), (large, large_events)]: [(u64, u64); 2], ratio: f64) -> Estimate {
    let level = |label: &str, size, events, effect| Level {
        label: label.into(),
        size: of_each(size),
        events: of_each(events),
        effect,
    };
    let levels = vec![
        level("nee", large, large_events, None),
        level(
            "ja",
            small,
            small_events,
            Some(between(ratio, ratio * 0.7, ratio * 1.4)),
        ),
    ];
    let size = of_each(small + large);
    let events = of_each(small_events + large_events);
    let shape = Regression {
        outcome: "vertrek".into(),
        effect: Effect::HazardRatio,
        method: Method::Plain,
        size,
        events: Some(events),
        residual_df: events.count - 1,
        terms: vec![Term {
            label: "Middelengebruik".into(),
            coding: Coding::Levels(levels),
            missing: Count::default(),
        }],
        caveats: Vec::new(),
    };
    Estimate {
        meta: meta("factoren", size.per_institution),
        outcome: Ok(Shape::Regression(shape)),
    }
}

fn ratio(publication: &Publication) -> Option<(f64, f64, f64)> {
    match publication.result("factoren").unwrap().released() {
        Released::Regression(model) => model.terms()[0].levels()[1].effect(),
        Released::Withheld(_) => None,
        other => panic!("{other:?}"),
    }
}

fn released(estimate: Estimate) -> Publication {
    release(&[estimate], &policy(), &Ledger::empty()).0
}

#[test]
fn a_model_is_shown_with_rounded_estimates() {
    let shown = released(model([(20, 10), (30, 18)], 1.234_567));
    assert_eq!(ratio(&shown), Some((1.23, 0.86, 1.73)));
}

/// Nine clients, or nine events, in a group: the estimate of that group would tell of them.
#[test]
fn a_model_with_a_small_group_is_withheld() {
    for small in [[(3, 3), (60, 20)], [(20, 3), (30, 18)], [(20, 0), (30, 18)]] {
        let shown = released(model(small, 2.0));
        assert_eq!(ratio(&shown), None, "{small:?}");
    }
    let just = released(model([(4, 4), (60, 20)], 2.0));
    assert!(ratio(&just).is_some());
}

#[test]
fn a_model_that_follows_its_data_is_withheld() {
    let with_df = |residual_df| {
        let mut estimate = model([(20, 10), (30, 18)], 2.0);
        if let Ok(Shape::Regression(model)) = &mut estimate.outcome {
            model.residual_df = residual_df;
        }
        ratio(&released(estimate))
    };
    assert_eq!(with_df(9), None);
    assert!(with_df(10).is_some());
}

/// A model of a few clients more, with another estimate, is shown as it was: the difference
/// would tell of those few.
#[test]
fn a_model_that_hardly_changed_stays_as_it_was() {
    let policy = policy();
    let (first, entry) = release(
        &[model([(20, 10), (30, 18)], 1.5)],
        &policy,
        &Ledger::empty(),
    );
    let ledger = Ledger::read(&[entry.bytes()]).unwrap();
    let again = |estimate: Estimate| ratio(&release(&[estimate], &policy, &ledger).0);
    // Three clients more.
    assert_eq!(again(model([(21, 11), (30, 18)], 1.9)), ratio(&first));
    // As many clients, others among them.
    assert_eq!(again(model([(20, 10), (30, 18)], 1.9)), ratio(&first));
    // Twelve clients and twelve events more.
    let later = again(model([(22, 12), (32, 20)], 1.9));
    assert_eq!(later, Some((1.9, 1.33, 2.66)));
}

/// What is kept is kept of what was shown first, however often it is repeated.
#[test]
fn small_steps_do_not_add_up_to_a_difference() {
    let policy = policy();
    let mut entries = Vec::new();
    let mut shown = Vec::new();
    for step in 0..8 {
        let bytes: Vec<&[u8]> = entries
            .iter()
            .map(|entry: &disclosure::LedgerEntry| entry.bytes())
            .collect();
        let ledger = match bytes.is_empty() {
            true => Ledger::empty(),
            false => Ledger::read(&bytes).unwrap(),
        };
        let estimate = model([(20 + step, 10 + step), (30, 18)], 1.5 + 0.1 * step as f64);
        let (publication, entry) = release(&[estimate], &policy, &ledger);
        shown.push((step, ratio(&publication).unwrap().0));
        entries.push(entry);
    }
    let mut last = shown[0];
    for &(step, value) in &shown[1..] {
        if value != last.1 {
            assert!(
                3 * (step - last.0) >= 10,
                "after {} clients",
                3 * (step - last.0)
            );
            last = (step, value);
        }
    }
    assert!(last.0 > 0, "what has changed enough is shown");
}

#[test]
fn a_model_with_other_terms_of_nearly_the_same_clients_is_withheld() {
    let policy = policy();
    let (_, entry) = release(
        &[model([(20, 10), (30, 18)], 1.5)],
        &policy,
        &Ledger::empty(),
    );
    let ledger = Ledger::read(&[entry.bytes()]).unwrap();
    let mut other = model([(20, 10), (30, 18)], 1.7);
    if let Ok(Shape::Regression(model)) = &mut other.outcome {
        model.terms[0].label = "Middelengebruik, ooit".into();
    }
    assert_eq!(ratio(&release(&[other], &policy, &ledger).0), None);
}

#[test]
fn institutions_are_no_term() {
    let mut estimate = model([(20, 10), (30, 18)], 1.5);
    if let Ok(Shape::Regression(model)) = &mut estimate.outcome {
        let at = |institution: usize, count: u64| {
            let mut per_institution = [0; 4];
            per_institution[institution] = count;
            Count {
                count,
                clients: count,
                per_institution,
            }
        };
        let level = |institution: usize, effect| Level {
            label: format!("instelling {institution}"),
            size: at(institution, 50),
            events: at(institution, 28),
            effect,
        };
        let some = Some(between(1.0, 0.5, 2.0));
        model.terms[0].coding =
            Coding::Levels(vec![level(0, None), level(1, some), level(2, some)]);
    }
    let refused = screen(&[estimate], &policy(), &Ledger::empty(), &common::key());
    assert!(matches!(refused, Err(Refusal::Inconsistent { .. })));
}

#[test]
fn numbers_that_are_none_are_refused() {
    for bad in [f64::NAN, f64::INFINITY] {
        let mut estimate = model([(20, 10), (30, 18)], 1.5);
        if let Ok(Shape::Regression(model)) = &mut estimate.outcome
            && let Coding::Levels(levels) = &mut model.terms[0].coding
        {
            levels[1].effect = Some(between(1.0, 0.5, bad));
        }
        let refused = screen(&[estimate], &policy(), &Ledger::empty(), &common::key());
        assert!(
            matches!(refused, Err(Refusal::Inconsistent { .. })),
            "{bad}"
        );
    }
}

/// An expectation rests on every step of its model.
#[test]
fn an_expectation_that_rests_on_a_rare_step_is_withheld() {
    let expectation = |rare: u64| {
        let shape = Projection {
            quantity: "Plaatsen".into(),
            time_title: "dagen vanaf nu".into(),
            scenarios: vec![Scenario {
                label: "niets verandert".into(),
                points: vec![(calendar::DayCount::new(0), between(150.4, 140.26, 161.0))],
            }],
            basis: vec![
                BasisCount {
                    label: "opnames".into(),
                    count: of_each(100),
                },
                BasisCount {
                    label: "terugkeer".into(),
                    count: of_each(rare),
                },
            ],
        };
        let estimate = Estimate {
            meta: meta("vooruitblik", [100, 100, 100, 0]),
            outcome: Ok(Shape::Projection(shape)),
        };
        match released(estimate).result("vooruitblik").unwrap().released() {
            Released::Projection(shown) => Some(shown.scenarios()[0].points()[0]),
            Released::Withheld(_) => None,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(expectation(3), None);
    assert_eq!(expectation(4), Some((0, (150.0, 140.0, 161.0))));
}

fn quoted(change: impl Fn(&mut Quotation), policy: &Policy) -> Option<(String, String)> {
    let mut quotation = Quotation {
        theme: "Wachten".into(),
        voice: "cliënt".into(),
        speakers: of_each(4),
        words: "Ik wist niet hoe lang het nog duurde.".into(),
        agreed: true,
        read_by: vec!["Bo".into(), "Cas".into()],
    };
    change(&mut quotation);
    let estimate = Estimate {
        meta: meta("stemmen", [4, 4, 4, 0]),
        outcome: Ok(Shape::Quotations(Quotations {
            quotations: vec![quotation],
        })),
    };
    let (publication, _) = release(&[estimate], policy, &Ledger::empty());
    match publication.result("stemmen").unwrap().released() {
        Released::Quotations(shown) => {
            let first = &shown.quotations()[0];
            Some((first.voice().to_owned(), first.words().to_owned()))
        }
        _ => None,
    }
}

#[test]
fn a_quotation_needs_consent_two_readers_and_words_without_names() {
    let policy = policy();
    let shown = |change: fn(&mut Quotation)| quoted(change, &policy);
    assert!(shown(|_| ()).is_some());
    assert_eq!(shown(|q| q.agreed = false), None);
    assert_eq!(shown(|q| q.read_by = vec!["Bo".into()]), None);
    assert_eq!(
        shown(|q| q.read_by = vec!["Bo".into(), " bo ".into()]),
        None
    );
    assert_eq!(shown(|q| q.words = "Toen kwam Willem.".into()), None);
    assert_eq!(shown(|q| q.words = "Het was 2023.".into()), None);
}

#[test]
fn a_voice_of_few_is_not_named() {
    let few = quoted(|quotation| quotation.speakers = of_each(3), &policy()).unwrap();
    assert_eq!(few.0, "deelnemer");
    let more = Policy::new(PolicyDraft {
        threshold: 9,
        ..PolicyDraft::default()
    });
    let enough = quoted(|quotation| quotation.speakers = of_each(3), &more.unwrap()).unwrap();
    assert_eq!(enough.0, "cliënt");
}
