//! What it does: looks for admissions without a placement.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "O108",
    severity: Warning,
    title: "Opname zonder plaatsing",
    why: "Zonder plaatsing is het beveiligingsniveau van het verblijf niet bekend.",
    example: "Een opname_id komt in de tabel plaatsing niet voor.",
    mend: "Lever de plaatsingen van deze opname mee.",
    check,
    sentence: |_, _| "Deze opname heeft geen enkele plaatsing.".into(),
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    if context.tables.table("plaatsing").rows == 0 {
        return;
    }
    let placements = context.index.groups("plaatsing");
    for (row, key) in context
        .tables
        .table("opname")
        .packed("opname_id")
        .iter()
        .enumerate()
    {
        if key
            .get()
            .is_some_and(|key| placements.of(key as usize).is_empty())
        {
            reporter.report(Place::table("opname").row(row).field("opname_id"));
        }
    }
}
