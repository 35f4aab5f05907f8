//! The edges between our crates, held against the picture in ARCHITECTURE.md.

use crate::run::{cargo, output};
use anyhow::{Context, Result};
use serde_json::Value;

/// What each crate may import. A new edge is a new wall: it wants a decision record.
const ALLOWED: &[(&str, &[&str])] = &[
    ("calendar", &[]),
    ("codes", &["calendar"]),
    ("record", &["calendar", "codes"]),
    ("envelope", &["calendar"]),
    ("statistics", &[]),
    ("formula", &["statistics"]),
    ("fit", &["formula", "statistics"]),
    ("linkage", &["calendar"]),
    ("questionnaire", &["codes"]),
    ("intake", &["calendar", "codes", "questionnaire", "record"]),
    (
        "pseudonym",
        &[
            "calendar", "codes", "envelope", "intake", "linkage", "record",
        ],
    ),
    ("trajectory", &["calendar", "codes", "record"]),
    ("cohort", &["calendar", "codes", "record", "trajectory"]),
    ("estimate", &["calendar"]),
    (
        "analysis",
        &[
            "calendar",
            "codes",
            "cohort",
            "estimate",
            "record",
            "statistics",
            "trajectory",
        ],
    ),
    ("disclosure", &["calendar", "estimate"]),
    ("figure", &["disclosure", "estimate"]),
    ("report", &["disclosure", "estimate", "figure"]),
    ("site", &["disclosure", "estimate", "figure"]),
    ("dummy", &["calendar", "codes", "intake", "record"]),
    (
        "store",
        &[
            "calendar",
            "codes",
            "cohort",
            "disclosure",
            "envelope",
            "estimate",
            "linkage",
            "record",
            "trajectory",
        ],
    ),
    ("xtask", &[]),
];

/// Edges for tests and examples alone.
const ALLOWED_IN_TESTS: &[(&str, &[&str])] = &[
    ("analysis", &["linkage"]),
    ("figure", &["calendar"]),
    ("pseudonym", &["codes"]),
    ("report", &["calendar"]),
    ("site", &["calendar"]),
];

/// What cargo knows of the workspace.
pub fn metadata() -> Result<Value> {
    let text = output(
        "cargo metadata",
        cargo().args(["metadata", "--format-version", "1", "--locked"]),
    )?;
    serde_json::from_str(&text).context("cargo metadata prints JSON")
}

/// Edges that are not in the picture.
pub fn breaches(metadata: &Value) -> Vec<String> {
    let packages = own_packages(metadata);
    let names: Vec<&str> = packages
        .iter()
        .filter_map(|package| package["name"].as_str())
        .collect();
    let mut breaches = Vec::new();
    for package in &packages {
        let name = package["name"].as_str().unwrap_or_default();
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let target = dependency["name"].as_str().unwrap_or_default();
            let in_tests = dependency["kind"].as_str() == Some("dev");
            if names.contains(&target) && target != name && !allowed(name, target, in_tests) {
                breaches.push(format!("edges: {name} may not import {target}"));
            }
        }
    }
    breaches
}

/// The packages of this workspace.
pub fn own_packages(metadata: &Value) -> Vec<&Value> {
    let packages = metadata["packages"].as_array().into_iter().flatten();
    packages
        .filter(|package| package["source"].is_null())
        .collect()
}

fn allowed(from: &str, to: &str, in_tests: bool) -> bool {
    let holds = |table: &[(&str, &[&str])]| {
        table
            .iter()
            .any(|(name, targets)| *name == from && targets.contains(&to))
    };
    // The program wires everything together.
    from == "doorstroom" || holds(ALLOWED) || (in_tests && holds(ALLOWED_IN_TESTS))
}
