//! `doorstroom fit`: what it prints, and how it ends.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const TABLE: &str = "time;status;age;sex\n5;1;61,5;F\n8;0;70;M\n9;1;55;M\n12;1;;F\n";

fn fit(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_doorstroom"))
        .current_dir(folder)
        .arg("fit")
        .args(arguments)
        .output()
        .unwrap()
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("t.csv"), TABLE).unwrap();
    folder
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn numbers_come_as_json_with_the_names_of_r() {
    let folder = folder();
    let ran = fit(
        folder.path(),
        &["basis", "t.csv", "poly(time, 1)", "--format", "json"],
    );
    assert_eq!(ran.status.code(), Some(0), "{}", text(&ran.stderr));
    let json: serde_json::Value = serde_json::from_slice(&ran.stdout).unwrap();
    assert_eq!(json["procedure"], "basis");
    // 5 is 3.5 below the mean of 5, 8, 9 and 12; the squares sum to 25.
    let first = json["result"]["c1"][0].as_f64().unwrap();
    assert!((first + 3.5 / 25.0_f64.sqrt()).abs() < 1e-12);
}

#[test]
fn text_is_the_default_and_warnings_go_beside_it() {
    let folder = folder();
    let call = [
        "survcheck",
        "t.csv",
        "Surv(time, status) ~ age",
        "--id",
        "time",
    ];
    let ran = fit(folder.path(), &call);
    assert_eq!(ran.status.code(), Some(0), "{}", text(&ran.stderr));
    assert!(text(&ran.stdout).contains("1 van 4 rijen weggelaten"));
    let noisy = fit(folder.path(), &["basis", "t.csv", "scale(log(time - 8))"]);
    assert_eq!(noisy.status.code(), Some(1));
    assert!(
        text(&noisy.stderr).starts_with("Let op: "),
        "{}",
        text(&noisy.stderr)
    );
}

#[test]
fn every_cause_has_its_exit_code() {
    let folder = folder();
    let code = |arguments: &[&str]| fit(folder.path(), arguments).status.code().unwrap();
    assert_eq!(code(&["basis", "lost.csv", "scale(age)"]), 74);
    assert_eq!(code(&["basis", "t.csv", "scale(lost)"]), 64);
    assert_eq!(code(&["basis", "t.csv", "scale("]), 64);
    assert_eq!(code(&["nosuch", "t.csv"]), 64);
    assert_eq!(
        code(&[
            "survcheck",
            "t.csv",
            "Surv(time, status) ~ log(-age)",
            "--id",
            "sex"
        ]),
        4
    );
    fs::write(folder.path().join("t.parquet"), "PAR1 but no more").unwrap();
    assert_eq!(code(&["basis", "t.parquet", "scale(age)"]), 3);
}

#[test]
fn a_refusal_is_also_data() {
    let folder = folder();
    let ran = fit(
        folder.path(),
        &["basis", "t.csv", "scale(lost)", "--format", "json"],
    );
    let json: serde_json::Value = serde_json::from_slice(&ran.stdout).unwrap();
    assert_eq!(json["failure"]["code"], "unknown_column");
    assert!(text(&ran.stderr).contains("Er is geen kolom 'lost'."));
}
