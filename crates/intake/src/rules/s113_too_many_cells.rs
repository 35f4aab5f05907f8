//! What it does: looks for rows with more cells than there are column names.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "S113",
    severity: Blocking,
    title: "Rij met te veel cellen",
    why: "Meestal staat er een scheidingsteken in een tekst, en zijn de cellen erachter verschoven.",
    example: "Een toelichting met een puntkomma erin, zonder aanhalingstekens.",
    mend: "Zet aanhalingstekens om teksten, of gebruik een ander scheidingsteken.",
    check,
    sentence: |place, _| {
        format!(
            "Deze rij van tabel ‘{}’ heeft meer cellen dan er kolommen zijn.",
            table(place)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    report_ragged(context, reporter, true);
}

/// Reports each row with too many, or too few, cells.
pub(super) fn report_ragged(context: &Context<'_>, reporter: &mut Reporter, too_many: bool) {
    for (position, table) in context.tables.tables.iter().enumerate() {
        for row in table
            .ragged
            .iter()
            .filter(|row| (row.cells > row.expected) == too_many)
        {
            reporter.report(Place::table_at(position).row(row.row as usize));
        }
    }
}
