//! What it does: looks for placements of one admission that start before an earlier one has
//! ended.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "O102",
    severity: Blocking,
    title: "Twee plaatsingen tegelijk",
    why: "Een cliënt kan niet op twee afdelingen tegelijk verblijven; verblijfsdagen tellen dan dubbel.",
    example: "De ene plaatsing loopt tot 1 mei, de volgende begint op 20 april.",
    mend: "Laat elke plaatsing eindigen op de dag waarop de volgende begint.",
    check,
    sentence: |_, _| {
        "Deze plaatsing begint terwijl een andere plaatsing van dezelfde opname nog loopt.".into()
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    let table = context.tables.table("plaatsing");
    let periods = Periods::of(table, "plaatsing_start", "plaatsing_eind");
    for (_, rows) in context.index.groups("plaatsing").iter() {
        spans::overlaps(
            rows.iter().filter_map(|row| periods.span(*row)),
            |span, before| {
                reporter.report(
                    Place::table("plaatsing")
                        .row(span.row as usize)
                        .other(before as usize),
                );
            },
        );
    }
}
