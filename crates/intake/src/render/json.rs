//! Findings as JSON, for programs.

use crate::{Finding, Findings, ParsedTables, Severity};
use serde::Serialize;

/// Name and version of the form; a change that breaks readers raises the version.
const FORM: &str = "doorstroom-findings";
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    form: &'static str,
    version: u32,
    rows: usize,
    worst: Option<Severity>,
    counts: Counts,
    unreadable: Vec<String>,
    rules: Vec<RuleCount>,
    findings: Vec<Item<'a>>,
}

#[derive(Serialize)]
struct Counts {
    blocking: u64,
    warning: u64,
    note: u64,
}

#[derive(Serialize)]
struct RuleCount {
    code: &'static str,
    severity: Severity,
    title: &'static str,
    mend: &'static str,
    count: u64,
    listed: usize,
}

#[derive(Serialize)]
struct Item<'a> {
    rule: &'static str,
    severity: Severity,
    table: Option<&'static str>,
    field: Option<&'static str>,
    file: Option<&'a str>,
    sheet: Option<&'a str>,
    line: Option<u32>,
    column: Option<&'a str>,
    other_line: Option<u32>,
    message: String,
}

/// Findings as JSON: what was found in all, per rule, and each finding with its place.
///
/// # Errors
/// Where the JSON cannot be written, which its types rule out.
pub fn json(findings: &Findings, tables: &ParsedTables) -> Result<String, serde_json::Error> {
    let document = Document {
        form: FORM,
        version: VERSION,
        rows: tables.rows(),
        worst: findings.worst(),
        counts: Counts {
            blocking: findings.count_as(Severity::Blocking),
            warning: findings.count_as(Severity::Warning),
            note: findings.count_as(Severity::Note),
        },
        unreadable: tables.unreadable.iter().map(ToString::to_string).collect(),
        rules: findings
            .by_rule()
            .map(|found| count(found, findings))
            .collect(),
        findings: findings
            .iter()
            .map(|finding| item(finding, tables))
            .collect(),
    };
    serde_json::to_string_pretty(&document)
}

fn count(found: &[Finding], findings: &Findings) -> RuleCount {
    let rule = found[0].rule;
    RuleCount {
        code: rule.code,
        severity: rule.severity,
        title: rule.title,
        mend: rule.mend,
        count: findings.count_of(rule),
        listed: found.len(),
    }
}

fn item<'a>(finding: &'a Finding, tables: &'a ParsedTables) -> Item<'a> {
    let place = &finding.place;
    let source = place
        .source_position(tables)
        .map(|position| &tables.sources[position]);
    Item {
        rule: finding.rule.code,
        severity: finding.rule.severity,
        table: place.spec().map(|spec| spec.name),
        field: place.field_spec().map(|field| field.name),
        file: source.map(|source| source.file.as_str()),
        sheet: source.and_then(|source| source.sheet.as_deref()),
        line: place.line(tables),
        column: place.column_name(tables),
        other_line: place.other_line(tables),
        message: finding.sentence(tables),
    }
}
