//! What the koppelpunt decides of persons, and the study replays.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use codes::{Coded, Institution};
use common::{Places, Ran, doorstroom};
use envelope::{Expected, FileKind, Identity, Party, SealedFile};
use linkage::LinkId;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::Path;
use store::{Koppelpunt, Protocol, Study};

const REFUSED: i32 = 4;
const USAGE: i32 = 64;
const WIER: Institution = Institution::Wier;

fn persons(received: &Ran) -> usize {
    let line = received
        .err
        .lines()
        .find(|line| line.starts_with("Samengevoegd"));
    let line = line.unwrap_or_else(|| panic!("{received:?}"));
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// How many rows have each link id, as the study team reads it.
fn rows_of_links(places: &Places) -> BTreeMap<LinkId, usize> {
    let text = fs::read_to_string(places.protocol()).unwrap();
    let protocol = Protocol::parse(&text, &places.protocol()).unwrap();
    let secret = places.study().join("sleutels/studie-ontvangt.geheim");
    let identity = Identity::parse(fs::read_to_string(secret).unwrap().trim()).unwrap();
    let file = fs::File::open(places.link_file(1)).unwrap();
    let verified = SealedFile::read(file).unwrap().verify(&Expected {
        study: "proef",
        kind: FileKind::LinksForStudy,
        addressee: Party::Study,
        senders: &store::senders(&protocol, Path::new("study.toml")).unwrap(),
    });
    let bytes = verified.unwrap().decrypt_to_vec(&identity).unwrap();
    let mut rows = BTreeMap::new();
    for (_, link) in linkage::read_links(&mut bytes.as_slice()).unwrap() {
        *rows.entry(link).or_default() += 1;
    }
    rows
}

/// WIER delivers once more, and its links carry what was decided meanwhile.
fn deliver_again(places: &Places, number: u32) -> usize {
    places.seal_with(WIER, &["--correction"]).fine();
    places.link(&[places.key_file(WIER, number)]).fine();
    let mut arguments: Vec<OsString> = vec!["receive".into(), places.study().into()];
    arguments.push(places.content_file(WIER, number).into());
    arguments.push(places.link_file(number).into());
    arguments.extend(["--correction".into(), "opnieuw".into()]);
    persons(&common::run(arguments).fine())
}

#[test]
fn a_split_and_a_merge_are_replayed_by_the_study() {
    let root = tempfile::tempdir().unwrap();
    let (places, _) = Places::prepare(root.path(), 120, 11);
    places.edit_protocol("bsn = true", "bsn = false");
    places.seal_and_link();
    let before = persons(&places.receive(&places.for_study()).fine());
    let rows = rows_of_links(&places);
    let shared = *rows.iter().find(|(_, rows)| **rows > 1).unwrap().0;

    let register = places.koppelpunt();
    let split = |institution: Institution| {
        doorstroom![
            "register",
            &register,
            "--split",
            shared.to_string(),
            "--institution",
            institution.key(),
            "--reason",
            "ander geslacht"
        ]
    };
    let nothing = doorstroom!["register", &register, "--reason", "zomaar"];
    assert_eq!(nothing.code, USAGE, "{nothing:?}");
    // One institution after the other, until the person's rows are apart: whose they are, only
    // the study knows.
    for &institution in Institution::ALL {
        split(institution).fine();
        assert_eq!(split(institution).code, REFUSED, "{institution:?} once");
    }
    assert!(doorstroom!["register", &register].fine().out.is_empty());
    let apart = deliver_again(&places, 2);
    assert_eq!(apart, before + rows[&shared] - 1);
    // A later joining finds the same.
    assert_eq!(deliver_again(&places, 3), apart);

    let single: Vec<LinkId> = (rows.iter().filter(|(_, rows)| **rows == 1))
        .map(|(link, _)| *link)
        .take(2)
        .collect();
    {
        let mut koppelpunt = Koppelpunt::open(&register).unwrap();
        let text = fs::read_to_string(places.protocol()).unwrap();
        let keys = Protocol::parse(&text, Path::new("study.toml"))
            .unwrap()
            .match_keys();
        let pair = (single[0], single[1]);
        koppelpunt
            .register
            .merge(pair, "zelfde naam", &keys)
            .unwrap();
        koppelpunt.save().unwrap();
    }
    assert_eq!(deliver_again(&places, 4), apart - 1);
    let study = Study::open(&places.study()).unwrap();
    let events = study.database().events().unwrap();
    let told = |what: &str| events.iter().filter(|event| event.what == what).count();
    assert_eq!(told("persoon gesplitst"), Institution::ALL.len());
    assert_eq!(told("personen samengevoegd"), 1);
    assert!(study.check_log(&[]).is_ok());
}
