//! Findings as SARIF 2.1.0 (OASIS), for editors and pipelines.

use crate::{Finding, Findings, ParsedTables, Place, Rule, Severity, Source, all_rules};
use serde_json::{Value, json};

/// Findings as a SARIF 2.1.0 log with one run.
///
/// # Errors
/// Where the JSON cannot be written, which its types rule out.
pub fn sarif(findings: &Findings, tables: &ParsedTables) -> Result<String, serde_json::Error> {
    let rules: Vec<Value> = all_rules().iter().map(|rule| describe(rule)).collect();
    let results: Vec<Value> = findings
        .iter()
        .map(|finding| result(finding, tables))
        .collect();
    let unreadable: Vec<Value> = tables
        .unreadable
        .iter()
        .map(|file| json!({ "level": "error", "message": { "text": file.to_string() } }))
        .collect();
    serde_json::to_string_pretty(&json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "doorstroom",
                "version": env!("CARGO_PKG_VERSION"),
                "language": "nl",
                "rules": rules,
            }},
            "invocations": [{
                "executionSuccessful": tables.unreadable.is_empty(),
                "toolExecutionNotifications": unreadable,
            }],
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    }))
}

fn describe(rule: &Rule) -> Value {
    json!({
        "id": rule.code,
        "name": rule.code,
        "shortDescription": { "text": rule.title },
        "fullDescription": { "text": rule.why },
        "help": { "text": rule.mend },
        "defaultConfiguration": { "level": level(rule.severity) },
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Blocking => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

fn result(finding: &Finding, tables: &ParsedTables) -> Value {
    let rule_index = all_rules().iter().position(|rule| *rule == finding.rule);
    json!({
        "ruleId": finding.rule.code,
        "ruleIndex": rule_index,
        "level": level(finding.rule.severity),
        "message": { "text": finding.sentence(tables) },
        "locations": [location(&finding.place, tables)],
    })
}

fn location(place: &Place, tables: &ParsedTables) -> Value {
    let mut location = json!({});
    if let Some(position) = place.source_position(tables) {
        let source = &tables.sources[position];
        location["physicalLocation"] = physical(source, place.line(tables));
    }
    let name = full_name(place, tables);
    if !name.is_empty() {
        location["logicalLocations"] = json!([{ "fullyQualifiedName": name, "kind": "member" }]);
    }
    location
}

fn physical(source: &Source, line: Option<u32>) -> Value {
    let mut physical = json!({ "artifactLocation": { "uri": uri(&source.file) } });
    if let Some(line) = line.filter(|line| *line > 0) {
        physical["region"] = json!({ "startLine": line });
    }
    physical
}

/// Sheet, table and column, as far as there are.
fn full_name(place: &Place, tables: &ParsedTables) -> String {
    let source = place
        .source_position(tables)
        .map(|position| &tables.sources[position]);
    let sheet = source.and_then(|source| source.sheet.as_deref());
    let table = place.spec().map(|spec| spec.name);
    let parts = [sheet, table, place.column_name(tables)];
    parts.into_iter().flatten().collect::<Vec<_>>().join("/")
}

/// A relative path as a URI reference (RFC 3986): all but unreserved characters and `/` escaped.
fn uri(path: &str) -> String {
    let mut uri = String::new();
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_uri_references() {
        assert_eq!(uri("map/opnames 2024.csv"), "map/opnames%202024.csv");
        assert_eq!(uri("cliënt.csv"), "cli%C3%ABnt.csv");
    }
}
