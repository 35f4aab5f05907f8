//! From rows of the dictionary to the sheet that an institution exports.

use crate::dialect::{DateForm, Forms, Part, Plan};
use crate::extract::{Extract, Rows, Value};
use calendar::Day;
use intake::schema::FieldKind;
use std::collections::HashMap;

/// A cell as the sender writes it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell {
    /// Nothing at all.
    Empty,
    Text(String),
    /// A whole number.
    Number(f64),
    /// A number with decimals.
    Decimal(f64),
    Date(Day),
}

/// A filled sheet.
pub(crate) struct Sheet {
    pub(crate) header: Vec<String>,
    pub(crate) rows: Vec<Vec<Cell>>,
}

pub(crate) fn fill(plan: &Plan, extract: &Extract, forms: &Forms) -> Sheet {
    let mut header: Vec<String> = Vec::new();
    let mut columns: Vec<Vec<Cell>> = Vec::new();
    let main = extract.table(plan.parts[0].table);
    for (at, part) in plan.parts.iter().enumerate() {
        let rows = extract.table(part.table);
        let matching = if at == 0 {
            (0..main.rows.len()).map(Some).collect()
        } else {
            join(main, rows)
        };
        for (field, own) in &part.columns {
            // The column by which tables are joined stands once.
            if at > 0 && header.contains(own) {
                continue;
            }
            header.push(own.clone());
            columns.push(column(part, rows, field, &matching, forms));
        }
    }
    if let Some(extra) = plan.extra.filter(|_| extract.odd_column) {
        header.push(extra.to_owned());
        columns.push(
            (0..main.rows.len())
                .map(|row| Cell::Number((row % 12 + 1) as f64))
                .collect(),
        );
    }
    Sheet {
        header,
        rows: transposed(columns, main.rows.len()),
    }
}

/// For each row of the main table the row of the other with the same first field.
fn join(main: &Rows, other: &Rows) -> Vec<Option<usize>> {
    let text = |value: &Value| match value {
        Value::Text(text) => text.to_string(),
        _ => String::new(),
    };
    let index: HashMap<String, usize> = other
        .rows
        .iter()
        .enumerate()
        .map(|(at, row)| (text(&row[0]), at))
        .collect();
    main.rows
        .iter()
        .map(|row| index.get(&text(&row[0])).copied())
        .collect()
}

fn column(
    part: &Part,
    rows: &Rows,
    field: &str,
    matching: &[Option<usize>],
    forms: &Forms,
) -> Vec<Cell> {
    let position = rows.position(field);
    let kind = &rows.spec.fields[position].kind;
    let own: HashMap<&str, &str> = part
        .codes
        .iter()
        .filter(|(coded, _)| *coded == field)
        .flat_map(|(_, pairs)| pairs.iter().copied())
        .collect();
    matching
        .iter()
        .enumerate()
        .map(|(at, row)| match row {
            Some(row) => match &rows.rows[*row][position] {
                Value::Empty if may_say_missing(kind) => missing(at, forms),
                Value::Whole(number) if matches!(kind, FieldKind::Decimal { .. }) => {
                    Cell::Decimal(*number as f64)
                }
                value => cell(value, &own, forms),
            },
            None => Cell::Empty,
        })
        .collect()
}

/// Identifiers and keys are left empty; words for nothing stand in the other columns.
fn may_say_missing(kind: &FieldKind) -> bool {
    matches!(
        kind,
        FieldKind::Date | FieldKind::Code(_) | FieldKind::Integer { .. }
    )
}

fn missing(at: usize, forms: &Forms) -> Cell {
    match forms.missing {
        [] => Cell::Empty,
        words => {
            let word = words[at % words.len()];
            if word.is_empty() {
                Cell::Empty
            } else {
                Cell::Text(word.to_owned())
            }
        }
    }
}

fn cell(value: &Value, own: &HashMap<&str, &str>, forms: &Forms) -> Cell {
    let translated = |code: &str| own.get(code).copied().unwrap_or(code).to_owned();
    match value {
        Value::Empty => Cell::Empty,
        Value::Code(code) => Cell::Text(translated(code)),
        Value::Text(text) => Cell::Text(
            text.split('|')
                .map(translated)
                .collect::<Vec<_>>()
                .join("|"),
        ),
        Value::Whole(number) => Cell::Number(*number as f64),
        Value::Day(day) => date(*day, forms.date),
    }
}

fn date(day: Day, form: DateForm) -> Cell {
    let (year, month, date) = day.ymd();
    match form {
        DateForm::Cell => Cell::Date(day),
        DateForm::Iso => Cell::Text(day.to_string()),
        DateForm::Dutch => Cell::Text(format!("{date:02}-{month:02}-{year:04}")),
    }
}

fn transposed(columns: Vec<Vec<Cell>>, rows: usize) -> Vec<Vec<Cell>> {
    let mut table: Vec<Vec<Cell>> = (0..rows)
        .map(|_| Vec::with_capacity(columns.len()))
        .collect();
    for column in columns {
        for (row, cell) in table.iter_mut().zip(column) {
            row.push(cell);
        }
    }
    table
}
