//! Which column names of a sender mean what to the rules.

use crate::{ParsedTables, RemarkKind};
use std::collections::HashSet;

/// Names of columns that say who somebody is; compared in lower case, letters and digits only.
const IDENTIFYING: &[&str] = &[
    "bsn",
    "burgerservicenummer",
    "sofinummer",
    "skn",
    "strafrechtsketennummer",
    "vipnummer",
    "naam",
    "achternaam",
    "voornaam",
    "voornamen",
    "roepnaam",
    "voorletters",
    "tussenvoegsel",
    "geboortenaam",
    "meisjesnaam",
    "clientnaam",
    "cliëntnaam",
    "patientnaam",
    "patiëntnaam",
    "adres",
    "woonadres",
    "straat",
    "straatnaam",
    "huisnummer",
    "postcode",
    "woonplaats",
    "telefoon",
    "telefoonnummer",
    "mobiel",
    "email",
    "emailadres",
    "geboortedatum",
    "geboorteplaats",
];

/// How many of them, from the start, are numbers that may stand under no other name either.
const NUMBERS: usize = 6;

fn plain(name: &str) -> String {
    name.chars()
        .filter(|char| char.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// Whether a column of this name says who somebody is.
pub(super) fn is_identifying(name: &str) -> bool {
    IDENTIFYING.contains(&plain(name).as_str())
}

/// Whether a column of this name holds a number by which the state knows somebody.
pub(super) fn is_state_number(name: &str) -> bool {
    IDENTIFYING[..NUMBERS].contains(&plain(name).as_str())
}

/// The columns, by source and name, of which another with the same name stands before them.
pub(super) fn repeated(tables: &ParsedTables) -> HashSet<(usize, &str)> {
    let names = tables.remarks.iter().map(|remark| match &remark.kind {
        RemarkKind::DuplicateHeader(name) => Some((remark.source, name.as_str())),
        _ => None,
    });
    names.flatten().collect()
}
