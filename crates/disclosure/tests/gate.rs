//! The whole way through the gate, on the demonstration results.
#![allow(clippy::unwrap_used)] // a test may panic

mod common;

use common::{at, details, key, meta, policy, release, released, table};
use disclosure::{
    Approval, Cell, Check, Ledger, Policy, PolicyDraft, Publication, Refusal, Released, screen,
};
use estimate::{Attrition, AttritionStep, Count, Digest, Estimate, Shape};

fn curves<'a>(publication: &'a Publication, id: &str) -> &'a disclosure::ReleasedCurves {
    match publication.result(id).unwrap().released() {
        Released::Curves(curves) => curves,
        other => panic!("not curves: {other:?}"),
    }
}

#[test]
fn the_demonstration_results_pass() {
    let estimates = estimate::sample();
    let (publication, entry) = release(&estimates, &policy(), &Ledger::empty());
    assert_eq!(publication.results().len(), estimates.len());
    assert!(publication.header().synthetic);
    assert!(publication.header().institutions.is_empty());
    assert_eq!(publication.header().data_until, "eerste helft van 2026");
    let table = released(&publication, "bestemming");
    assert_eq!(
        table.columns(),
        [
            "Instelling A",
            "Instelling B",
            "Instelling C",
            "Instelling D"
        ]
    );
    assert!(table.cells().contains(&Cell::Suppressed));
    let few = publication
        .result("terugkeer-instroomcohort")
        .unwrap()
        .released();
    assert!(
        matches!(few, Released::Withheld(_)),
        "too few events is an answer"
    );
    let text = format!("{publication:?}");
    assert!(
        ["Noord", "Oost", "West", "Zuid"]
            .iter()
            .all(|name| !text.contains(name))
    );

    let ledger = Ledger::read(&[entry.bytes()]).unwrap();
    let reopened = ledger.reopen(1).unwrap();
    assert_eq!(reopened.header(), publication.header());
    assert_eq!(format!("{reopened:?}"), text);
    assert_eq!(ledger.reopen(2).err(), Some(Refusal::NoSuchRelease(2)));

    // Once more, with the ledger: nothing has changed, so nothing is shown otherwise.
    let (again, _) = release(&estimates, &policy(), &ledger);
    assert_eq!(
        format!("{:?}", again.results()),
        format!("{:?}", publication.results())
    );
    assert_eq!(again.header().release_number, 2);
}

#[test]
fn curves_are_cut_thinned_and_rounded() {
    let wanted = ["verblijfsduur", "terugkeer-elke-borg"];
    let estimates: Vec<Estimate> = estimate::sample()
        .into_iter()
        .filter(|e| wanted.contains(&e.meta.id.as_str()))
        .collect();
    let (publication, _) = release(&estimates, &policy(), &Ledger::empty());
    for estimate in &estimates {
        let Ok(Shape::Curves(truth)) = &estimate.outcome else {
            panic!("curves")
        };
        let shown = curves(&publication, estimate.meta.id.as_str());
        for series in shown.series() {
            let Some(before) = truth.series.iter().find(|one| one.label == series.label()) else {
                assert!(series.label().starts_with("overig ("));
                continue;
            };
            let events = |day: i32| -> u64 {
                let until = before.steps.iter().filter(|step| step.time.get() <= day);
                until.map(|step| step.n_event).sum()
            };
            for pair in series.steps().windows(2) {
                let between = events(pair[1].day()) - events(pair[0].day());
                assert!(
                    between == 0 || between >= 10,
                    "{between} events between two points"
                );
                let last = before
                    .steps
                    .iter()
                    .rev()
                    .find(|s| s.time.get() <= pair[1].day());
                assert!((last.unwrap().estimate - pair[1].estimate()).abs() <= 0.005 + 1e-9);
                assert!(series.cut_at().is_none_or(|cut| pair[1].day() <= cut));
            }
        }
        for at in shown.risk().iter().flatten() {
            assert!(
                at.at_risk()
                    .count()
                    .is_none_or(|count| count >= 10 && count % 5 == 0)
            );
        }
    }
}

