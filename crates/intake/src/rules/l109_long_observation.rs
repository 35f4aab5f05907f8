//! What it does: measures the length of placements for a report to the court.

use super::prelude::*;
use codes::Title;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "L109",
    severity: Warning,
    title: "Observatie langer dan 49 dagen",
    why: "Een plaatsing voor pro-Justitiarapportage duurt ten hoogste 49 verblijfsdagen (NZa-regeling BWBR0036838).",
    example: "Een titelperiode PJ_OBS van drie maanden.",
    mend: "Verbeter de datums, of lever de titel die erna gold.",
    check,
    sentence: |place, tables| {
        format!(
            "De titelperiode in kolom {} duurt langer dan {} dagen.",
            column(place, tables),
            place.numbers[0]
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    report_longer(context, reporter, Title::PjObs, 49);
}

/// Reports each period under a title that lasts longer than this many days, or has by now.
pub(super) fn report_longer(
    context: &Context<'_>,
    reporter: &mut Reporter,
    title: Title,
    days: i32,
) {
    let table = context.tables.table("titelperiode");
    let periods = Periods::of(table, "titel_start", "titel_eind");
    let horizon = context.horizon();
    let titles = table.packed("juridische_titel");
    for row in (0..table.rows).filter(|row| code(titles, *row) == Some(title)) {
        let length = |span: Span| {
            if span.end == NEVER {
                horizon - span.start
            } else {
                span.end - span.start
            }
        };
        if periods
            .span(row as u32)
            .is_some_and(|span| length(span) > days)
        {
            let place = Place::table("titelperiode")
                .row(row)
                .field("juridische_titel");
            reporter.report(place.numbers(i64::from(days), 0));
        }
    }
}
