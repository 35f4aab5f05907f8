//! What it does: compares every decimal number with the limits of its field.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "R102",
    severity: Warning,
    title: "Decimaal getal buiten de grenzen",
    why: "Buiten deze grenzen is het getal waarschijnlijk een tikfout, of is het decimaalteken verkeerd gelezen.",
    example: "Een totaalscore van 12500 in plaats van 12,500.",
    mend: "Verbeter het getal, of leg het decimaalteken vast in het mappingprofiel.",
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
            let FieldKind::Decimal { min, max } = spec.kind else {
                continue;
            };
            let Column::Decimal { numbers, cells } = &table.columns[field] else {
                continue;
            };
            for (row, number) in numbers.iter().enumerate() {
                if cells[row].is_value() && !(min..=max).contains(number) {
                    let place = Place::table_at(position).row(row).field_at(field);
                    reporter.report(place.numbers(min as i64, max as i64));
                }
            }
        }
    }
}
