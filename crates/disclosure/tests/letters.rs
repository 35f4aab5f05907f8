//! Letters of institutions: in an order that only the study knows, and that it keeps.
#![allow(clippy::unwrap_used)] // a test may panic

mod common;

use common::{details, policy, table};
use disclosure::{Approval, Ledger, LetterKey, Publication, Released, screen};
use estimate::{Estimate, Shape};
use std::collections::BTreeSet;

fn published(estimates: &[Estimate], key: &LetterKey) -> Publication {
    let set = screen(estimates, &policy(), &Ledger::empty(), key).unwrap();
    let approval = Approval::new("An", &["Bo", "Cas"], set.digest(), &policy()).unwrap();
    set.release(approval, details()).unwrap().0
}

/// The letter whose column holds this first cell.
fn letter(publication: &Publication, id: &str, first: u64) -> String {
    let Released::Table(shown) = publication.result(id).unwrap().released() else {
        panic!("a table")
    };
    let sorted = shown.columns().is_sorted();
    assert!(
        sorted,
        "columns in another order than the letters name them"
    );
    let column = (0..4).find(|&column| shown.cell(0, column).count() == Some(first));
    shown.columns()[column.unwrap()].clone()
}

#[test]
fn the_key_decides_the_letters_and_keeps_them() {
    let one = table("een", &[[200, 150, 100, 50], [60, 60, 60, 60]]);
    // Another release has other labels, and nobody of one institution.
    let mut two = table("twee", &[[210, 160, 110, 0], [60, 60, 60, 0]]);
    let Ok(Shape::Frequency(shape)) = &mut two.outcome else {
        panic!("a table")
    };
    shape.columns = ["Aurora", "Oost", "Zeeduin", "Bron"]
        .map(String::from)
        .to_vec();
    let mut all = BTreeSet::new();
    for number in 0..60_u8 {
        let key = LetterKey::from_secret(&[number; 16]);
        let (first, second) = (
            published(std::slice::from_ref(&one), &key),
            published(std::slice::from_ref(&two), &key),
        );
        let letters: Vec<String> = [200, 150, 100]
            .map(|cell| letter(&first, "een", cell))
            .to_vec();
        let later: Vec<String> = [210, 160, 110]
            .map(|cell| letter(&second, "twee", cell))
            .to_vec();
        assert_eq!(letters, later, "another letter in another release");
        all.insert(letters);
    }
    assert!(all.len() > 15, "hardly any other orders: {}", all.len());
}

/// Whatever the order, each institution keeps its own numbers in every shape.
#[test]
fn numbers_move_with_their_letters() {
    let estimates = estimate::sample();
    let shown = |key: u8| {
        let publication = published(&estimates, &LetterKey::from_secret(&[key; 16]));
        let mut lines = Vec::new();
        for result in publication.results() {
            match result.released() {
                Released::Durations(shape) => {
                    lines.extend(shape.per_group().iter().map(|one| format!("{one:?}")));
                }
                Released::Characteristics(shape) => {
                    lines.extend(shape.sizes().iter().map(|one| format!("{one:?}")));
                }
                Released::Flow(flow) => {
                    lines.extend(flow.links().iter().map(|link| {
                        let (from, to) = (link.from(), link.to());
                        let outer = if link.layer() == 0 { from } else { to };
                        format!("{} {outer} {:?}", link.layer(), link.count())
                    }));
                }
                Released::Curves(curves) => {
                    lines.extend(curves.series().iter().map(|one| {
                        let risk = &curves.risk()[one.stratum()];
                        format!("{:?} {risk:?}", one.steps())
                    }));
                }
                _ => {}
            }
        }
        lines.sort();
        lines
    };
    let (first, second) = (shown(1), shown(2));
    assert_eq!(first.len(), second.len());
    // What is hidden for protection may differ between equals; what is drawn may not.
    let drawn = |lines: &[String]| -> Vec<String> {
        let drawn = lines.iter().filter(|line| !line.contains("Suppressed"));
        drawn.cloned().collect()
    };
    let (first, second): (BTreeSet<_>, BTreeSet<_>) = (
        drawn(&first).into_iter().collect(),
        drawn(&second).into_iter().collect(),
    );
    let common = first.intersection(&second).count();
    assert!(common * 10 > first.len() * 8, "{common} of {}", first.len());
}
