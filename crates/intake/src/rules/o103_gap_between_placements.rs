//! What it does: looks for days within an admission between two placements.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "O103",
    severity: Warning,
    title: "Gat tussen plaatsingen",
    why: "Op deze dagen is niet te zien waar de cliënt was en op welk beveiligingsniveau.",
    example: "De ene plaatsing eindigt op 1 mei, de volgende begint op 8 mei.",
    mend: "Laat de plaatsingen op elkaar aansluiten, of lever de plaatsing ertussen mee.",
    check,
    sentence: |_, _| {
        "Tussen deze plaatsing en de vorige van dezelfde opname zitten dagen zonder plaatsing."
            .into()
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    let periods = Periods::of(
        context.tables.table("plaatsing"),
        "plaatsing_start",
        "plaatsing_eind",
    );
    for (_, rows) in context.index.groups("plaatsing").iter() {
        let mut before: Option<Span> = None;
        for row in rows {
            // A period that cannot be used has been reported, and may well fill the gap.
            let Some(span) = periods.span(*row) else {
                break;
            };
            if let Some(before) = before.filter(|before| span.start > before.end) {
                let place = Place::table("plaatsing").row(*row as usize);
                reporter.report(place.other(before.row as usize).field("plaatsing_start"));
            }
            if before.is_none_or(|before| span.end > before.end) {
                before = Some(span);
            }
        }
    }
}
