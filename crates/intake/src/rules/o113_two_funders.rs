//! What it does: looks for days on which two kinds of funding run at once.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "O113",
    severity: Warning,
    title: "Twee financieringen tegelijk",
    why: "Een verblijfsdag wordt één keer betaald; overlap wijst op een periode zonder einddatum.",
    example: "De forensische financiering loopt nog, terwijl die uit de Wlz al is begonnen.",
    mend: "Laat de ene financiering eindigen op de dag waarop de andere begint.",
    check,
    sentence: |_, _| {
        "Deze financiering begint terwijl een andere van dezelfde cliënt nog loopt.".into()
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    let table = context.tables.table("financieringsperiode");
    let periods = Periods::of(table, "financiering_start", "financiering_eind");
    for (_, rows) in context.index.groups("financieringsperiode").iter() {
        spans::overlaps(
            rows.iter().filter_map(|row| periods.span(*row)),
            |span, before| {
                let place = Place::table("financieringsperiode").row(span.row as usize);
                reporter.report(place.other(before as usize));
            },
        );
    }
}
