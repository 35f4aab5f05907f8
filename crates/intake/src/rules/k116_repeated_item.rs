//! What it does: looks for a second score on one item of a measurement.

use super::prelude::*;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "K116",
    severity: Blocking,
    title: "Item twee keer gescoord",
    why: "Er is dan niet te zeggen welke score geldt.",
    example: "Item 3 van één meting heeft twee scores.",
    mend: "Laat per meting en item één score staan.",
    check,
    sentence: |_, _| "Dit item van de meting heeft al een score in een eerdere rij.".into(),
};

fn check(context: &Context<'_>, reporter: &mut Reporter) {
    let numbers = context.tables.table("itemscore").packed("item_nr");
    let mut items: Vec<(i32, u32)> = Vec::new();
    for (_, rows) in context.index.groups("itemscore").iter() {
        items.clear();
        items.extend(
            rows.iter()
                .filter_map(|row| Some((value(numbers, *row as usize)?, *row))),
        );
        items.sort_unstable();
        for pair in items.windows(2).filter(|pair| pair[0].0 == pair[1].0) {
            let place = Place::table("itemscore").row(pair[1].1 as usize);
            reporter.report(place.other(pair[0].1 as usize).field("item_nr"));
        }
    }
}
