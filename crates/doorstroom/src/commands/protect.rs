//! `doorstroom protect`: hides what must be hidden of tables made by anybody.

use crate::arguments::Protect;
use crate::commands::dictionary::write_out;
use crate::exit::{Exit, Failure};
use crate::tables::{self, Opened};
use disclosure::tables::{
    Cost, Entry, Hiding, Protected, Rules, Table, csv_text, feasible, protect, protected_text,
};
use serde_json::{Value, json};

/// What stands in the place of a hidden number.
const MARK: &str = "x";

/// Protects all tables together, and writes each as it was with marks for what is hidden.
pub fn run(options: &Protect) -> Result<Exit, Failure> {
    let opened = tables::open(&options.tables)?;
    if opened.len() > 1 && !options.json && options.out.is_none() {
        return Err(Failure::new(
            Exit::Usage,
            "Meer dan één tabel past niet op het scherm: geef een map op met --out.",
        ));
    }
    let all: Vec<Table> = opened.iter().map(|one| one.read.table.clone()).collect();
    let rules = Rules {
        owners: options.owners.clone(),
        cost: if options.by_value {
            Cost::Values
        } else {
            Cost::Cells
        },
        rounding_base: tables::rounding_base("--round", options.round)?,
        ..tables::rules(&options.rules)?
    };
    let protected = protect(&all, &rules)
        .map_err(|refusal| Failure::new(Exit::Refused, format!("Geweigerd: {refusal}.")))?;
    let files: Vec<(String, String)> = opened
        .iter()
        .zip(&protected.tables)
        .map(|(one, table)| (file_name(one), csv_text(&written(one, table, &rules))))
        .collect();
    if options.json {
        let ranges = feasible(&protected.tables, &rules);
        write_out(
            tables::json(&report(&protected, &ranges))?.as_bytes(),
            None,
            false,
        )?;
    }
    match &options.out {
        Some(path) if files.len() == 1 => store::files::write_bytes(path, files[0].1.as_bytes())?,
        Some(folder) => {
            store::files::create_folder(folder)?;
            for (name, text) in &files {
                store::files::write_bytes(&folder.join(name), text.as_bytes())?;
            }
        }
        None if options.json => {}
        None => {
            write_out(files[0].1.as_bytes(), None, false)?;
        }
    }
    eprint!("{}", protected_text(&protected));
    Ok(Exit::Fine)
}

/// The rows of a table with marks for what is hidden, and the rest rounded.
fn written(opened: &Opened, table: &Table, rules: &Rules) -> Vec<Vec<String>> {
    let mut rows = opened.rows.clone();
    for (cell, &(row, column)) in table.cells.iter().zip(&opened.read.stands) {
        match cell.entry {
            Entry::Shown(value) if rules.rounding_base > 1 => {
                rows[row][column] = table.written(rules.rounded(value));
            }
            Entry::Shown(_) => {}
            _ => rows[row][column] = MARK.to_owned(),
        }
    }
    if let Some(columns) = opened.read.behind.clone() {
        // Who is behind a number says more than the number.
        for row in &mut rows {
            row.truncate(columns.start.min(row.len()));
        }
    }
    rows
}

/// The name of the file of a table among several.
fn file_name(opened: &Opened) -> String {
    let name = opened.read.table.name.replace([':', '/', '\\'], "-");
    let stem = name.strip_suffix(".csv").unwrap_or(&name);
    format!("{stem}.csv")
}

/// For each hidden cell why it is hidden, and what a reader can still work out of it.
fn report(protected: &Protected, ranges: &[Vec<(i64, Option<i64>)>]) -> Value {
    let table = |index: usize| {
        let table = &protected.tables[index];
        let cells = protected.hidden[index].iter().enumerate();
        let hidden: Vec<Value> = cells
            .filter_map(|(cell, why)| {
                let why: Hiding = (*why)?;
                let (least, most) = ranges[index][cell];
                let place = table.place(cell);
                Some(json!({"place": place, "why": why, "least": least, "most": most}))
            })
            .collect();
        json!({"table": table.name, "cells": table.cells.len(), "hidden": hidden})
    };
    let tables: Vec<Value> = (0..protected.tables.len()).map(table).collect();
    json!({"tables": tables, "merges": protected.merges, "audit": protected.audit})
}
