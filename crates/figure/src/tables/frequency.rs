use crate::context::Context;
use crate::table::{Column, DataTable, Row, Value};
use disclosure::ReleasedTable;

/// Counts with shares of their column; a total per row where there is more than one column.
pub(super) fn table(context: Context<'_>, released: &ReleasedTable) -> DataTable {
    let title = context.title().to_owned();
    let mut table = DataTable::new(context.part_id(""), title, columns(released));
    for row in 0..released.rows().len() {
        table.push(Row::body(body(context, released, row)));
    }
    table.push(Row::total(totals(context, released)));
    if released.ordered() {
        table.keep_order();
    }
    table
}

fn has_row_totals(released: &ReleasedTable) -> bool {
    released.columns().len() > 1
}

fn columns(released: &ReleasedTable) -> Vec<Column> {
    let mut columns = vec![Column::text(released.row_title())];
    if !has_row_totals(released) {
        columns.push(Column::number("Aantal"));
        columns.push(Column::number("Aandeel"));
        return columns;
    }
    for column in released.columns() {
        columns.push(Column::number("Aantal").under(column));
        columns.push(Column::number("Aandeel").under(column));
    }
    columns.push(Column::number("Aantal").under("Totaal"));
    columns.push(Column::number("Aandeel").under("Totaal"));
    columns
}

fn body(context: Context<'_>, released: &ReleasedTable, row: usize) -> Vec<Value> {
    let mut cells = vec![Value::Text(released.rows()[row].clone())];
    for column in 0..released.columns().len() {
        cells.push(context.value(released.cell(row, column)));
        cells.push(Value::of_share(released.column_share(row, column)));
    }
    if has_row_totals(released) {
        cells.push(context.value(released.row_totals()[row]));
        cells.push(Value::of_share(released.row_share(row)));
    }
    cells
}

fn totals(context: Context<'_>, released: &ReleasedTable) -> Vec<Value> {
    let mut cells = vec![Value::Text("Totaal".to_owned())];
    let mut push = |cell: disclosure::Cell| {
        cells.push(context.value(cell));
        cells.push(match cell.count() {
            Some(1..) => Value::Share {
                share: 1.0,
                decimals: 1,
            },
            _ => Value::Withheld,
        });
    };
    released.column_totals().iter().for_each(|&cell| push(cell));
    if has_row_totals(released) {
        push(released.total());
    }
    cells
}
