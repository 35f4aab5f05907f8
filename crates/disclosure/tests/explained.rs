//! What checkers are told of hidden numbers: true, enough, and no more than it may be.
#![allow(clippy::unwrap_used)] // a test may panic

mod common;

use common::{Numbers, key, named, policy, release, table};
use disclosure::{Check, Explanation, Ledger, Policy, PolicyDraft, ScreenedSet, screen};
use estimate::Estimate;

fn screened(estimates: &[Estimate], policy: &Policy, ledger: &Ledger) -> ScreenedSet {
    screen(estimates, policy, ledger, &key()).unwrap()
}

fn explained(truth: &[[u64; 4]], ledger: &Ledger) -> Explanation {
    let set = screened(&[table("t", truth)], &named(), ledger);
    set.explained().remove(0)
}

fn random(numbers: &mut Numbers) -> Vec<[u64; 4]> {
    let rows = 3 + numbers.below(3) as usize;
    let most = [25, 40, 90][numbers.below(3) as usize];
    let row = |numbers: &mut Numbers| std::array::from_fn(|_| numbers.below(most));
    (0..rows).map(|_| row(numbers)).collect()
}

/// The true number at a place of a table by institution.
fn at(truth: &[[u64; 4]], place: &str) -> Option<u64> {
    let columns = ["Noord", "Oost", "West", "Zuid"];
    let column = columns
        .iter()
        .position(|name| place.contains(&format!("‘{name}’")));
    let row = (0..truth.len()).find(|row| place.contains(&format!("‘rij {row}’")));
    match (row, column) {
        (Some(row), Some(column)) => Some(truth[row][column]),
        (Some(row), None) => Some(truth[row].iter().sum()),
        (None, Some(column)) => Some(truth.iter().map(|row| row[column]).sum()),
        (None, None) => None,
    }
}

/// Every span holds the truth, and that of a small number runs from at most one to at least
/// the threshold; so in a second release beside the first.
#[test]
fn spans_are_true_and_wide_enough() {
    let mut numbers = Numbers(20_261_123);
    let mut small = 0;
    for _ in 0..15 {
        let truth = random(&mut numbers);
        let (_, entry) = release(&[table("t", &truth)], &named(), &Ledger::empty());
        let mut after = truth.clone();
        after[0][1] += 1 + numbers.below(9);
        after[1][2] += numbers.below(60);
        let ledger = Ledger::empty().with(entry).unwrap();
        for (truth, ledger) in [(&truth, &Ledger::empty()), (&after, &ledger)] {
            for number in explained(truth, ledger).hidden {
                let span = number.span.expect("small tables are worked out");
                if let Some(value) = at(truth, &number.place) {
                    let fits = span.least <= value && span.most.is_none_or(|most| value <= most);
                    assert!(fits, "{}", number.place);
                }
                if number.check == Check::Threshold {
                    let wide = span.least <= 1 && span.most.is_none_or(|most| most >= 10);
                    assert!(wide, "{}: {span:?}", number.place);
                    small += 1;
                }
            }
        }
    }
    assert!(small > 60, "{small}");
}

/// Two truths of which the same is published give the same explanation, but for the reasons.
#[test]
fn spans_and_losses_follow_from_the_publication() {
    let one = [[3, 60, 50, 42], [40, 6, 30, 33], [51, 32, 44, 38]];
    let mut other = one;
    // The rectangle of hidden cells turns, and a shown number moves within its rounding.
    (other[0][0], other[0][1], other[1][0], other[1][1]) = (4, 59, 39, 7);
    other[2][2] += 1;
    let of = |truth: &[[u64; 4]; 3]| {
        let set = screened(&[table("t", truth)], &named(), &Ledger::empty());
        let published = format!("{:?}", set.proposed()[0].released());
        (published, set.explained().remove(0))
    };
    let ((published, one), (same, other)) = (of(&one), of(&other));
    assert_eq!(published, same, "not the same publication");
    assert!(!one.hidden.is_empty());
    assert_eq!(one, other);
}

