//! What it does: compares the sex in `persoon` with the sex in `client`.

use super::prelude::*;
use codes::Sex;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "A109",
    severity: Warning,
    title: "Geslacht verschilt tussen twee tabellen",
    why: "De twee tabellen gaan over dezelfde cliënt; verschillen ze, dan zijn misschien rijen verwisseld.",
    example: "In de tabel persoon M, in de tabel client F.",
    mend: "Kijk welke van de twee klopt en verbeter de andere.",
    check,
    sentence: |place, tables| {
        format!(
            "Wat in kolom {} staat, is anders dan in de tabel ‘persoon’.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    let own = context.tables.table("client").packed("geslacht");
    let persons = context.tables.table("persoon").packed("geslacht");
    super::a104_birth_date_and_year::for_each_person(context, |client_row, person| {
        let known = |cells, row| code::<Sex>(cells, row).filter(|sex| *sex != Sex::Unknown);
        if known(own, client_row)
            .zip(known(persons, person))
            .is_some_and(|(a, b)| a != b)
        {
            reporter.report(Place::table("client").row(client_row).field("geslacht"));
        }
    });
}
