//! All tests: ours in Rust, and those that hold our output against other people's programs.

use crate::run::{cargo, command, root, run};
use crate::{outside, tools};
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};

/// Clients of the demo that is tested: enough for curves, quick enough for a debug build.
const CLIENTS: &str = "400";

/// Installs what is needed and runs everything.
pub fn test() -> Result<()> {
    tools::debian()?;
    rust_tests()?;
    outside::attack()?;
    let demo = demo()?;
    curves_equal_r()?;
    pages_in_a_browser(&demo)?;
    pdf_standards(&demo)?;
    dictionary_is_a_data_package()
}

/// The Rust tests alone.
pub fn rust_tests() -> Result<()> {
    run(
        "cargo test",
        cargo().args([
            "test",
            "--workspace",
            "--locked",
            "--quiet",
            "--no-fail-fast",
        ]),
    )
}

/// A folder below the build for what the tests make, emptied.
fn scratch(name: &str) -> Result<PathBuf> {
    let folder = root().join("target").join("test").join(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder).with_context(|| folder.display().to_string())?;
    }
    std::fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    Ok(folder)
}

fn doorstroom(arguments: &[&str]) -> std::process::Command {
    let mut cargo = cargo();
    cargo
        .args([
            "run",
            "--quiet",
            "--locked",
            "--package",
            "doorstroom",
            "--",
        ])
        .args(arguments);
    cargo
}

/// The whole stream on an invented network, as a user would run it.
fn demo() -> Result<PathBuf> {
    let folder = scratch("demo")?;
    let text = folder.display().to_string();
    run(
        "doorstroom demo",
        &mut doorstroom(&[
            "demo",
            "--quiet",
            "--no-serve",
            "--clients",
            CLIENTS,
            "--dir",
            &text,
        ]),
    )?;
    Ok(folder)
}

/// Every curve, point by point, against R's survival.
fn curves_equal_r() -> Result<()> {
    run("curves against R", command("sh").arg("tests/r/curves.sh"))?;
    let folder = scratch("r")?;
    run(
        "rows and curves of a stream",
        cargo().env("DOORSTROOM_R_CHECK", &folder).args([
            "test",
            "--quiet",
            "--locked",
            "--package",
            "doorstroom",
            "--test",
            "stream",
            "curves_can",
        ]),
    )?;
    run(
        "curves of the stream against R",
        command("Rscript")
            .arg("tests/r/curves.R")
            .arg(folder.join("rows.csv"))
            .arg(folder.join("estimates.json")),
    )
}

/// The demo's site in Chromium: accessibility, keyboard, small screens.
fn pages_in_a_browser(demo: &Path) -> Result<()> {
    let home = tools::npm("crates/site/tests/browser")?;
    run(
        "pages in a browser",
        command("node")
            .current_dir(&home)
            .arg("a11y.mjs")
            .arg(demo.join("publicatie").join("site"))
            .arg("/usr/bin/chromium"),
    )
}

/// The demo's factsheet against PDF/UA-1 and PDF/A-2a.
fn pdf_standards(demo: &Path) -> Result<()> {
    let cache = root().join("target").join("verapdf");
    run(
        "factsheet in veraPDF",
        command("sh")
            .arg("crates/report/tests/verapdf/verapdf.sh")
            .arg(cache)
            .arg(demo.join("publicatie").join("factsheet.pdf")),
    )
}

/// The printed dictionary and the templates, judged by the reference program of their format.
fn dictionary_is_a_data_package() -> Result<()> {
    let python = tools::python(&["frictionless"])?;
    let folder = scratch("dictionary")?;
    run(
        "templates and descriptor",
        cargo()
            .args([
                "run",
                "--quiet",
                "--locked",
                "--package",
                "intake",
                "--example",
                "package",
                "--",
            ])
            .arg(&folder),
    )?;
    run(
        "dictionary in frictionless",
        command(python).current_dir(&folder).args([
            "-m",
            "frictionless",
            "validate",
            "datapackage.json",
        ]),
    )
}
