//! What it does: looks for clients without a ground for the use of their data.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "G101",
    severity: Blocking,
    title: "Grondslag ontbreekt",
    why: "Zonder grondslag mogen gegevens van een cliënt niet voor onderzoek worden gebruikt.",
    example: "De kolom grondslag is leeg.",
    mend: "Vul de grondslag in; is de cliënt nog niet gevraagd, gebruik dan ONB.",
    check,
    sentence: |place, tables| format!("De kolom {} is leeg.", column(place, tables)),
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    let table = context.tables.table("client");
    for (row, cell) in table.packed("grondslag").iter().enumerate() {
        if !cell.is_missing() {
            continue;
        }
        let source_has_it = table.place(row).is_some_and(|(origin, _)| {
            let field = table.spec.position("grondslag");
            field.is_some_and(|field| origin.headers.get(field).is_some_and(Option::is_some))
        });
        if source_has_it {
            reporter.report(Place::table("client").row(row).field("grondslag"));
        }
    }
}
