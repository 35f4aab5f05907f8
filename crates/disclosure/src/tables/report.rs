//! Audits and protected tables in words, and tables as text.

use super::audit::{Audit, FindingKind};
use super::suppress::{Hiding, Protected};
use std::fmt::Write;

/// The audit in Dutch: per table what was found, and a last line with the outcome.
pub fn audit_text(audit: &Audit) -> String {
    let mut text = String::new();
    let mut table = None;
    for finding in &audit.findings {
        if table != Some(&finding.table) {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{}", finding.table);
            table = Some(&finding.table);
        }
        let _ = writeln!(text, "  {:<13} {}", word(finding.kind), finding.sentence);
    }
    let looked = format!(
        "{}, waarvan {} verborgen, en {} nagerekend",
        amount(audit.cells, "cel", "cellen"),
        audit.hidden,
        amount(audit.sums, "som", "sommen")
    );
    let outcome = match audit.findings.len() {
        0 => "niets is te herleiden".to_owned(),
        found => amount(found, "bevinding", "bevindingen"),
    };
    let _ = writeln!(text, "{looked}: {outcome}.");
    text
}

/// A number with its noun.
fn amount(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

fn word(kind: FindingKind) -> &'static str {
    match kind {
        FindingKind::Small => "klein",
        FindingKind::Exact => "precies",
        FindingKind::Narrow => "te nauw",
        FindingKind::Group => "groep",
        FindingKind::Difference => "verschil",
        FindingKind::Contradiction => "telt niet op",
        FindingKind::Unchecked => "niet nagegaan",
    }
}

/// What was hidden and what could be taken together, in Dutch.
pub fn protected_text(protected: &Protected) -> String {
    let count = |wanted| {
        let all = protected.hidden.iter().flatten();
        all.filter(|why| **why == Some(wanted)).count()
    };
    let (unsafe_cells, others) = (count(Hiding::Primary), count(Hiding::Secondary));
    let mut text = format!(
        "{} van {} verborgen: {unsafe_cells} omdat ze zelf onveilig zijn, {others} om die te \
         beschermen. Nagerekend: niets is te herleiden.\n",
        unsafe_cells + others,
        amount(protected.audit.cells, "cel", "cellen")
    );
    for merge in &protected.merges {
        let _ = writeln!(
            text,
            "Tip ({}): neem {} samen; dan is het aantal onveilige cellen {} in plaats van {}.",
            merge.table,
            merge.labels.join(", "),
            merge.unsafe_after,
            merge.unsafe_before
        );
    }
    text
}

/// The rows of a table as delimited text with semicolons, as spreadsheets in Dutch open it.
pub fn csv_text(rows: &[Vec<String>]) -> String {
    let cell = |text: &String| {
        if text.contains([';', '"', '\n', '\r']) {
            format!("\"{}\"", text.replace('"', "\"\""))
        } else {
            text.clone()
        }
    };
    let lines = rows
        .iter()
        .map(|row| row.iter().map(cell).collect::<Vec<_>>().join(";"));
    lines.map(|line| line + "\n").collect()
}
