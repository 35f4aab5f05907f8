//! What it does: looks for leave that starts while other leave of the client still runs.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "O115",
    severity: Warning,
    title: "Twee verloven tegelijk",
    why: "Verlofdagen tellen dan dubbel.",
    example: "Een proefverlof loopt nog, terwijl een begeleid verlof begint.",
    mend: "Verbeter de datums, of haal één van de twee rijen weg.",
    check,
    sentence: |_, _| {
        "Dit verlof begint terwijl een ander verlof van dezelfde cliënt nog loopt.".into()
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    let periods = Periods::of(
        context.tables.table("verlof"),
        "verlof_start",
        "verlof_eind",
    );
    for (_, rows) in context.index.groups("verlof").iter() {
        spans::overlaps(
            rows.iter().filter_map(|row| periods.span(*row)),
            |span, before| {
                reporter.report(
                    Place::table("verlof")
                        .row(span.row as usize)
                        .other(before as usize),
                );
            },
        );
    }
}
