//! What it does: looks for clients without a row in the identifier table.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "K108",
    severity: Blocking,
    title: "Cliënt zonder persoonsgegevens",
    why: "Zonder persoonsgegevens is geen koppelsleutel te maken, en is terugkeer elders onzichtbaar.",
    example: "Een cliëntnummer staat wel in de tabel client, maar niet in de tabel persoon.",
    mend: "Voeg de cliënt toe aan de tabel persoon.",
    check,
    sentence: |_, _| "Deze cliënt heeft geen rij in de tabel ‘persoon’.".into(),
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    if context.tables.table("persoon").rows == 0 {
        return;
    }
    let persons = context.index.groups("persoon");
    for (row, key) in context
        .tables
        .table("client")
        .packed("client_id")
        .iter()
        .enumerate()
    {
        if key
            .get()
            .is_some_and(|key| persons.of(key as usize).is_empty())
        {
            reporter.report(Place::table("client").row(row).field("client_id"));
        }
    }
}
