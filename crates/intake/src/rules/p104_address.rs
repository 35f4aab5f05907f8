//! What it does: looks for text outside the identifier table that looks like an address, a
//! postcode with letters, a telephone number or an e-mail address.

use super::p101_bsn::for_each_suspicion;
use super::prelude::*;
use crate::Suspicion;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "P104",
    severity: Blocking,
    title: "Tekst die op een adres lijkt",
    why: "Adressen, telefoonnummers en e-mailadressen wijzen iemand aan.",
    example: "In een kolom met toelichting staat een postcode met letters.",
    mend: "Haal de kolom uit de export, of vervang de tekst door een code.",
    check,
    sentence: |place, tables| {
        format!(
            "Wat in kolom {} van tabel ‘{}’ staat, lijkt op een adres, postcode, telefoonnummer of e-mailadres.",
            column(place, tables),
            table(place)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    for_each_suspicion(context, Suspicion::Address, |place| reporter.report(place));
}
