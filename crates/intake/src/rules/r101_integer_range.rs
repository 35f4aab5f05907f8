//! What it does: compares the whole numbers that a row can do without with the limits of their
//! field.

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
    report_out_of_range(context, reporter, |kind, field| {
        !super::r111_required_integer_range::is_needed(kind, field)
    });
}

/// Reports each whole number outside the limits of its field, for the fields that count.
pub(super) fn report_out_of_range(
    context: &Context<'_>,
    reporter: &mut Reporter,
    counts: fn(TableKind, &FieldSpec) -> bool,
) {
    for (position, table) in context.tables.tables.iter().enumerate() {
        for (field, spec) in table.spec.fields.iter().enumerate() {
            let FieldKind::Integer { min, max } = spec.kind else {
                continue;
            };
            if !counts(table.spec.kind, spec) {
                continue;
            }
            context.report_outside(reporter, (position, field), min..=max, |place| {
                place.numbers(i64::from(min), i64::from(max))
            });
        }
    }
}
