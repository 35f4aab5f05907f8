//! Sizes and wording of the files that git knows.

use crate::run::{command, output, root};
use anyhow::Result;
use std::path::Path;

/// Longest source file without a written reason.
const LONGEST: usize = 800;

/// Crates that may do I/O, read the clock or ask for randomness.
const MAY_DO_IO: &[&str] = &["crates/store/", "crates/doorstroom/", "xtask/"];

/// What the pure crates must not call.
const IMPURE: &[&str] = &[
    "std::fs",
    "std::env::",
    "SystemTime::now",
    "Instant::now",
    "rand::rng()",
    "OsRng",
    "SysRng",
];

/// Words that have no business in the repository, written so that this file passes itself.
const FORBIDDEN: &[&str] = &[
    concat!("/wor", "k/"),
    concat!("/roo", "t/"),
    concat!("/tm", "p/bash"),
    concat!("#[ign", "ore"),
];

/// Breaches of size, purity and wording.
pub fn breaches() -> Result<Vec<String>> {
    let mut breaches = Vec::new();
    for name in listed_files()?.iter().filter(|name| is_text(name)) {
        let Ok(text) = std::fs::read_to_string(root().join(name)) else {
            continue;
        };
        breaches.extend(file_breaches(name, &text));
    }
    for required in [
        "README.md",
        "ARCHITECTURE.md",
        "GLOSSARY.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "LICENSE",
    ] {
        if !root().join(required).exists() {
            breaches.push(format!("text: {required} is missing"));
        }
    }
    Ok(breaches)
}

/// The files that git knows or would take in.
pub fn listed_files() -> Result<Vec<String>> {
    let listed = output(
        "git ls-files",
        command("git").args(["ls-files", "--cached", "--others", "--exclude-standard"]),
    )?;
    Ok(listed.lines().map(str::to_owned).collect())
}

fn is_text(name: &str) -> bool {
    let extension = Path::new(name)
        .extension()
        .and_then(|extension| extension.to_str());
    matches!(
        extension,
        Some("rs" | "md" | "toml" | "sh" | "py" | "R" | "mjs" | "js" | "css" | "html" | "typ")
    )
}

fn file_breaches(name: &str, text: &str) -> Vec<String> {
    let mut breaches = Vec::new();
    let lines = text.lines().count();
    if name.ends_with(".rs") && lines > LONGEST && !text.contains("tidy: long because") {
        breaches.push(format!("text: {name} has {lines} lines"));
    }
    for word in FORBIDDEN {
        if let Some(line) = text.lines().position(|line| line.contains(word)) {
            breaches.push(format!("text: {name}:{} says `{word}`", line + 1));
        }
    }
    breaches.extend(impurities(name, text));
    breaches
}

fn impurities(name: &str, text: &str) -> Vec<String> {
    let library = name.starts_with("crates/") && name.contains("/src/") && name.ends_with(".rs");
    if !library || MAY_DO_IO.iter().any(|prefix| name.starts_with(prefix)) {
        return Vec::new();
    }
    // Tests inside a file may do what they want; they stand last.
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    let code_lines = code
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim_start().starts_with("//"));
    code_lines
        .flat_map(|(at, line)| IMPURE.iter().map(move |call| (at, line, call)))
        .filter(|(_, line, call)| line.contains(*call))
        .map(|(at, _, call)| {
            format!(
                "text: {name}:{} calls `{call}`; only store, doorstroom and xtask may",
                at + 1
            )
        })
        .collect()
}
