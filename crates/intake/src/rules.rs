//! The rules, one file each, and the way they are run.
//!
//! The letter of a code is its family: structure, types, codes, keys, dates, overlaps, law,
//! ages, ranges, privacy, ground, exits (`X`) and reconciliation (`Q`).

mod c101_required_code;
mod c102_optional_code;
mod c103_code_out_of_time;
mod d101_exit_before_admission;
mod d103_end_before_start;
mod headers;
mod index;
mod periods;
mod prelude;
mod s101_required_table;
mod s102_required_column;
mod s103_table_without_rows;
mod s104_unknown_column;
mod s105_unmapped_source;
mod s106_repeated_column;
mod s107_required_value;
mod s108_one_delivery;
mod spans;
mod t101_required_date;
mod t102_optional_date;
mod t103_no_such_date;
mod t104_ambiguous_date;
mod t105_required_number;
mod t106_optional_number;
mod t107_decimal;
mod t108_too_large;

pub(crate) use index::Index;

use crate::{Context, Findings, ParsedTables, Reporter, Rule};
use calendar::Day;
use rayon::prelude::*;
use std::sync::atomic::{AtomicUsize, Ordering};

static ALL: &[&Rule] = &[
    &c101_required_code::RULE,
    &c102_optional_code::RULE,
    &c103_code_out_of_time::RULE,
    &d101_exit_before_admission::RULE,
    &d103_end_before_start::RULE,
    &s101_required_table::RULE,
    &s102_required_column::RULE,
    &s103_table_without_rows::RULE,
    &s104_unknown_column::RULE,
    &s105_unmapped_source::RULE,
    &s106_repeated_column::RULE,
    &s107_required_value::RULE,
    &s108_one_delivery::RULE,
    &t101_required_date::RULE,
    &t102_optional_date::RULE,
    &t103_no_such_date::RULE,
    &t104_ambiguous_date::RULE,
    &t105_required_number::RULE,
    &t106_optional_number::RULE,
    &t107_decimal::RULE,
    &t108_too_large::RULE,
];

/// Every rule, in the order of their codes.
pub fn all_rules() -> &'static [&'static Rule] {
    ALL
}

/// Runs every rule over a delivery. `progress` hears how many rules are done, of how many.
///
/// The findings do not depend on the number of threads.
pub fn check(
    tables: &ParsedTables,
    today: Day,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Findings {
    progress(0, ALL.len());
    let index = Index::new(tables);
    let context = Context {
        tables,
        today,
        index: &index,
    };
    let done = AtomicUsize::new(0);
    let run = |rule: &&'static Rule| {
        let mut reporter = Reporter::new(rule);
        (rule.check)(&context, &mut reporter);
        progress(done.fetch_add(1, Ordering::Relaxed) + 1, ALL.len());
        reporter.into_parts()
    };
    let parts: Vec<_> = ALL.par_iter().map(run).collect();
    gather(parts)
}

fn gather(parts: Vec<(Vec<crate::Finding>, u64)>) -> Findings {
    let counted: Vec<_> = ALL
        .iter()
        .zip(&parts)
        .map(|(rule, (_, count))| (*rule, *count))
        .collect();
    let found = parts.into_iter().flat_map(|(found, _)| found).collect();
    Findings::from_parts(found, &counted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_in_order() {
        assert!(ALL.is_sorted_by(|a, b| a.code < b.code));
    }

    #[test]
    fn every_text_is_a_whole_sentence() {
        for rule in ALL {
            for text in [rule.why, rule.example, rule.mend] {
                assert!(text.ends_with('.'), "{}: {text}", rule.code);
            }
            assert!(!rule.title.ends_with('.'), "{}", rule.code);
        }
    }
}
