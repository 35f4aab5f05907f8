//! An invented instrument with one scale of each kind. All numbers are made up.

use questionnaire::{Faults, InstrumentDefinition};

/// The head of a file of `items` items from `min` to `max`.
pub fn head(items: u16, min: i16, max: i16) -> String {
    format!(
        "soort = \"instrument\"\ncode = \"DEMO-15\"\nnaam = \"Verzonnen\"\nversie = \"t\"\n\
         [licentie]\nklasse = \"A\"\ntoelichting = \"verzonnen\"\n\
         [bouw]\nitems = {items}\nitemscores = [{min}, {max}]\nbron = \"verzonnen\"\nzekerheid = \"verzonnen\"\n"
    )
}

/// A file with this head and these parts.
pub fn read(head: &str, parts: &str) -> Result<InstrumentDefinition, Faults> {
    InstrumentDefinition::parse(&format!("{head}{parts}"))
}

/// A scale with the code A and these keys.
pub fn scale(keys: &str) -> String {
    format!("[[schaal]]\ncode = \"A\"\nnaam = \"a\"\nrichting = \"hoger is slechter\"\n{keys}\n")
}

/// A total with these keys.
pub fn total(keys: &str) -> String {
    format!("[totaal]\nrichting = \"hoger is slechter\"\n{keys}\n")
}
