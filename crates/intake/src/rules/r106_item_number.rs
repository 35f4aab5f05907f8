//! What it does: compares each item number with the number of items of the instrument.

use super::instruments::definition_of;
use super::prelude::*;
use questionnaire::InstrumentDefinition;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "R106",
    severity: Warning,
    title: "Itemnummer bestaat niet bij dit instrument",
    why: "Zo'n item hoort bij een ander instrument, of de nummering is verschoven.",
    example: "Item 13 van een HoNOS, die 12 items heeft.",
    mend: "Verbeter het itemnummer of het instrument van de meting.",
    check,
    sentence: |place, tables| {
        format!(
            "Het nummer in kolom {} is hoger dan het aantal items van het instrument, {}.",
            column(place, tables),
            place.numbers[0]
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    let numbers = context.tables.table("itemscore").packed("item_nr");
    for_each_item(context, |row, definition| {
        let items = definition.structure().items.map(i32::from);
        if let Some(items) =
            items.filter(|items| value(numbers, row).is_some_and(|item| item > *items))
        {
            let place = Place::table("itemscore").row(row).field("item_nr");
            reporter.report(place.numbers(i64::from(items), 0));
        }
    });
}

/// Calls `then` with each item score and the definition of its instrument, where there is one.
pub(super) fn for_each_item(
    context: &Context<'_>,
    mut then: impl FnMut(usize, &InstrumentDefinition),
) {
    let instruments = context.tables.table("meting").packed("instrument");
    for (key, rows) in context.index.groups("itemscore").iter() {
        let definition = context
            .index
            .row_of(KeyDomain::Measurement, key as i32)
            .and_then(|row| code(instruments, row))
            .and_then(definition_of);
        if let Some(definition) = definition {
            rows.iter().for_each(|row| then(*row as usize, definition));
        }
    }
}
