//! What it does: looks for a handover of several days that is said not to have been warm.

use super::prelude::*;
use codes::YesNo;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "X110",
    severity: Note,
    title: "Overdrachtsdagen zonder warme overdracht",
    why: "Dagen van overdracht horen bij een warme overdracht; misschien is één van de velden fout.",
    example: "Warme overdracht N, overdracht_dagen 14.",
    mend: "Controleer de twee velden; klopt het, dan hoeft u niets te doen.",
    check,
    sentence: |place, tables| {
        format!(
            "In kolom {} staan overdrachtsdagen, terwijl er geen warme overdracht was.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    let table = context.tables.table("ontslag");
    let warm = table.packed("warme_overdracht");
    for (row, days) in table.packed("overdracht_dagen").iter().enumerate() {
        if days.get().is_some_and(|days| days > 0) && code(warm, row) == Some(YesNo::No) {
            reporter.report(Place::table("ontslag").row(row).field("overdracht_dagen"));
        }
    }
}
