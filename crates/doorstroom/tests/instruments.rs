//! `instrument`: what users read of questionnaires, and what own files are told.

#![allow(clippy::unwrap_used)] // a test may panic

use std::path::Path;
use std::process::{Command, Output};

fn instrument(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = Command::new(env!("CARGO_BIN_EXE_doorstroom"))
        .arg("instrument")
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code(), text(stdout), text(stderr))
}

const PACK: &str = "soort = \"itemteksten\"\ninstrument = \"MOAS\"\nversie = \"1\"\n\
    [licentie]\nhouder = \"Verzonnen instelling\"\nkenmerk = \"L-1\"\n\
    [teksten]\n1 = \"een\"\n2 = \"twee\"\n3 = \"drie\"\n4 = \"vier\"\n";

const DEMO: &str = include_str!("../../questionnaire/instruments/demo-15.toml");

#[test]
fn list_and_show_tell_what_is_known() {
    let here = Path::new(".");
    let (code, list, _) = instrument(here, &["list"]);
    assert_eq!(code, Some(0));
    assert!(
        list.lines().count() == 42 && list.contains("GCI-R"),
        "{list}"
    );
    let (_, all, _) = instrument(here, &["list", "--format", "json"]);
    let all: serde_json::Value = serde_json::from_str(&all).unwrap();
    assert_eq!(all.as_array().unwrap().len(), 41);

    let (code, sheet, _) = instrument(here, &["show", "gci"]);
    assert_eq!(code, Some(0));
    assert!(
        sheet.contains("alleen op groepsniveau: te onbetrouwbaar"),
        "{sheet}"
    );
    let (_, gci, _) = instrument(here, &["show", "GCI", "--format", "json"]);
    let gci: serde_json::Value = serde_json::from_str(&gci).unwrap();
    assert_eq!(gci["scales"][3]["code"], "REPRESSIE");
    assert_eq!(gci["scales"][3]["reliabilities"][0]["value"], 0.64);
    assert!(gci["scales"][3]["group_level_only"].is_string());
    assert!(gci["total"]["group_level_only"].is_null());

    let (code, out, sentence) = instrument(here, &["show", "GIC"]);
    assert_eq!((code, out.as_str()), (Some(64), ""));
    assert!(
        sentence.contains("geen instrument met de code `GIC`"),
        "{sentence}"
    );
}

#[test]
fn own_files_are_told_every_fault() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("goed.toml", DEMO);
    write("fout.toml", &DEMO.replace("items = 15", "items = 14"));
    write("teksten.toml", PACK);
    write("korter.toml", &PACK.replace("4 = \"vier\"\n", ""));
    let check = |arguments: &[&str]| {
        let all: Vec<&str> = ["check"].iter().chain(arguments).copied().collect();
        instrument(folder.path(), &all)
    };

    let (code, told, _) = check(&["goed.toml"]);
    assert_eq!(
        (code, told.as_str()),
        (
            Some(0),
            "Het bestand klopt: DEMO-15 (verzonnen instrument), versie 1.\n"
        )
    );
    let (code, told, _) = check(&["fout.toml"]);
    assert_eq!(code, Some(2));
    assert_eq!(told.lines().count(), 3, "{told}");
    let (code, told, _) = check(&["fout.toml", "--format", "json"]);
    assert_eq!(code, Some(2));
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["faults"].as_array().unwrap().len(), 3);
    assert_eq!(told["faults"][1]["place"], "[totaal], bereik");

    let (code, told, _) = check(&["teksten.toml"]);
    assert_eq!(
        (code, told.as_str()),
        (
            Some(0),
            "Het bestand klopt: teksten van 4 items van MOAS, licentie L-1 van Verzonnen instelling.\n"
        )
    );
    let (code, told, _) = check(&["korter.toml"]);
    assert_eq!(code, Some(2));
    assert!(
        told.contains("de tekst van item 4 ontbreekt") && !told.contains("drie"),
        "{told}"
    );
    let (code, _, sentence) = check(&["nergens.toml"]);
    assert_eq!(code, Some(74));
    assert!(sentence.contains("nergens.toml"), "{sentence}");
}

#[test]
fn item_texts_are_held_against_an_own_definition() {
    let folder = tempfile::tempdir().unwrap();
    let own = include_str!("../../questionnaire/instruments/moas.toml");
    let second = own.replace("versie = \"1\"", "versie = \"2\"");
    std::fs::write(folder.path().join("moas.toml"), second).unwrap();
    std::fs::write(folder.path().join("teksten.toml"), PACK).unwrap();
    let with_own = ["check", "teksten.toml", "--definition", "moas.toml"];
    let (code, told, _) = instrument(folder.path(), &with_own);
    assert_eq!(code, Some(2));
    assert!(
        told.contains("het instrumentbestand is versie `2`"),
        "{told}"
    );
    // A definition that is wrong itself stops it.
    std::fs::write(folder.path().join("moas.toml"), "soort = \"x\"").unwrap();
    let (code, _, sentence) = instrument(folder.path(), &with_own);
    assert_eq!(code, Some(3));
    assert!(sentence.starts_with("moas.toml: regel 1"), "{sentence}");
}
