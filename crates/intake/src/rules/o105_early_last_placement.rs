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
    for &(key, last) in context.index.last_placements() {
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
    }
}
