//! What it does: looks for columns outside the identifier table that are named after what says
//! who somebody is.

use super::headers::{is_identifying, is_state_number};
use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "P105",
    severity: Blocking,
    title: "Kolom met persoonsgegevens",
    why: "Wie iemand is, mag alleen in de tabel persoon staan.",
    example: "Het bestand met opnames heeft een kolom ‘Achternaam’.",
    mend: "Haal de kolom uit de export; lever persoonsgegevens alleen in de tabel persoon.",
    check,
    sentence: |place, tables| {
        format!(
            "De kolom {} hoort niet in tabel ‘{}’: de naam wijst op persoonsgegevens.",
            column(place, tables),
            table(place)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    for (position, table) in context.tables.tables.iter().enumerate() {
        if table.spec.kind == TableKind::Identifiers {
            continue;
        }
        for origin in &table.origins {
            let unknown = origin
                .unknown_columns
                .iter()
                .filter(|name| is_identifying(name));
            let mapped = origin
                .headers
                .iter()
                .flatten()
                .filter(|name| is_state_number(name));
            for name in unknown.chain(mapped) {
                let place = Place::table_at(position).source(origin.source);
                reporter.report(place.column(name));
            }
        }
    }
}
