//! `audit` and `protect` on tables made by anybody.

#![allow(clippy::unwrap_used)] // a test may panic

use std::path::Path;
use std::process::{Command, Output};

fn doorstroom(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_doorstroom"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

const TABLE: &str = "\
regio \\ geslacht;man;vrouw;Totaal
A;95;4;99
B;73;40;113
C;60;88;148
Totaal;228;132;360
";

#[test]
fn what_protect_writes_passes_audit() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("tabel.csv"), TABLE).unwrap();

    let audit = doorstroom(folder.path(), &["audit", "tabel.csv"]);
    assert_eq!(audit.status.code(), Some(2));
    let found = text(&audit.stdout);
    assert!(
        found.contains("regio A, geslacht vrouw: een klein aantal staat open"),
        "{found}"
    );

    let protect = doorstroom(
        folder.path(),
        &["protect", "tabel.csv", "--out", "klaar.csv"],
    );
    assert_eq!(protect.status.code(), Some(0), "{}", text(&protect.stderr));
    let written = std::fs::read_to_string(folder.path().join("klaar.csv")).unwrap();
    assert!(written.contains("A;x;x;99"), "{written}");
    let again = doorstroom(folder.path(), &["audit", "klaar.csv"]);
    assert_eq!(again.status.code(), Some(0), "{}", text(&again.stdout));

    // Both tables together give everything away.
    let both = doorstroom(
        folder.path(),
        &["audit", "tabel.csv", "klaar.csv", "--json"],
    );
    assert_eq!(both.status.code(), Some(2));
    let report: serde_json::Value = serde_json::from_slice(&both.stdout).unwrap();
    let kinds = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["kind"].as_str());
    assert!(kinds.flatten().filter(|kind| *kind == "exact").count() >= 4);
}

#[test]
fn settings_reach_the_engine() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("tabel.csv"), TABLE).unwrap();
    let shown = |arguments: &[&str]| {
        let all = [&["protect", "tabel.csv"], arguments].concat();
        let done = doorstroom(folder.path(), &all);
        assert_eq!(
            done.status.code(),
            Some(0),
            "{arguments:?}: {}",
            text(&done.stderr)
        );
        text(&done.stdout)
    };
    let plain = shown(&[]);
    assert_ne!(plain, shown(&["--threshold", "4", "--group-share", "1"]));
    assert!(shown(&["--round", "5"]).contains(";100\n"));
    let json: serde_json::Value = serde_json::from_str(&shown(&["--json"])).unwrap();
    assert_eq!(json["tables"][0]["cells"], 12);
    assert!(json["tables"][0]["hidden"][0]["why"].is_string());
}

#[test]
fn each_refusal_has_its_own_code() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("leeg.csv", "niets\n");
    write("fout.csv", "r;a;b\nA;1;geel\nB;2;3\n");
    write("klein.csv", "r;n\nA;3\nB;2\nTotaal;5\n");
    write("scheef.csv", "r;n\nA;30\nB;20\nTotaal;51\n");
    let code = |arguments: &[&str]| {
        let done = doorstroom(folder.path(), arguments);
        assert!(!text(&done.stderr).contains("geel"), "a value in a message");
        done.status.code()
    };
    assert_eq!(code(&["audit", "weg.csv"]), Some(74));
    assert_eq!(code(&["audit", "leeg.csv"]), Some(3));
    assert_eq!(code(&["audit", "fout.csv"]), Some(3));
    assert_eq!(code(&["protect", "klein.csv"]), Some(4));
    assert_eq!(code(&["protect", "scheef.csv"]), Some(4));
    assert_eq!(code(&["audit", "scheef.csv"]), Some(2));
    assert_eq!(code(&["audit", "klein.csv", "--rounded", "0"]), Some(64));
}
