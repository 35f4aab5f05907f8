//! Sealing again: what was not sent is replaced, what was sent is corrected, and who errs about
//! that is told how to go on.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use codes::Institution;
use common::{Places, Ran, doorstroom};
use std::fs;
use std::path::PathBuf;

const WIER: Institution = Institution::Wier;
const REFUSED: i32 = 4;
const SEALED: i32 = 5;

fn prepared(root: &tempfile::TempDir) -> Places {
    Places::prepare(root.path(), 40, 3).0
}

fn receive(places: &Places, files: &[PathBuf], more: &[&str]) -> Ran {
    let mut arguments = vec!["receive".into(), places.study().into()];
    arguments.extend(files.iter().map(|file| file.into()));
    arguments.extend(more.iter().map(|text| text.into()));
    common::run(arguments)
}

const CORRECTION: [&str; 2] = ["--correction", "fout in de export"];

/// Number and both kenmerken, as `seal` tells them.
fn told(ran: &Ran) -> (String, String, String) {
    let line = ran.err.lines().find(|line| line.starts_with("Levering "));
    let words: Vec<&str> = line.unwrap().split_whitespace().collect();
    let word = |at: usize| words[at].trim_end_matches(':').to_owned();
    (word(1), word(3), word(6))
}

fn seal(places: &Places, more: &[&str]) -> Ran {
    places.seal_with(WIER, more)
}

#[test]
fn what_was_not_sent_is_replaced() {
    let root = tempfile::tempdir().unwrap();
    let places = prepared(&root);
    let first = seal(&places, &[]).fine();
    let before = fs::read(places.content_file(WIER, 1)).unwrap();
    let asks = seal(&places, &[]);
    assert_eq!(asks.code, REFUSED, "{asks:?}");
    assert!(asks.err.contains("--replace-unsent") && asks.err.contains("--correction"));
    assert!(asks.err.contains(&told(&first).2), "{asks:?}");
    assert_eq!(fs::read(places.content_file(WIER, 1)).unwrap(), before);
    let again = seal(&places, &["--replace-unsent"]).fine();
    assert_eq!(told(&again).0, "1");
    assert_ne!(told(&again).2, told(&first).2);
    assert_ne!(fs::read(places.content_file(WIER, 1)).unwrap(), before);
    for &institution in Institution::ALL.iter().filter(|&&i| i != WIER) {
        places.seal(institution).fine();
    }
    let keys: Vec<PathBuf> = Institution::ALL
        .iter()
        .map(|&i| places.key_file(i, 1))
        .collect();
    places.link(&keys).fine();
    receive(&places, &places.for_study(), &[]).fine();

    // A later delivery, replaced twice, follows on the one that was received.
    seal(&places, &["--correction"]).fine();
    for _ in 0..2 {
        let replaced = seal(&places, &["--replace-unsent"]).fine();
        assert_eq!(told(&replaced).0, "2");
    }
    places.link(&[places.key_file(WIER, 2)]).fine();
    let files = [places.content_file(WIER, 2), places.link_file(2)];
    let received = receive(&places, &files, &CORRECTION).fine();
    assert!(received.err.contains("Samengevoegd"), "{received:?}");
    doorstroom!["--quiet", "run", &places.study()].fine();
}

/// One file of a delivery is replaced after the other was sent, under the same number.
#[test]
fn two_files_that_were_not_sealed_together_are_refused_by_the_study() {
    let root = tempfile::tempdir().unwrap();
    let places = prepared(&root);
    places.seal_and_link();
    seal(&places, &["--replace-unsent"]).fine();
    let refused = receive(&places, &places.for_study(), &[]);
    assert_eq!(refused.code, REFUSED, "{refused:?}");
    assert!(refused.err.contains("niet samen verzegeld"), "{refused:?}");
}

