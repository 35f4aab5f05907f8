//! What it does: looks for placements without an end in admissions that have ended.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "O106",
    severity: Warning,
    title: "Plaatsing loopt door na het ontslag",
    why: "Een plaatsing zonder einde telt verblijfsdagen tot de dag van de export.",
    example: "Het ontslag is op 1 mei, de laatste plaatsing heeft geen einddatum.",
    mend: "Vul als einde van de plaatsing de ontslagdatum in.",
    check,
    sentence: |place, tables| {
        format!(
            "De kolom {} is leeg, terwijl de opname met een ontslag is geëindigd.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    let table = context.tables.table("plaatsing");
    let periods = Periods::of(table, "plaatsing_start", "plaatsing_eind");
    for (row, key) in table.packed("opname_id").iter().enumerate() {
        let is_open = periods
            .span(row as u32)
            .is_some_and(|span| span.end == NEVER);
        if is_open
            && key
                .get()
                .is_some_and(|key| context.index.exit(key).is_some())
        {
            reporter.report(Place::table("plaatsing").row(row).field("plaatsing_eind"));
        }
    }
}
