use crate::context::{Context, duration};
use crate::table::{Column, DataTable, Measure, Row, Value};
use disclosure::{ReleasedCourse, ReleasedCoursePoint};

/// A row per group and moment: who was measured, who was not, and the mean with its limits.
pub(super) fn table(context: Context<'_>, released: &ReleasedCourse) -> DataTable {
    let columns = vec![
        Column::text("Moment"),
        Column::number("Gemeten"),
        Column::number("Er wel, niet gemeten"),
        Column::number("Gemiddelde"),
        Column::number("95%-interval"),
    ];
    let title = context.title().to_owned();
    let mut table = DataTable::new(context.part_id(""), title, columns);
    table.keep_order();
    for line in released.lines() {
        table.push(Row::section(line.label(), table.columns().len()));
        for point in line.points() {
            table.push(Row::body(cells(context, point)));
        }
    }
    table.note(format!("{}, {}.", released.quantity(), direction(released)));
    table.note(
        "Wie weg is, wordt niet meer gemeten. Het gemiddelde gaat over wie er op dat moment nog \
         was.",
    );
    table
}

/// How to read the quantity.
pub(crate) fn direction(released: &ReleasedCourse) -> &'static str {
    match released.higher_is_better() {
        Some(true) => "hoger is beter",
        Some(false) => "lager is beter",
        None => "of hoger beter is, is niet vastgelegd",
    }
}

fn cells(context: Context<'_>, point: &ReleasedCoursePoint) -> Vec<Value> {
    let (mean, interval) = match point.mean() {
        None => (Value::Withheld, Value::Withheld),
        Some((mean, lower, upper)) => (
            Value::Number {
                value: mean,
                decimals: 1,
            },
            Value::Interval {
                lower: Some(lower),
                upper: Some(upper),
                measure: Measure::Number(1),
            },
        ),
    };
    vec![
        Value::Text(duration(point.day())),
        context.value(point.measured()),
        context.value(point.unmeasured()),
        mean,
        interval,
    ]
}
