//! What it does: compares the end of the last placement of each admission with the exit.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "O105",
    severity: Warning,
    title: "Laatste plaatsing eindigt vóór het ontslag",
    why: "Van de laatste dagen is niet te zien waar de cliënt was, en de stap in beveiliging klopt niet.",
    example: "De laatste plaatsing eindigt op 1 mei, het ontslag is op 20 mei.",
    mend: "Laat de laatste plaatsing eindigen op de ontslagdatum, of verbeter de ontslagdatum.",
    check,
    sentence: |place, tables| {
        format!(
            "De datum in kolom {} van de laatste plaatsing ligt vóór het ontslag.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    for_each_last(context, |key, last| {
        if context
            .index
            .exit(key)
            .is_some_and(|exit| last.end < exit.day)
        {
            reporter.report(
                Place::table("plaatsing")
                    .row(last.row as usize)
                    .field("plaatsing_eind"),
            );
        }
    });
}

/// Calls `then` with each admission's key and the placement that ends last; admissions with a
/// placement that cannot be used are passed over.
pub(super) fn for_each_last(context: &Context<'_>, mut then: impl FnMut(i32, Span)) {
    let periods = Periods::of(
        context.tables.table("plaatsing"),
        "plaatsing_start",
        "plaatsing_eind",
    );
    for (key, rows) in context.index.groups("plaatsing").iter() {
        let mut last: Option<Span> = None;
        let mut all = true;
        for row in rows {
            match periods.span(*row) {
                Some(span) if last.is_none_or(|last| span.end >= last.end) => last = Some(span),
                Some(_) => {}
                None => all = false,
            }
        }
        if let Some(last) = last.filter(|_| all) {
            then(key as i32, last);
        }
    }
}
