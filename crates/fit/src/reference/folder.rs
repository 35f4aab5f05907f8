//! The cases of a folder, and what became of each.

use super::compare::{Comparison, compare};
use super::tree::Tree;
use crate::{Failure, Files, FitCall};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::io;

#[derive(Deserialize)]
struct Entry {
    id: String,
    file: String,
}

#[derive(Deserialize)]
struct Case {
    rtol: Option<f64>,
    expected: Tree,
    #[serde(default)]
    r_warnings: Vec<String>,
}

/// What became of a case.
#[derive(Clone, Debug, PartialEq)]
pub enum Status {
    /// Every number agrees.
    Passed(Comparison),
    /// Numbers differ or are absent.
    Differs(Comparison),
    /// There is no result.
    Failed(Failure),
    /// No call is given for it.
    NoCall,
}

/// A case and what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseReport {
    /// The id of the case.
    pub id: String,
    /// Its relative tolerance.
    pub rtol: f64,
    /// What became of it.
    pub status: Status,
}

impl CaseReport {
    /// Whether it passed.
    pub fn passed(&self) -> bool {
        matches!(self.status, Status::Passed(_))
    }

    /// One line: `ok km-lung-log 2.1e-15 surv[3]`.
    pub fn line(&self) -> String {
        let id = &self.id;
        match &self.status {
            Status::Passed(c) => format!("ok   {id:<34} {:>8.1e}  {}", c.largest, c.field),
            Status::Differs(c) => {
                let first = c
                    .mismatches
                    .first()
                    .map_or("niets te vergelijken", String::as_str);
                format!(
                    "FOUT {id:<34} {:>8.1e}  {} fout; {first}",
                    c.largest, c.failed
                )
            }
            Status::Failed(failure) => {
                let message = failure.message.lines().next().unwrap_or_default();
                format!("FOUT {id:<34}           {}: {message}", failure.code)
            }
            Status::NoCall => format!("FOUT {id:<34}           er is geen aanroep"),
        }
    }
}

/// The ids of the cases of a folder and their files, in the order of the manifest.
///
/// # Errors
/// There is no manifest, or it cannot be read.
pub fn cases(folder: &dyn Files) -> Result<Vec<(String, String)>, Failure> {
    let bytes = read(folder, "manifest.json")?;
    let entries: Vec<Entry> = serde_json::from_slice(&bytes)
        .map_err(|error| Failure::new("unreadable_manifest", format!("manifest.json: {error}.")))?;
    Ok(entries
        .into_iter()
        .map(|entry| (entry.id, entry.file))
        .collect())
}

/// Runs one case: reads what is expected, fits, and compares.
pub fn run_case(
    folder: &dyn Files,
    id: &str,
    file: &str,
    calls: &BTreeMap<String, String>,
) -> CaseReport {
    let report = |rtol: f64, status: Status| CaseReport {
        id: id.into(),
        rtol,
        status,
    };
    let case: Case = match read(folder, file).and_then(|bytes| parsed(file, &bytes)) {
        Ok(case) => case,
        Err(failure) => return report(f64::NAN, Status::Failed(failure)),
    };
    let rtol = case.rtol.unwrap_or(1e-8);
    let Some(call) = calls.get(id) else {
        return report(rtol, Status::NoCall);
    };
    match answer(folder, call) {
        Err(failure) => report(rtol, Status::Failed(failure)),
        Ok((actual, codes)) => {
            let mut comparison = compare(&case.expected, &actual, rtol);
            check_warnings(&case, &codes, &mut comparison);
            match comparison.passes() {
                true => report(rtol, Status::Passed(comparison)),
                false => report(rtol, Status::Differs(comparison)),
            }
        }
    }
}

fn parsed(file: &str, bytes: &[u8]) -> Result<Case, Failure> {
    serde_json::from_slice(bytes)
        .map_err(|error| Failure::new("unreadable_case", format!("{file}: {error}.")))
}

/// The result of a call and the names of its warnings.
fn answer(folder: &dyn Files, call: &str) -> Result<(Tree, Vec<String>), Failure> {
    let outcome = FitCall::parse(call)?.run(&Data(folder))?;
    let codes = outcome.warnings.iter().map(|warning| warning.code.clone());
    Ok((Tree::from(&outcome.fitted.result), codes.collect()))
}

/// Where R's warning is the result (an infinite coefficient), we must give ours.
fn check_warnings(case: &Case, codes: &[String], comparison: &mut Comparison) {
    let expects = case
        .r_warnings
        .iter()
        .any(|warning| warning.contains("may be infinite"));
    if expects && !codes.iter().any(|code| code == "infinite_coefficient") {
        comparison.failed += 1;
        comparison
            .mismatches
            .insert(0, "de waarschuwing infinite_coefficient ontbreekt".into());
    }
}

fn read(folder: &dyn Files, name: &str) -> Result<Vec<u8>, Failure> {
    folder
        .read(name)
        .map_err(|error| Failure::new("unreadable_file", format!("{name}: {error}.")))
}

/// The tables of a folder: calls name them relative to `data/`.
struct Data<'a>(&'a dyn Files);

impl Files for Data<'_> {
    fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        if name.starts_with('/') {
            return self.0.read(name);
        }
        let name = name.strip_prefix("data/").unwrap_or(name);
        self.0.read(&format!("data/{name}"))
    }
}
