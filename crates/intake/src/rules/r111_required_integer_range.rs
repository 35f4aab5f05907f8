//! What it does: compares the whole numbers that a row cannot do without with the limits of
//! their field. The institution's own counts are left to the reconciliation.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "R111",
    severity: Blocking,
    title: "Verplicht getal buiten de grenzen",
    why: "Zonder een getal dat kan kloppen, is de rij niet te gebruiken.",
    example: "Een itemscore van 4000.",
    mend: "Verbeter het getal, of laat de rij weg als het niet bekend is.",
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
    super::r101_integer_range::report_out_of_range(context, reporter, is_needed);
}

/// Whether rows of content cannot do without the field.
pub(super) fn is_needed(kind: TableKind, field: &FieldSpec) -> bool {
    field.required && kind == TableKind::Content
}
