//! The faults that are planted in the content, each with the rule meant for it.

use crate::extract::{Extract, Value};
use crate::names::fictitious_bsn;
use crate::parameters::ContentDirt;
use crate::stay::later;
use calendar::Day;
use codes::{Institution, LegalGround};
use serde::Serialize;
use std::collections::BTreeMap;

/// A kind of planted fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PlantedDirt {
    /// What was done.
    pub fault: &'static str,
    /// Table of the dictionary.
    pub table: &'static str,
    /// Field of the dictionary, if it has one.
    pub field: Option<&'static str>,
    /// Rows of the table, from 0.
    pub rows: Vec<usize>,
    /// The rule that must find it.
    pub rule: &'static str,
    /// Whether the check must block the delivery.
    pub blocking: bool,
}

/// Plants the institution's own kind of fault; none of them blocking.
pub(crate) fn plant(extract: &mut Extract, dirt: &ContentDirt) -> Vec<PlantedDirt> {
    let planted = match extract.institution {
        Institution::Stevig => exit_before_ready(extract, dirt.exit_before_ready),
        Institution::Wier => placement_gap(extract, dirt.placement_gap),
        Institution::Middenweg => invalid_code(extract, dirt.invalid_optional_code),
        Institution::Trajectum => title_gap(extract, dirt.title_gap),
    };
    extract.odd_column = true;
    let mut found = vec![PlantedDirt {
        fault: "a column that the dictionary does not know",
        table: "client",
        field: None,
        rows: Vec::new(),
        rule: "S104",
        blocking: false,
    }];
    let planted = [planted, objections(extract)];
    found.extend(
        planted
            .into_iter()
            .filter(|planted| !planted.rows.is_empty()),
    );
    found
}

/// Not a fault, but the check says it.
fn objections(extract: &Extract) -> PlantedDirt {
    let clients = extract.table("client");
    let ground = clients.position("grondslag");
    let objects = |row: &usize| clients.rows[*row][ground] == Value::code(LegalGround::Objection);
    PlantedDirt {
        fault: "a client who objects to research",
        table: "client",
        field: Some("grondslag"),
        rows: (0..clients.rows.len()).filter(objects).collect(),
        rule: "G103",
        blocking: false,
    }
}

fn exit_before_ready(extract: &mut Extract, count: usize) -> PlantedDirt {
    let exits: BTreeMap<String, Day> = keyed_days(extract, "ontslag", "ontslagdatum");
    let admissions = extract.table_mut("opname");
    let mut rows = Vec::new();
    for row in 0..admissions.rows.len() {
        let exit = exits.get(&key(&admissions.rows[row][0])).copied();
        if rows.len() < count
            && let Some(exit) = exit
            && admissions
                .day(row, "ontslagklaar_datum")
                .is_some_and(|ready| ready < exit)
        {
            admissions.set(row, "ontslagklaar_datum", later(exit, 1).into());
            rows.push(row);
        }
    }
    PlantedDirt {
        fault: "left one day before being ready to leave",
        table: "opname",
        field: Some("ontslagklaar_datum"),
        rows,
        rule: "D105",
        blocking: false,
    }
}

/// A later placement of an admission starts some days late.
fn placement_gap(extract: &mut Extract, count: usize) -> PlantedDirt {
    const GAP: i32 = 5;
    let placements = extract.table_mut("plaatsing");
    let mut rows = Vec::new();
    for row in 1..placements.rows.len() {
        let same_admission = placements.rows[row][1] == placements.rows[row - 1][1];
        let start = placements.day(row, "plaatsing_start");
        let end = placements.day(row, "plaatsing_eind");
        if rows.len() < count
            && same_admission
            && let Some((start, end)) = start.zip(end)
            && later(start, GAP) < end
        {
            placements.set(row, "plaatsing_start", later(start, GAP).into());
            rows.push(row);
        }
    }
    PlantedDirt {
        fault: "some days between two placements",
        table: "plaatsing",
        field: Some("plaatsing_start"),
        rows,
        rule: "O103",
        blocking: false,
    }
}

