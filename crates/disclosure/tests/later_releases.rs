//! Curves and summaries beside those of earlier releases: what would show by comparing.
#![allow(clippy::unwrap_used)] // a test may panic

mod common;

use common::followed::{Followed, clients, count, survival};
use common::{Numbers, meta, policy, release};
use disclosure::{Ledger, Publication, Released, ReleasedSeries, ReleasedSummary};
use estimate::{Durations, Estimate, Shape, Summary};

const HORIZONS: [i32; 2] = [183, 365];

fn series<'a>(publication: &'a Publication, id: &str) -> &'a ReleasedSeries {
    match publication.result(id).unwrap().released() {
        Released::Curves(curves) => &curves.series()[0],
        other => panic!("not curves: {other:?}"),
    }
}

/// Everything of a curve but its label and number of events.
fn drawn(series: &ReleasedSeries) -> String {
    let (steps, median) = (series.steps(), series.median());
    format!(
        "{steps:?} {median:?} {:?} {:?}",
        series.cut_at(),
        series.horizons()
    )
}

fn everyone() -> Vec<Followed> {
    clients(&mut Numbers(17), [90, 80, 70, 60], [900; 4])
}

fn curve(id: &str, label: &str, clients: &[Followed]) -> Estimate {
    survival(id, &[(label, clients)], &HORIZONS)
}

/// Releases sets of results one after the other.
fn releases(sets: &[Estimate]) -> Vec<Publication> {
    let mut ledger = Ledger::empty();
    let mut all = Vec::new();
    for set in sets {
        let (publication, entry) = release(std::slice::from_ref(set), &policy(), &ledger);
        // Read back, as a later run does.
        ledger = ledger.with(entry).unwrap();
        all.push(publication);
    }
    all
}

#[test]
fn another_label_does_not_make_a_curve_new() {
    let before = everyone();
    let after = [&before[..], &before[..3]].concat();
    let shown = releases(&[
        curve("duur", "alle instellingen", &before),
        curve("duur", "iedereen", &after),
    ]);
    assert_eq!(series(&shown[1], "duur").label(), "iedereen");
    assert_eq!(
        drawn(series(&shown[0], "duur")),
        drawn(series(&shown[1], "duur"))
    );
    let alone = releases(&[curve("duur", "iedereen", &after)]);
    assert_ne!(
        drawn(series(&shown[1], "duur")),
        drawn(series(&alone[0], "duur"))
    );
}

#[test]
fn another_name_does_not_make_a_curve_new_either() {
    let before = everyone();
    let after = [&before[..], &before[..3]].concat();
    let shown = releases(&[
        curve("duur", "alle", &before),
        curve("verblijf", "alle", &after),
    ]);
    let withheld = series(&shown[1], "verblijf");
    assert!(withheld.steps().is_empty() && withheld.median().is_none());
    assert!(withheld.horizons().iter().all(|h| h.estimate().is_none()));
}

/// Not only the last release is looked at: what came in the second and left again in the third
/// would show against the first.
#[test]
fn the_first_release_counts_as_much_as_the_last() {
    let first = everyone();
    let more = clients(&mut Numbers(23), [30, 30, 30, 30], [900; 4]);
    let second = [&first[..], &more].concat();
    let third = [&first[..], &more[..2]].concat();
    let shown = releases(&[
        curve("duur", "alle", &first),
        curve("duur", "alle", &second),
        curve("duur", "alle", &third),
    ]);
    let drawn: Vec<String> = shown.iter().map(|one| drawn(series(one, "duur"))).collect();
    assert_ne!(drawn[0], drawn[1], "enough came to be seen");
    assert_eq!(
        drawn[0], drawn[2],
        "two clients show against the first release"
    );
    let n = |release: usize| shown[release].result("duur").unwrap().n();
    assert_eq!(n(0), n(2));
}

/// Where enough came, the events that came between two points are none or enough as well.
#[test]
fn new_events_between_two_points_are_none_or_enough() {
    let before = everyone();
    let mut tried = 0;
    for (seed, new) in [(1, 15), (2, 25), (3, 60), (4, 100)] {
        let more = clients(&mut Numbers(seed), [new, new, new, new], [900; 4]);
        let after = [&before[..], &more].concat();
        let shown = releases(&[
            curve("duur", "alle", &before),
            curve("duur", "alle", &after),
        ]);
        let (old, now) = (series(&shown[0], "duur"), series(&shown[1], "duur"));
        if drawn(old) == drawn(now) {
            continue;
        }
        tried += 1;
        let came = |from: i32, to: i32| {
            count(&more, |one| one.event && one.day > from && one.day <= to).count
        };
        let mut from = -1;
        for step in &now.steps()[1..] {
            let came = came(from, step.day());
            assert!(came == 0 || came >= 10, "{came} until day {}", step.day());
            from = step.day();
        }
        for horizon in now.horizons().iter().filter(|h| h.estimate().is_some()) {
            let came = came(-1, horizon.day());
            assert!(came == 0 || came >= 10, "{came} until a horizon");
        }
    }
    assert!(tried > 1, "no curve was made anew");
}

