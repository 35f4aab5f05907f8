//! What it does: looks for rows whose own key stands in an earlier row, in the same file or
//! another.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "K103",
    severity: Blocking,
    title: "Nummer komt twee keer voor",
    why: "Rijen die ernaar verwijzen, zijn dan niet meer toe te wijzen, en een dubbele rij telt dubbel.",
    example: "Twee opnames met hetzelfde opname_id.",
    mend: "Haal de dubbele rij weg, of geef elke rij een eigen nummer.",
    check,
    sentence: |place, tables| {
        format!(
            "Het nummer in kolom {} staat al in een eerdere rij van tabel ‘{}’.",
            column(place, tables),
            table(place)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    for (position, table) in context.tables.tables.iter().enumerate() {
        let Some(field) = table.spec.primary_key() else {
            continue;
        };
        let FieldKind::PrimaryKey(domain) = field.kind else {
            continue;
        };
        for (row, cell) in table.packed(field.name).iter().enumerate() {
            let first = cell.get().and_then(|key| context.index.row_of(domain, key));
            if let Some(first) = first.filter(|first| *first != row) {
                let place = Place::table_at(position).row(row).other(first);
                reporter.report(place.field(field.name));
            }
        }
    }
}
