//! What it does: looks for required tables that are delivered without a single row.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "S103",
    severity: Warning,
    title: "Tabel zonder rijen",
    why: "Een lege verplichte tabel wijst meestal op een export die is misgegaan.",
    example: "Het bestand ‘plaatsing.csv’ bevat alleen een kopregel.",
    mend: "Controleer de export; is er echt niets te leveren, dan hoeft u niets te doen.",
    check,
    sentence: |place, _| format!("De tabel ‘{}’ is geleverd zonder rijen.", table(place)),
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    for (position, table) in context.tables.tables.iter().enumerate() {
        if let Some(origin) = table.origins.first()
            && table.spec.required
            && table.rows == 0
        {
            reporter.report(Place::table_at(position).source(origin.source));
        }
    }
}
