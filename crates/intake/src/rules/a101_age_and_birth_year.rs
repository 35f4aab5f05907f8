//! What it does: compares the age at admission with the birth year and the year of admission.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "A101",
    severity: Warning,
    title: "Leeftijd en geboortejaar passen niet bij elkaar",
    why: "Wie in een jaar wordt opgenomen, is toen zo oud als het verschil met het geboortejaar, of één jaar jonger.",
    example: "Geboren in 1990, opgenomen in 2024, leeftijd bij opname 43.",
    mend: "Verbeter het geboortejaar, de leeftijd of de opnamedatum.",
    check,
    sentence: |place, tables| {
        format!(
            "De leeftijd in kolom {} past niet bij het geboortejaar en de opnamedatum.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    let ages = context.tables.table("opname").packed("leeftijd_opname");
    for_each_age(context, |row, reached| {
        if value(ages, row).is_some_and(|age| age != reached && age != reached - 1) {
            reporter.report(Place::table("opname").row(row).field("leeftijd_opname"));
        }
    });
}

/// Calls `then` with each admission and the age that the client reaches in its year.
pub(super) fn for_each_age(context: &Context<'_>, mut then: impl FnMut(usize, i32)) {
    let table = context.tables.table("opname");
    let clients = table.packed("client_id");
    for (row, day) in table.packed("opnamedatum").iter().enumerate() {
        let birth = value(clients, row).and_then(|client| context.index.birth_year(client));
        if let Some((day, birth)) = day.get().zip(birth) {
            then(row, calendar::Day::from_number(day).year() - birth);
        }
    }
}
