//! Timing: every stage of the stream on deliveries of any size, beside its peers on the same
//! files in the same run.
//!
//! Nothing is asserted about time: a loaded machine must not break a build. The table says which
//! bars were met on the machine at hand.

pub mod chains;
mod deliveries;
pub mod linkage;
mod peers;
mod stages;
pub mod statistics;
mod table;
mod usage;

use crate::run::{cargo, output, run};
use crate::tools;
use anyhow::{Context, Result};
use deliveries::Deliveries;
use peers::{Peer, Peers};
use stages::{STAGES, Stream};
use std::path::{Path, PathBuf};
use table::Table;
use usage::{Usage, median};

/// How often things are measured; medians are printed.
const ROUNDS: usize = 3;
/// With more clients than this, only `check` and the reading that it is held against are
/// measured more than once.
const CLIENTS_FOR_THREE_ROUNDS: usize = 200_000;

/// Times every stage on this many clients.
pub fn bench(clients: usize) -> Result<()> {
    tools::debian_packages(&[("time", usage::TIME), ("python3-venv", "/usr/bin/python3")])?;
    let target = target_directory()?;
    let doorstroom = build(&target)?;
    let folder = target.join("bench").join(clients.to_string());
    let deliveries = Deliveries::in_folder(&doorstroom, &folder, clients)?;
    let peers = Peers::install(&doorstroom, &folder)?;
    let stream_folder = folder.join("stream");
    let rounds = if clients <= CLIENTS_FOR_THREE_ROUNDS {
        ROUNDS
    } else {
        1
    };

    let mut stages: Vec<Vec<Usage>> = vec![Vec::new(); STAGES.len()];
    let mut reads = Vec::new();
    for round in 1..=rounds {
        eprintln!("── round {round} of {rounds}");
        reads.push(peers.polars(&deliveries)?);
        let stream = Stream::prepare(&doorstroom, &stream_folder, &deliveries)?;
        for (taken, usage) in stages.iter_mut().zip(stream.run()?) {
            taken.push(usage);
        }
    }
    for _ in rounds..ROUNDS {
        eprintln!("── reading and checking once more");
        reads.push(peers.polars(&deliveries)?);
        let stream = Stream::in_folder(&doorstroom, &stream_folder, &deliveries);
        stages[0].push(stream.check()?);
    }
    eprintln!("── pandera and frictionless");
    let table = Table {
        clients,
        rounds,
        rows: deliveries.rows,
        bytes: deliveries.bytes()?,
        stages: stages.iter().map(|taken| median(taken)).collect(),
        polars: Peer::median(&reads),
        pandera: peers.pandera(&deliveries)?,
        frictionless: peers.frictionless(&deliveries)?,
    };
    print!("{}", table.render());
    Ok(())
}

/// Where cargo builds.
fn target_directory() -> Result<PathBuf> {
    let text = output(
        "cargo metadata",
        cargo().args(["metadata", "--format-version", "1", "--no-deps", "--locked"]),
    )?;
    let metadata: serde_json::Value = serde_json::from_str(&text)?;
    let path = metadata["target_directory"].as_str();
    Ok(PathBuf::from(
        path.context("cargo metadata names no target directory")?,
    ))
}

/// The program as its users have it: a release build.
fn build(target: &Path) -> Result<PathBuf> {
    run(
        "cargo build --release",
        cargo().args(["build", "--release", "--locked", "--package", "doorstroom"]),
    )?;
    Ok(target.join("release").join("doorstroom"))
}
