//! How findings are shown: never with a value, and in forms that programs and people know.

#![allow(
    clippy::unwrap_used,
    reason = "a test may stop at what it did not expect"
)]

#[path = "mutation/clean.rs"]
mod clean;
#[path = "mutation/delivery.rs"]
#[allow(dead_code, reason = "the mutation tests use the rest")]
mod delivery;

use calendar::Day;
use delivery::Delivery;
use intake::render::{TextOptions, json, rules_markdown, sarif, text, workbook};
use intake::schema::{FieldKind, TABLES, TableKind};
use intake::{Findings, ParsedTables, Severity, check};
use proptest::prelude::*;
use std::io::{Cursor, Read};

fn checked(tables: &ParsedTables) -> Findings {
    let today = Day::parse_iso("2025-07-15").expect("the day exists");
    check(tables, today, &|_, _| {})
}

/// Every form of the findings in one text, the workbook unpacked.
fn all_forms(findings: &Findings, tables: &ParsedTables) -> String {
    let options = TextOptions {
        colour: true,
        max_places: 1_000,
        ..TextOptions::default()
    };
    let mut forms = text(findings, tables, options);
    forms += &json(findings, tables).unwrap();
    forms += &sarif(findings, tables).unwrap();
    let bytes = workbook(findings, tables).unwrap();
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    for at in 0..archive.len() {
        let mut part = String::new();
        archive
            .by_index(at)
            .unwrap()
            .read_to_string(&mut part)
            .unwrap();
        forms += &part;
    }
    forms
}

fn damaged() -> Delivery {
    let mut delivery = clean::delivery();
    delivery.set("ontslag", 4, "ontslagdatum", "2019-02-03");
    delivery.set("plaatsing", 3, "beveiligingsniveau", "2M");
    delivery.set("plaatsing", 9, "beveiligingsniveau", "2M");
    delivery.set("client", 7, "grondslag", "BEZWAAR");
    delivery.copy("titelperiode", 8);
    delivery.add_column("incident", "Toelichting", "");
    delivery.set("incident", 3, "Toelichting", "naar Kerkstraat 12");
    delivery
}

#[test]
fn text_groups_counts_and_says_what_to_do() {
    let tables = damaged().parse();
    insta::assert_snapshot!(text(&checked(&tables), &tables, TextOptions::default()));
}

#[test]
fn text_of_a_clean_delivery_says_that_it_can_be_sealed() {
    let tables = clean::delivery().parse();
    insta::assert_snapshot!(text(&checked(&tables), &tables, TextOptions::default()));
}

#[test]
fn text_stays_within_its_width() {
    let tables = damaged().parse();
    for width in [60, 80, 100] {
        let options = TextOptions {
            width,
            ..TextOptions::default()
        };
        let shown = text(&checked(&tables), &tables, options);
        assert!(
            shown.lines().all(|line| line.chars().count() <= width),
            "{shown}"
        );
    }
}

#[test]
fn json_counts_and_places() {
    let tables = damaged().parse();
    let findings = checked(&tables);
    let value: serde_json::Value =
        serde_json::from_str(&json(&findings, &tables).unwrap()).unwrap();
    assert_eq!(value["form"], "doorstroom-findings");
    assert_eq!(value["worst"], "blocking");
    assert_eq!(
        value["findings"].as_array().unwrap().len() as u64,
        findings.count()
    );
    let exit = value["findings"]
        .as_array()
        .unwrap()
        .iter()
        .find(|item| item["rule"] == "D101")
        .unwrap();
    assert_eq!(exit["table"], "ontslag");
    assert_eq!(exit["file"], "ontslag.csv");
    assert_eq!(exit["line"], 6);
    assert_eq!(exit["column"], "ontslagdatum");
}

#[test]
fn sarif_has_what_the_standard_asks() {
    let tables = damaged().parse();
    let log: serde_json::Value =
        serde_json::from_str(&sarif(&checked(&tables), &tables).unwrap()).unwrap();
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    assert_eq!(run["tool"]["driver"]["name"], "doorstroom");
    for result in run["results"].as_array().unwrap() {
        let rule = &rules[result["ruleIndex"].as_u64().unwrap() as usize];
        assert_eq!(rule["id"], result["ruleId"]);
        assert_eq!(rule["defaultConfiguration"]["level"], result["level"]);
        assert!(!result["message"]["text"].as_str().unwrap().is_empty());
        let location = &result["locations"][0];
        let region = &location["physicalLocation"]["region"];
        assert!(region.is_null() || region["startLine"].as_u64().unwrap() > 0);
        assert!(location["physicalLocation"]["artifactLocation"]["uri"].is_string());
    }
}

