//! What it does: names the columns that the dictionary does not know and that are not used.
//! Repeated and forbidden columns have rules of their own.

use super::headers::{is_identifying, repeated};
use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "S104",
    severity: Note,
    title: "Onbekende kolom",
    why: "De kolom wordt overgeslagen; misschien heet een veld bij u anders.",
    example: "Het bestand heeft een kolom ‘Opmerkingen’.",
    mend: "Hoort de kolom bij een veld, wijs hem dan toe in het mappingprofiel; anders hoeft u niets te doen.",
    check,
    sentence: |place, tables| {
        format!(
            "De kolom {} hoort bij geen veld van tabel ‘{}’ en wordt niet gebruikt.",
            column(place, tables),
            table(place)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    let repeated = repeated(context.tables);
    for (position, table) in context.tables.tables.iter().enumerate() {
        let may_identify = table.spec.kind == TableKind::Identifiers;
        for origin in &table.origins {
            for name in &origin.unknown_columns {
                let is_repeated = repeated.contains(&(origin.source, name.as_str()));
                if !is_repeated && (may_identify || !is_identifying(name)) {
                    let place = Place::table_at(position).source(origin.source);
                    reporter.report(place.column(name));
                }
            }
        }
    }
}