#[test]
fn curves_stay_as_they_were_while_few_events_came() {
    let only = |mut change: Box<dyn FnMut(&mut estimate::Series)>| -> Vec<Estimate> {
        let mut all = estimate::sample();
        all.retain(|estimate| estimate.meta.id.as_str() == "verblijfsduur");
        let Ok(Shape::Curves(shape)) = &mut all[0].outcome else {
            panic!("curves")
        };
        change(&mut shape.series[0]);
        all
    };
    // Three admissions that were still running have ended.
    let ended = |series: &mut estimate::Series| {
        series.events = series.events.plus(at(0, 3));
        series
            .steps
            .iter_mut()
            .for_each(|step| step.estimate *= 0.9);
    };
    let (first, entry) = release(&only(Box::new(|_| ())), &policy(), &Ledger::empty());
    let ledger = Ledger::read(&[entry.bytes()]).unwrap();
    let (second, _) = release(&only(Box::new(ended)), &policy(), &ledger);
    assert_eq!(
        curves(&first, "verblijfsduur"),
        curves(&second, "verblijfsduur")
    );
    let (alone, _) = release(&only(Box::new(ended)), &policy(), &Ledger::empty());
    assert_ne!(
        curves(&first, "verblijfsduur"),
        curves(&alone, "verblijfsduur")
    );
}

#[test]
fn every_setting_changes_what_comes_out() {
    let mut estimates: Vec<Estimate> = estimate::sample();
    let wanted = [
        "uitstroom-verloop",
        "verblijfsduur",
        "geblokkeerde-dagen",
        "stap-beveiliging",
    ];
    estimates.retain(|estimate| wanted.contains(&estimate.meta.id.as_str()));
    estimates.push(table(
        "vol",
        &[[400, 100, 90, 80], [6, 12, 13, 90], [0, 95, 70, 60]],
    ));
    estimates.push(pooled());
    for estimate in &mut estimates {
        // One client with half of all days.
        if let Ok(Shape::Durations(shape)) = &mut estimate.outcome {
            let first = &mut shape.per_group[0];
            first.largest[0] = (first.sum - first.largest[1]) * 0.88;
        }
    }
    let shown = |draft: PolicyDraft| {
        let (publication, _) = release(&estimates, &Policy::new(draft).unwrap(), &Ledger::empty());
        let header = publication.header();
        format!(
            "{:?} {:?} {}",
            publication.results(),
            header.institutions,
            header.checkers
        )
    };
    let usual = shown(PolicyDraft::default());
    let changes: [(&str, Change); 12] = [
        ("threshold", |draft| draft.threshold = 20),
        ("rounding_base", |draft| draft.rounding_base = 1),
        ("group_share", |draft| draft.group_share = 1.0),
        ("min_institutions", |draft| draft.min_institutions = 0),
        ("p_percent", |draft| draft.p_percent = 50.0),
        ("curve_min_at_risk", |draft| draft.curve_min_at_risk = 60),
        ("curve_events_between_points", |draft| {
            draft.curve_events_between_points = 20
        }),
        ("curve_decimals", |draft| draft.curve_decimals = 1),
        ("curve_day_step", |draft| draft.curve_day_step = 30),
        ("name_institutions", |draft| draft.name_institutions = true),
        ("checkers", |draft| draft.checkers = 3),
        ("merge_suggestions", |draft| draft.merge_suggestions = false),
    ];
    for (setting, change) in changes {
        let mut draft = PolicyDraft::default();
        change(&mut draft);
        assert!(shown(draft) != usual, "{setting} changes nothing");
    }
}

/// A change to one setting.
type Change = fn(&mut PolicyDraft);

/// A table that pools the institutions, with a row that two of them made.
fn pooled() -> Estimate {
    let count = |parts: [u64; 4]| {
        (0..4)
            .map(|i| at(i, parts[i]))
            .fold(Count::default(), Count::plus)
    };
    let cells = vec![
        count([60, 50, 40, 30]),
        count([40, 30, 0, 0]),
        count([30, 30, 30, 30]),
    ];
    let all = cells.iter().copied().fold(Count::default(), Count::plus);
    let shape = estimate::FrequencyTable {
        row_title: "Rij".into(),
        column_title: "Alle".into(),
        rows: ["een", "twee", "drie"].map(String::from).to_vec(),
        columns: vec!["Alle".into()],
        cells,
        columns_are_institutions: false,
        ordered: true,
    };
    Estimate {
        meta: meta("gezamenlijk", all.per_institution),
        outcome: Ok(Shape::Frequency(shape)),
    }
}

