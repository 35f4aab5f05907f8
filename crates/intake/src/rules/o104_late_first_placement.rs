//! What it does: compares the first placement of each admission with the admission.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "O104",
    severity: Warning,
    title: "Eerste plaatsing begint na de opname",
    why: "Van de eerste dagen is niet te zien waar de cliënt was.",
    example: "Opname op 1 maart, eerste plaatsing op 10 maart.",
    mend: "Laat de eerste plaatsing beginnen op de opnamedatum, of verbeter de opnamedatum.",
    check,
    sentence: |place, tables| {
        format!(
            "De datum in kolom {} van de eerste plaatsing ligt na de opnamedatum.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    let starts = context.tables.table("plaatsing").packed("plaatsing_start");
    let admissions = context.tables.table("opname");
    let (keys, admitted) = (
        admissions.packed("opname_id"),
        admissions.packed("opnamedatum"),
    );
    let placements = context.index.groups("plaatsing");
    for (row, key) in keys.iter().enumerate() {
        let first = key
            .get()
            .and_then(|key| placements.of(key as usize).first().copied());
        let Some(first) = first.map(|row| row as usize) else {
            continue;
        };
        if value(starts, first)
            .zip(value(admitted, row))
            .is_some_and(|(start, day)| start > day)
        {
            reporter.report(
                Place::table("plaatsing")
                    .row(first)
                    .field("plaatsing_start"),
            );
        }
    }
}
