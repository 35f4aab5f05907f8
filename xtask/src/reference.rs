//! Runs the statistics engine on a folder of reference cases.

use crate::run::{cargo, run};
use anyhow::{Context, Result};
use std::path::Path;

/// Runs every case of `folder`; `options` go to the runner as they are, except that files are
/// named from where the caller stands.
pub fn reference(folder: &str, options: &[&str]) -> Result<()> {
    let mut command = cargo();
    command.args([
        "run",
        "--quiet",
        "--package",
        "fit",
        "--example",
        "reference",
        "--",
    ]);
    command.arg(absolute(folder)?);
    let mut is_file = false;
    for option in options {
        if is_file {
            command.arg(absolute(option)?);
        } else {
            command.arg(option);
        }
        is_file = *option == "--calls";
    }
    run("reference", &mut command)
}

fn absolute(path: &str) -> Result<std::path::PathBuf> {
    std::path::absolute(Path::new(path)).with_context(|| format!("{path}: no path"))
}
