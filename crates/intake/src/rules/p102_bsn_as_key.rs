//! What it does: looks for keys that pass the eleven-test of the BSN.

use super::p101_bsn::{for_each_suspicion, is_key};
use super::prelude::*;
use crate::Suspicion;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "P102",
    severity: Blocking,
    title: "BSN gebruikt als nummer",
    why: "Een BSN als cliëntnummer maakt van elke tabel een tabel met persoonsgegevens.",
    example: "In client_id staat het BSN van de cliënt.",
    mend: "Gebruik het eigen nummer uit uw systeem; is het toevallig een getal dat aan de elfproef voldoet, zet er dan een letter voor.",
    check,
    sentence: |place, tables| {
        format!(
            "Het nummer in kolom {} kan een BSN zijn.",
            column(place, tables)
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    for_each_suspicion(context, Suspicion::Bsn, |place| {
        if is_key(&place) {
            reporter.report(place);
        }
    });
}
