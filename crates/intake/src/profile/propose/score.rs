//! How well a name or a column of values fits.

use super::super::synonyms;
use super::{Certainty, ProposedCode};
use crate::read::{Sample, reads_as_date, reads_as_decimal, reads_as_integer, reads_as_missing};
use crate::schema::{FieldKind, FieldSpec, TableSpec};
use codes::CodeList;
use std::collections::BTreeMap;

/// Plain lower-case letters and digits, so that accents, spaces and hyphens do not count.
fn plain(text: &str) -> String {
    text.chars()
        .flat_map(char::to_lowercase)
        .filter_map(|letter| match letter {
            'à'..='å' => Some('a'),
            'è'..='ë' => Some('e'),
            'ì'..='ï' => Some('i'),
            'ò'..='ö' => Some('o'),
            'ù'..='ü' => Some('u'),
            'ç' => Some('c'),
            letter => letter.is_alphanumeric().then_some(letter),
        })
        .collect()
}

/// 1 for the field's own name or a known other name, else how alike the names are.
pub(super) fn name_score(header: &str, table: &str, field: &str) -> f64 {
    let header = plain(header);
    let names = synonyms::of_field(table, field)
        .iter()
        .copied()
        .chain([field]);
    let alike = names.map(|name| alike(&header, &plain(name)));
    alike.fold(0.0, f64::max)
}

fn alike(one: &str, other: &str) -> f64 {
    if one == other {
        return 1.0;
    }
    // Short names are alike by accident.
    if one.len() < 4 || other.len() < 4 {
        return 0.0;
    }
    // Edits, not shared letters: Dutch names of fields share many (`datum`, `soort`).
    0.95 * strsim::normalized_damerau_levenshtein(one, other)
}

/// How alike the name of a file or sheet is to that of a table.
pub(super) fn title_score(sample: &Sample, table: &TableSpec) -> f64 {
    let file = &sample.source.file;
    let file = file.rsplit('/').next().unwrap_or(file);
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let own = plain(sample.source.sheet.as_deref().unwrap_or(stem));
    let names = [table.name, table.title];
    let scores = names.iter().map(|name| {
        let name = plain(name);
        if own == name {
            1.0
        } else if own.contains(&name) {
            0.9
        } else {
            alike(&own, &name)
        }
    });
    scores.fold(0.0, f64::max)
}

/// The share of filled cells that the field could hold; nothing where no cell is filled or
/// where any text would do.
pub(super) fn value_score(field: &FieldSpec, cells: &[String]) -> Option<f64> {
    let filled: Vec<&str> = cells
        .iter()
        .map(String::as_str)
        .filter(|cell| !reads_as_missing(cell))
        .collect();
    if filled.is_empty() {
        return None;
    }
    let share = |fits: &dyn Fn(&str) -> bool| {
        filled.iter().filter(|cell| fits(cell)).count() as f64 / filled.len() as f64
    };
    Some(match field.kind {
        FieldKind::Date => share(&reads_as_date),
        FieldKind::Integer { min, max } => share(&|cell| {
            reads_as_integer(cell).is_some_and(|number| (min..=max).contains(&number))
        }),
        FieldKind::Decimal { .. } => share(&reads_as_decimal),
        FieldKind::Code(list) => share(&|cell| list().position(cell).is_some()),
        FieldKind::CodeSet(list) => share(&|cell| {
            cell.split('|')
                .all(|code| list().position(code.trim()).is_some())
        }),
        FieldKind::PrimaryKey(_) => distinct(&filled),
        FieldKind::ForeignKey(_) => share(&|cell| cell.len() <= 40 && !reads_as_date(cell)),
        FieldKind::Identifier(_) => share(&|cell| !reads_as_date(cell)),
    })
}

fn distinct(cells: &[&str]) -> f64 {
    let different: std::collections::BTreeSet<&&str> = cells.iter().collect();
    different.len() as f64 / cells.len() as f64
}

/// More different values than a code list has are no codes; then none are shown, because they
/// may say something about persons.
const MOST_CODES: usize = 40;

/// What the sender's codes of a field may be, where they are not the list's own.
pub(super) fn codes_for(field: &FieldSpec, cells: &[String]) -> Vec<ProposedCode> {
    let FieldKind::Code(list) = field.kind else {
        return Vec::new();
    };
    let list = list();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for cell in cells.iter().filter(|cell| !reads_as_missing(cell)) {
        *counts.entry(cell).or_default() += 1;
    }
    let repeated = cells.len() >= 3 * counts.len() || counts.len() <= list.codes.len();
    if counts.len() > MOST_CODES || !repeated {
        return Vec::new();
    }
    let foreign = counts.keys().filter(|cell| list.position(cell).is_none());
    foreign.map(|cell| code_for(list, cell)).collect()
}

fn code_for(list: &CodeList, theirs: &str) -> ProposedCode {
    let own = plain(theirs);
    let exact = list
        .codes
        .iter()
        .find(|code| plain(code.key) == own || plain(code.label) == own);
    let best = || {
        let scored = list
            .codes
            .iter()
            .map(|code| (alike(&own, &plain(code.label)), code));
        scored
            .max_by(|a, b| a.0.total_cmp(&b.0))
            .filter(|(score, _)| *score >= 0.8)
    };
    let (ours, certainty) = match exact {
        Some(code) => (Some(code.key), Certainty::Sure),
        None => match best() {
            Some((score, code)) if score >= 0.9 => (Some(code.key), Certainty::Likely),
            Some((_, code)) => (Some(code.key), Certainty::Unsure),
            None => (None, Certainty::Unsure),
        },
    };
    ProposedCode {
        theirs: theirs.to_owned(),
        ours,
        certainty,
    }
}
