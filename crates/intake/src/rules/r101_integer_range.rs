//! What it does: compares every whole number with the limits of its field.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "R101",
    severity: Warning,
    title: "Getal buiten de grenzen",
    why: "Buiten deze grenzen is het getal waarschijnlijk een tikfout of een code voor ‘onbekend’, zoals 999.",
    example: "Een IQ van 999.",
    mend: "Verbeter het getal, of laat de cel leeg als het niet bekend is.",
    check,
    sentence: |place, tables| {
        format!(
            "Het getal in kolom {} ligt buiten de grenzen {} tot en met {}.",
            column(place, tables),
            place.numbers[0],
            place.numbers[1]
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    for (position, table) in context.tables.tables.iter().enumerate() {
        for (field, spec) in table.spec.fields.iter().enumerate() {
            let FieldKind::Integer { min, max } = spec.kind else {
                continue;
            };
            for (row, cell) in table.packed(spec.name).iter().enumerate() {
                if cell
                    .get()
                    .is_some_and(|number| number < min || number > max)
                {
                    let place = Place::table_at(position).row(row).field_at(field);
                    reporter.report(place.numbers(i64::from(min), i64::from(max)));
                }
            }
        }
    }
}
