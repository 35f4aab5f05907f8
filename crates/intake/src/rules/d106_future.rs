//! What it does: looks for dates after the day of the check, except ends that may be planned.

use super::prelude::*;
use crate::schema::TableSpec;
use std::ops::RangeInclusive;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "D106",
    severity: Blocking,
    title: "Datum in de toekomst",
    why: "Wat nog moet gebeuren, kan niet zijn vastgelegd als gebeurd.",
    example: "Een incident van volgend jaar.",
    mend: "Verbeter de datum.",
    check,
    sentence: |place, tables| {
        format!(
            "De datum in kolom {} ligt in de toekomst.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    report_dates(
        context,
        reporter,
        context.today.number() + 1..=NEVER,
        |_| true,
    );
}

/// Ends that may be fixed beforehand.
const PLANNED: &[&str] = &[
    "titel_eind",
    "financiering_eind",
    "geldig_tot",
    "wzd_eind",
    "verlof_eind",
];

/// Reports each date within `days` in the tables that count, except ends that may be planned.
pub(super) fn report_dates(
    context: &Context<'_>,
    reporter: &mut Reporter,
    days: RangeInclusive<i32>,
    counts: fn(&TableSpec) -> bool,
) {
    let tables = context.tables.tables.iter().enumerate();
    for (position, table) in tables.filter(|(_, table)| counts(table.spec)) {
        for (field, spec) in table.spec.fields.iter().enumerate() {
            let is_fact = matches!(spec.kind, FieldKind::Date) && !PLANNED.contains(&spec.name);
            if !is_fact || !context.index.extent(position, field).meets(&days) {
                continue;
            }
            for (row, cell) in table.packed(spec.name).iter().enumerate() {
                if cell.get().is_some_and(|day| days.contains(&day)) {
                    reporter.report(Place::table_at(position).row(row).field_at(field));
                }
            }
        }
    }
}
