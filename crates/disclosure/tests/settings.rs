//! Every setting of privacy changes what comes out when it changes. A setting without a row here
//! does not compile; a setting that does nothing fails.
#![allow(clippy::unwrap_used)] // a test may panic

mod common;

use common::{details, key, meta};
use disclosure::tables::{
    Contributors, Cost, Dominance, Entry, Measure, Rules, Table, audit, protect,
};
use disclosure::{Approval, Ledger, LetterKey, Policy, PolicyDraft, screen};
use estimate::{Count, Digest, Durations, Estimate, FrequencyTable, Shape, Summary};

/// Settings with another value for each, next to the default of all others. The pattern names
/// every field, so that a new one must get a row.
macro_rules! rows {
    ($settings:ident, $base:expr, { $($field:ident: $other:expr),+ $(,)? }) => {{
        let $settings { $($field: _),+ } = $base;
        vec![$((
            stringify!($field),
            $settings { $field: $other, ..$base },
        )),+]
    }};
}

/// The demonstration results, and a table that pools institutions, of which one has nobody in
/// the first cell.
fn results() -> Vec<Estimate> {
    let pooled = |per_institution: [u64; 4]| {
        let count = per_institution.iter().sum();
        Count {
            count,
            clients: count,
            per_institution,
        }
    };
    let cells = [[30, 30, 30, 0], [25, 25, 25, 25], [40, 35, 30, 25], [20; 4]].map(pooled);
    let all = cells.iter().copied().fold(Count::default(), Count::plus);
    let table = FrequencyTable {
        row_title: "Rij".into(),
        column_title: "Kolom".into(),
        rows: ["een", "twee"].map(String::from).to_vec(),
        columns: ["ja", "nee"].map(String::from).to_vec(),
        cells: cells.to_vec(),
        columns_are_institutions: false,
        ordered: false,
    };
    let mut results = estimate::sample();
    results.push(Estimate {
        meta: meta("samen", all.per_institution),
        outcome: Ok(Shape::Frequency(table)),
    });
    results.push(waiting());
    results
}

/// Days of waiting, of which two clients have a large part.
fn waiting() -> Estimate {
    let summary = |each: u64| Summary {
        n: 4 * each,
        missing: 0,
        sum: 1_400.0,
        mean: 350.0 / each as f64,
        sd: 90.0,
        quartiles: [5.0, 10.0, 20.0],
        largest: [600.0, 300.0],
        per_institution: [each; 4],
    };
    let long = Count {
        count: 40,
        clients: 40,
        per_institution: [10; 4],
    };
    let shape = Durations {
        groups: ["vroeg", "laat"].map(String::from).to_vec(),
        groups_are_institutions: false,
        per_group: vec![summary(20), summary(25)],
        total: summary(45),
        long_from_days: 90,
        long: vec![long, long],
    };
    Estimate {
        meta: meta("wachten", [45; 4]),
        outcome: Ok(Shape::Durations(shape)),
    }
}

/// All that leaves the gate under a policy: results, header and what the checkers are told;
/// and how many checkers are enough.
fn out_of_the_gate(draft: &PolicyDraft, key: &LetterKey) -> String {
    let policy = Policy::new(draft.clone()).unwrap();
    let set = screen(&results(), &policy, &Ledger::empty(), key).unwrap();
    let names = ["Bo", "Cas", "Dee", "Eef"];
    let approved = |n: usize| Approval::new("An", &names[..n], Digest([0; 32]), &policy).is_ok();
    let enough = (0..=names.len()).find(|&n| approved(n));
    let institutions = set.proposed_header(details()).institutions;
    format!("{:?} {institutions:?} {enough:?}", set.proposed())
}

#[test]
fn every_setting_of_the_policy_changes_what_leaves_the_gate() {
    let rows = rows!(PolicyDraft, PolicyDraft::default(), {
        threshold: 20,
        rounding_base: 10,
        group_share: 0.5,
        min_institutions: 4,
        p_percent: 100.0,
        curve_min_at_risk: 60,
        curve_events_between_points: 25,
        curve_decimals: 1,
        curve_day_step: 28,
        model_min_df: 300,
        name_institutions: true,
        checkers: 3,
        merge_suggestions: false,
    });
    let usual = out_of_the_gate(&PolicyDraft::default(), &key());
    for (setting, draft) in rows {
        let other = out_of_the_gate(&draft, &key());
        assert!(usual != other, "`{setting}` does nothing");
    }
    let other_key = LetterKey::from_secret(b"another secret");
    let other = out_of_the_gate(&PolicyDraft::default(), &other_key);
    assert!(usual != other, "the key of the letters does nothing");
}

