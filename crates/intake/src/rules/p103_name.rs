//! What it does: looks for text outside the identifier table that looks like a name.

use super::p101_bsn::for_each_suspicion;
use super::prelude::*;
use crate::Suspicion;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "P103",
    severity: Blocking,
    title: "Tekst die op een naam lijkt",
    why: "Namen van cliënten of medewerkers horen niet bij gegevens over zorg.",
    example: "In een kolom met toelichting staat ‘de heer De Boer’.",
    mend: "Haal de kolom uit de export, of vervang de tekst door een code.",
    check,
    sentence: |place, tables| {
        format!(
            "Wat in kolom {} van tabel ‘{}’ staat, lijkt op een naam.",
            column(place, tables),
            table(place)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    for_each_suspicion(context, Suspicion::Name, |place| reporter.report(place));
}