#[test]
fn workbook_has_three_sheets() {
    let tables = damaged().parse();
    let findings = checked(&tables);
    let bytes = workbook(&findings, &tables).unwrap();
    let mut book: calamine::Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).unwrap();
    let names = ["Samenvatting", "Bevindingen", "Regels"];
    assert_eq!(calamine::Reader::sheet_names(&book), names);
    let list = calamine::Reader::worksheet_range(&mut book, "Bevindingen").unwrap();
    assert_eq!(list.height() as u64, findings.count() + 1);
}

#[test]
fn counts_agree_between_severities_and_rules() {
    let tables = damaged().parse();
    let findings = checked(&tables);
    let by_severity: u64 = Severity::WORST_FIRST
        .iter()
        .map(|severity| findings.count_as(*severity))
        .sum();
    let by_rule: u64 = findings
        .by_rule()
        .map(|found| findings.count_of(found[0].rule))
        .sum();
    assert_eq!([by_severity, by_rule], [findings.count(); 2]);
    assert_eq!(findings.worst(), Some(Severity::Blocking));
}

#[test]
fn the_list_of_rules_is_current() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/rules.md");
    let kept = std::fs::read_to_string(path).expect("docs/rules.md is part of the repository");
    assert!(
        kept == rules_markdown(),
        "make it again: cargo run -p intake --example list_rules > docs/rules.md"
    );
}

/// A marker that stands nowhere in the program's own texts.
fn marker(number: usize) -> String {
    format!("Xq{number}zW")
}

#[test]
fn no_form_shows_what_stands_in_a_cell() {
    let mut delivery = clean::delivery();
    let mut markers = Vec::new();
    for table in TABLES {
        for field in table.fields {
            let is_key = matches!(
                field.kind,
                FieldKind::PrimaryKey(_) | FieldKind::ForeignKey(_)
            );
            if table.kind == TableKind::Delivery && is_key {
                continue;
            }
            let rows = delivery.sheets[table.name].rows.len();
            let row = markers.len() % rows;
            let text = marker(markers.len());
            delivery.set(table.name, row, field.name, &text);
            markers.push(text);
        }
    }
    let tables = delivery.parse();
    let findings = checked(&tables);
    assert!(findings.count() > 100);
    let forms = all_forms(&findings, &tables);
    for marker in markers {
        assert!(!forms.contains(&marker), "{marker}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10))]

    /// Numbers and dates are values too: whatever is written, no form repeats it.
    #[test]
    fn no_form_shows_a_number_or_a_date(iq in 100_001i32..999_999, day in 1i32..28, year in 2031i32..2099) {
        let date = format!("{year}-11-{day:02}");
        let mut delivery = clean::delivery();
        for row in 0..5 {
            delivery.set("client", row, "iq_totaal", &iq.to_string());
            delivery.set("meting", row, "totaalscore", &iq.to_string());
            delivery.set("incident", row, "incident_datum", &date);
            delivery.set("opname", row, "opnamedatum", &date);
            delivery.set("plaatsing", row, "plaatsing_eind", &date);
        }
        delivery.set("telling", 0, "instroom", &iq.to_string());
        let tables = delivery.parse();
        let findings = checked(&tables);
        let forms = all_forms(&findings, &tables);
        let number = Day::parse_iso(&date).unwrap().number().to_string();
        for value in [iq.to_string(), date, number] {
            prop_assert!(!forms.contains(&value), "{value}");
        }
    }

    /// The order of rows changes where findings are, not how many there are.
    #[test]
    fn counts_do_not_depend_on_the_order_of_rows(turn in 1usize..40) {
        let mut delivery = damaged();
        let before = checked(&delivery.parse());
        for sheet in delivery.sheets.values_mut() {
            let rows = sheet.rows.len();
            sheet.rows.rotate_left(turn % rows.max(1));
        }
        let after = checked(&delivery.parse());
        let counts = |findings: &Findings| -> Vec<(&str, u64)> {
            findings.by_rule().map(|found| (found[0].rule.code, findings.count_of(found[0].rule))).collect()
        };
        prop_assert_eq!(counts(&before), counts(&after));
    }
}
