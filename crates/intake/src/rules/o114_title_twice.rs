//! What it does: looks for two periods of the same title that overlap.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "O114",
    severity: Warning,
    title: "Dezelfde titel twee keer tegelijk",
    why: "Titels mogen naast elkaar lopen, maar niet twee keer dezelfde; meestal ontbreekt een einddatum.",
    example: "Een verlengde machtiging staat er naast de oude, die geen einddatum heeft.",
    mend: "Laat de oude periode eindigen waar de nieuwe begint.",
    check,
    sentence: |_, _| {
        "Deze titelperiode begint terwijl een eerdere met dezelfde titel nog loopt.".into()
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    let table = context.tables.table("titelperiode");
    let titles = table.packed("juridische_titel");
    let periods = Periods::of(table, "titel_start", "titel_eind");
    let mut by_title: Vec<(i32, Span)> = Vec::new();
    for (_, rows) in context
        .index
        .groups("titelperiode")
        .iter()
        .filter(|(_, rows)| rows.len() > 1)
    {
        let known = |row: &u32| Some((value(titles, *row as usize)?, periods.span(*row)?));
        by_title.clear();
        by_title.extend(rows.iter().filter_map(known));
        by_title.sort_by_key(|(title, _)| *title);
        for same in by_title.chunk_by(|a, b| a.0 == b.0) {
            spans::overlaps(same.iter().map(|(_, span)| *span), |span, before| {
                let place = Place::table("titelperiode").row(span.row as usize);
                reporter.report(place.other(before as usize));
            });
        }
    }
}
