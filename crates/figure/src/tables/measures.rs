use crate::context::Context;
use crate::table::{Column, DataTable, Measure, Row, Value};
use disclosure::{ReleasedMeasure, ReleasedMeasures};

/// A row per measure: how many, and each number with its limits.
pub(super) fn table(context: Context<'_>, released: &ReleasedMeasures) -> DataTable {
    let mut columns = vec![Column::text(released.row_title()), Column::number("Aantal")];
    for (position, (title, _)) in released.columns().iter().enumerate() {
        columns.push(Column::number(title));
        if has_limits(released, position) {
            columns.push(Column::number("95%-interval").under(title));
        }
    }
    let title = context.title().to_owned();
    let mut table = DataTable::new(context.part_id(""), title, columns);
    table.keep_order();
    for row in released.rows() {
        table.push(Row::body(cells(context, released, row)));
    }
    table
}

fn has_limits(released: &ReleasedMeasures, column: usize) -> bool {
    let values = released
        .rows()
        .iter()
        .filter_map(|row| row.values()[column]);
    values.into_iter().any(|(_, limits)| limits.is_some())
}

fn cells(context: Context<'_>, released: &ReleasedMeasures, row: &ReleasedMeasure) -> Vec<Value> {
    let mut cells = vec![
        Value::Text(row.label().to_owned()),
        context.value(row.size()),
    ];
    for (position, (_, decimals)) in released.columns().iter().enumerate() {
        let decimals = u8::try_from(*decimals).expect("at most two decimals");
        let value = row.values()[position];
        cells.push(value.map_or(Value::Withheld, |(value, _)| Value::Number {
            value,
            decimals,
        }));
        if has_limits(released, position) {
            let limits = value.map(|(_, limits)| limits);
            cells.push(match limits {
                None => Value::Withheld,
                Some(None) => Value::Empty,
                Some(Some((lower, upper))) => Value::Interval {
                    lower: Some(lower),
                    upper: Some(upper),
                    measure: Measure::Number(decimals),
                },
            });
        }
    }
    cells
}
