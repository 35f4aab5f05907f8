//! Programs that do part of the same work, on the same files.

use super::deliveries::Deliveries;
use super::usage::{Usage, measure};
use crate::run::{command, root};
use crate::tools;
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What a peer did, and what that took.
///
/// The seconds are those of the work: starting Python and importing packages are left out, in
/// the peer's favour.
#[derive(Clone, Debug)]
pub struct Peer {
    /// Version of the package.
    pub version: String,
    /// Rows that were worked on.
    pub rows: u64,
    /// Errors found.
    pub errors: u64,
    /// What it took.
    pub usage: Usage,
}

impl Peer {
    /// Rows in a second.
    pub fn rate(&self) -> f64 {
        self.rows as f64 / self.usage.seconds
    }

    /// The middle one by elapsed time, with the largest memory of all.
    pub fn median(measured: &[Self]) -> Self {
        let taken: Vec<Usage> = measured.iter().map(|peer| peer.usage).collect();
        let first = measured.first().cloned();
        Self {
            usage: super::usage::median(&taken),
            ..first.expect("there is at least one round")
        }
    }
}

/// The peers, installed.
pub struct Peers {
    python: PathBuf,
    package: PathBuf,
    scratch: PathBuf,
}

impl Peers {
    /// Installs the peers, and prints the dictionary that they validate against.
    pub fn install(doorstroom: &Path, scratch: &Path) -> Result<Self> {
        let python = tools::python(&["polars", "frictionless", "pandera"])?;
        let package = scratch.join("datapackage.json");
        let mut dictionary = command(doorstroom);
        dictionary
            .args(["dictionary", "--format", "json", "--out"])
            .arg(&package);
        measure(&dictionary, &[0], scratch)?;
        Ok(Self {
            python,
            package,
            scratch: scratch.to_path_buf(),
        })
    }

    /// Reads all files with polars, typed, over all cores.
    pub fn polars(&self, deliveries: &Deliveries) -> Result<Peer> {
        self.all_rows("polars_read.py", deliveries)
    }

    /// Reads all files with polars and validates them with pandera.
    pub fn pandera(&self, deliveries: &Deliveries) -> Result<Peer> {
        self.all_rows("pandera_validate.py", deliveries)
    }

    /// Validates the first rows of all files with frictionless.
    pub fn frictionless(&self, deliveries: &Deliveries) -> Result<Peer> {
        self.measure("frictionless_validate.py", deliveries)
    }

    fn all_rows(&self, script: &str, deliveries: &Deliveries) -> Result<Peer> {
        let peer = self.measure(script, deliveries)?;
        if peer.rows != deliveries.rows {
            bail!("{script} read {} rows of {}", peer.rows, deliveries.rows);
        }
        Ok(peer)
    }

    fn measure(&self, script: &str, deliveries: &Deliveries) -> Result<Peer> {
        let mut python = Command::new(&self.python);
        // Without -B Python leaves compiled scripts in the source tree.
        python
            .arg("-B")
            .arg(root().join("xtask").join("bench").join(script));
        python.arg(&self.package).args(&deliveries.folders);
        let (usage, printed) = measure(&python, &[0], &self.scratch)?;
        told(&printed, usage).with_context(|| format!("{script} said: {printed}"))
    }
}

/// The peer's own account of its work.
fn told(printed: &str, usage: Usage) -> Result<Peer> {
    let told: Value = serde_json::from_str(printed.lines().last().unwrap_or_default())?;
    let count = |name: &str| told[name].as_u64().with_context(|| format!("no `{name}`"));
    Ok(Peer {
        version: told["version"].as_str().context("no `version`")?.to_owned(),
        rows: count("rows")?,
        errors: count("errors")?,
        usage: Usage {
            seconds: told["seconds"].as_f64().context("no `seconds`")?,
            ..usage
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_a_peer_tells() {
        let printed = "{\"version\": \"1.2\", \"rows\": 10, \"seconds\": 0.5, \"errors\": 3}\n";
        let peer = told(printed, Usage::default()).unwrap();
        assert_eq!((peer.rows, peer.errors), (10, 3));
        assert!((peer.rate() - 20.0).abs() < 1e-9);
        assert!(told("Traceback", Usage::default()).is_err());
    }
}
