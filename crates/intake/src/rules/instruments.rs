//! What is known of the instrument of a measurement.

use codes::Instrument;
use questionnaire::{InstrumentDefinition, Library};

/// The definition of an instrument; `None` for what a delivery calls "anders".
pub(super) fn definition_of(instrument: Instrument) -> Option<&'static InstrumentDefinition> {
    Library::shipped().get(instrument)
}

#[cfg(test)]
mod tests {
    use crate::schema::{FieldKind, TableSpec};

    fn kind(table: &str, field: &str) -> FieldKind {
        TableSpec::named(table).unwrap().field(field).unwrap().kind
    }

    /// What an instrument file may say is what a delivery can hold.
    #[test]
    fn definitions_and_dictionary_have_the_same_bounds() {
        let FieldKind::Integer { min, max } = kind("itemscore", "item_nr") else {
            panic!("item numbers are whole");
        };
        assert_eq!((min, max), (1, i32::from(questionnaire::HIGHEST_ITEM)));
        let FieldKind::Integer { min, max } = kind("itemscore", "item_score") else {
            panic!("item scores are whole");
        };
        let (lowest, highest) = questionnaire::ITEM_SCORES;
        assert_eq!((min, max), (i32::from(lowest), i32::from(highest)));
        let FieldKind::Decimal { min, max } = kind("meting", "totaalscore") else {
            panic!("totals are decimal");
        };
        let totals = questionnaire::TOTALS;
        assert_eq!((min, max), (totals.min, totals.max));
    }
}