fn invalid_code(extract: &mut Extract, count: usize) -> PlantedDirt {
    let clients = extract.table_mut("client");
    let rows: Vec<usize> = (0..clients.rows.len()).step_by(11).take(count).collect();
    for &row in &rows {
        clients.set(row, "burgerlijke_staat", Value::text("8"));
    }
    PlantedDirt {
        fault: "a code that the list does not have",
        table: "client",
        field: Some("burgerlijke_staat"),
        rows,
        rule: "C102",
        blocking: false,
    }
}

/// A title that follows another starts a day late; no client has two of these.
fn title_gap(extract: &mut Extract, count: usize) -> PlantedDirt {
    let titles = extract.table_mut("titelperiode");
    let mut rows = Vec::new();
    for row in 1..titles.rows.len() {
        let taken = rows
            .iter()
            .any(|&taken: &usize| titles.rows[taken][0] == titles.rows[row][0]);
        let follows = !taken
            && titles.rows[row][0] == titles.rows[row - 1][0]
            && titles.day(row, "titel_start") == titles.day(row - 1, "titel_eind");
        let start = titles.day(row, "titel_start");
        let lasts = titles
            .day(row, "titel_eind")
            .zip(start)
            .is_some_and(|(end, start)| later(start, 30) < end);
        if rows.len() < count
            && follows
            && lasts
            && let Some(start) = start
        {
            titles.set(row, "titel_start", later(start, 1).into());
            rows.push(row);
        }
    }
    PlantedDirt {
        fault: "a day without a title",
        table: "titelperiode",
        field: Some("titel_start"),
        rows,
        rule: "O109",
        blocking: false,
    }
}

/// Adds blocking faults.
pub(crate) fn damage(extract: &mut Extract) -> Vec<PlantedDirt> {
    vec![number_in_content(extract), exit_before_admission(extract)]
}

fn number_in_content(extract: &mut Extract) -> PlantedDirt {
    let clients = extract.table_mut("client");
    let rows: Vec<usize> = (0..clients.rows.len())
        .skip(2)
        .step_by(40)
        .take(2)
        .collect();
    for &row in &rows {
        let number = fictitious_bsn(4_000 + row as u32);
        clients.set(row, "dagbesteding_voor", Value::text(number.to_string()));
    }
    PlantedDirt {
        fault: "a number that passes the eleven-test of the BSN in a content column",
        table: "client",
        field: Some("dagbesteding_voor"),
        rows,
        rule: "P101",
        blocking: true,
    }
}

fn exit_before_admission(extract: &mut Extract) -> PlantedDirt {
    const DAMAGED: usize = 3;
    let admitted = keyed_days(extract, "opname", "opnamedatum");
    let exits = extract.table_mut("ontslag");
    let rows: Vec<usize> = (0..exits.rows.len())
        .skip(1)
        .step_by(25)
        .take(DAMAGED)
        .collect();
    for &row in &rows {
        if let Some(&day) = admitted.get(&key(&exits.rows[row][0])) {
            exits.set(row, "ontslagdatum", later(day, -10).into());
        }
    }
    PlantedDirt {
        fault: "an exit before the admission",
        table: "ontslag",
        field: Some("ontslagdatum"),
        rows,
        rule: "D101",
        blocking: true,
    }
}

fn keyed_days(extract: &Extract, table: &str, field: &str) -> BTreeMap<String, Day> {
    let rows = extract.table(table);
    let keyed = |row: usize| Some((key(&rows.rows[row][0]), rows.day(row, field)?));
    (0..rows.rows.len()).filter_map(keyed).collect()
}

fn key(value: &Value) -> String {
    match value {
        Value::Text(text) => text.to_string(),
        _ => String::new(),
    }
}