#[test]
fn screening_twice_gives_the_same_digest_and_another_input_another() {
    let digest = |cells: &[[u64; 4]]| -> Digest {
        screen(&[table("t", cells)], &policy(), &Ledger::empty(), &key())
            .unwrap()
            .digest()
    };
    let cells = [[50, 40, 3, 20], [30, 20, 20, 40]];
    assert_eq!(digest(&cells), digest(&cells));
    assert_ne!(digest(&cells), digest(&[[60, 40, 3, 20], [30, 20, 20, 40]]));
}

#[test]
fn an_approval_of_something_else_is_refused() {
    let cells = [[50, 40, 30, 20], [30, 20, 20, 40]];
    let set = screen(&[table("t", &cells)], &policy(), &Ledger::empty(), &key()).unwrap();
    let other = Approval::new("An", &["Bo", "Cas"], Digest([0; 32]), &policy()).unwrap();
    assert_eq!(
        set.release(other, details()).err(),
        Some(Refusal::OtherDigest)
    );
    // An approval under a policy that asks for less is not enough here.
    let set = screen(&[table("t", &cells)], &policy(), &Ledger::empty(), &key()).unwrap();
    let loose = Policy::new(PolicyDraft {
        checkers: 1,
        ..PolicyDraft::default()
    })
    .unwrap();
    let one = Approval::new("An", &["Bo"], set.digest(), &loose).unwrap();
    let few = Refusal::TooFewCheckers {
        needed: 2,
        given: 1,
    };
    assert_eq!(set.release(one, details()).err(), Some(few));
}

#[test]
fn a_ledger_that_was_changed_is_refused() {
    let cells = [[50, 40, 3, 20], [30, 20, 20, 40]];
    let (_, first) = release(&[table("t", &cells)], &policy(), &Ledger::empty());
    let ledger = Ledger::empty().with(first.clone()).unwrap();
    let (_, second) = release(&[table("t", &cells)], &policy(), &ledger);
    let whole = ledger.with(second.clone()).unwrap();
    assert_eq!(whole.entries().len(), 2);
    assert_eq!(whole.head(), second.digest());
    assert_eq!(
        Ledger::read(&[first.bytes(), second.bytes()])
            .unwrap()
            .head(),
        whole.head()
    );

    let broken =
        |entries: &[&[u8]]| matches!(Ledger::read(entries), Err(Refusal::LedgerBroken { .. }));
    assert!(broken(&[second.bytes()]), "the first is missing");
    assert!(
        broken(&[second.bytes(), first.bytes()]),
        "the order is wrong"
    );
    assert!(
        broken(&[first.bytes(), first.bytes()]),
        "one is there twice"
    );
    for position in (0..first.bytes().len()).step_by(97) {
        let mut bytes = first.bytes().to_vec();
        bytes[position] ^= 1;
        assert!(
            broken(&[&bytes]),
            "a changed byte at {position} is not seen"
        );
    }
    assert!(
        broken(&[&first.bytes()[..first.bytes().len() / 2]]),
        "half an entry"
    );
    assert!(broken(&[b""]));
    assert!(
        !format!("{whole:?}").contains("rij"),
        "a ledger does not print what it holds"
    );
}

#[test]
fn results_that_make_no_sense_are_refused() {
    let good = table("t", &[[50, 40, 30, 20], [30, 20, 20, 40]]);
    let refused =
        |estimates: &[Estimate]| screen(estimates, &policy(), &Ledger::empty(), &key()).err();
    assert_eq!(refused(&[]), Some(Refusal::Nothing));
    let twice = refused(&[good.clone(), good.clone()]);
    assert_eq!(twice, Some(Refusal::DuplicateResult(good.meta.id.clone())));
    let mut real = table("echt", &[[50, 40, 30, 20], [30, 20, 20, 40]]);
    real.meta.provenance.synthetic = false;
    assert_eq!(
        refused(&[good.clone(), real]),
        Some(Refusal::MixedSynthetic)
    );
    let mut torn = good.clone();
    let Ok(Shape::Frequency(shape)) = &mut torn.outcome else {
        panic!("a table")
    };
    shape.cells[0].clients = 60;
    assert!(matches!(
        refused(&[torn]),
        Some(Refusal::Inconsistent { .. })
    ));
    let mut steps = estimate::sample();
    steps.retain(|estimate| estimate.meta.id.as_str() == "verblijfsduur");
    let Ok(Shape::Curves(shape)) = &mut steps[0].outcome else {
        panic!("curves")
    };
    shape.series[0].steps[0].upper = f64::NAN;
    assert!(matches!(
        refused(&steps),
        Some(Refusal::Inconsistent { .. })
    ));
}

