//! What it does: looks for measurements without a total and without items.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "R110",
    severity: Note,
    title: "Meting zonder score",
    why: "Zo'n meting zegt alleen dat er gemeten is.",
    example: "Een HoNOS zonder totaalscore en zonder items.",
    mend: "Lever de totaalscore of de items mee als die er zijn.",
    check,
    sentence: |_, _| "Deze meting heeft geen totaalscore en geen items.".into(),
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    let table = context.tables.table("meting");
    let totals = table.packed("totaalscore");
    let items = context.index.groups("itemscore");
    for (row, key) in table.packed("meting_id").iter().enumerate() {
        let has_total = totals
            .get(row)
            .is_some_and(|cell| !matches!(cell.cell(), Cell::Missing(_)));
        if !has_total
            && key
                .get()
                .is_some_and(|key| items.of(key as usize).is_empty())
        {
            reporter.report(Place::table("meting").row(row).field("totaalscore"));
        }
    }
}
