//! Tables that `disclosure` protects, attacked and measured from outside with scipy.

use crate::run::{cargo, command, output, run};
use crate::tools;
use anyhow::{Context, Result, bail};
use std::path::PathBuf;

/// Tables that every run of the tests attacks; the whole takes less than a minute.
const TABLES_IN_TESTS: usize = 200;
/// Tables that a bench attacks unless it is told how many.
const TABLES_IN_BENCH: usize = 1_000;
/// Sizes, mean counts and numbers of the tables that are held against the optimum, and the
/// seconds that each may take.
const MEASURED: &[[&str; 4]] = &[
    ["20", "60", "8x5", "20"],
    ["12", "120", "6x4x3", "30"],
    ["9", "400", "8x5x4", "40"],
];

/// Attacks some tables; fails where a small number can be worked out.
pub fn attack() -> Result<()> {
    attack_tables(&example(&[])?, TABLES_IN_TESTS)
}

/// Attacks many tables, and measures time and cells hidden beside the optimum.
pub fn bench(words: &[&str]) -> Result<()> {
    let tables = match words {
        [] => TABLES_IN_BENCH,
        [tables] => tables.parse()?,
        _ => bail!("one number is enough: how many tables to attack"),
    };
    let program = example(&["--release"])?;
    attack_tables(&program, tables)?;
    for [tables, seconds, sizes, mean] in MEASURED {
        let mut python = command(python()?);
        python.arg("crates/disclosure/tests/outside/quality.py");
        python.arg(&program).args([tables, seconds, sizes, mean]);
        run(
            &format!("tables of {sizes} beside the optimum"),
            &mut python,
        )?;
    }
    Ok(())
}

fn attack_tables(program: &PathBuf, tables: usize) -> Result<()> {
    let mut python = command(python()?);
    python.arg("crates/disclosure/tests/outside/attack.py");
    python.arg(program).arg(tables.to_string());
    run(
        &format!("{tables} protected tables attacked with scipy"),
        &mut python,
    )
}

fn python() -> Result<PathBuf> {
    tools::python(&["numpy", "scipy"])
}

/// The example program that protects tables, as cargo built it.
fn example(profile: &[&str]) -> Result<PathBuf> {
    let mut build = cargo();
    build.args(["build", "--quiet", "--locked", "--package", "disclosure"]);
    build.args(["--example", "protect", "--message-format", "json"]);
    let messages = output("cargo build --example protect", build.args(profile))?;
    let mut built = messages.lines().filter_map(|line| {
        let message: serde_json::Value = serde_json::from_str(line).ok()?;
        let is_ours = message["target"]["name"] == "protect";
        let path = message["executable"].as_str().filter(|_| is_ours)?;
        Some(PathBuf::from(path))
    });
    built
        .next_back()
        .context("cargo names the example it built")
}
