//! Receipts of deliveries, and the log that they hold the study to.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use codes::{Coded, Institution};
use common::{Places, Ran, doorstroom};
use std::fs;
use std::path::PathBuf;

const REFUSED: i32 = 4;
const SEALED: i32 = 5;
const WIER: Institution = Institution::Wier;

fn receipt(places: &Places, institution: Institution) -> PathBuf {
    let name = format!("proef-ontvangstbewijs-{}-001.verzegeld", institution.key());
    places.study().join("ontvangstbewijzen").join(name)
}

fn open(places: &Places, file: &PathBuf, institution: Institution) -> Ran {
    doorstroom![
        "receipt",
        file,
        "--study",
        &places.protocol(),
        "--keys",
        &places.keys(institution)
    ]
}

#[test]
fn a_receipt_tells_what_was_received_and_holds_the_study_to_its_log() {
    let root = tempfile::tempdir().unwrap();
    let (places, _) = Places::prepare(root.path(), 40, 9);
    places.seal_and_link();
    let received = places.receive(&places.for_study()).fine();
    assert!(
        received.err.contains("Ontvangstbewijs voor"),
        "{received:?}"
    );
    let made = fs::read(receipt(&places, WIER)).unwrap();
    places.receive(&places.for_study()).fine();
    assert_eq!(
        fs::read(receipt(&places, WIER)).unwrap(),
        made,
        "one receipt a delivery"
    );

    let told = open(&places, &receipt(&places, WIER), WIER).fine();
    assert!(told.err.contains("Levering 1 (kenmerk"), "{told:?}");
    let checkpoint = root.path().join("logstand.txt");
    fs::write(&checkpoint, &told.out).unwrap();
    // Told twice is the same as told once.
    assert_eq!(
        open(&places, &receipt(&places, WIER), WIER).fine().out,
        told.out
    );

    let other = open(&places, &receipt(&places, WIER), Institution::Stevig);
    assert_eq!(other.code, SEALED, "a receipt for another: {other:?}");

    let study = places.study();
    let fine = doorstroom!["log", &study, "--checkpoint", &checkpoint].fine();
    assert!(fine.out.contains("levering ontvangen"), "{fine:?}");
    assert!(
        fine.err.contains("klopt met de opgegeven logstand"),
        "{fine:?}"
    );
    let json = doorstroom!["log", &study, "--format", "json"].fine();
    let value: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(value["chained"], value["events"].as_array().unwrap().len());

    fs::write(&checkpoint, told.out.replace("proef\n", "ander\n")).unwrap();
    let forged = doorstroom!["log", &study, "--checkpoint", &checkpoint];
    assert_eq!(forged.code, REFUSED, "{forged:?}");
}

#[test]
fn a_receipt_of_what_was_never_sealed_and_a_log_that_was_put_back_are_refused() {
    let root = tempfile::tempdir().unwrap();
    let (places, _) = Places::prepare(root.path(), 40, 10);
    places.seal_and_link();
    let before = root.path().join("eerder");
    common::copy(&places.study(), &before);
    places.receive(&places.for_study()).fine();
    let told = open(&places, &receipt(&places, WIER), WIER).fine();
    let checkpoint = root.path().join("logstand.txt");
    fs::write(&checkpoint, &told.out).unwrap();

    // The study puts its folder of yesterday back: the log is whole, but not what it was.
    assert_eq!(doorstroom!["log", &before].code, 0);
    let put_back = doorstroom!["log", &before, "--checkpoint", &checkpoint];
    assert_eq!(put_back.code, REFUSED, "{put_back:?}");
    assert!(put_back.err.contains("logboek"));

    // It receives everything once more: as many events, and another log.
    fs::rename(places.study(), root.path().join("weg")).unwrap();
    fs::rename(&before, places.study()).unwrap();
    let turned: Vec<PathBuf> = places.for_study().into_iter().rev().collect();
    places.receive(&turned).fine();
    let contradicts = open(&places, &receipt(&places, WIER), WIER);
    assert_eq!(contradicts.code, REFUSED, "{contradicts:?}");
    assert!(contradicts.err.contains("andere stand"), "{contradicts:?}");

    // The institution never sealed this.
    fs::write(places.keys(WIER).join("stand.json"), "{\"studies\":{}}").unwrap();
    let unknown = open(&places, &receipt(&places, WIER), WIER);
    assert_eq!(unknown.code, REFUSED, "{unknown:?}");
    assert!(unknown.err.contains("niet verzegeld"));
}