#[test]
fn small_steps_of_attrition_are_taken_together() {
    let step = |reason: &str, excluded: u64, remaining: u64| AttritionStep {
        reason: reason.into(),
        excluded: at(0, excluded / 2).plus(at(1, excluded - excluded / 2)),
        remaining: at(0, remaining / 2).plus(at(1, remaining - remaining / 2)),
    };
    let shape = Attrition {
        start_label: "Alles".into(),
        start: at(0, 150).plus(at(1, 150)),
        steps: vec![
            step("groot", 80, 220),
            step("klein", 4, 216),
            step("anders", 40, 176),
        ],
    };
    let estimate = Estimate {
        meta: meta("verloop", [88, 88, 0, 0]),
        outcome: Ok(Shape::Attrition(shape)),
    };
    let policy = Policy::new(PolicyDraft {
        min_institutions: 0,
        ..PolicyDraft::default()
    });
    let policy = policy.unwrap();
    let set = screen(
        std::slice::from_ref(&estimate),
        &policy,
        &Ledger::empty(),
        &key(),
    )
    .unwrap();
    let checks = &set.results()[0].checks;
    assert!(checks.iter().any(|record| record.check == Check::Merging));
    let (publication, _) = release(&[estimate], &policy, &Ledger::empty());
    let Released::Attrition(shown) = publication.result("verloop").unwrap().released() else {
        panic!("an attrition")
    };
    let expected = [
        ("groot".to_owned(), Cell::Count(80), Cell::Count(220)),
        (
            "overige redenen".to_owned(),
            Cell::Count(45),
            Cell::Count(175),
        ),
    ];
    assert_eq!(shown.steps(), expected);
}

/// Numbers at risk per institution next to those of all: a small one must not follow.
#[test]
fn a_small_number_at_risk_does_not_follow_from_the_total() {
    let mut estimates = estimate::sample();
    let wanted = ["verblijfsduur", "verblijfsduur-instelling"];
    estimates.retain(|estimate| wanted.contains(&estimate.meta.id.as_str()));
    let (publication, _) = release(&estimates, &policy(), &Ledger::empty());
    let Ok(Shape::Curves(truth)) = &estimates[1].outcome else {
        panic!("curves")
    };
    let all = curves(&publication, "verblijfsduur");
    let apart = curves(&publication, "verblijfsduur-instelling");
    assert!(
        apart
            .series()
            .iter()
            .all(|series| !series.steps().is_empty())
    );
    let mut tried = 0;
    for total in all.risk()[0]
        .iter()
        .filter(|at| at.at_risk().count().is_some())
    {
        let at_risk = |stratum: &estimate::Stratum| {
            let next = stratum
                .times
                .partition_point(|time| time.get() < total.day());
            stratum.n_risk.get(next).copied().unwrap_or(0)
        };
        let small = truth
            .strata
            .iter()
            .filter(|s| (1..10).contains(&at_risk(s)))
            .count();
        let shown = |risk: &[disclosure::RiskAt]| {
            let at = risk.iter().find(|at| at.day() == total.day());
            at.is_some_and(|at| at.at_risk().count().is_some())
        };
        let shown = apart.risk().iter().filter(|risk| shown(risk)).count();
        let empty = truth
            .strata
            .iter()
            .filter(|stratum| at_risk(stratum) == 0)
            .count();
        // The small one and two others: each of these knows itself.
        if small > 0 {
            assert!(shown + empty <= 1, "day {}: {shown} shown", total.day());
            tried += 1;
        }
    }
    assert!(tried > 0, "no small number at risk was there to find");
}