#[test]
fn what_went_out_after_all_is_not_replaced_but_can_be_followed() {
    let root = tempfile::tempdir().unwrap();
    let places = prepared(&root);
    places.seal_and_link();
    receive(&places, &places.for_study(), &[]).fine();
    let sent = told(&seal(&places, &["--correction"]).fine());
    places.link(&[places.key_file(WIER, 2)]).fine();
    receive(&places, &[places.content_file(WIER, 2)], &CORRECTION).fine();

    seal(&places, &["--replace-unsent"]).fine();
    let at_koppelpunt = places.link(&[places.key_file(WIER, 2)]);
    let at_study = receive(&places, &[places.content_file(WIER, 2)], &CORRECTION);
    for (ran, received) in [(&at_koppelpunt, &sent.1), (&at_study, &sent.2)] {
        assert_eq!(ran.code, SEALED, "{ran:?}");
        assert!(ran.err.contains("als een ander bestand"), "{ran:?}");
        assert!(ran.err.contains(&format!("--after {received}")), "{ran:?}");
    }
    // The next one follows what was refused; the receivers say so, and what they have.
    let stray = told(&seal(&places, &["--correction"]).fine());
    assert_eq!(stray.0, "3");
    let ran = receive(&places, &[places.content_file(WIER, 3)], &CORRECTION);
    assert_eq!(ran.code, SEALED, "{ran:?}");
    assert!(ran.err.contains("sluit niet aan op levering 2"), "{ran:?}");
    assert!(ran.err.contains(&format!("--after {}", sent.2)), "{ran:?}");

    let nowhere = seal(&places, &["--after", "0123456789ab"]);
    assert_eq!(nowhere.code, REFUSED, "{nowhere:?}");
    let follows = told(&seal(&places, &["--after", &sent.2]).fine());
    assert_eq!(follows.0, "3");
    places.link(&[places.key_file(WIER, 3)]).fine();
    let files = [
        places.link_file(2),
        places.content_file(WIER, 3),
        places.link_file(3),
    ];
    let received = receive(&places, &files, &CORRECTION).fine();
    assert!(received.err.contains("Samengevoegd"), "{received:?}");
}

#[test]
fn a_first_delivery_that_was_lost_is_sealed_as_the_first_again() {
    let root = tempfile::tempdir().unwrap();
    let places = prepared(&root);
    seal(&places, &[]).fine();
    seal(&places, &["--correction"]).fine();
    let ran = receive(&places, &[places.content_file(WIER, 2)], &[]);
    assert_eq!(ran.code, SEALED, "{ran:?}");
    assert!(ran.err.contains("--after geen"), "{ran:?}");
    let first = told(&seal(&places, &["--after", "geen"]).fine());
    assert_eq!(first.0, "1");
    receive(&places, &[places.content_file(WIER, 1)], &[]).fine();
    let both = seal(&places, &["--after", "geen", "--correction"]);
    assert_eq!(both.code, 64, "{both:?}");
}

/// Joined rows stay as long as they are the newest or a run was computed on them.
#[test]
fn joined_rows_that_nobody_refers_to_go() {
    let root = tempfile::tempdir().unwrap();
    let places = prepared(&root);
    places.seal_and_link();
    let joined = places.study().join("momenten");
    let names = || {
        let mut names: Vec<_> = fs::read_dir(&joined)
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        names.sort();
        names
    };
    receive(&places, &places.for_study(), &[]).fine();
    let of_run = names();
    assert_eq!(of_run.len(), 1);
    doorstroom!["--quiet", "run", &places.study()].fine();
    // Another period of the cohort of exits is another joining.
    let mut seen = vec![of_run[0].clone()];
    for (from, to) in [("2019-H1", "2019-H2"), ("2019-H2", "2020-H1")] {
        places.edit_protocol(&format!("\"{from}\""), &format!("\"{to}\""));
        fs::write(joined.join("verweesd.age"), "van een afgebroken opdracht").unwrap();
        receive(&places, &places.for_study()[..1], &[]).fine();
        let now = names();
        assert!(now.contains(&of_run[0]) && now.len() == 2, "{now:?}");
        let newest = now.into_iter().find(|name| *name != of_run[0]).unwrap();
        assert!(!seen.contains(&newest));
        seen.push(newest);
    }
    doorstroom!["--quiet", "run", &places.study()].fine();
    assert_eq!(names().len(), 2);
}
