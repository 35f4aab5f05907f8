//! Hostile input for the readers of files from outside (`fuzz/`), and what is known against the
//! libraries that are used.

use crate::run::{cargo, command, exists, root, run};
use anyhow::{Context, Result};

/// How long each target runs unless asked otherwise.
const SECONDS: &str = "600";

/// Runs every fuzz target for so many seconds, from the inputs that are kept in `fuzz/corpus`
/// (begun with `cargo run --example seeds` in `fuzz/`), and keeps what was found.
/// Needs a nightly compiler, which the sanitizers ask for.
pub fn fuzz(what: &[&str]) -> Result<()> {
    install("cargo-fuzz")?;
    let (seconds, wanted) = match what {
        [first, rest @ ..] if first.parse::<u32>().is_ok() => (*first, rest),
        names => (SECONDS, names),
    };
    for target in targets()? {
        if !wanted.is_empty() && !wanted.contains(&target.as_str()) {
            continue;
        }
        unpack(&target)?;
        run(
            &format!("fuzz {target} for {seconds} s"),
            command("cargo")
                .args(["+nightly", "fuzz", "run", &target, "--"])
                .arg(format!("-max_total_time={seconds}")),
        )?;
        run(
            &format!("keep what reaches something of its own in {target}"),
            command("cargo").args(["+nightly", "fuzz", "cmin", &target]),
        )?;
        pack(&target)?;
    }
    Ok(())
}

/// Thousands of small inputs are kept as one file per target.
fn unpack(target: &str) -> Result<()> {
    let archive = format!("fuzz/corpus/{target}.tar.gz");
    if !root().join(&archive).exists() {
        return Ok(());
    }
    run(
        &format!("unpack {archive}"),
        command("tar").args(["-xzf", &archive, "-C", "fuzz/corpus"]),
    )
}

/// The same inputs always give the same archive.
fn pack(target: &str) -> Result<()> {
    let archive = format!("fuzz/corpus/{target}.tar.gz");
    run(
        &format!("pack {archive}"),
        command("tar")
            .args(["--sort=name", "--mtime=@0", "--owner=0", "--group=0"])
            .args([
                "--numeric-owner",
                "-czf",
                &archive,
                "-C",
                "fuzz/corpus",
                target,
            ])
            .env("GZIP", "-n"),
    )
}

/// The programs in `fuzz/fuzz_targets`, in order.
fn targets() -> Result<Vec<String>> {
    let folder = root().join("fuzz").join("fuzz_targets");
    let mut names = Vec::new();
    for entry in std::fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if let Some(name) = path.file_stem().and_then(|name| name.to_str()) {
            names.push(name.to_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// Licences, sources and published advisories of every library (`deny.toml`). Fetches the list
/// of advisories.
pub fn advisories() -> Result<()> {
    install("cargo-deny")?;
    run("cargo deny", cargo().args(["deny", "check"]))
}

fn install(tool: &str) -> Result<()> {
    if exists(tool) {
        return Ok(());
    }
    run(tool, cargo().args(["install", "--locked", tool]))
}
