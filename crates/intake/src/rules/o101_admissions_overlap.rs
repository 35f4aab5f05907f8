//! What it does: looks for admissions of one client that start before an earlier one has ended.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "O101",
    severity: Warning,
    title: "Twee opnames tegelijk",
    why: "In één instelling is een cliënt één keer tegelijk opgenomen; meestal ontbreekt een ontslag.",
    example: "Een opname loopt nog, terwijl dezelfde cliënt opnieuw wordt opgenomen.",
    mend: "Lever het ontslag van de eerste opname, of voeg de twee opnames samen.",
    check,
    sentence: |_, _| {
        "Deze opname begint terwijl een andere opname van dezelfde cliënt nog loopt.".into()
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    for (_, stays) in context.index.stays().iter() {
        spans::overlaps(stays.iter().copied(), |stay, before| {
            reporter.report(
                Place::table("opname")
                    .row(stay.row as usize)
                    .other(before as usize),
            );
        });
    }
}
