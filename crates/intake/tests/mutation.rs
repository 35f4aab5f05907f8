//! Damage done to a clean delivery is found by the rule meant for it; a clean one gives nothing.

#[path = "mutation/care.rs"]
mod care;
#[path = "mutation/clean.rs"]
mod clean;
#[path = "mutation/conduct.rs"]
mod conduct;
#[path = "mutation/damage.rs"]
mod damage;
#[path = "mutation/delivery.rs"]
mod delivery;
#[path = "mutation/form.rs"]
mod form;
#[path = "mutation/time.rs"]
mod time;

use calendar::Day;
use damage::{Damage, Edit};
use intake::render::{TextOptions, text};
use intake::{Findings, ParsedTables, all_rules, check};
use std::collections::BTreeSet;

fn today() -> Day {
    Day::parse_iso("2025-07-15").expect("the day exists")
}

fn checked(tables: &ParsedTables) -> Findings {
    check(tables, today(), &|_, _| {})
}

fn damages() -> impl Iterator<Item = &'static Damage> {
    let families = [
        form::DAMAGES,
        time::DAMAGES,
        care::DAMAGES,
        conduct::DAMAGES,
    ];
    families.into_iter().flatten()
}

fn damaged(damage: &Damage) -> ParsedTables {
    let mut delivery = clean::delivery();
    match damage.edit {
        Edit::Files(edit) => {
            edit(&mut delivery);
            delivery.parse()
        }
        Edit::Read(edit) => {
            let mut tables = delivery.parse();
            edit(&mut tables);
            tables
        }
    }
}

#[test]
fn a_clean_delivery_gives_no_finding() {
    let tables = clean::delivery().parse();
    let findings = checked(&tables);
    let shown = text(&findings, &tables, TextOptions::default());
    assert!(findings.is_empty(), "{shown}");
    assert!(tables.unreadable.is_empty());
    assert!(tables.tables.iter().all(|table| table.rows > 0));
}

#[test]
fn every_damage_is_found_by_the_rule_meant_for_it_and_no_other() {
    let mut wrong = Vec::new();
    for damage in damages() {
        let findings = checked(&damaged(damage));
        let found: BTreeSet<&str> = findings.iter().map(|finding| finding.rule.code).collect();
        let meant: BTreeSet<&str> = damage.also.iter().copied().chain([damage.rule]).collect();
        if found != meant {
            wrong.push(format!("{}: meant {meant:?}, found {found:?}", damage.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_rule_has_damage_of_its_own() {
    let meant: BTreeSet<&str> = damages().map(|damage| damage.rule).collect();
    let rules: BTreeSet<&str> = all_rules().iter().map(|rule| rule.code).collect();
    assert_eq!(meant, rules);
    assert!(damages().count() >= 66);
}
