use crate::context::Context;
use crate::table::{Column, DataTable, Row, Value};
use disclosure::ReleasedFlow;

/// A row per link.
pub(super) fn table(context: Context<'_>, released: &ReleasedFlow) -> DataTable {
    let columns = vec![
        Column::text("Van"),
        Column::text("Naar"),
        Column::text("Stap"),
        Column::number("Aantal"),
    ];
    let title = context.title().to_owned();
    let mut table = DataTable::new(context.part_id(""), title, columns);
    for link in released.links() {
        let layer = link.layer();
        let step = format!(
            "{} → {}",
            released.layers()[layer],
            released.layers()[layer + 1]
        );
        table.push(Row::body(vec![
            Value::Text(released.nodes()[layer][link.from()].clone()),
            Value::Text(released.nodes()[layer + 1][link.to()].clone()),
            Value::Text(step),
            context.value(link.count()),
        ]));
    }
    table
}
