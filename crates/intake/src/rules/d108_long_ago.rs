//! What it does: looks for dates before 1950, and birth dates before 1900.

use super::prelude::*;
use calendar::Day;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "D108",
    severity: Warning,
    title: "Datum van heel lang geleden",
    why: "Zo'n datum is meestal een standaardwaarde of een verkeerd gelezen jaartal.",
    example: "Een opname op 1 januari 1900.",
    mend: "Verbeter de datum, of laat hem leeg als hij niet bekend is.",
    check,
    sentence: |place, tables| {
        format!(
            "De datum in kolom {} ligt te ver terug om te kunnen kloppen.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    let first_of = |year| {
        Day::from_ymd(year, 1, 1)
            .expect("every year has a first day")
            .number()
    };
    let (birth, other) = (first_of(1900), first_of(1950));
    for (position, table) in context.tables.tables.iter().enumerate() {
        for (field, spec) in table.spec.fields.iter().enumerate() {
            if !matches!(spec.kind, FieldKind::Date) {
                continue;
            }
            let limit = if spec.name == "geboortedatum" {
                birth
            } else {
                other
            };
            context.report_outside(reporter, (position, field), limit..=NEVER, |place| place);
        }
    }
}