#[test]
fn what_is_hidden_for_another_says_for_which() {
    // τ-ARGUS, batch example 1, by institution instead of sex.
    let truth = [[4, 60, 70, 80], [90, 75, 65, 85], [55, 95, 40, 66]];
    let all = explained(&truth, &Ledger::empty()).hidden;
    let primary: Vec<_> = all
        .iter()
        .filter(|one| one.check == Check::Threshold)
        .collect();
    let [primary] = primary[..] else {
        panic!("one small cell: {all:?}")
    };
    assert!(primary.protects.is_empty());
    let others: Vec<_> = all
        .iter()
        .filter(|one| one.check == Check::Secondary)
        .collect();
    assert!(others.len() >= 3, "{all:?}");
    for other in others {
        assert!(other.protects.contains(&primary.place), "{other:?}");
    }
}

/// A margin that several results share is explained in each of them.
#[test]
fn a_shared_number_is_explained_where_it_stands() {
    let one = table("een", &[[60, 50, 40, 4], [60, 50, 40, 3]]);
    let two = table("twee", &[[70, 60, 50, 5], [50, 40, 30, 2]]);
    let set = screened(&[one, two], &named(), &Ledger::empty());
    for explained in set.explained() {
        let places: Vec<&str> = explained
            .hidden
            .iter()
            .map(|one| one.place.as_str())
            .collect();
        assert!(places.contains(&"totaal van kolom ‘Zuid’"), "{places:?}");
    }
}

/// Each hidden count of the demonstration results is explained once, in its own result.
#[test]
fn every_hidden_count_is_explained() {
    let set = screened(&estimate::sample(), &policy(), &Ledger::empty());
    let mut hidden = 0;
    for (explained, proposed) in set.explained().iter().zip(set.proposed()) {
        assert_eq!(&explained.id, proposed.id());
        let marks = format!("{:?}", proposed.released())
            .matches("Suppressed")
            .count();
        let mut places: Vec<&str> = explained
            .hidden
            .iter()
            .map(|one| one.place.as_str())
            .collect();
        places.sort_unstable();
        places.dedup();
        assert_eq!(places.len(), explained.hidden.len(), "{places:?}");
        assert!(
            explained.loss.counts_hidden <= marks,
            "{}",
            explained.id.as_str()
        );
        assert!(
            (marks == 0) == explained.hidden.is_empty(),
            "{}",
            explained.id.as_str()
        );
        assert!(explained.hidden.iter().all(|one| one.span.is_some()));
        hidden += explained.hidden.len();
    }
    assert!(hidden > 50, "{hidden}");
}

/// What a result lost, by hand: a table of which the published numbers are known.
#[test]
fn the_loss_is_what_a_reader_can_work_out() {
    let truth = [[4, 60, 70, 80], [90, 75, 65, 85], [55, 95, 40, 66]];
    let set = screened(&[table("t", &truth)], &named(), &Ledger::empty());
    let loss = set.explained().remove(0).loss;
    let shown: u64 = match set.proposed()[0].released() {
        disclosure::Released::Table(table) => {
            table.cells().iter().filter_map(|cell| cell.count()).sum()
        }
        other => panic!("not a table: {other:?}"),
    };
    // 12 cells, 3 + 4 totals and the total of all, which is 785.
    assert_eq!(loss.counts, 20);
    assert!(loss.counts_hidden >= 4);
    let share = (785.0 - shown as f64) / 785.0;
    assert!((loss.share_hidden.unwrap() - share).abs() < 1e-12);
    let fine = [[60, 60, 70, 80], [90, 75, 65, 85]];
    let fine = explained(&fine, &Ledger::empty()).loss;
    assert_eq!((fine.counts_hidden, fine.share_hidden), (0, Some(0.0)));
}

#[test]
fn classes_taken_together_and_curves_thinned_are_told() {
    let of = |draft: PolicyDraft| {
        let policy = Policy::new(draft).unwrap();
        screened(&estimate::sample(), &policy, &Ledger::empty()).explained()
    };
    let usual = of(PolicyDraft::default());
    let apart = of(PolicyDraft {
        merge_suggestions: false,
        ..PolicyDraft::default()
    });
    let merged = |all: &[Explanation]| all.iter().map(|one| one.loss.merged).sum::<usize>();
    assert!(merged(&usual) > 0);
    assert_eq!(merged(&apart), 0);
    let coarse = of(PolicyDraft {
        curve_events_between_points: 40,
        ..PolicyDraft::default()
    });
    let points = |all: &[Explanation]| {
        let curves = all.iter().flat_map(|one| &one.loss.curves);
        curves.map(|curve| curve.points).sum::<usize>()
    };
    assert!(points(&coarse) < points(&usual));
}
