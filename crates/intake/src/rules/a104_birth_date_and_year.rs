//! What it does: compares the birth date in `persoon` with the birth year in `client`.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "A104",
    severity: Warning,
    title: "Geboortedatum en geboortejaar verschillen",
    why: "De twee tabellen gaan over dezelfde cliënt; verschillen ze, dan zijn rijen verwisseld.",
    example: "In de tabel persoon 12 mei 1990, in de tabel client 1991.",
    mend: "Kijk welke van de twee klopt en verbeter de andere.",
    check,
    sentence: |place, tables| {
        format!(
            "Het jaar in kolom {} is een ander jaar dan dat van de geboortedatum in de tabel ‘persoon’.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    let dates = context.tables.table("persoon").packed("geboortedatum");
    let years = context.tables.table("client").packed("geboortejaar");
    for_each_person(context, |client_row, person| {
        let born = value(dates, person).map(|day| calendar::Day::from_number(day).year());
        let year = value(years, client_row);
        if born.zip(year).is_some_and(|(born, year)| born != year) {
            reporter.report(Place::table("client").row(client_row).field("geboortejaar"));
        }
    });
}

/// Calls `then` with the rows of each client in `client` and `persoon`.
pub(super) fn for_each_person(context: &Context<'_>, mut then: impl FnMut(usize, usize)) {
    let persons = context.index.groups("persoon");
    for (row, key) in context
        .tables
        .table("client")
        .packed("client_id")
        .iter()
        .enumerate()
    {
        let person = key.get().and_then(|key| persons.of(key as usize).first());
        if let Some(person) = person {
            then(row, *person as usize);
        }
    }
}
