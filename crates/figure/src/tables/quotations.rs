use crate::context::Context;
use crate::table::{Column, DataTable, Row, Value};
use disclosure::ReleasedQuotations;

/// A row per quotation, under its theme.
pub(super) fn table(context: Context<'_>, released: &ReleasedQuotations) -> DataTable {
    let columns = vec![Column::text("Wie"), Column::text("Uitspraak")];
    let title = context.title().to_owned();
    let mut table = DataTable::new(context.part_id(""), title, columns);
    table.keep_order();
    let mut theme = None;
    for quotation in released.quotations() {
        if theme != Some(quotation.theme()) {
            theme = Some(quotation.theme());
            table.push(Row::section(quotation.theme(), table.columns().len()));
        }
        table.push(Row::body(vec![
            Value::Text(quotation.voice().to_owned()),
            Value::Text(format!("“{}”", quotation.words())),
        ]));
    }
    table
}
