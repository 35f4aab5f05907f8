//! What it does: looks for rows of tables with a key of their own that have none.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "K101",
    severity: Blocking,
    title: "Rij zonder eigen nummer",
    why: "Zonder eigen nummer kan geen andere rij naar deze rij verwijzen.",
    example: "Een opname zonder opname_id.",
    mend: "Vul het nummer in dat uw systeem aan deze rij geeft.",
    check,
    sentence: |place, tables| {
        format!(
            "De kolom {} is leeg; elke rij van tabel ‘{}’ heeft een eigen nummer nodig.",
            column(place, tables),
            table(place)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    report_missing(context, reporter, |kind| {
        matches!(kind, FieldKind::PrimaryKey(_))
    });
}

/// Reports each row without a value in a required field of this kind, unless the whole column
/// is missing.
pub(super) fn report_missing(
    context: &Context<'_>,
    reporter: &mut Reporter,
    of_kind: fn(&FieldKind) -> bool,
) {
    for (position, table) in context.tables.tables.iter().enumerate() {
        for (field, spec) in table.spec.fields.iter().enumerate() {
            let extent = context.index.extent(position, field);
            if !(spec.required && of_kind(&spec.kind) && (extent.has_missing || extent.has_invalid))
            {
                continue;
            }
            for (at, origin) in table.origins.iter().enumerate() {
                if super::s102_required_column::is_missing(table, at, origin, field) {
                    continue;
                }
                let end = table
                    .origins
                    .get(at + 1)
                    .map_or(table.rows, |next| next.first_row);
                let cells = table.packed(spec.name);
                for row in (origin.first_row..end).filter(|row| value(cells, *row).is_none()) {
                    reporter.report(Place::table_at(position).row(row).field_at(field));
                }
            }
        }
    }
}
