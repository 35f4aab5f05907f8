//! A delivery on disk: a folder or a zip file, read and checked.

use crate::exit::{Exit, Failure};
use crate::progress::Reporter;
use intake::profile::Profile;
use intake::{DeliveryFile, Findings, ParsedTables, Severity, Unreadable};
use rayon::prelude::*;
use std::borrow::Cow;
use std::path::{Path, PathBuf};

/// Endings of files that can be part of a delivery.
const ENDINGS: [&str; 7] = ["csv", "tsv", "txt", "xlsx", "xls", "ods", "sav"];

/// A delivery, read and checked.
pub struct Checked {
    /// The tables.
    pub tables: ParsedTables,
    /// What was found.
    pub findings: Findings,
}

impl Checked {
    /// The exit code that goes with the findings; what cannot be read comes first.
    pub fn exit(&self) -> Exit {
        if !self.tables.unreadable.is_empty() {
            return Exit::Unreadable;
        }
        match self.findings.worst() {
            None | Some(Severity::Note) => Exit::Fine,
            Some(Severity::Warning) => Exit::Warnings,
            Some(Severity::Blocking) => Exit::Blocking,
        }
    }
}

/// Reads the files of a delivery.
///
/// # Errors
/// A place that is not there, that holds nothing to read, or a zip that cannot be trusted.
pub fn open(path: &Path) -> Result<Vec<DeliveryFile<'static>>, Failure> {
    let files = if path.is_dir() {
        folder(path)?
    } else {
        single(path)?
    };
    if files.is_empty() {
        return Err(Failure::new(
            Exit::Unreadable,
            format!(
                "In {} staat geen bestand dat kan worden gelezen. Een levering bestaat uit .xlsx-, .ods-, .csv- of .sav-bestanden.",
                path.display()
            ),
        ));
    }
    Ok(files)
}

/// Reads a profile.
///
/// # Errors
/// A file that is not there or not a profile.
pub fn profile(path: Option<&Path>) -> Result<Option<Profile>, Failure> {
    let Some(path) = path else { return Ok(None) };
    let text = store::files::read_text(path)?;
    let profile = Profile::parse(&text)
        .map_err(|error| Failure::new(Exit::Unreadable, format!("{}: {error}", path.display())))?;
    Ok(Some(profile))
}

/// Reads and checks a delivery.
///
/// # Errors
/// As [`open`] and [`profile`].
pub fn check(
    path: &Path,
    profile_path: Option<&Path>,
    reporter: &Reporter,
) -> Result<Checked, Failure> {
    let profile = profile(profile_path)?;
    let files = open(path)?;
    let size = files.iter().map(|file| file.bytes.len() as u64).sum();
    let bar = reporter.bytes("Levering lezen", size);
    let tables = intake::parse(files, profile.as_ref(), &|bytes| bar.inc(bytes));
    bar.finish_and_clear();
    let step = reporter.step("Regels nalopen");
    let findings = intake::check(&tables, store::clock::today(), &|_, _| step.tick());
    step.finish_and_clear();
    Ok(Checked { tables, findings })
}

fn folder(path: &Path) -> Result<Vec<DeliveryFile<'static>>, Failure> {
    let mut found = Vec::new();
    collect(path, path, &mut found)?;
    found.sort();
    let contents: Vec<_> = found
        .par_iter()
        .map(|name| store::files::read(&path.join(name)))
        .collect();
    let mut files = Vec::new();
    for (name, bytes) in found.into_iter().zip(contents) {
        let bytes = bytes?;
        if name.to_lowercase().ends_with(".zip") {
            files.extend(unzip(&name, &bytes)?);
        } else {
            files.push(DeliveryFile {
                name,
                bytes: Cow::Owned(bytes),
            });
        }
    }
    Ok(files)
}

/// Names of the readable files below a folder, with `/` between folders. Links are not followed.
fn collect(root: &Path, folder: &Path, found: &mut Vec<String>) -> Result<(), Failure> {
    let entries = std::fs::read_dir(folder).map_err(store::Error::at(folder))?;
    for entry in entries {
        let entry = entry.map_err(store::Error::at(folder))?;
        let kind = entry.file_type().map_err(store::Error::at(&entry.path()))?;
        if kind.is_dir() {
            collect(root, &entry.path(), found)?;
        } else if kind.is_file() && is_readable(&entry.path()) {
            let path = entry.path();
            let parts = path.strip_prefix(root).unwrap_or(&path).components();
            let parts: Vec<String> = parts
                .map(|part| part.as_os_str().to_string_lossy().into_owned())
                .collect();
            found.push(parts.join("/"));
        }
    }
    Ok(())
}

fn is_readable(path: &Path) -> bool {
    let hidden = path
        .file_name()
        .is_some_and(|name| name.to_string_lossy().starts_with(['.', '~']));
    let ending = path
        .extension()
        .map(|ending| ending.to_string_lossy().to_lowercase());
    !hidden && ending.is_some_and(|ending| ending == "zip" || ENDINGS.contains(&ending.as_str()))
}

fn single(path: &Path) -> Result<Vec<DeliveryFile<'static>>, Failure> {
    let bytes = store::files::read(path)?;
    let name = PathBuf::from(path.file_name().unwrap_or_default())
        .to_string_lossy()
        .into_owned();
    if name.to_lowercase().ends_with(".zip") {
        unzip(&name, &bytes)
    } else {
        Ok(vec![DeliveryFile {
            name,
            bytes: Cow::Owned(bytes),
        }])
    }
}

fn unzip(name: &str, bytes: &[u8]) -> Result<Vec<DeliveryFile<'static>>, Failure> {
    intake::open_delivery(name, bytes)
        .map_err(|error: Unreadable| Failure::new(Exit::Unreadable, error.sentence()))
}
