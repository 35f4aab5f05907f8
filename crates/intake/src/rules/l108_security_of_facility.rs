//! What it does: compares the level of security of each placement with what is usual for the
//! facility; one step up or down is let pass.

use super::prelude::*;
use codes::{Facility, SecurityLevel};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "L108",
    severity: Warning,
    title: "Beveiligingsniveau past niet bij de voorziening",
    why: "Een fout niveau verandert elke stap omhoog of omlaag in de beveiliging.",
    example: "Een plaatsing in een FPC met niveau 0.",
    mend: "Verbeter het niveau of de soort voorziening.",
    check,
    sentence: |place, tables| {
        format!(
            "Het niveau in kolom {} wijkt meer dan één stap af van wat bij de voorziening gebruikelijk is.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    let table = context.tables.table("plaatsing");
    report_levels(reporter, table, ["voorziening", "beveiligingsniveau"]);
}

/// Reports each row of a table whose level is more than one step from the facility's usual one.
pub(super) fn report_levels(
    reporter: &mut Reporter,
    table: &Table,
    [facility, level]: [&'static str; 2],
) {
    let facilities = table.packed(facility);
    let levels = table.packed(level);
    for row in 0..levels.len().min(facilities.len()) {
        let usual = code::<Facility>(facilities, row).and_then(Facility::usual_security);
        let given = code::<SecurityLevel>(levels, row);
        let is_far = |(usual, given): (SecurityLevel, SecurityLevel)| {
            usual.rank().abs_diff(given.rank()) > 1
        };
        if usual.zip(given).is_some_and(is_far) {
            reporter.report(Place::table(table.spec.name).row(row).field(level));
        }
    }
}
