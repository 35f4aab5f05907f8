//! Findings of one rule that say the same, taken together.

use crate::{Finding, ParsedTables};
use std::collections::BTreeMap;

/// A row, and the other row that takes part.
pub(super) type Line = (Option<u32>, Option<u32>);

/// Places of one source about which the same is said.
pub(super) struct AtSource {
    /// Position of the source, where there is one.
    pub(super) source: Option<usize>,
    /// How many places there are.
    pub(super) count: usize,
    /// The first of them, as the sender numbers them.
    pub(super) lines: Vec<Line>,
}

/// Findings of one rule and table about which the same is said.
pub(super) struct Group {
    /// What is wrong.
    pub(super) sentence: String,
    /// The table's name, where the findings are about one.
    pub(super) table: Option<&'static str>,
    /// How many findings there are.
    pub(super) count: usize,
    /// Where they are, per source.
    pub(super) sources: Vec<AtSource>,
}

type Key<'a> = (
    Option<u8>,
    Option<u8>,
    Option<&'a str>,
    Option<usize>,
    [i64; 2],
);

struct Alike<'a> {
    first: &'a Finding,
    count: usize,
    lines: Vec<Line>,
}

/// Groups the findings of one rule; keeps the first `max_places` places of each source.
pub(super) fn group(findings: &[Finding], tables: &ParsedTables, max_places: usize) -> Vec<Group> {
    let mut alike: BTreeMap<Key<'_>, Alike<'_>> = BTreeMap::new();
    for finding in findings {
        let place = &finding.place;
        let source = place.source_position(tables);
        let column = place.column.as_deref();
        let key = (place.table, place.field, column, source, place.numbers);
        let entry = alike.entry(key).or_insert_with(|| Alike {
            first: finding,
            count: 0,
            lines: Vec::new(),
        });
        entry.count += 1;
        if entry.lines.len() < max_places {
            entry
                .lines
                .push((place.line(tables), place.other_line(tables)));
        }
    }
    merge(alike, tables)
}

/// Sentences are made once per group of places, not once per place.
fn merge(alike: BTreeMap<Key<'_>, Alike<'_>>, tables: &ParsedTables) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut positions: BTreeMap<(Option<u8>, String), usize> = BTreeMap::new();
    for ((table, _, _, source, _), alike) in alike {
        let sentence = alike.first.what(tables);
        let position = *positions
            .entry((table, sentence.clone()))
            .or_insert_with(|| {
                groups.push(Group {
                    sentence,
                    table: alike.first.place.spec().map(|spec| spec.name),
                    count: 0,
                    sources: Vec::new(),
                });
                groups.len() - 1
            });
        groups[position].count += alike.count;
        groups[position].sources.push(AtSource {
            source,
            count: alike.count,
            lines: alike.lines,
        });
    }
    groups
}
