//! The rules, one file each, and the way they are run.
//!
//! The letter of a code is its family: structure, types, codes, keys, dates, overlaps, law,
//! ages, ranges, privacy, ground, exits (`X`) and reconciliation (`Q`).

mod a101_age_and_birth_year;
mod a102_too_young;
mod a103_too_old;
mod a104_birth_date_and_year;
mod a105_first_offence_to_come;
mod a106_youth_act_for_adults;
mod a107_before_birth;
mod a108_care_longer_than_life;
mod a109_sex_differs;
mod c101_required_code;
mod c102_optional_code;
mod c103_code_out_of_time;
mod c104_contradictory_set;
mod c105_substances_and_status;
mod c106_refusal_without_refusing;
mod c107_two_main_diagnoses;
mod c108_admitted_after_refusal;
mod d101_exit_before_admission;
mod d102_placement_outside_admission;
mod d103_end_before_start;
mod d104_ready_before_admission;
mod d105_ready_after_exit;
mod d106_future;
mod d107_after_window;
mod d108_long_ago;
mod d109_accepted_before_referred;
mod d110_admitted_before_accepted;
mod d111_admitted_before_referred;
mod d112_measurement_outside_stay;
mod d113_incident_outside_stay;
mod d114_measure_outside_stay;
mod d115_leave_outside_stay;
mod d116_module_outside_stay;
mod d117_after_death;
mod d118_empty_window;
mod d119_before_window;
mod duplicates;
mod extent;
mod g101_no_ground;
mod g102_ground_unknown;
mod g103_objection;
mod g104_ground_without_date;
mod g105_old_consent;
mod headers;
mod index;
mod instruments;
mod k101_missing_key;
mod k102_missing_reference;
mod k103_repeated_key;
mod k104_unknown_client;
mod k105_unknown_admission;
mod k106_unknown_referral;
mod k107_unknown_measurement;
mod k108_client_without_person;
mod k109_person_without_client;
mod k110_two_persons;
mod k111_two_exits;
mod k112_repeated_row;
mod k113_row_in_two_files;
mod k114_referral_of_another;
mod k115_client_without_stay;
mod k116_repeated_item;
mod k117_shared_bsn;
mod l101_forensic_without_title;
mod l102_title_with_wlz_only;
mod l103_secured_title_in_open_bed;
mod l104_sglvg_without_wlz;
mod l105_profile_without_wlz;
mod l106_intensity_without_forensic;
mod l107_zpm_with_wlz;
mod l108_security_of_facility;
mod l109_long_observation;
mod l110_long_court_order;
mod l111_wlz_without_profile;
mod l112_long_sglvg_indication;
mod l113_resistance_while_voluntary;
mod o101_admissions_overlap;
mod o102_placements_overlap;
mod o103_gap_between_placements;
mod o104_late_first_placement;
mod o105_early_last_placement;
mod o106_open_after_exit;
mod o107_missing_exit;
mod o108_admission_without_placement;
mod o109_title_gap;
mod o110_no_title;
mod o111_funding_gap;
mod o112_no_funding;
mod o113_two_funders;
mod o114_title_twice;
mod o115_leave_overlaps;
mod outside;
mod p101_bsn;
mod p102_bsn_as_key;
mod p103_name;
mod p104_address;
mod p105_identifying_column;
mod periods;
mod prelude;
mod q101_count_adds_up;
mod q102_stock_at_start;
mod q103_inflow;
mod q104_outflow;
mod q105_stock_at_end;
mod q106_counts_do_not_join;
mod q107_return_without_exit;
mod q108_return_without_admission;
mod r101_integer_range;
mod r102_decimal_range;
mod r103_iq_class;
mod r104_iq_outside_criteria;
mod r105_total_of_instrument;
mod r106_item_number;
mod r107_item_score;
mod r108_total_and_items;
mod r109_measured_twice;
mod r110_measurement_without_score;
mod r111_required_integer_range;
mod s101_required_table;
mod s102_required_column;
mod s103_table_without_rows;
mod s104_unknown_column;
mod s105_unmapped_source;
mod s106_repeated_column;
mod s107_required_value;
mod s108_one_delivery;
mod s109_mapped_column_absent;
mod s110_empty_source;
mod s111_hidden_sheet;
mod s112_nameless_column;
mod s113_too_many_cells;
mod s114_too_few_cells;
mod spans;
mod t101_required_date;
mod t102_optional_date;
mod t103_no_such_date;
mod t104_ambiguous_date;
mod t105_required_number;
mod t106_optional_number;
mod t107_decimal;
mod t108_too_large;
mod t201_bsn_form;
mod t202_postcode_form;
mod t203_name_form;
mod text_forms;
mod x101_destination_died;
mod x102_reason_died;
mod x103_planned_but_early;
mod x104_unplanned_but_completed;
mod x105_very_long_stay;
mod x106_detention_elsewhere;
mod x107_step_against_reason;
mod x108_security_of_destination;
mod x109_absconded_elsewhere;
mod x110_handover_days;

pub(crate) use index::Index;

use crate::{Context, Findings, ParsedTables, Reporter, Rule};
use calendar::Day;
use rayon::prelude::*;
use std::sync::atomic::{AtomicUsize, Ordering};

