//! The four deliveries: each can be read with its own profile, says what the network knows, and
//! gives the findings that were planted, and no other.

use calendar::Day;
use dummy::{Delivery, Dirt, Network, Parameters};
use intake::profile::Profile;
use intake::{DeliveryFile, Findings, ParsedTables, Severity, check, open_delivery, parse};
use std::collections::{BTreeMap, BTreeSet};

const TODAY: Day = match Day::from_ymd(2026, 7, 1) {
    Some(day) => day,
    None => panic!("1 July always exists"),
};

fn network(clients: usize) -> Network {
    Network::invent(&Parameters::declared(), clients, 1, TODAY)
}

fn read(delivery: &Delivery) -> ParsedTables {
    let profile = Profile::parse(&delivery.profile_toml).expect("we wrote the profile ourselves");
    let mut files = Vec::new();
    for (name, bytes) in &delivery.files {
        if name.ends_with(".zip") {
            files.extend(open_delivery(name, bytes).expect("we wrote the zip ourselves"));
        } else {
            files.push(DeliveryFile {
                name: name.clone(),
                bytes: bytes.into(),
            });
        }
    }
    parse(files, Some(&profile), &|_| {})
}

fn findings(tables: &ParsedTables) -> Findings {
    check(tables, TODAY, &|_, _| {})
}

fn counts(findings: &Findings) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for finding in findings.iter() {
        *counts.entry(finding.rule.code).or_default() += 1;
    }
    counts
}

#[test]
fn a_seed_gives_the_same_bytes() {
    let (first, second) = (network(40).deliveries(), network(40).deliveries());
    for (one, other) in first.unwrap().iter().zip(&second.unwrap()) {
        for (file, twin) in one.files.iter().zip(&other.files) {
            assert!(file == twin, "{} differs", file.0);
        }
        assert_eq!(one.files.len(), other.files.len());
        assert_eq!(one.profile_toml, other.profile_toml);
    }
}

#[test]
fn clean_deliveries_are_read_whole_and_give_no_finding() {
    let deliveries = network(120).deliveries_with(Dirt::NONE).unwrap();
    assert_eq!(deliveries.len(), 4);
    let mut filled = BTreeSet::new();
    for delivery in &deliveries {
        assert!(delivery.planted.is_empty());
        let tables = read(delivery);
        assert_eq!(tables.info.institution, Some(delivery.institution));
        assert!(tables.unreadable.is_empty() && tables.unmapped.is_empty());
        for ((name, rows), table) in delivery.row_counts().iter().zip(&tables.tables) {
            assert_eq!(table.rows, *rows, "{:?} {name}", delivery.institution);
            filled.extend((*rows > 0).then_some(*name));
        }
        let found = counts(&findings(&tables));
        assert!(found.is_empty(), "{:?} {found:?}", delivery.institution);
    }
    assert_eq!(
        filled.len(),
        intake::schema::TABLES.len(),
        "a table stays empty"
    );
}

#[test]
fn planted_faults_are_found_by_their_rules_and_nothing_else_is() {
    for delivery in network(200).deliveries().unwrap() {
        let found = findings(&read(&delivery));
        let mut expected: BTreeMap<&str, usize> = BTreeMap::new();
        for planted in &delivery.planted {
            assert!(!planted.blocking);
            *expected.entry(planted.rule).or_default() += planted.rows.len().max(1);
        }
        assert!(expected.len() >= 2, "{:?}", delivery.institution);
        assert_eq!(counts(&found), expected, "{:?}", delivery.institution);
        assert_ne!(found.worst(), Some(Severity::Blocking));
    }
}

#[test]
fn a_damaged_delivery_is_refused_for_what_was_done_to_it() {
    for delivery in network(120).deliveries().unwrap() {
        let damaged = delivery.damaged().unwrap();
        let found = findings(&read(&damaged));
        assert_eq!(found.worst(), Some(Severity::Blocking));
        for planted in damaged.planted.iter().filter(|planted| planted.blocking) {
            let at: Vec<usize> = found
                .iter()
                .filter(|finding| finding.rule.code == planted.rule)
                .filter_map(|finding| Some(finding.place.row? as usize))
                .collect();
            assert_eq!(
                at, planted.rows,
                "{:?} {}",
                delivery.institution, planted.rule
            );
        }
    }
}