#[test]
fn small_changes_of_a_curve_add_up_until_they_may_be_seen() {
    let first = everyone();
    let more = clients(&mut Numbers(29), [30, 30, 30, 30], [900; 4]);
    let sets: Vec<Estimate> = [0, 4, 8, 120]
        .map(|new| curve("duur", "alle", &[&first[..], &more[..new]].concat()))
        .to_vec();
    let shown = releases(&sets);
    let drawn: Vec<String> = shown.iter().map(|one| drawn(series(one, "duur"))).collect();
    assert!(drawn[0] == drawn[1] && drawn[1] == drawn[2]);
    assert_ne!(drawn[2], drawn[3]);
}

/// Days per institution.
type Days = [Vec<f64>; 4];

fn days(numbers: &mut Numbers, per_institution: [u64; 4]) -> Days {
    per_institution.map(|n| (0..n).map(|_| 20.0 + numbers.below(200) as f64).collect())
}

fn summary(days: &[f64], institution: Option<usize>, per_institution: [u64; 4]) -> Summary {
    let mut sorted = days.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (n, sum) = (days.len() as f64, days.iter().sum::<f64>());
    let mean = sum / n;
    let squares: f64 = days.iter().map(|day| (day - mean).powi(2)).sum();
    let at = |share: f64| sorted[((n - 1.0) * share) as usize];
    let only = |i: usize| institution.is_none_or(|one| one == i);
    Summary {
        n: days.len() as u64,
        missing: 0,
        sum,
        mean,
        sd: (squares / (n - 1.0)).sqrt(),
        quartiles: [at(0.25), at(0.5), at(0.75)],
        largest: [at(1.0), sorted[sorted.len() - 2]],
        per_institution: std::array::from_fn(|i| if only(i) { per_institution[i] } else { 0 }),
    }
}

fn durations(id: &str, names: [&str; 4], days: &Days) -> Estimate {
    let parts: [u64; 4] = std::array::from_fn(|i| days[i].len() as u64);
    let all = days.concat();
    let long = |i: usize| days[i].iter().filter(|&&day| day >= 90.0).count() as u64;
    let shape = Durations {
        groups: names.map(String::from).to_vec(),
        groups_are_institutions: true,
        per_group: (0..4).map(|i| summary(&days[i], Some(i), parts)).collect(),
        total: summary(&all, None, parts),
        long_from_days: 90,
        long: (0..4).map(|i| common::at(i, long(i))).collect(),
    };
    Estimate {
        meta: meta(id, parts),
        outcome: Ok(Shape::Durations(shape)),
    }
}

const NAMES: [&str; 4] = ["Noord", "Oost", "West", "Zuid"];

/// The mean and quantiles of each group.
fn values(publication: &Publication, id: &str) -> Vec<String> {
    let Released::Durations(shown) = publication.result(id).unwrap().released() else {
        panic!("durations")
    };
    let of = |one: &ReleasedSummary| {
        format!(
            "{:?} {:?} {:?}",
            one.mean_sd(),
            one.median(),
            one.quartiles()
        )
    };
    let mut all: Vec<String> = shown
        .groups()
        .iter()
        .zip(shown.per_group())
        .map(|(group, one)| format!("{group} {:?}", one.as_ref().map(of)))
        .collect();
    all.sort();
    all
}

#[test]
fn means_and_quantiles_stay_while_few_clients_came_or_changed() {
    let mut numbers = Numbers(31);
    let before = days(&mut numbers, [80, 70, 60, 50]);
    let mut one_more = before.clone();
    one_more[0].push(2_000.0);
    let mut one_other = before.clone();
    one_other[1][0] += 1_000.0;
    let renamed = ["Het Noorden", "Oost", "West", "Zuid"];
    let more = days(&mut numbers, [20, 20, 20, 20]);
    let many: Days = std::array::from_fn(|i| [&before[i][..], &more[i]].concat());
    let shown = releases(&[
        durations("wachten", NAMES, &before),
        durations("wachten", NAMES, &one_more),
        durations("wachten", renamed, &one_more),
        durations("wachten", NAMES, &one_other),
        durations("wachten", NAMES, &many),
        durations("wachten", NAMES, &one_more),
    ]);
    let values: Vec<_> = shown.iter().map(|one| values(one, "wachten")).collect();
    assert_eq!(values[0], values[1], "one more client shows");
    assert_eq!(
        values[0], values[2],
        "one more client shows under another name"
    );
    assert_eq!(values[0], values[3], "one other value shows");
    assert_ne!(values[0], values[4], "enough came to be seen");
    // The latest of the earlier ones, but never a new one.
    assert!(values[5] == values[0] || values[5] == values[4]);
}

#[test]
fn a_summary_of_nearly_the_same_people_is_not_shown_under_a_new_name() {
    let before = days(&mut Numbers(37), [80, 70, 60, 50]);
    let mut after = before.clone();
    after[2].push(2_000.0);
    let shown = releases(&[
        durations("wachten", NAMES, &before),
        durations("wachttijd", NAMES, &after),
    ]);
    let hidden = values(&shown[1], "wachttijd");
    assert!(hidden.iter().all(|one| one.ends_with("None")), "{hidden:?}");
}