static ALL: &[&Rule] = &[
    &a101_age_and_birth_year::RULE,
    &a102_too_young::RULE,
    &a103_too_old::RULE,
    &a104_birth_date_and_year::RULE,
    &a105_first_offence_to_come::RULE,
    &a106_youth_act_for_adults::RULE,
    &a107_before_birth::RULE,
    &a108_care_longer_than_life::RULE,
    &a109_sex_differs::RULE,
    &c101_required_code::RULE,
    &c102_optional_code::RULE,
    &c103_code_out_of_time::RULE,
    &c104_contradictory_set::RULE,
    &c105_substances_and_status::RULE,
    &c106_refusal_without_refusing::RULE,
    &c107_two_main_diagnoses::RULE,
    &c108_admitted_after_refusal::RULE,
    &d101_exit_before_admission::RULE,
    &d102_placement_outside_admission::RULE,
    &d103_end_before_start::RULE,
    &d104_ready_before_admission::RULE,
    &d105_ready_after_exit::RULE,
    &d106_future::RULE,
    &d107_after_window::RULE,
    &d108_long_ago::RULE,
    &d109_accepted_before_referred::RULE,
    &d110_admitted_before_accepted::RULE,
    &d111_admitted_before_referred::RULE,
    &d112_measurement_outside_stay::RULE,
    &d113_incident_outside_stay::RULE,
    &d114_measure_outside_stay::RULE,
    &d115_leave_outside_stay::RULE,
    &d116_module_outside_stay::RULE,
    &d117_after_death::RULE,
    &d118_empty_window::RULE,
    &d119_before_window::RULE,
    &g101_no_ground::RULE,
    &g102_ground_unknown::RULE,
    &g103_objection::RULE,
    &g104_ground_without_date::RULE,
    &g105_old_consent::RULE,
    &k101_missing_key::RULE,
    &k102_missing_reference::RULE,
    &k103_repeated_key::RULE,
    &k104_unknown_client::RULE,
    &k105_unknown_admission::RULE,
    &k106_unknown_referral::RULE,
    &k107_unknown_measurement::RULE,
    &k108_client_without_person::RULE,
    &k109_person_without_client::RULE,
    &k110_two_persons::RULE,
    &k111_two_exits::RULE,
    &k112_repeated_row::RULE,
    &k113_row_in_two_files::RULE,
    &k114_referral_of_another::RULE,
    &k115_client_without_stay::RULE,
    &k116_repeated_item::RULE,
    &k117_shared_bsn::RULE,
    &l101_forensic_without_title::RULE,
    &l102_title_with_wlz_only::RULE,
    &l103_secured_title_in_open_bed::RULE,
    &l104_sglvg_without_wlz::RULE,
    &l105_profile_without_wlz::RULE,
    &l106_intensity_without_forensic::RULE,
    &l107_zpm_with_wlz::RULE,
    &l108_security_of_facility::RULE,
    &l109_long_observation::RULE,
    &l110_long_court_order::RULE,
    &l111_wlz_without_profile::RULE,
    &l112_long_sglvg_indication::RULE,
    &l113_resistance_while_voluntary::RULE,
    &o101_admissions_overlap::RULE,
    &o102_placements_overlap::RULE,
    &o103_gap_between_placements::RULE,
    &o104_late_first_placement::RULE,
    &o105_early_last_placement::RULE,
    &o106_open_after_exit::RULE,
    &o107_missing_exit::RULE,
    &o108_admission_without_placement::RULE,
    &o109_title_gap::RULE,
    &o110_no_title::RULE,
    &o111_funding_gap::RULE,
    &o112_no_funding::RULE,
    &o113_two_funders::RULE,
    &o114_title_twice::RULE,
    &o115_leave_overlaps::RULE,
    &p101_bsn::RULE,
    &p102_bsn_as_key::RULE,
    &p103_name::RULE,
    &p104_address::RULE,
    &p105_identifying_column::RULE,
    &q101_count_adds_up::RULE,
    &q102_stock_at_start::RULE,
    &q103_inflow::RULE,
    &q104_outflow::RULE,
    &q105_stock_at_end::RULE,
    &q106_counts_do_not_join::RULE,
    &q107_return_without_exit::RULE,
    &q108_return_without_admission::RULE,
    &r101_integer_range::RULE,
    &r102_decimal_range::RULE,
    &r103_iq_class::RULE,
    &r104_iq_outside_criteria::RULE,
    &r105_total_of_instrument::RULE,
    &r106_item_number::RULE,
    &r107_item_score::RULE,
    &r108_total_and_items::RULE,
    &r109_measured_twice::RULE,
    &r110_measurement_without_score::RULE,
    &r111_required_integer_range::RULE,
    &s101_required_table::RULE,
    &s102_required_column::RULE,
    &s103_table_without_rows::RULE,
    &s104_unknown_column::RULE,
    &s105_unmapped_source::RULE,
    &s106_repeated_column::RULE,
    &s107_required_value::RULE,
    &s108_one_delivery::RULE,
    &s109_mapped_column_absent::RULE,
    &s110_empty_source::RULE,
    &s111_hidden_sheet::RULE,
    &s112_nameless_column::RULE,
    &s113_too_many_cells::RULE,
    &s114_too_few_cells::RULE,
    &t101_required_date::RULE,
    &t102_optional_date::RULE,
    &t103_no_such_date::RULE,
    &t104_ambiguous_date::RULE,
    &t105_required_number::RULE,
    &t106_optional_number::RULE,
    &t107_decimal::RULE,
    &t108_too_large::RULE,
    &t201_bsn_form::RULE,
    &t202_postcode_form::RULE,
    &t203_name_form::RULE,
    &x101_destination_died::RULE,
    &x102_reason_died::RULE,
    &x103_planned_but_early::RULE,
    &x104_unplanned_but_completed::RULE,
    &x105_very_long_stay::RULE,
    &x106_detention_elsewhere::RULE,
    &x107_step_against_reason::RULE,
    &x108_security_of_destination::RULE,
    &x109_absconded_elsewhere::RULE,
    &x110_handover_days::RULE,
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
