//! What it does: compares the days of each placement with its admission and exit.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "D102",
    severity: Warning,
    title: "Plaatsing buiten de opname",
    why: "Een plaatsing is een deel van een opname en valt er dus binnen.",
    example: "De opname eindigt op 1 mei, de plaatsing op 8 mei.",
    mend: "Verbeter de plaatsing, de opnamedatum of de ontslagdatum.",
    check,
    sentence: |place, tables| {
        format!(
            "De datum in kolom {} valt buiten de opname waar de plaatsing bij hoort.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    let (placements, admissions) = (
        context.tables.table("plaatsing"),
        context.tables.table("opname"),
    );
    let keys = placements.packed("opname_id");
    let (starts, ends) = (
        placements.packed("plaatsing_start"),
        placements.packed("plaatsing_eind"),
    );
    let admitted = admissions.packed("opnamedatum");
    for row in 0..placements.rows {
        let Some(key) = value(keys, row) else {
            continue;
        };
        let from = context
            .index
            .row_of(KeyDomain::Admission, key)
            .and_then(|row| value(admitted, row));
        let until = context.index.exit(key).map_or(NEVER, |exit| exit.day);
        let is_out = |day: i32| day > until || from.is_some_and(|from| day < from);
        if value(starts, row).is_some_and(is_out) {
            reporter.report(Place::table("plaatsing").row(row).field("plaatsing_start"));
        } else if value(ends, row).is_some_and(is_out) {
            reporter.report(Place::table("plaatsing").row(row).field("plaatsing_eind"));
        }
    }
}
