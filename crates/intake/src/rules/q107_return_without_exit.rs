//! What it does: looks for returns of clients who had not left yet.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "Q107",
    severity: Warning,
    title: "Terugkeer zonder eerder ontslag",
    why: "Terugkeer telt vanaf een ontslag; zonder ontslag is er geen begin van de termijn.",
    example: "Een terugkeer van maart, terwijl het eerste ontslag van mei is.",
    mend: "Lever het ontslag dat eraan voorafging, of verbeter de datum.",
    check,
    sentence: |place, tables| {
        format!(
            "Vóór de datum in kolom {} is er geen ontslag van deze cliënt.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    let table = context.tables.table("terugkeer");
    let clients = table.packed("client_id");
    for (row, day) in table.packed("terugkeer_datum").iter().enumerate() {
        let Some((client, day)) = value(clients, row).zip(day.get()) else {
            continue;
        };
        let first_exit = context
            .index
            .stays()
            .of(client)
            .iter()
            .map(|stay| stay.end)
            .min();
        let known = context.client_row(client).is_some();
        if known && first_exit.is_none_or(|exit| day < exit) {
            reporter.report(Place::table("terugkeer").row(row).field("terugkeer_datum"));
        }
    }
}
