//! What it does: looks for events of a client after the exit that says that the client died.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "D117",
    severity: Warning,
    title: "Gebeurtenis na overlijden",
    why: "Een datum of de reden van ontslag is dan fout, en overlijden telt als concurrerende gebeurtenis.",
    example: "Een meting van een maand na het ontslag met reden overleden.",
    mend: "Verbeter de datum, of de reden van het ontslag.",
    check,
    sentence: |place, tables| {
        format!(
            "De datum in kolom {} ligt na het overlijden van de cliënt.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    for (name, field) in EVENTS {
        let table = context.tables.table(name);
        let clients = table.packed("client_id");
        for (row, day) in table.packed(field).iter().enumerate() {
            let death = value(clients, row).and_then(|client| context.index.death(client));
            if day.get().zip(death).is_some_and(|(day, death)| day > death) {
                reporter.report(Place::table(name).row(row).field(field));
            }
        }
    }
}

const EVENTS: &[(&str, &str)] = &[
    ("aanmelding", "aanmelddatum"),
    ("opname", "opnamedatum"),
    ("meting", "meetdatum"),
    ("module_deelname", "module_start"),
    ("incident", "incident_datum"),
    ("vrijheidsbeperking", "vbi_start"),
    ("verlof", "verlof_start"),
    ("terugkeer", "terugkeer_datum"),
];
