use crate::context::{Context, duration};
use crate::table::{Column, DataTable, Measure, Row, Value};
use disclosure::{Cell, ReleasedDurations, ReleasedSummary};

/// A row per group: how many, median and quartiles, mean, and how many are long.
pub(super) fn table(context: Context<'_>, released: &ReleasedDurations) -> DataTable {
    let columns = vec![
        Column::text("Groep"),
        Column::number("Aantal"),
        Column::number("Mediaan (dagen)"),
        Column::number("Kwartielen Q1–Q3 (dagen)"),
        Column::number("Gemiddelde (dagen)"),
        Column::number("Standaarddeviatie"),
        Column::number(long_title(released)),
    ];
    let title = context.title().to_owned();
    let mut table = DataTable::new(context.part_id(""), title, columns);
    let last = released.groups().len().saturating_sub(1);
    for (position, group) in released.groups().iter().enumerate() {
        let long = released.long().get(position).copied();
        let summary = released.per_group()[position].as_ref();
        let cells = cells(context, group, summary, long);
        table.push(match position == last {
            true => Row::total(cells),
            false => Row::body(cells),
        });
    }
    table
}

/// Heading of the long ones: "12 maanden of langer".
pub(crate) fn long_title(released: &ReleasedDurations) -> String {
    let days =
        i32::try_from(released.long_from_days()).expect("a duration of less than a million years");
    format!("{} of langer", duration(days))
}

fn cells(
    context: Context<'_>,
    group: &str,
    summary: Option<&ReleasedSummary>,
    long: Option<Cell>,
) -> Vec<Value> {
    let days = |value: Option<f64>| value.map_or(Value::Withheld, Value::Days);
    let quartiles = summary.and_then(|s| s.quartiles());
    let mean_sd = summary.and_then(|s| s.mean_sd());
    vec![
        Value::Text(group.to_owned()),
        summary.map_or(context.value(Cell::Suppressed), |s| context.value(s.n())),
        days(summary.and_then(|s| s.median())),
        quartiles.map_or(Value::Withheld, |(lower, upper)| Value::Interval {
            lower: Some(lower),
            upper: Some(upper),
            measure: Measure::Days,
        }),
        days(mean_sd.map(|(mean, _)| mean)),
        days(mean_sd.map(|(_, sd)| sd)),
        long.map_or(Value::Withheld, |cell| context.value(cell)),
    ]
}
