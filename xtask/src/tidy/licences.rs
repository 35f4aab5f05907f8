//! Licences of all dependencies, held against the list in deny.toml.
//!
//! `cargo deny` reads the same file; this check needs nothing installed.

use crate::run::root;
use anyhow::{Context, Result};
use serde_json::Value;

/// Dependencies whose licence is not in the list.
pub fn breaches(metadata: &Value) -> Result<Vec<String>> {
    let text = std::fs::read_to_string(root().join("deny.toml")).context("deny.toml")?;
    let allowed = allowed_licences(&text);
    let packages = metadata["packages"].as_array().into_iter().flatten();
    let foreign = packages.filter(|package| !package["source"].is_null());
    Ok(foreign
        .filter(|package| !fits(package["license"].as_str().unwrap_or("none"), &allowed))
        .map(|package| {
            format!(
                "licences: {} is under {}",
                package["name"], package["license"]
            )
        })
        .collect())
}

/// The quoted words of the `allow = [ … ]` list.
fn allowed_licences(deny: &str) -> Vec<String> {
    let list = deny
        .split("allow = [")
        .nth(1)
        .and_then(|rest| rest.split(']').next());
    let quoted = list.unwrap_or_default().split('"').skip(1).step_by(2);
    quoted.map(str::to_owned).collect()
}

/// Whether an SPDX expression can be met with the allowed licences: every part joined by AND,
/// one part of each OR.
fn fits(expression: &str, allowed: &[String]) -> bool {
    let expression = expression.replace('/', " OR ");
    let term = |term: &str| {
        let bare = term.trim().trim_matches(['(', ')']).trim();
        allowed.iter().any(|licence| licence == bare)
    };
    let depth_free = expression.replace(['(', ')'], "");
    if !expression.contains('(') {
        return expression
            .split(" AND ")
            .all(|part| part.split(" OR ").any(term));
    }
    // With brackets: enough for the forms in use, "(A OR B) AND C" and "A AND (B OR C)".
    depth_free
        .split(" AND ")
        .all(|part| part.split(" OR ").any(term))
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn expressions_are_met_part_by_part() {
        let allowed = ["MIT".to_owned(), "Unicode-3.0".to_owned()];
        assert!(fits("MIT OR GPL-3.0", &allowed));
        assert!(fits("(MIT OR Apache-2.0) AND Unicode-3.0", &allowed));
        assert!(fits("Unlicense/MIT", &allowed));
        assert!(!fits("MIT AND GPL-3.0", &allowed));
        assert!(!fits("none", &allowed));
    }
}
