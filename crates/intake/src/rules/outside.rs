//! Events of clients on days when, by their stays, they were not there.

use super::prelude::*;

/// Reports each row of `table` whose client was not there on the day in `field`; the day of
/// exit counts as one on which the client was there.
pub(super) fn report(
    context: &Context<'_>,
    reporter: &mut Reporter,
    table: &'static str,
    field: &'static str,
) {
    let rows = context.tables.table(table);
    let (clients, days) = (rows.packed("client_id"), rows.packed(field));
    let presence = context.index.presence();
    for row in 0..rows.rows {
        let Some((client, day)) = value(clients, row).zip(value(days, row)) else {
            continue;
        };
        let there = spans::holding(presence.of(client), day, true).is_some();
        if !there && context.client_row(client).is_some() {
            reporter.report(Place::table(table).row(row).field(field));
        }
    }
}