/// What the floor in code refuses, setting by setting.
#[test]
fn every_bounded_setting_has_a_floor_and_a_ceiling() {
    let base = PolicyDraft::default;
    let beyond: Vec<(&str, PolicyDraft)> = [4, 1_001]
        .into_iter()
        .flat_map(|beyond| {
            rows!(PolicyDraft, base(), {
                threshold: beyond,
                rounding_base: if beyond < 10 { 0 } else { beyond },
                group_share: if beyond < 10 { 0.49 } else { 1.01 },
                min_institutions: 5,
                p_percent: if beyond < 10 { 4.9 } else { 100.1 },
                curve_min_at_risk: beyond,
                curve_events_between_points: beyond,
                curve_decimals: if beyond < 10 { 0 } else { 3 },
                curve_day_step: if beyond < 10 { 0 } else { 93 },
                model_min_df: beyond,
                name_institutions: true,
                checkers: if beyond < 10 { 0 } else { 11 },
                merge_suggestions: false,
            })
        })
        .collect();
    for (setting, draft) in beyond {
        // Naming and merging are choices without bounds: either is lawful.
        let is_choice = ["name_institutions", "merge_suggestions"].contains(&setting);
        assert_eq!(Policy::new(draft).is_ok(), is_choice, "{setting}");
    }
}

/// Counts by region and institution, and sums of days with who is behind them.
fn counts() -> Table {
    let regions: &[&str] = &["a", "b", "c", "d"];
    let parties: &[&str] = &["n", "o", "w"];
    let inner = [4, 33, 52, 4, 24, 3, 60, 47, 58, 97, 3, 2];
    Table::with_margins("t", &[("regio", regions), ("instelling", parties)], &inner)
}

fn magnitudes() -> Table {
    let sides: &[&str] = &["x", "y"];
    let regions: &[&str] = &["a", "b", "c", "d"];
    let inner = [50, 40, 60, 73, 40, 88, 55, 66];
    let mut table = Table::with_margins("t", &[("regio", regions), ("soort", sides)], &inner);
    for (index, cell) in table.cells.iter_mut().enumerate() {
        let Entry::Shown(value) = cell.entry else {
            panic!("all is shown")
        };
        // Whoever is alone behind the first knows what stands beside it.
        let (count, largest, second) = match index {
            0 | 1 => (1, value, 0),
            4 => (20, value / 2, value / 5),
            _ => (20, value / 20, value / 20),
        };
        cell.contributors = Some(Contributors {
            count,
            largest,
            second,
        });
    }
    table
}

/// A table of which few cells with large numbers, or more with small ones, protect the small.
fn detour() -> Table {
    let inner = [5, 10, 1_000, 1_000, 10, 10, 10, 1_000, 10];
    let dimensions: [(&str, &[&str]); 2] = [("", &["a", "b", "c"]), ("", &["p", "q", "r"])];
    Table::with_margins("t", &dimensions, &inner)
}

/// What of each table is hidden, and what a reader finds in it as it is.
fn outcome(rules: &Rules) -> String {
    let tables = match rules.measure {
        Measure::Counts => vec![counts(), detour()],
        Measure::Magnitudes => vec![magnitudes()],
    };
    let of = |table: Table| {
        let hidden = protect(std::slice::from_ref(&table), rules).map(|done| done.hidden);
        let found = audit(&[table], rules).findings;
        format!("{hidden:?} {found:?}")
    };
    tables.into_iter().map(of).collect()
}

#[test]
fn every_rule_for_tables_changes_what_is_hidden_or_found() {
    let of_magnitudes = Rules {
        measure: Measure::Magnitudes,
        ..Rules::default()
    };
    let rows = rows!(Rules, Rules::default(), {
        measure: Measure::Magnitudes,
        threshold: 30,
        group_share: 0.6,
        dominance: Dominance::Share(1, 20.0),
        rounding_base: 5,
        owners: Some("instelling".to_owned()),
        singletons: false,
        cost: Cost::Values,
    });
    for (rule, rules) in rows {
        // Some rules are about magnitudes alone.
        let with_magnitudes = Rules {
            measure: Measure::Magnitudes,
            ..rules.clone()
        };
        let changes = outcome(&rules) != outcome(&Rules::default())
            || outcome(&with_magnitudes) != outcome(&of_magnitudes);
        assert!(changes, "`{rule}` does nothing");
    }
}
