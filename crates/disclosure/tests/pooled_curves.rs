//! Curves that pool the institutions: an institution that subtracts its own clients must be
//! left with none or enough.
#![allow(clippy::unwrap_used)] // a test may panic

mod common;

use common::followed::{Followed, clients, count, survival};
use common::{Numbers, policy, release};
use disclosure::{Cell, Ledger, Publication, Released, ReleasedCurves};

const LEAST: u64 = 10;

fn curves<'a>(publication: &'a Publication, id: &str) -> &'a ReleasedCurves {
    match publication.result(id).unwrap().released() {
        Released::Curves(curves) => curves,
        other => panic!("not curves: {other:?}"),
    }
}

/// That each institution is left with none or enough of a number.
fn assert_enough(clients: &[Followed], what: &str, wanted: impl Fn(&Followed) -> bool) {
    let found = count(clients, wanted);
    for own in found.per_institution.into_iter().filter(|&own| own > 0) {
        let others = found.count - own;
        assert!(others == 0 || others >= LEAST, "{what}: {others} others");
    }
}

/// Attacks all that is shown of one pooled curve; how many numbers there were.
fn attack(clients: &[Followed], publication: &Publication) -> usize {
    let shown = curves(publication, "duur");
    let mut tried = 0;
    for at in &shown.risk()[0] {
        if at.at_risk().count().is_some() {
            assert_enough(clients, "at risk", |client| client.day >= at.day());
            tried += 1;
        }
    }
    let series = &shown.series()[0];
    for pair in series.steps().windows(2) {
        let within = |client: &Followed| {
            client.event && client.day > pair[0].day() && client.day <= pair[1].day()
        };
        let first = pair[0].day() == 0;
        assert_enough(clients, "events", |client| {
            within(client) || (first && client.event && client.day == 0)
        });
        tried += 1;
    }
    for horizon in series.horizons().iter().filter(|h| h.estimate().is_some()) {
        assert_enough(clients, "until a horizon", |client| {
            client.event && client.day <= horizon.day()
        });
    }
    if let Some((Some(day), ..)) = series.median() {
        assert_enough(clients, "until the median", |client| {
            client.event && f64::from(client.day) <= day
        });
    }
    if series.events() != Cell::Suppressed {
        assert_enough(clients, "events", |client| client.event);
        assert_enough(clients, "censored", |client| !client.event);
    }
    if publication.result("duur").unwrap().n() != Cell::Suppressed {
        assert_enough(clients, "n", |_| true);
    }
    tried
}

#[test]
fn no_institution_learns_a_few_others_from_a_pooled_curve() {
    let mut numbers = Numbers(3);
    let mut tried = 0;
    for round in 0..12 {
        // The first institution is large and is followed for long, the others less so.
        let sizes = [150, 25 + round, 12 + round, round];
        let all = clients(&mut numbers, sizes, [1_500, 700, 400, 900]);
        let estimate = survival("duur", &[("alle", &all)], &[183, 365, 730]);
        let (publication, _) = release(&[estimate], &policy(), &Ledger::empty());
        tried += attack(&all, &publication);
    }
    assert!(tried > 60, "hardly anything was shown: {tried}");
}

/// Late on only the first institution and a few others are followed: the number at risk is
/// hidden there, or the curve has ended.
#[test]
fn a_number_at_risk_with_few_others_is_not_shown() {
    let mut all = Vec::new();
    for i in 0..400_i32 {
        let institution = if i % 2 == 0 {
            0
        } else {
            1 + (i as usize / 2) % 3
        };
        let last = if institution == 0 || i < 8 {
            1_000
        } else {
            300
        };
        all.push(Followed {
            day: 1 + (i * 37) % last,
            event: i % 3 > 0,
            institution,
        });
    }
    let estimate = survival("duur", &[("alle", &all)], &[]);
    let (publication, _) = release(&[estimate], &policy(), &Ledger::empty());
    attack(&all, &publication);
    let late = count(&all, |client| client.day >= 365);
    assert!(late.count >= LEAST, "enough for a reader: {late:?}");
    let shown = curves(&publication, "duur").risk()[0]
        .iter()
        .find(|at| at.day() == 365);
    assert!(shown.is_none_or(|at| at.at_risk() == Cell::Suppressed));
}

/// Where a group is left out of the curves, the number of the whole does not give it away.
#[test]
fn the_number_behind_a_result_does_not_give_away_who_is_missing_in_it() {
    let mut numbers = Numbers(5);
    let all = clients(&mut numbers, [80, 70, 60, 4], [900; 4]);
    let of = |institution: usize| -> Vec<Followed> {
        let own = all
            .iter()
            .filter(|client| client.institution == institution);
        own.copied().collect()
    };
    let groups = [of(0), of(1), of(2)];
    let named = ["Noord", "Oost", "West"];
    let groups: Vec<(&str, &[Followed])> = named
        .into_iter()
        .zip(groups.iter().map(Vec::as_slice))
        .collect();
    let mut estimate = survival("duur", &groups, &[]);
    estimate.meta.n = 214;
    estimate.meta.clients = 214;
    estimate.meta.per_institution = [80, 70, 60, 4];
    let (publication, _) = release(&[estimate], &policy(), &Ledger::empty());
    let n = publication.result("duur").unwrap().n();
    let shown = curves(&publication, "duur");
    let risk = |stratum: usize| shown.risk()[stratum].first().map(|at| at.at_risk());
    let all_shown = (0..3).all(|stratum| risk(stratum).is_some_and(|at| at != Cell::Suppressed));
    assert!(n == Cell::Suppressed || !all_shown);
}
