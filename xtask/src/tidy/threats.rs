//! The threat model names a test for every row; this checks that each exists.

use super::text::listed_files;
use crate::run::root;
use anyhow::{Context, Result};
use std::collections::BTreeSet;

const DOCUMENT: &str = "docs/threat-model.md";

/// Rows without a test, and tests that are nowhere.
pub fn breaches() -> Result<Vec<String>> {
    let text = std::fs::read_to_string(root().join(DOCUMENT)).context(DOCUMENT)?;
    let mut tests = BTreeSet::new();
    for name in listed_files()?.iter().filter(|name| name.ends_with(".rs")) {
        // A file that git still lists but that is gone has no tests.
        if let Ok(source) = std::fs::read_to_string(root().join(name)) {
            tests.extend(tests_of(&source));
        }
    }
    Ok(missing(&text, &tests))
}

/// The names of the functions behind `#[test]`.
fn tests_of(source: &str) -> Vec<String> {
    let behind = source.split("#[test]").skip(1);
    let name = |rest: &str| {
        let after = rest.split("fn ").nth(1)?;
        Some(after.split('(').next()?.trim().to_owned())
    };
    behind.filter_map(name).collect()
}

fn missing(document: &str, tests: &BTreeSet<String>) -> Vec<String> {
    let mut breaches = Vec::new();
    let mut in_tests = false;
    for row in document.lines() {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let last = cells.last().copied().unwrap_or_default();
        if !row.starts_with('|') {
            in_tests = false;
        } else if last == "test" {
            in_tests = true;
        } else if in_tests && !last.starts_with("---") {
            let named: Vec<&str> = last.split('`').skip(1).step_by(2).collect();
            if named.is_empty() {
                breaches.push(format!("{DOCUMENT}: no test for `{}`", cells[0]));
            }
            let unknown = named.into_iter().filter(|name| !tests.contains(*name));
            breaches.extend(unknown.map(|name| format!("{DOCUMENT}: no test is called {name}")));
        }
    }
    breaches
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_without_a_test_and_tests_that_are_nowhere_are_found() {
        let source =
            "#[test]\nfn a_theft_fails() {}\nfn no_test() {}\n#[test]\n    fn another() {}";
        let tests: BTreeSet<String> = tests_of(source).into_iter().collect();
        assert_eq!(tests.len(), 2);
        let document = "| a | b |\n|---|---|\n| x | y |\n\n| who | test |\n|---|---|\n\
                        | one | `a_theft_fails`, `another` |\n| two | `no_test` |\n| three | – |\n";
        let found = missing(document, &tests);
        assert_eq!(found.len(), 2);
        assert!(found[0].ends_with("no_test") && found[1].contains("three"));
    }
}
