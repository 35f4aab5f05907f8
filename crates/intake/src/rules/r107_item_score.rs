//! What it does: compares each item score with the scale of the instrument.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "R107",
    severity: Warning,
    title: "Itemscore kan niet bij dit instrument",
    why: "Een score buiten de schaal maakt de totaalscore fout.",
    example: "Een score van 5 op een item van de HoNOS, dat van 0 tot en met 4 loopt.",
    mend: "Verbeter de score, of laat de rij weg als de score niet bekend is.",
    check,
    sentence: |place, tables| {
        format!(
            "De score in kolom {} ligt buiten de schaal van het instrument, {} tot en met {}.",
            column(place, tables),
            place.numbers[0],
            place.numbers[1]
        )
    },
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    let scores = context.tables.table("itemscore").packed("item_score");
    super::r106_item_number::for_each_item(context, |row, definition| {
        let is_out = |(min, max): &(i16, i16)| {
            let range = i32::from(*min)..=i32::from(*max);
            value(scores, row).is_some_and(|score| !range.contains(&score))
        };
        if let Some((min, max)) = definition.structure().item_scores.filter(is_out) {
            let place = Place::table("itemscore").row(row).field("item_score");
            reporter.report(place.numbers(i64::from(min), i64::from(max)));
        }
    });
}
