//! Runs a folder of reference cases: `cargo run -p fit --example reference -- DIR`.
//!
//! Options: `--calls FILE` (default: `crates/statistics/tests/reference/calls.toml`), `--only
//! REGEX` for some cases, `--details` for every field that differs. Prints per case the largest
//! relative difference and the field where it is, and ends with `N passed, M failed`.

use fit::Files;
use fit::reference::{CaseReport, Status, cases, run_case};
use regex::Regex;
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const CALLS: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../statistics/tests/reference/calls.toml"
);

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

struct Options {
    folder: PathBuf,
    calls: PathBuf,
    only: Option<Regex>,
    details: bool,
}

fn options() -> Result<Options, String> {
    let usage = "reference DIR [--calls BESTAND] [--only REGEX] [--details]";
    let mut options = Options {
        folder: PathBuf::new(),
        calls: CALLS.into(),
        only: None,
        details: false,
    };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || {
            words
                .next()
                .ok_or_else(|| format!("{word}: er hoort een waarde bij"))
        };
        match word.as_str() {
            "--calls" => options.calls = value()?.into(),
            "--only" => options.only = Some(Regex::new(&value()?).map_err(|e| e.to_string())?),
            "--details" => options.details = true,
            _ if word.starts_with('-') || options.folder != Path::new("") => {
                return Err(usage.into());
            }
            _ => options.folder = word.into(),
        }
    }
    match options.folder == Path::new("") {
        true => Err(usage.into()),
        false => Ok(options),
    }
}

/// Whether all cases passed.
fn run() -> Result<bool, String> {
    let options = options()?;
    let calls = calls(&options.calls)?;
    let folder = Folder(options.folder.clone());
    let cases = cases(&folder).map_err(|failure| failure.message)?;
    let (mut passed, mut failed) = (0, 0);
    for (id, file) in &cases {
        if options.only.as_ref().is_some_and(|only| !only.is_match(id)) {
            continue;
        }
        let report = run_case(&folder, id, file, &calls);
        show(&report, options.details);
        passed += usize::from(report.passed());
        failed += usize::from(!report.passed());
    }
    println!("{passed} passed, {failed} failed");
    Ok(failed == 0)
}

fn show(report: &CaseReport, details: bool) {
    println!("{}", report.line());
    match &report.status {
        Status::Differs(comparison) if details => {
            for mismatch in &comparison.mismatches {
                println!("       {mismatch}");
            }
        }
        Status::Failed(failure) if details => println!("{}", failure.message),
        _ => {}
    }
}

fn calls(path: &Path) -> Result<BTreeMap<String, String>, String> {
    let text = std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
    let table: toml::Table = text
        .parse()
        .map_err(|e| format!("{}: {e}", path.display()))?;
    let mut calls = BTreeMap::new();
    collect(&table, &mut calls);
    Ok(calls)
}

/// `id = "call"`, at the top or in sections; `[id]` with a `call`; a call as a list of words.
fn collect(table: &toml::Table, calls: &mut BTreeMap<String, String>) {
    for (id, value) in table {
        match value {
            toml::Value::String(call) => {
                calls.insert(id.clone(), call.clone());
            }
            toml::Value::Array(words) => {
                let quoted = words.iter().filter_map(toml::Value::as_str).map(quoted);
                calls.insert(id.clone(), quoted.collect::<Vec<_>>().join(" "));
            }
            toml::Value::Table(inner) => match inner.get("call").and_then(toml::Value::as_str) {
                Some(call) => {
                    calls.insert(id.clone(), call.into());
                }
                None => collect(inner, calls),
            },
            _ => {}
        }
    }
}

/// A word as a shell would need it.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// Files below a folder.
struct Folder(PathBuf);

impl Files for Folder {
    fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        std::fs::read(self.0.join(name))
    }
}
