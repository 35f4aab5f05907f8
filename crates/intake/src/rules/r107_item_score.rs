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
    super::r106_item_number::for_each_item(context, |row, scoring| {
        let is_out = |(min, max): &(i32, i32)| {
            value(scores, row).is_some_and(|score| score < *min || score > *max)
        };
        if let Some((min, max)) = scoring.item.filter(is_out) {
            let place = Place::table("itemscore").row(row).field("item_score");
            reporter.report(place.numbers(i64::from(min), i64::from(max)));
        }
    });
}
