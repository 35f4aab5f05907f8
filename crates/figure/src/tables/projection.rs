use crate::context::{Context, duration};
use crate::table::{Column, DataTable, Measure, Row, Value};
use disclosure::ReleasedProjection;

/// Days between the moments in the table: whole years are enough beside the picture.
const YEAR: i32 = 365;

/// What is expected per scenario and year; and what the model was made from.
pub(super) fn tables(context: Context<'_>, released: &ReleasedProjection) -> Vec<DataTable> {
    vec![expected(context, released), basis(context, released)]
}

fn expected(context: Context<'_>, released: &ReleasedProjection) -> DataTable {
    let columns = vec![
        Column::text("Moment"),
        Column::number(released.quantity()),
        Column::number("95%-interval"),
    ];
    let title = context.title().to_owned();
    let mut table = DataTable::new(context.part_id(""), title, columns);
    table.keep_order();
    for scenario in released.scenarios() {
        table.push(Row::section(scenario.label(), table.columns().len()));
        let mut next = 0;
        for &(day, (estimate, lower, upper)) in scenario.points() {
            // A moment counts for its year if no later one is nearer.
            if day + YEAR / 12 < next {
                continue;
            }
            next += YEAR;
            table.push(Row::body(vec![
                Value::Text(duration(day)),
                Value::Number {
                    value: estimate,
                    decimals: 0,
                },
                Value::Interval {
                    lower: Some(lower),
                    upper: Some(upper),
                    measure: Measure::Number(0),
                },
            ]));
        }
    }
    table.note("Verwacht door een model, niet gemeten. Het interval bevat de onzekerheid van de schattingen en het toeval.");
    table
}

fn basis(context: Context<'_>, released: &ReleasedProjection) -> DataTable {
    let columns = vec![Column::text("Geteld"), Column::number("Aantal")];
    let title = format!("{}: waar het model op rust", context.title());
    let mut table = DataTable::new(context.part_id("basis"), title, columns);
    for (label, count) in released.basis() {
        table.push(Row::body(vec![
            Value::Text(label.clone()),
            context.value(*count),
        ]));
    }
    table
}
