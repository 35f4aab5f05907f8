//! What it does: looks for tests, diagnoses and title periods from before the birth year.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "A107",
    severity: Warning,
    title: "Datum van vóór de geboorte",
    why: "Vóór de geboorte kan niets zijn vastgesteld; de datum of het geboortejaar is fout.",
    example: "Geboren in 1990, een IQ-test van 1985.",
    mend: "Verbeter de datum of het geboortejaar.",
    check,
    sentence: |place, tables| {
        format!(
            "De datum in kolom {} ligt vóór het geboortejaar van de cliënt.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    for (name, field) in [
        ("client", "iq_datum"),
        ("diagnose", "diagnosedatum"),
        ("titelperiode", "titel_start"),
    ] {
        let table = context.tables.table(name);
        let clients = table.packed("client_id");
        for (row, day) in table.packed(field).iter().enumerate() {
            let birth = value(clients, row).and_then(|client| context.index.birth_year(client));
            let is_before =
                |(day, birth): (i32, i32)| calendar::Day::from_number(day).year() < birth;
            if day.get().zip(birth).is_some_and(is_before) {
                reporter.report(Place::table(name).row(row).field(field));
            }
        }
    }
}
