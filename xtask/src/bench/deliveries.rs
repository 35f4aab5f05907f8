//! Invented deliveries, made once per number of clients and kept beside the build.

use crate::run::{command, output};
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};

/// The same deliveries on each machine.
const SEED: &str = "2024";

/// The deliveries of all institutions.
pub struct Deliveries {
    /// One folder per institution, in order of name.
    pub folders: Vec<PathBuf>,
    /// Rows in all tables of all institutions.
    pub rows: u64,
}

impl Deliveries {
    /// The deliveries of this many clients, made if they are not there.
    pub fn in_folder(program: &Path, folder: &Path, clients: usize) -> Result<Self> {
        let made = folder.join("deliveries");
        // Written last, so that deliveries that were left half-written are made again.
        let count = folder.join("rows.txt");
        if !count.exists() {
            eprintln!("── inventing deliveries of {clients} clients");
            if made.exists() {
                fs::remove_dir_all(&made).with_context(|| made.display().to_string())?;
            }
            fs::create_dir_all(&made).with_context(|| made.display().to_string())?;
            fs::write(&count, invent(program, &made, clients)?)
                .with_context(|| count.display().to_string())?;
        }
        let text = fs::read_to_string(&count).with_context(|| count.display().to_string())?;
        let rows = text
            .trim()
            .parse()
            .with_context(|| count.display().to_string())?;
        Ok(Self {
            folders: entries(&made)?,
            rows,
        })
    }

    /// The size of all files.
    pub fn bytes(&self) -> Result<u64> {
        let mut bytes = 0;
        for folder in &self.folders {
            for file in entries(folder)? {
                bytes += fs::metadata(&file)
                    .with_context(|| file.display().to_string())?
                    .len();
            }
        }
        Ok(bytes)
    }
}

/// Writes the deliveries; gives the number of rows.
fn invent(program: &Path, folder: &Path, clients: usize) -> Result<String> {
    output(
        "doorstroom demo --only-deliveries",
        command(program)
            .args(["--quiet", "demo", "--only-deliveries", "--dir"])
            .arg(folder)
            .args(["--clients", &clients.to_string(), "--seed", SEED]),
    )
}

/// What lies in a folder, in order of name.
pub fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = fs::read_dir(folder)
        .with_context(|| folder.display().to_string())?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<Vec<PathBuf>>>()?;
    found.sort();
    Ok(found)
}
