//! What it does: looks for rows of the identifier table whose client has no row in `client`.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "K109",
    severity: Warning,
    title: "Persoonsgegevens zonder cliënt",
    why: "Gegevens van iemand die niet meedoet, horen niet in de levering.",
    example: "Een cliëntnummer staat wel in de tabel persoon, maar niet in de tabel client.",
    mend: "Haal de rij weg uit de tabel persoon, of lever de cliënt mee.",
    check,
    sentence: |_, _| {
        "Deze rij van tabel ‘persoon’ hoort bij geen cliënt in de tabel ‘client’.".into()
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    for (row, key) in context
        .tables
        .table("persoon")
        .packed("client_id")
        .iter()
        .enumerate()
    {
        if key
            .get()
            .is_some_and(|key| context.client_row(key).is_none())
        {
            reporter.report(Place::table("persoon").row(row).field("client_id"));
        }
    }
}
