use crate::context::Context;
use crate::dutch;
use crate::table::{Column, DataTable, Row, Value};
use disclosure::ReleasedAttrition;

/// A row per step: why, how many were left out, how many remain.
pub(super) fn table(context: Context<'_>, released: &ReleasedAttrition) -> DataTable {
    let columns = vec![
        Column::text("Stap"),
        Column::number("Valt af"),
        Column::number("Blijft over"),
    ];
    let title = context.title().to_owned();
    let mut table = DataTable::new(context.part_id(""), title, columns);
    table.push(Row::body(vec![
        Value::Text(dutch::sentence_case(released.start_label())),
        Value::Empty,
        context.value(released.start()),
    ]));
    for (reason, excluded, remaining) in released.steps() {
        table.push(Row::body(vec![
            Value::Text(dutch::sentence_case(reason)),
            context.value(*excluded),
            context.value(*remaining),
        ]));
    }
    table.keep_order();
    table
}
