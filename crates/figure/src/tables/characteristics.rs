use crate::context::Context;
use crate::table::{Column, DataTable, Measure, Row, Value};
use disclosure::{ReleasedBlock, ReleasedCharacteristics, ReleasedSummary};

/// "Table 1": a block of rows per characteristic, two columns per group.
pub(super) fn table(context: Context<'_>, released: &ReleasedCharacteristics) -> DataTable {
    let mut columns = vec![Column::text("Kenmerk")];
    for group in released.groups() {
        columns.push(Column::number("Waarde").under(group));
        columns.push(Column::number("% of spreiding").under(group));
    }
    let title = context.title().to_owned();
    let mut table = DataTable::new(context.part_id(""), title, columns);
    let mut sizes = vec![Value::Text(sizes_label(context))];
    for &size in released.sizes() {
        sizes.extend([context.value(size), Value::Empty]);
    }
    table.push(Row::body(sizes));
    for block in released.blocks() {
        push_block(&mut table, context, block, released.groups().len());
    }
    table.keep_order();
    table
}

fn sizes_label(context: Context<'_>) -> String {
    format!("Aantal {}", context.unit())
}

fn push_block(table: &mut DataTable, context: Context<'_>, block: &ReleasedBlock, groups: usize) {
    let width = table.columns().len();
    match block {
        ReleasedBlock::Categories {
            title,
            levels,
            cells,
            shares,
            ..
        } => {
            table.push(Row::section(title, width));
            for (level, label) in levels.iter().enumerate() {
                let mut row = vec![Value::Text(label.clone())];
                for position in level * groups..(level + 1) * groups {
                    row.push(context.value(cells[position]));
                    row.push(Value::of_share(shares[position]));
                }
                table.push(Row::body(row));
            }
        }
        ReleasedBlock::Quantity {
            title, per_group, ..
        } => {
            table.push(Row::section(title, width));
            for row in summary_rows(context, per_group) {
                table.push(row);
            }
        }
        // The gate may learn a new kind of block; a table must never skip one silently.
        unknown => unreachable!("no table for this block: {unknown:?}"),
    }
}

fn summary_rows(context: Context<'_>, per_group: &[Option<ReleasedSummary>]) -> [Row; 3] {
    let row = |label: &str, pair: &dyn Fn(&ReleasedSummary) -> [Value; 2]| {
        let mut cells = vec![Value::Text(label.to_owned())];
        for summary in per_group {
            cells.extend(match summary {
                Some(summary) => pair(summary),
                None => [Value::Withheld, Value::Withheld],
            });
        }
        Row::body(cells)
    };
    [
        row("Aantal met een waarde", &|summary| {
            [context.value(summary.n()), Value::Empty]
        }),
        row("Gemiddelde en standaarddeviatie", &|summary| {
            let (mean, sd) = summary.mean_sd().unzip();
            [number(mean), number(sd)]
        }),
        row("Mediaan en kwartielen (Q1–Q3)", &|summary| {
            [number(summary.median()), quartiles(summary)]
        }),
    ]
}

fn number(value: Option<f64>) -> Value {
    value.map_or(Value::Withheld, |value| Value::Number {
        value,
        decimals: 1,
    })
}

fn quartiles(summary: &ReleasedSummary) -> Value {
    summary
        .quartiles()
        .map_or(Value::Withheld, |(lower, upper)| Value::Interval {
            lower: Some(lower),
            upper: Some(upper),
            measure: Measure::Number(1),
        })
}
