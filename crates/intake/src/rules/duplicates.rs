//! Rows of tables without a key of their own that stand there twice.

use super::index::{main_date, owner};
use super::prelude::*;
use std::cmp::Ordering;

/// Tables in which a second row for the same client or admission is caught by another rule.
const ELSEWHERE: &[&str] = &["persoon", "ontslag", "itemscore"];

/// Reports each row that says the same as a row before it, in the same source or (`across`)
/// in another.
pub(super) fn report(context: &Context<'_>, reporter: &mut Reporter, across: bool) {
    for (position, table) in context.tables.tables.iter().enumerate() {
        // Two incidents of one kind on one day can both have happened.
        let may_repeat = table.spec.name == "incident" && !across;
        let own_key = table.spec.primary_key().is_some() || owner(table.spec).is_none();
        let one_source = across && table.origins.len() < 2;
        if own_key || may_repeat || one_source || ELSEWHERE.contains(&table.spec.name) {
            continue;
        }
        let columns = columns(table);
        let mut rows = Vec::new();
        for group in same_day(context, table) {
            rows.clear();
            rows.extend_from_slice(group);
            rows.sort_unstable_by(|a, b| compare(&columns, *a, *b).then(a.cmp(b)));
            for alike in rows.chunk_by(|a, b| compare(&columns, *a, *b).is_eq()) {
                for row in &alike[1..] {
                    if differs(table, alike[0], *row) == across {
                        let place = Place::table_at(position).row(*row as usize);
                        reporter.report(place.other(alike[0] as usize));
                    }
                }
            }
        }
    }
}

fn columns(table: &Table) -> Vec<&[Packed]> {
    let packed = |column: &'_ Column| matches!(column, Column::Packed(_));
    let names = table.spec.fields.iter().zip(&table.columns);
    names
        .filter(|(_, column)| packed(column))
        .map(|(field, _)| table.packed(field.name))
        .collect()
}

/// Rows of one owner and one day, where there is more than one.
fn same_day<'a>(context: &Context<'a>, table: &'a Table) -> impl Iterator<Item = &'a [u32]> {
    let date = main_date(table.spec);
    let days = date.map_or(&[][..], |date| table.packed(date.name));
    let needed = date.is_some_and(|date| date.required);
    let day = move |row: &u32| value(days, *row as usize);
    context
        .index
        .groups(table.spec.name)
        .iter()
        .flat_map(move |(_, rows)| rows.chunk_by(move |a, b| day(a) == day(b)))
        .filter(move |rows| rows.len() > 1 && (!needed || day(&rows[0]).is_some()))
}

fn compare(columns: &[&[Packed]], a: u32, b: u32) -> Ordering {
    let cell = |cells: &[Packed], row: u32| cells[row as usize].get();
    columns
        .iter()
        .map(|cells| cell(cells, a).cmp(&cell(cells, b)))
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}

fn differs(table: &Table, a: u32, b: u32) -> bool {
    let source = |row: u32| table.place(row as usize).map(|(origin, _)| origin.source);
    source(a) != source(b)
}
